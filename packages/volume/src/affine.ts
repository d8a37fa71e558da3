/**
 * Arithmetic of 3x4 affines (rows of 12 numbers, see {@link Affine}); the last row of the 4x4 matrix is always 0 0 0 1.
 *
 * Plain float64, left to right, no fused operations, so that the same input gives the same bits in Node and in every browser.
 */
import type { Affine, Shape, SpacingMm } from "./geometry.ts";

/** A point or an offset: voxel indices or millimetres. */
export type Point = readonly [number, number, number];

/** The affine that maps voxel indices to themselves. */
export const identityAffine: Affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0];

/**
 * World position in mm (RAS+) of a voxel index.
 *
 * @example
 * ```ts
 * applyAffine([2, 0, 0, -10, 0, 2, 0, -20, 0, 0, 3, 5], [1, 1, 1]); // [-8, -18, 8]
 * ```
 */
export function applyAffine(affine: Affine, [i, j, k]: Point): Point {
  const [a, b, c, d, e, f, g, h, l, m, n, o] = affine;
  return [a * i + b * j + c * k + d, e * i + f * j + g * k + h, l * i + m * j + n * k + o];
}

/** Determinant of the 3x3 part; its magnitude is the volume of a voxel in mm3, its sign the handedness. */
export function determinant(affine: Affine): number {
  const [a, b, c, , e, f, g, , l, m, n] = affine;
  return a * (f * n - g * m) - b * (e * n - g * l) + c * (e * m - f * l);
}

/** The affine from world mm back to voxel indices, or null where the matrix cannot be inverted. */
export function invertAffine(affine: Affine): Affine | null {
  const [a, b, c, d, e, f, g, h, l, m, n, o] = affine;
  const scale = determinant(affine);
  if (!Number.isFinite(scale) || scale === 0) return null;
  const r0 = [(f * n - g * m) / scale, (c * m - b * n) / scale, (b * g - c * f) / scale] as const;
  const r1 = [(g * l - e * n) / scale, (a * n - c * l) / scale, (c * e - a * g) / scale] as const;
  const r2 = [(e * m - f * l) / scale, (b * l - a * m) / scale, (a * f - b * e) / scale] as const;
  const back = (row: readonly [number, number, number]): number => -(row[0] * d + row[1] * h + row[2] * o);
  const inverse: Affine = [...r0, back(r0), ...r1, back(r1), ...r2, back(r2)];
  return inverse.every(Number.isFinite) ? inverse : null;
}

/** `first` after `second`: the affine that applies `second` to an index and then `first` to the result. */
export function composeAffines(first: Affine, second: Affine): Affine {
  const column = (x: number, y: number, z: number, w: number): Point => {
    const [a, b, c, d, e, f, g, h, l, m, n, o] = first;
    return [a * x + b * y + c * z + d * w, e * x + f * y + g * z + h * w, l * x + m * y + n * z + o * w];
  };
  const [a, b, c, d, e, f, g, h, l, m, n, o] = second;
  const x = column(a, e, l, 0);
  const y = column(b, f, m, 0);
  const z = column(c, g, n, 0);
  const t = column(d, h, o, 1);
  return [x[0], y[0], z[0], t[0], x[1], y[1], z[1], t[1], x[2], y[2], z[2], t[2]];
}

/** One column of the 3x3 part: the step in mm from a voxel to its next neighbour along `axis`. */
export function axisStep(affine: Affine, axis: 0 | 1 | 2): Point {
  const [a, b, c, , e, f, g, , l, m, n] = affine;
  if (axis === 0) return [a, e, l];
  return axis === 1 ? [b, f, m] : [c, g, n];
}

/** Euclidean lengths of the three columns in mm: the spacing that the affine itself implies. */
export function affineSpacing(affine: Affine): SpacingMm {
  const length = (axis: 0 | 1 | 2): number => {
    const [x, y, z] = axisStep(affine, axis);
    return Math.sqrt(x * x + y * y + z * z);
  };
  return [length(0), length(1), length(2)];
}

/** Voxel indices of the eight corner voxels of a grid. */
export function cornerVoxels(shape: Shape): readonly Point[] {
  const [x, y, z] = [shape[0] - 1, shape[1] - 1, shape[2] - 1];
  return [
    [0, 0, 0],
    [x, 0, 0],
    [0, y, 0],
    [x, y, 0],
    [0, 0, z],
    [x, 0, z],
    [0, y, z],
    [x, y, z],
  ];
}

/** Number of voxels of one channel. */
export function voxelCount(shape: Shape): number {
  return shape[0] * shape[1] * shape[2];
}

/** Volume of one voxel in mm3 by the spacing, which is what the metrics use. */
export function voxelVolumeMm3(spacingMm: SpacingMm): number {
  return spacingMm[0] * spacingMm[1] * spacingMm[2];
}
