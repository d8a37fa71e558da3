/**
 * Writing NIfTI-1 and NIfTI-2, single file, little-endian.
 *
 * A volume that was read from NIfTI keeps its header: description, intent, units, display range, extensions, and, as long as its
 * affine is the one that was read, both of its transforms. Everything that the volume states itself (shape, type, spacing, affine,
 * slope) is written from the volume.
 */
import { affineSpacing, determinant } from "./affine.ts";
import type { Affine } from "./geometry.ts";
import { niftiVoxelTypes, parseNifti } from "./nifti.ts";
import { type FieldPlaces, nifti1Places, nifti2Places } from "./nifti-fields.ts";
import { rotationQuaternion } from "./quaternion.ts";
import type { LabelMap, NiftiDetails, Volume, VoxelType } from "./volume.ts";
import { volumeError } from "./volume-error.ts";
import { voxelBytes, voxelsAsBytes, voxelTypeOf } from "./voxel-type.ts";

export interface NiftiWriteOptions {
  /** NIfTI-2 keeps affine and spacing in float64; NIfTI-1 (the default) in float32, as every tool reads. */
  readonly version?: 1 | 2;
}

/** A label map as a volume, ready to be written. */
export function labelMapVolume({ geometry, labels }: LabelMap): Volume {
  return {
    format: "nifti1",
    geometry,
    channels: 1,
    voxelType: voxelTypeOf(labels),
    slope: 1,
    intercept: 0,
    data: labels,
  };
}

function typeCode(type: VoxelType): number {
  for (const [code, name] of Object.entries(niftiVoxelTypes)) if (name === type) return Number(code);
  throw new TypeError(`no NIfTI code for ${type}`);
}

/** All dimensions: those that were read where they still fit the volume, otherwise three and the channels. */
function dimensionsOf(volume: Volume): readonly number[] {
  const { shape } = volume.geometry;
  const read = volume.details?.dimensions;
  const fits =
    volume.details?.nifti !== undefined &&
    read !== undefined &&
    [0, 1, 2].every((axis) => (read[axis] ?? 1) === shape[axis]) &&
    read.slice(3).reduce((product, size) => product * size, 1) === volume.channels;
  if (fits) return read;
  // NIfTI's fourth dimension is time and its fifth holds vectors; a plain channel axis is stored fourth, as nnU-Net and MSD do.
  return volume.channels === 1 ? shape : [...shape, volume.channels];
}

/**
 * The bytes of a `.nii` file.
 *
 * @throws SegathlonError SEG006 when a dimension does not fit (NIfTI-1: 32,767); RangeError when the voxels do not fill the shape
 *
 * @example
 * ```ts
 * const bytes = encodeNifti(labelMapVolume({ geometry, labels }));
 * ```
 */
export function encodeNifti(volume: Volume, options: NiftiWriteOptions = {}): Uint8Array {
  const version = options.version ?? (volume.format === "nifti2" ? 2 : 1);
  const places = version === 2 ? nifti2Places : nifti1Places;
  const dimensions = dimensionsOf(volume);
  checkFits(volume, dimensions, version);

  const kept = volume.details?.nifti;
  const extensions = kept?.extensions ?? [];
  const sizes = extensions.map(({ content }) => Math.ceil((content.length + 8) / 16) * 16);
  const offset = Math.ceil((places.size + 4 + sizes.reduce((sum, size) => sum + size, 0)) / 16) * 16;
  const bytes = new Uint8Array(offset + volume.data.byteLength);
  const view = new DataView(bytes.buffer);
  const fields = new FieldWriter(view, version);

  if (kept !== undefined && kept.block.length === places.size && volume.details?.byteOrder === "little") {
    bytes.set(kept.block);
  } else {
    fields.text(places.description, kept?.description ?? "");
    fields.units(places.units, kept === undefined ? 2 : { unknown: 0, m: 1, mm: 2, um: 3 }[kept.spatialUnit]);
  }
  fields.identity(places.size);
  fields.dimensions(places.dim, dimensions);
  view.setInt16(places.datatype, typeCode(volume.voxelType), true);
  view.setInt16(places.bitpix, voxelBytes[volume.voxelType] * 8, true);
  fields.real(places.slope, 0, volume.slope);
  fields.real(places.intercept, 0, volume.intercept);
  fields.offset(places.voxOffset, offset);
  writeSteps(fields, volume, dimensions);
  writeTransforms(fields, volume, kept);

  let at = places.size;
  if (extensions.length > 0) bytes[at] = 1;
  at += 4;
  for (const [index, extension] of extensions.entries()) {
    const size = sizes[index] as number;
    view.setInt32(at, size, true);
    view.setInt32(at + 4, extension.code, true);
    bytes.set(extension.content, at + 8);
    at += size;
  }
  bytes.set(voxelsAsBytes(volume.data, "little"), offset);
  return bytes;
}

function checkFits(volume: Volume, dimensions: readonly number[], version: 1 | 2): void {
  const count = dimensions.reduce((product, size) => product * size, 1);
  if (count !== volume.data.length) {
    throw new RangeError(`${volume.data.length} voxels do not fill ${dimensions.join("x")}`);
  }
  if (voxelTypeOf(volume.data) !== volume.voxelType) {
    throw new TypeError(`the voxels are ${voxelTypeOf(volume.data)}, the header says ${volume.voxelType}`);
  }
  const largest = Math.max(...dimensions);
  if (version === 1 && largest > 32_767) {
    throw volumeError("SEG006", undefined, `a dimension of ${largest} does not fit into NIfTI-1 (32,767)`, {
      hint: "Write NIfTI-2.",
    });
  }
}

