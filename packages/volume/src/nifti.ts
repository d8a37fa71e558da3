/**
 * NIfTI-1, NIfTI-2 and Analyze 7.5 headers.
 *
 * Follows nifti1.h (2000-2012), nifti2.h and, wherever the standards leave room, what nibabel 5.0 reads: the affine comes from the
 * sform if its code is 1..5, otherwise from the qform if its code is 1..5, otherwise from the voxel sizes with x pointing left and the
 * origin in the middle; a slope of 0, NaN or infinity means "no scaling"; Analyze is read by SPM's rules.
 */
import type { Shape, SpacingMm } from "./geometry.ts";
import { checkedGeometry, checkedVoxelCount } from "./header-checks.ts";
import { maxHeaderBytes } from "./limits.ts";
import { ascii, type FieldPlaces, type FieldReader, fieldReader, type HeaderKind, headerKind } from "./nifti-fields.ts";
import { analyzeAffine, niftiAffine } from "./nifti-transform.ts";
import type { NiftiDetails, NiftiExtension, VoxelType } from "./volume.ts";
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

function voxelOffset(value: number, { format, single, places }: HeaderKind, file: string | undefined): number {
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
  { format, single, places, order }: HeaderKind,
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

function spatialUnit(
  { format, places }: HeaderKind,
  bytes: Uint8Array,
  field: FieldReader,
): NiftiDetails["spatialUnit"] {
  if (format === "analyze") return "unknown";
  const code = (places.version === 2 ? field.int32(places.units) : (bytes[places.units] as number)) & 7;
  return code === 1 ? "m" : code === 2 ? "mm" : code === 3 ? "um" : "unknown";
}
