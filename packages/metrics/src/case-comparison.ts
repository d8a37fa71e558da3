/** What comparing one prediction with one reference yields: statuses, counts, measured metrics, the stored artefact. */

/** `missed`: in the reference only. `spurious`: in the prediction only. */
export type RegionStatus = "ok" | "both-empty" | "missed" | "spurious";

/** Voxel counts of one region over the whole grid. */
export interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

/**
 * The stored artefact of a boundary comparison: how many surface elements of each area class lie at each distance. Any tolerance
 * or percentile afterwards needs no voxels. `distancesMm` ascends strictly; `counts[i * areas.length + c]` elements lie at `distancesMm[i]`
 * with area `areas[c]` (mm^2; mm in two dimensions; 1 for voxel-count profiles).
 */
export interface DistanceHistogram {
  readonly distancesMm: Float64Array;
  readonly areas: Float64Array;
  readonly counts: Uint32Array;
}

/** Both directions. A side without surface elements has empty arrays; distances are Infinity when the other side is empty. */
export interface SurfaceHistogram {
  readonly referenceToPrediction: DistanceHistogram;
  readonly predictionToReference: DistanceHistogram;
}

export interface RegionComparison {
  readonly status: RegionStatus;
  readonly counts: Counts;
  /** By JSON key (`dice`, `nsd@1`, `hd95` ...). null where the profile leaves the metric undefined; the status says why. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Present when a boundary metric was asked for and the region has a boundary on both sides. */
  readonly surface?: SurfaceHistogram;
}

/** By region name, in the order of the request. */
export interface CaseComparison {
  readonly regions: Readonly<Record<string, RegionComparison>>;
  /** Which implementation computed it; both give the same bits. */
  readonly kernel: "wasm-simd" | "typescript";
}
