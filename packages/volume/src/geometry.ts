/**
 * The grid of a volume: how many voxels, how far apart, where in the patient.
 *
 * Axis order everywhere is the file's (NIfTI i, j, k): index `i + nx * (j + ny * k)`, x fastest. The affine maps a voxel index
 * (i, j, k, 1) to millimetres in RAS+ (x to the patient's right, y anterior, z superior), as NIfTI-1 defines it.
 */

/** Voxels along the three array axes. */
export type Shape = readonly [number, number, number];

/** Millimetres per voxel along the three array axes, always positive. */
export type SpacingMm = readonly [number, number, number];

/** The upper three rows of a 4x4 affine, row by row: 12 numbers; the last row is always 0 0 0 1. */
export type Affine = readonly [
  number,
  number,
  number,
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

/** Shape, spacing and affine of one volume. */
export interface Geometry {
  readonly shape: Shape;
  /** NIfTI: float64(float32) of pixdim, as the reference scripts take it. NRRD: Euclidean norms of the space directions. */
  readonly spacingMm: SpacingMm;
  readonly affine: Affine;
}
