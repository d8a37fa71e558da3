/**
 * Summaries over cases, per region and metric: mean, median, standard deviation, 95 % interval of the mean. They are computed
 * from `scores`, so every case is in `n` or in `excluded`, and the rule that put it there is the protocol's.
 */
import { studentUpperQuantile } from "@segathlon/ranking";
import type { Aggregate, CaseResult } from "./evaluation-document.ts";

/** Middle value of a sorted list; mean of the two middle values for an even number. */
function medianOfSorted(sorted: readonly number[]): number | null {
  const middle = sorted.length >> 1;
  const upper = sorted[middle];
  if (upper === undefined) return null;
  const lower = sorted[middle - 1];
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2;
}

/**
 * Summary of the scores of one region and metric over all cases; null is an excluded case.
 * `sd` is the sample standard deviation (n - 1) and `ci95` the t interval of the mean; both are null below two values.
 *
 * @example
 * ```ts
 * summarise([0.9, 0.8, null]); // { mean: 0.85, median: 0.85, sd: 0.0707..., n: 2, excluded: 1, ci95: [0.2147..., 1.485...] }
 * ```
 */
export function summarise(scores: readonly (number | null)[]): Aggregate {
  const values = scores.filter((score) => score !== null);
  const n = values.length;
  const excluded = scores.length - n;
  if (n === 0) return { mean: null, median: null, sd: null, n, excluded, ci95: null };
  // Summed in case order, so that the result does not depend on how many workers there were.
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const median = medianOfSorted(values.toSorted((a, b) => a - b));
  if (n === 1) return { mean, median, sd: null, n, excluded, ci95: null };
  const sd = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / (n - 1));
  const half = (studentUpperQuantile(0.025, n - 1) * sd) / Math.sqrt(n);
  return { mean, median, sd, n, excluded, ci95: [mean - half, mean + half] };
}

/** Summaries by region, then metric key, in the order of the cases' regions and scores. */
export function aggregateCases(
  cases: readonly CaseResult[],
  regionNames: readonly string[],
): Record<string, Record<string, Aggregate>> {
  const aggregate: Record<string, Record<string, Aggregate>> = {};
  for (const region of regionNames) {
    const columns = new Map<string, (number | null)[]>();
    for (const result of cases) {
      for (const [key, score] of Object.entries(result.regions[region]?.scores ?? {})) {
        const column = columns.get(key);
        if (column) column.push(score);
        else columns.set(key, [score]);
      }
    }
    aggregate[region] = Object.fromEntries([...columns].map(([key, scores]) => [key, summarise(scores)] as const));
  }
  return aggregate;
}
