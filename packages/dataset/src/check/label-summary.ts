/**
 * What a label map holds: for every label its voxels, box, centre and connected pieces (26 neighbours, as the checkers of MONAI and
 * cc3d count them). Works on runs along x, so that background costs one pass and nothing more.
 */
import { type LabelMap, voxelVolumeMm3 } from "@segathlon/volume";

export interface LabelSummary {
  readonly value: number;
  readonly voxels: number;
  readonly volumeMl: number;
  /** First and last voxel index along each axis. */
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
  /** Mean voxel index. */
  readonly centre: readonly [number, number, number];
  /** Connected pieces; null where there are too many runs to count them. */
  readonly components: number | null;
  /** Voxels of the largest piece. */
  readonly largestComponent: number | null;
}

/** Above this number of runs (noise, not anatomy) pieces are not counted. */
const maxRuns = 6_000_000;

/** Labels in ascending order; background is left out. */
export function summariseLabels(labelMap: LabelMap): LabelSummary[] {
  const { labels, geometry } = labelMap;
  const [nx, ny, nz] = geometry.shape;
  const rows = ny * nz;
  const rowStart = new Uint32Array(rows + 1);
  let capacity = 4096;
  let runFrom = new Uint32Array(capacity);
  let runTo = new Uint32Array(capacity);
  let runLabel = new Uint32Array(capacity);
  let runs = 0;
  for (let row = 0; row < rows; row += 1) {
    rowStart[row] = runs;
    const at = row * nx;
    for (let i = 0; i < nx; ) {
      const value = labels[at + i] as number;
      if (value === 0) {
        i += 1;
        continue;
      }
      const first = i;
      while (i < nx && labels[at + i] === value) i += 1;
      if (runs === capacity) {
        capacity *= 2;
        runFrom = grown(runFrom, capacity);
        runTo = grown(runTo, capacity);
        runLabel = grown(runLabel, capacity);
      }
      runFrom[runs] = first;
      runTo[runs] = i - 1;
      runLabel[runs] = value;
      runs += 1;
    }
  }
  rowStart[rows] = runs;
  const found = new Map<number, MutableSummary>();
  for (let row = 0, run = 0; row < rows; row += 1) {
    const j = row % ny;
    const k = (row - j) / ny;
    for (; run < (rowStart[row + 1] as number); run += 1) {
      const value = runLabel[run] as number;
      const [from, to] = [runFrom[run] as number, runTo[run] as number];
      const length = to - from + 1;
      let one = found.get(value);
      if (one === undefined) {
        one = { voxels: 0, low: [from, j, k], high: [to, j, k], sum: [0, 0, 0], components: 0, largest: 0 };
        found.set(value, one);
      }
      one.voxels += length;
      one.sum[0] += ((from + to) / 2) * length;
      one.sum[1] += j * length;
      one.sum[2] += k * length;
      one.low[0] = Math.min(one.low[0], from);
      one.low[1] = Math.min(one.low[1], j);
      one.high[0] = Math.max(one.high[0], to);
      one.high[1] = Math.max(one.high[1], j);
      one.high[2] = k;
    }
  }
  const counted = runs <= maxRuns;
  if (counted) countPieces({ nx, ny, nz, rowStart, runFrom, runTo, runLabel, runs }, found);
  const voxelMl = voxelVolumeMm3(geometry.spacingMm) / 1000;
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([value, one]) => ({
      value,
      voxels: one.voxels,
      volumeMl: one.voxels * voxelMl,
      low: one.low,
      high: one.high,
      centre: [one.sum[0] / one.voxels, one.sum[1] / one.voxels, one.sum[2] / one.voxels],
      components: counted ? one.components : null,
      largestComponent: counted ? one.largest : null,
    }));
}

interface MutableSummary {
  voxels: number;
  low: [number, number, number];
  high: [number, number, number];
  sum: [number, number, number];
  components: number;
  largest: number;
}

interface Runs {
  readonly nx: number;
  readonly ny: number;
  readonly nz: number;
  readonly rowStart: Uint32Array;
  readonly runFrom: Uint32Array;
  readonly runTo: Uint32Array;
  readonly runLabel: Uint32Array;
  readonly runs: number;
}

/** Joins runs of one label that touch, also across corners, and counts what remains apart. */
function countPieces(
  { ny, nz, rowStart, runFrom, runTo, runLabel, runs }: Runs,
  found: ReadonlyMap<number, MutableSummary>,
): void {
  const parent = new Uint32Array(runs);
  for (let run = 0; run < runs; run += 1) parent[run] = run;
  const root = (run: number): number => {
    let at = run;
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number;
      at = parent[at] as number;
    }
    return at;
  };
  const meet = (a: number, b: number): void => {
    if (runLabel[a] !== runLabel[b]) return;
    if ((runFrom[a] as number) > (runTo[b] as number) + 1 || (runFrom[b] as number) > (runTo[a] as number) + 1) return;
    const [p, q] = [root(a), root(b)];
    if (p !== q) parent[Math.max(p, q)] = Math.min(p, q);
  };
  const join = (row: number, other: number): void => {
    let a = rowStart[row] as number;
    let b = rowStart[other] as number;
    const lastA = rowStart[row + 1] as number;
    const lastB = rowStart[other + 1] as number;
    while (a < lastA && b < lastB) {
      meet(a, b);
      const [endA, endB] = [runTo[a] as number, runTo[b] as number];
      if (endA === endB) {
        // Runs of other labels may follow at once: each of the two can touch the other's successor across a corner.
        if (b + 1 < lastB) meet(a, b + 1);
        if (a + 1 < lastA) meet(a + 1, b);
        a += 1;
        b += 1;
      } else if (endA < endB) a += 1;
      else b += 1;
    }
  };
  for (let k = 0; k < nz; k += 1) {
    for (let j = 0; j < ny; j += 1) {
      const row = j + ny * k;
      if (rowStart[row] === rowStart[row + 1]) continue;
      if (j > 0) join(row, row - 1);
      if (k > 0) for (let dj = Math.max(0, j - 1); dj <= Math.min(ny - 1, j + 1); dj += 1) join(row, dj + ny * (k - 1));
    }
  }
  const size = new Float64Array(runs);
  for (let run = 0; run < runs; run += 1) {
    const at = root(run);
    size[at] = (size[at] as number) + (runTo[run] as number) - (runFrom[run] as number) + 1;
  }
  for (let run = 0; run < runs; run += 1) {
    if (parent[run] !== run) continue;
    const one = found.get(runLabel[run] as number);
    if (one === undefined) continue;
    one.components += 1;
    one.largest = Math.max(one.largest, size[run] as number);
  }
}

function grown(array: Uint32Array<ArrayBuffer>, capacity: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(capacity);
  larger.set(array);
  return larger;
}
