/** Stored voxels as the values that they stand for. */
import type { Volume } from "./volume.ts";

/**
 * `stored * slope + intercept` of every voxel in float64, rounded after each of the two steps, as nibabel computes it. 64-bit
 * integers beyond 2^53 are rounded to the nearest float64.
 *
 * @example
 * ```ts
 * const values = scaledValues(await readVolume(bytes));
 * ```
 */
export function scaledValues({ data, slope, intercept }: Pick<Volume, "data" | "slope" | "intercept">): Float64Array {
  const values = new Float64Array(data.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
    for (let voxel = 0; voxel < data.length; voxel += 1) values[voxel] = Number(data[voxel]);
  } else {
    values.set(data);
  }
  // Steps that do nothing are left out, as in nibabel: `-0 + 0` would lose a sign.
  if (slope !== 1)
    for (let voxel = 0; voxel < values.length; voxel += 1) values[voxel] = (values[voxel] as number) * slope;
  if (intercept !== 0) {
    for (let voxel = 0; voxel < values.length; voxel += 1) values[voxel] = (values[voxel] as number) + intercept;
  }
  return values;
}
