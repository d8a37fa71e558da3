/**
 * The qform of NIfTI-1/2: a unit quaternion (b, c, d; a is implied) and voxel sizes make an affine (nifti1.h, "METHOD 2").
 *
 * Follows nibabel 5.0 to the bit: extended precision inside, float64 at the end (see extended-float.ts).
 */
import {
  addExtended,
  divideExtended,
  type Extended,
  extendedZero,
  fromExtended,
  multiplyExtended,
  rootExtended,
  subtractExtended,
  toExtended,
} from "./extended-float.ts";
import type { Affine } from "./geometry.ts";

export interface Quaternion {
  readonly b: number;
  readonly c: number;
  readonly d: number;
}

/**
 * Affine of a qform.
 *
 * @param voxelSizes pixdim[1..3]; the third already multiplied by qfac (pixdim[0])
 * @param tolerance how far b2 + c2 + d2 may exceed 1 (rounding of the stored type); null is returned beyond it
 */
export function qformAffine(
  { b, c, d }: Quaternion,
  voxelSizes: readonly [number, number, number],
  offset: readonly [number, number, number],
  tolerance: number,
): Affine | null {
  const one = toExtended(1);
  const [x, y, z] = [toExtended(b), toExtended(c), toExtended(d)];
  const times = multiplyExtended;
  const plus = addExtended;
  const minus = subtractExtended;
  const squares = plus(plus(times(x, x), times(y, y)), times(z, z));
  const rest = minus(one, squares);
  if (rest.significand < 0n && fromExtended(rest) < -tolerance) return null;
  const w: Extended = rest.significand < 0n ? extendedZero : rootExtended(rest);
  const norm = plus(plus(plus(times(w, w), times(x, x)), times(y, y)), times(z, z));
  const scale = divideExtended(toExtended(2), norm);
  const [sx, sy, sz] = [times(x, scale), times(y, scale), times(z, scale)];
  const [wx, wy, wz] = [times(w, sx), times(w, sy), times(w, sz)];
  const [xx, xy, xz] = [times(x, sx), times(x, sy), times(x, sz)];
  const [yy, yz, zz] = [times(y, sy), times(y, sz), times(z, sz)];
  const rotation = [
    [minus(one, plus(yy, zz)), minus(xy, wz), plus(xz, wy)],
    [plus(xy, wz), minus(one, plus(xx, zz)), minus(yz, wx)],
    [minus(xz, wy), plus(yz, wx), minus(one, plus(xx, yy))],
  ];
  const sizes = voxelSizes.map(toExtended);
  const rows = rotation.flatMap((row, axis) => [
    ...row.map((value, column) => fromExtended(times(value, sizes[column] as Extended))),
    offset[axis] as number,
  ]);
  return rows as unknown as Affine;
}

/**
 * The quaternion of a rotation matrix (rows of three, determinant 1), with a >= 0: nifti1_io.c, `nifti_mat44_to_quatern`.
 */
export function rotationQuaternion(r: readonly number[]): Quaternion {
  const [r00, r01, r02, r10, r11, r12, r20, r21, r22] = r as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const trace = r00 + r11 + r22 + 1;
  if (trace > 0.5) {
    const a = 0.5 * Math.sqrt(trace);
    return { b: (r21 - r12) / (4 * a), c: (r02 - r20) / (4 * a), d: (r10 - r01) / (4 * a) };
  }
  // The largest of the three is taken as divisor, so that no small number is divided by.
  const xd = 1 + r00 - (r11 + r22);
  const yd = 1 + r11 - (r00 + r22);
  const zd = 1 + r22 - (r00 + r11);
  let a: number;
  let b: number;
  let c: number;
  let d: number;
  if (xd > 1) {
    b = 0.5 * Math.sqrt(xd);
    c = (0.25 * (r01 + r10)) / b;
    d = (0.25 * (r02 + r20)) / b;
    a = (0.25 * (r21 - r12)) / b;
  } else if (yd > 1) {
    c = 0.5 * Math.sqrt(yd);
    b = (0.25 * (r01 + r10)) / c;
    d = (0.25 * (r12 + r21)) / c;
    a = (0.25 * (r02 - r20)) / c;
  } else {
    d = 0.5 * Math.sqrt(zd);
    b = (0.25 * (r02 + r20)) / d;
    c = (0.25 * (r12 + r21)) / d;
    a = (0.25 * (r10 - r01)) / d;
  }
  return a < 0 ? { b: -b, c: -c, d: -d } : { b, c, d };
}
