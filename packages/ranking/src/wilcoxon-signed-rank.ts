/**
 * Wilcoxon's signed-rank test (Wilcoxon 1945) with every convention named, because programs differ in all of them: what happens to
 * zero differences, whether the normal approximation is corrected for continuity, and when the exact distribution is used.
 *
 * R 4.2.2 `wilcox.test(x, y, paired = TRUE, exact = FALSE)` is `{ zeros: "drop", distribution: "normal", correction: "continuity" }`;
 * scipy 1.10 `wilcoxon(mode="approx")` is the same with `correction: "none"`, its `zero_method` values are `drop` ("wilcox"),
 * `pratt` and `split` ("zsplit").
 */
import { normalUpperTail } from "./normal-distribution.ts";
import { sortByKey } from "./ranks.ts";

/** Side of the alternative: x tends to be larger than y, smaller, or either. */
export type Alternative = "greater" | "less" | "two-sided";

/**
 * Zero differences: `drop` them (Wilcoxon), rank them and drop their ranks (`pratt`, 1959), or give half of their ranks to each
 * side (`split`).
 */
export type ZeroRule = "drop" | "pratt" | "split";

export interface SignedRankOptions {
  readonly alternative: Alternative;
  readonly zeros: ZeroRule;
  /** `r-default`: exact below 50 differences without ties and zeros, else normal with continuity correction (R's `exact = NULL`). */
  readonly distribution: "normal" | "exact" | "r-default";
  /** Of the normal approximation: half a unit towards the mean, or none. */
  readonly correction: "continuity" | "none";
}

export interface SignedRankResult {
  /** Sum of the ranks of the positive differences (R's V). */
  readonly v: number;
  /** Differences that take part. */
  readonly n: number;
  readonly zeros: number;
  /** NaN where the test says nothing: all differences zero and two-sided. */
  readonly p: number;
  readonly used: "normal" | "exact";
}

/** challengeR's and R's convention for the pairwise tests of a ranking. */
export const challengeSignedRank: SignedRankOptions = {
  alternative: "greater",
  zeros: "drop",
  distribution: "normal",
  correction: "continuity",
};

/** Largest number of differences for the exact distribution; its table has about n^2 entries. */
export const exactSignedRankLimit = 500;

/**
 * Signed-rank test of paired values. Differences are plain double differences, so 0.3 - 0.1 and 0.2 are not tied (as in R).
 *
 * @param x values of the first algorithm, one per case
 * @param y values of the second, same cases in the same order
 * @returns p = 1 for a one-sided test when all differences are zero, NaN for a two-sided one
 * @throws RangeError for unequal lengths, values that are not finite, exact tests of more than {@link exactSignedRankLimit} differences,
 *   or an exact test with `zeros` other than `drop`
 *
 * @example
 * ```ts
 * wilcoxonSignedRank([0.9, 0.8, 0.7], [0.5, 0.6, 0.6], challengeSignedRank).v; // 6
 * ```
 */
export function wilcoxonSignedRank(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  options: SignedRankOptions,
): SignedRankResult {
  if (x.length !== y.length) throw new RangeError(`wilcoxonSignedRank: ${x.length} and ${y.length} values`);
  const differences = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    const difference = (x[i] as number) - (y[i] as number);
    if (!Number.isFinite(difference)) throw new RangeError(`wilcoxonSignedRank: pair ${i} is not finite`);
    differences[i] = difference;
  }
  return signedRankOfDifferences(differences, options);
}

interface RankSums {
  /** Counted from the ranks of the positive differences, plus half of the zeros' under `split`. */
  v: number;
  n: number;
  zeros: number;
  /** Sum of t^3 - t over groups of equal ranks that count for the variance. */
  ties: number;
  /** Twice the ranks of the differences, ascending: whole numbers even for shared ranks. */
  doubledRanks: number[];
}

function rankSums(differences: ArrayLike<number>, zeroRule: ZeroRule): RankSums {
  const size = Float64Array.from(differences, Math.abs);
  const order = new Int32Array(size.length);
  let count = 0;
  let zeros = 0;
  for (let i = 0; i < size.length; i++) {
    if (size[i] === 0) zeros++;
    if (size[i] !== 0 || zeroRule !== "drop") order[count++] = i;
  }
  sortByKey(size, order, count, new Int32Array(size.length));
  const sums: RankSums = { v: 0, n: count, zeros, ties: 0, doubledRanks: [] };
  for (let start = 0; start < count; ) {
    const value = size[order[start] as number];
    let end = start + 1;
    while (end < count && size[order[end] as number] === value) end++;
    const doubled = start + 1 + end;
    const group = end - start;
    if (value === 0) {
      if (zeroRule === "split") {
        sums.v += (group * doubled) / 4;
        sums.ties += group ** 3 - group;
      }
    } else {
      sums.ties += group ** 3 - group;
      for (let i = start; i < end; i++) {
        if ((differences[order[i] as number] as number) > 0) sums.v += doubled / 2;
        sums.doubledRanks.push(doubled);
      }
    }
    start = end;
  }
  return sums;
}

