/** All algorithms against each other on one metric of one task: p-values, effects, win rates; the data of a significance map. */

import { type PairedEffect, pairedEffect } from "./interval.ts";
import { type PAdjustMethod, pAdjust } from "./p-adjust.ts";
import type { PreparedTable } from "./prepared-table.ts";
import { rankingUnits } from "./ranking-units.ts";
import type { PairTest, RankingScheme } from "./scheme.ts";
import { pairwiseP } from "./test-then-rank.ts";
import { smallestSignedRankP } from "./wilcoxon-signed-rank.ts";

export interface PairwiseOptions {
  readonly task: string;
  readonly metric: string;
  /** Left out: the mean over the regions of each case. */
  readonly region?: string;
  /** Default `wilcoxon-normal`: one-sided, zeros dropped, continuity correction. */
  readonly test?: PairTest;
  /** Default 0.05. */
  readonly alpha?: number;
}

export interface PairwiseComparison {
  readonly algorithms: readonly string[];
  readonly cases: number;
  /** One-sided p-values: row better than column. Null on the diagonal. */
  readonly p: readonly (readonly (number | null)[])[];
  readonly adjusted: (method: PAdjustMethod) => readonly (readonly (number | null)[])[];
  /** Effect of the row's algorithm over the column's. */
  readonly effect: (row: number, column: number) => PairedEffect;
  /** False when not even the clearest difference could pass Holm's adjustment with so few cases. */
  readonly canReachSignificance: boolean;
  readonly smallestP: number;
}

/**
 * Compares all ranked algorithms of a scheme pair by pair.
 *
 * @throws RangeError when task, metric or region is unknown, or there are too many algorithms
 */
export function compareAllPairs(
  table: PreparedTable,
  scheme: RankingScheme,
  options: PairwiseOptions,
): PairwiseComparison {
  const { ranked } = rankingUnits(table, scheme);
  const describing: RankingScheme = {
    ...scheme,
    metrics: [{ metric: options.metric, weight: 1 }],
    regions: options.region === undefined ? "mean-per-case" : "separate",
    subsets: [],
    missing: { ...scheme.missing, failed: typeof scheme.missing.failed === "object" ? "worst" : scheme.missing.failed },
  };
  const units = rankingUnits(table, describing, ranked).units;
  const unit = units.find(
    (candidate) =>
      table.tasks[candidate.task]?.id === options.task &&
      (options.region === undefined || candidate.region === options.region),
  );
  if (unit === undefined)
    throw new RangeError(
      `compareAllPairs: no scores of ${options.metric}${options.region === undefined ? "" : `, ${options.region}`} in ${options.task}`,
    );
  const n = ranked.length;
  const m = unit.cases.length;
  const test = options.test ?? "wilcoxon-normal";
  const { p } = pairwiseP(unit, test);
  const matrix = (values: Float64Array) =>
    Array.from({ length: n }, (_, i) =>
      Array.from({ length: n }, (_unused, j) => {
        const value = values[i * n + j] as number;
        return Number.isNaN(value) ? null : value;
      }),
    );
  const smallestP = smallestSignedRankP(m, test === "wilcoxon-normal" ? "normal" : "exact");
  return {
    algorithms: Array.from(ranked, (index) => table.algorithms[index] as string),
    cases: m,
    p: matrix(p),
    adjusted: (method) => matrix(pAdjust(p, method)),
    effect: (row, column) =>
      pairedEffect(
        unit.values.subarray(row * m, (row + 1) * m),
        unit.values.subarray(column * m, (column + 1) * m),
        unit.sign,
      ),
    canReachSignificance: n < 2 || smallestP <= (options.alpha ?? 0.05) / (n * (n - 1)),
    smallestP,
  };
}
