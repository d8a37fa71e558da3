/**
 * Algorithms are ranked by how many others they beat significantly: challengeR's `testThenRank`, the scheme of the Medical Segmentation
 * Decathlon. All ordered pairs of a unit are tested; the adjustment runs over all of them together.
 */
import type { UnitEvaluator } from "./aggregate-then-rank.ts";
import { normalUpperQuantile, normalUpperTail } from "./normal-distribution.ts";
import { type PAdjustMethod, pAdjust } from "./p-adjust.ts";
import { rankSumTest } from "./rank-sum.ts";
import type { Multiplicity } from "./rank-then-aggregate.ts";
import type { RankingUnit } from "./ranking-units.ts";
import { sortByKey } from "./ranks.ts";
import type { RankingMethod } from "./scheme.ts";
import { signFlipTest } from "./sign-flip.ts";
import { signedRankOfDifferences } from "./wilcoxon-signed-rank.ts";

export type TestMethod = Extract<RankingMethod, { kind: "test-then-rank" }>;

/** Most algorithms in a pairwise comparison: 1,000 algorithms are 499,500 pairs. */
export const pairwiseLimit = 1000;

/** The differences of one pair, sorted by size once, so that a test on any draw is a single pass. */
interface PairPlan {
  /** Case position times two, plus one when the difference is positive; ascending by size, zeros dropped. */
  readonly code: Int32Array;
  /** 1 where a new group of equal sizes starts; null when all sizes differ. */
  readonly starts: Uint8Array | null;
}

function planPair(
  unit: RankingUnit,
  i: number,
  j: number,
  size: Float64Array,
  order: Int32Array,
  scratch: Int32Array,
): PairPlan {
  const m = unit.cases.length;
  let count = 0;
  const { values } = unit;
  for (let c = 0; c < m; c++) {
    const difference = (values[i * m + c] as number) - (values[j * m + c] as number);
    // A case that one of the two lacks is not in their intersection; zero differences are dropped.
    if (Number.isNaN(difference) || difference === 0) continue;
    size[c] = Math.abs(difference);
    order[count++] = c;
  }
  sortByKey(size, order, count, scratch);
  const code = new Int32Array(count);
  const starts = new Uint8Array(count);
  let tied = false;
  for (let k = 0; k < count; k++) {
    const c = order[k] as number;
    const isPositive = (values[i * m + c] as number) > (values[j * m + c] as number) === (unit.sign === 1);
    code[k] = 2 * c + (isPositive ? 1 : 0);
    if (k === 0 || size[c] !== size[order[k - 1] as number]) starts[k] = 1;
    else tied = true;
  }
  return { code, starts: tied ? starts : null };
}

interface SignedRankSums {
  v: number;
  n: number;
  ties: number;
}

function sumPair(plan: PairPlan, weight: Float64Array, sums: SignedRankSums): void {
  const { code, starts } = plan;
  let passed = 0;
  let v = 0;
  let ties = 0;
  if (starts === null) {
    for (let k = 0; k < code.length; k++) {
      const item = code[k] as number;
      const w = weight[item >> 1] as number;
      if ((item & 1) === 1) v += w * (passed + (w + 1) / 2);
      ties += w * w * w - w;
      passed += w;
    }
  } else {
    for (let k = 0; k < code.length; ) {
      let group = 0;
      let positive = 0;
      do {
        const item = code[k] as number;
        const w = weight[item >> 1] as number;
        group += w;
        if ((item & 1) === 1) positive += w;
        k++;
      } while (k < code.length && starts[k] === 0);
      v += positive * (passed + (group + 1) / 2);
      ties += group * group * group - group;
      passed += group;
    }
  }
  sums.v = v;
  sums.n = passed;
  sums.ties = ties;
}

/** z of the one-sided test with continuity correction; -Infinity when nothing is left to test (p = 1). */
function zOfSums(v: number, n: number, ties: number): number {
  const variance = (n * (n + 1) * (2 * n + 1)) / 24 - ties / 48;
  return (v - (n * (n + 1)) / 4 - 0.5) / Math.sqrt(variance);
}

