import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareCase,
  compareMasks,
  findProfile,
  type LabelVolume,
  metricKeys,
  type Profile,
  parseMetrics,
  type Region,
  twoDimensional,
} from "./index.ts";

type Triple = readonly [number, number, number];
const profiles = ["deepmind", "monai-1.5", "medpy-0.5", "metrics-reloaded"].map(findProfile);
const everything = (profile: Profile): string[] =>
  [
    "dice",
    "iou",
    "precision",
    "recall",
    "nsd",
    "hd",
    "hd95",
    "asd",
    "assd",
    "masd",
    "boundary_iou",
    "lesions",
    "cldice",
  ].filter((token) => profile.metrics.some((kind) => token === kind || (kind === "hd" && token.startsWith("hd"))));
const compare = (a: LabelVolume, b: LabelVolume, regions: readonly Region[], profile: Profile) =>
  compareCase(a, b, {
    regions,
    profile,
    metrics: parseMetrics(everything(profile), { tolerances: [0.5, 2] }),
  }).regions;
const one: readonly Region[] = [{ name: "a", labels: [1] }];

/** Two label maps with labels 0 to 3 on one small grid: boxes and noise. */
const pairs = fc
  .record({
    shape: fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 })),
    spacingMm: fc.tuple(fc.constantFrom(0.3, 0.7, 1, 1.25), fc.constantFrom(0.7, 1, 2), fc.constantFrom(1, 2.5, 5)),
    seed: fc.integer({ min: 1, max: 2 ** 30 }),
    most: fc.integer({ min: 1, max: 12 }),
  })
  .map(({ shape, spacingMm, seed, most }) => {
    let state = seed;
    const random = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const make = (): LabelVolume => ({
      data: Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, () => Math.max(0, 4 - random(most + 3))),
      shape,
      spacingMm,
    });
    const reference = make();
    const prediction = make();
    const data = prediction.data.map((label, at) => (random(2) === 0 ? (reference.data[at] as number) : label));
    return { reference, prediction: { ...prediction, data } as LabelVolume };
  });

/** A volume drawn again on another grid. */
function redraw(
  volume: LabelVolume,
  shape: Triple,
  spacingMm: Triple,
  from: (x: number, y: number, z: number) => Triple | null,
): LabelVolume {
  const [nx, ny, nz] = shape;
  const data = new Uint8Array(nx * ny * nz);
  for (let z = 0; z < nz; z += 1) {
    for (let y = 0; y < ny; y += 1) {
      for (let x = 0; x < nx; x += 1) {
        const source = from(x, y, z);
        if (source === null || source.some((at, axis) => at < 0 || at >= volume.shape[axis]!)) continue;
        data[x + nx * (y + ny * z)] =
          volume.data[source[0] + volume.shape[0] * (source[1] + volume.shape[1] * source[2])]!;
      }
    }
  }
  return { data, shape, spacingMm };
}

function expectClose(a: Readonly<Record<string, number | null>>, b: Readonly<Record<string, number | null>>): void {
  expect(Object.keys(a)).toEqual(Object.keys(b));
  for (const [key, value] of Object.entries(a)) {
    const other = b[key];
    if (value === null || other === null || other === undefined) expect([key, value]).toEqual([key, other]);
    else expect(Math.abs(value - other), key).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)));
  }
}

