/** What the bootstrap draws of a ranking say: rank intervals, the probability of being first, Kendall's tau to the ranking itself. */

import { mean } from "./double-double.ts";
import { kendallTauB } from "./kendall-tau.ts";
import { quantileOfSorted } from "./quantile.ts";

export interface RankStability {
  readonly draws: number;
  /** By algorithm. */
  readonly algorithms: readonly AlgorithmStability[];
  /** Kendall's tau-b of each draw with the ranking; NaN where all drawn ranks are tied. */
  readonly tau: Float64Array;
  readonly tauSummary: TauSummary;
}

export interface AlgorithmStability {
  /** Share of draws with rank 1, ties for the first place included. */
  readonly pFirst: number;
  readonly low: number;
  readonly median: number;
  readonly high: number;
  /** Rank -> number of draws. */
  readonly counts: ReadonlyMap<number, number>;
}

export interface TauSummary {
  readonly mean: number;
  readonly median: number;
  readonly q25: number;
  readonly q75: number;
  /** Draws whose tau is not defined; they are in none of the figures. */
  readonly undefinedDraws: number;
}

/**
 * Summary of bootstrap ranks.
 *
 * @param drawn ranks, draws x algorithms, row by row
 * @param observed ranks of the ranking itself
 * @param level share of draws inside the rank interval; default 0.95 (quantiles of type 7)
 */
export function rankStability(drawn: Float64Array, observed: ArrayLike<number>, level = 0.95): RankStability {
  const n = observed.length;
  const draws = n === 0 ? 0 : drawn.length / n;
  const algorithms: AlgorithmStability[] = [];
  const column = new Float64Array(draws);
  for (let a = 0; a < n; a++) {
    const counts = new Map<number, number>();
    for (let d = 0; d < draws; d++) {
      const rank = drawn[d * n + a] as number;
      column[d] = rank;
      counts.set(rank, (counts.get(rank) ?? 0) + 1);
    }
    column.sort();
    algorithms.push({
      pFirst: (counts.get(1) ?? 0) / draws,
      low: quantileOfSorted(column, (1 - level) / 2),
      median: quantileOfSorted(column, 0.5),
      high: quantileOfSorted(column, (1 + level) / 2),
      counts,
    });
  }
  const tau = new Float64Array(draws);
  for (let d = 0; d < draws; d++) tau[d] = kendallTauB(observed, drawn.subarray(d * n, (d + 1) * n));
  return { draws, algorithms, tau, tauSummary: summariseTau(tau) };
}

/** Mean and quartiles of tau over the draws where it is defined. */
export function summariseTau(tau: Float64Array): TauSummary {
  const defined = tau.filter((value) => !Number.isNaN(value)).sort();
  return {
    mean: mean(defined),
    median: quantileOfSorted(defined, 0.5),
    q25: quantileOfSorted(defined, 0.25),
    q75: quantileOfSorted(defined, 0.75),
    undefinedDraws: tau.length - defined.length,
  };
}
