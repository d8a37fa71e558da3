/**
 * NIfTI-1, NIfTI-2 and Analyze 7.5 headers.
 *
 * Follows nifti1.h (2000-2012), nifti2.h and, wherever the standards leave room, what nibabel 5.0 reads: the affine comes from the
 * sform if its code is 1..5, otherwise from the qform if its code is 1..5, otherwise from the voxel sizes with x pointing left and the
 * origin in the middle; a slope of 0, NaN or infinity means "no scaling"; Analyze is read by SPM's rules.
 */
import type { Affine, Shape, SpacingMm } from "./geometry.ts";
import { checkedGeometry, checkedVoxelCount } from "./header-checks.ts";
import { maxHeaderBytes } from "./limits.ts";
import { qformAffine } from "./quaternion.ts";
import type { ByteOrder, NiftiDetails, NiftiExtension, VolumeFormat, VoxelType } from "./volume.ts";
import { byteText, volumeError } from "./volume-error.ts";
import type { HeaderBytes, HeaderParse } from "./voxel-layout.ts";
import { voxelBytes } from "./voxel-type.ts";

/** NIfTI datatype codes that are numbers. */
export const niftiVoxelTypes: Readonly<Record<number, VoxelType>> = {
  2: "uint8",
  4: "int16",
  8: "int32",
  16: "float32",
  64: "float64",
  256: "int8",
  512: "uint16",
  768: "uint32",
  1024: "int64",
  1280: "uint64",
};

const otherTypes: Readonly<Record<number, string>> = {
  1: "binary",
  32: "complex64",
  128: "RGB24",
  1536: "float128",
  1792: "complex128",
  2048: "complex256",
  2304: "RGBA32",
};

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

interface Kind {
  readonly format: Extract<VolumeFormat, "nifti1" | "nifti2" | "analyze">;
  readonly order: ByteOrder;
  readonly single: boolean;
  readonly places: FieldPlaces;
}

function ascii(bytes: Uint8Array, start: number, length: number): string {
  let text = "";
  for (const byte of bytes.subarray(start, start + length)) {
    if (byte === 0) break;
    text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : "?";
  }
  return text;
}

