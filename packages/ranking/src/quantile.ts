/** Quantiles of type 7 (Hyndman & Fan 1996), as R's `quantile()` default; the median as R's `median()`. */

const fuzz = 4 * Number.EPSILON;

/** Where the quantile `p` of `n` sorted values lies: zero-based index of the lower neighbour and the weight of the upper one. */
export function quantilePosition(n: number, p: number): { lower: number; fraction: number } {
  const index = (n - 1) * p;
  const lower = Math.floor(index + fuzz);
  const fraction = index - lower;
  return { lower, fraction: Math.abs(fraction) < fuzz ? 0 : fraction };
}

/**
 * Quantile `p` (0 to 1) of values that are already sorted ascending. NaN for an empty list.
 *
 * @throws RangeError when p is not within 0 and 1
 */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`quantile: p must be within 0 and 1, found ${p}`);
  if (sorted.length === 0) return Number.NaN;
  const { lower, fraction } = quantilePosition(sorted.length, p);
  const low = sorted[lower] as number;
  if (fraction === 0) return low;
  const high = sorted[lower + 1] as number;
  return high === low ? low : (1 - fraction) * low + fraction * high;
}

/**
 * Quantile `p` (0 to 1) of `values`, which need not be sorted and must hold no NaN.
 *
 * @example
 * ```ts
 * quantile([1, 2, 3, 4], 0.5); // 2.5
 * ```
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), p);
}

/** Median: the middle value, or the mean of the two middle values. NaN for an empty list. */
export function median(values: ArrayLike<number>): number {
  if (values.length === 0) return Number.NaN;
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[sorted.length >> 1] as number;
  if (sorted.length % 2 === 1) return upper;
  return ((sorted[(sorted.length >> 1) - 1] as number) + upper) / 2;
}
