/**
 * One direction of a boundary comparison: every surface point of one side, its area class (from its eight voxels) and its distance
 * to the surface of the other side. Points on both surfaces lie at 0 and need no search.
 */
import { countersOf } from "./histogram";
import { planeOf } from "./planes";
import { d, rowBytes, rows, words } from "./region";
import { search, wasFar } from "./nearest";
import { meeting, SHELL_BYTES, shellCounters, shells, shellsEnd } from "./shells";
import { surfaceFlagsOf, surfaceOf, surfaceSlice } from "./surface";

/** Area class by the eight voxels of a point, two bits (x - 1, x) for each of the rows (y-1, z-1), (y, z-1), (y-1, z), (y, z). */
let classes: usize = 0;

export function setClasses(table: usize): void {
  classes = table;
}

/** Counter of the area class of point `bit`; the arguments are the four rows, shifted by one and as they are. */
// @ts-ignore: decorator
@inline
function classAt(bit: u64, sa: u64, a: u64, sb: u64, b: u64, sc: u64, c: u64, se: u64, e: u64): usize {
  const key =
    ((sa >> bit) & 1) |
    (((a >> bit) & 1) << 1) |
    (((sb >> bit) & 1) << 2) |
    (((b >> bit) & 1) << 3) |
    (((sc >> bit) & 1) << 4) |
    (((c >> bit) & 1) << 5) |
    (((se >> bit) & 1) << 6) |
    (((e >> bit) & 1) << 7);
  return <usize>load<u8>(classes + <usize>key);
}

// @ts-ignore: decorator
@inline
function increment(counter: usize): void {
  store<u32>(counter, load<u32>(counter) + 1);
}

export function measure(from: u32): void {
  const plane = planeOf(from);
  const surface = surfaceOf(from);
  const flags = surfaceFlagsOf(from);
  const other = surfaceOf(1 - from);
  const slice = <usize>rows * rowBytes;
  let coincident: usize = 0;
  let lastSquared: f64 = -1;
  let lastCounters: usize = 0;
  for (let k: u32 = 0; k <= d; k++) {
    for (let j: u32 = 0; j < rows; j++) {
      const at = <usize>k * <usize>rows + <usize>j;
      if (!load<u8>(flags + at)) continue;
      const offset = <usize>k * surfaceSlice + <usize>j * rowBytes;
      const ra = plane + at * rowBytes;
      const rb = ra + rowBytes;
      const rc = ra + slice;
      const re = rc + rowBytes;
      for (let word: u32 = 0; word < words; word++) {
        const p = <usize>word << 3;
        const points = load<u64>(surface + offset + p);
        if (points == 0) continue;
        const a = load<u64>(ra + p);
        const b = load<u64>(rb + p);
        const c = load<u64>(rc + p);
        const e = load<u64>(re + p);
        const sa = (a << 1) | (load<u64>(ra + p - 8) >> 63);
        const sb = (b << 1) | (load<u64>(rb + p - 8) >> 63);
        const sc = (c << 1) | (load<u64>(rc + p - 8) >> 63);
        const se = (e << 1) | (load<u64>(re + p - 8) >> 63);
        let same = points & load<u64>(other + offset + p);
        let rest = points ^ same;
        if (same != 0) {
          if (coincident == 0) coincident = countersOf(0);
          do {
            const bit = ctz(same);
            same &= same - 1;
            increment(coincident + (classAt(bit, sa, a, sb, b, sc, c, se, e) << 2));
          } while (same != 0);
        }
        if (rest != 0 && !wasFar) {
          for (let shell = shells; shell < shellsEnd; shell += SHELL_BYTES) {
            let met = rest & meeting(other + offset + p + <usize>load<i32>(shell), <u64>load<u32>(shell, 4));
            if (met == 0) continue;
            rest ^= met;
            const counters = shellCounters(shell);
            do {
              const bit = ctz(met);
              met &= met - 1;
              increment(counters + (classAt(bit, sa, a, sb, b, sc, c, se, e) << 2));
            } while (met != 0);
            if (rest == 0) break;
          }
        }
        while (rest != 0) {
          const bit = ctz(rest);
          rest &= rest - 1;
          const squared = search(<i32>(word << 6) + <i32>bit, j, k);
          if (squared != lastSquared) {
            lastSquared = squared;
            lastCounters = countersOf(squared);
          }
          increment(lastCounters + (classAt(bit, sa, a, sb, b, sc, c, se, e) << 2));
        }
      }
    }
  }
}
