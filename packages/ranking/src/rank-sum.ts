/** Wilcoxon's rank-sum (Mann-Whitney) test of two unpaired samples, normal approximation. */
import { normalUpperTail } from "./normal-distribution.ts";
import { ranks } from "./ranks.ts";
import type { Alternative } from "./wilcoxon-signed-rank.ts";

export interface RankSumOptions {
  readonly alternative: Alternative;
  /** `untied`: the variance without ties (scipy `ranksums`); `tied`: corrected for ties (R `wilcox.test`, scipy `mannwhitneyu`). */
  readonly variance: "untied" | "tied";
  readonly correction: "continuity" | "none";
}

export interface RankSumResult {
  /** Number of pairs in which x is larger, ties counting half (Mann-Whitney U, R's W). */
  readonly u: number;
  readonly z: number;
  readonly p: number;
}

/**
 * Rank-sum test. `rankSumTest(x, y, { alternative: "two-sided", variance: "untied", correction: "none" })` is `scipy.stats.ranksums`.
 * NaN where a sample is empty or all values are equal under `tied`.
 *
 * @example
 * ```ts
 * rankSumTest([3, 4, 5], [1, 2], { alternative: "greater", variance: "tied", correction: "continuity" }).u; // 6
 * ```
 */
export function rankSumTest(x: readonly number[], y: readonly number[], options: RankSumOptions): RankSumResult {
  const all = [...x, ...y];
  const place = ranks(all, "average");
  const total = all.length;
  let rankSum = 0;
  for (let i = 0; i < x.length; i++) rankSum += place[i] as number;
  const u = rankSum - (x.length * (x.length + 1)) / 2;
  let ties = 0;
  if (options.variance === "tied") {
    const groups = new Map<number, number>();
    for (const rank of place) groups.set(rank, (groups.get(rank) ?? 0) + 1);
    for (const size of groups.values()) ties += size ** 3 - size;
  }
  const pairs = x.length * y.length;
  const variance = (pairs / 12) * (total + 1 - (total > 1 ? ties / (total * (total - 1)) : 0));
  const distance = u - pairs / 2;
  const half = options.correction === "continuity" ? 0.5 : 0;
  const shift =
    options.alternative === "greater" ? half : options.alternative === "less" ? -half : Math.sign(distance) * half;
  const z = (distance - shift) / Math.sqrt(variance);
  const p =
    options.alternative === "greater"
      ? normalUpperTail(z)
      : options.alternative === "less"
        ? normalUpperTail(-z)
        : Math.min(1, 2 * normalUpperTail(Math.abs(z)));
  return { u, z, p };
}