/** Which header the bytes begin with, or null when they are none of the three. */
function headerKind(bytes: Uint8Array): Kind | null {
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
function fieldReader(bytes: Uint8Array, { order, places }: Kind) {
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
type FieldReader = ReturnType<typeof fieldReader>;

/**
 * Parses the header block and its extensions.
 *
 * @throws SegathlonError SEG006 for an impossible field, SEG007 for a type that is not a number, SEG015 for an unusable affine
 */
export function parseNifti({ bytes, complete, file }: HeaderBytes): HeaderParse {
  if (bytes.length < 348) return { kind: "incomplete", needBytes: 348 };
  const kind = headerKind(bytes);
  if (kind === null) {
    throw volumeError("SEG006", file, "the NIfTI magic is missing: expected n+1, ni1, n+2 or ni2");
  }
  const { places } = kind;
  if (bytes.length < places.size) return { kind: "incomplete", needBytes: places.size };
  const field = fieldReader(bytes, kind);
  const bad = (message: string): Error => volumeError("SEG006", file, message);

  const rank = field.dim(0);
  if (!(rank >= 1 && rank <= 7)) throw bad(`dim[0] is ${rank}; 1 to 7 dimensions are allowed`);
  const dimensions = Array.from({ length: rank }, (_, index) => field.dim(index + 1));
  const count = checkedVoxelCount(dimensions, "dim", file);
  const shape: Shape = [dimensions[0] ?? 1, dimensions[1] ?? 1, dimensions[2] ?? 1];
  const channels = count / (shape[0] * shape[1] * shape[2]);

  const datatype = field.int16(places.datatype);
  const voxelType = niftiVoxelTypes[datatype];
  if (voxelType === undefined) {
    const name = otherTypes[datatype];
    throw volumeError(
      "SEG007",
      file,
      name === undefined ? `datatype ${datatype} is not a NIfTI type` : `voxels are ${name} (datatype ${datatype})`,
    );
  }
  const bits = field.int16(places.bitpix);
  if (bits !== 0 && bits !== voxelBytes[voxelType] * 8) {
    throw bad(`bitpix is ${bits}, but datatype ${datatype} (${voxelType}) has ${voxelBytes[voxelType] * 8} bits`);
  }

  const steps = dimensions.map((_, index) => stepOf(field.real(places.pixdim, index + 1), index));
  const { affine, source } =
    kind.format === "analyze" ? analyzeAffine(field, shape) : niftiAffine(field, kind, shape, file);
  const spacingMm = spatialSteps(steps, shape, file);
  const scaling = kind.format === "analyze" ? analyzeScaling(field) : niftiScaling(field, places, file);

  const offset = voxelOffset(field.voxOffset(), kind, file);
  const extensions = parseExtensions({ bytes, complete, file }, kind, offset);
  if ("needBytes" in extensions) return { kind: "incomplete", needBytes: extensions.needBytes };

  const nifti: NiftiDetails = {
    qformCode: kind.format === "analyze" ? 0 : field.code(places.qformCode),
    sformCode: kind.format === "analyze" ? 0 : field.code(places.sformCode),
    affineSource: source,
    spatialUnit: spatialUnit(kind, bytes, field),
    description: ascii(bytes, places.description, 80),
    extensions: extensions.list,
    block: new Uint8Array(bytes.subarray(0, places.size)),
  };
  return {
    kind: "parsed",
    header: {
      format: kind.format,
      geometry: checkedGeometry({ shape, spacingMm, affine }, file),
      channels,
      voxelType,
      ...scaling,
      details: { dimensions, steps, byteOrder: kind.order, encoding: "raw", nifti },
    },
    layout: {
      byteOrder: kind.order,
      encoding: "raw",
      place: kind.single ? "same-file" : "separate-file",
      blockStart: offset,
      lineSkip: 0,
      byteSkip: 0,
      voxelCount: count,
      channelsFirst: false,
    },
  };
}

/** pixdim as a length: nibabel takes the magnitude of the first three. */
function stepOf(value: number, axis: number): number {
  return axis < 3 ? Math.abs(value) : value;
}

/** Spacing of the three array axes. An axis of one voxel may leave it out (0); it then counts as 1 mm, as in nibabel. */
function spatialSteps(steps: readonly number[], shape: Shape, file: string | undefined): SpacingMm {
  const spacing = [0, 1, 2].map((axis) => {
    const step = steps[axis] ?? 1;
    if (step === 0 && shape[axis] === 1) return 1;
    if (!(step > 0)) {
      throw volumeError("SEG006", file, `pixdim[${axis + 1}] is ${step}; a spacing in mm above 0 is needed`);
    }
    return step;
  });
  return spacing as unknown as SpacingMm;
}

function niftiAffine(
  field: FieldReader,
  { places }: Kind,
  shape: Shape,
  file: string | undefined,
): { affine: Affine; source: NiftiDetails["affineSource"] } {
  const valid = (code: number): boolean => code >= 1 && code <= 5;
  if (valid(field.code(places.sformCode))) {
    const affine = Array.from({ length: 12 }, (_, index) => field.real(places.srow, index));
    return { affine: affine as unknown as Affine, source: "sform" };
  }
  if (valid(field.code(places.qformCode))) {
    const real = (at: number) => [field.real(at, 0), field.real(at, 1), field.real(at, 2)] as const;
    const [b, c, d] = real(places.quaternion);
    const offset = real(places.qoffset);
    // nibabel takes every qfac but -1 as 1; a missing size (0) as 1.
    const handedness = field.real(places.pixdim) === -1 ? -1 : 1;
    const size = (index: number): number => Math.abs(field.real(places.pixdim, index)) || 1;
    const sizes = [size(1), size(2), handedness * size(3)] as const;
    if (![b, c, d, ...offset, ...sizes].every(Number.isFinite)) {
      throw volumeError("SEG015", file, "the qform holds numbers that are not finite");
    }
    const tolerance = 3 * (places.version === 2 ? 2 ** -52 : 2 ** -23);
    const affine = qformAffine({ b, c, d }, sizes, offset, tolerance);
    if (affine === null) {
      throw volumeError("SEG015", file, `the qform quaternion (${b}, ${c}, ${d}) is longer than 1`);
    }
    return { affine, source: "qform" };
  }
  const sizes = [1, 2, 3].map((index) =>
    index <= field.dim(0) ? Math.abs(field.real(places.pixdim, index)) || 1 : 1,
  ) as [number, number, number];
  return { affine: centredAffine([-sizes[0], sizes[1], sizes[2]], shape), source: "voxel-sizes" };
}

/** Voxel sizes alone: x points to the left and the origin lies in the middle of the image. */
function centredAffine([x, y, z]: readonly [number, number, number], shape: Shape): Affine {
  const offset = (size: number, axis: 0 | 1 | 2): number => -((shape[axis] - 1) / 2) * size;
  return [x, 0, 0, offset(x, 0), 0, y, 0, offset(y, 1), 0, 0, z, offset(z, 2)];
}

/** SPM's reading of Analyze: `origin` (one-based voxel, int16 at byte 253) where it is plausible, in float32 as nibabel computes it. */
function analyzeAffine(field: FieldReader, shape: Shape): { affine: Affine; source: NiftiDetails["affineSource"] } {
  const size = (index: number): number => Math.abs(field.float32(nifti1Places.pixdim + 4 * index)) || 1;
  const sizes = [-size(1), size(2), size(3)] as const;
  const origin = [0, 1, 2].map((axis) => field.int16(253 + 2 * axis));
  const plausible =
    origin.some((value) => value !== 0) &&
    origin.every((value, axis) => value > -(shape[axis] as number) && value < 2 * (shape[axis] as number));
  const middle = plausible ? origin.map((value) => value - 1) : shape.map((length) => (length - 1) / 2);
  const offset = middle.map((value, axis) => Math.fround(-value * (sizes[axis] as number))) as [number, number, number];
  return {
    affine: [sizes[0], 0, 0, offset[0], 0, sizes[1], 0, offset[1], 0, 0, sizes[2], offset[2]],
    source: "voxel-sizes",
  };
}

interface Scaling {
  readonly slope: number;
  readonly intercept: number;
}

function niftiScaling(field: FieldReader, places: FieldPlaces, file: string | undefined): Scaling {
  const slope = field.real(places.slope);
  const intercept = field.real(places.intercept);
  if (slope === 0 || !Number.isFinite(slope)) return { slope: 1, intercept: 0 };
  if (!Number.isFinite(intercept)) {
    throw volumeError("SEG006", file, `scl_slope is ${slope}, but scl_inter is ${intercept}; it has to be finite`);
  }
  return { slope, intercept };
}

/** SPM2's reading of Analyze: scl_slope where it is set, otherwise the stored and calibrated ranges. */
function analyzeScaling(field: FieldReader): Scaling {
  const slope = field.float32(112);
  if (slope !== 0 && Number.isFinite(slope)) {
    const intercept = field.float32(116);
    return { slope, intercept: Number.isFinite(intercept) ? intercept : 0 };
  }
  const [calMax, calMin] = [field.float32(124), field.float32(128)];
  const [glMax, glMin] = [field.int32(140), field.int32(144)];
  const stored = glMax - glMin;
  const calibrated = Math.fround(calMax - calMin);
  if (stored === 0 || !Number.isFinite(calibrated) || calibrated === 0) return { slope: 1, intercept: 0 };
  const range = calibrated / stored;
  return { slope: range, intercept: calMin - range * glMin };
}

function voxelOffset(value: number, { format, single, places }: Kind, file: string | undefined): number {
  const first = single ? places.size + 4 : 0;
  if (value === 0) return first;
  if (!Number.isInteger(value) || value < first || value > Number.MAX_SAFE_INTEGER) {
    const rule = single ? `a whole number of at least ${first}` : "a whole number of at least 0";
    throw volumeError("SEG006", file, `vox_offset is ${value}; ${format} needs ${rule}`);
  }
  return value;
}

/** Extensions lie between the header block and the voxels; in a pair they fill the rest of the `.hdr` file. */
function parseExtensions(
  { bytes, complete, file }: HeaderBytes,
  { format, single, places, order }: Kind,
  offset: number,
): { readonly list: readonly NiftiExtension[] } | { readonly needBytes: number } {
  if (format === "analyze") return { list: [] };
  const start = places.size + 4;
  if (single && bytes.length < start) return { needBytes: start };
  if (bytes.length < start || bytes[places.size] === 0) return { list: [] };
  if (!single && !complete) return { needBytes: bytes.length * 2 };
  const end = single ? offset : bytes.length;
  if (end > maxHeaderBytes) {
    throw volumeError(
      "SEG009",
      file,
      `header and extensions take ${byteText(end)}; ${byteText(maxHeaderBytes)} is the limit`,
    );
  }
  if (bytes.length < end) return { needBytes: end };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const list: NiftiExtension[] = [];
  let at = start;
  while (end - at >= 16) {
    const size = view.getInt32(at, order === "little");
    const code = view.getInt32(at + 4, order === "little");
    // nifti1_io.c stops at an extension that cannot be; what follows is not looked at, but a size that points elsewhere is refused.
    if (size === 0 && code === 0) break;
    if (size < 8 || size > end - at) {
      throw volumeError(
        "SEG006",
        file,
        `header extension ${list.length + 1} says it has ${size} bytes; between 8 and ${end - at} are possible`,
      );
    }
    list.push({ code, content: new Uint8Array(bytes.subarray(at + 8, at + size)) });
    at += size;
  }
  return { list };
}

function spatialUnit({ format, places }: Kind, bytes: Uint8Array, field: FieldReader): NiftiDetails["spatialUnit"] {
  if (format === "analyze") return "unknown";
  const code = (places.version === 2 ? field.int32(places.units) : (bytes[places.units] as number)) & 7;
  return code === 1 ? "m" : code === 2 ? "mm" : code === 3 ? "um" : "unknown";
}
