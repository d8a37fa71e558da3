/**
 * Scan: one pass over a label map, 64 bytes a step while the value does not change, into runs. A run is a stretch of one label
 * within one row; the runs of a label form a chain in voxel order. The voxels are not read again.
 *
 * A side is one of the two label maps: 0 the reference, 1 the prediction.
 */
import { findsLabels, idCount, idOf, newIdOf } from "./label-table";
import { allocate } from "./memory";

/** Run: x0, x1 (exclusive), row (y + ny * z), address of the next run of the label or 0. */
export const RUN_BYTES: usize = 16;
const CHUNK_RUNS: usize = 1024;

/** Label: first run, last run, number of runs, padding, voxels (u64), x0, x1 (exclusive), y0, y1 (exclusive), z0, z1 (exclusive). */
const LABEL_BYTES: usize = 48;

let nx: u32 = 0;
let ny: u32 = 0;
let mostRuns: u32 = 0;

const labelsOf = memory.data(8);
let labels: usize = 0;
let chunkNext: usize = 0;
let chunkEnd: usize = 0;
let runCount: u32 = 0;

// State of the scan between two blocks.
let position: u32 = 0;
let runStart: u32 = 0;
let runLabel: u32 = 0;
let rowStart: u32 = 0;
let row: u32 = 0;
let rowY: u32 = 0;
let rowZ: u32 = 0;

export function setRows(width: u32, height: u32, runLimit: u32): void {
  nx = width;
  ny = height;
  mostRuns = runLimit;
}

// @ts-ignore: decorator
@inline
export function labelEntry(side: u32, id: u32): usize {
  return <usize>load<u32>(labelsOf + (<usize>side << 2)) + <usize>id * LABEL_BYTES;
}

/** Begins the runs of a side: none yet. */
export function beginSide(side: u32): void {
  const bytes = (<usize>idCount() + 1) * LABEL_BYTES;
  labels = allocate(<u64>bytes);
  memory.fill(labels, 0, bytes);
  store<u32>(labelsOf + (<usize>side << 2), <u32>labels);
  chunkNext = 0;
  chunkEnd = 0;
  runCount = 0;
  position = 0;
  runStart = 0;
  runLabel = 0;
  rowStart = 0;
  row = 0;
  rowY = 0;
  rowZ = 0;
}

function enterRow(start: u32): void {
  row = start / nx;
  rowStart = row * nx;
  rowZ = row / ny;
  rowY = row - rowZ * ny;
}

/** Links a stored run into its label's chain and extends the label's box. */
// @ts-ignore: decorator
@inline
function link(entry: usize, run: usize, x0: u32, x1: u32, y: u32, z: u32): void {
  const last = load<u32>(entry, 4);
  store<u32>(entry, <u32>run, 4);
  store<u32>(entry, load<u32>(entry, 8) + 1, 8);
  store<u64>(entry, load<u64>(entry, 16) + <u64>(x1 - x0), 16);
  if (last == 0) {
    store<u32>(entry, <u32>run);
    store<u32>(entry, x0, 24);
    store<u32>(entry, x1, 28);
    store<u32>(entry, y, 32);
    store<u32>(entry, z, 40);
  } else {
    store<u32>(<usize>last, <u32>run, 12);
    if (x0 < load<u32>(entry, 24)) store<u32>(entry, x0, 24);
    if (x1 > load<u32>(entry, 28)) store<u32>(entry, x1, 28);
    if (y < load<u32>(entry, 32)) store<u32>(entry, y, 32);
  }
  // Voxel order: z never goes back.
  if (y >= load<u32>(entry, 36)) store<u32>(entry, y + 1, 36);
  store<u32>(entry, z + 1, 44);
}

