/** Which single case decides? The ranking without each case in turn. */
import { kendallTauB } from "./kendall-tau.ts";
import type { PreparedTable } from "./prepared-table.ts";
import type { RankingScheme } from "./scheme.ts";
import { fullWeights, schemeEvaluator } from "./scheme-evaluator.ts";

export interface CaseInfluence {
  readonly task: string;
  readonly case: string;
  /** Kendall's tau-b between the ranking without this case and the ranking with it; null when one of them ties everybody. */
  readonly tau: number | null;
  /** Algorithms whose rank changes. */
  readonly changedRanks: number;
  readonly largestMove: number;
  /** The set of first places changes. */
  readonly changesWinner: boolean;
}

/**
 * Leave-one-case-out: one ranking per case, most influential first (winner changes, then largest move, then tau).
 *
 * A task with a single case keeps it, because without it there is no ranking.
 */
export function caseInfluence(table: PreparedTable, scheme: RankingScheme): readonly CaseInfluence[] {
  const evaluator = schemeEvaluator(table, scheme);
  const weights = fullWeights(evaluator);
  const full = evaluator.evaluate(weights).overall.ranks.slice();
  const found: CaseInfluence[] = [];
  for (const [index, task] of table.tasks.entries()) {
    const own = weights[index] as Int32Array;
    if (own.length < 2) continue;
    for (const [position, name] of task.cases.entries()) {
      own[position] = 0;
      const { ranks } = evaluator.evaluate(weights).overall;
      own[position] = 1;
      let changedRanks = 0;
      let largestMove = 0;
      let changesWinner = false;
      for (let a = 0; a < full.length; a++) {
        const move = Math.abs((ranks[a] as number) - (full[a] as number));
        if (move > 0) changedRanks++;
        largestMove = Math.max(largestMove, move);
        if ((ranks[a] === 1) !== (full[a] === 1)) changesWinner = true;
      }
      const tau = kendallTauB(full, ranks);
      found.push({
        task: task.id,
        case: name,
        tau: Number.isNaN(tau) ? null : tau,
        changedRanks,
        largestMove,
        changesWinner,
      });
    }
  }
  return found.sort(
    (a, b) =>
      Number(b.changesWinner) - Number(a.changesWinner) ||
      b.largestMove - a.largestMove ||
      (a.tau ?? 1) - (b.tau ?? 1) ||
      (a.task === b.task ? (a.case < b.case ? -1 : 1) : a.task < b.task ? -1 : 1),
  );
}
