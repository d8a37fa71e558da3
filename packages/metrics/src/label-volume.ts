/**
 * What the metrics take: voxels, how many, how far apart. `metrics` knows no file and no affine; bringing two volumes onto one
 * grid is the caller's task (`@segathlon/volume`).
 */

/** A label map or a mask, x fastest (index `i + nx * (j + ny * k)`). */
export interface LabelVolume {
  readonly data: Uint8Array | Uint16Array | Uint32Array;
  readonly shape: readonly [number, number, number];
  /** Millimetres per voxel along each axis, positive and finite. */
  readonly spacingMm: readonly [number, number, number];
}

/** A named union of labels that is scored, such as whole tumour = 1 + 2 + 3. Regions may overlap. */
export interface Region {
  readonly name: string;
  readonly labels: readonly number[];
}
