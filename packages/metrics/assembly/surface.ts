/**
 * Surface words: which points of the dual grid lie on the surface of a side, 64 points a step. A point is on the surface when its
 * eight voxels are neither all clear (OR of the four rows around it, at i - 1 and i) nor all set (AND of them).
 */
import { allocate } from "./memory";
import { flagsOf, planeOf } from "./planes";
import { d, rowBytes, rows, words } from "./region";

let surface0: usize = 0;
let surface1: usize = 0;
let surfaceFlags0: usize = 0;
let surfaceFlags1: usize = 0;
let surfaceRows: usize = 0;

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
  const count = (<u64>d + 1) * <u64>rows;
  surfaceFlags0 = allocate(count);
  surfaceFlags1 = allocate(count);
  surface0 = allocate(count * <u64>rowBytes + 16) + 16;
  surface1 = allocate(count * <u64>rowBytes + 16) + 16;
  surfaceRows = <usize>count;
}

export function clearSurfaces(): void {
  for (let row: usize = 0; row < surfaceRows; row++) {
    if (load<u8>(surfaceFlags0 + row)) memory.fill(surface0 + row * rowBytes, 0, rowBytes);
    if (load<u8>(surfaceFlags1 + row)) memory.fill(surface1 + row * rowBytes, 0, rowBytes);
  }
  memory.fill(surfaceFlags0, 0, surfaceRows);
  memory.fill(surfaceFlags1, 0, surfaceRows);
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
      const out = surface + at * rowBytes;
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
