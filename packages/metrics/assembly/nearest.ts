/**
 * The nearest surface point, exactly. Squared distance = (X2[dx] + Y2[dy]) + Z2[dz] with X2[n] = (n * spacing)^2, every operation
 * rounded to float64 in this order. Rounding is monotone, so Y2 + Z2 never exceeds a distance in that row and a row whose bound is
 * not below the best distance so far can be left out without changing a bit.
 *
 * Near: rows around the query in ascending order of their bound (the list of `setSteps`). Far: rows are OR-ed in blocks, blocks whose
 * bound is not below the best are left out, and the nearest point of the query before gives the first bound.
 */
import { allocate } from "./memory";
import { d, h, rowBytes, rows, w, words } from "./region";
import { surfaceFlagsOf, surfaceOf, surfaceSlice } from "./surface";

let spacingX: f64 = 1;
let spacingY: f64 = 1;
let spacingZ: f64 = 1;
let blockY: u32 = 8;
let blockZ: u32 = 8;

/** Steps: f64 bound, i32 dy, i32 dz; ascending bounds. Every row with a bound below `stepsReach` is among them. */
let steps: usize = 0;
let stepsEnd: usize = 0;
let stepsReach: f64 = 0;

// Tables of the region.
let squaresX: usize = 0;
let squaresY: usize = 0;
let squaresZ: usize = 0;

// The searched surface.
let target: usize = 0;
let targetFlags: usize = 0;
let blocks: usize = 0;
let blockFlags: usize = 0;
let blockRowBytes: usize = 0;
let blockCols: i32 = 0;
let firstBlockY: i32 = 0;
let lastBlockY: i32 = 0;
let firstBlockZ: i32 = 0;
let lastBlockZ: i32 = 0;

// The nearest point of the last query.
let bestX: i32 = 0;
let bestJ: i32 = 0;
let bestK: i32 = 0;
/** The last query was answered by the far search: the next one is probably far as well. */
export let wasFar: bool = false;

export function setSpacing(sx: f64, sy: f64, sz: f64): void {
  spacingX = sx;
  spacingY = sy;
  spacingZ = sz;
  // Blocks of about the same extent along both axes.
  blockY = <u32>max<f64>(1, min<f64>(8, nearest<f64>((8 * sz) / sy)));
  blockZ = <u32>max<f64>(1, min<f64>(8, nearest<f64>((8 * sy) / sz)));
}

export function setSteps(list: usize, count: u32, reach: f64): void {
  steps = list;
  stepsEnd = list + (<usize>count << 4);
  stepsReach = reach;
}

function squares(count: u32, spacing: f64): usize {
  const table = allocate(<u64>count << 3);
  for (let n: u32 = 0; n < count; n++) {
    const length = <f64>n * spacing;
    store<f64>(table + (<usize>n << 3), length * length);
  }
  return table;
}

export function allocateTables(): void {
  // A search along a row may look at a distance one word beyond its end.
  squaresX = squares(w + 66, spacingX);
  squaresY = squares(h + 1, spacingY);
  squaresZ = squares(d + 1, spacingZ);
}

// @ts-ignore: decorator
@inline
function square(table: usize, n: i32): f64 {
  return load<f64>(table + (<usize>n << 3));
}

/** Row (j, k) of the searched surface. */
// @ts-ignore: decorator
@inline
function rowOf(j: i32, k: i32): usize {
  return target + <usize>k * surfaceSlice + <usize>j * rowBytes;
}

/** The side that is searched, and its blocks. */
export function setTarget(side: u32): void {
  target = surfaceOf(side);
  targetFlags = surfaceFlagsOf(side);
  wasFar = false;
  blockCols = (rows + blockY - 1) / blockY;
  const blockLayers = (d + 1 + blockZ - 1) / blockZ;
  blockRowBytes = <usize>words << 3;
  const count = <u64>blockCols * <u64>blockLayers;
  blockFlags = allocate(count);
  blocks = allocate(count * <u64>blockRowBytes);
  firstBlockY = i32.MAX_VALUE;
  firstBlockZ = i32.MAX_VALUE;
  lastBlockY = -1;
  lastBlockZ = -1;
  for (let k: u32 = 0; k <= d; k++) {
    const bk = k / blockZ;
    for (let j: u32 = 0; j < rows; j++) {
      const at = <usize>k * <usize>rows + <usize>j;
      if (!load<u8>(targetFlags + at)) continue;
      const bj = j / blockY;
      const block = <usize>bk * <usize>blockCols + <usize>bj;
      store<u8>(blockFlags + block, 1);
      firstBlockY = min<i32>(firstBlockY, bj);
      lastBlockY = max<i32>(lastBlockY, bj);
      firstBlockZ = min<i32>(firstBlockZ, bk);
      lastBlockZ = max<i32>(lastBlockZ, bk);
      const from = target + <usize>k * surfaceSlice + <usize>j * rowBytes;
      const to = blocks + block * blockRowBytes;
      for (let p: usize = 0; p < blockRowBytes; p += 8) store<u64>(to + p, load<u64>(to + p) | load<u64>(from + p));
    }
  }
}

