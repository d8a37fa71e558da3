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

export type ByteOrder = "little" | "big";

/** A NIfTI header extension: its registered code and its content, padding included, byte for byte. */
export interface NiftiExtension {
  readonly code: number;
  readonly content: Uint8Array;
}

/** What only NIfTI and Analyze headers say. */
export interface NiftiDetails {
  readonly qformCode: number;
  readonly sformCode: number;
  /** Where the affine comes from: sform if its code is positive, otherwise qform, otherwise voxel sizes alone. */
  readonly affineSource: "sform" | "qform" | "voxel-sizes";
  /** The unit that the header claims for its affine and spacing. Nothing is converted, as in nibabel. */
  readonly spatialUnit: "unknown" | "m" | "mm" | "um";
  readonly description: string;
  readonly extensions: readonly NiftiExtension[];
  /** The header block as stored; a writer keeps every field that the volume does not state itself. */
  readonly block: Uint8Array;
}

/** What a header says beyond the geometry of one 3D image. Absent on volumes that were made in memory. */
export interface HeaderDetails {
  /** All dimensions as the file states them, so also 2 or 5 of them. */
  readonly dimensions: readonly number[];
  /** Step along each of `dimensions`: mm for the first three, then the file's own unit (often seconds or milliseconds). */
  readonly steps: readonly number[];
  readonly byteOrder: ByteOrder;
  /** How the voxels are stored. */
  readonly encoding: "raw" | "gzip" | "zlib" | "ascii" | "hex" | "dicom";
  readonly nifti?: NiftiDetails;
  /** Key/value pairs of an NRRD header (`key:=value`). */
  readonly keyValues?: Readonly<Record<string, string>>;
}

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
  readonly details?: HeaderDetails;
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
