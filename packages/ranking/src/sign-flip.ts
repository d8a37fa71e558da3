/** Permutation test of paired differences by flipping signs (Fisher 1935): the test behind the p-values of the BraTS ranking. */
import { counterStream } from "./philox.ts";
import type { Alternative } from "./wilcoxon-signed-rank.ts";

export interface SignFlipOptions {
  readonly alternative: Alternative;
  /** All 2^n sign patterns are counted up to this many differences (at most 22); beyond, `draws` patterns are drawn. */
  readonly exactUpTo: number;
  readonly draws: number;
  readonly seed: number;
}

export interface SignFlipResult {
  /** Mean difference. */
  readonly mean: number;
  readonly p: number;
  readonly used: "exact" | "drawn";
}

/**
 * Share of sign patterns whose sum is at least as extreme as the observed one. Drawn patterns count the observed one too
 * (Phipson & Smyth 2010), so p is never 0. Sums that agree to 1e-12 of the largest possible sum count as equal.
 *
 * @returns p = 1 for an empty list or differences that are all zero
 * @throws RangeError when `exactUpTo` is above 22
 *
 * @example
 * ```ts
 * signFlipTest([1, 2, 3], { alternative: "greater", exactUpTo: 16, draws: 1000, seed: 1 }).p; // 0.125
 * ```
 */
export function signFlipTest(differences: readonly number[], options: SignFlipOptions): SignFlipResult {
  if (options.exactUpTo > 22) throw new RangeError(`signFlipTest: exactUpTo is at most 22, found ${options.exactUpTo}`);
  const n = differences.length;
  const observed = differences.reduce((a, b) => a + b, 0);
  const largest = differences.reduce((a, b) => a + Math.abs(b), 0);
  const slack = 1e-12 * largest;
  const isExtreme = (sum: number): boolean =>
    options.alternative === "greater"
      ? sum >= observed - slack
      : options.alternative === "less"
        ? sum <= observed + slack
        : Math.abs(sum) >= Math.abs(observed) - slack;
  const mean = n === 0 ? Number.NaN : observed / n;
  if (largest === 0) return { mean, p: 1, used: "exact" };
  if (n <= options.exactUpTo) {
    let extreme = 0;
    // Gray code: neighbouring patterns differ in one sign. The sum is renewed at times, so that roundings do not pile up.
    const sign = new Int8Array(n).fill(-1);
    let sum = -observed;
    const patterns = 2 ** n;
    for (let k = 0; k < patterns; k++) {
      if (k > 0) {
        const bit = 31 - Math.clz32(k & -k);
        sign[bit] = -(sign[bit] as number);
        sum += 2 * (sign[bit] as number) * (differences[bit] as number);
        if ((k & 1023) === 0) {
          sum = 0;
          for (let i = 0; i < n; i++) sum += (sign[i] as number) * (differences[i] as number);
        }
      }
      if (isExtreme(sum)) extreme++;
    }
    return { mean, p: extreme / patterns, used: "exact" };
  }
  let extreme = 1;
  for (let draw = 0; draw < options.draws; draw++) {
    const { uniform } = counterStream(options.seed, draw, 0x51f1);
    let sum = 0;
    for (const difference of differences) sum += uniform() < 0.5 ? difference : -difference;
    if (isExtreme(sum)) extreme++;
  }
  return { mean, p: extreme / (options.draws + 1), used: "drawn" };
}
