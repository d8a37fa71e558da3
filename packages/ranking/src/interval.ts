/** Confidence intervals of a mean from per-case scores. */
import { mean } from "./double-double.ts";
import { studentUpperQuantile, studentUpperTail } from "./special-functions.ts";

export type Interval = readonly [low: number, high: number];

/** Standard deviation with n - 1; NaN below two values. */
export function standardDeviation(values: ArrayLike<number>): number {
  const n = values.length;
  if (n < 2) return Number.NaN;
  const centre = mean(values);
  let squares = 0;
  for (let i = 0; i < n; i++) squares += ((values[i] as number) - centre) ** 2;
  return Math.sqrt(squares / (n - 1));
}

/**
 * Interval of the mean by Student's t. Null below two values.
 *
 * @param level share of such intervals that hold the true mean; default 0.95
 *
 * @example
 * ```ts
 * meanIntervalT([0.8, 0.9, 1.0]); // [0.6516, 1.1484]
 * ```
 */
export function meanIntervalT(values: ArrayLike<number>, level = 0.95): Interval | null {
  const n = values.length;
  if (n < 2) return null;
  const centre = mean(values);
  const half = (studentUpperQuantile((1 - level) / 2, n - 1) * standardDeviation(values)) / Math.sqrt(n);
  return [centre - half, centre + half];
}

/** Mean, spread and size of one sample, for {@link meanOfMeansInterval}. */
export interface SampleSummary {
  readonly n: number;
  readonly mean: number;
  readonly sd: number;
}

/**
 * Interval of the unweighted mean of several independent means (of tasks): standard errors add in squares, degrees of freedom by
 * Welch and Satterthwaite. Null when a sample has fewer than two values.
 */
export function meanOfMeansInterval(samples: readonly SampleSummary[], level = 0.95): Interval | null {
  if (samples.length === 0 || samples.some(({ n }) => n < 2)) return null;
  const centre = mean(samples.map((sample) => sample.mean));
  const parts = samples.map(({ n, sd }) => (sd * sd) / n);
  const variance = parts.reduce((a, b) => a + b, 0);
  if (variance === 0) return [centre, centre];
  const degrees = variance ** 2 / parts.reduce((total, part, k) => total + part ** 2 / ((samples[k]?.n ?? 2) - 1), 0);
  const half = (studentUpperQuantile((1 - level) / 2, degrees) * Math.sqrt(variance)) / samples.length;
  return [centre - half, centre + half];
}

/** One algorithm against another on the same cases. */
export interface PairedEffect {
  readonly n: number;
  /** Mean of (first - second), turned so that positive means the first is better. */
  readonly difference: number;
  readonly interval: Interval | null;
  /** Share of cases where the first is better, ties counting half. */
  readonly winRate: number;
  /**
   * Probability that the claim "the first has the better mean" is false, from the paired t distribution: the posterior under a flat prior
   * of Christodoulou et al. 2025 (arXiv 2505.04720), with the spread and correlation measured instead of guessed. Null below two cases.
   */
  readonly pFalseClaim: number | null;
}

/**
 * Effect of the first algorithm over the second; pairs where one value is NaN are left out.
 *
 * @param sign 1 when larger is better, -1 when smaller is
 */
export function pairedEffect(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  sign: 1 | -1,
  level = 0.95,
): PairedEffect {
  const differences: number[] = [];
  for (let i = 0; i < first.length; i++) {
    const difference = sign * ((first[i] as number) - (second[i] as number));
    if (!Number.isNaN(difference)) differences.push(difference);
  }
  const n = differences.length;
  const centre = mean(differences);
  const wins = differences.reduce((total, d) => total + (d > 0 ? 1 : d === 0 ? 0.5 : 0), 0);
  const sd = standardDeviation(differences);
  const t = (Math.sqrt(n) * centre) / sd;
  const pFalseClaim = n < 2 ? null : sd === 0 ? (centre > 0 ? 0 : centre < 0 ? 1 : 0.5) : studentUpperTail(t, n - 1);
  return { n, difference: centre, interval: meanIntervalT(differences, level), winRate: wins / n, pFalseClaim };
}
