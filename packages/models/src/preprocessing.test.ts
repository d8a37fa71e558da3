/** Pre- and post-processing against scikit-image and scipy (goldens/make_goldens.py), and the pipeline as a whole. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Grid3, Triple } from "./grid3.ts";
import { keepLargestComponent } from "./largest-component.ts";
import type { ModelDocument } from "./model-document.ts";
import { fillHoles } from "./nonzero-region.ts";
import { normaliseChannel } from "./normalise-channel.ts";
import { orientationTransform, predictCase } from "./predict-case.ts";
import { type ResizeOrder, resizeGrid, resizeSeparately, separateAxis } from "./resize.ts";
import { gaussianWeights, predictSlabs, roundHalfEven, windowStarts } from "./sliding-window.ts";
import { plainModel } from "./testing/plain-model.ts";

interface Goldens {
  resize: { from: Triple; to: Triple; order: ResizeOrder; in: number[]; out: number[] }[];
  separate: { from: Triple; to: Triple; in: number[]; out: number[] }[];
  gaussian: { patch: Triple; out: number[] }[];
  fill: { shape: Triple; in: number[]; out: number[] }[];
}
const goldens: Goldens = JSON.parse(readFileSync(new URL("./goldens/preprocessing.json", import.meta.url), "utf8"));

function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs((actual[i] ?? Number.NaN) - value)), 0);
}

describe("resizing equals scikit-image", () => {
  test.each(goldens.resize.map((golden) => [`${golden.from} -> ${golden.to}, order ${golden.order}`, golden] as const))(
    "%s",
    (_name, golden) => {
      const resized = resizeGrid({ shape: golden.from, values: Float32Array.from(golden.in) }, golden.to, golden.order);
      expect(resized.shape).toEqual(golden.to);
      // Lines are float64, what is kept between axes is float32: one part in 1e6 of the range.
      const expected = golden.order === 0 ? golden.out.map(Math.fround) : golden.out;
      expect(largestDifference(resized.values, expected)).toBeLessThan(golden.order === 0 ? 1e-12 : 1e-3);
    },
  );

  test.each(goldens.separate.map((golden) => [`${golden.from} -> ${golden.to}`, golden] as const))(
    "thick slices apart: %s",
    (_name, golden) => {
      const resized = resizeSeparately(
        { shape: golden.from, values: Float32Array.from(golden.in) },
        golden.to,
        2,
        3,
        0,
      );
      expect(largestDifference(resized.values, golden.out)).toBeLessThan(1e-4);
    },
  );

  test("which axis is treated apart", () => {
    expect(separateAxis([0.7, 0.7, 5], [1, 1, 1], 3)).toBe(2);
    expect(separateAxis([1, 1, 1], [1, 4, 1], 3)).toBe(1);
    expect(separateAxis([1, 1, 2.9], [1, 1, 1], 3)).toBe(null);
    expect(separateAxis([1, 5, 5], [1, 1, 1], 3)).toBe(null);
  });
});

test.each(goldens.gaussian)("window weights equal scipy's filtered impulse", ({ patch, out }) => {
  expect(largestDifference(gaussianWeights(patch, 1 / 8), out)).toBeLessThan(1e-7);
});

test.each(goldens.fill)("holes are filled as scipy fills them", (golden) => {
  const mask = Uint8Array.from(golden.in);
  fillHoles(mask, golden.shape);
  expect([...mask]).toEqual(golden.out);
});

test("windows are spread as nnU-Net spreads them", () => {
  expect(windowStarts(100, 96, 0.5)).toEqual([0, 4]);
  expect(windowStarts(160, 64, 0.5)).toEqual([0, 32, 64, 96]);
  expect(windowStarts(50, 64, 0.5)).toEqual([0]);
  expect([0.5, 1.5, 2.5, 2.4, 2.6].map(roundHalfEven)).toEqual([0, 2, 2, 2, 3]);
});

test("normalisation", () => {
  expect([
    ...normaliseChannel(Float32Array.of(-2000, 0, 2000), { scheme: "ct", lower: -100, upper: 100, mean: 0, sd: 50 }),
  ]).toEqual([-2, 0, 2]);
  expect([
    ...normaliseChannel(Float32Array.of(0, 1, 3), { scheme: "z-score", masked: true }, Uint8Array.of(0, 1, 1)),
  ]).toEqual([0, -1, 1]);
  expect([...normaliseChannel(Float32Array.of(5, 5), { scheme: "z-score", masked: false })]).toEqual([0, 0]);
  expect([...normaliseChannel(Float32Array.of(2, 4, 6), { scheme: "rescale-0-1" })]).toEqual([0, 0.5, 1]);
});

test("the largest component stays, whatever its label", () => {
  const labels = Uint8Array.of(1, 2, 0, 1, 0, 0, 2, 2, 1, 0);
  keepLargestComponent(labels, [10, 1, 1], [1, 2]);
  expect([...labels]).toEqual([0, 0, 0, 0, 0, 0, 2, 2, 1, 0]);
});

test("orientation codes become axis transforms", () => {
  const lps = [-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0] as const;
  expect(orientationTransform(lps, "as-is")).toEqual({ axes: [0, 1, 2], flips: [false, false, false] });
  expect(orientationTransform(lps, "RAS")).toEqual({ axes: [0, 1, 2], flips: [true, true, false] });
  expect(orientationTransform(lps, "LPS")).toEqual({ axes: [0, 1, 2], flips: [false, false, false] });
});

/** A network of one rule: background logit 0, foreground logit = intensity - 0.5, for any patch. */
const thresholdNetwork = async (window: Float32Array): Promise<Float32Array> => {
  const result = new Float32Array(2 * window.length);
  for (let i = 0; i < window.length; i++) result[window.length + i] = (window[i] ?? 0) - 0.5;
  return result;
};

