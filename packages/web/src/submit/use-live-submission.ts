/** A submission that follows the server's events; asked for again every few seconds while no event arrives. */
import { routeUrl, type Submission } from "@segathlon/server/api";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { queryClient, submissionQuery } from "../api.ts";

/** States in which nothing more will happen by itself. */
export function isSettled(submission: Submission): boolean {
  return ["scored", "refused", "failed", "cancelled"].includes(submission.state);
}

export function useLiveSubmission(id: number): UseQueryResult<Submission> {
  const query = useQuery({
    ...submissionQuery(id),
    refetchInterval: ({ state }) => (state.data === undefined || isSettled(state.data) ? false : 5000),
  });
  const following = query.data !== undefined && !isSettled(query.data);
  useEffect(() => {
    if (!following) return;
    const source = new EventSource(routeUrl("watchSubmission", { submission: id }));
    source.addEventListener("submission", (event) => {
      const { submission }: { submission: Submission } = JSON.parse(event.data);
      queryClient.setQueryData(submissionQuery(id).queryKey, submission);
      if (isSettled(submission)) void queryClient.invalidateQueries({ queryKey: ["getEvaluation", id] });
    });
    return () => source.close();
  }, [id, following]);
  return query;
}