/** One-sided p-values of all ordered pairs, A x A row by row: row better than column. NaN on the diagonal. */
export function pairwiseP(unit: RankingUnit, test: TestMethod["test"], seed = 1): { p: Float64Array; v: Float64Array } {
  const m = unit.cases.length;
  const algorithms = m === 0 ? 0 : unit.values.length / m;
  refuseTooMany(algorithms);
  const p = new Float64Array(algorithms * algorithms).fill(Number.NaN);
  const v = new Float64Array(algorithms * algorithms).fill(Number.NaN);
  const weight = new Float64Array(m).fill(1);
  if (test === "wilcoxon-normal") {
    const sums: SignedRankSums = { v: 0, n: 0, ties: 0 };
    const size = new Float64Array(m);
    const order = new Int32Array(m);
    const scratch = new Int32Array(m);
    for (let i = 0; i < algorithms; i++)
      for (let j = i + 1; j < algorithms; j++) {
        sumPair(planPair(unit, i, j, size, order, scratch), weight, sums);
        const other = (sums.n * (sums.n + 1)) / 2 - sums.v;
        v[i * algorithms + j] = sums.v;
        v[j * algorithms + i] = other;
        p[i * algorithms + j] = normalUpperTail(zOfSums(sums.v, sums.n, sums.ties));
        p[j * algorithms + i] = normalUpperTail(zOfSums(other, sums.n, sums.ties));
      }
    return { p, v };
  }
  for (let i = 0; i < algorithms; i++)
    for (let j = 0; j < algorithms; j++) if (i !== j) p[i * algorithms + j] = generalP(unit, i, j, weight, test, seed);
  return { p, v };
}

export function refuseTooMany(algorithms: number): void {
  if (algorithms > pairwiseLimit)
    throw new RangeError(
      `pairwise tests take at most ${pairwiseLimit} algorithms, found ${algorithms}: choose a scheme that does not test pairs, or select algorithms`,
    );
}

/** Any of the tests, on an expanded sample: the slow way, for tests that are not the default. */
function generalP(
  unit: RankingUnit,
  i: number,
  j: number,
  weight: Float64Array,
  test: TestMethod["test"],
  seed: number,
): number {
  const m = unit.cases.length;
  const x: number[] = [];
  const y: number[] = [];
  for (let c = 0; c < m; c++) {
    const a = unit.sign * (unit.values[i * m + c] as number);
    const b = unit.sign * (unit.values[j * m + c] as number);
    for (let copy = 0; copy < (weight[c] as number); copy++) {
      if (!Number.isNaN(a) && (!Number.isNaN(b) || test === "rank-sum-two-sided")) x.push(a);
      if (!Number.isNaN(b) && (!Number.isNaN(a) || test === "rank-sum-two-sided")) y.push(b);
    }
  }
  if (test === "rank-sum-two-sided") {
    const result = rankSumTest(x, y, { alternative: "two-sided", variance: "untied", correction: "none" });
    return result.z > 0 ? result.p : 1;
  }
  const differences = x.map((value, index) => value - (y[index] as number));
  if (test === "sign-flip")
    return signFlipTest(differences, { alternative: "greater", exactUpTo: 16, draws: 10_000, seed }).p;
  return signedRankOfDifferences(differences, {
    alternative: "greater",
    zeros: "drop",
    distribution: test === "wilcoxon-exact" ? "exact" : "normal",
    correction: "continuity",
  }).p;
}

