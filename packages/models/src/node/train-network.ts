/** Runs the training loop of a network on worker threads over shared memory, with progress, checkpoints and resume. */
import { createHash } from "node:crypto";
import { Worker } from "node:worker_threads";
import { SegathlonError } from "@segathlon/errors";
import { initialiseNetwork } from "../training/initialise-network.ts";
import type { NetworkDesign } from "../training/network-design.ts";
import { sharedNetworkMemory } from "../training/network-kernels.ts";
import { type NetworkMemory, networkMemory } from "../training/network-memory.ts";
import type { TrainingRecipe } from "../training/training-recipe.ts";
import type { PreparedTrainingCase } from "../training/training-sample.ts";
import { control, type NetworkJob, shareCases, type WorkerMessage } from "./network-job.ts";
import { type CheckpointHeader, readCheckpoint, writeCheckpoint } from "./training-checkpoint.ts";

export interface TrainingProgress {
  readonly step: number;
  readonly steps: number;
  /** Of the last reported batch: cross entropy minus mean soft Dice. */
  readonly loss: number;
  /** Mean Dice per class over the validation cases, at the last validation; empty before. */
  readonly validationDice: readonly number[];
  readonly secondsLeft: number | null;
}

export interface TrainingCurve {
  /** (step, loss) */
  readonly loss: [number, number][];
  /** (step, mean validation Dice per class) */
  readonly dice: [number, number[]][];
  seconds: number;
}

export interface TrainNetworkOptions {
  readonly training: readonly PreparedTrainingCase[];
  readonly validation?: readonly PreparedTrainingCase[];
  readonly design: NetworkDesign;
  readonly recipe: TrainingRecipe;
  /** At most one worker per sample of a batch is of use; the result does not depend on it. */
  readonly workers?: number;
  /** Written every `checkpointSeconds` (30) and read at the start when it is there. */
  readonly checkpoint?: string;
  readonly checkpointSeconds?: number;
  readonly validateEvery?: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** Ends the run after the current step; with a checkpoint it can go on later. */
  readonly signal?: AbortSignal;
}

export interface TrainedNetwork {
  readonly memory: WebAssembly.Memory;
  readonly layout: NetworkMemory;
  readonly curve: TrainingCurve;
  /** Steps done; fewer than the recipe's when the run was ended early. */
  readonly step: number;
  readonly resumedFrom: number;
}

/** Hash of everything that decides the weights. */
function runHash(options: TrainNetworkOptions): string {
  const hash = createHash("sha256").update(JSON.stringify([options.design, options.recipe]));
  for (const entry of options.training) {
    hash.update(JSON.stringify(entry.shape));
    hash.update(new Uint8Array(entry.image.buffer, entry.image.byteOffset, entry.image.byteLength));
    hash.update(entry.classes);
  }
  return hash.digest("hex");
}

/**
 * Trains a network. The same recipe, data and seed give the same weights to the last bit, whatever the number of workers and however
 * often the run was interrupted.
 *
 * @throws SegathlonError SEG505 without training cases, SEG506 for a checkpoint of another run, SEG507 when the loss is not finite
 */