function writeSteps(fields: FieldWriter, volume: Volume, dimensions: readonly number[]): void {
  const { pixdim } = fields.places;
  const steps = dimensions.map((_, axis) =>
    axis < 3 ? (volume.geometry.spacingMm[axis] as number) : (volume.details?.steps[axis] ?? 1),
  );
  for (let index = 1; index <= 7; index += 1) fields.real(pixdim, index, steps[index - 1] ?? 1);
}

/**
 * Both transforms: kept when the volume still has the affine that its header gives, otherwise both are written from the affine
 * with the code of the source (1, scanner, without one), the qform only where a rotation and the spacing can say the same.
 */
function writeTransforms(fields: FieldWriter, volume: Volume, kept: NiftiDetails | undefined): void {
  const { places } = fields;
  if (kept !== undefined && keptAffine(fields, volume)) return;
  const { affine } = volume.geometry;
  // The kind of space (scanner, aligned, Talairach, MNI) stays what it was; which axis was the slice axis is no longer known.
  const code = [kept?.sformCode ?? 0, kept?.qformCode ?? 0].find((value) => value >= 1 && value <= 5) ?? 1;
  fields.forgetAxes();
  for (const [index, value] of affine.entries()) fields.real(places.srow, index, value);
  fields.code(places.sformCode, code);
  const qform = qformOf(affine);
  fields.code(places.qformCode, qform === null ? 0 : code);
  fields.real(places.pixdim, 0, qform === null ? 1 : qform.handedness);
  const quaternion = qform === null ? [0, 0, 0] : qform.quaternion;
  for (const [index, value] of quaternion.entries()) fields.real(places.quaternion, index, value);
  for (const [index, at] of [3, 7, 11].entries()) fields.real(places.qoffset, index, affine[at] as number);
}

/** True when the header fields copied from the source file give the volume's affine to the bit. */
function keptAffine({ view, places }: FieldWriter, volume: Volume): boolean {
  const block = volume.details?.nifti?.block;
  if (block === undefined || block.length !== places.size || volume.details?.byteOrder !== "little") return false;
  const bytes = new Uint8Array(view.buffer, 0, places.size + 4);
  const parse = parseNifti({ bytes, complete: true, file: undefined });
  return (
    parse.kind === "parsed" &&
    parse.header.geometry.affine.every((value, index) => value === volume.geometry.affine[index])
  );
}

/** Quaternion and handedness of an affine without shear, or null. */
function qformOf(affine: Affine): { quaternion: readonly number[]; handedness: 1 | -1 } | null {
  const lengths = affineSpacing(affine);
  const handedness = determinant(affine) < 0 ? -1 : 1;
  const rotation = [0, 4, 8].flatMap((row) =>
    [0, 1, 2].map(
      (axis) => ((affine[row + axis] as number) / (lengths[axis] as number)) * (axis === 2 ? handedness : 1),
    ),
  );
  const column = (axis: number): number[] => [0, 3, 6].map((row) => rotation[row + axis] as number);
  const dot = (first: number[], second: number[]): number =>
    first.reduce((sum, value, index) => sum + value * (second[index] as number), 0);
  const sheared = [dot(column(0), column(1)), dot(column(0), column(2)), dot(column(1), column(2))].some(
    (value) => Math.abs(value) > 1e-5,
  );
  if (sheared) return null;
  const { b, c, d } = rotationQuaternion(rotation);
  return { quaternion: [b, c, d], handedness };
}

/** Header fields by place, in the width of the version. */
class FieldWriter {
  readonly view: DataView;
  readonly version: 1 | 2;
  readonly places: FieldPlaces;

  constructor(view: DataView, version: 1 | 2) {
    this.view = view;
    this.version = version;
    this.places = version === 2 ? nifti2Places : nifti1Places;
  }

  real(at: number, index: number, value: number): void {
    if (this.version === 2) this.view.setFloat64(at + 8 * index, value, true);
    else this.view.setFloat32(at + 4 * index, value, true);
  }

  code(at: number, value: number): void {
    if (this.version === 2) this.view.setInt32(at, value, true);
    else this.view.setInt16(at, value, true);
  }

  offset(at: number, value: number): void {
    if (this.version === 2) this.view.setBigInt64(at, BigInt(value), true);
    else this.view.setFloat32(at, value, true);
  }

  units(at: number, value: number): void {
    if (this.version === 2) this.view.setInt32(at, value, true);
    else this.view.setUint8(at, value);
  }

  /** Clears dim_info and the slice fields, which name array axes. */
  forgetAxes(): void {
    this.view.setUint8(this.places.dimInfo, 0);
    const [start, end, code] = this.places.slices;
    for (const at of [start, end]) {
      if (this.version === 2) this.view.setBigInt64(at, 0n, true);
      else this.view.setInt16(at, 0, true);
    }
    if (this.version === 2) this.view.setInt32(code, 0, true);
    else this.view.setUint8(code, 0);
  }

  text(at: number, value: string): void {
    for (let index = 0; index < Math.min(79, value.length); index += 1) {
      this.view.setUint8(at + index, value.charCodeAt(index) & 127);
    }
  }

  /** Header size and magic. */
  identity(size: number): void {
    this.view.setInt32(0, size, true);
    const magic = this.version === 2 ? "n+2\0\r\n\x1a\n" : "n+1\0";
    const at = this.version === 2 ? 4 : 344;
    for (let index = 0; index < magic.length; index += 1) this.view.setUint8(at + index, magic.charCodeAt(index));
  }

  dimensions(at: number, dimensions: readonly number[]): void {
    const values = [dimensions.length, ...dimensions, 1, 1, 1, 1, 1, 1, 1].slice(0, 8);
    for (const [index, value] of values.entries()) {
      if (this.version === 2) this.view.setBigInt64(at + 8 * index, BigInt(value), true);
      else this.view.setInt16(at + 2 * index, value, true);
    }
  }
}
