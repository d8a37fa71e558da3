/**
 * How many surface elements of each area class lie at each squared distance. Distances take few distinct values, so every distinct
 * one gets a row: the squared distance (f64), then one u32 counter for each area class. Rows are found by open addressing.
 */
import { allocate } from "./memory";

const ENTRY_BYTES: usize = 16;
const ROWS_A_CHUNK: usize = 64;

let classes: u32 = 0;
let rowSize: usize = 0;
let entries: usize = 0;
let entryMask: u32 = 0;
let distinct: u32 = 0;
let rowNext: usize = 0;
let rowEnd: usize = 0;

export function beginHistogram(areaClasses: u32): void {
  classes = areaClasses;
  rowSize = 8 + (((<usize>areaClasses + 1) & ~1) << 2);
  entryMask = 1023;
  entries = allocate(1024 * <u64>ENTRY_BYTES);
  distinct = 0;
  rowNext = 0;
  rowEnd = 0;
}

export function distinctDistances(): u32 {
  return distinct;
}

// @ts-ignore: decorator
@inline
function slotOf(bits: u64): u32 {
  return <u32>((bits * 0x9e3779b97f4a7c15) >> 40) & entryMask;
}

function grow(): void {
  const old = entries;
  const oldSize = entryMask + 1;
  entryMask = (oldSize << 2) - 1;
  entries = allocate((<u64>oldSize << 2) * <u64>ENTRY_BYTES);
  for (let n: u32 = 0; n < oldSize; n++) {
    const entry = old + <usize>n * ENTRY_BYTES;
    const row = load<u32>(entry, 8);
    if (row == 0) continue;
    const bits = load<u64>(entry);
    let slot = slotOf(bits);
    while (load<u32>(entries + <usize>slot * ENTRY_BYTES, 8) != 0) slot = (slot + 1) & entryMask;
    store<u64>(entries + <usize>slot * ENTRY_BYTES, bits);
    store<u32>(entries + <usize>slot * ENTRY_BYTES, row, 8);
  }
}

/** Address of the counters of a squared distance. */
export function countersOf(squared: f64): usize {
  const bits = reinterpret<u64>(squared);
  let slot = slotOf(bits);
  while (true) {
    const entry = entries + <usize>slot * ENTRY_BYTES;
    const row = <usize>load<u32>(entry, 8);
    if (row == 0) break;
    if (load<u64>(entry) == bits) return row + 8;
    slot = (slot + 1) & entryMask;
  }
  if (distinct << 1 > entryMask) {
    grow();
    slot = slotOf(bits);
    while (load<u32>(entries + <usize>slot * ENTRY_BYTES, 8) != 0) slot = (slot + 1) & entryMask;
  }
  if (rowNext == rowEnd) {
    rowNext = allocate(<u64>(ROWS_A_CHUNK * rowSize));
    rowEnd = rowNext + ROWS_A_CHUNK * rowSize;
  }
  const row = rowNext;
  rowNext += rowSize;
  distinct += 1;
  store<f64>(row, squared);
  store<u64>(entries + <usize>slot * ENTRY_BYTES, bits);
  store<u32>(entries + <usize>slot * ENTRY_BYTES, <u32>row, 8);
  return row + 8;
}

/** Addresses of all rows (u32 each), in no order. */
export function listRows(): usize {
  const list = allocate(<u64>distinct << 2);
  let out = list;
  for (let n: u32 = 0; n <= entryMask; n++) {
    const row = load<u32>(entries + <usize>n * ENTRY_BYTES, 8);
    if (row == 0) continue;
    store<u32>(out, row);
    out += 4;
  }
  return list;
}