function model(overrides: Partial<ModelDocument>): ModelDocument {
  return plainModel({ labels: { background: 0, object: 3 }, outputs: [0, 3], ...overrides });
}

function image(shape: Triple, at: (x: number, y: number, z: number) => number): Grid3 {
  const values = new Float32Array(shape[0] * shape[1] * shape[2]);
  let i = 0;
  for (let z = 0; z < shape[2]; z++)
    for (let y = 0; y < shape[1]; y++) for (let x = 0; x < shape[0]; x++) values[i++] = at(x, y, z);
  return { shape, values };
}
const identity = { axes: [0, 1, 2] as const, flips: [false, false, false] as const };

describe("a case through the pipeline", () => {
  test.each([
    [[6, 5, 4] as Triple, "exactly one window"],
    [[13, 11, 17] as Triple, "many windows"],
    [[3, 9, 2] as Triple, "smaller than the patch on two axes"],
  ])(
    "windows, mirroring, transposition and cropping change nothing for a voxelwise network: %s (%s)",
    async (shape) => {
      const grid = image(shape, (x, y, z) => ((x * 7 + y * 3 + z * 5) % 11 > 6 ? 1 : 0));
      const expected = Uint8Array.from(grid.values, (value) => (value > 0.5 ? 3 : 0));
      for (const overrides of [
        {},
        { mirror_axes: [0, 1, 2] },
        { transpose: [2, 0, 1] as const },
        { crop: "nonzero" as const },
        { gaussian_sigma: null, step: 1 },
      ]) {
        const labels = await predictCase(
          { channels: [grid], spacingMm: [1, 1, 2], orientation: { axes: [1, 2, 0], flips: [true, false, true] } },
          model(overrides as Partial<ModelDocument>),
          thresholdNetwork,
        );
        expect([...labels]).toEqual([...expected]);
      }
    },
  );

  test("a smooth object comes back through another spacing", async () => {
    const grid = image([24, 20, 12], (x, y, z) => (Math.hypot((x - 12) / 6, (y - 10) / 5, (z - 6) / 3) < 1 ? 1 : 0));
    const labels = await predictCase(
      { channels: [grid], spacingMm: [1, 1, 2], orientation: identity },
      model({ spacing_mm: [1.5, 1.5, 1.5] }),
      thresholdNetwork,
    );
    let both = 0;
    let either = 0;
    grid.values.forEach((value, i) => {
      const found = labels[i] === 3;
      if (value > 0.5 && found) both += 1;
      if (value > 0.5 || found) either += 1;
    });
    expect(both / either).toBeGreaterThan(0.8);
  });

  test("slabs are finished as early as they can be", async () => {
    const grid = image([4, 4, 40], () => 1);
    const slabs = [];
    for await (const slab of predictSlabs(
      [grid],
      { patch: [4, 4, 8], step: 0.5, gaussianSigma: 0.125, mirrorAxes: [], outputs: 2 },
      thresholdNetwork,
    ))
      slabs.push(slab);
    expect(slabs.reduce((sum, slab) => sum + slab.depth, 0)).toBe(40);
    expect(Math.max(...slabs.map((slab) => slab.depth))).toBeLessThanOrEqual(8);
  });

  test("what does not fit is refused by name", async () => {
    const grid = image([4, 4, 4], () => Number.NaN);
    await expect(
      predictCase({ channels: [grid], spacingMm: [1, 1, 1], orientation: identity }, model({}), thresholdNetwork),
    ).rejects.toMatchObject({ code: "SEG501" });
    await expect(
      predictCase({ channels: [grid, grid], spacingMm: [1, 1, 1], orientation: identity }, model({}), thresholdNetwork),
    ).rejects.toThrow(/takes 1 channels/);
  });
});
