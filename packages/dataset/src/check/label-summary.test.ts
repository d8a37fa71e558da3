import type { LabelMap } from "@segathlon/volume";
import fc from "fast-check";
import { expect, test } from "vitest";
import { summariseLabels } from "./label-summary.ts";

const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] as const;

function labelMap(shape: readonly [number, number, number], labels: Uint8Array): LabelMap {
  return { geometry: { shape, spacingMm: [1, 2, 0.5], affine }, labels };
}

/** Pieces by flooding, voxel by voxel. */
function flood([nx, ny, nz]: readonly [number, number, number], labels: Uint8Array, value: number): number[] {
  const seen = new Uint8Array(labels.length);
  const sizes: number[] = [];
  for (let start = 0; start < labels.length; start += 1) {
    if (labels[start] !== value || seen[start] === 1) continue;
    const queue = [start];
    seen[start] = 1;
    let size = 0;
    for (let p = queue.pop(); p !== undefined; p = queue.pop()) {
      size += 1;
      const [i, j, k] = [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))];
      for (let dk = -1; dk <= 1; dk += 1)
        for (let dj = -1; dj <= 1; dj += 1)
          for (let di = -1; di <= 1; di += 1) {
            const [a, b, c] = [i + di, j + dj, k + dk];
            if (a < 0 || b < 0 || c < 0 || a >= nx || b >= ny || c >= nz) continue;
            const q = a + nx * (b + ny * c);
            if (labels[q] !== value || seen[q] === 1) continue;
            seen[q] = 1;
            queue.push(q);
          }
    }
    sizes.push(size);
  }
  return sizes;
}

test("runs give the same pieces, boxes and centres as flooding", () => {
  const side = fc.integer({ min: 1, max: 6 });
  fc.assert(
    fc.property(
      side,
      side,
      side,
      fc.array(fc.constantFrom(0, 0, 0, 1, 1, 2), { minLength: 216, maxLength: 216 }),
      (nx, ny, nz, values) => {
        const shape = [nx, ny, nz] as const;
        const labels = Uint8Array.from(values.slice(0, nx * ny * nz));
        const found = summariseLabels(labelMap(shape, labels));
        expect(found.map((one) => one.value)).toEqual([...new Set(labels)].filter((value) => value > 0).sort());
        for (const one of found) {
          const sizes = flood(shape, labels, one.value);
          expect(one.components).toBe(sizes.length);
          expect(one.largestComponent).toBe(Math.max(...sizes));
          expect(one.voxels).toBe(sizes.reduce((sum, n) => sum + n, 0));
          expect(one.volumeMl).toBeCloseTo(one.voxels / 1000, 12);
          const at = [...labels.keys()]
            .filter((p) => labels[p] === one.value)
            .map((p) => [p % nx, Math.floor(p / nx) % ny, Math.floor(p / (nx * ny))]);
          for (const axis of [0, 1, 2] as const) {
            const along = at.map((voxel) => voxel[axis]!);
            expect(one.low[axis]).toBe(Math.min(...along));
            expect(one.high[axis]).toBe(Math.max(...along));
            expect(one.centre[axis]).toBeCloseTo(along.reduce((sum, n) => sum + n, 0) / along.length, 9);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

test("an empty label map has no labels", () => {
  expect(summariseLabels(labelMap([3, 3, 3], new Uint8Array(27)))).toEqual([]);
});
