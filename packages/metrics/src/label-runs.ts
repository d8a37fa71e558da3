/** Runs of equal (reference, prediction) label pairs: a lossless short form of both label maps. */

/** Beyond this many runs (salt and pepper) none are kept and masks are cut from the volumes: bounds memory at 64 MiB. */
export const MOST_RUNS = 1 << 22;

/** Which runs carry a label: run numbers `order[offsets[id]]` to `order[offsets[id + 1] - 1]`. */
export interface RunIndex {
  readonly order: Uint32Array;
  readonly offsets: Uint32Array;
}

/** Maximal stretches of one label pair in voxel order; a run may go on over row ends. */
export interface LabelRuns {
  readonly start: Uint32Array;
  readonly length: Uint32Array;
  readonly byReference: RunIndex;
  readonly byPrediction: RunIndex;
}

/** Runs grouped by label id, by counting sort. Id 0 (no region) is left out. */
function indexRuns(ids: Uint16Array, largestId: number): RunIndex {
  const offsets = new Uint32Array(largestId + 2);
  for (const id of ids) if (id !== 0) offsets[id + 1] = (offsets[id + 1] as number) + 1;
  for (let id = 1; id < offsets.length; id += 1) {
    offsets[id] = (offsets[id] as number) + (offsets[id - 1] as number);
  }
  const next = offsets.slice();
  const order = new Uint32Array(offsets[largestId + 1] as number);
  ids.forEach((id, run) => {
    if (id === 0) return;
    const at = next[id] as number;
    order[at] = run;
    next[id] = at + 1;
  });
  return { order, offsets };
}

/** Collects runs while a scan goes on; gives up for good at MOST_RUNS. */
export class RunCollector {
  #start = new Uint32Array(1 << 12);
  #length = new Uint32Array(1 << 12);
  #referenceId = new Uint16Array(1 << 12);
  #predictionId = new Uint16Array(1 << 12);
  #count = 0;
  #overflown = false;

  add(start: number, length: number, referenceId: number, predictionId: number): void {
    if (this.#overflown) return;
    if (this.#count === this.#start.length) {
      if (this.#count === MOST_RUNS) {
        this.#overflown = true;
        return;
      }
      this.#grow();
    }
    const at = this.#count;
    this.#start[at] = start;
    this.#length[at] = length;
    this.#referenceId[at] = referenceId;
    this.#predictionId[at] = predictionId;
    this.#count = at + 1;
  }

  #grow(): void {
    const old = [this.#start, this.#length, this.#referenceId, this.#predictionId] as const;
    const size = this.#count * 2;
    this.#start = new Uint32Array(size);
    this.#length = new Uint32Array(size);
    this.#referenceId = new Uint16Array(size);
    this.#predictionId = new Uint16Array(size);
    this.#start.set(old[0]);
    this.#length.set(old[1]);
    this.#referenceId.set(old[2]);
    this.#predictionId.set(old[3]);
  }

  /** The runs, or null when there were more than MOST_RUNS. */
  finish(largestId: number): LabelRuns | null {
    if (this.#overflown) return null;
    return {
      start: this.#start.subarray(0, this.#count),
      length: this.#length.subarray(0, this.#count),
      byReference: indexRuns(this.#referenceId.subarray(0, this.#count), largestId),
      byPrediction: indexRuns(this.#predictionId.subarray(0, this.#count), largestId),
    };
  }
}