export async function trainNetwork(options: TrainNetworkOptions): Promise<TrainedNetwork> {
  const { training, validation = [], design, recipe } = options;
  if (training.length === 0) throw new SegathlonError("SEG505", "there is no training case");
  const layout = networkMemory(design, recipe.batch);
  const memory = sharedNetworkMemory(layout.bytes);
  const run = runHash(options);
  const stateBytes = 3 * layout.blockBytes;
  const curve: TrainingCurve = { loss: [], dice: [], seconds: 0 };
  let firstStep = 0;
  const saved = options.checkpoint === undefined ? null : await readCheckpoint(options.checkpoint, run, stateBytes);
  if (saved === null) initialiseNetwork(memory.buffer, layout, recipe.seed);
  else {
    new Uint8Array(memory.buffer, layout.weights, stateBytes).set(saved.state);
    firstStep = saved.header.step;
    curve.loss.push(...saved.header.curve.loss);
    curve.dice.push(...saved.header.curve.dice);
    curve.seconds = saved.header.curve.seconds;
  }
  const workers = Math.max(1, Math.min(options.workers ?? 2, recipe.batch));
  const classes = design.classes - 1;
  const flags = new SharedArrayBuffer(4 * control.words);
  const checkpoint = new SharedArrayBuffer(stateBytes);
  const shared: Omit<NetworkJob, "worker"> = {
    workers,
    design,
    recipe,
    memory,
    training: shareCases(training),
    validation: shareCases(validation),
    control: flags,
    numbers: new SharedArrayBuffer(8 * (control.dice + Math.max(1, validation.length * classes))),
    checkpoint,
    firstStep,
    checkpointMs: 1000 * (options.checkpointSeconds ?? 30),
    validateEvery: options.validateEvery ?? Math.max(50, Math.round(recipe.steps / 10)),
  };
  const stop = (): void => {
    Atomics.store(new Int32Array(flags), control.stop, 1);
  };
  options.signal?.addEventListener("abort", stop);
  if (options.signal?.aborted) stop();
  const started = performance.now();
  const before = curve.seconds;
  let step = firstStep;
  let loss = curve.loss.at(-1)?.[1] ?? Number.NaN;
  let writing: Promise<void> = Promise.resolve();
  let diverged: number | null = null;
  const file = import.meta.url.endsWith(".ts") ? "./network-worker.ts" : "./network-worker.js";
  const threads = Array.from(
    { length: workers },
    (_, worker) =>
      new Worker(new URL(file, import.meta.url), { workerData: { ...shared, worker } satisfies NetworkJob }),
  );
  const report = (): void => {
    const elapsed = (performance.now() - started) / 1000;
    const done = step - firstStep;
    options.onProgress?.({
      step,
      steps: recipe.steps,
      loss,
      validationDice: curve.dice.at(-1)?.[1] ?? [],
      secondsLeft: done < 3 ? null : (elapsed / done) * (recipe.steps - step),
    });
  };
  const receive = (message: WorkerMessage): void => {
    curve.seconds = before + (performance.now() - started) / 1000;
    if (message.kind === "progress") {
      step = message.step;
      loss = message.loss;
      curve.loss.push([step, loss]);
      report();
    } else if (message.kind === "validation") {
      const mean = Array.from(
        { length: classes },
        (_, k) =>
          message.dice.reduce((sum, value, i) => (i % classes === k ? sum + value : sum), 0) /
          Math.max(1, validation.length),
      );
      curve.dice.push([message.step, mean]);
      report();
    } else if (message.kind === "checkpoint") {
      step = message.step;
      if (options.checkpoint !== undefined) {
        const header: CheckpointHeader = {
          step,
          run,
          bytes: stateBytes,
          curve: { loss: [...curve.loss], dice: [...curve.dice], seconds: curve.seconds },
        };
        const state = Uint8Array.from(new Uint8Array(checkpoint));
        const target = options.checkpoint;
        writing = writing.then(() => writeCheckpoint(target, header, state));
      }
    } else if (message.kind === "diverged") diverged = message.step;
  };
  try {
    await new Promise<void>((resolve, reject) => {
      let ended = 0;
      for (const thread of threads) {
        thread.on("message", (message: WorkerMessage) => {
          receive(message);
          if (message.kind === "ended" && ++ended === workers) resolve();
        });
        thread.on("error", reject);
        thread.on("exit", (code) => {
          if (ended < workers && code !== 0)
            reject(new SegathlonError("SEG507", `a training worker ended with code ${code} at step ${step}`));
        });
      }
    });
    await writing;
  } finally {
    options.signal?.removeEventListener("abort", stop);
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  if (diverged !== null)
    throw new SegathlonError("SEG507", `the loss is not finite at step ${diverged} of ${recipe.steps}`);
  return { memory, layout, curve, step, resumedFrom: firstStep };
}
