/** Bit planes of one region: its voxels in the reference (side 0) and in the prediction (side 1), cut to the joint box. */
import { idOf } from "./label-table";
import { allocate } from "./memory";
import { d, h, rowBytes, rows, w, words, x0, y0, z0 } from "./region";
import { labelEntry } from "./runs";

let plane0: usize = 0;
let plane1: usize = 0;
/** One byte a row: 1 where a row has a set bit. */
let flags0: usize = 0;
let flags1: usize = 0;
let planeRows: usize = 0;

// @ts-ignore: decorator
@inline
export function planeOf(side: u32): usize {
  return side == 0 ? plane0 : plane1;
}

// @ts-ignore: decorator
@inline
export function flagsOf(side: u32): usize {
  return side == 0 ? flags0 : flags1;
}

export function allocatePlanes(): void {
  const count = (<u64>d + 2) * <u64>rows + 1;
  flags0 = allocate(count);
  flags1 = allocate(count);
  // One zero word before the first row.
  plane0 = allocate(count * <u64>rowBytes + 16) + 16;
  plane1 = allocate(count * <u64>rowBytes + 16) + 16;
  planeRows = <usize>count;
}

/** Makes the planes zero again, at the cost of the rows that were used. */
export function clearPlanes(): void {
  for (let row: usize = 0; row < planeRows; row++) {
    if (load<u8>(flags0 + row)) memory.fill(plane0 + row * rowBytes, 0, rowBytes);
    if (load<u8>(flags1 + row)) memory.fill(plane1 + row * rowBytes, 0, rowBytes);
  }
  memory.fill(flags0, 0, planeRows);
  memory.fill(flags1, 0, planeRows);
}

// @ts-ignore: decorator
@inline
function setBits(row: usize, from: u32, to: u32): void {
  const first = row + ((<usize>from >> 6) << 3);
  const last = row + ((<usize>(to - 1) >> 6) << 3);
  const head = <u64>-1 << (from & 63);
  const tail = <u64>-1 >> (63 - ((to - 1) & 63));
  if (first == last) {
    store<u64>(first, load<u64>(first) | (head & tail));
    return;
  }
  store<u64>(first, load<u64>(first) | head);
  for (let p = first + 8; p < last; p += 8) store<u64>(p, <u64>-1);
  store<u64>(last, load<u64>(last) | tail);
}

/** Draws the runs of `count` labels (ids, u32 each). */
export function drawRuns(side: u32, ny: u32, ids: usize, count: u32): void {
  const plane = planeOf(side);
  const flags = flagsOf(side);
  for (let n: u32 = 0; n < count; n++) {
    let run = <usize>load<u32>(labelEntry(side, load<u32>(ids + (<usize>n << 2))));
    let lastRow: u32 = u32.MAX_VALUE;
    let line: usize = 0;
    while (run != 0) {
      const row = load<u32>(run, 8);
      if (row != lastRow) {
        lastRow = row;
        const z = row / ny;
        const at = <usize>(z - z0 + 1) * <usize>rows + <usize>(row - z * ny - y0 + 1);
        store<u8>(flags + at, 1);
        line = plane + at * rowBytes;
      }
      setBits(line, load<u32>(run) - x0, load<u32>(run, 4) - x0);
      run = <usize>load<u32>(run, 12);
    }
  }
}

// @ts-ignore: decorator
@inline
function drawTyped<T>(side: u32, voxels: usize, firstRow: u32, count: u32, member: usize, single: u32): void {
  const plane = planeOf(side);
  const flags = flagsOf(side);
  let p = voxels;
  for (let n: u32 = 0; n < count; n++) {
    const row = firstRow + n;
    const z = row / h;
    const at = <usize>(z + 1) * <usize>rows + <usize>(row - z * h + 1);
    const line = plane + at * rowBytes;
    let any: u64 = 0;
    for (let x: u32 = 0; x < w; x += 64) {
      const stop = min<u32>(64, w - x);
      let word: u64 = 0;
      if (single != 0) {
        const value = <T>single;
        let i: u32 = 0;
        if (sizeof<T>() == 1) {
          const splat = v128.splat<T>(value);
          for (; i + 16 <= stop; i += 16) {
            word |= <u64>(<u32>i8x16.bitmask(i8x16.eq(v128.load(p + i), splat))) << i;
          }
        }
        for (; i < stop; i++) word |= <u64>(load<T>(p + <usize>i * sizeof<T>()) == value) << i;
      } else {
        for (let i: u32 = 0; i < stop; i++) {
          const id = idOf(<u32>load<T>(p + <usize>i * sizeof<T>()));
          word |= <u64>load<u8>(member + <usize>id) << i;
        }
      }
      p += <usize>stop * sizeof<T>();
      store<u64>(line + ((<usize>x >> 6) << 3), word);
      any |= word;
    }
    store<u8>(flags + at, <u8>(any != 0));
  }
}

/**
 * Draws whole rows of voxels, for label maps with too many runs to keep. The box must be the whole grid. `member` says by id which
 * labels belong to the region; where that is one label, `single` is its value, else 0.
 */
export function drawVoxels(side: u32, voxels: usize, bytesPerVoxel: u32, firstRow: u32, count: u32, member: usize, single: u32): void {
  if (bytesPerVoxel == 1) drawTyped<u8>(side, voxels, firstRow, count, member, single);
  else if (bytesPerVoxel == 2) drawTyped<u16>(side, voxels, firstRow, count, member, single);
  else drawTyped<u32>(side, voxels, firstRow, count, member, single);
}

function countRow(row: usize): u64 {
  let bits: u64 = 0;
  for (let word: u32 = 0; word < words; word++) bits += popcnt(load<u64>(row + (<usize>word << 3)));
  return bits;
}

/** Set voxels of a side. */
export function countPlane(side: u32): f64 {
  const plane = planeOf(side);
  const flags = flagsOf(side);
  let bits: u64 = 0;
  for (let row: usize = 0; row < planeRows; row++) {
    if (load<u8>(flags + row)) bits += countRow(plane + row * rowBytes);
  }
  return <f64>bits;
}

/** Voxels set on both sides. */
export function countOverlap(): f64 {
  let bits: u64 = 0;
  for (let row: usize = 0; row < planeRows; row++) {
    if (!(load<u8>(flags0 + row) & load<u8>(flags1 + row))) continue;
    const a = plane0 + row * rowBytes;
    const b = plane1 + row * rowBytes;
    for (let word: u32 = 0; word < words; word++) {
      bits += popcnt(load<u64>(a + (<usize>word << 3)) & load<u64>(b + (<usize>word << 3)));
    }
  }
  return <f64>bits;
}
