/**
 * The boundary as medpy, MONAI and Metrics Reloaded take it: the voxels of a mask that one erosion removes. Outside the image is
 * background, so voxels on the image's border are edges. Points are voxel centres, each counts 1.
 */
import type { BitMask } from "./bit-mask.ts";
import type { SurfaceHistogram } from "./case-comparison.ts";
import { boundaryDistances } from "./element-distances.ts";
import type { SurfacePlane } from "./surface-plane.ts";

/** Words of a row and, for 26 neighbours, of the rows around it, that must all be set for a voxel to stay. */
function erodedWord(mask: BitMask, row: number, word: number, neighbours: 6 | 26): number {
  const { bits, wordsPerRow } = mask;
  const slice = (mask.height + 2) * wordsPerRow;
  const at = (rowStart: number, offset: number): number =>
    word + offset < 0 || word + offset >= wordsPerRow ? 0 : (bits[rowStart + word + offset] as number);
  const withSides = (rowStart: number): number => {
    const own = at(rowStart, 0);
    return own & ((own << 1) | (at(rowStart, -1) >>> 31)) & ((own >>> 1) | (at(rowStart, 1) << 31));
  };
  const up = row - wordsPerRow;
  const down = row + wordsPerRow;
  if (neighbours === 6) {
    return withSides(row) & at(up, 0) & at(down, 0) & at(row - slice, 0) & at(row + slice, 0);
  }
  let all = -1;
  for (const middle of [row - slice, row, row + slice]) {
    all &= withSides(middle - wordsPerRow) & withSides(middle) & withSides(middle + wordsPerRow);
  }
  return all;
}

/** Edge voxels of a mask, on the grid of its box. */
export function erosionEdges(mask: BitMask, neighbours: 6 | 26): SurfacePlane {
  const { width, height, depth, wordsPerRow } = mask;
  const bits = new Int32Array(height * depth * wordsPerRow);
  for (let z = 0, at = 0; z < depth; z += 1) {
    for (let y = 0; y < height; y += 1) {
      const row = ((z + 1) * (height + 2) + y + 1) * wordsPerRow;
      for (let word = 0; word < wordsPerRow; word += 1, at += 1) {
        const own = mask.bits[row + word] as number;
        if (own !== 0) bits[at] = own & ~erodedWord(mask, row, word, neighbours);
      }
    }
  }
  return { width, height, depth, wordsPerRow, bits };
}

/** Distances between the edges of two masks of one box, both not empty. */
export function edgeDistances(
  reference: BitMask,
  prediction: BitMask,
  neighbours: 6 | 26,
  spacingMm: readonly [number, number, number],
): SurfaceHistogram {
  const classAt = (): number => 0;
  return boundaryDistances(
    { plane: erosionEdges(reference, neighbours), classAt },
    { plane: erosionEdges(prediction, neighbours), classAt },
    Float64Array.of(1),
    spacingMm,
  );
}

function bitCount(word: number): number {
  const pairs = word - ((word >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/**
 * Boundary IoU: edge voxels that both masks share over edge voxels of either (Cheng et al. 2021 with a boundary one voxel wide;
 * Metrics Reloaded with boundary_dist 1). NaN where neither mask has a voxel.
 */
export function boundaryIou(reference: BitMask, prediction: BitMask): number {
  const a = erosionEdges(reference, 6).bits;
  const b = erosionEdges(prediction, 6).bits;
  let both = 0;
  let either = 0;
  for (let word = 0; word < a.length; word += 1) {
    both += bitCount((a[word] as number) & (b[word] as number));
    either += bitCount((a[word] as number) | (b[word] as number));
  }
  return both / either;
}
