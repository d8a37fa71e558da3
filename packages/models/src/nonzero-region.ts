/**
 * The non-zero region of an image as nnU-Net v2 crops it (nnunetv2/preprocessing/cropping/cropping.py): a voxel belongs to it when
 * any channel differs from 0 there; holes that are not connected to the outside (6-neighbours, scipy's binary_fill_holes) are filled.
 */
import { type Box3, type Grid3, type Triple, voxelCount } from "./grid3.ts";

export interface NonzeroRegion {
  /** 1 inside, 0 outside; holes are inside. */
  readonly mask: Uint8Array;
  /** Smallest box around the region; the whole grid when every voxel is 0. */
  readonly box: Box3;
}

/** Finds the non-zero region of the channels of one case; all channels lie on one grid. */
export function nonzeroRegion(channels: readonly Grid3[]): NonzeroRegion {
  const first = channels[0];
  if (first === undefined) throw new RangeError("at least one channel is needed");
  const shape = first.shape;
  const mask = new Uint8Array(voxelCount(shape));
  for (const { values } of channels) {
    for (let i = 0; i < mask.length; i++) if (values[i] !== 0) mask[i] = 1;
  }
  fillHoles(mask, shape);
  return { mask, box: boundingBox(mask, shape) ?? { start: [0, 0, 0], end: shape } };
}

/** Sets to 1 every 0 that has no path of face neighbours to the border of the grid. In place. */
export function fillHoles(mask: Uint8Array, shape: Triple): void {
  const [nx, ny, nz] = shape;
  const outside = 2;
  // The stack holds each voxel at most once, because a voxel is marked when it is pushed.
  const stack = new Uint32Array(mask.length);
  let top = 0;
  const push = (index: number): void => {
    if (mask[index] === 0) {
      mask[index] = outside;
      stack[top++] = index;
    }
  };
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      if (y === 0 || y === ny - 1 || z === 0 || z === nz - 1) {
        for (let x = 0; x < nx; x++) push(row + x);
      } else {
        push(row);
        push(row + nx - 1);
      }
    }
  }
  const plane = nx * ny;
  while (top > 0) {
    const index = stack[--top] ?? 0;
    const x = index % nx;
    const y = Math.floor(index / nx) % ny;
    const z = Math.floor(index / plane);
    if (x > 0) push(index - 1);
    if (x < nx - 1) push(index + 1);
    if (y > 0) push(index - nx);
    if (y < ny - 1) push(index + nx);
    if (z > 0) push(index - plane);
    if (z < nz - 1) push(index + plane);
  }
  for (let i = 0; i < mask.length; i++) mask[i] = mask[i] === outside ? 0 : 1;
}

/** Smallest box that holds every non-zero voxel, or null when there is none. */
export function boundingBox(mask: Uint8Array, shape: Triple): Box3 | null {
  const [nx, ny, nz] = shape;
  let x0 = nx;
  let x1 = -1;
  let y0 = ny;
  let y1 = -1;
  let z0 = nz;
  let z1 = -1;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      let first = 0;
      while (first < nx && mask[row + first] === 0) first++;
      if (first === nx) continue;
      let last = nx - 1;
      while (mask[row + last] === 0) last--;
      if (first < x0) x0 = first;
      if (last > x1) x1 = last;
      if (y < y0) y0 = y;
      if (y > y1) y1 = y;
      if (z < z0) z0 = z;
      z1 = z;
    }
  }
  return x1 < 0 ? null : { start: [x0, y0, z0], end: [x1 + 1, y1 + 1, z1 + 1] };
}