/** The evaluator of `unit`. `challengeR-1.0.5`: a case drawn several times counts once (defect B of `docs/ranking.md`). */
export function testEvaluator(
  unit: RankingUnit,
  method: TestMethod,
  multiplicity: Multiplicity,
  seed: number,
): UnitEvaluator {
  const m = unit.cases.length;
  const algorithms = m === 0 ? 0 : unit.values.length / m;
  refuseTooMany(algorithms);
  const isFast = method.test === "wilcoxon-normal";
  const plans: PairPlan[] = [];
  if (isFast) {
    const size = new Float64Array(m);
    const order = new Int32Array(m);
    const scratch = new Int32Array(m);
    for (let i = 0; i < algorithms; i++)
      for (let j = i + 1; j < algorithms; j++) plans.push(planPair(unit, i, j, size, order, scratch));
  }
  const weight = new Float64Array(m);
  const z = new Float64Array(algorithms * algorithms);
  const p = new Float64Array(algorithms * algorithms);
  const sums: SignedRankSums = { v: 0, n: 0, ties: 0 };
  const decide = winCounter(method, algorithms);
  return (weights, scores) => {
    for (let c = 0; c < m; c++) {
      const w = weights[unit.cases[c] as number] as number;
      weight[c] = multiplicity === "correct" ? w : Math.min(1, w);
    }
    if (isFast) {
      let pair = 0;
      for (let i = 0; i < algorithms; i++)
        for (let j = i + 1; j < algorithms; j++) {
          sumPair(plans[pair++] as PairPlan, weight, sums);
          z[i * algorithms + j] = zOfSums(sums.v, sums.n, sums.ties);
          z[j * algorithms + i] = zOfSums((sums.n * (sums.n + 1)) / 2 - sums.v, sums.n, sums.ties);
        }
      decide(z, "z", scores);
    } else {
      for (let i = 0; i < algorithms; i++)
        for (let j = 0; j < algorithms; j++)
          p[i * algorithms + j] = i === j ? Number.NaN : generalP(unit, i, j, weight, method.test, seed);
      decide(p, "p", scores);
    }
    const divisor = method.score === "win-count" ? 1 : Math.max(1, algorithms - 1);
    for (let a = 0; a < algorithms; a++) scores[a] = (scores[a] as number) / divisor;
  };
}

/**
 * Counts significant wins. From z-values, p is computed only where it can matter: a z clearly below the critical value of the level is
 * not significant under any adjustment, since adjusting never lowers a p-value.
 */
function winCounter(method: TestMethod, algorithms: number) {
  const { alpha, adjust } = method;
  const isSignificant = method.significant === "below-alpha" ? (p: number) => p < alpha : (p: number) => p <= alpha;
  const critical = normalUpperQuantile(alpha);
  const tests = algorithms * (algorithms - 1);
  const candidates: number[] = [];
  const pOf: number[] = [];
  return (values: Float64Array, kind: "z" | "p", wins: Float64Array): void => {
    wins.fill(0);
    if (adjust === "BY" || adjust === "hochberg") {
      const all =
        kind === "p" ? values : values.map((z, k) => (isDiagonal(k, algorithms) ? Number.NaN : normalUpperTail(z)));
      const adjusted = pAdjust(all, adjust);
      for (let k = 0; k < adjusted.length; k++)
        if (isSignificant(adjusted[k] as number))
          wins[Math.trunc(k / algorithms)] = (wins[Math.trunc(k / algorithms)] as number) + 1;
      return;
    }
    candidates.length = 0;
    pOf.length = 0;
    for (let i = 0; i < algorithms; i++)
      for (let j = 0; j < algorithms; j++) {
        if (i === j) continue;
        const value = values[i * algorithms + j] as number;
        if (kind === "z") {
          if (!(value > critical - 1e-9)) continue;
          if (adjust === "none" && value > critical + 1e-9) {
            wins[i] = (wins[i] as number) + 1;
            continue;
          }
        }
        const p = kind === "z" ? normalUpperTail(value) : value;
        if (!isSignificant(p)) continue;
        candidates.push(i);
        pOf.push(p);
      }
    for (const position of rejected(pOf, adjust, tests, isSignificant)) {
      const winner = candidates[position] as number;
      wins[winner] = (wins[winner] as number) + 1;
    }
  };
}

const isDiagonal = (k: number, algorithms: number): boolean => k % (algorithms + 1) === 0;

/** Positions of the p-values that stay significant after adjusting for `tests` tests, of which only these can be. */
function rejected(
  pValues: readonly number[],
  adjust: PAdjustMethod,
  tests: number,
  isSignificant: (p: number) => boolean,
): readonly number[] {
  const order = pValues.map((_, index) => index);
  if (adjust === "none") return order;
  if (adjust === "bonferroni") return order.filter((k) => isSignificant(Math.min(1, tests * (pValues[k] as number))));
  order.sort((a, b) => (pValues[a] as number) - (pValues[b] as number));
  if (adjust === "holm") {
    const stop = order.findIndex(
      (k, position) => !isSignificant(Math.min(1, (tests - position) * (pValues[k] as number))),
    );
    return stop === -1 ? order : order.slice(0, stop);
  }
  let last = -1;
  for (const [position, k] of order.entries())
    if (isSignificant(Math.min(1, (tests / (position + 1)) * (pValues[k] as number)))) last = position;
  return order.slice(0, last + 1);
}
