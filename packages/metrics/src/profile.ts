/** A profile: the exact conventions of one metric implementation, as plain data. */
import type { RegionStatus } from "./case-comparison.ts";
import type { MetricKind } from "./metric.ts";

/**
 * Values of a metric where the formula has none, by key stem (`dice`, `nsd`, `hd`, `overlap_reference` ...; `hd` covers every
 * percentile). A stem that is absent stays what the formula gives: null for 0/0 and for a distance to nothing.
 */
export type EmptyRules = Readonly<
  Partial<Record<Exclude<RegionStatus, "ok">, Readonly<Record<string, number | null>>>>
>;

/**
 * How lesions of a region are found, matched and counted. Components of the reference are found after dilation and cut back to the
 * reference, so that near fragments are one lesion.
 */
export interface LesionRules {
  /** Voxels that touch: by face, by face or edge, by face, edge or corner. */
  readonly connectivity: 6 | 18 | 26;
  /** Dilation steps with the 18-neighbour element before reference components are found; a prediction matches a dilated lesion. */
  readonly dilation: number;
  /** Reference lesions of at most this volume take no part, in mm^3. */
  readonly ignoreUpToMm3: number;
  /** `touch`: any shared voxel (with the dilated lesion). `iou-above-half`: one to one, intersection over union above 0.5. */
  readonly matching: "touch" | "iou-above-half";
  /** Distance of a missed lesion and of a spurious component in lesion-wise means (BraTS), in mm; null: no such means. */
  readonly penaltyMm: number | null;
}

export interface Profile {
  readonly id: string;
  readonly title: string;
  /** true: equal to reference values of the implementation itself, as the package's tests show. Otherwise by definition only. */
  readonly verified: true | "unverified";
  /** Implementation and version, and how it was checked. */
  readonly source: string;
  /**
   * `surfels`: closed surface on voxel corners (dual grid), each element counts by its area. `contours-2d`: the same for a
   * one-slice volume, by length. `edges`: voxels of the mask that an erosion removes, each counts 1. `none`: no boundary metric.
   */
  readonly boundary: "surfels" | "contours-2d" | "edges" | "none";
  /** Erosion element of `edges`: 6 neighbours (face), or 26. Outside the image is background. */
  readonly edgeNeighbours: 6 | 26;
  /**
   * `cumulative-weight`: no interpolation; `linear`: between the two
   * neighbouring ranks, as numpy and torch.
   */
  readonly percentile: "cumulative-weight" | "linear";
  /** Percentile distances: the larger of the two directions, or one percentile of both directions pooled. */
  readonly hausdorffPooling: "larger-direction" | "pooled";
  /** `assd`: mean over both surfaces pooled, or mean of the two directed means. */
  readonly assd: "pooled" | "mean-of-directions";
  /** Arithmetic of distances, percentiles and tolerances. */
  readonly precision: "float64" | "float32";
  readonly emptyRules: EmptyRules;
  readonly lesions: LesionRules;
  /**
   * Regions (names without regard to case, space, hyphen and underscore) that are compared only on the slices along z from the
   * reference's first to the one before its last; null: none (FLARE).
   */
  readonly sliceCrop: readonly string[] | null;
  /** nsd is 0 where dice is below this; null: no such rule (FLARE). */
  readonly nsdZeroBelowDice: number | null;
  /** dice and nsd are rounded to this many decimals; null: not rounded. */
  readonly decimals: number | null;
  /** What the implementation has, or what we add under its conventions; anything else is refused. */
  readonly metrics: readonly MetricKind[];
  /** Traps and choices that a reader of the numbers should know. */
  readonly notes: readonly string[];
}
