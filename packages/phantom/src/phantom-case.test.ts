import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { generatePhantomCase, type PhantomCase, phantoms, splitOfCase } from "./index.ts";

const names = Object.keys(phantoms) as (keyof typeof phantoms)[];

function digest(one: PhantomCase): string {
  const hash = createHash("sha256");
  for (const channel of one.channels) hash.update(Buffer.from(channel.data.buffer));
  hash.update(one.labels);
  hash.update(JSON.stringify([one.geometry, one.attributes, one.id, one.split]));
  return hash.digest("hex");
}

test.each(names)("%s: same seed same bytes, another seed other bytes", (name) => {
  const options = { size: 24, seed: 5 };
  const first = digest(generatePhantomCase(phantoms[name], 0, options));
  expect(digest(generatePhantomCase(phantoms[name], 0, options))).toBe(first);
  expect(digest(generatePhantomCase(phantoms[name], 0, { ...options, seed: 6 }))).not.toBe(first);
  expect(digest(generatePhantomCase(phantoms[name], 1, options))).not.toBe(first);
});

test.each(names)("%s: only its labels, all of them in some case, image values in range", (name) => {
  const document = phantoms[name];
  const allowed = new Set([0, ...document.labels.map((label) => label.value)]);
  const seen = new Set<number>();
  for (let index = 0; index < 4; index += 1) {
    const one = generatePhantomCase(document, index, { size: 40 });
    const [nx, ny, nz] = one.geometry.shape;
    expect(one.labels.length).toBe(nx * ny * nz);
    for (const value of one.labels) seen.add(value);
    expect(one.channels.map((channel) => channel.name)).toEqual(document.channels);
    for (const { data } of one.channels) {
      let [low, high] = [Infinity, -Infinity];
      for (const value of data) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      const ct = one.attributes.modality === "CT";
      expect(low).toBeGreaterThanOrEqual(ct ? -1024 : 0);
      expect(high).toBeLessThanOrEqual(ct ? 3071 : 32767);
      expect(high - low).toBeGreaterThan(200);
    }
  }
  for (const value of seen) expect(allowed.has(value)).toBe(true);
  // At 40 voxels the adrenal glands of the abdomen may fall between the voxels; everything else must show.
  const missing = [...allowed].filter((value) => !seen.has(value));
  expect(missing.every((value) => name === "abdomen" && (value === 11 || value === 12))).toBe(true);
});

test("organ volumes lie in the range of grown people", () => {
  const one = generatePhantomCase(phantoms.abdomen, 0, { size: 96 });
  const [sx, sy, sz] = one.geometry.spacingMm;
  const volumeMl = (name: string): number => {
    const value = phantoms.abdomen.labels.find((label) => label.name === name)?.value;
    return (one.labels.filter((label) => label === value).length * sx * sy * sz) / 1000;
  };
  const ranges: Record<string, [number, number]> = {
    liver: [900, 2200],
    spleen: [80, 450],
    "right kidney": [80, 260],
    "left kidney": [80, 260],
    pancreas: [40, 160],
    aorta: [50, 200],
    stomach: [150, 700],
    bladder: [50, 500],
    "gall bladder": [8, 80],
  };
  for (const [name, [low, high]] of Object.entries(ranges)) {
    expect(volumeMl(name), name).toBeGreaterThan(low);
    expect(volumeMl(name), name).toBeLessThan(high);
  }
});

test("CT tissue has its Hounsfield values inside the labels", () => {
  const one = generatePhantomCase(phantoms.spleen, 0, { size: 64 });
  const inside = [...(one.channels[0]?.data ?? [])].filter((_, p) => one.labels[p] === 1);
  const mean = inside.reduce((sum, value) => sum + value, 0) / inside.length;
  expect(mean).toBeGreaterThan(85);
  expect(mean).toBeLessThan(135);
});

test("nested tumour parts: enhancing tumour never touches healthy brain without a rim of other tumour", () => {
  const one = generatePhantomCase(phantoms.brain, 0, { size: 64 });
  const counts = [1, 2, 3].map((value) => one.labels.filter((label) => label === value).length);
  expect(Math.min(...counts)).toBeGreaterThan(0);
  const [nx, ny] = one.geometry.shape;
  let touching = 0;
  one.labels.forEach((label, p) => {
    if (label !== 3) return;
    for (const step of [1, -1, nx, -nx, nx * ny, -nx * ny]) if (one.labels[p + step] === 0) touching += 1;
  });
  expect(touching / (counts[2] ?? 1)).toBeLessThan(0.1);
});

test("out-of-distribution scanners are seen in test cases only", () => {
  for (let index = 0; index < 24; index += 1) {
    const one = generatePhantomCase(phantoms.abdomen, index, { size: 12 });
    if (one.attributes.distribution === "out") expect(one.split).toBe("test");
  }
});

test("splits cover all cases, test cases last", () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 500 }), (cases) => {
      const splits = Array.from({ length: cases }, (_, index) => splitOfCase(phantoms.liver, index, cases));
      expect(splits.at(-1)).toBe("test");
      expect(splits[0]).toBe("train");
      expect(splits.lastIndexOf("train")).toBeLessThan(splits.indexOf("test"));
    }),
  );
});

test.each([
  [{ size: 4 }, "size"],
  [{ size: 64.5 }, "size"],
  [{ size: 1e9 }, "size"],
  [{ cases: 1 }, "cases"],
  [{ seed: -1 }, "seed"],
  [{ seed: Number.NaN }, "seed"],
])("a bad option is refused: %j", (options, field) => {
  expect(() => generatePhantomCase(phantoms.liver, 0, options)).toThrowError(
    expect.objectContaining({ code: "SEG602", where: { field } }),
  );
});

test("a document that refers to an unknown structure is refused by name", () => {
  const document = {
    ...phantoms.spleen,
    anatomy: [{ name: "part", shape: { kind: "structure", name: "whole" }, tissue: "liver" }],
  } as const;
  expect(() => generatePhantomCase(document, 0, { size: 16 })).toThrowError(
    expect.objectContaining({ code: "SEG601", message: expect.stringContaining('"whole"') }),
  );
});