/** As {@link wilcoxonSignedRank}, from differences. */
export function signedRankOfDifferences(differences: ArrayLike<number>, options: SignedRankOptions): SignedRankResult {
  const sums = rankSums(differences, options.zeros);
  const { v, n, zeros } = sums;
  const exact =
    options.distribution === "exact" ||
    (options.distribution === "r-default" && n < 50 && zeros === 0 && sums.ties === 0);
  if (exact) {
    if (options.zeros !== "drop") throw new RangeError("wilcoxonSignedRank: the exact test drops zeros");
    const p = n === 0 ? (options.alternative === "two-sided" ? Number.NaN : 1) : exactP(sums, options.alternative);
    return { v, n, zeros, p, used: "exact" };
  }
  const correction = options.distribution === "r-default" ? "continuity" : options.correction;
  let mean = (n * (n + 1)) / 4;
  let variance = (n * (n + 1) * (2 * n + 1)) / 24 - sums.ties / 48;
  if (options.zeros === "pratt") {
    mean -= (zeros * (zeros + 1)) / 4;
    variance -= (zeros * (zeros + 1) * (2 * zeros + 1)) / 24;
  }
  return { v, n, zeros, p: normalP(v - mean, Math.sqrt(variance), options.alternative, correction), used: "normal" };
}

function normalP(
  distance: number,
  deviation: number,
  alternative: Alternative,
  correction: "continuity" | "none",
): number {
  const half = correction === "continuity" ? 0.5 : 0;
  if (alternative === "greater") return upper((distance - half) / deviation);
  if (alternative === "less") return upper(-(distance + half) / deviation);
  const z = (distance - Math.sign(distance) * half) / deviation;
  return Math.min(1, 2 * normalUpperTail(Math.abs(z)));
}

/** 0/0 (no differences, no correction) carries no evidence: p = 1, as the corrected statistic gives. */
function upper(z: number): number {
  return Number.isNaN(z) ? 1 : normalUpperTail(z);
}

/** Permutation distribution of V given the observed (possibly shared) ranks: every sign is equally likely. */
function exactP(sums: RankSums, alternative: Alternative): number {
  const n = sums.doubledRanks.length;
  if (n > exactSignedRankLimit)
    throw new RangeError(`wilcoxonSignedRank: exact for at most ${exactSignedRankLimit} differences, found ${n}`);
  const total = sums.doubledRanks.reduce((a, b) => a + b, 0);
  // Probabilities instead of counts: 2^500 signs would still fit a double, but halving each step cannot overflow at all.
  const probability = new Float64Array(total + 1);
  probability[0] = 1;
  let reached = 0;
  for (const rank of sums.doubledRanks) {
    reached += rank;
    for (let s = reached; s >= 0; s--) {
      const with_ = s >= rank ? (probability[s - rank] as number) : 0;
      probability[s] = 0.5 * (probability[s] as number) + 0.5 * with_;
    }
  }
  const observed = Math.round(2 * sums.v);
  const atLeast = (from: number) => {
    let p = 0;
    for (let s = total; s >= from; s--) p += probability[s] as number;
    return Math.min(1, p);
  };
  const atMost = (to: number) => {
    let p = 0;
    for (let s = 0; s <= to; s++) p += probability[s] as number;
    return Math.min(1, p);
  };
  if (alternative === "greater") return atLeast(observed);
  if (alternative === "less") return atMost(observed);
  return Math.min(1, 2 * (observed > total / 2 ? atLeast(observed) : atMost(observed)));
}

/**
 * The smallest one-sided p that `n` differences can give: 2^-n exactly, and under the normal approximation with continuity
 * correction that of all differences positive and untied. When it exceeds the level, no result can be significant.
 */
export function smallestSignedRankP(n: number, distribution: "normal" | "exact"): number {
  if (n === 0) return 1;
  if (distribution === "exact") return 0.5 ** n;
  return normalUpperTail(((n * (n + 1)) / 4 - 0.5) / Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24));
}
