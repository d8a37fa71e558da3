/** One prediction against one reference: every region, every metric. */
import type { CaseComparison, RegionComparison } from "./case-comparison.ts";
import type { Kernel } from "./kernel.ts";
import type { LabelVolume, Region } from "./label-volume.ts";
import type { Metric } from "./metric.ts";
import type { Profile } from "./profile.ts";
import { needsBoundary, regionStatus, requireSupported, valuesFrom } from "./region-metrics.ts";
import { typeScriptKernel } from "./typescript-kernel.ts";

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
  requireSupported(profile, metrics);
  const boundary = metrics.some(needsBoundary);
  const measured = kernel.compare({ reference, prediction, regions, boundary: boundary ? "surfels" : "none" });
  const compared = regions.map((region, index): [string, RegionComparison] => {
    const { counts, surface } = measured[index] ?? {};
    if (counts === undefined || surface === undefined) {
      throw new RangeError(`kernel "${kernel.name}" gave no result for region "${region.name}"`);
    }
    const metricValues = valuesFrom(surface, counts, {
      region: region.name,
      metrics,
      profile,
      spacingMm: reference.spacingMm,
    });
    const comparison = { status: regionStatus(counts), counts, metrics: metricValues };
    return [region.name, surface === null ? comparison : { ...comparison, surface }];
  });
  return { regions: Object.fromEntries(compared), kernel: kernel.name };
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
