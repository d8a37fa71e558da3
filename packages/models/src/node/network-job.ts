/** What the main thread and the workers of a training run share, and how they keep in step. */
import type { Triple } from "../grid3.ts";
import type { NetworkDesign } from "../training/network-design.ts";
import type { TrainingRecipe } from "../training/training-recipe.ts";
import type { PreparedTrainingCase } from "../training/training-sample.ts";

/** Cases in shared memory: all images, then all classes. */
export interface SharedCases {
  readonly buffer: SharedArrayBuffer;
  readonly channels: number;
  readonly entries: readonly {
    readonly shape: Triple;
    readonly image: number;
    readonly classes: number;
    readonly voxels: number;
  }[];
}

export interface NetworkJob {
  readonly worker: number;
  readonly workers: number;
  readonly design: NetworkDesign;
  readonly recipe: TrainingRecipe;
  readonly memory: WebAssembly.Memory;
  readonly training: SharedCases;
  readonly validation: SharedCases;
  readonly control: SharedArrayBuffer;
  readonly numbers: SharedArrayBuffer;
  /** Copy of weights and both moments, made between two steps. */
  readonly checkpoint: SharedArrayBuffer;
  readonly firstStep: number;
  readonly checkpointMs: number;
  readonly validateEvery: number;
}

export type WorkerMessage =
  | { readonly kind: "progress"; readonly step: number; readonly loss: number }
  | { readonly kind: "validation"; readonly step: number; readonly dice: readonly number[] }
  | { readonly kind: "checkpoint"; readonly step: number }
  | { readonly kind: "diverged"; readonly step: number }
  | { readonly kind: "ended" };

/** Places in the shared control words (int32) and numbers (float64). */
export const control = { arrived: 0, generation: 1, stop: 2, decision: 3, words: 16, losses: 0, dice: 64 } as const;

/** Waits until all workers have come here. */
export function barrier(flags: Int32Array, workers: number): void {
  const generation = Atomics.load(flags, control.generation);
  if (Atomics.add(flags, control.arrived, 1) + 1 === workers) {
    Atomics.store(flags, control.arrived, 0);
    Atomics.add(flags, control.generation, 1);
    Atomics.notify(flags, control.generation);
  } else {
    while (Atomics.load(flags, control.generation) === generation) Atomics.wait(flags, control.generation, generation);
  }
}

/** Copies prepared cases into shared memory. */
export function shareCases(cases: readonly PreparedTrainingCase[]): SharedCases {
  const channels = cases[0]?.channels ?? 1;
  let bytes = 0;
  const entries = cases.map((entry) => {
    const image = bytes;
    bytes += 4 * entry.image.length;
    return { shape: entry.shape, image, classes: 0, voxels: entry.classes.length };
  });
  const placed = entries.map((entry) => {
    const classes = bytes;
    bytes += entry.voxels;
    return { ...entry, classes };
  });
  const buffer = new SharedArrayBuffer(Math.max(8, bytes));
  cases.forEach((entry, i) => {
    const place = placed[i];
    if (place === undefined) return;
    new Float32Array(buffer, place.image, entry.image.length).set(entry.image);
    new Uint8Array(buffer, place.classes, entry.classes.length).set(entry.classes);
  });
  return { buffer, channels, entries: placed };
}

/** Views of shared cases. */
export function sharedCases({ buffer, channels, entries }: SharedCases): PreparedTrainingCase[] {
  return entries.map((entry) => ({
    shape: entry.shape,
    channels,
    image: new Float32Array(buffer, entry.image, entry.voxels * channels),
    classes: new Uint8Array(buffer, entry.classes, entry.voxels),
  }));
}
