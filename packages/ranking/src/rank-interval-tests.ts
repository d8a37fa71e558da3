/**
 * Rank intervals from pairwise tests (Foucart et al., ESANN 2025; Mogstad et al. 2024 for the idea): an algorithm's true rank lies between
 * 1 + the number of algorithms that are significantly better and A - the number that are significantly worse.
 */
import { type PAdjustMethod, pAdjust } from "./p-adjust.ts";

/**
 * Intervals from one-sided p-values of all ordered pairs (A x A, row better than column, NaN on the diagonal).
 *
 * @param adjust over all A(A-1) tests; `holm` keeps the chance that any interval is wrong within alpha
 */
export function rankIntervalsFromTests(
  p: Float64Array,
  algorithms: number,
  options: { readonly alpha: number; readonly adjust: PAdjustMethod },
): readonly (readonly [number, number])[] {
  const adjusted = pAdjust(p, options.adjust);
  return Array.from({ length: algorithms }, (_, a): readonly [number, number] => {
    let better = 0;
    let worse = 0;
    for (let b = 0; b < algorithms; b++) {
      if ((adjusted[b * algorithms + a] as number) <= options.alpha) better++;
      if ((adjusted[a * algorithms + b] as number) <= options.alpha) worse++;
    }
    return [1 + better, algorithms - worse];
  });
}
