/** The state of a submission in a word. */
import type { SubmissionState } from "@segathlon/server/api";
import type { ReactNode } from "react";

const classes: Readonly<Record<SubmissionState, string>> = {
  uploading: "badge",
  received: "badge",
  checking: "badge",
  queued: "badge warn",
  scoring: "badge warn",
  scored: "badge good",
  refused: "badge bad",
  failed: "badge bad",
  cancelled: "badge",
};

export function StateBadge({ state }: { readonly state: SubmissionState }): ReactNode {
  return <span className={classes[state]}>{state}</span>;
}