describe("invariants", () => {
  test("identity: a label map against itself is perfect", () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(...profiles), ({ reference }, profile) => {
        const { a } = compare(reference, reference, one, profile);
        if (a!.status === "both-empty") return;
        expect(a!.status).toBe("ok");
        expect(a!.metrics).toMatchObject({
          dice: 1,
          hd: 0,
          hd95: 0,
          assd: 0,
          boundary_iou: 1,
          lesion_f1: 1,
        });
        // Thinning removes small compact objects altogether (a cube of 2 x 2 x 2), as scikit-image's does: then nothing is to be said.
        expect([1, null]).toContain(a!.metrics.cldice);
        expect([a!.counts.fp, a!.counts.fn]).toEqual([0, 0]);
      }),
    );
  });

  test("symmetry: exchanging the two sides exchanges what is directed and keeps the rest, bit for bit", () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(...profiles), ({ reference, prediction }, profile) => {
        const there = compare(reference, prediction, one, profile).a!;
        const back = compare(prediction, reference, one, profile).a!;
        expect(back.counts).toEqual({ ...there.counts, fp: there.counts.fn, fn: there.counts.fp });
        if (there.status !== "ok") return;
        for (const key of ["dice", "iou", "nsd@0.5", "nsd@2", "hd", "hd95", "assd", "masd", "boundary_iou", "cldice"]) {
          expect(back.metrics[key], key).toBe(there.metrics[key]);
        }
        expect(back.metrics.asd_reference_to_prediction).toBe(there.metrics.asd_prediction_to_reference);
        expect(back.metrics.precision).toBe(there.metrics.recall);
        expect(back.metrics.lesion_fp).toBe(there.metrics.lesion_fn);
      }),
    );
  });

  test("translation: room around the masks changes nothing but the background count, bit for bit", () => {
    fc.assert(
      fc.property(
        pairs,
        fc.constantFrom(...profiles),
        fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
        ({ reference, prediction }, profile, [dx, dy, dz]) => {
          // A width of one is thinned as a plane; moving it into a volume makes it one of many.
          if (reference.shape[0] === 1) return;
          const move = (volume: LabelVolume): LabelVolume =>
            redraw(
              volume,
              [volume.shape[0] + dx + 2, volume.shape[1] + dy + 1, volume.shape[2] + dz + 3],
              volume.spacingMm,
              (x, y, z) => [x - dx, y - dy, z - dz],
            );
          const here = compare(reference, prediction, one, profile).a!;
          const there = compare(move(reference), move(prediction), one, profile).a!;
          expect(there.metrics).toEqual(here.metrics);
          expect(there.surface).toEqual(here.surface);
        },
      ),
    );
  });

  test("label permutation: other label values for the same regions change nothing, in any voxel type", () => {
    fc.assert(
      fc.property(
        pairs,
        fc.constantFrom(
          [1, 2, 3],
          [3, 1, 2],
          [255, 7, 100],
          [1605, 300, 2],
          [65535, 256, 1],
          [1_000_000_000, 4_294_967_295, 70_000],
        ),
        ({ reference, prediction }, labels) => {
          const profile = profiles[0]!;
          const regions: Region[] = [
            { name: "a", labels: [1] },
            { name: "b", labels: [2] },
            { name: "all", labels: [1, 2, 3] },
          ];
          const make = Math.max(...labels) > 65535 ? Uint32Array : Math.max(...labels) > 255 ? Uint16Array : Uint8Array;
          const relabel = (volume: LabelVolume): LabelVolume => ({
            ...volume,
            data: new make(Array.from(volume.data, (label) => (label === 0 ? 0 : labels[label - 1]!))),
          });
          const renamed = regions.map(({ name, labels: own }) => ({
            name,
            labels: own.map((label) => labels[label - 1]!),
          }));
          const before = compare(reference, prediction, regions, profile);
          expect(compare(relabel(reference), relabel(prediction), renamed, profile)).toEqual(before);
        },
      ),
    );
  });

  test("axis flips and permutations change nothing beyond rounding", () => {
    // Percentiles under the area rule may step to the next element where rounding moves a cumulative share over the threshold.
    const comparable = ["dice", "nsd", "asd", "assd", "masd", "boundary_iou", "lesions"];
    fc.assert(
      fc.property(
        pairs,
        fc.constantFrom(...profiles),
        fc.constantFrom<Triple>([0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]),
        fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
        ({ reference, prediction }, profile, axes, flips) => {
          const pick = (values: Triple): Triple => [values[axes[0]]!, values[axes[1]]!, values[axes[2]]!];
          const turn = (volume: LabelVolume): LabelVolume =>
            redraw(volume, pick(volume.shape), pick(volume.spacingMm), (x, y, z) => {
              const source: [number, number, number] = [0, 0, 0];
              [x, y, z].forEach((at, axis) => {
                source[axes[axis]!] = flips[axis] ? volume.shape[axes[axis]!]! - 1 - at : at;
              });
              return source;
            });
          const tokens = comparable.filter((token) => profile.metrics.some((kind) => kind === token));
          if (profile.boundary === "edges") tokens.push("hd", "hd95");
          const metrics = parseMetrics(tokens, { tolerances: [0.11, 1.9] });
          const here = compareCase(reference, prediction, { regions: one, profile, metrics }).regions.a!;
          const there = compareCase(turn(reference), turn(prediction), { regions: one, profile, metrics }).regions.a!;
          expect(there.counts).toEqual(here.counts);
          expectClose(there.metrics, here.metrics);
        },
      ),
    );
  });

  test("a region of several labels is the mask of their union; overlapping regions do not disturb one another", () => {
    fc.assert(
      fc.property(pairs, fc.constantFrom(...profiles), ({ reference, prediction }, profile) => {
        const regions: Region[] = [
          { name: "whole", labels: [1, 2, 3] },
          { name: "core", labels: [3, 1, 3] },
          { name: "two", labels: [2] },
        ];
        const compared = compare(reference, prediction, regions, profile);
        expect(Object.keys(compared)).toEqual(["whole", "core", "two"]);
        for (const { name, labels } of regions) {
          const mask = (volume: LabelVolume): LabelVolume => ({
            ...volume,
            data: volume.data.map((label) => (labels.includes(label) ? 7 : 0)),
          });
          const { kernel, ...alone } = compareMasks(mask(reference), mask(prediction), {
            name,
            profile,
            metrics: parseMetrics(everything(profile), { tolerances: [0.5, 2] }),
          });
          expect(kernel).toBe("typescript");
          expect(alone).toEqual(compared[name]);
        }
      }),
    );
  });
});

