/** Serves the built pages and a {@link FakeSite} over HTTP, with the content security policy that the pages live under. */
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { apiPrefix, type Route, type RouteName, routePaths, routes } from "../packages/server/src/api/index.ts";
import type { FakeSite } from "./fake-site.ts";
import { fakeImageFile, fakeLabelFile } from "./fake-volumes.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".gz": "application/gzip",
};

export interface FakeServer {
  readonly url: string;
  /** Calls that were made, as `METHOD path`. */
  readonly calls: string[];
  close(): Promise<void>;
}

export type Answer = (params: Readonly<Record<string, string>>, request: IncomingMessage) => unknown;

function usualAnswers(site: FakeSite): Partial<Record<RouteName, Answer>> {
  return {
    getServer: () => ({
      name: "Segathlon",
      version: "0.1.0",
      signUp: "open",
      signInWith: [],
      mail: false,
      limits: { maxUploadBytes: 5e9, maxFileBytes: 1e9 },
      time: new Date().toISOString(),
    }),
    getSession: () => site.session,
    signIn: () => site.session,
    listBenchmarks: () => site.benchmarks,
    getBenchmark: ({ benchmark }) => site.benchmarks.find(({ id }) => id === benchmark),
    listPhases: () => site.phases,
    getPhase: ({ phase }) => site.phases.find(({ id }) => id === phase),
    listAnnouncements: () => [
      {
        id: "a1",
        benchmark: "amos-like",
        title: "Final phase moved by a week",
        body: "The final phase opens one week later. <b>Nothing else changes.</b>",
        createdAt: "2026-02-20T08:00:00.000Z",
        by: "Organisers",
      },
    ],
    listErrata: () => [],
    listCases: ({ task }) => site.cases.map((item) => ({ ...item, task })),
    listDownloads: () => ({
      split: null,
      files: site.cases.flatMap((item) =>
        item.images.map((image) => ({
          path: `imagesTr/${item.case}.nii.gz`,
          url: image.url,
          bytes: image.bytes,
          sha256: "0".repeat(64),
        })),
      ),
      totalBytes: 240_000 * site.cases.length,
    }),
    getLeaderboard: ({ phase }) => ({ ...site.leaderboard, phase }),
    listSnapshots: () => [],
    listTeams: () => [],
    listSubmissions: () => ({ submissions: site.submissions, next: null }),
    getSubmission: ({ submission }) => site.submissions.find(({ id }) => String(id) === submission),
    listApiKeys: () => [],
    getCaseImage: () => fakeImageFile(15),
    getCaseReference: () => fakeLabelFile(15, 0),
    getPrediction: () => fakeLabelFile(15, 1),
    getDataAccess: () => ({ policy: "open", allowed: true, request: null }),
  };
}

function sendFile(response: ServerResponse, file: string): void {
  response.setHeader("content-type", types[path.extname(file)] ?? "application/octet-stream");
  response.setHeader(
    "content-security-policy",
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; img-src 'self' data: blob:; connect-src 'self' blob: data:; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'",
  );
  createReadStream(file).pipe(response);
}

/**
 * Starts the server on a free port.
 *
 * @param dist Folder of the built pages.
 * @param answers Answers that differ from the usual ones; one that throws becomes a 500 problem.
 */
export async function startFakeServer(
  dist: string,
  site: FakeSite,
  answers: Partial<Record<RouteName, Answer>> = {},
): Promise<FakeServer> {
  const calls: string[] = [];
  const table = { ...usualAnswers(site), ...answers };
  const patterns = Object.entries(routePaths).map(([name, route]) => ({
    name: name as RouteName,
    method: route.method,
    pattern: new RegExp(`^${route.path.replace(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`),
  }));
  const problem = (response: ServerResponse, status: number, detail: string): void => {
    response.writeHead(status, { "content-type": "application/problem+json" });
    response.end(
      JSON.stringify({
        type: "urn:segathlon:error",
        title: "not-found",
        status,
        detail,
        code: status === 500 ? "SEG400" : "SEG404",
        hint: status === 500 ? "Try again; if it stays, tell the administrator the request id." : "Check the address.",
        failure: "infrastructure",
        where: {},
        requestId: "req-1",
      }),
    );
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    if (url.pathname.startsWith(apiPrefix)) {
      const at = url.pathname.slice(apiPrefix.length);
      calls.push(`${request.method} ${at}${url.search}`);
      for (const { name, method, pattern } of patterns) {
        const match = method === request.method ? pattern.exec(at) : null;
        if (match === null) continue;
        const params = Object.fromEntries(
          Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]),
        );
        try {
          const answer = table[name]?.(params, request);
          if (answer === undefined) return problem(response, 404, `There is nothing at ${at}.`);
          if (answer instanceof Uint8Array) {
            response.setHeader("content-type", "application/octet-stream");
            return void response.end(answer);
          }
          const { response: schema }: Route = routes[name];
          response.setHeader("content-type", "application/json");
          return void response.end(JSON.stringify(schema === undefined ? answer : schema.parse(answer)));
        } catch (error) {
          return problem(response, 500, error instanceof Error ? error.message : String(error));
        }
      }
      return problem(response, 404, `There is nothing at ${at}.`);
    }
    const file = path.join(dist, path.normalize(url.pathname));
    sendFile(response, existsSync(file) && statSync(file).isFile() ? file : path.join(dist, "index.html"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
