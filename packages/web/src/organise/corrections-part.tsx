/** Corrections of references and re-scoring: what would change is shown before anything does. */

import { numberText } from "@segathlon/plots";
import type { Phase, Rescore } from "@segathlon/server/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { api, benchmarkQuery, errataQuery, forget } from "../api.ts";
import { Moment } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { QueryView } from "../frame/query-view.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";

function Difference({ rescore }: { readonly rescore: Rescore }): ReactNode {
  const { difference } = rescore;
  if (difference === null) return null;
  const moved = difference.filter((entry) => entry.rankBefore !== entry.rankAfter);
  return (
    <>
      <p>
        <strong>
          {moved.length === 0
            ? "No rank would change."
            : `${moved.length} of ${difference.length} entries would change their rank.`}
        </strong>
      </p>
      <ScrollBox label="What would change">
        <table>
          <thead>
            <tr>
              <th scope="col">Entry</th>
              <th scope="col" className="end">
                Rank now
              </th>
              <th scope="col" className="end">
                Rank then
              </th>
              <th scope="col">Values that change</th>
            </tr>
          </thead>
          <tbody>
            {difference.map((entry) => (
              <tr key={entry.submission}>
                <th scope="row">{entry.algorithm}</th>
                <td className="end">{entry.rankBefore ?? "–"}</td>
                <td className="end">{entry.rankAfter ?? "–"}</td>
                <td className="wrap">
                  {entry.changes
                    .slice(0, 6)
                    .map(
                      (change) => `${change.column}: ${numberText(change.before, 4)} → ${numberText(change.after, 4)}`,
                    )
                    .join("; ") || "none"}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </>
  );
}

function RescoreCard({ rescore }: { readonly rescore: Rescore }): ReactNode {
  const refresh = (): Promise<void> => forget("listRescores", "getLeaderboard", "listErrata", "listAuditLog");
  const params = { rescore: rescore.id };
  const apply = useMutation({ mutationFn: () => api.call("applyRescore", { params }), onSuccess: refresh });
  const discard = useMutation({ mutationFn: () => api.call("discardRescore", { params }), onSuccess: refresh });
  const error = apply.error ?? discard.error;
  return (
    <article className="card">
      <p>
        <span className={rescore.state === "ready" ? "badge warn" : "badge"}>{rescore.state}</span> {rescore.phase}:{" "}
        {rescore.reason}{" "}
        <span className="muted">
          (references r{rescore.fromReferences} → r{rescore.toReferences}, <Moment at={rescore.createdAt} />)
        </span>
      </p>
      {rescore.state === "running" && (
        <progress
          max={Math.max(1, rescore.progress.total)}
          value={rescore.progress.done}
          aria-label={`${rescore.progress.done} of ${rescore.progress.total} entries scored again`}
        />
      )}
      {rescore.problem !== null && <p className="note bad">{rescore.problem}</p>}
      <Difference rescore={rescore} />
      {rescore.state === "ready" && (
        <p className="row">
          <button type="button" className="primary" disabled={apply.isPending} onClick={() => apply.mutate()}>
            Make the new scores count
          </button>
          <button type="button" disabled={discard.isPending} onClick={() => discard.mutate()}>
            Throw them away
          </button>
        </p>
      )}
      {error !== null && <ProblemNote error={error} />}
    </article>
  );
}

export function CorrectionsPart({ benchmark }: { readonly benchmark: string }): ReactNode {
  const details = useQuery(benchmarkQuery(benchmark));
  const errata = useQuery(errataQuery(benchmark));
  const rescores = useQuery({
    queryKey: ["listRescores", benchmark],
    queryFn: ({ signal }) => api.call("listRescores", { params: { benchmark }, signal }),
    refetchInterval: 5000,
  });
  const start = useMutation({
    mutationFn: (form: FormData) =>
      api.call("startRescore", {
        params: { benchmark, phase: String(form.get("phase")) },
        body: { reason: String(form.get("reason") ?? "") },
      }),
    onSuccess: () => forget("listRescores"),
  });
  const exclude = useMutation({
    mutationFn: (form: FormData) =>
      api.call("excludeCase", {
        params: { benchmark, task: String(form.get("task")), case: String(form.get("case") ?? "") },
        body: { reason: String(form.get("reason") ?? "") },
      }),
    onSuccess: () => forget("listErrata", "listAuditLog"),
  });
  const phases: readonly Pick<Phase, "id">[] = details.data?.phases ?? [];
  return (
    <>
      <h3>Corrections so far</h3>
      <QueryView query={errata} what="the corrections">
        {(list) =>
          list.length === 0 ? (
            <p className="muted">No reference has been corrected.</p>
          ) : (
            <ul>
              {list.map((item) => (
                <li key={item.id}>
                  {item.task}, {item.case}: {item.action === "exclude" ? "taken out" : "replaced"} by {item.by},{" "}
                  {item.reason}{" "}
                  {item.revision === null ? (
                    <span className="badge warn">waits for a re-score</span>
                  ) : (
                    `(r${item.revision})`
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
      <div className="grid-2">
        <form
          className="stack"
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            exclude.mutate(new FormData(event.currentTarget));
          }}
        >
          <h3>Take a case out of scoring</h3>
          <label className="field">
            Task
            <select name="task" required>
              {details.data?.taskList.map((task) => (
                <option key={task.id}>{task.id}</option>
              ))}
            </select>
          </label>
          <label className="field">
            Case
            <input name="case" required maxLength={255} />
          </label>
          <label className="field">
            Reason, which participants see
            <textarea name="reason" required maxLength={2000} rows={3} />
          </label>
          <button type="submit" disabled={exclude.isPending}>
            Take it out at the next re-score
          </button>
          {exclude.isError && <ProblemNote error={exclude.error} />}
        </form>
        <form
          className="stack"
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            start.mutate(new FormData(event.currentTarget));
          }}
        >
          <h3>Score a phase again</h3>
          <p className="muted">
            Every entry is scored aside with the corrected references. Nothing on the board changes until you say so.
          </p>
          <label className="field">
            Phase
            <select name="phase" required>
              {phases.map((phase) => (
                <option key={phase.id}>{phase.id}</option>
              ))}
            </select>
          </label>
          <label className="field">
            Reason
            <textarea name="reason" required maxLength={2000} rows={3} />
          </label>
          <button type="submit" disabled={start.isPending}>
            Score again, aside
          </button>
          {start.isError && <ProblemNote error={start.error} />}
        </form>
      </div>
      <h3>Re-scorings</h3>
      <QueryView query={rescores} what="the re-scorings">
        {(list) =>
          list.length === 0 ? (
            <p className="muted">Nothing has been scored again.</p>
          ) : (
            list.map((rescore) => <RescoreCard key={rescore.id} rescore={rescore} />)
          )
        }
      </QueryView>
    </>
  );
}
