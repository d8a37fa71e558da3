/** What the viewer shows is what was scored: bytes, affine, errors. */
import { readLabelMap } from "@segathlon/volume";
import fc from "fast-check";
import { expect, test } from "vitest";
import { errorMap, worstSlice } from "./error-map.ts";
import { labelNifti, narrowLabels } from "./label-nifti.ts";
import { windowPresets } from "./window-presets.ts";

test("a label map written for the viewer is read back the same, affine and all", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 })),
      fc.boolean(),
      fc.integer({ min: 0, max: 1000 }),
      async (shape, wide, seed) => {
        const values = Array.from(
          { length: shape[0] * shape[1] * shape[2] },
          (_, i) => (i * 37 + seed) % (wide ? 60_000 : 256),
        );
        const labels = wide ? Uint16Array.from(values) : Uint8Array.from(values);
        const affine = [-1.5, 0, 0.25, 48, 0, 2, 0, -seed, 0, 0, 3, 7] as const;
        const geometry = { shape, spacingMm: [1.5, 2, 3] as const, affine };
        const read = await readLabelMap(new Uint8Array(labelNifti(geometry, labels)));
        expect([...read.labels]).toEqual([...labels]);
        expect([...read.geometry.shape]).toEqual([...shape]);
        expect([...read.geometry.affine]).toEqual([...affine]);
      },
    ),
    { numRuns: 40 },
  );
  expect(() =>
    labelNifti(
      { shape: [2, 2, 2], spacingMm: [1, 1, 1], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] },
      new Uint8Array(7),
    ),
  ).toThrow(RangeError);
  expect(() => narrowLabels(Uint32Array.of(70_000))).toThrow(/70000/);
});

test("every voxel is right, missed, spurious, wrong, or background", () => {
  const reference = Uint8Array.of(0, 1, 1, 0, 1, 9, 0);
  const prediction = Uint8Array.of(0, 1, 0, 2, 2, 0, 9);
  // Label 9 belongs to no region: it counts as background on both sides.
  expect([...errorMap(reference, prediction, new Set([1, 2]))]).toEqual([0, 1, 2, 3, 4, 0, 0]);
  expect(() => errorMap(reference, prediction.subarray(1), new Set([1]))).toThrow(RangeError);
});

test("the worst slice is the one with most wrong voxels; none where nothing is wrong", () => {
  const errors = new Uint8Array(3 * 3 * 3);
  expect(worstSlice(errors, [3, 3, 3])).toBeNull();
  errors[0] = 2;
  errors.set([3, 0, 4, 1], 9 * 2 + 3);
  expect(worstSlice(errors, [3, 3, 3])).toEqual({ slice: 2, wrongVoxels: 2, centre: [1, 1, 2] });
});

test("windows of CT are in Hounsfield units; other channels take the image's own range", () => {
  expect(windowPresets("CT")[0]).toMatchObject({ id: "abdomen", range: [-160, 240] });
  expect(windowPresets("T1w").map(({ id }) => id)).toEqual(["auto"]);
});
