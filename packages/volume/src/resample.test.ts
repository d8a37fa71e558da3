import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Affine,
  compareGeometry,
  type Geometry,
  geometryWithSpacing,
  identityAffine,
  type LabelMap,
  resampleLabelMap,
  resampleVolume,
  type Shape,
  type Volume,
} from "./index.ts";

interface Golden {
  readonly shape: Shape;
  readonly values: number[];
  readonly cases: {
    readonly kind: string;
    readonly matrix: number[][];
    readonly offset: number[];
    readonly target: Shape;
    readonly nearest: number[];
    readonly linear: number[];
    readonly cubic: number[];
  }[];
}

const golden: Golden = JSON.parse(readFileSync(new URL("goldens/resample.json", import.meta.url), "utf8"));

function volumeOf(shape: Shape, values: readonly number[], affine: Affine = identityAffine): Volume {
  return {
    format: "nifti1",
    geometry: { shape, spacingMm: [1, 1, 1], affine },
    channels: 1,
    voxelType: "float64",
    slope: 1,
    intercept: 0,
    data: Float64Array.from(values),
  };
}

for (const item of golden.cases) {
  test.each(["nearest", "linear", "cubic"] as const)(`${item.kind} grid, %s: as scipy.ndimage`, (interpolation) => {
    const affine = item.matrix.flatMap((row, axis) => [...row, item.offset[axis]!]) as unknown as Affine;
    const target: Geometry = { shape: item.target, spacingMm: [1, 1, 1], affine };
    const result = resampleVolume(volumeOf(golden.shape, golden.values), target, { interpolation, outside: -1000 });
    const expected = item[interpolation];
    expect(result.data.length).toBe(expected.length);
    expect(expected.some((value) => value === -1000)).toBe(true);
    for (const [voxel, value] of expected.entries()) expect(result.data[voxel]).toBeCloseTo(value, 9);
  });
}

test("a grid sampled on itself is itself, in its own type with nearest", () => {
  const volume: Volume = {
    ...volumeOf([3, 2, 2], []),
    voxelType: "int16",
    data: Int16Array.from({ length: 12 }, (_, i) => i - 6),
  };
  const same = resampleVolume(volume, volume.geometry, { interpolation: "nearest" });
  expect(same.data).toEqual(volume.data);
  const cubic = resampleVolume(volume, volume.geometry, { interpolation: "cubic" });
  for (const [voxel, value] of (volume.data as Int16Array).entries()) expect(cubic.data[voxel]).toBeCloseTo(value, 5);
});

test.each([2, 3, 59, 60, 61, 200])("the spline passes through its samples, %i of them", (size) => {
  const values = Array.from({ length: size * 2 }, (_, index) => ((index * 7919) % 1000) - 500);
  for (const shape of [
    [size, 2, 1],
    [2, size, 1],
    [1, 2, size],
  ] as const) {
    const volume = volumeOf(shape, values);
    const same = resampleVolume(volume, volume.geometry, { interpolation: "cubic" });
    for (const [voxel, value] of values.entries()) expect(same.data[voxel]).toBeCloseTo(value, 9);
  }
});

test("scaled volumes are interpolated in scaled values", () => {
  const volume: Volume = {
    ...volumeOf([2, 1, 1], []),
    voxelType: "uint8",
    data: Uint8Array.of(0, 10),
    slope: 2,
    intercept: 5,
  };
  const target: Geometry = { shape: [1, 1, 1], spacingMm: [1, 1, 1], affine: [1, 0, 0, 0.5, 0, 1, 0, 0, 0, 0, 1, 0] };
  expect(resampleVolume(volume, target, { interpolation: "linear" })).toMatchObject({
    slope: 1,
    intercept: 0,
    voxelType: "float32",
    data: Float32Array.of(15),
  });
});

test("every channel is resampled alike", () => {
  const volume: Volume = { ...volumeOf([2, 1, 1], [1, 2, 30, 40]), channels: 2 };
  const target: Geometry = { shape: [3, 1, 1], spacingMm: [0.5, 1, 1], affine: [0.5, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] };
  expect([...resampleVolume(volume, target, { interpolation: "linear" }).data]).toEqual([1, 1.5, 2, 30, 35, 40]);
});

test("labels are never mixed, and come back after a finer grid", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 1605 }), { minLength: 24, maxLength: 24 }),
      fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
      (values, [fx, fy, fz]) => {
        const labelMap: LabelMap = {
          geometry: { shape: [4, 3, 2], spacingMm: [0.7, 0.9, 3], affine: [0, -0.9, 0, 7, 0.7, 0, 0, -3, 0, 0, 3, 11] },
          labels: Uint16Array.from(values),
        };
        const finer = geometryWithSpacing(labelMap.geometry, [0.7 / fx, 0.9 / fy, 3 / fz]);
        expect(finer.shape).toEqual([4 * fx, 3 * fy, 2 * fz]);
        const up = resampleLabelMap(labelMap, finer);
        expect(up.labels.length).toBe(24 * fx * fy * fz);
        expect(new Set(up.labels)).toEqual(new Set(values));
        // Odd factors put the old centres on new centres.
        if (fx % 2 && fy % 2 && fz % 2) {
          const back = resampleLabelMap(up, labelMap.geometry);
          expect([...back.labels]).toEqual(values);
        }
      },
    ),
  );
});

test("a result larger than the limit is refused before it is made", () => {
  const target: Geometry = { shape: [100_000, 100_000, 100_000], spacingMm: [1, 1, 1], affine: identityAffine };
  expect(() => resampleVolume(volumeOf([1, 1, 1], [0]), target, { interpolation: "nearest" })).toThrow(/limit/);
});

test("a new spacing keeps the outer faces", () => {
  const geometry: Geometry = { shape: [10, 10, 4], spacingMm: [1, 1, 3], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0] };
  const coarse = geometryWithSpacing(geometry, [2, 2, 3]);
  expect(coarse.shape).toEqual([5, 5, 4]);
  expect(coarse.affine).toEqual([2, 0, 0, 0.5, 0, 2, 0, 0.5, 0, 0, 3, 0]);
  expect(compareGeometry(geometry, geometryWithSpacing(geometry, geometry.spacingMm)).kind).toBe("exact");
});
