/** Who leads, and whether that lead is real: the first thing a reader wants, in words, with the numbers behind it. */

import { numberText, percentText } from "@segathlon/plots";
import type { RankingDocument } from "@segathlon/ranking";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { metricDecimals, metricLabel } from "../metric-definitions.ts";
import type { BoardModel } from "./board-model.ts";

export function LeadSentence({
  model,
  document,
}: {
  readonly model: BoardModel;
  readonly document: RankingDocument | null;
}): ReactNode {
  const ranked = model.rows.filter(({ rank }) => rank !== null);
  const first = ranked.filter(({ rank }) => rank === 1);
  const leader = first[0];
  if (leader === undefined) return null;
  const name = (row: typeof leader): string => row.entry?.method ?? row.algorithm;
  const close = ranked.filter((row) => row.rank !== 1 && row.leading === true);
  const known = leader.leading !== null;
  const next =
    document?.tasks.length === 1
      ? document.tasks[0]?.ranking.find(({ algorithm }) => algorithm === leader.algorithm)?.next
      : null;
  const unit = model.metrics.find(({ key }) => key === next?.metric)?.unit ?? "";
  const decimals = metricDecimals(unit) + 1;
  return (
    <div className={`note ${known && close.length === 0 && first.length === 1 ? "good" : ""}`} aria-live="polite">
      <p>
        <strong>
          {first.length > 1 ? `${first.map(name).join(" and ")} share the first place` : `${name(leader)} leads`}
          {ranked.length === 1
            ? ", as the only ranked entry."
            : !known
              ? "."
              : first.length > 1
                ? `: none of them leads alone${close.length === 0 ? "." : `, and ${close.length === 1 ? "one other entry is" : `${close.length} others are`} not separable from them.`}`
                : close.length === 0
                  ? ", and the lead holds: no other entry reaches rank 1 within its interval."
                  : `, but the lead is not settled: ${close.length === 1 ? `${close[0] === undefined ? "one entry" : name(close[0])} is` : `${close.length} others are`} not separable from the first.`}
        </strong>{" "}
        {leader.pFirst !== null && (
          <>
            {first.length > 1 ? `${name(leader)} is first` : "First"} in {percentText(leader.pFirst)} of the bootstrap
            draws.{" "}
          </>
        )}
        <Link to="/definitions" hash="leading-group">
          How this is decided
        </Link>
      </p>
      {next != null && (
        <p className="last muted">
          Against {model.rows.find(({ algorithm }) => algorithm === next.algorithm)?.entry?.method ?? next.algorithm}:{" "}
          {next.difference >= 0 ? "+" : ""}
          {numberText(next.difference, decimals)} {metricLabel(next.metric, unit)} in the mean
          {next.ci95 !== null &&
            ` (95 % interval ${numberText(next.ci95[0], decimals)} to ${numberText(next.ci95[1], decimals)})`}
          , better in {percentText(next.win_rate)} of {next.n} cases
          {next.p_false_claim !== null &&
            `; a claim of superiority is false with probability ${numberText(next.p_false_claim, 3)}`}
          .
        </p>
      )}
    </div>
  );
}
