/**
 * Every surface element of two masks with its area class and its exact distance to the other surface.
 *
 * Specification: google-deepmind/surface-distance 1f805ce, `compute_surface_distances`, three-dimensional case.
 */
import type { AreaClasses } from "./area-classes.ts";
import type { BitMask } from "./bit-mask.ts";
import type { DistanceHistogram, SurfaceHistogram } from "./case-comparison.ts";
import { DistanceHistogramBuilder } from "./distance-histogram.ts";
import { forEachDistance } from "./plane-distances.ts";
import { rowsAround, type SurfacePlane, surfaceOf } from "./surface-plane.ts";

interface Side {
  readonly mask: BitMask;
  readonly surface: SurfacePlane;
}

/** Every surface element of one side: its area class and its distance to the other side. */
function measure(
  from: Side,
  to: Side,
  spacingMm: readonly [number, number, number],
  classes: AreaClasses,
): DistanceHistogram {
  const histogram = new DistanceHistogramBuilder(classes.areas);
  const { height, wordsPerRow, bits } = from.surface;
  const voxels = from.mask.bits;
  forEachDistance(from.surface, to.surface, spacingMm, (word, j, k, squared) => {
    const [a, b, c, d] = rowsAround(from.mask, j, k);
    const p = voxels[a + word] as number;
    const q = voxels[b + word] as number;
    const r = voxels[c + word] as number;
    const s = voxels[d + word] as number;
    // The last voxel of the word before; before a row's first word lies the spare zero bit of another row.
    const beforeP = (p << 1) | ((voxels[Math.max(0, a + word - 1)] as number) >>> 31);
    const beforeQ = (q << 1) | ((voxels[b + word - 1] as number) >>> 31);
    const beforeR = (r << 1) | ((voxels[c + word - 1] as number) >>> 31);
    const beforeS = (s << 1) | ((voxels[d + word - 1] as number) >>> 31);
    for (let rest = bits[(k * height + j) * wordsPerRow + word] as number; rest !== 0; rest &= rest - 1) {
      const bit = 31 - Math.clz32(rest & -rest);
      // Rows: p (j-1, k-1), q (j, k-1), r (j-1, k), s (j, k); "before" is the voxel at i - 1.
      const code =
        (((beforeP >>> bit) & 1) << 7) |
        (((beforeR >>> bit) & 1) << 6) |
        (((beforeQ >>> bit) & 1) << 5) |
        (((beforeS >>> bit) & 1) << 4) |
        (((p >>> bit) & 1) << 3) |
        (((r >>> bit) & 1) << 2) |
        (((q >>> bit) & 1) << 1) |
        ((s >>> bit) & 1);
      histogram.add(squared[bit] as number, classes.classOf[code] as number);
    }
  });
  return histogram.finish();
}

/** Both directions; the masks share one box and neither is empty. */
export function surfelDistances(
  reference: BitMask,
  prediction: BitMask,
  spacingMm: readonly [number, number, number],
  classes: AreaClasses,
): SurfaceHistogram {
  const a: Side = { mask: reference, surface: surfaceOf(reference) };
  const b: Side = { mask: prediction, surface: surfaceOf(prediction) };
  return {
    referenceToPrediction: measure(a, b, spacingMm, classes),
    predictionToReference: measure(b, a, spacingMm, classes),
  };
}
