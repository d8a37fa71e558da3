/**
 * Connected components of a mask by union-find over its runs: voxels are never visited one by one.
 */
import type { BitMask } from "./bit-mask.ts";

/** Voxels that touch: by a face; by a face or an edge; by a face, an edge or a corner. */
export type Connectivity = 6 | 18 | 26;

export interface Components {
  /** Runs in row order: row `z * height + y`, columns `from` to `to` (inclusive). */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Component of each run, 0 to count - 1, numbered by first voxel. */
  readonly component: Int32Array;
  /** Runs of row r: `rowStart[r]` to `rowStart[r + 1] - 1`. */
  readonly rowStart: Int32Array;
  readonly count: number;
  /** Voxels of each component. */
  readonly voxels: Float64Array;
}

interface Runs {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly rowStart: Int32Array;
}

/** First set (or clear, with `flip` -1) bit of a row at or after `x`; `width` when there is none. */
function nextBit(bits: Int32Array, row: number, x: number, width: number, flip: 0 | -1): number {
  for (let word = x >>> 5, from = x & 31; word * 32 < width; word += 1, from = 0) {
    const rest = (((bits[row + word] as number) ^ flip) >>> from) << from;
    if (rest !== 0) return Math.min(width, word * 32 + 31 - Math.clz32(rest & -rest));
  }
  return width;
}

function runsOf(mask: BitMask): Runs {
  const { width, height, depth, wordsPerRow, bits } = mask;
  const rowStart = new Int32Array(height * depth + 1);
  const forEachRun = (visit: (row: number, from: number, to: number) => void): void => {
    for (let z = 0, row = 0; z < depth; z += 1) {
      for (let y = 0; y < height; y += 1, row += 1) {
        const word = ((z + 1) * (height + 2) + y + 1) * wordsPerRow;
        for (let x = nextBit(bits, word, 0, width, 0); x < width; ) {
          const end = nextBit(bits, word, x, width, -1);
          visit(row, x, end - 1);
          x = nextBit(bits, word, end, width, 0);
        }
      }
    }
  };
  forEachRun((row) => {
    rowStart[row + 1] = (rowStart[row + 1] as number) + 1;
  });
  for (let row = 1; row < rowStart.length; row += 1) {
    rowStart[row] = (rowStart[row] as number) + (rowStart[row - 1] as number);
  }
  const count = rowStart[height * depth] as number;
  const from = new Int32Array(count);
  const to = new Int32Array(count);
  let next = 0;
  forEachRun((_row, first, last) => {
    from[next] = first;
    to[next] = last;
    next += 1;
  });
  return { from, to, rowStart };
}

function find(parent: Int32Array, run: number): number {
  let root = run;
  while (parent[root] !== root) {
    parent[root] = parent[parent[root] as number] as number;
    root = parent[root] as number;
  }
  return root;
}

/** Joins the runs of two rows that touch; `reach` 1 lets them touch by a step along x too. The smaller run number is the root. */
function joinRows(runs: Runs, parent: Int32Array, row: number, other: number, reach: 0 | 1): void {
  let a = runs.rowStart[row] as number;
  let b = runs.rowStart[other] as number;
  const endA = runs.rowStart[row + 1] as number;
  const endB = runs.rowStart[other + 1] as number;
  while (a < endA && b < endB) {
    const toA = runs.to[a] as number;
    const toB = runs.to[b] as number;
    if ((runs.from[a] as number) <= toB + reach && (runs.from[b] as number) <= toA + reach) {
      const rootA = find(parent, a);
      const rootB = find(parent, b);
      if (rootA < rootB) parent[rootB] = rootA;
      else parent[rootA] = rootB;
    }
    if (toA < toB) a += 1;
    else b += 1;
  }
}

/** Rows before a row that it can touch: steps in y and z, and how far runs may be apart along x. */
function touchingRows(connectivity: Connectivity): readonly (readonly [number, number, 0 | 1])[] {
  const side = connectivity === 6 ? 0 : 1;
  const faces = [
    [-1, 0, side],
    [0, -1, side],
  ] as const;
  if (connectivity === 6) return faces;
  const corner = connectivity === 26 ? 1 : 0;
  return [...faces, [-1, -1, corner], [1, -1, corner]];
}

/** Labels the components of a mask. */
export function findComponents(mask: BitMask, connectivity: Connectivity): Components {
  const { height, depth } = mask;
  const runs = runsOf(mask);
  const parent = Int32Array.from(runs.from, (_, run) => run);
  for (let z = 0; z < depth; z += 1) {
    for (let y = 0; y < height; y += 1) {
      for (const [dy, dz, reach] of touchingRows(connectivity)) {
        const otherY = y + dy;
        if (otherY < 0 || otherY >= height || z + dz < 0) continue;
        joinRows(runs, parent, z * height + y, (z + dz) * height + otherY, reach);
      }
    }
  }
  const component = new Int32Array(parent.length);
  const voxels: number[] = [];
  for (let run = 0; run < parent.length; run += 1) {
    const root = find(parent, run);
    const own = root === run ? voxels.push(0) - 1 : (component[root] as number);
    component[run] = own;
    voxels[own] = (voxels[own] as number) + (runs.to[run] as number) - (runs.from[run] as number) + 1;
  }
  return { ...runs, component, count: voxels.length, voxels: Float64Array.from(voxels) };
}

/** Calls `visit` for every stretch that a run of each of two masks of one box share. */
export function forEachOverlap(
  a: Components,
  b: Components,
  visit: (runA: number, runB: number, voxels: number) => void,
): void {
  for (let row = 0; row + 1 < a.rowStart.length; row += 1) {
    let runA = a.rowStart[row] as number;
    let runB = b.rowStart[row] as number;
    const endA = a.rowStart[row + 1] as number;
    const endB = b.rowStart[row + 1] as number;
    while (runA < endA && runB < endB) {
      const toA = a.to[runA] as number;
      const toB = b.to[runB] as number;
      const shared = Math.min(toA, toB) - Math.max(a.from[runA] as number, b.from[runB] as number) + 1;
      if (shared > 0) visit(runA, runB, shared);
      if (toA < toB) runA += 1;
      else runB += 1;
    }
  }
}