describe("empty masks", () => {
  const shape: Triple = [3, 3, 3];
  const make = (filled: boolean): LabelVolume => ({
    data: Uint8Array.from({ length: 27 }, (_, at) => (filled && at === 13 ? 1 : 0)),
    shape,
    spacingMm: [1, 1, 1],
  });
  const metrics = parseMetrics("dice,nsd,hd95,asd,overlap", { tolerances: [1] });
  const measure = (reference: boolean, prediction: boolean, id: string, tokens = metrics) =>
    compareCase(make(reference), make(prediction), { regions: one, metrics: tokens, profile: findProfile(id) }).regions
      .a!;

  test("deepmind: nothing where both are empty, 0 for overlaps of what was missed, no distance", () => {
    const empty = measure(false, false, "deepmind");
    expect(empty.status).toBe("both-empty");
    expect(new Set(Object.values(empty.metrics))).toEqual(new Set([null]));
    expect(empty.surface).toBeUndefined();
    expect(measure(true, false, "deepmind")).toMatchObject({
      status: "missed",
      counts: { tp: 0, fp: 0, fn: 1, tn: 26 },
      metrics: {
        dice: 0,
        "nsd@1": 0,
        hd95: null,
        asd_reference_to_prediction: null,
        asd_prediction_to_reference: null,
        "overlap_reference@1": 0,
        "overlap_prediction@1": null,
      },
    });
    expect(measure(false, true, "deepmind")).toMatchObject({
      status: "spurious",
      metrics: { dice: 0, "nsd@1": 0, hd95: null, "overlap_reference@1": null, "overlap_prediction@1": 0 },
    });
  });

  test("other libraries: their own rules", () => {
    const dice = parseMetrics("dice");
    expect(measure(false, false, "medpy-0.5", dice).metrics.dice).toBe(1);
    expect(measure(false, false, "medpy-0.4", dice).metrics.dice).toBe(0);
    expect(measure(false, true, "monai-1.5", dice).metrics.dice).toBe(null);
    expect(measure(false, false, "metrics-reloaded", parseMetrics("hd95")).metrics.hd95).toBe(0);
    expect(measure(true, false, "brats2023-gli", parseMetrics("hd95")).metrics.hd95).toBe(374);
    expect(measure(false, false, "brats2023-met", parseMetrics("lesions")).metrics).toMatchObject({
      lesion_dice: 1,
      lesion_hd95: 0,
      lesion_f1: null,
    });
    expect(measure(false, false, "flare22", metrics).metrics).toMatchObject({ dice: 1, "nsd@1": 1 });
  });
});

describe("two-dimensional rules", () => {
  test("a slice along any axis gives the same numbers", () => {
    const metrics = parseMetrics("dice,nsd,hd,hd95,asd", { tolerances: [1] });
    const profile = twoDimensional(findProfile("deepmind"));
    const draw = (seed: number) => Uint8Array.from({ length: 30 }, (_, at) => ((at * 7 + seed) % 5 < 3 ? 1 : 0));
    const along = (shape: Triple, spacingMm: Triple) =>
      compareCase(
        { data: draw(1), shape, spacingMm },
        { data: draw(3), shape, spacingMm },
        { regions: one, metrics, profile },
      ).regions.a!.metrics;
    const axial = along([5, 6, 1], [0.5, 0.75, 9]);
    expect(along([5, 1, 6], [0.5, 9, 0.75])).toEqual(axial);
    expect(along([1, 5, 6], [9, 0.5, 0.75])).toEqual(axial);
    expect(() => along([5, 3, 2], [1, 1, 1])).toThrow(/volume of one slice; this one has shape \[5, 3, 2\]/);
    expect(() => twoDimensional(findProfile("medpy-0.5"))).toThrow(/no two-dimensional form/);
  });
});

