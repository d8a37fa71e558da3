/** Algorithms are ranked in each case, then a statistic of the ranks is taken: challengeR's `rankThenAggregate`. Ranks are small numbers
 * or halves, so their sums are exact in doubles. */
import type { UnitEvaluator } from "./aggregate-then-rank.ts";
import { gatherWeights, weightedQuantile } from "./aggregate-then-rank.ts";
import type { RankingUnit } from "./ranking-units.ts";
import { ranksInto, sortByKey, type TieMethod } from "./ranks.ts";
import type { Statistic } from "./scheme.ts";

/**
 * Ranks of the algorithms in each case of a unit (algorithms x cases, 1 is best).
 *
 * A missing score (NaN) ranks behind the others as in challengeR: one place behind the worst rank given under `min`, the number of
 * algorithms with a score plus the mean of the remaining places under `average`; under the other tie rules challengeR leaves it without
 * a rank, which would favour a failure, so there it gets the last place.
 */
export function caseRanks(unit: RankingUnit, ties: TieMethod): Float64Array {
  const m = unit.cases.length;
  const algorithms = m === 0 ? 0 : unit.values.length / m;
  const result = new Float64Array(unit.values.length);
  const column = new Float64Array(algorithms);
  const place = new Float64Array(algorithms);
  const order = new Int32Array(algorithms);
  const scratch = new Int32Array(algorithms);
  for (let j = 0; j < m; j++) {
    let missing = 0;
    for (let a = 0; a < algorithms; a++) {
      const value = unit.values[a * m + j] as number;
      column[a] = -unit.sign * value;
      if (Number.isNaN(value)) missing++;
    }
    ranksInto(column, algorithms, ties, order, scratch, place);
    const given = algorithms - missing;
    let worst = 0;
    if (missing > 0) for (const rank of place) if (rank > worst) worst = rank;
    const behind =
      ties === "min"
        ? worst + 1
        : ties === "average"
          ? given + (missing + 1) / 2
          : ties === "max"
            ? algorithms
            : given + 1;
    for (let a = 0; a < algorithms; a++) {
      const rank = place[a] as number;
      result[a * m + j] = Number.isNaN(rank) ? behind : rank;
    }
  }
  return result;
}

/**
 * How a case that is drawn several times counts. `correct`: its ranks count as often. `challengeR-1.0.5`: its copies are ranked together
 * in one pool, so that ranks become k(r-1)+1 and count k times (defect A of `docs/ranking.md`).
 */
export type Multiplicity = "correct" | "challengeR-1.0.5";

/** The evaluator of `unit`; scores are negated, because a small rank is good. */
export function rankEvaluator(
  unit: RankingUnit,
  statistic: Statistic,
  ties: TieMethod,
  multiplicity: Multiplicity,
): UnitEvaluator {
  if (multiplicity === "challengeR-1.0.5" && !["min", "max", "average"].includes(ties))
    throw new RangeError(`challengeR-1.0.5: replay of rank-then-aggregate takes ties min, max or average, not ${ties}`);
  const m = unit.cases.length;
  const algorithms = m === 0 ? 0 : unit.values.length / m;
  const once = caseRanks(unit, ties);
  // Worst rank of the same group of ties; with it the rank among k copies of everybody follows without ranking again.
  const last = multiplicity === "correct" ? once : caseRanks(unit, "max");
  const first = multiplicity === "correct" ? once : caseRanks(unit, "min");
  const weight = new Float64Array(m);
  const used = new Float64Array(m);
  const order = new Int32Array(m);
  const scratch = new Int32Array(m);
  const pooled = (cell: number, k: number): number => {
    if (multiplicity === "correct" || k <= 1) return once[cell] as number;
    const low = k * ((first[cell] as number) - 1) + 1;
    const high = k * (last[cell] as number);
    return ties === "min" ? low : ties === "max" ? high : (low + high) / 2;
  };
  const p = statistic === "median" ? 0.5 : statistic === "min" ? 0 : statistic === "max" ? 1 : -1;
  return (weights, scores) => {
    const total = gatherWeights(unit, weights, weight);
    for (let a = 0; a < algorithms; a++) {
      const row = a * m;
      if (total === 0) {
        scores[a] = Number.NaN;
        continue;
      }
      if (statistic === "mean") {
        let sum = 0;
        if (multiplicity === "correct")
          for (let j = 0; j < m; j++) sum += (weight[j] as number) * (once[row + j] as number);
        else for (let j = 0; j < m; j++) sum += (weight[j] as number) * pooled(row + j, weight[j] as number);
        scores[a] = -sum / total;
        continue;
      }
      for (let j = 0; j < m; j++) {
        used[j] = pooled(row + j, weight[j] as number);
        order[j] = j;
      }
      sortByKey(used, order, m, scratch);
      scores[a] = -weightedQuantile(used, 0, order, weight, typeof statistic === "object" ? statistic.quantile : p);
    }
  };
}
