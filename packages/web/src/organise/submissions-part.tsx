/** Every submission of a benchmark: state, age, worker, faults, and what can be done about it. */

import { durationText } from "@segathlon/plots";
import type { OrganiserSubmission } from "@segathlon/server/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { api, forget } from "../api.ts";
import { ProblemNote } from "../frame/problem-note.tsx";
import { QueryView } from "../frame/query-view.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";
import { StateBadge } from "../frame/state-badge.tsx";

function Actions({ item }: { readonly item: OrganiserSubmission }): ReactNode {
  const refresh = (): Promise<void> => forget("listAllSubmissions", "getSubmission", "getLeaderboard");
  const params = { submission: item.id };
  const retry = useMutation({ mutationFn: () => api.call("retrySubmission", { params }), onSuccess: refresh });
  const cancel = useMutation({ mutationFn: () => api.call("cancelSubmission", { params }), onSuccess: refresh });
  const baseline = useMutation({
    mutationFn: () => api.call("setBaseline", { params, body: { baseline: !item.baseline } }),
    onSuccess: refresh,
  });
  const busy = retry.isPending || cancel.isPending || baseline.isPending;
  const error = retry.error ?? cancel.error ?? baseline.error;
  return (
    <>
      <span className="row">
        {item.state === "failed" && (
          <button type="button" disabled={busy} onClick={() => retry.mutate()}>
            Retry<span className="visually-hidden"> submission {item.id}</span>
          </button>
        )}
        {["uploading", "received", "checking", "queued", "scoring"].includes(item.state) && (
          <button type="button" disabled={busy} onClick={() => cancel.mutate()}>
            Cancel<span className="visually-hidden"> submission {item.id}</span>
          </button>
        )}
        {item.state === "scored" && (
          <button type="button" disabled={busy} onClick={() => baseline.mutate()}>
            {item.baseline ? "Not a baseline" : "Mark as baseline"}
            <span className="visually-hidden"> (submission {item.id})</span>
          </button>
        )}
      </span>
      {error !== null && <ProblemNote error={error} />}
    </>
  );
}

function Faults({ item }: { readonly item: OrganiserSubmission }): ReactNode {
  const lines = [
    ...(item.failure === null ? [] : [`${item.failure.kind}: ${item.failure.message}`]),
    ...item.faults.map((fault) => `${fault.at.slice(0, 19)} ${fault.worker ?? ""}: ${fault.message}`),
    ...(item.findings.length === 0
      ? []
      : [`${item.findings.length} findings of the check, first: ${item.findings[0]?.message}`]),
    ...(item.sameContentAs.length === 0 ? [] : [`same predictions as submission ${item.sameContentAs.join(", ")}`]),
  ];
  if (lines.length === 0) return "–";
  return (
    <details>
      <summary>{lines.length === 1 ? "1 line" : `${lines.length} lines`}</summary>
      <ul>
        {lines.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </details>
  );
}

export function SubmissionsPart({ benchmark }: { readonly benchmark: string }): ReactNode {
  const [before, setBefore] = useState<number | undefined>(undefined);
  const query = useQuery({
    queryKey: ["listAllSubmissions", benchmark, before],
    queryFn: ({ signal }) =>
      api.call("listAllSubmissions", {
        params: { benchmark },
        query: { limit: 100, ...(before === undefined ? {} : { before }) },
        signal,
      }),
    refetchInterval: 10_000,
  });
  return (
    <QueryView query={query} what="the submissions">
      {({ submissions, next }) =>
        submissions.length === 0 ? (
          <p className="empty">
            Nobody has submitted yet. Announce the benchmark, or submit a baseline yourself:{" "}
            <code>segathlon baseline</code>, then <code>segathlon submit</code>.
          </p>
        ) : (
          <>
            <ScrollBox label="Submissions">
              <table className="sticky-first">
                <thead>
                  <tr>
                    <th scope="col">Submission</th>
                    <th scope="col">Team</th>
                    <th scope="col">Method</th>
                    <th scope="col">Phase</th>
                    <th scope="col">State</th>
                    <th scope="col" className="end">
                      Age
                    </th>
                    <th scope="col">Worker</th>
                    <th scope="col" className="end">
                      Attempts
                    </th>
                    <th scope="col">Why</th>
                    <th scope="col">Actions</th>
                  </tr>
                </thead>
                <tbody>
                  {submissions.map((item) => (
                    <tr key={item.id}>
                      <th scope="row">
                        <Link to="/submissions/$submission" params={{ submission: String(item.id) }}>
                          {item.id}
                        </Link>
                      </th>
                      <td>{item.team.name}</td>
                      <td>{item.method.name}</td>
                      <td>{item.phase}</td>
                      <td title={item.stateText}>
                        <StateBadge state={item.state} />
                      </td>
                      <td className="end">{durationText(item.ageSeconds)}</td>
                      <td>{item.workers.length === 0 ? "–" : item.workers.join(", ")}</td>
                      <td className="end">{item.attempts}</td>
                      <td className="wrap">
                        <Faults item={item} />
                      </td>
                      <td>
                        <Actions item={item} />
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollBox>
            <p className="row">
              {before !== undefined && (
                <button type="button" onClick={() => setBefore(undefined)}>
                  Newest
                </button>
              )}
              {next !== null && (
                <button type="button" onClick={() => setBefore(next)}>
                  Older
                </button>
              )}
            </p>
          </>
        )
      }
    </QueryView>
  );
}
