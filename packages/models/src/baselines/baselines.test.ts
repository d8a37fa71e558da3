/** The classical baselines on simulated cases (two touching ellipsoids, position and contrast vary) and on real hippocampus images. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { seededRandom } from "../seeded-random.ts";
import { fitAtlasForest, workingShape } from "./atlas-forest.ts";
import { fitAtlasPrior, meanForegroundDice } from "./atlas-prior.ts";
import { frameKinds, frameOf, otsuThreshold } from "./frame.ts";
import { fitMajority } from "./majority.ts";
import { forestProbabilities, trainForest } from "./random-forest.ts";
import { fitThresholdMorphology } from "./threshold-morphology.ts";
import type { FittedBaseline, TrainingCase } from "./training-case.ts";

function simulatedCase(seed: number): TrainingCase {
  const random = seededRandom(seed);
  const shape = [24 + random.integer(4), 30 + random.integer(4), 22 + random.integer(4)] as const;
  const centre = shape.map((size) => size / 2 + 2 * (random.uniform() - 0.5));
  const gain = 50 + 100 * random.uniform();
  const values = new Float32Array(shape[0] * shape[1] * shape[2]);
  const labels = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const x = (i % shape[0]) - (centre[0] ?? 0);
    const y = (Math.floor(i / shape[0]) % shape[1]) - (centre[1] ?? 0);
    const z = Math.floor(i / (shape[0] * shape[1])) - (centre[2] ?? 0);
    if ((x / 6) ** 2 + (y / 10) ** 2 + (z / 5) ** 2 < 1) labels[i] = y < 0 ? 1 : 7;
    const noise = random.uniform() + random.uniform() + random.uniform() - 1.5;
    values[i] = gain * ((labels[i] === 0 ? 0.6 : labels[i] === 1 ? 1.2 : 1.5) + 0.2 * noise);
  }
  return { case: `case-${seed}`, channels: [{ shape, values }], spacingMm: [1, 1, 1], labels };
}
const training = Array.from({ length: 12 }, (_, i) => simulatedCase(i + 1));
const held = Array.from({ length: 4 }, (_, i) => simulatedCase(100 + i));

function score(baseline: FittedBaseline, cases: readonly TrainingCase[], labels: readonly number[]): number {
  return cases.reduce(
    (sum, entry) => sum + meanForegroundDice(entry.labels, baseline.predict(entry), labels) / cases.length,
    0,
  );
}

test("baselines learn in the order of what they look at", () => {
  expect(score(fitMajority(training), held, [1, 7])).toBe(0);
  const atlas = score(fitAtlasPrior(training), held, [1, 7]);
  const threshold = score(fitThresholdMorphology(training), held, [1, 7]);
  const forest = score(fitAtlasForest(training), held, [1, 7]);
  expect(atlas).toBeGreaterThan(0.7);
  expect(threshold).toBeGreaterThan(0.6);
  expect(forest).toBeGreaterThan(Math.max(atlas, threshold));
  expect(forest).toBeGreaterThan(0.85);
});

test("the same training cases give the same predictions", () => {
  const first = fitAtlasForest(training.slice(0, 5));
  const second = fitAtlasForest(training.slice(0, 5));
  for (const entry of held) expect(first.predict(entry)).toEqual(second.predict(entry));
});

test("labels that never occur, and cases without any, are refused by name", () => {
  const empty = training.map((entry) => ({ ...entry, labels: new Uint8Array(entry.labels.length) }));
  for (const learn of [fitAtlasPrior, fitThresholdMorphology, fitAtlasForest])
    expect(() => learn(empty)).toThrow(expect.objectContaining({ code: "SEG505" }));
});

test("16-bit labels keep their values", () => {
  const wide = training.map((entry) => ({ ...entry, labels: Uint16Array.from(entry.labels, (label) => label * 229) }));
  const prediction = fitAtlasPrior(wide).predict(wide[0] as TrainingCase);
  expect(new Set(prediction)).toEqual(new Set([0, 229, 1603]));
});

test("a forest separates what can be separated, and is a probability", () => {
  const random = seededRandom(5);
  const count = 2000;
  const values = Float32Array.from({ length: 2 * count }, () => random.uniform());
  const classes = Uint8Array.from({ length: count }, (_, i) =>
    (values[i] ?? 0) > 0.5 !== (values[count + i] ?? 0) > 0.5 ? 1 : 0,
  );
  const forest = trainForest({ values, features: 2, count, classes, classCount: 2 });
  const p = new Float64Array(2);
  let right = 0;
  for (let k = 0; k < 400; k++) {
    const [a, b] = [random.uniform(), random.uniform()];
    forestProbabilities(forest, Float32Array.of(a, b), p);
    expect((p[0] ?? 0) + (p[1] ?? 0)).toBeCloseTo(1, 5);
    if ((p[1] ?? 0) > 0.5 === (a > 0.5 !== b > 0.5)) right += 1;
  }
  expect(right / 400).toBeGreaterThan(0.95);
});

test("frames of a flat or empty image are the grid", () => {
  for (const kind of frameKinds)
    expect(frameOf({ shape: [5, 4, 3], values: new Float32Array(60) }, kind).extent.every((value) => value > 0)).toBe(
      true,
    );
  expect(otsuThreshold(new Float32Array(10).fill(3))).toBe(3);
});

test("large images are brought to a working grid, thick slices are kept", () => {
  const [x, y, z] = workingShape([512, 512, 100], [0.7, 0.7, 5]);
  expect(x * y * z).toBeLessThanOrEqual(600_000);
  expect(z).toBe(100);
  expect(workingShape([35, 50, 36], [1, 1, 1])).toEqual([35, 50, 36]);
});

const folder = new URL("../../../../../shared/data/msd/Task04_Hippocampus/", import.meta.url);

/** Only what these files need: little-endian NIfTI-1, uint8, int16 or float32, no scaling. */
function voxels(name: string): { shape: readonly [number, number, number]; values: Float32Array } {
  const bytes = gunzipSync(readFileSync(new URL(name, folder)));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = [view.getInt16(42, true), view.getInt16(44, true), view.getInt16(46, true)] as const;
  const type = view.getInt16(70, true);
  const values = Float32Array.from({ length: shape[0] * shape[1] * shape[2] }, (_, i) =>
    type === 2
      ? view.getUint8(352 + i)
      : type === 4
        ? view.getInt16(352 + 2 * i, true)
        : view.getFloat32(352 + 4 * i, true),
  );
  return { shape, values };
}

test("real hippocampus images: forest above threshold above atlas, on 13 held-out of 65 cases", () => {
  if (!existsSync(folder)) {
    console.warn("shared/data/msd/Task04_Hippocampus is absent: the baselines were not tried on real images");
    return;
  }
  const names = readdirSync(new URL("labelsTr/", folder))
    .filter((name) => /^hippocampus_\d+\.nii\.gz$/.test(name))
    .sort()
    .slice(0, 65);
  const cases = names.map(
    (name): TrainingCase => ({
      case: name,
      channels: [voxels(`imagesTr/${name}`)],
      spacingMm: [1, 1, 1],
      labels: Uint8Array.from(voxels(`labelsTr/${name}`).values),
    }),
  );
  const [train, test] = [cases.filter((_, i) => i % 5 !== 0), cases.filter((_, i) => i % 5 === 0)];
  expect(score(fitAtlasPrior(train), test, [1, 2])).toBeGreaterThan(0.68);
  expect(score(fitThresholdMorphology(train), test, [1, 2])).toBeGreaterThan(0.7);
  expect(score(fitAtlasForest(train), test, [1, 2])).toBeGreaterThan(0.8);
});