/** Ends the run of `runLabel` at `end`, cut at row ends. Returns false where there would be too many runs or labels. */
function closeRun(end: u32): bool {
  let id = idOf(runLabel);
  if (id == 0) {
    if (runLabel == 0 || !findsLabels()) return true;
    id = newIdOf(runLabel);
    if (id == 0) return false;
  }
  const entry = labels + <usize>id * LABEL_BYTES;
  let start = runStart;
  while (start < end) {
    if (start - rowStart >= nx) enterRow(start);
    const stop = min(end, rowStart + nx);
    if (chunkNext == chunkEnd) {
      if (runCount >= mostRuns) return false;
      chunkNext = allocate(<u64>(CHUNK_RUNS * RUN_BYTES));
      chunkEnd = chunkNext + CHUNK_RUNS * RUN_BYTES;
      runCount += <u32>CHUNK_RUNS;
    }
    const run = chunkNext;
    chunkNext += RUN_BYTES;
    const x0 = start - rowStart;
    const x1 = stop - rowStart;
    store<u32>(run, x0);
    store<u32>(run, x1, 4);
    store<u32>(run, row, 8);
    store<u32>(run, 0, 12);
    link(entry, run, x0, x1, rowY, rowZ);
    start = stop;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function scanTyped<T>(block: usize, voxels: u32): bool {
  const end = block + <usize>voxels * sizeof<T>();
  let p = block;
  let value = <T>runLabel;
  while (true) {
    if (p < end && load<T>(p) == value) {
      const splat = v128.splat<T>(value);
      let differs: i32 = 0;
      while (p + 64 <= end) {
        const any = v128.or(
          v128.or(v128.xor(v128.load(p), splat), v128.xor(v128.load(p, 16), splat)),
          v128.or(v128.xor(v128.load(p, 32), splat), v128.xor(v128.load(p, 48), splat)),
        );
        if (v128.any_true(any)) break;
        p += 64;
      }
      while (p + 16 <= end) {
        differs = i8x16.bitmask(i8x16.ne(v128.load(p), splat));
        if (differs != 0) break;
        p += 16;
      }
      if (differs != 0) p += <usize>ctz(differs) & ~(sizeof<T>() - 1);
      else while (p < end && load<T>(p) == value) p += sizeof<T>();
    }
    if (p >= end) break;
    const at = position + <u32>((p - block) / sizeof<T>());
    if (!closeRun(at)) return false;
    runStart = at;
    value = load<T>(p);
    runLabel = <u32>value;
    p += sizeof<T>();
  }
  position += voxels;
  return true;
}

/** Scans the next voxels of the side that was begun last. Returns false where there are too many runs: the side is then useless. */
export function scanBlock(block: usize, voxels: u32, bytesPerVoxel: u32): bool {
  if (bytesPerVoxel == 1) return scanTyped<u8>(block, voxels);
  if (bytesPerVoxel == 2) return scanTyped<u16>(block, voxels);
  return scanTyped<u32>(block, voxels);
}

/** After the last block. */
export function endSide(): bool {
  return closeRun(position);
}

/** Takes `count` runs of a label that were kept from an earlier scan (three u32 each: x0, x1, row), in voxel order. */
export function adoptRuns(side: u32, id: u32, kept: usize, count: u32): void {
  const entry = labelEntry(side, id);
  let run = allocate(<u64>count * RUN_BYTES);
  for (let n: u32 = 0; n < count; n++, run += RUN_BYTES, kept += 12) {
    const x0 = load<u32>(kept);
    const x1 = load<u32>(kept, 4);
    const at = load<u32>(kept, 8);
    store<u32>(run, x0);
    store<u32>(run, x1, 4);
    store<u32>(run, at, 8);
    store<u32>(run, 0, 12);
    if (at != row || n == 0) {
      row = at;
      rowZ = at / ny;
      rowY = at - rowZ * ny;
    }
    link(entry, run, x0, x1, rowY, rowZ);
  }
}

/** Writes the runs of a label one after the other (three u32 each: x0, x1, row). */
export function packRuns(side: u32, id: u32, to: usize): void {
  let run = <usize>load<u32>(labelEntry(side, id));
  while (run != 0) {
    store<u32>(to, load<u32>(run));
    store<u32>(to, load<u32>(run, 4), 4);
    store<u32>(to, load<u32>(run, 8), 8);
    to += 12;
    run = <usize>load<u32>(run, 12);
  }
}

/** Number of runs of a label. */
export function runsOf(side: u32, id: u32): u32 {
  return load<u32>(labelEntry(side, id), 8);
}
