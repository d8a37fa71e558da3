import { existsSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { surfelAreas } from "./surfel-areas.ts";

const oracle = new URL("../../../../shared/oracle/metrics/surfel-areas.json", import.meta.url);

describe("surfel areas", () => {
  test("equal the reference implementation's tables to the last bit", () => {
    if (!existsSync(oracle)) {
      console.warn(
        "left out: surfel areas against the reference tables (shared/oracle/metrics/surfel-areas.json is absent)",
      );
      return;
    }
    const { spacings, areas } = JSON.parse(readFileSync(oracle, "utf8")) as {
      spacings: [number, number, number][];
      areas: number[][];
    };
    expect(spacings.length).toBe(5);
    spacings.forEach((spacing, i) => {
      expect([...surfelAreas(spacing)], spacing.join(" x ")).toEqual(areas[i]);
    });
  });

  test("hold the values of the shapes that can be computed by hand", () => {
    const areas = surfelAreas([1, 1, 1]);
    expect(areas[0]).toBe(0);
    expect(areas[255]).toBe(0);
    expect(areas[1]).toBe(Math.sqrt(3) / 8);
    expect(areas[15]).toBe(1);
    expect(areas[3]).toBeCloseTo(Math.SQRT1_2, 15);
    // The eight corners around an isolated voxel.
    const isolated = [1, 2, 4, 8, 16, 32, 64, 128].reduce((sum, code) => sum + (areas[code] ?? Number.NaN), 0);
    expect(isolated).toBeCloseTo(Math.sqrt(3), 14);
    // A flat face at 0.7 x 0.9 x 5: the product of the other two spacings.
    const anisotropic = surfelAreas([0.5, 0.75, 4]);
    expect(anisotropic[0b00001111]).toBe(0.75 * 4);
    expect(anisotropic[0b00110011]).toBe(0.5 * 4);
    expect(anisotropic[0b01010101]).toBe(0.5 * 0.75);
  });

  test("a state and its complement have the same area, and every surface state a positive one", () => {
    const spacing = fc.double({ min: 0.05, max: 20, noNaN: true });
    fc.assert(
      fc.property(spacing, spacing, spacing, (s0, s1, s2) => {
        const areas = surfelAreas([s0, s1, s2]);
        for (let code = 1; code < 255; code += 1) {
          expect(areas[code]).toBeGreaterThan(0);
          expect(areas[code]).toBe(areas[255 - code]);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("permuting the axes permutes the states", () => {
    const spacing = fc.double({ min: 0.05, max: 20, noNaN: true });
    fc.assert(
      fc.property(spacing, spacing, spacing, (s0, s1, s2) => {
        const areas = surfelAreas([s0, s1, s2]);
        const swapped = surfelAreas([s2, s1, s0]);
        for (let code = 0; code < 256; code += 1) {
          let mirrored = 0;
          for (let corner = 0; corner < 8; corner += 1) {
            if (((code >> corner) & 1) === 1) {
              mirrored |= 1 << (((corner & 1) << 2) | (corner & 2) | (corner >> 2));
            }
          }
          const ratio = (swapped[mirrored] ?? Number.NaN) / (areas[code] ?? Number.NaN);
          if (code !== 0 && code !== 255) expect(Math.abs(ratio - 1)).toBeLessThan(1e-14);
        }
      }),
      { numRuns: 50 },
    );
  });

  test("refuse a spacing that is no length", () => {
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => surfelAreas([1, bad, 1])).toThrow(RangeError);
    }
  });
});
