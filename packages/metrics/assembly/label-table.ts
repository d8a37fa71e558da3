/**
 * Dense ids (1 and up) for the labels that some region names; 0 for every other value. Values below the size of the table are
 * looked up directly, larger ones (sparse 32-bit labels) by open addressing.
 */
import { allocate } from "./memory";

let direct: usize = 0;
let directSize: u32 = 0;
let hashed: usize = 0;
let hashMask: u32 = 0;
let labelIds: u32 = 0;
/** Labels found so far where every label gets an id; 0 where the labels are given. */
let foundAddress: usize = 0;
let foundCount: u32 = 0;

export function idCount(): u32 {
  return labelIds;
}

/** `labels` holds `count` distinct u32 values, none 0; label number n becomes id n + 1. At most 65,535. */
export function setLabels(labels: usize, count: u32, tableSize: u32): void {
  labelIds = count;
  foundAddress = 0;
  directSize = tableSize;
  direct = allocate((<u64>tableSize) << 1);
  memory.fill(direct, 0, <usize>tableSize << 1);
  let large: u32 = 0;
  for (let n: u32 = 0; n < count; n++) {
    const label = load<u32>(labels + (<usize>n << 2));
    if (label < tableSize) store<u16>(direct + (<usize>label << 1), <u16>(n + 1));
    else large++;
  }
  hashed = 0;
  if (large == 0) return;
  let size: u32 = 16;
  while (size < large << 1) size <<= 1;
  hashMask = size - 1;
  hashed = allocate((<u64>size) << 3);
  memory.fill(hashed, 0, <usize>size << 3);
  for (let n: u32 = 0; n < count; n++) {
    const label = load<u32>(labels + (<usize>n << 2));
    if (label < tableSize) continue;
    let slot = (label * 0x9e3779b1) & hashMask;
    while (load<u32>(hashed + (<usize>slot << 3), 4) != 0) slot = (slot + 1) & hashMask;
    store<u32>(hashed + (<usize>slot << 3), label);
    store<u32>(hashed + (<usize>slot << 3), n + 1, 4);
  }
}

/** Every label below 65,536 gets an id when it is met, up to `most` of them. */
export function findLabels(most: u32): void {
  labelIds = most;
  hashed = 0;
  directSize = 1 << 16;
  direct = allocate(<u64>directSize << 1);
  memory.fill(direct, 0, <usize>directSize << 1);
  foundAddress = allocate(<u64>most << 2);
  foundCount = 0;
}

/** Labels that were met (u32 each), in the order of their ids. */
export function foundLabels(): usize {
  return foundAddress;
}

export function foundLabelCount(): u32 {
  return foundCount;
}

/** A value without an id is of no interest where labels are given; else it gets one. 0 where it cannot have one. */
export function newIdOf(label: u32): u32 {
  if (label >= directSize || foundCount == labelIds) return 0;
  store<u32>(foundAddress + (<usize>foundCount << 2), label);
  foundCount += 1;
  store<u16>(direct + (<usize>label << 1), <u16>foundCount);
  return foundCount;
}

// @ts-ignore: decorator
@inline
export function findsLabels(): bool {
  return foundAddress != 0;
}

// @ts-ignore: decorator
@inline
export function idOf(label: u32): u32 {
  if (label < directSize) return <u32>load<u16>(direct + (<usize>label << 1));
  return hashed == 0 ? 0 : idOfLarge(label);
}

function idOfLarge(label: u32): u32 {
  let slot = (label * 0x9e3779b1) & hashMask;
  while (true) {
    const entry = hashed + (<usize>slot << 3);
    const id = load<u32>(entry, 4);
    if (id == 0 || load<u32>(entry) == label) return id;
    slot = (slot + 1) & hashMask;
  }
}
