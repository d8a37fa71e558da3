/**
 * Surface words: which points of the dual grid lie on the surface of a side, 64 points a step. A point is on the surface when its
 * eight voxels are neither all clear (OR of the four rows around it, at i - 1 and i) nor all set (AND of them).
 *
 * Empty rows lie behind every slice and empty slices before and behind all of them, as many as the shells of `shells.ts` reach, so
 * that a shell reads a row without asking whether it is there.
 */
import { allocate } from "./memory";
import { flagsOf, planeOf } from "./planes";
import { d, rowBytes, rows, words } from "./region";

let reachY: u32 = 0;
let reachZ: u32 = 0;

let surface0: usize = 0;
let surface1: usize = 0;
/** One byte for each row (k * rows + j): 1 where it has a set bit. */
let surfaceFlags0: usize = 0;
let surfaceFlags1: usize = 0;
/** Bytes from one slice of surface words to the next. */
export let surfaceSlice: usize = 0;

/** Rows and slices to either side that are read without asking. */
export function setReach(y: u32, z: u32): void {
  reachY = y;
  reachZ = z;
}

/** Address of row (0, 0). */
// @ts-ignore: decorator
@inline
export function surfaceOf(side: u32): usize {
  return side == 0 ? surface0 : surface1;
}

// @ts-ignore: decorator
@inline
export function surfaceFlagsOf(side: u32): usize {
  return side == 0 ? surfaceFlags0 : surfaceFlags1;
}

export function allocateSurfaces(): void {
  const flags = (<u64>d + 1) * <u64>rows;
  surfaceFlags0 = allocate(flags);
  surfaceFlags1 = allocate(flags);
  const slice = (<u64>rows + <u64>reachY) * <u64>rowBytes;
  const before = slice * <u64>reachZ + <u64>reachY * <u64>rowBytes + 16;
  const bytes = before + slice * (<u64>d + 1 + <u64>reachZ);
  surface0 = allocate(bytes) + <usize>before;
  surface1 = allocate(bytes) + <usize>before;
  surfaceSlice = <usize>slice;
}

export function clearSurfaces(): void {
  for (let k: usize = 0; k <= <usize>d; k++) {
    for (let j: usize = 0; j < <usize>rows; j++) {
      const at = k * <usize>rows + j;
      const offset = k * surfaceSlice + j * rowBytes;
      if (load<u8>(surfaceFlags0 + at)) memory.fill(surface0 + offset, 0, rowBytes);
      if (load<u8>(surfaceFlags1 + at)) memory.fill(surface1 + offset, 0, rowBytes);
    }
  }
  const flags = (<usize>d + 1) * <usize>rows;
  memory.fill(surfaceFlags0, 0, flags);
  memory.fill(surfaceFlags1, 0, flags);
}

/** Fills the surface words of a side from its voxels. */
export function drawSurface(side: u32): void {
  const plane = planeOf(side);
  const flags = flagsOf(side);
  const surface = surfaceOf(side);
  const surfaceFlags = surfaceFlagsOf(side);
  const slice = <usize>rows * rowBytes;
  for (let k: usize = 0; k <= <usize>d; k++) {
    for (let j: usize = 0; j < <usize>rows; j++) {
      const at = k * <usize>rows + j;
      // Voxel rows (y-1, z-1), (y, z-1), (y-1, z), (y, z) around the dual row.
      const near = load<u16>(flags + at) | load<u16>(flags + at + <usize>rows);
      if (near == 0) continue;
      const a = plane + at * rowBytes;
      const b = a + rowBytes;
      const c = a + slice;
      const e = c + rowBytes;
      const out = surface + k * surfaceSlice + j * rowBytes;
      let carryOr: u64 = 0;
      let carryAnd: u64 = 0;
      let any: u64 = 0;
      for (let p: usize = 0; p < <usize>words << 3; p += 8) {
        const va = load<u64>(a + p);
        const vb = load<u64>(b + p);
        const vc = load<u64>(c + p);
        const ve = load<u64>(e + p);
        const or = va | vb | vc | ve;
        const and = va & vb & vc & ve;
        const points = (or | (or << 1) | carryOr) & ~(and & ((and << 1) | carryAnd));
        carryOr = or >> 63;
        carryAnd = and >> 63;
        any |= points;
        store<u64>(out + p, points);
      }
      store<u8>(surfaceFlags + at, <u8>(any != 0));
    }
  }
}
