/**
 * One pass over both label maps: how often every pair of labels meets, the joint box of every label, and the runs of equal label
 * pairs, so that afterwards a region costs what it covers and not what the volume holds.
 */
import type { Counts } from "./case-comparison.ts";
import { countsOf, type LabelPairs, PairCounter } from "./label-pairs.ts";
import { type LabelRuns, RunCollector } from "./label-runs.ts";
import type { LabelVolume, Region } from "./label-volume.ts";

/** Dense ids are 16-bit. */
const MOST_LABELS = 65_535;

/** Inclusive voxel bounds. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly z0: number;
  readonly x1: number;
  readonly y1: number;
  readonly z1: number;
}

/** A dense number (1 and up) for every label that some region names; 0 for all others. */
export interface LabelIds {
  readonly count: number;
  /** By label, where the voxel type is narrow enough for a table. */
  readonly table: Uint16Array | null;
  readonly map: ReadonlyMap<number, number>;
}

export interface LabelScan {
  readonly ids: LabelIds;
  readonly voxels: number;
  readonly pairs: LabelPairs;
  /** Six numbers an id: x0 y0 z0 x1 y1 z1 of both maps together. */
  readonly bounds: Int32Array;
  /** null where there are too many (`MOST_RUNS`). */
  readonly runs: LabelRuns | null;
}

function labelIds(regions: readonly Region[], bytes: number): LabelIds {
  const map = new Map<number, number>();
  for (const { labels } of regions) {
    for (const label of labels) if (!map.has(label)) map.set(label, map.size + 1);
  }
  if (map.size > MOST_LABELS) throw new RangeError(`${map.size} distinct labels asked for; at most ${MOST_LABELS}`);
  if (bytes > 2) return { count: map.size, table: null, map };
  const table = new Uint16Array(1 << (8 * bytes));
  for (const [label, id] of map) if (label < table.length) table[label] = id;
  return { count: map.size, table, map };
}

/** Four labels at a time, where the labels are bytes that begin on a word boundary. */
function asWords(data: LabelVolume["data"]): Uint32Array | null {
  if (data.BYTES_PER_ELEMENT !== 1 || data.byteOffset % 4 !== 0) return null;
  return new Uint32Array(data.buffer, data.byteOffset, data.length >>> 2);
}

/** First voxel after `from` at which either map changes its label. */
function runEnd(
  reference: LabelVolume["data"],
  prediction: LabelVolume["data"],
  words: readonly [Uint32Array, Uint32Array] | null,
  from: number,
): number {
  const r = reference[from] as number;
  const p = prediction[from] as number;
  const end = reference.length;
  let at = from + 1;
  if (words !== null) {
    while (at < end && at % 4 !== 0 && reference[at] === r && prediction[at] === p) at += 1;
    if (at % 4 === 0) {
      const [referenceWords, predictionWords] = words;
      const rrrr = Math.imul(r, 0x01010101) >>> 0;
      const pppp = Math.imul(p, 0x01010101) >>> 0;
      let word = at >>> 2;
      while (word < referenceWords.length && referenceWords[word] === rrrr && predictionWords[word] === pppp) word += 1;
      at = word * 4;
    }
  }
  while (at < end && reference[at] === r && prediction[at] === p) at += 1;
  return at;
}

/** Widens the box of one id by a run. A run over a row end touches both ends of the rows, so the box stays exact. */
function widen(bounds: Int32Array, id: number, start: number, end: number, nx: number, ny: number): void {
  const firstRow = Math.floor(start / nx);
  const lastRow = Math.floor((end - 1) / nx);
  const oneRow = firstRow === lastRow;
  const z0 = Math.floor(firstRow / ny);
  const z1 = Math.floor(lastRow / ny);
  const oneSlice = z0 === z1;
  const x0 = oneRow ? start - firstRow * nx : 0;
  const x1 = oneRow ? end - 1 - firstRow * nx : nx - 1;
  const y0 = oneSlice ? firstRow - z0 * ny : 0;
  const y1 = oneSlice ? lastRow - z1 * ny : ny - 1;
  const at = id * 6;
  if (x0 < (bounds[at] as number)) bounds[at] = x0;
  if (y0 < (bounds[at + 1] as number)) bounds[at + 1] = y0;
  if (z0 < (bounds[at + 2] as number)) bounds[at + 2] = z0;
  if (x1 > (bounds[at + 3] as number)) bounds[at + 3] = x1;
  if (y1 > (bounds[at + 4] as number)) bounds[at + 4] = y1;
  if (z1 > (bounds[at + 5] as number)) bounds[at + 5] = z1;
}

