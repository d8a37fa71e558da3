/**
 * Exact distance from a dual point to the nearest point of a surface, without a distance map.
 *
 * The squared distance is the minimum of ((dx s0)^2 + (dy s1)^2) + (dz s2)^2 over the surface, every operation rounded to float64
 * in this order (scipy's distance_transform_edt evaluates the same expression). Rounding keeps order, so a row or a block may be
 * passed over when the expression of its nearest corner is not below the best so far: nothing is approximated.
 *
 * Rows are searched outwards from the query. Where the nearest surface is far, rows are first tested eight by eight: a coarse row
 * is the union of 8 x 8 rows.
 */
import type { SurfacePlane } from "./surface-plane.ts";

/** Rows within the radius of the best known distance beyond which the coarse rows are worth their price. */
const MANY_ROWS = 128;

/** `table[n]` = (n * spacing)^2. */
function squares(count: number, spacing: number): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => n * spacing * (n * spacing));
}

function coarseRows(plane: SurfacePlane): { bits: Int32Array; height: number; depth: number } {
  const height = (plane.height + 7) >>> 3;
  const depth = (plane.depth + 7) >>> 3;
  const { wordsPerRow } = plane;
  const bits = new Int32Array(height * depth * wordsPerRow);
  for (let k = 0, from = 0; k < plane.depth; k += 1) {
    for (let j = 0; j < plane.height; j += 1) {
      const to = ((k >>> 3) * height + (j >>> 3)) * wordsPerRow;
      for (let word = 0; word < wordsPerRow; word += 1, from += 1) {
        bits[to + word] = (bits[to + word] as number) | (plane.bits[from] as number);
      }
    }
  }
  return { bits, height, depth };
}

/** Answers nearest-surface questions about one surface. Remembers the last answer: neighbouring questions have near answers. */
export class NearestSurfel {
  readonly #plane: SurfacePlane;
  readonly #coarse: { bits: Int32Array; height: number; depth: number };
  readonly #x2: Float64Array;
  readonly #y2: Float64Array;
  readonly #z2: Float64Array;
  readonly #rowsPerSquareMm: number;
  #i = -1;
  #j = -1;
  #k = -1;
  #best = Number.POSITIVE_INFINITY;
  #looks = 0;

  constructor(plane: SurfacePlane, spacingMm: readonly [number, number, number]) {
    this.#plane = plane;
    this.#coarse = coarseRows(plane);
    this.#x2 = squares(plane.width, spacingMm[0]);
    this.#y2 = squares(plane.height, spacingMm[1]);
    this.#z2 = squares(plane.depth, spacingMm[2]);
    this.#rowsPerSquareMm = Math.PI / (spacingMm[1] * spacingMm[2]);
  }

  /** Words looked at so far: the cost of all answers. */
  get looks(): number {
    return this.#looks;
  }

