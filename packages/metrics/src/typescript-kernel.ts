/**
 * The expensive part in plain TypeScript: the reference for the WASM kernel, the fallback where WASM is absent, and the same bits.
 *
 * Specification: google-deepmind/surface-distance 1f805ce, `compute_surface_distances`, three-dimensional case.
 *
 * Limits: 2^32 - 1 voxels and 65,535 distinct labels. Memory beside the label maps: at most 64 MiB of runs and, for one region at a
 * time, six bit planes of its box and the histogram; salt and pepper at 512 x 512 x 512 took 122 MiB above the volumes, far surfaces
 * that need the sweep another 256 bytes for each (y, z) of the box. Time: one pass over the voxels, then linear in the surface
 * elements of each region; where the surfaces lie far apart at most some 60 ns for each point of the region's box.
 */
import { areaClasses } from "./area-classes.ts";
import { regionMasks } from "./bit-mask.ts";
import type { Kernel, KernelRegion, KernelRequest } from "./kernel.ts";
import { regionBox, regionCounts, regionIds, scanLabels } from "./label-scan.ts";
import { requireComparable, requireRegions } from "./label-volume.ts";
import { surfelDistances } from "./surfel-distances.ts";

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
    return { counts, surface: surfelDistances(masks.reference, masks.prediction, reference.spacingMm, classes) };
  });
}

/**
 * The plain TypeScript kernel.
 *
 * @example
 * typeScriptKernel.compare({ reference, prediction, regions: [{ name: "spleen", labels: [1] }], boundary: "surfels" });
 */
export const typeScriptKernel: Kernel = { name: "typescript", compare };
