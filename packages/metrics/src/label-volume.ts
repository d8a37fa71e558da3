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

/** Voxel indices and run lengths are 32-bit. */
const MOST_VOXELS = 2 ** 32 - 1;

function requireVolume(volume: LabelVolume, role: string): void {
  const { data, shape, spacingMm } = volume;
  if (!(data instanceof Uint8Array || data instanceof Uint16Array || data instanceof Uint32Array)) {
    throw new TypeError(`${role}.data must be a Uint8Array, Uint16Array or Uint32Array of labels`);
  }
  if (shape.length !== 3 || shape.some((extent) => !Number.isInteger(extent) || extent < 1)) {
    throw new RangeError(`${role}.shape must be three whole numbers of at least 1, got [${shape.join(", ")}]`);
  }
  const voxels = shape[0] * shape[1] * shape[2];
  if (voxels > MOST_VOXELS)
    throw new RangeError(`${role} has ${voxels} voxels; at most ${MOST_VOXELS} can be compared`);
  if (voxels !== data.length) {
    throw new RangeError(`${role}.data holds ${data.length} voxels, its shape [${shape.join(", ")}] needs ${voxels}`);
  }
  if (spacingMm.length !== 3 || spacingMm.some((spacing) => !(spacing > 0 && Number.isFinite(spacing)))) {
    throw new RangeError(
      `${role}.spacingMm must be three positive finite numbers of millimetres, got [${spacingMm.join(", ")}]`,
    );
  }
}

/**
 * Checks that two volumes can be compared voxel by voxel.
 *
 * @throws TypeError when the voxels are not unsigned integers; RangeError when a shape, a spacing or a length is impossible or
 *   the shapes differ. Spacings are not compared: distances use the reference's.
 */
export function requireComparable(reference: LabelVolume, prediction: LabelVolume): void {
  requireVolume(reference, "reference");
  requireVolume(prediction, "prediction");
  if (reference.shape.some((extent, axis) => extent !== prediction.shape[axis])) {
    throw new RangeError(
      `shapes differ: reference [${reference.shape.join(", ")}], prediction [${prediction.shape.join(", ")}]`,
    );
  }
}

/**
 * Checks regions: at least one label each, every label a whole number from 1 to 2^32 - 1 (0 is background), no name twice.
 *
 * @throws RangeError naming the region.
 */
export function requireRegions(regions: readonly Region[]): void {
  const names = new Set<string>();
  for (const { name, labels } of regions) {
    if (names.has(name)) throw new RangeError(`region "${name}" is given twice`);
    names.add(name);
    if (labels.length === 0) throw new RangeError(`region "${name}" has no label`);
    for (const label of labels) {
      if (!Number.isInteger(label) || label < 1 || label > 0xffff_ffff) {
        throw new RangeError(`region "${name}": label ${label} is not a whole number from 1 to 4294967295`);
      }
    }
  }
}
