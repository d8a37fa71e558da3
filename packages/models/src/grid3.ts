/**
 * A block of numbers on a 3D grid, the working form of pre- and post-processing: no affine, x fastest (index
 * `x + nx * (y + ny * z)`), float32 values as networks take them.
 */

export type Triple = readonly [number, number, number];

export interface Grid3 {
  readonly shape: Triple;
  readonly values: Float32Array;
}

export function voxelCount(shape: Triple): number {
  return shape[0] * shape[1] * shape[2];
}

/** A half-open box `[start, end)` along each axis. */
export interface Box3 {
  readonly start: Triple;
  readonly end: Triple;
}

export function boxShape(box: Box3): Triple {
  return [box.end[0] - box.start[0], box.end[1] - box.start[1], box.end[2] - box.start[2]];
}

/** Copies the voxels of a box, row by row. The box must lie inside the grid. */
export function cropGrid(grid: Grid3, box: Box3): Grid3 {
  const shape = boxShape(box);
  const values = new Float32Array(voxelCount(shape));
  const [nx, ny] = grid.shape;
  let target = 0;
  for (let z = box.start[2]; z < box.end[2]; z++) {
    for (let y = box.start[1]; y < box.end[1]; y++) {
      const row = box.start[0] + nx * (y + ny * z);
      values.set(grid.values.subarray(row, row + shape[0]), target);
      target += shape[0];
    }
  }
  return { shape, values };
}