describe("FLARE's rules", () => {
  test("a long structure is compared on the reference's slices without the last; nsd is 0 below a dice of 0.2", () => {
    const shape: Triple = [4, 4, 6];
    const fill = (from: number, to: number, columns: number): LabelVolume => ({
      data: Uint8Array.from({ length: 96 }, (_, at) => {
        const z = Math.floor(at / 16);
        return z >= from && z <= to && at % 4 < columns ? 1 : 0;
      }),
      shape,
      spacingMm: [1, 1, 1],
    });
    const metrics = parseMetrics("dice,nsd", { tolerances: [3] });
    const score = (name: string, reference: LabelVolume, prediction: LabelVolume) =>
      compareCase(reference, prediction, { regions: [{ name, labels: [1] }], metrics, profile: findProfile("flare22") })
        .regions[name]!;
    // Reference on slices 1 to 3: only slices 1 and 2 are compared, and there the masks agree.
    const aorta = score("Aorta", fill(1, 3, 2), fill(0, 2, 2));
    expect(aorta.metrics).toEqual({ dice: 1, "nsd@3": 1 });
    expect(aorta.counts).toEqual({ tp: 16, fp: 8, fn: 8, tn: 64 });
    expect(score("liver", fill(1, 3, 2), fill(0, 2, 2)).metrics.dice).toBe(0.6667);
    const poor = score("liver", fill(0, 0, 4), fill(1, 5, 1));
    expect(poor.metrics).toEqual({ dice: 0, "nsd@3": 0 });
    expect(score("Aorta", fill(2, 2, 2), fill(2, 2, 2)).metrics).toEqual({ dice: null, "nsd@3": null });
  });
});

describe("bad arguments are named", () => {
  const volume: LabelVolume = { data: new Uint8Array(8), shape: [2, 2, 2], spacingMm: [1, 1, 1] };
  const request = { regions: one, metrics: parseMetrics("dice"), profile: findProfile("deepmind") };
  const withReference = (change: object) => () => compareCase({ ...volume, ...change } as LabelVolume, volume, request);

  test.each([
    ["voxels of another type", { data: new Float32Array(8) }, TypeError, /reference\.data must be/],
    ["a shape that the voxels do not fill", { shape: [2, 2, 3] }, RangeError, /holds 8 voxels.*needs 12/],
    ["an empty axis", { shape: [2, 0, 2], data: new Uint8Array(0) }, RangeError, /three whole numbers of at least 1/],
    ["a spacing of zero", { spacingMm: [1, 0, 1] }, RangeError, /positive finite numbers of millimetres/],
    ["a spacing that is not a number", { spacingMm: [1, Number.NaN, 1] }, RangeError, /\[1, NaN, 1\]/],
    ["shapes that differ", { shape: [8, 1, 1] }, RangeError, /reference \[8, 1, 1\], prediction \[2, 2, 2\]/],
  ])("%s", (_, change, kind, message) => {
    expect(withReference(change)).toThrow(kind);
    expect(withReference(change)).toThrow(message);
  });

  test("regions", () => {
    const withRegions = (regions: readonly Region[]) => () => compareCase(volume, volume, { ...request, regions });
    expect(withRegions([{ name: "a", labels: [] }])).toThrow(/region "a" has no label/);
    expect(withRegions([{ name: "a", labels: [0] }])).toThrow(/region "a": label 0/);
    expect(withRegions([{ name: "a", labels: [1.5] }])).toThrow(/label 1.5/);
    expect(withRegions([...one, ...one])).toThrow(/region "a" is given twice/);
    const hostile = compareCase(volume, volume, { ...request, regions: [{ name: "__proto__", labels: [1] }] });
    expect(Object.keys(hostile.regions)).toEqual(["__proto__"]);
  });

  test("metrics that the profile does not have, and tolerances that are absent", () => {
    const metrics = parseMetrics("dice,hd95");
    expect(() => compareCase(volume, volume, { ...request, metrics, profile: findProfile("nnunet-v2") })).toThrow(
      /profile "nnunet-v2" has no hd; it has dice/,
    );
    const nsd = parseMetrics("nsd", { tolerances: { liver: [7] } });
    expect(() => compareCase(volume, volume, { ...request, metrics: nsd })).toThrow(
      /no tolerance for region "a"; given for liver/,
    );
    expect(() => findProfile("medpy")).toThrow(/unknown profile "medpy"; known: deepmind/);
  });
});

test("every key of a comparison is one that metricKeys announces, in that order", () => {
  const volume: LabelVolume = { data: Uint8Array.of(1, 0), shape: [2, 1, 1], spacingMm: [1, 1, 1] };
  const profile = findProfile("brats2023-gli");
  const metrics = parseMetrics("nsd,hd95,asd,overlap,volume,lesions,cldice,boundary_iou", { tolerances: [1, 0.5] });
  const { regions } = compareCase(volume, volume, { regions: one, metrics, profile });
  expect(Object.keys(regions.a!.metrics)).toEqual(metrics.flatMap((metric) => metricKeys(metric, "a", profile)));
});
