/**
 * Class indices brought to another grid as nnU-Net resamples segmentations: each class as a mask of its own, linearly, and a voxel takes
 * the class whose mask is at least one half there; along an axis that is treated apart the nearest sample is taken.
 */
import { type Triple, voxelCount } from "../grid3.ts";
import { resizeGrid, resizeSeparately } from "../resize.ts";

export function resizeClasses(
  classes: Uint8Array,
  shape: Triple,
  target: Triple,
  separate: 0 | 1 | 2 | null,
): Uint8Array {
  if (shape.every((size, axis) => size === target[axis])) return classes;
  const result = new Uint8Array(voxelCount(target));
  const mask = new Float32Array(classes.length);
  for (const value of [...new Set(classes)].sort((a, b) => a - b)) {
    if (value === 0) continue;
    for (let i = 0; i < mask.length; i++) mask[i] = classes[i] === value ? 1 : 0;
    const grid = { shape, values: mask };
    const { values } = separate === null ? resizeGrid(grid, target, 1) : resizeSeparately(grid, target, separate, 1, 0);
    for (let i = 0; i < result.length; i++) if ((values[i] ?? 0) >= 0.5) result[i] = value;
  }
  return result;
}
