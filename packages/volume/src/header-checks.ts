/** Checks that every format shares: what a header may claim before anything is allocated. */
import { affineSpacing, determinant } from "./affine.ts";
import type { Geometry } from "./geometry.ts";
import { volumeError } from "./volume-error.ts";

/** Spacings outside this range (mm) are mistakes: 1 nm to 10 m. They would turn distances into overflow or zero. */
export const spacingLimitsMm = { least: 1e-6, most: 1e4 } as const;

/**
 * Product of the dimensions, each a whole number of at least 1.
 *
 * @throws SegathlonError SEG006
 */
export function checkedVoxelCount(dimensions: readonly number[], field: string, file?: string): number {
  let count = 1;
  for (const [index, size] of dimensions.entries()) {
    if (!Number.isSafeInteger(size) || size < 1) {
      throw volumeError("SEG006", file, `${field}[${index + 1}] is ${size}; every dimension needs at least one voxel`);
    }
    count *= size;
    if (count > Number.MAX_SAFE_INTEGER) {
      throw volumeError(
        "SEG006",
        file,
        `the dimensions ${dimensions.join(" x ")} make more voxels than can be counted`,
      );
    }
  }
  return count;
}

/**
 * The geometry, if its spacing and affine can be used.
 *
 * @throws SegathlonError SEG006 for an impossible spacing, SEG015 for an affine that is not finite or not invertible
 */
export function checkedGeometry(geometry: Geometry, file?: string): Geometry {
  const { spacingMm, affine } = geometry;
  for (const [axis, spacing] of spacingMm.entries()) {
    if (!(spacing >= spacingLimitsMm.least && spacing <= spacingLimitsMm.most)) {
      throw volumeError(
        "SEG006",
        file,
        `the spacing along axis ${axis + 1} is ${spacing} mm; between ${spacingLimitsMm.least} and ${spacingLimitsMm.most} mm is possible`,
      );
    }
  }
  if (!affine.every(Number.isFinite)) {
    throw volumeError("SEG015", file, `the affine holds numbers that are not finite: ${affine.join(" ")}`);
  }
  const lengths = affineSpacing(affine);
  if (!lengths.every((length) => length >= spacingLimitsMm.least && length <= spacingLimitsMm.most)) {
    throw volumeError(
      "SEG015",
      file,
      `the affine steps ${lengths.join(", ")} mm from voxel to voxel; between ${spacingLimitsMm.least} and ${spacingLimitsMm.most} mm is possible`,
    );
  }
  // Relative to the column lengths, so that small voxels are not taken for a collapsed grid.
  const skew = Math.abs(determinant(affine)) / (lengths[0] * lengths[1] * lengths[2]);
  if (!(skew > 1e-6)) {
    throw volumeError("SEG015", file, `the affine cannot be inverted: ${affine.join(" ")}`);
  }
  return geometry;
}
