/** The numbers of a box plot: quartiles of type 7 (R, numpy), whiskers to the last value within 1.5 interquartile ranges. */

export interface FiveNumbers {
  readonly n: number;
  readonly low: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly high: number;
  readonly mean: number;
}

/** Quantile of type 7 of ascending values; `share` between 0 and 1. */
export function quantile(ascending: readonly number[], share: number): number {
  if (ascending.length === 0) throw new RangeError("quantile: no values");
  const place = (ascending.length - 1) * share;
  const below = ascending[Math.floor(place)] ?? 0;
  const above = ascending[Math.ceil(place)] ?? 0;
  return below + (above - below) * (place - Math.floor(place));
}

/** null when there is no value. Values must be finite. */
export function fiveNumbers(values: readonly number[]): FiveNumbers | null {
  if (values.length === 0) return null;
  const ascending = [...values].sort((a, b) => a - b);
  const q1 = quantile(ascending, 0.25);
  const q3 = quantile(ascending, 0.75);
  const reach = 1.5 * (q3 - q1);
  return {
    n: ascending.length,
    low: ascending.find((value) => value >= q1 - reach) ?? q1,
    q1,
    median: quantile(ascending, 0.5),
    q3,
    high: ascending.findLast((value) => value <= q3 + reach) ?? q3,
    mean: ascending.reduce((sum, value) => sum + value, 0) / ascending.length,
  };
}
