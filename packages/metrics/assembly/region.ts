/**
 * The box of one region and its layout in memory.
 *
 * Bit planes: one bit a voxel (or a dual-grid point), 64 to a word, x fastest. A row has `words` words and one zero word behind it,
 * so that reading one word to the left or to the right of a row is always defined. Dual point i lies between voxels i - 1 and i,
 * so a row holds w + 1 points. Rows of voxels are numbered (z + 1) * rows + (y + 1) with rows = h + 1: row 0 of a slice is empty and
 * is also the row behind the last one of the slice before; slices -1 and d are empty. Rows of the dual grid are k * rows + j.
 */
import { labelEntry } from "./runs";

export let x0: u32 = 0;
export let y0: u32 = 0;
export let z0: u32 = 0;
export let w: u32 = 0;
export let h: u32 = 0;
export let d: u32 = 0;
/** Rows in a slice of the dual grid. */
export let rows: u32 = 0;
export let words: u32 = 0;
/** Bytes from one row to the next. */
export let rowBytes: usize = 0;

export function setBox(left: u32, right: u32, front: u32, back: u32, bottom: u32, up: u32): void {
  x0 = left;
  y0 = front;
  z0 = bottom;
  w = right - left;
  h = back - front;
  d = up - bottom;
  rows = h + 1;
  words = (w + 64) >> 6;
  rowBytes = (<usize>words + 1) << 3;
}

/** Joint box of `count` labels (ids, u32 each) on both sides. Returns false where no voxel carries any of them. */
export function setBoxOfLabels(ids: usize, count: u32): bool {
  let left: u32 = u32.MAX_VALUE;
  let front: u32 = u32.MAX_VALUE;
  let bottom: u32 = u32.MAX_VALUE;
  let right: u32 = 0;
  let back: u32 = 0;
  let up: u32 = 0;
  for (let side: u32 = 0; side < 2; side++) {
    for (let n: u32 = 0; n < count; n++) {
      const entry = labelEntry(side, load<u32>(ids + (<usize>n << 2)));
      if (load<u32>(entry) == 0) continue;
      left = min(left, load<u32>(entry, 24));
      right = max(right, load<u32>(entry, 28));
      front = min(front, load<u32>(entry, 32));
      back = max(back, load<u32>(entry, 36));
      bottom = min(bottom, load<u32>(entry, 40));
      up = max(up, load<u32>(entry, 44));
    }
  }
  if (right == 0) return false;
  setBox(left, right, front, back, bottom, up);
  return true;
}

/** Voxels of a side that carry one of the labels. */
export function voxelsOfLabels(side: u32, ids: usize, count: u32): f64 {
  let voxels: u64 = 0;
  for (let n: u32 = 0; n < count; n++) {
    voxels += load<u64>(labelEntry(side, load<u32>(ids + (<usize>n << 2))), 16);
  }
  return <f64>voxels;
}
