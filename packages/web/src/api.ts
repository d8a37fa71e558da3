/** The pages talk to the server through its typed client only; queries are declared once, here. */
import { ApiError, createClient, type LeaderboardQuery, type RouteName } from "@segathlon/server/api";
import { QueryClient, queryOptions } from "@tanstack/react-query";

export const api = createClient({ baseUrl: "" });

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      // What the server refuses stays refused; what did not arrive is asked for again.
      retry: (count, error) => !(error instanceof ApiError && error.status < 500) && count < 2,
    },
  },
});

const key = (name: RouteName, ...rest: readonly unknown[]): readonly unknown[] => [name, ...rest];

export const serverQuery = queryOptions({
  queryKey: key("getServer"),
  queryFn: ({ signal }) => api.call("getServer", { signal }),
  staleTime: 600_000,
});

export const sessionQuery = queryOptions({
  queryKey: key("getSession"),
  queryFn: ({ signal }) => api.call("getSession", { signal }),
  staleTime: 60_000,
});

export const benchmarksQuery = queryOptions({
  queryKey: key("listBenchmarks"),
  queryFn: ({ signal }) => api.call("listBenchmarks", { signal }),
});

export const benchmarkQuery = (benchmark: string) =>
  queryOptions({
    queryKey: key("getBenchmark", benchmark),
    queryFn: ({ signal }) => api.call("getBenchmark", { params: { benchmark }, signal }),
  });

export const phasesQuery = (benchmark: string) =>
  queryOptions({
    queryKey: key("listPhases", benchmark),
    queryFn: ({ signal }) => api.call("listPhases", { params: { benchmark }, signal }),
  });

export const announcementsQuery = (benchmark: string) =>
  queryOptions({
    queryKey: key("listAnnouncements", benchmark),
    queryFn: ({ signal }) => api.call("listAnnouncements", { params: { benchmark }, signal }),
  });

export const errataQuery = (benchmark: string) =>
  queryOptions({
    queryKey: key("listErrata", benchmark),
    queryFn: ({ signal }) => api.call("listErrata", { params: { benchmark }, signal }),
  });

export const leaderboardQuery = (benchmark: string, phase: string, query: LeaderboardQuery) =>
  queryOptions({
    queryKey: key("getLeaderboard", benchmark, phase, query),
    queryFn: ({ signal }) => api.call("getLeaderboard", { params: { benchmark, phase }, query, signal }),
    // The board stays on screen while another scheme or region is computed.
    placeholderData: (before) => before,
  });

export const snapshotsQuery = (benchmark: string, phase: string) =>
  queryOptions({
    queryKey: key("listSnapshots", benchmark, phase),
    queryFn: ({ signal }) => api.call("listSnapshots", { params: { benchmark, phase }, signal }),
  });

export const casesQuery = (benchmark: string, task: string) =>
  queryOptions({
    queryKey: key("listCases", benchmark, task),
    queryFn: ({ signal }) => api.call("listCases", { params: { benchmark, task }, signal }),
  });

export const downloadsQuery = (benchmark: string) =>
  queryOptions({
    queryKey: key("listDownloads", benchmark),
    queryFn: ({ signal }) => api.call("listDownloads", { params: { benchmark }, signal }),
  });

export const dataAccessQuery = (benchmark: string) =>
  queryOptions({
    queryKey: key("getDataAccess", benchmark),
    queryFn: ({ signal }) => api.call("getDataAccess", { params: { benchmark }, signal }),
  });

export const teamsQuery = (benchmark: string) =>
  queryOptions({
    queryKey: key("listTeams", benchmark),
    queryFn: ({ signal }) => api.call("listTeams", { params: { benchmark }, signal }),
  });

export const submissionsQuery = (benchmark: string) =>
  queryOptions({
    queryKey: key("listSubmissions", benchmark),
    queryFn: ({ signal }) => api.call("listSubmissions", { params: { benchmark }, query: { limit: 200 }, signal }),
  });

export const submissionQuery = (submission: number) =>
  queryOptions({
    queryKey: key("getSubmission", submission),
    queryFn: ({ signal }) => api.call("getSubmission", { params: { submission }, signal }),
  });

export const evaluationQuery = (submission: number) =>
  queryOptions({
    queryKey: key("getEvaluation", submission),
    queryFn: ({ signal }) => api.call("getEvaluation", { params: { submission }, signal }),
    staleTime: 300_000,
  });

export const apiKeysQuery = queryOptions({
  queryKey: key("listApiKeys"),
  queryFn: ({ signal }) => api.call("listApiKeys", { signal }),
});

/** Makes every answer about `name` be asked for again. */
export async function forget(...names: readonly RouteName[]): Promise<void> {
  await Promise.all(names.map((name) => queryClient.invalidateQueries({ queryKey: [name] })));
}
