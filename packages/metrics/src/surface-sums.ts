/**
 * Sums over the surface elements of one direction in the order (distance, area), as surface-distance sorts them: the histogram is
 * expanded block by block, never as a whole.
 */
import type { DistanceHistogram } from "./case-comparison.ts";
import { NUMPY_BLOCK, RunBlock } from "./numpy-sum.ts";

export interface SurfaceSums {
  readonly elements: number;
  /** mm^2 (mm in two dimensions; elements where each counts 1). */
  readonly area: number;
  /** Sum of distance times area. */
  readonly distanceArea: number;
  /** Area at distance <= tolerance, by tolerance as asked. */
  readonly areaWithin: readonly number[];
}

/** Calls `visit` for each run of equal elements, ascending by (distance, area). */
function forEachRun(
  histogram: DistanceHistogram,
  visit: (distance: number, area: number, count: number) => void,
): void {
  const { distancesMm, areas, counts } = histogram;
  for (let row = 0, at = 0; row < distancesMm.length; row += 1) {
    for (let c = 0; c < areas.length; c += 1, at += 1) {
      const count = counts[at] as number;
      if (count > 0) visit(distancesMm[row] as number, areas[c] as number, count);
    }
  }
}

/** Number of surface elements. */
export function elementCount(histogram: DistanceHistogram): number {
  let elements = 0;
  for (const count of histogram.counts) elements += count;
  return elements;
}

/** Elements at distance <= tolerance; the comparison is exact. */
export function elementsWithin(histogram: DistanceHistogram, tolerance: number): number {
  const { distancesMm, areas, counts } = histogram;
  let elements = 0;
  for (let row = 0; row < distancesMm.length && (distancesMm[row] as number) <= tolerance; row += 1) {
    for (let c = 0; c < areas.length; c += 1) elements += counts[row * areas.length + c] as number;
  }
  return elements;
}

/** One pass: total area, area-weighted distance and the area within each tolerance, summed as numpy sums. */
export function surfaceSums(histogram: DistanceHistogram, tolerancesMm: readonly number[]): SurfaceSums {
  const within = tolerancesMm.map((tolerance) => elementsWithin(histogram, tolerance));
  const areaWithin = tolerancesMm.map(() => 0);
  const areaBlock = new RunBlock();
  const weightedBlock = new RunBlock();
  let elements = 0;
  let area = 0;
  let distanceArea = 0;
  const closeBlock = (): void => {
    const { filled } = areaBlock;
    within.forEach((count, index) => {
      if (count > elements && count <= elements + filled) areaWithin[index] = area + areaBlock.sum(count - elements);
    });
    area += areaBlock.sum(filled);
    distanceArea += weightedBlock.sum(filled);
    elements += filled;
    areaBlock.clear();
    weightedBlock.clear();
  };
  forEachRun(histogram, (distance, elementArea, count) => {
    const weighted = distance * elementArea;
    for (let left = count; left > 0; ) {
      const fill = Math.min(left, NUMPY_BLOCK - areaBlock.filled);
      areaBlock.push(elementArea, fill);
      weightedBlock.push(weighted, fill);
      left -= fill;
      if (areaBlock.filled === NUMPY_BLOCK) closeBlock();
    }
  });
  if (areaBlock.filled > 0) closeBlock();
  return { elements, area, distanceArea, areaWithin };
}

/**
 * Distances at which the running sum of the areas reaches given fractions of the whole, without interpolation: the first element
 * whose cumulative area divided by the whole is at least the fraction, or the last element.
 *
 * @param area the whole, from `surfaceSums`: numpy adds it in another order than the running sum, so the last element may not
 *   reach 1 and an earlier one may.
 * @returns one distance a fraction; NaN without elements.
 */
export function distancesAtFractions(
  histogram: DistanceHistogram,
  area: number,
  fractions: readonly number[],
): readonly number[] {
  const found = fractions.map(() => Number.NaN);
  const order = fractions.map((_, index) => index).sort((a, b) => (fractions[a] as number) - (fractions[b] as number));
  let next = 0;
  let cumulative = 0;
  let last = Number.NaN;
  forEachRun(histogram, (distance, elementArea, count) => {
    last = distance;
    if (next === order.length) return;
    for (let n = 0; n < count; n += 1) cumulative += elementArea;
    // The elements of a run have one distance, so where in the run a fraction is reached does not matter.
    while (next < order.length && cumulative / area >= (fractions[order[next] as number] as number)) {
      found[order[next] as number] = distance;
      next += 1;
    }
  });
  for (; next < order.length; next += 1) found[order[next] as number] = last;
  return found;
}

/** Distances of the elements at given ranks (0 is the nearest). NaN beyond the last. */
export function distancesAtRanks(histogram: DistanceHistogram, ranks: readonly number[]): readonly number[] {
  const found = ranks.map(() => Number.NaN);
  let before = 0;
  forEachRun(histogram, (distance, _area, count) => {
    ranks.forEach((rank, index) => {
      if (rank >= before && rank < before + count) found[index] = distance;
    });
    before += count;
  });
  return found;
}