  /** Squared distance in mm^2 from dual point (i, j, k); Infinity when the surface is empty. */
  squaredDistance(i: number, j: number, k: number): number {
    this.#best = Number.POSITIVE_INFINITY;
    if (this.#i >= 0) {
      const dx = this.#x2[Math.abs(i - this.#i)] as number;
      const dy = this.#y2[Math.abs(j - this.#j)] as number;
      this.#best = dx + dy + (this.#z2[Math.abs(k - this.#k)] as number);
    }
    if (this.#best * this.#rowsPerSquareMm <= MANY_ROWS) this.#searchRows(i, j, k);
    else this.#searchCoarse(i, j, k);
    return this.#best;
  }

  /** All rows near enough, nearest slices and rows first. */
  #searchRows(i: number, j: number, k: number): void {
    const { height, depth } = this.#plane;
    const farthestSlice = Math.max(k, depth - 1 - k);
    const farthestRow = Math.max(j, height - 1 - j);
    for (let dz = 0; dz <= farthestSlice; dz += 1) {
      const z2 = this.#z2[dz] as number;
      if (z2 >= this.#best) return;
      for (let dy = 0; dy <= farthestRow; dy += 1) {
        const y2 = this.#y2[dy] as number;
        if (y2 + z2 >= this.#best) break;
        if (k >= dz) this.#bothRows(i, j, dy, k - dz, y2, z2);
        if (dz > 0 && k + dz < depth) this.#bothRows(i, j, dy, k + dz, y2, z2);
      }
    }
  }

  #bothRows(i: number, j: number, dy: number, k: number, y2: number, z2: number): void {
    if (j >= dy) this.#searchRow(i, j - dy, k, y2, z2);
    if (dy > 0 && j + dy < this.#plane.height) this.#searchRow(i, j + dy, k, y2, z2);
  }

  /** Coarse rows outwards; within each that can hold something nearer, its rows. */
  #searchCoarse(i: number, j: number, k: number): void {
    const own = k >>> 3;
    const farthest = Math.max(own, this.#coarse.depth - 1 - own);
    this.#searchBlockSlice(i, j, k, own);
    for (let step = 1; step <= farthest; step += 1) {
      const below = this.#searchBlockSlice(i, j, k, own - step);
      const above = this.#searchBlockSlice(i, j, k, own + step);
      if (!below && !above) return;
    }
  }

  /** Blocks of one slice of blocks, outwards. false when the slice lies outside or is too far along z alone. */
  #searchBlockSlice(i: number, j: number, k: number, blockK: number): boolean {
    if (blockK < 0 || blockK >= this.#coarse.depth) return false;
    const z2 = this.#z2[gap(k, blockK)] as number;
    if (z2 >= this.#best) return false;
    const own = j >>> 3;
    const farthest = Math.max(own, this.#coarse.height - 1 - own);
    this.#searchBlock(i, j, k, own, blockK, z2);
    for (let step = 1; step <= farthest; step += 1) {
      const below = this.#searchBlock(i, j, k, own - step, blockK, z2);
      const above = this.#searchBlock(i, j, k, own + step, blockK, z2);
      if (!below && !above) break;
    }
    return true;
  }

  /** false when the block lies outside or is too far along y and z alone. */
  #searchBlock(i: number, j: number, k: number, blockJ: number, blockK: number, z2: number): boolean {
    if (blockJ < 0 || blockJ >= this.#coarse.height) return false;
    const y2 = this.#y2[gap(j, blockJ)] as number;
    if (y2 + z2 >= this.#best) return false;
    const { wordsPerRow } = this.#plane;
    const row = (blockK * this.#coarse.height + blockJ) * wordsPerRow;
    if (this.#nearestInRow(this.#coarse.bits, row, i, y2, z2) < 0) return true;
    const lastK = Math.min(this.#plane.depth, blockK * 8 + 8);
    const lastJ = Math.min(this.#plane.height, blockJ * 8 + 8);
    for (let rowK = blockK * 8; rowK < lastK; rowK += 1) {
      const rowZ2 = this.#z2[Math.abs(rowK - k)] as number;
      if (rowZ2 >= this.#best) continue;
      for (let rowJ = blockJ * 8; rowJ < lastJ; rowJ += 1) {
        const rowY2 = this.#y2[Math.abs(rowJ - j)] as number;
        if (rowY2 + rowZ2 < this.#best) this.#searchRow(i, rowJ, rowK, rowY2, rowZ2);
      }
    }
    return true;
  }

  #searchRow(i: number, j: number, k: number, y2: number, z2: number): void {
    const { bits, height, wordsPerRow } = this.#plane;
    const dx = this.#nearestInRow(bits, (k * height + j) * wordsPerRow, i, y2, z2);
    if (dx < 0) return;
    this.#best = (this.#x2[dx] as number) + y2 + z2;
    const word = bits[(k * height + j) * wordsPerRow + ((i - dx) >> 5)] as number;
    this.#i = i - dx >= 0 && ((word >>> ((i - dx) & 31)) & 1) === 1 ? i - dx : i + dx;
    this.#j = j;
    this.#k = k;
  }

  /** Steps along x to the nearest set bit of a row if that is nearer than the best so far; otherwise -1. */
  #nearestInRow(bits: Int32Array, row: number, i: number, y2: number, z2: number): number {
    this.#looks += 1;
    const { wordsPerRow } = this.#plane;
    const own = i >>> 5;
    const bit = i & 31;
    const word = bits[row + own] as number;
    let nearest = 0x7fff_ffff;
    const toLeft = word << (31 - bit);
    if (toLeft !== 0) nearest = Math.clz32(toLeft);
    const toRight = word >>> bit;
    if (toRight !== 0) nearest = Math.min(nearest, 31 - Math.clz32(toRight & -toRight));
    // The word n to the left ends `bit + 1 + 32 (n - 1)` steps away, the word n to the right begins `32 n - bit` steps away.
    for (let n = 1; n <= own; n += 1) {
      const gapSteps = bit + 1 + 32 * (n - 1);
      if (gapSteps >= nearest || (this.#x2[gapSteps] as number) + y2 + z2 >= this.#best) break;
      this.#looks += 1;
      const left = bits[row + own - n] as number;
      if (left !== 0) {
        nearest = Math.min(nearest, gapSteps + Math.clz32(left));
        break;
      }
    }
    for (let n = 1; n < wordsPerRow - own; n += 1) {
      const gapSteps = 32 * n - bit;
      if (gapSteps >= this.#x2.length || gapSteps >= nearest) break;
      if ((this.#x2[gapSteps] as number) + y2 + z2 >= this.#best) break;
      this.#looks += 1;
      const right = bits[row + own + n] as number;
      if (right !== 0) {
        nearest = Math.min(nearest, gapSteps + 31 - Math.clz32(right & -right));
        break;
      }
    }
    if (nearest === 0x7fff_ffff) return -1;
    return (this.#x2[nearest] as number) + y2 + z2 < this.#best ? nearest : -1;
  }
}

/** Steps from a coordinate to the nearest of the eight of a block. */
function gap(coordinate: number, block: number): number {
  const first = block * 8;
  if (coordinate < first) return first - coordinate;
  return Math.max(0, coordinate - first - 7);
}
