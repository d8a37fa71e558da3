/**
 * Confidence intervals by the bootstrap and from order statistics. For medians only the percentile and the order-statistic interval are
 * offered: the basic bootstrap and others fail badly there (Andre et al. 2026, arXiv 2601.17103).
 */
import { mean } from "./double-double.ts";
import type { Interval } from "./interval.ts";
import { normalUpperQuantile, normalUpperTail } from "./normal-distribution.ts";
import { counterStream } from "./philox.ts";
import { median, quantileOfSorted } from "./quantile.ts";

export interface BootstrapIntervalOptions {
  /** Default 2,000. */
  readonly draws?: number;
  readonly seed: number;
  /** Default 0.95. */
  readonly level?: number;
}

function drawn(
  values: ArrayLike<number>,
  statistic: (sample: Float64Array) => number,
  options: BootstrapIntervalOptions,
): Float64Array {
  const { draws = 2000, seed } = options;
  const n = values.length;
  const sample = new Float64Array(n);
  const result = new Float64Array(draws);
  for (let d = 0; d < draws; d++) {
    const { index } = counterStream(seed, d, 0xc1);
    for (let i = 0; i < n; i++) sample[i] = values[index(n)] as number;
    result[d] = statistic(sample);
  }
  return result.sort();
}

/** Percentile interval of the mean. Null below two values. */
export function meanIntervalPercentile(values: ArrayLike<number>, options: BootstrapIntervalOptions): Interval | null {
  if (values.length < 2) return null;
  return percentiles(drawn(values, mean, options), options.level ?? 0.95);
}

/** Percentile interval of the median. Null below two values. */
export function medianIntervalPercentile(
  values: ArrayLike<number>,
  options: BootstrapIntervalOptions,
): Interval | null {
  if (values.length < 2) return null;
  return percentiles(drawn(values, median, options), options.level ?? 0.95);
}

function percentiles(sorted: Float64Array, level: number): Interval {
  return [quantileOfSorted(sorted, (1 - level) / 2), quantileOfSorted(sorted, (1 + level) / 2)];
}

/**
 * Bias-corrected and accelerated interval of the mean (Efron 1987; acceleration by the jackknife). Null below two values; the value itself
 * when all values are equal.
 */
export function meanIntervalBca(values: ArrayLike<number>, options: BootstrapIntervalOptions): Interval | null {
  const n = values.length;
  if (n < 2) return null;
  const level = options.level ?? 0.95;
  const centre = mean(values);
  const sorted = drawn(values, mean, options);
  let below = 0;
  for (const value of sorted) below += value < centre ? 1 : value === centre ? 0.5 : 0;
  if (below === 0 || below === sorted.length) return percentiles(sorted, level);
  const bias = -normalUpperQuantile(below / sorted.length);
  // Without case i the mean moves by (centre - x_i) / (n - 1).
  let squares = 0;
  let cubes = 0;
  for (let i = 0; i < n; i++) {
    const move = (values[i] as number) - centre;
    squares += move * move;
    cubes += move * move * move;
  }
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const place = (p: number): number => {
    const z = bias - normalUpperQuantile(p);
    return 1 - normalUpperTail(bias + z / (1 - acceleration * z));
  };
  return [quantileOfSorted(sorted, place((1 - level) / 2)), quantileOfSorted(sorted, place((1 + level) / 2))];
}

/**
 * Order-statistic interval of the median: from the j-th smallest to the j-th largest value, j as large as the binomial distribution
 * allows. Exact for every continuous distribution: the true level is at least `level`. Null when n is too small for it (below 6 for 95 %).
 */
export function medianIntervalOrderStatistic(values: ArrayLike<number>, level = 0.95): Interval | null {
  const n = values.length;
  const tail = (1 - level) / 2;
  let j = 0;
  let logChoose = 0;
  let below = 0;
  // P(Binomial(n, 1/2) <= j - 1) <= tail.
  for (let k = 0; k < n; k++) {
    below += Math.exp(logChoose - n * Math.LN2);
    if (below > tail) break;
    j = k + 1;
    logChoose += Math.log((n - k) / (k + 1));
  }
  if (j === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return [sorted[j - 1] as number, sorted[n - j] as number];
}

/**
 * Cases needed so that the t interval of a mean is `width` wide (from end to end) at standard deviation `sd`: how many test cases a
 * benchmark needs (El Jurdi et al. 2023, arXiv 2307.10926).
 *
 * @throws RangeError when width or sd is not positive
 */
export function casesForIntervalWidth(sd: number, width: number, level = 0.95): number {
  if (!(width > 0) || !(sd > 0)) throw new RangeError(`casesForIntervalWidth: sd ${sd}, width ${width}`);
  return Math.ceil((2 * normalUpperQuantile((1 - level) / 2) * (sd / width)) ** 2);
}
