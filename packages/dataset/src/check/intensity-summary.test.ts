import fc from "fast-check";
import { expect, test } from "vitest";
import { summariseIntensities } from "./intensity-summary.ts";
import { VoxelHash } from "./voxel-hash.ts";

function summary(data: Int16Array | Uint16Array | Uint8Array | Float32Array | Int32Array, slope = 1, intercept = 0) {
  const hash = new VoxelHash();
  return { ...summariseIntensities({ data, slope, intercept }, 0, data.length, hash), hash: hash.digest() };
}

test("whole numbers: the histogram gives what sorting gives, scaled", () => {
  const values = fc.array(fc.integer({ min: -32768, max: 32767 }), { minLength: 1, maxLength: 60 });
  fc.assert(
    fc.property(values, fc.constantFrom(1, 2, -0.5), (list, slope) => {
      const found = summary(Int16Array.from(list), slope, 3);
      const scaled = list.map((value) => value * slope + 3).sort((a, b) => a - b);
      expect(found.min).toBe(scaled[0]);
      expect(found.max).toBe(scaled.at(-1));
      expect(found.mean).toBeCloseTo(scaled.reduce((sum, value) => sum + value, 0) / scaled.length, 6);
      const middle = scaled[Math.round(0.5 * (scaled.length - 1))]!;
      if (slope > 0) expect(found.median).toBe(middle);
    }),
  );
});

test("unsigned 16-bit values above 32767 keep their order", () => {
  const found = summary(Uint16Array.of(1, 40000, 65535, 30000));
  expect([found.min, found.max, found.median]).toEqual([1, 65535, 40000]);
});

test("values that are not finite are counted and left out", () => {
  const found = summary(Float32Array.of(1, Number.NaN, 3, Number.POSITIVE_INFINITY));
  expect([found.min, found.max, found.mean, found.nonFinite]).toEqual([1, 3, 2, 2]);
  expect(summary(Float32Array.of(Number.NaN)).nonFinite).toBe(1);
});

test("the hash sees values, not types", () => {
  const list = [0, 1, 200, 255, 7, 3];
  const hashes = [Uint8Array.from(list), Int16Array.from(list), Float32Array.from(list), Int32Array.from(list)].map(
    (data) => summary(data).hash,
  );
  expect(new Set(hashes).size).toBe(1);
  expect(summary(Uint8Array.from([0, 1, 200, 255, 7, 4])).hash).not.toBe(hashes[0]);
  expect(summary(Uint8Array.from([...list, 0])).hash).not.toBe(hashes[0]);
  expect(summary(Int16Array.from(list.map((value) => value - 10)), 1, 10).hash).toBe(hashes[0]);
});
