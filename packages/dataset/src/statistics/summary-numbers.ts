/** A list of numbers in a few: count, mean, standard deviation, minimum, quartiles, maximum. */
import { sortedQuantile } from "../check/case-statistics.ts";

export interface SummaryNumbers {
  readonly n: number;
  readonly mean: number;
  /** Of the values themselves (divided by n). */
  readonly sd: number;
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
}

/** Null for an empty list. Quartiles by linear interpolation, as numpy's default. */
export function summaryNumbers(values: readonly number[]): SummaryNumbers | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const mean = sorted.reduce((sum, x) => sum + x, 0) / sorted.length;
  return {
    n: sorted.length,
    mean,
    sd: Math.sqrt(sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0) / sorted.length),
    min: sorted[0] as number,
    q1: sortedQuantile(sorted, 0.25),
    median: sortedQuantile(sorted, 0.5),
    q3: sortedQuantile(sorted, 0.75),
    max: sorted[sorted.length - 1] as number,
  };
}
