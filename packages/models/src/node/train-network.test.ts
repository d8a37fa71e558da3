/** The training loop on a small simulated task: it learns, and a run is the same whatever shares or interrupts it. */
import { createHash } from "node:crypto";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { meanForegroundDice } from "../baselines/atlas-prior.ts";
import { predictCase } from "../predict-case.ts";
import { seededRandom } from "../seeded-random.ts";
import { plainModel } from "../testing/plain-model.ts";
import { exportNetwork } from "../training/export-network.ts";
import type { NetworkDesign } from "../training/network-design.ts";
import { defaultAugmentation, type TrainingRecipe } from "../training/training-recipe.ts";
import type { PreparedTrainingCase } from "../training/training-sample.ts";
import { engines } from "./model-package.ts";
import { type TrainedNetwork, trainNetwork } from "./train-network.ts";

/** A bright ball in noise, at a random place. */
function ball(seed: number): PreparedTrainingCase {
  const random = seededRandom(seed);
  const shape = [20, 18, 16] as const;
  const centre = shape.map((size) => size / 2 + 3 * (random.uniform() - 0.5));
  const image = new Float32Array(20 * 18 * 16);
  const classes = new Uint8Array(image.length);
  for (let i = 0; i < image.length; i++) {
    const distance = Math.hypot(
      (i % 20) - (centre[0] ?? 0),
      (Math.floor(i / 20) % 18) - (centre[1] ?? 0),
      Math.floor(i / 360) - (centre[2] ?? 0),
    );
    classes[i] = distance < 5 ? 1 : 0;
    image[i] = (classes[i] === 1 ? 1.2 : -0.4) + (random.uniform() + random.uniform() - 1) * 0.8;
  }
  return { shape, channels: 1, image, classes };
}

const training = Array.from({ length: 6 }, (_, i) => ball(i + 1));
const validation = [ball(50), ball(51)];
const design: NetworkDesign = { channels: 1, classes: 2, width: 8, levels: 2, patch: [16, 16, 16] };
const recipe: TrainingRecipe = {
  width: 8,
  levels: 2,
  patch: [16, 16, 16],
  batch: 2,
  steps: 60,
  learningRate: 1e-2,
  weightDecay: 1e-2,
  beta1: 0.9,
  beta2: 0.99,
  warmUp: 0.05,
  foregroundSamples: 0.5,
  augmentation: { ...defaultAugmentation, mirrorAxes: [0], blur: 0.5 },
  seed: 4,
};

function weights({ memory, layout }: TrainedNetwork): string {
  return createHash("sha256")
    .update(new Uint8Array(memory.buffer, layout.weights, layout.blockBytes))
    .digest("hex");
}

let folder: string;
let whole: TrainedNetwork;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "segathlon-training-"));
  whole = await trainNetwork({ training, validation, design, recipe, workers: 2, validateEvery: 30 });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("it learns the task", () => {
  expect(whole.step).toBe(60);
  expect(whole.curve.dice.map(([step]) => step)).toEqual([30, 60]);
  expect(whole.curve.dice.at(-1)?.[1][0]).toBeGreaterThan(0.85);
});

test("one worker gives the weights of two, to the last bit", async () => {
  expect(weights(await trainNetwork({ training, validation, design, recipe, workers: 1 }))).toBe(weights(whole));
});

test("an interrupted run goes on from its checkpoint and ends with the same weights", async () => {
  const checkpoint = path.join(folder, "run.bin");
  const abort = new AbortController();
  const first = await trainNetwork({
    training,
    validation,
    design,
    recipe,
    checkpoint,
    signal: abort.signal,
    onProgress: () => abort.abort(),
  });
  expect(first.step).toBeLessThan(60);
  expect((await readdir(folder)).filter((name) => name.startsWith("run"))).toEqual(["run.bin"]);
  const second = await trainNetwork({ training, validation, design, recipe, checkpoint });
  expect(second.resumedFrom).toBe(first.step);
  expect(second.step).toBe(60);
  expect(weights(second)).toBe(weights(whole));
});

test("a checkpoint of another run, or a damaged one, is refused", async () => {
  const checkpoint = path.join(folder, "run.bin");
  await expect(trainNetwork({ training, design, recipe: { ...recipe, seed: 5 }, checkpoint })).rejects.toMatchObject({
    code: "SEG506",
  });
  await writeFile(checkpoint, "SEGCKPT1 and then something else");
  await expect(trainNetwork({ training, design, recipe, checkpoint })).rejects.toMatchObject({ code: "SEG506" });
});

test("a loss that is not finite ends the run with an error", async () => {
  const broken = training.map((entry) => ({ ...entry, image: entry.image.map((value) => value * 1e38) }));
  await expect(trainNetwork({ training: broken, design, recipe: { ...recipe, steps: 5 } })).rejects.toMatchObject({
    code: "SEG507",
  });
});

test("the exported graph gives the same labels in every engine, for at least 99.9 % of voxels", async () => {
  const { onnx, parameters } = exportNetwork(whole.memory.buffer, whole.layout);
  expect(parameters).toBe(whole.layout.parameters.size);
  const document = plainModel({ patch: [16, 16, 16], mirror_axes: [0] });
  const entry = validation[0];
  if (entry === undefined) throw new Error("there are validation cases");
  const results: Record<string, Uint8Array | Uint16Array> = {};
  for (const engine of engines) {
    const loaded = await engine.load(document, onnx);
    const image = {
      channels: [{ shape: entry.shape, values: entry.image.slice() }],
      spacingMm: [1, 1, 1] as const,
      orientation: { axes: [0, 1, 2] as const, flips: [false, false, false] as const },
    };
    results[engine.name] = await predictCase(image, document, loaded.network);
    await loaded.release();
  }
  const [first, ...others] = Object.values(results);
  if (first === undefined) throw new Error("there are engines");
  expect(meanForegroundDice(entry.classes, first, [1])).toBeGreaterThan(0.8);
  for (const other of others)
    expect(Array.from(other).filter((label, i) => label === first[i]).length / first.length).toBeGreaterThanOrEqual(
      0.999,
    );
});

test("without a case there is nothing to train", async () => {
  await expect(trainNetwork({ training: [], design, recipe })).rejects.toMatchObject({ code: "SEG505" });
});
