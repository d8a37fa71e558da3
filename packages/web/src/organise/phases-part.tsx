/** Phases: when they are open, why one cannot be submitted to, and changing them with a reason for the audit log. */
import type { Phase } from "@segathlon/server/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { api, forget, phasesQuery } from "../api.ts";
import { PhaseBadge } from "../frame/phase-badge.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { QueryView } from "../frame/query-view.tsx";

/** `2026-03-01T12:00` of a local date field as UTC, and back: the server's clock is in UTC and so are the fields. */
const toField = (at: string | null): string => (at === null ? "" : at.slice(0, 16));
const fromField = (value: string): string | null => (value === "" ? null : `${value}:00.000Z`);
const countOf = (value: string): number | null => (value === "" ? null : Number(value));

function PhaseForm({ benchmark, phase }: { readonly benchmark: string; readonly phase: Phase }): ReactNode {
  const save = useMutation({
    mutationFn: (form: FormData) => {
      const text = (key: string): string => String(form.get(key) ?? "").trim();
      const leaderboard = text("leaderboard");
      return api.call("patchPhase", {
        params: { benchmark, phase: phase.id },
        body: {
          opens: fromField(text("opens")),
          closes: fromField(text("closes")),
          frozen: form.get("frozen") === "on",
          leaderboard: leaderboard === "hidden-until-close" || leaderboard === "organisers" ? leaderboard : "public",
          quota: { perDay: countOf(text("perDay")), total: countOf(text("total")) },
          reason: text("reason"),
        },
      });
    },
    onSuccess: () => forget("listPhases", "getPhase", "getBenchmark", "getLeaderboard", "listAuditLog"),
  });
  const id = `phase-${phase.id}`;
  return (
    <section className="card" aria-labelledby={id}>
      <div className="row">
        <h3 id={id}>{phase.title || phase.id}</h3>
        <PhaseBadge phase={{ ...phase, title: phase.id }} />
      </div>
      {phase.notOpenBecause.length > 0 && (
        <ul>
          {phase.notOpenBecause.map((reason) => (
            <li key={reason.code}>
              <code>{reason.code}</code> {reason.message} <span className="muted">{reason.hint}</span>
            </li>
          ))}
        </ul>
      )}
      <form
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          save.mutate(new FormData(event.currentTarget));
        }}
      >
        <div className="form-grid">
          <label className="field">
            Opens (UTC)
            <input name="opens" type="datetime-local" defaultValue={toField(phase.opens)} />
          </label>
          <label className="field">
            Closes (UTC)
            <input name="closes" type="datetime-local" defaultValue={toField(phase.closes)} />
          </label>
          <label className="field">
            Submissions a day
            <input name="perDay" type="number" min="1" defaultValue={phase.quota.perDay ?? ""} placeholder="no limit" />
          </label>
          <label className="field">
            Submissions in all
            <input name="total" type="number" min="1" defaultValue={phase.quota.total ?? ""} placeholder="no limit" />
          </label>
          <label className="field">
            Leaderboard
            <select name="leaderboard" defaultValue={phase.leaderboard}>
              <option value="public">public</option>
              <option value="hidden-until-close">hidden until the phase closes</option>
              <option value="organisers">organisers only</option>
            </select>
          </label>
          <label className="check">
            <input name="frozen" type="checkbox" defaultChecked={phase.state === "frozen"} /> frozen: the board no
            longer changes
          </label>
          <label className="field wide">
            Reason, for the audit log
            <input name="reason" required maxLength={1000} />
          </label>
        </div>
        <p className="row" style={{ marginTop: "0.75rem" }}>
          <button type="submit" disabled={save.isPending}>
            {save.isPending ? "Saving …" : `Save ${phase.id}`}
          </button>
          {save.isSuccess && <span role="status">Saved.</span>}
        </p>
        {save.isError && <ProblemNote error={save.error} />}
      </form>
    </section>
  );
}

export function PhasesPart({ benchmark }: { readonly benchmark: string }): ReactNode {
  const phases = useQuery(phasesQuery(benchmark));
  return (
    <QueryView query={phases} what="the phases">
      {(list) =>
        list.length === 0 ? (
          <p className="empty">
            The document names no phase. Add one under phases: in the document, then it appears here.
          </p>
        ) : (
          <div className="grid-2">
            {list.map((phase) => (
              <PhaseForm key={phase.id} benchmark={benchmark} phase={phase} />
            ))}
          </div>
        )
      }
    </QueryView>
  );
}
