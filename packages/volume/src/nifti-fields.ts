/** The header blocks of NIfTI-1, NIfTI-2 and Analyze as bytes: which of them it is, and where each field lies (nifti1.h, nifti2.h). */
import type { ByteOrder, VolumeFormat } from "./volume.ts";

/** Byte positions of the fields in a header block; NIfTI-2 has wider fields in another order. */
export interface FieldPlaces {
  readonly version: 1 | 2;
  readonly size: 348 | 540;
  readonly datatype: number;
  readonly bitpix: number;
  readonly dim: number;
  readonly pixdim: number;
  readonly voxOffset: number;
  readonly slope: number;
  readonly intercept: number;
  readonly description: number;
  readonly qformCode: number;
  readonly sformCode: number;
  readonly quaternion: number;
  readonly qoffset: number;
  readonly srow: number;
  readonly units: number;
  readonly dimInfo: number;
  /** slice_start, slice_end, slice_code. */
  readonly slices: readonly [number, number, number];
}

export const nifti1Places: FieldPlaces = {
  version: 1,
  size: 348,
  datatype: 70,
  bitpix: 72,
  dim: 40,
  pixdim: 76,
  voxOffset: 108,
  slope: 112,
  intercept: 116,
  description: 148,
  qformCode: 252,
  sformCode: 254,
  quaternion: 256,
  qoffset: 268,
  srow: 280,
  units: 123,
  dimInfo: 39,
  slices: [74, 120, 122],
};

export const nifti2Places: FieldPlaces = {
  version: 2,
  size: 540,
  datatype: 12,
  bitpix: 14,
  dim: 16,
  pixdim: 104,
  voxOffset: 168,
  slope: 176,
  intercept: 184,
  description: 240,
  qformCode: 344,
  sformCode: 348,
  quaternion: 352,
  qoffset: 376,
  srow: 400,
  units: 500,
  dimInfo: 524,
  slices: [224, 232, 496],
};

/** What the first bytes of a header say about its layout. */
export interface HeaderKind {
  readonly format: Extract<VolumeFormat, "nifti1" | "nifti2" | "analyze">;
  readonly order: ByteOrder;
  readonly single: boolean;
  readonly places: FieldPlaces;
}

/** Text up to the first zero byte; what is not printable ASCII becomes a question mark. */
export function ascii(bytes: Uint8Array, start: number, length: number): string {
  let text = "";
  for (const byte of bytes.subarray(start, start + length)) {
    if (byte === 0) break;
    text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "?";
  }
  return text;
}

/** Which header the bytes begin with, or null when they are none of the three. */
export function headerKind(bytes: Uint8Array): HeaderKind | null {
  if (bytes.length < 348) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic2 = ascii(bytes, 4, 3);
  if (magic2 === "n+2" || magic2 === "ni2") {
    const order = view.getInt32(0, true) === 540 ? "little" : view.getInt32(0) === 540 ? "big" : null;
    if (order !== null) return { format: "nifti2", order, single: magic2 === "n+2", places: nifti2Places };
  }
  const magic1 = ascii(bytes, 344, 3);
  const rank = (little: boolean): boolean => view.getInt16(40, little) >= 1 && view.getInt16(40, little) <= 7;
  const size = (little: boolean): boolean => view.getInt32(0, little) === 348;
  if (magic1 === "n+1" || magic1 === "ni1") {
    // dim[0] tells the byte order, as the standard asks; a broken dim[0] is reported by the field check.
    const order = rank(true) ? "little" : rank(false) ? "big" : size(false) ? "big" : "little";
    return { format: "nifti1", order, single: magic1 === "n+1", places: nifti1Places };
  }
  if (size(true) || size(false)) {
    return { format: "analyze", order: size(true) ? "little" : "big", single: false, places: nifti1Places };
  }
  return null;
}

/** True for bytes that begin with a NIfTI or Analyze header; 348 bytes are enough to tell. */
export function looksLikeNifti(bytes: Uint8Array): boolean {
  return headerKind(bytes) !== null;
}

/** Fields of a header block, read by place. */
export function fieldReader(bytes: Uint8Array, { order, places }: HeaderKind) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = order === "little";
  const wide = places.version === 2;
  return {
    int16: (at: number): number => view.getInt16(at, little),
    int32: (at: number): number => view.getInt32(at, little),
    float32: (at: number): number => view.getFloat32(at, little),
    /** float32 in NIfTI-1, float64 in NIfTI-2; `index` counts array elements. */
    real: (at: number, index = 0): number =>
      wide ? view.getFloat64(at + 8 * index, little) : view.getFloat32(at + 4 * index, little),
    /** int16 in NIfTI-1, int64 in NIfTI-2. */
    dim: (index: number): number =>
      wide ? Number(view.getBigInt64(places.dim + 8 * index, little)) : view.getInt16(places.dim + 2 * index, little),
    code: (at: number): number => (wide ? view.getInt32(at, little) : view.getInt16(at, little)),
    voxOffset: (): number =>
      wide ? Number(view.getBigInt64(places.voxOffset, little)) : view.getFloat32(places.voxOffset, little),
  };
}
export type FieldReader = ReturnType<typeof fieldReader>;
