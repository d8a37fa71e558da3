/**
 * The expensive part in plain TypeScript: the reference for the WASM kernel, the fallback where WASM is absent, and the same bits.
 *
 * Specification: google-deepmind/surface-distance 1f805ce, `compute_surface_distances`, three-dimensional case.
 *
 * Limits. Memory: both label maps, at most 64 MiB of runs, and for one region at a time four bit planes of its box (512 x 512 x 512:
 * 72 MiB) beside the histogram; salt and pepper at 512 x 512 x 512 stays within 256 MiB above the volumes. Time: linear in voxels
 * once, then in the surface elements of each region; far-apart surfaces cost up to (height x depth / 64) coarse rows an element.
 */
import { areaClasses } from "./area-classes.ts";
import { type BitMask, regionMasks } from "./bit-mask.ts";
import type { DistanceHistogram } from "./case-comparison.ts";
import { DistanceHistogramBuilder } from "./distance-histogram.ts";
import type { Kernel, KernelRegion, KernelRequest } from "./kernel.ts";
import { regionBox, regionCounts, regionIds, scanLabels } from "./label-scan.ts";
import { requireComparable, requireRegions } from "./label-volume.ts";
import { NearestSurfel } from "./nearest-surfel.ts";
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
  classes: { areas: Float64Array; classOf: Uint8Array },
): DistanceHistogram {
  const histogram = new DistanceHistogramBuilder(classes.areas);
  const nearest = new NearestSurfel(to.surface, spacingMm);
  const { width, height, depth, wordsPerRow, bits } = from.surface;
  const voxels = from.mask.bits;
  for (let k = 0, at = 0; k < depth; k += 1) {
    for (let j = 0; j < height; j += 1) {
      const [a, b, c, d] = rowsAround(from.mask, j, k);
      for (let word = 0; word < wordsPerRow; word += 1, at += 1) {
        let rest = bits[at] as number;
        if (rest === 0) continue;
        const coincident = to.surface.bits[at] as number;
        const p = voxels[a + word] as number;
        const q = voxels[b + word] as number;
        const r = voxels[c + word] as number;
        const s = voxels[d + word] as number;
        const carry = (row: number): number => (word === 0 ? 0 : (voxels[row + word - 1] as number) >>> 31);
        const beforeP = (p << 1) | carry(a);
        const beforeQ = (q << 1) | carry(b);
        const beforeR = (r << 1) | carry(c);
        const beforeS = (s << 1) | carry(d);
        while (rest !== 0) {
          const lowest = rest & -rest;
          const bit = 31 - Math.clz32(lowest);
          rest ^= lowest;
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
          const i = word * 32 + bit;
          if (i >= width) break;
          const squared = (coincident & lowest) !== 0 ? 0 : nearest.squaredDistance(i, j, k);
          histogram.add(squared, classes.classOf[code] as number);
        }
      }
    }
  }
  return histogram.finish();
}

function compare({ reference, prediction, regions, boundary }: KernelRequest): readonly KernelRegion[] {
  requireComparable(reference, prediction);
  requireRegions(regions);
  const scan = scanLabels(reference, prediction, regions);
  const classes = areaClasses(reference.spacingMm);
  return regions.map((region): KernelRegion => {
    const ids = regionIds(scan, region);
    const counts = regionCounts(scan, ids);
    const box = regionBox(scan, ids);
    const oneIsEmpty = counts.tp + counts.fn === 0 || counts.tp + counts.fp === 0;
    if (boundary === "none" || oneIsEmpty || box === null) return { counts, surface: null };
    const masks = regionMasks(scan, reference, prediction, ids, box);
    const a: Side = { mask: masks.reference, surface: surfaceOf(masks.reference) };
    const b: Side = { mask: masks.prediction, surface: surfaceOf(masks.prediction) };
    return {
      counts,
      surface: {
        referenceToPrediction: measure(a, b, reference.spacingMm, classes),
        predictionToReference: measure(b, a, reference.spacingMm, classes),
      },
    };
  });
}

/**
 * The plain TypeScript kernel.
 *
 * @example
 * typeScriptKernel.compare({ reference, prediction, regions: [{ name: "spleen", labels: [1] }], boundary: "surfels" });
 */
export const typeScriptKernel: Kernel = { name: "typescript", compare };
