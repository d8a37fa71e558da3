/**
 * One worker of a training run. All workers run the same loop in step: each computes whole samples of the batch, then updates its own
 * share of the parameters. Gradients are kept per sample and summed in sample order, so the weights do not depend on the number of
 * workers. The loop never returns to the event loop between steps; messages still go out.
 */
import { parentPort, workerData } from "node:worker_threads";
import { meanForegroundDice } from "../baselines/atlas-prior.ts";
import { labelsFromLogits } from "../label-logits.ts";
import { predictSlabs } from "../sliding-window.ts";
import { instantiateNetworkKernels } from "../training/network-kernels.ts";
import { networkMemory } from "../training/network-memory.ts";
import { NetworkPass } from "../training/network-pass.ts";
import { readOutputs, writeInput, writeLabels } from "../training/network-tensors.ts";
import { learningRateAt } from "../training/training-recipe.ts";
import { caseOfSample, drawSample, sampleRandom } from "../training/training-sample.ts";
import { barrier, control, type NetworkJob, sharedCases, type WorkerMessage } from "./network-job.ts";

const job = workerData as NetworkJob;
const { design, recipe, worker, workers } = job;
const flags = new Int32Array(job.control);
const numbers = new Float64Array(job.numbers);
const layout = networkMemory(design, recipe.batch);
const kernels = instantiateNetworkKernels(job.memory);
const pass = new NetworkPass(kernels, layout);
const buffer = job.memory.buffer;
const training = sharedCases(job.training);
const validation = sharedCases(job.validation);
const labels = Array.from({ length: design.classes - 1 }, (_, k) => k + 1);

function post(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

/** The parameters of this worker: largest first, each to the worker with the least so far; the same split everywhere. */
function ownParameters(): number[] {
  const load = new Float64Array(workers);
  const own: number[] = [];
  const order = [...layout.parameters.tensors.keys()].sort(
    (a, b) => (layout.parameters.tensors[b]?.size ?? 0) - (layout.parameters.tensors[a]?.size ?? 0) || a - b,
  );
  for (const index of order) {
    const least = load.indexOf(Math.min(...load));
    load[least] = (load[least] ?? 0) + (layout.parameters.tensors[index]?.size ?? 0);
    if (least === worker) own.push(index);
  }
  return own;
}

function sampleLoss(slot: number): number {
  const sample = layout.samples[slot];
  if (sample === undefined) return 0;
  const sums = new Float64Array(buffer, sample.sums, 2 + 3 * design.classes);
  let value = (sums[0] ?? 0) / Math.max(1, sums[1] ?? 1);
  for (let k = 1; k < design.classes; k++)
    value -=
      (2 * (sums[2 + 3 * k] ?? 0) + 1) / ((sums[3 + 3 * k] ?? 0) + (sums[4 + 3 * k] ?? 0) + 1) / (design.classes - 1);
  return value;
}

async function validate(): Promise<void> {
  const sample = layout.samples[worker % recipe.batch];
  // Two workers never share a sample's arena: there are at most as many workers as samples.
  if (sample === undefined) return;
  for (let i = worker; i < validation.length; i += workers) {
    const entry = validation[i];
    if (entry === undefined) continue;
    const size = entry.classes.length;
    const channels = Array.from({ length: entry.channels }, (_, c) => ({
      shape: entry.shape,
      values: entry.image.subarray(c * size, (c + 1) * size),
    }));
    const slabs = predictSlabs(
      channels,
      {
        patch: design.patch,
        step: 0.5,
        gaussianSigma: 0.125,
        mirrorAxes: recipe.augmentation.mirrorAxes,
        outputs: design.classes,
      },
      async (window) => {
        writeInput(buffer, design, sample, window);
        pass.forward(sample);
        return readOutputs(buffer, design, sample);
      },
    );
    const predicted = await labelsFromLogits(slabs, entry.shape, entry.shape, [1, 1, 1], {
      outputs: [0, ...labels],
      activation: "softmax",
    });
    const known = entry.classes.map((value) => (value === 255 ? 0 : value));
    labels.forEach((label, k) => {
      numbers[control.dice + i * labels.length + k] = meanForegroundDice(known, predicted, [label]);
    });
  }
}

async function run(): Promise<void> {
  const own = ownParameters();
  for (const index of own) pass.refreshFlipped(index);
  let lastCheckpoint = performance.now();
  let lastProgress = performance.now();
  for (let step = job.firstStep; ; step++) {
    if (worker === 0) {
      const now = performance.now();
      const checkpoint = step > job.firstStep && (now - lastCheckpoint >= job.checkpointMs || step === recipe.steps);
      if (checkpoint) lastCheckpoint = now;
      const ended = step >= recipe.steps || Atomics.load(flags, control.stop) !== 0;
      Atomics.store(flags, control.decision, (ended ? 1 : 0) | (checkpoint || ended ? 2 : 0));
    }
    barrier(flags, workers);
    const decision = Atomics.load(flags, control.decision);
    if (step > job.firstStep && validation.length > 0 && (step % job.validateEvery === 0 || step === recipe.steps)) {
      await validate();
      barrier(flags, workers);
      if (worker === 0)
        post({
          kind: "validation",
          step,
          dice: Array.from(numbers.subarray(control.dice, control.dice + validation.length * labels.length)),
        });
    }
    if ((decision & 2) !== 0 && worker === 0) {
      const block = new Uint8Array(buffer, layout.weights, 3 * layout.blockBytes);
      new Uint8Array(job.checkpoint).set(block);
      post({ kind: "checkpoint", step });
    }
    if ((decision & 1) !== 0) break;

    for (let slot = worker; slot < recipe.batch; slot += workers) {
      const sample = layout.samples[slot];
      const entry = training[caseOfSample(recipe.seed, training.length, step * recipe.batch + slot)];
      if (sample === undefined || entry === undefined) continue;
      const drawn = drawSample(entry, recipe, sampleRandom(recipe.seed, step, slot));
      writeInput(buffer, design, sample, drawn.image);
      writeLabels(buffer, design, sample, drawn.classes);
      pass.forward(sample);
      pass.loss(sample);
      numbers[control.losses + slot] = sampleLoss(slot);
      pass.backward(sample, slot);
    }
    barrier(flags, workers);
    const rate = learningRateAt(recipe, step);
    for (const index of own) {
      const tensor = layout.parameters.tensors[index];
      if (tensor === undefined) continue;
      const at = layout.offsets[index] ?? 0;
      kernels.adamW(
        layout.weights + at,
        layout.firstMoment + at,
        layout.secondMoment + at,
        layout.gradients + at,
        layout.blockBytes,
        recipe.batch,
        tensor.size,
        1 / recipe.batch,
        rate,
        recipe.beta1,
        recipe.beta2,
        1 - recipe.beta1 ** (step + 1),
        1 - recipe.beta2 ** (step + 1),
        1e-8,
        tensor.kind === "conv3" || tensor.kind === "conv1" ? recipe.weightDecay : 0,
      );
      pass.refreshFlipped(index);
    }
    if (worker === 0) {
      let loss = 0;
      for (let slot = 0; slot < recipe.batch; slot++) loss += (numbers[control.losses + slot] ?? 0) / recipe.batch;
      const now = performance.now();
      if (!Number.isFinite(loss)) {
        Atomics.store(flags, control.stop, 1);
        post({ kind: "diverged", step });
      } else if (now - lastProgress > 400 || step + 1 === recipe.steps || step === job.firstStep) {
        lastProgress = now;
        post({ kind: "progress", step: step + 1, loss });
      }
    }
  }
  post({ kind: "ended" });
}

await run();
