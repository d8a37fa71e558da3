/** A 3D (or multi-channel 3D) image in memory. */
import type { Geometry } from "./geometry.ts";

/** Type of one stored voxel. */
export type VoxelType =
  | "uint8"
  | "int8"
  | "uint16"
  | "int16"
  | "uint32"
  | "int32"
  | "uint64"
  | "int64"
  | "float32"
  | "float64";

export type VoxelArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

export type VolumeFormat = "nifti1" | "nifti2" | "analyze" | "nrrd" | "metaimage" | "dicom" | "dicom-seg";

/** What a header says, before any voxel is read. */
export interface VolumeHeader {
  readonly format: VolumeFormat;
  readonly geometry: Geometry;
  /** Volumes stored one after the other on the axes beyond the third (channels, time); 1 for a plain 3D image. */
  readonly channels: number;
  readonly voxelType: VoxelType;
  /** value = stored * slope + intercept; slope 1 and intercept 0 where the file has none. */
  readonly slope: number;
  readonly intercept: number;
}

/** A volume with its stored (unscaled) voxels, x fastest, channels last. */
export interface Volume extends VolumeHeader {
  readonly data: VoxelArray;
}

/** A 3D image whose voxels are labels; 0 is background. The narrowest type that holds the largest label. */
export interface LabelMap {
  readonly geometry: Geometry;
  readonly labels: Uint8Array | Uint16Array | Uint32Array;
}
