/** One prediction against one reference: every region, every metric. */
import { type MaskPair, regionMasks } from "./bit-mask.ts";
import type { CaseComparison, RegionComparison, SurfaceHistogram } from "./case-comparison.ts";
import { asImage, contourDistances } from "./contour.ts";
import { edgeDistances } from "./erosion-edges.ts";
import type { Kernel } from "./kernel.ts";
import { regionBox, regionIds, scanLabels, withMargin } from "./label-scan.ts";
import { type LabelVolume, type Region, requireComparable, requireRegions } from "./label-volume.ts";
import { type Metric, metricKeys } from "./metric.ts";
import type { Profile } from "./profile.ts";
import { needsBoundary, needsVoxels, regionStatus, requireSupported, valuesFrom } from "./region-metrics.ts";
import { croppedSlices, isCropped, slices } from "./slice-crop.ts";
import { typeScriptKernel } from "./typescript-kernel.ts";
import { voxelMetrics } from "./voxel-metrics.ts";

export interface ComparisonRequest {
  readonly regions: readonly Region[];
  readonly metrics: readonly Metric[];
  readonly profile: Profile;
  /** Default: the plain TypeScript kernel. */
  readonly kernel?: Kernel;
}

/**
 * Compares a prediction with a reference on the same grid.
 *
 * @param reference labels, x fastest; distances and volumes use its spacing.
 * @param prediction labels on the same grid.
 * @returns status, voxel counts and metrics of every region in the order of the request. A region absent on both sides is
 *   `both-empty`. A metric that its profile leaves undefined is null.
 * @throws TypeError or RangeError naming what: voxels of another type, shapes that differ, an impossible spacing, a region without
 *   labels or with label 0, a metric that the profile does not have, a tolerance that is absent.
 * @example
 * const data = new Uint8Array(27);
 * data[13] = 1;
 * const volume = { data, shape: [3, 3, 3], spacingMm: [1, 1, 1] } as const;
 * const { regions } = compareCase(volume, volume, {
 *   regions: [{ name: "lesion", labels: [1] }],
 *   metrics: parseMetrics("dice,hd95"),
 *   profile: findProfile("deepmind"),
 * });
 * regions.lesion?.metrics; // { dice: 1, hd95: 0 }
 */
export function compareCase(
  reference: LabelVolume,
  prediction: LabelVolume,
  request: ComparisonRequest,
): CaseComparison {
  const { regions, metrics, profile, kernel = typeScriptKernel } = request;
  requireComparable(reference, prediction);
  requireRegions(regions);
  requireSupported(profile, metrics);
  const pair =
    profile.boundary === "contours-2d"
      ? { reference: asImage(reference), prediction: asImage(prediction) }
      : { reference, prediction };
  const withBoundary = metrics.some(needsBoundary);
  const inKernel = withBoundary && profile.boundary === "surfels";
  const measured = kernel.compare({ ...pair, regions, boundary: inKernel ? "surfels" : "none" });
  const voxelMetricsAsked = metrics.filter(needsVoxels);
  const ownBoundary = withBoundary && !inKernel;
  const masks = ownBoundary || voxelMetricsAsked.length > 0 ? maskCutter(pair, regions) : null;
  const compared = regions.map((region, index): [string, RegionComparison] => {
    if (isCropped(region, profile.sliceCrop))
      return [region.name, compareCropped(reference, prediction, region, request)];
    const result = measured[index];
    if (result === undefined) throw new RangeError(`kernel "${kernel.name}" gave no result for "${region.name}"`);
    const { counts } = result;
    const status = regionStatus(counts);
    const surface =
      ownBoundary && masks !== null && status === "ok"
        ? boundaryOf(masks(index, 0), profile, pair.reference.spacingMm)
        : result.surface;
    const fromVoxels =
      masks === null || voxelMetricsAsked.length === 0
        ? {}
        : voxelMetrics(masks(index, profile.lesions.dilation), voxelMetricsAsked, profile, pair.reference);
    const asked = { region: region.name, metrics, profile, spacingMm: reference.spacingMm };
    const comparison = { status, counts, metrics: valuesFrom(surface, counts, asked, fromVoxels) };
    return [region.name, surface === null ? comparison : { ...comparison, surface }];
  });
  return { regions: Object.fromEntries(compared), kernel: kernel.name };
}

