/** Kendall's rank correlation tau-b (Kendall 1945), as R's `cor(method = "kendall")` and `scipy.stats.kendalltau`. */

/**
 * Tau-b of two lists of equal length: 1 for the same order, -1 for the reverse, corrected for ties. NaN when one list is constant
 * or has fewer than two values. Pairs where a value is NaN are left out.
 *
 * @throws RangeError when the lengths differ
 */
export function kendallTauB(x: ArrayLike<number>, y: ArrayLike<number>): number {
  if (x.length !== y.length) throw new RangeError(`kendallTauB: ${x.length} and ${y.length} values`);
  let concordance = 0;
  let untiedX = 0;
  let untiedY = 0;
  for (let i = 0; i < x.length; i++) {
    for (let j = 0; j < i; j++) {
      const dx = (x[i] as number) - (x[j] as number);
      const dy = (y[i] as number) - (y[j] as number);
      if (Number.isNaN(dx) || Number.isNaN(dy)) continue;
      if (dx !== 0) untiedX++;
      if (dy !== 0) untiedY++;
      if (dx !== 0 && dy !== 0) concordance += dx > 0 === dy > 0 ? 1 : -1;
    }
  }
  if (untiedX === 0 || untiedY === 0) return Number.NaN;
  // One square root: the same order gives exactly 1.
  return concordance / Math.sqrt(untiedX * untiedY);
}
