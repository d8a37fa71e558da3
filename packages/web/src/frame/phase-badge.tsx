/** The state of a phase in a word, and which phase a reader wants first. */
import type { PhaseSummary } from "@segathlon/server/api";
import type { ReactNode } from "react";

const classes = { open: "badge good", upcoming: "badge warn", closed: "badge", frozen: "badge" } as const;

export function PhaseBadge({ phase }: { readonly phase: PhaseSummary }): ReactNode {
  return (
    <span className={classes[phase.state]}>
      {phase.title === "" ? phase.id : phase.title}: {phase.state}
    </span>
  );
}

/** The last open phase, else the last that has been open, else the first: the one whose board says most. */
export function leadingPhase<P extends PhaseSummary>(phases: readonly P[]): P | null {
  return (
    phases.findLast((phase) => phase.state === "open" || phase.state === "frozen") ??
    phases.findLast((phase) => phase.state === "closed") ??
    phases[0] ??
    null
  );
}
