/** The compiled kernel against the plain TypeScript kernel: the same integers and the same float64 bits. */
import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readLabelMapFile } from "@segathlon/volume/node";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { DistanceHistogram } from "./case-comparison.ts";
import type { KernelRegion, KernelRequest } from "./kernel.ts";
import type { LabelVolume, Region } from "./label-volume.ts";
import { loadKernel, loadWasmKernel, wasmKernelModule } from "./load-kernel.ts";
import { typeScriptKernel } from "./typescript-kernel.ts";
import { createWasmKernel, type WasmKernel } from "./wasm-kernel.ts";

let kernel: WasmKernel;
beforeAll(async () => {
  kernel = await loadWasmKernel();
});

/** Float64 as bits, so that -0 and NaN cannot hide. */
function bits(histogram: DistanceHistogram | undefined) {
  return (
    histogram && {
      distances: [...new BigUint64Array(histogram.distancesMm.slice().buffer)].join(),
      areas: [...new BigUint64Array(histogram.areas.slice().buffer)].join(),
      counts: histogram.counts.join(),
    }
  );
}

function exact(regions: readonly KernelRegion[]) {
  return regions.map(({ counts, surface }) => ({
    counts,
    there: bits(surface?.referenceToPrediction),
    back: bits(surface?.predictionToReference),
  }));
}

function expectSame(request: KernelRequest) {
  expect(exact(kernel.compare(request))).toEqual(exact(typeScriptKernel.compare(request)));
}

/** A reproducible random stream (mulberry32). */
function stream(seed: number) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Kind = "noise" | "sparse" | "blobs" | "far" | "empty" | "full" | "same";
const KINDS: readonly Kind[] = ["noise", "sparse", "blobs", "far", "empty", "full", "same"];
type Shape = readonly [number, number, number];

/** Labels 0 to `labels`, as the kind says, written as the given label values. */
function draw(kind: Kind, shape: Shape, values: readonly number[], seed: number, corner: 0 | 1): Uint32Array {
  const random = stream(seed);
  const data = new Uint32Array(shape[0] * shape[1] * shape[2]);
  const pick = () => values[Math.floor(random() * values.length)] ?? 0;
  if (kind === "noise") return data.map(() => (random() < 0.5 ? 0 : pick()));
  if (kind === "sparse") return data.map(() => (random() < 0.004 ? pick() : 0));
  if (kind === "full") return data.fill(values[0] ?? 0);
  if (kind === "empty") return data;
  const blobs = kind === "far" ? 2 : 6;
  for (let n = 0; n < blobs; n += 1) {
    const value = pick();
    const size = shape.map((extent) => extent * (kind === "far" ? 0.08 : 0.1 + 0.3 * random()));
    const centre = shape.map((extent) => extent * (kind === "far" ? 0.1 + 0.8 * corner : random()));
    for (let z = 0, at = 0; z < shape[2]; z += 1) {
      for (let y = 0; y < shape[1]; y += 1) {
        for (let x = 0; x < shape[0]; x += 1, at += 1) {
          const r = [x, y, z].reduce((sum, c, axis) => sum + ((c - (centre[axis] ?? 0)) / (size[axis] ?? 1)) ** 2, 0);
          if (r + 0.2 * random() <= 1) data[at] = value;
        }
      }
    }
  }
  return data;
}

const spacing = fc.oneof(
  fc.constantFrom(1, 0.7, 5, 0.699999988079071, 0.3, 2.5),
  fc.double({ min: 0.1, max: 8, noNaN: true }),
);
const side = fc.integer({ min: 1, max: 40 });
const TYPES = ["u8", "u16", "u32"] as const;

/** Two label maps of the same grid, and regions that are single labels, unions, overlapping, absent. */
const cases = fc
  .record({
    shape: fc.tuple(fc.oneof(side, fc.integer({ min: 60, max: 140 })), side, side),
    spacingMm: fc.tuple(spacing, spacing, spacing),
    referenceKind: fc.constantFrom(...KINDS),
    predictionKind: fc.constantFrom(...KINDS),
    referenceType: fc.constantFrom(...TYPES),
    predictionType: fc.constantFrom(...TYPES),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
  })
  .map(({ shape, spacingMm, referenceKind, predictionKind, referenceType, predictionType, seed }) => {
    const valuesOf = { u8: [1, 2, 3, 255], u16: [1, 2, 300, 65_535], u32: [1, 2, 70_000, 4_294_967_295] };
    const store = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array };
    const values = valuesOf[referenceType];
    const draft = draw(referenceKind, shape, values, seed, 0);
    const same = predictionKind === "same" && referenceType === predictionType;
    const other = same ? draft : draw(predictionKind, shape, valuesOf[predictionType], seed + 1, 1);
    const reference: LabelVolume = { data: store[referenceType].from(draft), shape, spacingMm };
    const prediction: LabelVolume = { data: store[predictionType].from(other), shape, spacingMm: [9, 9, 9] };
    const regions: Region[] = [
      ...values.map((value) => ({ name: `label ${value}`, labels: [value] })),
      { name: "union", labels: values.slice(0, 3) },
      { name: "overlapping", labels: [values[2] ?? 1, values[3] ?? 1, values[3] ?? 1] },
      { name: "absent", labels: [77, 70_001] },
      // Larger than 8 and 16 bits hold: 257 and 65,537 must not be taken for 1.
      { name: "too large", labels: [257, 65_537] },
      { name: "too large alone", labels: [257] },
    ];
    return { reference, prediction, regions };
  });

