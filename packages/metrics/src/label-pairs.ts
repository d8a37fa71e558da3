/** How often every label of the reference meets every label of the prediction: the confusion matrix, kept sparse. */
import type { Counts } from "./case-comparison.ts";

/** Cells of the largest square table that is kept dense while counting (1,447 labels): 16 MiB. */
const MOST_DENSE = 1 << 21;

/** Pairs that occur, grouped by reference id: those of id n are `offsets[n]` to `offsets[n + 1] - 1`. Id 0 is every other label. */
export interface LabelPairs {
  readonly offsets: Uint32Array;
  readonly predictionId: Uint32Array;
  readonly voxels: Float64Array;
  /** Voxels of each id in each map. */
  readonly inReference: Float64Array;
  readonly inPrediction: Float64Array;
}

/** Counts pairs of ids while a scan goes on. */
export class PairCounter {
  readonly #width: number;
  readonly #dense: Float64Array | null;
  readonly #sparse = new Map<number, number>();

  /** @param ids largest id. */
  constructor(ids: number) {
    this.#width = ids + 1;
    this.#dense = this.#width * this.#width <= MOST_DENSE ? new Float64Array(this.#width * this.#width) : null;
  }

  add(referenceId: number, predictionId: number, voxels: number): void {
    const pair = referenceId * this.#width + predictionId;
    if (this.#dense !== null) this.#dense[pair] = (this.#dense[pair] as number) + voxels;
    else this.#sparse.set(pair, (this.#sparse.get(pair) ?? 0) + voxels);
  }

  finish(): LabelPairs {
    const width = this.#width;
    const pairs: number[] = [];
    for (const pair of this.#sparse.keys()) pairs.push(pair);
    pairs.sort((a, b) => a - b);
    this.#dense?.forEach((count, pair) => {
      if (count > 0) pairs.push(pair);
    });
    const offsets = new Uint32Array(width + 1);
    const predictionId = new Uint32Array(pairs.length);
    const voxels = new Float64Array(pairs.length);
    const inReference = new Float64Array(width);
    const inPrediction = new Float64Array(width);
    pairs.forEach((pair, at) => {
      const r = Math.floor(pair / width);
      const p = pair - r * width;
      const count = (this.#dense === null ? this.#sparse.get(pair) : this.#dense[pair]) ?? 0;
      predictionId[at] = p;
      voxels[at] = count;
      offsets[r + 1] = at + 1;
      inReference[r] = (inReference[r] as number) + count;
      inPrediction[p] = (inPrediction[p] as number) + count;
    });
    for (let id = 1; id <= width; id += 1) offsets[id] = Math.max(offsets[id] as number, offsets[id - 1] as number);
    return { offsets, predictionId, voxels, inReference, inPrediction };
  }
}

/** Voxel counts of a union of ids. */
export function countsOf(pairs: LabelPairs, ids: readonly number[], gridVoxels: number): Counts {
  const inside = new Set(ids);
  let reference = 0;
  let prediction = 0;
  let tp = 0;
  for (const id of inside) {
    reference += pairs.inReference[id] as number;
    prediction += pairs.inPrediction[id] as number;
    for (let at = pairs.offsets[id] as number; at < (pairs.offsets[id + 1] as number); at += 1) {
      if (inside.has(pairs.predictionId[at] as number)) tp += pairs.voxels[at] as number;
    }
  }
  return { tp, fp: prediction - tp, fn: reference - tp, tn: gridVoxels - reference - prediction + tp };
}
