/** From counts and the distance histogram of one region to the metrics of a profile. No voxels are needed from here on. */
import type { Counts, RegionStatus, SurfaceHistogram } from "./case-comparison.ts";
import { type Metric, metricKeys } from "./metric.ts";
import { keyStem } from "./metric-key.ts";
import type { Profile } from "./profile.ts";
import { surfaceMetrics } from "./surface-metrics.ts";

/** What the metrics of one region are computed with. */
export interface RegionRequest {
  /** Region name, for tolerances by region. */
  readonly region: string;
  readonly metrics: readonly Metric[];
  readonly profile: Profile;
  /** Of the reference; for volumes in ml. */
  readonly spacingMm: readonly [number, number, number];
}

const NEED_VOXELS: ReadonlySet<string> = new Set(["boundary_iou", "cldice", "lesions"]);
const NEED_BOUNDARY: ReadonlySet<string> = new Set(["nsd", "overlap", "hd", "asd", "assd", "masd"]);

/** true for metrics that cannot be computed again from counts and the stored histogram. */
export function needsVoxels(metric: Metric): boolean {
  return NEED_VOXELS.has(metric.kind);
}

/** true for metrics that need distances between boundaries. */
export function needsBoundary(metric: Metric): boolean {
  return NEED_BOUNDARY.has(metric.kind);
}

/** Metrics that a profile does not have, by token. */
export function unsupportedMetrics(profile: Profile, metrics: readonly Metric[]): readonly string[] {
  return metrics.filter((metric) => !profile.metrics.includes(metric.kind)).map((metric) => metric.kind);
}

/** @throws RangeError naming the metrics that the profile does not have. */
export function requireSupported(profile: Profile, metrics: readonly Metric[]): void {
  const unsupported = unsupportedMetrics(profile, metrics);
  if (unsupported.length === 0) return;
  throw new RangeError(
    `profile "${profile.id}" has no ${unsupported.join(", ")}; it has ${profile.metrics.join(", ")}`,
  );
}

/** Status of a region from its voxel counts. */
export function regionStatus({ tp, fp, fn }: Counts): RegionStatus {
  if (tp + fp + fn === 0) return "both-empty";
  if (tp + fp === 0) return "missed";
  if (tp + fn === 0) return "spurious";
  return "ok";
}

function countMetrics({ tp, fp, fn, tn }: Counts, spacingMm: RegionRequest["spacingMm"]) {
  const voxelMl = (spacingMm[0] * spacingMm[1] * spacingMm[2]) / 1000;
  const reference = tp + fn;
  const prediction = tp + fp;
  return {
    dice: (2 * tp) / (reference + prediction),
    iou: tp / (tp + fp + fn),
    precision: tp / prediction,
    recall: tp / reference,
    specificity: tn / (tn + fp),
    volume_reference_ml: reference * voxelMl,
    volume_prediction_ml: prediction * voxelMl,
    volume_error_ml: (prediction - reference) * voxelMl,
    volume_similarity: 1 - Math.abs(reference - prediction) / (reference + prediction),
  };
}

/** The measured value, the profile's rule for empty masks where it has one, null where neither gives a finite number. */
function settle(key: string, value: number | undefined, status: RegionStatus, profile: Profile): number | null {
  const rules = status === "ok" ? undefined : profile.emptyRules[status];
  const stem = keyStem(key);
  if (rules !== undefined && Object.hasOwn(rules, stem)) return rules[stem] ?? null;
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/**
 * Metrics of one region from its counts and its stored histogram: the same bits as from the voxels. A new tolerance or percentile
 * needs nothing else.
 *
 * @param surface both directions, or null where one or both masks are empty or no boundary metric is asked for.
 * @returns values by JSON key, null where the profile leaves a metric undefined.
 * @throws RangeError for a metric that needs voxels (boundary_iou, cldice, lesions), that the profile does not have, for which the
 *   histogram is absent, or without a tolerance for the region.
 * @example
 * metricsFromSurface(stored.surface, stored.counts, {
 *   region: "spleen", metrics: parseMetrics("nsd", { tolerances: [2] }), profile: findProfile("deepmind"), spacingMm: [1, 1, 3],
 * });
 */
export function metricsFromSurface(
  surface: SurfaceHistogram | null,
  counts: Counts,
  request: RegionRequest,
): Record<string, number | null> {
  const voxelMetrics = request.metrics.filter(needsVoxels);
  if (voxelMetrics.length > 0) {
    throw new RangeError(
      `${voxelMetrics.map(({ kind }) => kind).join(", ")} cannot be computed from a stored histogram`,
    );
  }
  return valuesFrom(surface, counts, request);
}

/**
 * As `metricsFromSurface`, with the values of metrics that need voxels already measured.
 *
 * @param fromVoxels by JSON key; NaN where undefined.
 */
export function valuesFrom(
  surface: SurfaceHistogram | null,
  counts: Counts,
  { region, metrics, profile, spacingMm }: RegionRequest,
  fromVoxels: Readonly<Record<string, number>> = {},
): Record<string, number | null> {
  requireSupported(profile, metrics);
  const status = regionStatus(counts);
  const boundary = metrics.filter(needsBoundary);
  if (boundary.length > 0 && surface === null && status === "ok") {
    throw new RangeError(`region "${region}" has no histogram for ${boundary.map(({ kind }) => kind).join(", ")}`);
  }
  const fromSurface = surface !== null && status === "ok" ? surfaceMetrics(surface, boundary, profile, region) : {};
  const counted = countMetrics(counts, spacingMm);
  const measured: Readonly<Record<string, number>> = { ...counted, ...fromSurface, ...fromVoxels };
  const values: Record<string, number | null> = {};
  for (const metric of metrics) {
    for (const key of metricKeys(metric, region, profile)) {
      values[key] = settle(key, measured[key], status, profile);
    }
  }
  return withScoringRules(values, counted.dice, profile);
}

/** What some challenges do to measured values: nsd 0 below a Dice, rounding of both. */
function withScoringRules(
  values: Record<string, number | null>,
  dice: number,
  { nsdZeroBelowDice, decimals }: Profile,
): Record<string, number | null> {
  if (nsdZeroBelowDice === null && decimals === null) return values;
  const rules = ([key, value]: [string, number | null]): [string, number | null] => {
    const stem = keyStem(key);
    if (value === null || (stem !== "dice" && stem !== "nsd")) return [key, value];
    const ruled = stem === "nsd" && nsdZeroBelowDice !== null && dice < nsdZeroBelowDice ? 0 : value;
    return [key, decimals === null ? ruled : Number(ruled.toFixed(decimals))];
  };
  return Object.fromEntries(Object.entries(values).map(rules));
}
