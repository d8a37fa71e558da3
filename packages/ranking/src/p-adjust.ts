/** Adjustment of p-values for many tests, as R's `p.adjust()` (R 4.2.2). */

export type PAdjustMethod = "none" | "holm" | "hochberg" | "BH" | "BY" | "bonferroni";

export const pAdjustMethods: readonly PAdjustMethod[] = ["none", "holm", "hochberg", "BH", "BY", "bonferroni"];

/**
 * Adjusted p-values, in the order of the input. NaN stays NaN and does not count as a test.
 *
 * `holm` and `bonferroni` hold the family-wise error rate under any dependence, `hochberg` under independence or positive
 * dependence; `BH` holds the false discovery rate under the same, `BY` under any dependence.
 *
 * @example
 * ```ts
 * pAdjust([0.01, 0.04, 0.03], "holm"); // Float64Array [0.03, 0.06, 0.06]
 * ```
 */
export function pAdjust(pValues: ArrayLike<number>, method: PAdjustMethod): Float64Array {
  const result = Float64Array.from(pValues);
  const tests: number[] = [];
  for (let i = 0; i < result.length; i++) if (!Number.isNaN(result[i])) tests.push(i);
  const n = tests.length;
  if (method === "none" || n <= 1) return result;
  if (method === "bonferroni") {
    for (const i of tests) result[i] = Math.min(1, n * (result[i] as number));
    return result;
  }
  tests.sort((a, b) => (result[a] as number) - (result[b] as number));
  if (method === "holm") {
    let largest = 0;
    for (const [position, i] of tests.entries()) {
      largest = Math.max(largest, (n - position) * (result[i] as number));
      result[i] = Math.min(1, largest);
    }
    return result;
  }
  let harmonic = 0;
  for (let k = 1; k <= n; k++) harmonic += 1 / k;
  let smallest = Number.POSITIVE_INFINITY;
  for (let position = n - 1; position >= 0; position--) {
    const i = tests[position] as number;
    const p = result[i] as number;
    const rank = position + 1;
    const factor = method === "hochberg" ? n - position : method === "BH" ? n / rank : (harmonic * n) / rank;
    smallest = Math.min(smallest, factor * p);
    result[i] = Math.min(1, smallest);
  }
  return result;
}
