/** One prediction against one reference from their runs: `compareCase` without voxels. */
import type { CaseComparison, RegionComparison } from "./case-comparison.ts";
import type { LabelVolume, Region } from "./label-volume.ts";
import type { Metric } from "./metric.ts";
import type { PreparedLabels } from "./prepared-labels.ts";
import type { Profile } from "./profile.ts";
import { needsBoundary, needsVoxels, regionStatus, requireSupported, valuesFrom } from "./region-metrics.ts";
import type { WasmKernel } from "./wasm-kernel.ts";

/**
 * Whether runs are enough: the profile measures surface elements of whole volumes, and no metric looks at voxels (lesions,
 * centre lines).
 */
export function runsAreEnough(metrics: readonly Metric[], profile: Profile): boolean {
  const boundary = !metrics.some(needsBoundary) || profile.boundary === "surfels";
  return boundary && profile.sliceCrop === null && !metrics.some(needsVoxels);
}

/**
 * The result of `compareCase`, from prepared labels on one side or on both.
 *
 * @param reference distances and volumes use its spacing.
 * @param prediction on the same grid.
 * @throws RangeError where `runsAreEnough` is false, and as `compareCase`.
 * @example
 * const reference = kernel.prepareReference(volume, regions);
 * if (reference !== null) comparePreparedCase(reference, prediction, { regions, metrics, profile, kernel });
 */
export function comparePreparedCase(
  reference: LabelVolume | PreparedLabels,
  prediction: LabelVolume | PreparedLabels,
  request: {
    readonly regions: readonly Region[];
    readonly metrics: readonly Metric[];
    readonly profile: Profile;
    readonly kernel: WasmKernel;
  },
): CaseComparison {
  const { regions, metrics, profile, kernel } = request;
  requireSupported(profile, metrics);
  if (!runsAreEnough(metrics, profile)) {
    throw new RangeError(`profile "${profile.id}" with these metrics needs voxels, not runs`);
  }
  const boundary = metrics.some(needsBoundary) ? "surfels" : "none";
  const measured = kernel.comparePrepared({ reference, prediction, regions, boundary });
  const compared = regions.map((region, index): [string, RegionComparison] => {
    const result = measured[index];
    if (result === undefined) throw new RangeError(`kernel "${kernel.name}" gave no result for "${region.name}"`);
    const { counts, surface } = result;
    const asked = { region: region.name, metrics, profile, spacingMm: reference.spacingMm };
    const comparison = { status: regionStatus(counts), counts, metrics: valuesFrom(surface, counts, asked) };
    return [region.name, surface === null ? comparison : { ...comparison, surface }];
  });
  return { regions: Object.fromEntries(compared), kernel: kernel.name };
}