/** Status and counts of the whole grid, metrics of the slices that the profile looks at. */
function compareCropped(
  reference: LabelVolume,
  prediction: LabelVolume,
  region: Region,
  request: ComparisonRequest,
): RegionComparison {
  const whole = { ...request, regions: [region], profile: { ...request.profile, sliceCrop: null } };
  const only = ({ regions }: CaseComparison): RegionComparison => {
    const [comparison] = Object.values(regions);
    if (comparison === undefined) throw new RangeError(`no result for region "${region.name}"`);
    return comparison;
  };
  const range = croppedSlices(reference, region);
  if (range === null) return only(compareCase(reference, prediction, whole));
  const { status, counts } = only(compareCase(reference, prediction, { ...whole, metrics: [] }));
  const [from, to] = range;
  if (from === to) {
    const keys = request.metrics.flatMap((metric) => metricKeys(metric, region.name, request.profile));
    return { status, counts, metrics: Object.fromEntries(keys.map((key) => [key, null])) };
  }
  const cropped = only(compareCase(slices(reference, from, to), slices(prediction, from, to), whole));
  return { ...cropped, status, counts };
}

interface Pair {
  readonly reference: LabelVolume;
  readonly prediction: LabelVolume;
}

/** Cuts both masks of a region out of the volumes, with some voxels of room. A region in neither map gives one empty voxel. */
function maskCutter({ reference, prediction }: Pair, regions: readonly Region[]) {
  const scan = scanLabels(reference, prediction, regions);
  const nowhere = { x0: 0, y0: 0, z0: 0, x1: 0, y1: 0, z1: 0 };
  return (index: number, margin: number): MaskPair => {
    const region = regions[index];
    const ids = region === undefined ? [] : regionIds(scan, region);
    const box = withMargin(regionBox(scan, ids) ?? nowhere, margin, reference.shape);
    return regionMasks(scan, reference, prediction, ids, box);
  };
}

/** The boundaries that the kernel does not know. */
function boundaryOf(masks: MaskPair, profile: Profile, spacingMm: readonly [number, number, number]): SurfaceHistogram {
  if (profile.boundary === "contours-2d") return contourDistances(masks.reference, masks.prediction, spacingMm);
  return edgeDistances(masks.reference, masks.prediction, profile.edgeNeighbours, spacingMm);
}

/** true when a byte mask holds 0 and 1 only; four voxels at a time where they begin on a word boundary. */
function isBinary(data: LabelVolume["data"]): boolean {
  let at = 0;
  if (data instanceof Uint8Array && data.byteOffset % 4 === 0) {
    const words = new Uint32Array(data.buffer, data.byteOffset, data.length >>> 2);
    for (let word = 0; word < words.length; word += 1) {
      if (((words[word] as number) & 0xfefefefe) !== 0) return false;
    }
    at = words.length * 4;
  }
  for (; at < data.length; at += 1) if ((data[at] as number) > 1) return false;
  return true;
}

/** A mask as labels 0 and 1, whatever its non-zero values are. */
function asMask(volume: LabelVolume): LabelVolume {
  if (isBinary(volume.data)) return volume;
  const data = new Uint8Array(volume.data.length);
  for (let at = 0; at < data.length; at += 1) data[at] = volume.data[at] === 0 ? 0 : 1;
  return { ...volume, data };
}

/**
 * Compares two masks: every non-zero voxel belongs to the structure. For data with one file per structure.
 *
 * @param name region name, for tolerances by region.
 * @throws as `compareCase`.
 */
export function compareMasks(
  reference: LabelVolume,
  prediction: LabelVolume,
  request: Omit<ComparisonRequest, "regions"> & { readonly name: string },
): RegionComparison & { readonly kernel: Kernel["name"] } {
  const { name, ...rest } = request;
  const regions = [{ name, labels: [1] }];
  const { regions: compared, kernel } = compareCase(asMask(reference), asMask(prediction), { ...rest, regions });
  const [region] = Object.values(compared);
  if (region === undefined) throw new RangeError(`no result for region "${name}"`);
  return { ...region, kernel };
}