describe("compiled kernel and TypeScript kernel", () => {
  test("agree to the last bit on random label maps", () => {
    fc.assert(
      fc.property(cases, (request) => {
        expectSame({ ...request, boundary: "surfels" });
        expectSame({ ...request, boundary: "none" });
      }),
      { numRuns: 60 },
    );
  });

  test("agree where there are too many runs to keep, on one side or on both", async () => {
    const module = await wasmKernelModule();
    fc.assert(
      fc.property(cases, fc.constantFrom(0, 1024, 2048), (request, mostRuns) => {
        const limited = createWasmKernel(module, { mostRuns });
        const all: KernelRequest = { ...request, boundary: "surfels" };
        expect(exact(limited.compare(all))).toEqual(exact(typeScriptKernel.compare(all)));
        const counts: KernelRequest = { ...request, boundary: "none" };
        expect(exact(limited.compare(counts))).toEqual(exact(typeScriptKernel.compare(counts)));
      }),
      { numRuns: 60 },
    );
  });

  test("agree on surfaces that lie hundreds of voxels apart", () => {
    const shape: Shape = [300, 90, 70];
    const put = (centres: readonly Shape[], radius: number) => {
      const data = new Uint8Array(shape[0] * shape[1] * shape[2]);
      for (const [cx, cy, cz] of centres) {
        for (let z = cz - radius; z <= cz + radius; z += 1) {
          for (let y = cy - radius; y <= cy + radius; y += 1) {
            for (let x = cx - radius; x <= cx + radius; x += 1) {
              const inside = (x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2 <= radius * radius;
              if (inside) data[x + shape[0] * (y + shape[1] * z)] = 1;
            }
          }
        }
      }
      return data;
    };
    const near: Shape = [12, 12, 12];
    const far: Shape = [285, 75, 58];
    for (const spacingMm of [
      [1, 1, 1],
      [0.7, 0.7, 5],
      [5, 0.7, 0.3],
    ] as const) {
      expectSame({
        reference: { data: put([near], 9), shape, spacingMm },
        prediction: { data: put([far], 8), shape, spacingMm },
        regions: [{ name: "one", labels: [1] }],
        boundary: "surfels",
      });
      expectSame({
        reference: { data: put([near], 9), shape, spacingMm },
        prediction: { data: put([[13, 12, 12], far], 9), shape, spacingMm },
        regions: [{ name: "stray", labels: [1] }],
        boundary: "surfels",
      });
    }
  });

  test("agree on the reference pairs", async () => {
    const oracle = fileURLToPath(new URL("../../../../shared/oracle/metrics/", import.meta.url));
    if (!existsSync(oracle)) {
      console.warn("left out: both kernels on the 35 reference pairs (shared/oracle/metrics is absent)");
      return;
    }
    const read = async (path: string): Promise<LabelVolume> => {
      const { labels, geometry } = await readLabelMapFile(path);
      return { data: labels, shape: geometry.shape, spacingMm: geometry.spacingMm };
    };
    const regions = Array.from({ length: 15 }, (_, n) => ({ name: `${n + 1}`, labels: [n + 1] }));
    const names = readdirSync(`${oracle}gt`);
    expect(names.length).toBeGreaterThanOrEqual(35);
    for (const name of names) {
      const [reference, prediction] = [await read(`${oracle}gt/${name}`), await read(`${oracle}pred/${name}`)];
      // Axes stored in another order: another grid.
      if (reference.shape.join() !== prediction.shape.join()) continue;
      expectSame({ reference, prediction, regions, boundary: "surfels" });
    }
  });

  test("count a thousand labels", () => {
    const shape: Shape = [40, 40, 30];
    const random = stream(7);
    const data = Uint16Array.from({ length: 40 * 40 * 30 }, () => Math.floor(random() * 1605));
    const other = data.map((value) => (random() < 0.3 ? 0 : value));
    const regions = Array.from({ length: 1604 }, (_, n) => ({ name: `${n + 1}`, labels: [n + 1] }));
    const volume = (voxels: Uint16Array): LabelVolume => ({ data: voxels, shape, spacingMm: [1, 1, 1.5] });
    expectSame({ reference: volume(data), prediction: volume(other), regions, boundary: "surfels" });
  });
});

describe("a prepared reference", () => {
  test("gives the result of its voxels", () => {
    fc.assert(
      fc.property(cases, ({ reference, prediction, regions }) => {
        const prepared = kernel.prepareReference(reference, regions);
        if (prepared === null) throw new Error("too many runs for so small a label map");
        for (const boundary of ["surfels", "none"] as const) {
          const fromRuns = kernel.comparePrepared({ reference: prepared, prediction, regions, boundary });
          expect(exact(fromRuns)).toEqual(exact(kernel.compare({ reference, prediction, regions, boundary })));
        }
        // Fewer regions than it was prepared for, after a journey to another thread.
        const [some] = regions;
        const copy = structuredClone(prepared);
        const one = { regions: some === undefined ? [] : [some], boundary: "surfels" } as const;
        expect(exact(kernel.comparePrepared({ reference: copy, prediction, ...one }))).toEqual(
          exact(kernel.compare({ reference, prediction, ...one })),
        );
      }),
      { numRuns: 30 },
    );
  });

  test("is refused where it is not whole or does not fit", () => {
    const shape: Shape = [4, 3, 2];
    const data = Uint8Array.from({ length: 24 }, (_, n) => n % 3);
    const volume: LabelVolume = { data, shape, spacingMm: [1, 1, 1] };
    const regions = [{ name: "one", labels: [1, 2] }];
    const prepared = kernel.prepareReference(volume, regions);
    if (prepared === null) throw new Error("too many runs for so small a label map");
    const boundary = "surfels" as const;
    const compare = (change: object, asked: readonly Region[] = regions) =>
      kernel.comparePrepared({ reference: { ...prepared, ...change }, prediction: volume, regions: asked, boundary });
    expect(compare({})).toEqual(kernel.compare({ reference: volume, prediction: volume, regions, boundary }));
    expect(() => compare({ shape: [4, 6, 1] })).toThrow(/shapes differ/);
    expect(() => compare({ spacingMm: [1, 0, 1] })).toThrow(/spacing/);
    expect(() => compare({ runs: prepared.runs.subarray(3) })).toThrow(/do not match/);
    expect(() => compare({ runs: prepared.runs.map((value) => value + 4) })).toThrow(/out of place/);
    expect(() => compare({ runs: prepared.runs.toReversed() })).toThrow(/out of place/);
    expect(() => compare({ starts: prepared.starts.toReversed() })).toThrow(/ascend|match/);
    expect(() => compare({}, [{ name: "three", labels: [3] }])).toThrow(/not prepared for label 3/);
  });
});

describe("limits", () => {
  const tiny: LabelVolume = { data: new Uint8Array(8).fill(1), shape: [2, 2, 2], spacingMm: [1, 1, 1] };

  test("what does not fit the memory of WebAssembly is a RangeError, and the kernel goes on", () => {
    // Rows of one voxel take 16 bytes each, four times: more than 4 GiB.
    const shape: Shape = [1, 8192, 8192];
    const data = new Uint8Array(8192 * 8192);
    data[0] = 1;
    data[data.length - 1] = 1;
    const volume: LabelVolume = { data, shape, spacingMm: [1, 1, 1] };
    const regions = [{ name: "ends", labels: [1] }];
    expect(() => kernel.compare({ reference: volume, prediction: volume, regions, boundary: "surfels" })).toThrow(
      /MiB of WebAssembly memory/,
    );
    expectSame({ reference: tiny, prediction: tiny, regions, boundary: "surfels" });
    expect(kernel.memoryBytes()).toBeLessThan(2 ** 22);
  });

  test("more labels than ids are refused", () => {
    const regions = [{ name: "all", labels: Array.from({ length: 65_536 }, (_, n) => n + 1) }];
    expect(() => kernel.compare({ reference: tiny, prediction: tiny, regions, boundary: "none" })).toThrow(
      /65536 distinct labels/,
    );
  });

  test("memory is given back on release", () => {
    kernel.compare({ reference: tiny, prediction: tiny, regions: [{ name: "one", labels: [1] }], boundary: "surfels" });
    expect(kernel.memoryBytes()).toBeGreaterThan(0);
    kernel.release();
    expect(kernel.memoryBytes()).toBe(0);
    expectSame({ reference: tiny, prediction: tiny, regions: [{ name: "one", labels: [1] }], boundary: "surfels" });
  });

  test("a wrong request leaves the kernel as it was", () => {
    const regions = [{ name: "one", labels: [1] }];
    expect(() =>
      kernel.compare({ reference: tiny, prediction: tiny, regions: [...regions, ...regions], boundary: "none" }),
    ).toThrow(RangeError);
    const longer: LabelVolume = { ...tiny, data: new Uint8Array(27), shape: [3, 3, 3] };
    expect(() => kernel.compare({ reference: tiny, prediction: longer, regions, boundary: "none" })).toThrow(
      /shapes differ/,
    );
    expectSame({ reference: tiny, prediction: tiny, regions, boundary: "surfels" });
  });
});

describe("which kernel runs", () => {
  test("the compiled one where it can", async () => {
    expect((await loadKernel()).name).toBe("wasm-simd");
  });

  test("the TypeScript one otherwise, with one line that says so", async () => {
    const lines: string[] = [];
    const say = (line: string) => lines.push(line);
    const broken = await loadKernel({ bytes: async () => new Uint8Array([0, 97, 115, 109]), say });
    const missing = await loadKernel({ bytes: () => Promise.reject(new Error("no such module\nstack")), say });
    expect([broken.name, missing.name]).toEqual(["typescript", "typescript"]);
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^segathlon: .*TypeScript kernel.*same results.*[^\n]+$/);
  });
});