/** Signed distance along a row to its nearest set bit, or i32.MAX_VALUE where none can be below `best`. */
// @ts-ignore: decorator
@inline
function nearestBit(row: usize, i: i32, y2: f64, z2: f64, best: f64): i32 {
  const at = i >> 6;
  const bit = i & 63;
  const word = load<u64>(row + (<usize>at << 3));
  const above = word >> <u64>bit;
  const below = word << <u64>(63 - bit);
  let right = above != 0 ? <i32>ctz(above) : i32.MAX_VALUE;
  let left = below != 0 ? <i32>clz(below) : i32.MAX_VALUE;
  let reach = 64 - bit;
  let q = at + 1;
  while (q < <i32>words && reach < min(left, right) && square(squaresX, reach) + y2 + z2 < best) {
    const next = load<u64>(row + (<usize>q << 3));
    if (next != 0) {
      right = reach + <i32>ctz(next);
      break;
    }
    reach += 64;
    q++;
  }
  reach = bit + 1;
  q = at - 1;
  while (q >= 0 && reach < min(left, right) && square(squaresX, reach) + y2 + z2 < best) {
    const next = load<u64>(row + (<usize>q << 3));
    if (next != 0) {
      left = reach + <i32>clz(next);
      break;
    }
    reach += 64;
    q--;
  }
  return left < right ? -left : right;
}

// @ts-ignore: decorator
@inline
function magnitude(n: i32): i32 {
  return n < 0 ? -n : n;
}

function searchBlock(bj: i32, bk: i32, i: i32, j: i32, k: i32, best: f64): f64 {
  const kEnd = min<i32>((bk + 1) * <i32>blockZ, <i32>d + 1);
  const jEnd = min<i32>((bj + 1) * <i32>blockY, <i32>rows);
  for (let kk = bk * <i32>blockZ; kk < kEnd; kk++) {
    const z2 = square(squaresZ, magnitude(kk - k));
    if (z2 >= best) continue;
    for (let jj = bj * <i32>blockY; jj < jEnd; jj++) {
      const at = <usize>kk * <usize>rows + <usize>jj;
      if (!load<u8>(targetFlags + at)) continue;
      const y2 = square(squaresY, magnitude(jj - j));
      if (y2 + z2 >= best) continue;
      const n = nearestBit(rowOf(jj, kk), i, y2, z2, best);
      if (n == i32.MAX_VALUE) continue;
      const squared = square(squaresX, magnitude(n)) + y2 + z2;
      if (squared < best) {
        best = squared;
        bestX = i + n;
        bestJ = jj;
        bestK = kk;
      }
    }
  }
  return best;
}

// @ts-ignore: decorator
@inline
function gap(at: i32, block: i32, size: i32): i32 {
  const from = block * size;
  if (at < from) return from - at;
  const last = from + size - 1;
  return at > last ? at - last : 0;
}

function searchLayer(bk: i32, i: i32, j: i32, k: i32, z2: f64, best: f64): f64 {
  const middle = max(firstBlockY, min(lastBlockY, j / <i32>blockY));
  for (let direction = 0; direction < 2; direction++) {
    const step = direction == 0 ? 1 : -1;
    for (let bj = direction == 0 ? middle : middle - 1; bj >= firstBlockY && bj <= lastBlockY; bj += step) {
      const y2 = square(squaresY, gap(j, bj, blockY));
      if (y2 + z2 >= best) break;
      const block = <usize>bk * <usize>blockCols + <usize>bj;
      if (!load<u8>(blockFlags + block)) continue;
      const n = nearestBit(blocks + block * blockRowBytes, i, y2, z2, best);
      if (n == i32.MAX_VALUE || square(squaresX, magnitude(n)) + y2 + z2 >= best) continue;
      best = searchBlock(bj, bk, i, j, k, best);
    }
  }
  return best;
}

function searchFar(i: i32, j: i32, k: i32, best: f64): f64 {
  const middle = max(firstBlockZ, min(lastBlockZ, k / <i32>blockZ));
  for (let direction = 0; direction < 2; direction++) {
    const step = direction == 0 ? 1 : -1;
    for (let bk = direction == 0 ? middle : middle - 1; bk >= firstBlockZ && bk <= lastBlockZ; bk += step) {
      const z2 = square(squaresZ, gap(k, bk, blockZ));
      if (z2 >= best) break;
      best = searchLayer(bk, i, j, k, z2, best);
    }
  }
  return best;
}

/** Squared distance of dual point (i, j, k) to the searched surface, which must not be empty. */
export function search(i: i32, j: i32, k: i32): f64 {
  let best = Infinity;
  if (wasFar) {
    best =
      square(squaresX, magnitude(bestX - i)) + square(squaresY, magnitude(bestJ - j)) + square(squaresZ, magnitude(bestK - k));
    if (best >= stepsReach) {
      return searchFar(i, j, k, best);
    }
    wasFar = false;
  }
  for (let step = steps; step < stepsEnd; step += 16) {
    if (load<f64>(step) >= best) return best;
    const dy = load<i32>(step, 8);
    const dz = load<i32>(step, 12);
    const jj = j + dy;
    const kk = k + dz;
    if (<u32>jj >= rows || <u32>kk > d) continue;
    const at = <usize>kk * <usize>rows + <usize>jj;
    if (!load<u8>(targetFlags + at)) continue;
    const y2 = square(squaresY, magnitude(dy));
    const z2 = square(squaresZ, magnitude(dz));
    const n = nearestBit(rowOf(jj, kk), i, y2, z2, best);
    if (n == i32.MAX_VALUE) continue;
    const squared = square(squaresX, magnitude(n)) + y2 + z2;
    if (squared < best) {
      best = squared;
      bestX = i + n;
      bestJ = jj;
      bestK = kk;
    }
  }
  if (stepsReach >= best) return best;
  wasFar = true;
  return searchFar(i, j, k, best);
}
