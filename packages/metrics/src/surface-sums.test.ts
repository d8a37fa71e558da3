import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DistanceHistogram } from "./case-comparison.ts";
import { NUMPY_BLOCK, pairwiseSum, pairwiseSumOf, RunBlock } from "./numpy-sum.ts";
import { distancesAtFractions, distancesAtRanks, elementsWithin, surfaceSums } from "./surface-sums.ts";

/** np.sum of numpy 1.24.2 over 1 / (0.001 + ((i * 2654435761) mod 2^32) / 2^32), i from 0. */
const NUMPY_SUMS: readonly (readonly [number, number])[] = [
  [0, 0.0],
  [1, 1000.0],
  [7, 1021.4951882696619],
  [8, 1024.5510689527532],
  [9, 1025.608965634296],
  [127, 1761.3513802005577],
  [128, 1763.3867288330741],
  [129, 1772.5316505962317],
  [1000, 7600.433677344504],
  [8191, 56947.611482809705],
  [8192, 56950.76222391966],
  [8193, 56951.83126284704],
  [20000, 139293.63466361372],
  [65536, 453290.0864196985],
  [99999, 691168.6978085154],
];

function sequence(count: number): Float64Array {
  return Float64Array.from(
    { length: count },
    (_, i) => 1 / (0.001 + Number((BigInt(i) * 2654435761n) % 4294967296n) / 2 ** 32),
  );
}

function numpySum(values: Float64Array): number {
  let sum = 0;
  for (let from = 0; from < values.length; from += NUMPY_BLOCK) {
    sum += pairwiseSum(values, from, Math.min(NUMPY_BLOCK, values.length - from));
  }
  return sum;
}

test.each(NUMPY_SUMS)("the sum of %i values has numpy's last bit", (count, expected) => {
  expect(numpySum(sequence(count))).toBe(expected);
});

test("the order matters: a plain loop gives other bits", () => {
  const plain = sequence(99_999).reduce((sum, value) => sum + value, 0);
  expect(plain).not.toBe(NUMPY_SUMS.at(-1)![1]);
});

describe("sums over a histogram", () => {
  /** 3 x (0 mm, 0.1), 20,000 x (0.7 mm, 0.1), 1 x (0.7 mm, 0.3), 5 x (2 mm, 0.3). */
  const histogram: DistanceHistogram = {
    distancesMm: Float64Array.of(0, 0.7, 2),
    areas: Float64Array.of(0.1, 0.3),
    counts: Uint32Array.of(3, 0, 20_000, 1, 0, 5),
  };
  const areas = Float64Array.from({ length: 20_009 }, (_, at) => (at < 20_003 ? 0.1 : 0.3));
  const distances = Float64Array.from({ length: 20_009 }, (_, at) => (at < 3 ? 0 : at < 20_004 ? 0.7 : 2));

  test("equal numpy's sums over the expanded list, for any prefix", () => {
    const sums = surfaceSums(histogram, [-1, 0, 0.7, 1.99, 2]);
    expect(sums.elements).toBe(20_009);
    expect(sums.area).toBe(numpySum(areas));
    expect(sums.distanceArea).toBe(numpySum(areas.map((area, at) => area * distances[at]!)));
    expect(sums.areaWithin).toEqual([
      0,
      numpySum(areas.subarray(0, 3)),
      numpySum(areas.subarray(0, 20_004)),
      numpySum(areas.subarray(0, 20_004)),
      numpySum(areas),
    ]);
    expect(elementsWithin(histogram, 0.7)).toBe(20_004);
    expect(elementsWithin(histogram, 0.7 - 1e-12)).toBe(3);
  });

  test("fractions take the first element that reaches them, in any order asked; the last where none does", () => {
    const { area } = surfaceSums(histogram, []);
    expect(distancesAtFractions(histogram, area, [1, 0.0001, 0.5, 0.9999, 1e-9])).toEqual([2, 0, 0.7, 2, 0]);
    expect(distancesAtFractions(histogram, area * 2, [0.99])).toEqual([2]);
    const empty = { ...histogram, distancesMm: new Float64Array(0), counts: new Uint32Array(0) };
    expect(distancesAtFractions(empty, 0, [0.5])).toEqual([Number.NaN]);
  });

  test("ranks count elements from the nearest", () => {
    expect(distancesAtRanks(histogram, [0, 2, 3, 20_003, 20_004, 20_009])).toEqual([0, 0, 0.7, 0.7, 2, Number.NaN]);
  });
});

test("runs of equal values are summed as their elements are, to the last bit", () => {
  const value = fc.double({ min: 0, max: 50, noNaN: true });
  fc.assert(
    fc.property(value, fc.integer({ min: 0, max: NUMPY_BLOCK }), (same, count) => {
      expect(pairwiseSumOf(same, count)).toBe(pairwiseSum(new Float64Array(count).fill(same), 0, count));
    }),
  );
  const runs = fc.array(fc.tuple(value, fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3000 }))), {
    minLength: 1,
    maxLength: 60,
  });
  const block = new RunBlock();
  fc.assert(
    fc.property(runs, fc.double({ min: 0, max: 1, noNaN: true }), (list, share) => {
      const plain: number[] = [];
      block.clear();
      for (const [same, count] of list) {
        const fits = Math.min(count, NUMPY_BLOCK - plain.length);
        if (fits === 0) break;
        block.push(same, fits);
        for (let n = 0; n < fits; n += 1) plain.push(same);
      }
      const values = Float64Array.from(plain);
      for (const count of [values.length, Math.ceil(share * values.length)]) {
        expect(block.sum(count)).toBe(pairwiseSum(values, 0, count));
      }
    }),
  );
});
