/** Distances between two sets of boundary points on one grid, counted by distance and class: the path beside the surfel kernel. */
import type { DistanceHistogram, SurfaceHistogram } from "./case-comparison.ts";
import { DistanceHistogramBuilder } from "./distance-histogram.ts";
import { NearestSurfel } from "./nearest-surfel.ts";
import type { SurfacePlane } from "./surface-plane.ts";

/** Boundary points of one mask with the class of each, an index into a list of areas. */
export interface BoundaryPoints {
  readonly plane: SurfacePlane;
  readonly classAt: (i: number, j: number, k: number) => number;
}

function directed(
  from: BoundaryPoints,
  to: BoundaryPoints,
  areas: Float64Array,
  spacingMm: readonly [number, number, number],
): DistanceHistogram {
  const histogram = new DistanceHistogramBuilder(areas);
  const nearest = new NearestSurfel(to.plane, spacingMm);
  const { height, depth, wordsPerRow, bits } = from.plane;
  for (let k = 0, at = 0; k < depth; k += 1) {
    for (let j = 0; j < height; j += 1) {
      for (let word = 0; word < wordsPerRow; word += 1, at += 1) {
        let rest = bits[at] as number;
        while (rest !== 0) {
          const lowest = rest & -rest;
          rest ^= lowest;
          const i = word * 32 + 31 - Math.clz32(lowest);
          const coincident = ((to.plane.bits[at] as number) & lowest) !== 0;
          histogram.add(coincident ? 0 : nearest.squaredDistance(i, j, k), from.classAt(i, j, k));
        }
      }
    }
  }
  return histogram.finish();
}

/** Both directions; both planes lie on the same grid and neither is empty. */
export function boundaryDistances(
  reference: BoundaryPoints,
  prediction: BoundaryPoints,
  areas: Float64Array,
  spacingMm: readonly [number, number, number],
): SurfaceHistogram {
  return {
    referenceToPrediction: directed(reference, prediction, areas, spacingMm),
    predictionToReference: directed(prediction, reference, areas, spacingMm),
  };
}
