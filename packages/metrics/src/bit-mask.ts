/**
 * A region cut to its box, one bit a voxel. Rows run along x and begin on a 32-bit word; one empty row lies before and after the
 * rows of a slice and one empty slice before and after all slices, so that a neighbour is always there to be read.
 */
import type { LabelRuns, RunIndex } from "./label-runs.ts";
import type { Box, LabelScan } from "./label-scan.ts";
import type { LabelVolume } from "./label-volume.ts";

export interface BitMask {
  /** Voxels along each axis of the box. */
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  /** 32-bit words a row; there is always a spare zero bit after the last voxel of a row. */
  readonly wordsPerRow: number;
  /** Voxel (x, y, z): bit x & 31 of word `((z + 1) * (height + 2) + y + 1) * wordsPerRow + (x >> 5)`. */
  readonly bits: Int32Array;
}

/** A mask of a box without a voxel. */
export function emptyMask(box: Box): BitMask {
  const width = box.x1 - box.x0 + 1;
  const height = box.y1 - box.y0 + 1;
  const depth = box.z1 - box.z0 + 1;
  const wordsPerRow = (width + 32) >>> 5;
  return { width, height, depth, wordsPerRow, bits: new Int32Array((height + 2) * (depth + 2) * wordsPerRow) };
}

/** Sets bits `from` to `to` (exclusive) of the row that begins at word `row`. */
export function setBits(bits: Int32Array, row: number, from: number, to: number): void {
  const first = row + (from >>> 5);
  const last = row + ((to - 1) >>> 5);
  const head = -1 << (from & 31);
  const tail = -1 >>> (31 - ((to - 1) & 31));
  if (first === last) {
    bits[first] = (bits[first] as number) | (head & tail);
    return;
  }
  bits[first] = (bits[first] as number) | head;
  bits.fill(-1, first + 1, last);
  bits[last] = (bits[last] as number) | tail;
}

function fillFromRuns(
  mask: BitMask,
  box: Box,
  shape: LabelVolume["shape"],
  runs: LabelRuns,
  index: RunIndex,
  ids: readonly number[],
): void {
  const [nx, ny] = shape;
  const slice = (mask.height + 2) * mask.wordsPerRow;
  for (const id of ids) {
    const to = index.offsets[id + 1] as number;
    for (let at = index.offsets[id] as number; at < to; at += 1) {
      const run = index.order[at] as number;
      let voxel = runs.start[run] as number;
      const end = voxel + (runs.length[run] as number);
      while (voxel < end) {
        const row = Math.floor(voxel / nx);
        const rowStart = row * nx;
        const stop = Math.min(end, rowStart + nx);
        const z = Math.floor(row / ny);
        const word = (z - box.z0 + 1) * slice + (row - z * ny - box.y0 + 1) * mask.wordsPerRow;
        setBits(mask.bits, word, voxel - rowStart - box.x0, stop - rowStart - box.x0);
        voxel = stop;
      }
    }
  }
}

function fillFromVoxels(mask: BitMask, box: Box, volume: LabelVolume, inRegion: (label: number) => boolean): void {
  const [nx, ny] = volume.shape;
  for (let z = 0; z < mask.depth; z += 1) {
    for (let y = 0; y < mask.height; y += 1) {
      const from = ((z + box.z0) * ny + y + box.y0) * nx + box.x0;
      const row = ((z + 1) * (mask.height + 2) + y + 1) * mask.wordsPerRow;
      for (let x = 0; x < mask.width; x += 1) {
        if (!inRegion(volume.data[from + x] as number)) continue;
        const word = row + (x >>> 5);
        mask.bits[word] = (mask.bits[word] as number) | (1 << (x & 31));
      }
    }
  }
}

/** One region in both label maps, on one box. */
export interface MaskPair {
  readonly reference: BitMask;
  readonly prediction: BitMask;
}

/** Both masks of a region, cut to a box that holds them. */
export function regionMasks(
  scan: LabelScan,
  reference: LabelVolume,
  prediction: LabelVolume,
  ids: readonly number[],
  box: Box,
): MaskPair {
  const masks = { reference: emptyMask(box), prediction: emptyMask(box) };
  const { runs } = scan;
  if (runs !== null) {
    fillFromRuns(masks.reference, box, reference.shape, runs, runs.byReference, ids);
    fillFromRuns(masks.prediction, box, prediction.shape, runs, runs.byPrediction, ids);
    return masks;
  }
  const wanted = new Set(ids);
  const inRegion = (label: number): boolean => wanted.has(scan.ids.map.get(label) ?? 0);
  const { table } = scan.ids;
  const flags = table === null ? null : Uint8Array.from(table, (id) => (id !== 0 && wanted.has(id) ? 1 : 0));
  const test = flags === null ? inRegion : (label: number): boolean => flags[label] === 1;
  fillFromVoxels(masks.reference, box, reference, test);
  fillFromVoxels(masks.prediction, box, prediction, test);
  return masks;
}
