/**
 * Affines of NIfTI and Analyze headers, chosen and computed as nibabel 5.0 does: sform if its code is 1..5, otherwise qform if its code
 * is 1..5, otherwise voxel sizes alone.
 */
import type { Affine, Shape } from "./geometry.ts";
import { cornerDisplacementMm } from "./geometry-comparison.ts";
import { type FieldReader, fieldReader, type HeaderKind, headerKind, nifti1Places } from "./nifti-fields.ts";
import { qformAffine } from "./quaternion.ts";
import type { NiftiDetails, VolumeHeader } from "./volume.ts";
import { volumeError } from "./volume-error.ts";

/** An affine and where it comes from. */
export interface ChosenAffine {
  readonly affine: Affine;
  readonly source: NiftiDetails["affineSource"];
}

/** Codes of nifti1.h: 1 scanner, 2 aligned, 3 Talairach, 4 MNI 152, 5 another template. Other values count as "not set". */
function isSet(code: number): boolean {
  return code >= 1 && code <= 5;
}

/**
 * The affine of a NIfTI header.
 *
 * @throws SegathlonError SEG015 when the qform is chosen and cannot be used
 */
export function niftiAffine(
  field: FieldReader,
  kind: HeaderKind,
  shape: Shape,
  file: string | undefined,
): ChosenAffine {
  const { places } = kind;
  if (isSet(field.code(places.sformCode))) return { affine: sformAffine(field, kind), source: "sform" };
  if (isSet(field.code(places.qformCode))) {
    const qform = storedQform(field, kind);
    if (typeof qform === "string") throw volumeError("SEG015", file, qform);
    return { affine: qform, source: "qform" };
  }
  const sizes = [1, 2, 3].map((index) =>
    index <= field.dim(0) ? Math.abs(field.real(places.pixdim, index)) || 1 : 1,
  ) as [number, number, number];
  return { affine: centredAffine([-sizes[0], sizes[1], sizes[2]], shape), source: "voxel-sizes" };
}

function sformAffine(field: FieldReader, { places }: HeaderKind): Affine {
  return Array.from({ length: 12 }, (_, index) => field.real(places.srow, index)) as unknown as Affine;
}

/** The qform's affine, or what is wrong with it. */
function storedQform(field: FieldReader, { places }: HeaderKind): Affine | string {
  const three = (at: number) => [field.real(at, 0), field.real(at, 1), field.real(at, 2)] as const;
  const [b, c, d] = three(places.quaternion);
  const offset = three(places.qoffset);
  // nibabel takes every qfac but -1 as 1; a missing size (0) as 1.
  const handedness = field.real(places.pixdim) === -1 ? -1 : 1;
  const size = (index: number): number => Math.abs(field.real(places.pixdim, index)) || 1;
  const sizes = [size(1), size(2), handedness * size(3)] as const;
  if (![b, c, d, ...offset, ...sizes].every(Number.isFinite)) return "the qform holds numbers that are not finite";
  const tolerance = 3 * (places.version === 2 ? 2 ** -52 : 2 ** -23);
  return (
    qformAffine({ b, c, d }, sizes, offset, tolerance) ?? `the qform quaternion (${b}, ${c}, ${d}) is longer than 1`
  );
}

/**
 * How far apart a NIfTI header's two transforms put the same corner voxel, in mm: null where not both are set or the qform cannot be
 * used. The sform is the one that is read; a large distance means that other software may place the image elsewhere.
 *
 * @example
 * ```ts
 * const distance = transformDisagreementMm(await readHeaderFile("ct.nii.gz"));
 * ```
 */
export function transformDisagreementMm({ geometry, details }: VolumeHeader): number | null {
  const block = details?.nifti?.block;
  const kind = block === undefined ? null : headerKind(block);
  if (block === undefined || kind === null || kind.format === "analyze") return null;
  const field = fieldReader(block, kind);
  if (!isSet(field.code(kind.places.sformCode)) || !isSet(field.code(kind.places.qformCode))) return null;
  const qform = storedQform(field, kind);
  if (typeof qform === "string") return null;
  const distance = cornerDisplacementMm(geometry.shape, sformAffine(field, kind), qform);
  return Number.isFinite(distance) ? distance : null;
}

/** Voxel sizes alone: x points to the left and the origin lies in the middle of the image. */
function centredAffine([x, y, z]: readonly [number, number, number], shape: Shape): Affine {
  const offset = (size: number, axis: 0 | 1 | 2): number => -((shape[axis] - 1) / 2) * size;
  return [x, 0, 0, offset(x, 0), 0, y, 0, offset(y, 1), 0, 0, z, offset(z, 2)];
}

/** SPM's reading of Analyze: `origin` (one-based voxel, int16 at byte 253) where it is plausible, in float32 as nibabel computes it. */
export function analyzeAffine(field: FieldReader, shape: Shape): ChosenAffine {
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
