/**
 * The nearest points that are a few voxels away, 64 queries a step: in ascending order of distance, the searched surface is shifted by
 * an offset (both signs of x at once) onto the queries; those that meet a set bit have found their distance, the others go on to the next
 * offset. Of the offsets around a point none that is nearer than the last one of the list is missing from it.
 */
import { allocate } from "./memory";
import { countersOf } from "./histogram";
import { rowBytes } from "./region";
import { setReach, surfaceSlice } from "./surface";

/** Given with the case: f64 squared distance, i32 dx >= 0, i32 dy, i32 dz, i32 padding. */
const GIVEN_BYTES: usize = 24;
/** Of the region: i32 byte offset of the row, u32 dx, u32 address of the counters or 0, u32 padding, f64 squared distance. */
export const SHELL_BYTES: usize = 24;

let given: usize = 0;
let givenCount: u32 = 0;
export let shells: usize = 0;
export let shellsEnd: usize = 0;

export function setShells(list: usize, count: u32, reachY: u32, reachZ: u32): void {
  given = list;
  givenCount = count;
  setReach(reachY, reachZ);
}

/** Lays the shells out for the rows of this region. */
export function allocateShells(): void {
  shells = allocate(<u64>givenCount * <u64>SHELL_BYTES);
  shellsEnd = shells + <usize>givenCount * SHELL_BYTES;
  for (let n: usize = 0; n < <usize>givenCount; n++) {
    const from = given + n * GIVEN_BYTES;
    const shell = shells + n * SHELL_BYTES;
    store<i32>(shell, load<i32>(from, 12) * <i32>rowBytes + load<i32>(from, 16) * <i32>surfaceSlice);
    store<u32>(shell, load<u32>(from, 8), 4);
    store<f64>(shell, load<f64>(from), 16);
  }
}

/** New counters, for the other direction. */
export function resetShells(): void {
  for (let shell = shells; shell < shellsEnd; shell += SHELL_BYTES) store<u32>(shell, 0, 8);
}

/** Bits of the word at `at` whose row has a set bit `dx` to the left or to the right. */
// @ts-ignore: decorator
@inline
export function meeting(at: usize, dx: u64): u64 {
  const word = load<u64>(at);
  if (dx == 0) return word;
  const right = (word >> dx) | (load<u64>(at + 8) << (64 - dx));
  const left = (word << dx) | (load<u64>(at - 8) >> (64 - dx));
  return right | left;
}

// @ts-ignore: decorator
@inline
export function shellCounters(shell: usize): usize {
  const known = <usize>load<u32>(shell, 8);
  return known != 0 ? known : firstCounters(shell);
}

function firstCounters(shell: usize): usize {
  const counters = countersOf(load<f64>(shell, 16));
  store<u32>(shell, <u32>counters, 8);
  return counters;
}
