/**
 * Everything that checks and statistics need to know of one case, from one reading of its files. Facts are plain data: they cross
 * worker borders and stand in `check.json`.
 */
import type { Problem } from "@segathlon/errors";
import type { Geometry, VolumeFormat, VoxelType } from "@segathlon/volume";
import type { SplitName } from "../dataset.ts";
import type { HeaderText } from "./header-text.ts";
import type { IntensitySummary } from "./intensity-summary.ts";
import type { LabelSummary } from "./label-summary.ts";

export interface FileFacts {
  readonly file: string;
  readonly bytes: number;
  readonly format: VolumeFormat;
  readonly voxelType: VoxelType;
  readonly slope: number;
  readonly intercept: number;
  readonly geometry: Geometry;
  /** Axis codes, such as `RAS`. */
  readonly orientation: string;
  readonly channels: number;
  readonly texts: readonly HeaderText[];
  /** How far the sform and the qform place the same corner voxel apart, when both are set. */
  readonly transformsApartMm: number | null;
}

export interface ImageFacts extends FileFacts {
  readonly intensities: readonly IntensitySummary[];
  /** {@link VoxelHash} of shape and scaled values. */
  readonly voxelHash: string;
}

export interface LabelFacts extends FileFacts {
  readonly labels: readonly LabelSummary[];
  readonly voxelHash: string;
}

/** How the label map lies on the image. */
export interface GridFacts {
  readonly kind: "exact" | "noise" | "reoriented" | "mismatch";
  readonly what?: "shape" | "spacing" | "affine";
  readonly text: string;
}

/** Intensities of one channel inside one label. */
export interface LabelIntensities {
  readonly value: number;
  readonly channel: number;
  readonly voxels: number;
  readonly mean: number;
  readonly sd: number;
  readonly min: number;
  readonly max: number;
  /** Percentiles 0.5, 5, 25, 50, 75, 95 and 99.5. */
  readonly percentiles: readonly number[];
}

/** For the fingerprint: an even draw from the foreground of one channel, ascending. */
export interface ForegroundSample {
  readonly channel: number;
  readonly voxels: number;
  readonly mean: number;
  readonly squares: number;
  readonly values: readonly number[];
}

export interface StatisticsFacts {
  /** Shape of the box of voxels in which any channel is not zero, as nnU-Net crops. */
  readonly croppedShape: readonly [number, number, number];
  readonly labelIntensities: readonly LabelIntensities[];
  readonly foreground: readonly ForegroundSample[];
}

export interface Thumbnail {
  readonly width: number;
  readonly height: number;
  /** RGB, row by row from the top, base64. */
  readonly rgb: string;
}

export interface CaseFacts {
  readonly id: string;
  readonly split: SplitName;
  readonly images: readonly ImageFacts[];
  readonly label?: LabelFacts;
  readonly grid?: GridFacts;
  /** Pairs of structures whose masks overlap, with the number of voxels (one file per structure only). */
  readonly overlaps: readonly { readonly first: string; readonly second: string; readonly voxels: number }[];
  readonly problems: readonly (Problem & { readonly role: "image" | "label" })[];
  readonly statistics?: StatisticsFacts;
  readonly thumbnail?: Thumbnail;
}
