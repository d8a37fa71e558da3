import fc from "fast-check";
import { expect, test } from "vitest";
import { sweepDistances } from "./distance-sweep.ts";
import { NearestSurfel } from "./nearest-surfel.ts";
import { forEachDistance } from "./plane-distances.ts";
import type { SurfacePlane } from "./surface-plane.ts";

type Triple = readonly [number, number, number];

function planeOf([width, height, depth]: Triple, points: readonly Triple[]): SurfacePlane {
  const wordsPerRow = (width + 31) >>> 5;
  const bits = new Int32Array(wordsPerRow * height * depth);
  for (const [i, j, k] of points) bits[(k * height + j) * wordsPerRow + (i >>> 5)]! |= 1 << (i & 31);
  return { width, height, depth, wordsPerRow, bits };
}

/** Two sets of points on one grid; few points on long grids make far distances, isotropic spacings make ties. */
const pairs = fc
  .tuple(
    fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 })),
    fc.constantFrom<Triple>(
      [1, 1, 1],
      [0.7, 0.7, 0.7],
      [0.3, 0.3, 0.3],
      [0.7, 0.7, 5],
      [0.97, 1.25, 3.3],
      [5, 0.41, 1],
    ),
  )
  .chain(([shape, spacingMm]) => {
    const along = (axis: 0 | 1 | 2) => fc.integer({ min: 0, max: shape[axis] - 1 });
    const point: fc.Arbitrary<Triple> = fc.tuple(along(0), along(1), along(2));
    const points = fc.array(point, { minLength: 1, maxLength: 40 });
    return fc.record({
      shape: fc.constant<Triple>(shape),
      spacingMm: fc.constant(spacingMm),
      from: points,
      to: points,
    });
  });

/** The definition, point by point. */
function bruteForce([i, j, k]: Triple, to: readonly Triple[], [s0, s1, s2]: Triple): number {
  return Math.min(
    ...to.map(([x, y, z]) => {
      const [dx, dy, dz] = [(x - i) * s0, (y - j) * s1, (z - k) * s2];
      return dx * dx + dy * dy + dz * dz;
    }),
  );
}

test("the search, the sweep and the definition agree to the last bit", () => {
  fc.assert(
    fc.property(pairs, ({ shape, spacingMm, from, to }) => {
      const source = planeOf(shape, from);
      const target = planeOf(shape, to);
      const nearest = new NearestSurfel(target, spacingMm);
      const expected = new Map(from.map((point) => [point.join(), bruteForce(point, to, spacingMm)]));
      for (const point of from) expect(nearest.squaredDistance(...point)).toBe(expected.get(point.join()));
      for (const walk of [
        (visit: Parameters<typeof forEachDistance>[3]) => sweepDistances(source, target, spacingMm, 0, visit),
        (visit: Parameters<typeof forEachDistance>[3]) => forEachDistance(source, target, spacingMm, visit),
      ]) {
        const found = new Map<string, number>();
        walk((word, j, k, squared) => {
          const bits = source.bits[(k * shape[1] + j) * source.wordsPerRow + word]!;
          for (let bit = 0; bit < 32; bit += 1) {
            if (((bits >>> bit) & 1) === 1) found.set([word * 32 + bit, j, k].join(), squared[bit]!);
          }
        });
        expect(new Map([...found].sort())).toEqual(new Map([...expected].sort()));
      }
    }),
    { numRuns: 300 },
  );
});

test("far surfaces with many points go over to the sweep on the way and give the same distances", () => {
  const shape: Triple = [90, 60, 50];
  const block = (x0: number, y0: number, z0: number): Triple[] =>
    Array.from({ length: 3000 }, (_, n) => [x0 + (n % 15), y0 + (Math.floor(n / 15) % 20), z0 + Math.floor(n / 300)]);
  const from = block(0, 0, 0);
  const to = block(70, 35, 38);
  const spacingMm: Triple = [0.7, 0.8, 0.9];
  const source = planeOf(shape, from);
  const target = planeOf(shape, to);
  const search = new NearestSurfel(target, spacingMm);
  for (const point of from) search.squaredDistance(...point);
  expect(search.looks).toBeGreaterThan(0);
  const nearest = new NearestSurfel(target, spacingMm);
  let checked = 0;
  forEachDistance(source, target, spacingMm, (word, j, k, squared) => {
    const bits = source.bits[(k * shape[1] + j) * source.wordsPerRow + word]!;
    for (let bit = 0; bit < 32; bit += 1) {
      if (((bits >>> bit) & 1) === 0) continue;
      expect(squared[bit]).toBe(nearest.squaredDistance(word * 32 + bit, j, k));
      checked += 1;
    }
  });
  expect(checked).toBe(from.length);
});
