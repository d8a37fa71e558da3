/** What a team has left in a phase, and when the day's part comes back. */
import type { Phase } from "@segathlon/server/api";
import type { ReactNode } from "react";
import { Moment } from "./page.tsx";

export function QuotaLine({ phase }: { readonly phase: Phase }): ReactNode {
  const { remaining, quota } = phase;
  if (remaining === null) return null;
  if (remaining.today === null && remaining.total === null)
    return <p className="muted">Submissions to this phase are not limited.</p>;
  return (
    <ul className="facts-row" style={{ marginBottom: "0.75rem" }}>
      {remaining.today !== null && (
        <li>
          <b>{remaining.today}</b> of {quota.perDay} left today, again at <Moment at={remaining.resetsAt} />
        </li>
      )}
      {remaining.total !== null && (
        <li>
          <b>{remaining.total}</b> of {quota.total} left in all
        </li>
      )}
      {remaining.reserved > 0 && (
        <li>
          <b>{remaining.reserved}</b> reserved for what is being scored
        </li>
      )}
      <li>Only a scored run counts.</li>
    </ul>
  );
}
