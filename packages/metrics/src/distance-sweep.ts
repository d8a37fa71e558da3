/**
 * Distances to a surface for all points of its grid, line by line: the way out where the nearest-surface search would have far to
 * go for very many points. Cost depends on the grid only, memory on one slab of 32 columns.
 *
 * The same number as the search, to the last bit: rounding keeps order, so the minimum of ((dx s0)^2 + (dy s1)^2) + (dz s2)^2 may
 * be taken axis by axis, first over dx, then of (x + y), then of (xy + z). Each step is a lower envelope of parabolas
 * (Felzenszwalb & Huttenlocher 2012); envelopes are compared with slack and every candidate near a crossing is evaluated, so that
 * ties that differ in the last bit are decided by the expression itself.
 */
import type { SurfacePlane } from "./surface-plane.ts";

/** A parabola leaves the envelope only when it is below for no stretch longer than minus this, in steps. */
const SLACK = 1e-7;
/** Parabolas whose crossing is within this of a point, in steps, are all evaluated there. */
const NEAR = 1e-5;

/** Scratch of one thread of lines. */
interface Envelope {
  readonly position: Int32Array;
  readonly value: Float64Array;
  /** Where a parabola begins to be the lowest. */
  readonly start: Float64Array;
}

function envelopeOf(length: number): Envelope {
  return { position: new Int32Array(length), value: new Float64Array(length), start: new Float64Array(length + 1) };
}

/**
 * `out[q]` = minimum over p of `values[from + p * stride]` + `squares[|q - p|]`, every sum rounded once.
 *
 * @param squareMm spacing squared: the curvature of the parabolas.
 */
function minimumAlongLine(
  values: Float64Array,
  from: number,
  stride: number,
  length: number,
  squares: Float64Array,
  squareMm: number,
  { position, value, start }: Envelope,
  out: Float64Array,
): void {
  let top = -1;
  for (let p = 0; p < length; p += 1) {
    const own = values[from + p * stride] as number;
    if (own === Number.POSITIVE_INFINITY) continue;
    let begin = Number.NEGATIVE_INFINITY;
    while (top >= 0) {
      const other = position[top] as number;
      begin = ((own - (value[top] as number)) / squareMm + (p - other) * (p + other)) / (2 * (p - other));
      if (top === 0 || begin >= (start[top] as number) - SLACK) break;
      top -= 1;
    }
    top += 1;
    position[top] = p;
    value[top] = own;
    start[top] = top === 0 ? Number.NEGATIVE_INFINITY : begin;
  }
  start[top + 1] = Number.POSITIVE_INFINITY;
  let lowest = 0;
  for (let q = 0; q < length; q += 1) {
    while (lowest < top && (start[lowest + 1] as number) < q - NEAR) lowest += 1;
    let best = Number.POSITIVE_INFINITY;
    for (let at = lowest; at <= top && (start[at] as number) <= q + NEAR; at += 1) {
      const sum = (value[at] as number) + (squares[Math.abs(q - (position[at] as number))] as number);
      if (sum < best) best = sum;
    }
    out[q] = best;
  }
}

function squaresOf(count: number, spacing: number): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => n * spacing * (n * spacing));
}

/** Squared distance along x from each of the 32 columns of a word to the nearest set bit of a row. */
function alongRow(plane: SurfacePlane, row: number, word: number, squares: Float64Array, out: Float64Array): boolean {
  const { bits, wordsPerRow, width } = plane;
  let before = -1;
  for (let at = word - 1; at >= 0 && before < 0; at -= 1) {
    const left = bits[row + at] as number;
    if (left !== 0) before = at * 32 + 31 - Math.clz32(left);
  }
  let after = -1;
  for (let at = word + 1; at < wordsPerRow && after < 0; at += 1) {
    const right = bits[row + at] as number;
    if (right !== 0) after = at * 32 + 31 - Math.clz32(right & -right);
  }
  const own = bits[row + word] as number;
  if (own === 0 && before < 0 && after < 0) return false;
  const columns = Math.min(32, width - word * 32);
  for (let x = 0; x < columns; x += 1) {
    if (((own >>> x) & 1) === 1) before = word * 32 + x;
    out[x] = before < 0 ? Number.POSITIVE_INFINITY : (squares[word * 32 + x - before] as number);
  }
  for (let x = columns - 1; x >= 0; x -= 1) {
    if (((own >>> x) & 1) === 1) after = word * 32 + x;
    if (after >= 0) out[x] = Math.min(out[x] as number, squares[after - word * 32 - x] as number);
  }
  return true;
}

/**
 * Calls `visit` for every word of `from` at or after a word number that has points, with the squared distances (mm^2) of its 32
 * columns to the surface `to`; those of columns without a point mean nothing.
 *
 * @param from, to surfaces on one grid; `to` is not empty.
 * @param firstWord words before this are passed over.
 */
export function sweepDistances(
  from: SurfacePlane,
  to: SurfacePlane,
  spacingMm: readonly [number, number, number],
  firstWord: number,
  visit: (word: number, j: number, k: number, squared: Float64Array) => void,
): void {
  const { width, height, depth, wordsPerRow } = to;
  const [x2, y2, z2] = [
    squaresOf(width, spacingMm[0]),
    squaresOf(height, spacingMm[1]),
    squaresOf(depth, spacingMm[2]),
  ];
  const [, ySquare, zSquare] = spacingMm.map((spacing) => spacing * spacing) as [number, number, number];
  const envelope = envelopeOf(Math.max(height, depth));
  const line = new Float64Array(Math.max(height, depth));
  const row = new Float64Array(32);
  /** Column x of row (j, k) at `(k * 32 + x) * height + j`. */
  const slab = new Float64Array(32 * height * depth);
  /** Column x of slice k at `k * 32 + x`, for one j. */
  const squared = new Float64Array(32 * depth);
  for (let word = 0; word < wordsPerRow; word += 1) {
    const columns = Math.min(32, width - word * 32);
    slab.fill(Number.POSITIVE_INFINITY);
    for (let k = 0; k < depth; k += 1) {
      let occupied = false;
      for (let j = 0; j < height; j += 1) {
        if (!alongRow(to, (k * height + j) * wordsPerRow, word, x2, row)) continue;
        occupied = true;
        for (let x = 0; x < columns; x += 1) slab[(k * 32 + x) * height + j] = row[x] as number;
      }
      if (!occupied) continue;
      for (let x = 0; x < columns; x += 1) {
        const at = (k * 32 + x) * height;
        minimumAlongLine(slab, at, 1, height, y2, ySquare, envelope, line);
        slab.set(line.subarray(0, height), at);
      }
    }
    for (let j = 0; j < height; j += 1) {
      let asked = 0;
      for (let k = 0; k < depth; k += 1) {
        const at = (k * height + j) * wordsPerRow + word;
        if (at >= firstWord) asked |= from.bits[at] as number;
      }
      for (let x = 0; x < columns; x += 1) {
        if (((asked >>> x) & 1) === 0) continue;
        minimumAlongLine(slab, x * height + j, 32 * height, depth, z2, zSquare, envelope, line);
        for (let k = 0; k < depth; k += 1) squared[k * 32 + x] = line[k] as number;
      }
      for (let k = 0; k < depth; k += 1) {
        const at = (k * height + j) * wordsPerRow + word;
        if (at >= firstWord && from.bits[at] !== 0) visit(word, j, k, squared.subarray(k * 32, k * 32 + 32));
      }
    }
  }
}