/**
 * Scans two label maps of equal shape once.
 *
 * @throws RangeError for more than 65,535 distinct labels.
 */
export function scanLabels(reference: LabelVolume, prediction: LabelVolume, regions: readonly Region[]): LabelScan {
  const bytes = Math.max(reference.data.BYTES_PER_ELEMENT, prediction.data.BYTES_PER_ELEMENT);
  const ids = labelIds(regions, bytes);
  const pairs = new PairCounter(ids.count);
  const bounds = new Int32Array((ids.count + 1) * 6);
  for (let at = 0; at < bounds.length; at += 1) bounds[at] = at % 6 < 3 ? 0x7fff_ffff : -1;
  const collector = new RunCollector();
  const referenceWords = asWords(reference.data);
  const predictionWords = asWords(prediction.data);
  const words = referenceWords && predictionWords ? ([referenceWords, predictionWords] as const) : null;
  const idOf = (label: number): number =>
    ids.table === null ? (ids.map.get(label) ?? 0) : (ids.table[label] as number);
  const [nx, ny] = reference.shape;
  const end = reference.data.length;
  for (let start = 0; start < end; ) {
    const stop = runEnd(reference.data, prediction.data, words, start);
    const r = idOf(reference.data[start] as number);
    const p = idOf(prediction.data[start] as number);
    pairs.add(r, p, stop - start);
    if (r !== 0 || p !== 0) {
      collector.add(start, stop - start, r, p);
      if (r !== 0) widen(bounds, r, start, stop, nx, ny);
      if (p !== 0 && p !== r) widen(bounds, p, start, stop, nx, ny);
    }
    start = stop;
  }
  return { ids, voxels: end, pairs: pairs.finish(), bounds, runs: collector.finish(ids.count) };
}

/** Dense ids of a region's labels, each once. */
export function regionIds(scan: LabelScan, region: Region): readonly number[] {
  return [...new Set(region.labels)].map((label) => scan.ids.map.get(label) ?? 0);
}

/** Voxel counts of a region. */
export function regionCounts(scan: LabelScan, ids: readonly number[]): Counts {
  return countsOf(scan.pairs, ids, scan.voxels);
}

/** The box that holds a region in both maps; null when it is in neither. */
export function regionBox(scan: LabelScan, ids: readonly number[]): Box | null {
  const low = [0x7fff_ffff, 0x7fff_ffff, 0x7fff_ffff];
  const high = [-1, -1, -1];
  for (const id of ids) {
    for (let axis = 0; axis < 3; axis += 1) {
      low[axis] = Math.min(low[axis] as number, scan.bounds[id * 6 + axis] as number);
      high[axis] = Math.max(high[axis] as number, scan.bounds[id * 6 + 3 + axis] as number);
    }
  }
  const [x0 = 0, y0 = 0, z0 = 0] = low;
  const [x1 = -1, y1 = -1, z1 = -1] = high;
  return x1 < 0 ? null : { x0, y0, z0, x1, y1, z1 };
}

/** A box with room on every side, as far as the image goes. */
export function withMargin(box: Box, margin: number, [nx, ny, nz]: LabelVolume["shape"]): Box {
  return {
    x0: Math.max(0, box.x0 - margin),
    y0: Math.max(0, box.y0 - margin),
    z0: Math.max(0, box.z0 - margin),
    x1: Math.min(nx - 1, box.x1 + margin),
    y1: Math.min(ny - 1, box.y1 + margin),
    z1: Math.min(nz - 1, box.z1 + margin),
  };
}
