/**
 * The closed surface of a mask: one bit for every point of the dual grid (voxel corners) whose eight voxels are neither all inside
 * nor all outside. Outside the box everything is background, as in surface-distance, so a mask that touches the image's border has
 * surface there.
 */
import type { BitMask } from "./bit-mask.ts";

export interface SurfacePlane {
  /** Dual points along each axis: one more than the box has voxels. */
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly wordsPerRow: number;
  /** Dual point (i, j, k): bit i & 31 of word `(k * height + j) * wordsPerRow + (i >> 5)`. */
  readonly bits: Int32Array;
}

/** First word of the four mask rows around dual row (j, k): rows (j-1, k-1), (j, k-1), (j-1, k), (j, k). */
export function rowsAround(mask: BitMask, j: number, k: number): readonly [number, number, number, number] {
  const { wordsPerRow } = mask;
  const slice = (mask.height + 2) * wordsPerRow;
  const below = k * slice + j * wordsPerRow;
  return [below, below + wordsPerRow, below + slice, below + slice + wordsPerRow];
}

/** Finds the surface of a mask, 32 dual points a step. */
export function surfaceOf(mask: BitMask): SurfacePlane {
  const { wordsPerRow, bits: voxels } = mask;
  const height = mask.height + 1;
  const depth = mask.depth + 1;
  const bits = new Int32Array(height * depth * wordsPerRow);
  for (let k = 0, at = 0; k < depth; k += 1) {
    for (let j = 0; j < height; j += 1) {
      const [a, b, c, d] = rowsAround(mask, j, k);
      let anyBefore = 0;
      let allBefore = 0;
      for (let word = 0; word < wordsPerRow; word += 1, at += 1) {
        const p = voxels[a + word] as number;
        const q = voxels[b + word] as number;
        const r = voxels[c + word] as number;
        const s = voxels[d + word] as number;
        const any = p | q | r | s;
        const all = p & q & r & s;
        bits[at] = (any | (any << 1) | anyBefore) & ~(all & ((all << 1) | allBefore));
        anyBefore = any >>> 31;
        allBefore = all >>> 31;
      }
    }
  }
  return { width: mask.width + 1, height, depth, wordsPerRow, bits };
}
