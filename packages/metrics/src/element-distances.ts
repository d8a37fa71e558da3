/** Distances between two sets of boundary points on one grid, counted by distance and class: the path beside the surfel kernel. */
import type { DistanceHistogram, SurfaceHistogram } from "./case-comparison.ts";
import { DistanceHistogramBuilder } from "./distance-histogram.ts";
import { forEachDistance } from "./plane-distances.ts";
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
  const { height, wordsPerRow, bits } = from.plane;
  forEachDistance(from.plane, to.plane, spacingMm, (word, j, k, squared) => {
    for (let rest = bits[(k * height + j) * wordsPerRow + word] as number; rest !== 0; rest &= rest - 1) {
      const bit = 31 - Math.clz32(rest & -rest);
      histogram.add(squared[bit] as number, from.classAt(word * 32 + bit, j, k));
    }
  });
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
