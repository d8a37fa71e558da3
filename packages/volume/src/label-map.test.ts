import { SegathlonError } from "@segathlon/errors";
import fc from "fast-check";
import { expect, test } from "vitest";
import { countLabels, identityAffine, toLabelMap, type Volume, type VoxelArray, voxelTypeOf } from "./index.ts";

function volumeOf(data: VoxelArray, slope = 1, intercept = 0): Volume {
  return {
    format: "nifti1",
    geometry: { shape: [data.length, 1, 1], spacingMm: [1, 1, 1], affine: identityAffine },
    channels: 1,
    voxelType: voxelTypeOf(data),
    slope,
    intercept,
    data,
  };
}

function refusal(volume: Volume): string {
  try {
    toLabelMap(volume, "a.nii");
  } catch (error) {
    expect(error).toBeInstanceOf(SegathlonError);
    expect((error as SegathlonError).code).toBe("SEG008");
    return (error as SegathlonError).message;
  }
  throw new Error("not refused");
}

test("uint8 labels are taken as they are, without copying", () => {
  const data = Uint8Array.of(0, 3, 255);
  expect(toLabelMap(volumeOf(data)).labels).toBe(data);
});

test("the narrowest type holds the labels of every stored type", () => {
  const makers: ((values: number[]) => VoxelArray)[] = [
    (values) => Uint16Array.from(values),
    (values) => Int16Array.from(values),
    (values) => Uint32Array.from(values),
    (values) => Int32Array.from(values),
    (values) => BigUint64Array.from(values, BigInt),
    (values) => BigInt64Array.from(values, BigInt),
    (values) => Float32Array.from(values),
    (values) => Float64Array.from(values),
  ];
  for (const make of makers) {
    expect(toLabelMap(volumeOf(make([0, 7, 255]))).labels).toEqual(Uint8Array.of(0, 7, 255));
    expect(toLabelMap(volumeOf(make([0, 256, 1605]))).labels).toEqual(Uint16Array.of(0, 256, 1605));
  }
  expect(toLabelMap(volumeOf(Int8Array.of(0, 127))).labels).toEqual(Uint8Array.of(0, 127));
  // A label of 1e9 costs no more memory than its voxel.
  for (const data of [Int32Array.of(0, 1e9), Float64Array.of(0, 1e9), BigInt64Array.of(0n, 1_000_000_000n)]) {
    expect(toLabelMap(volumeOf(data)).labels).toEqual(Uint32Array.of(0, 1e9));
  }
  expect(toLabelMap(volumeOf(Uint32Array.of(0, 4_294_967_295))).labels).toEqual(Uint32Array.of(0, 4_294_967_295));
  expect([...countLabels(Uint32Array.of(0, 1e9, 1e9, 2))]).toEqual([
    [0, 1],
    [2, 1],
    [1e9, 2],
  ]);
});

test("a mask that is stored scaled is rounded", () => {
  // From the spinal cord files: int32, slope 2.3e-10, intercept 0.5 holds 0 and 0.99999997.
  const slope = Math.fround(2.3283064376228985e-10);
  const data = Int32Array.of(-2_147_483_648, 2_147_483_647);
  expect(toLabelMap(volumeOf(data, slope, 0.5)).labels).toEqual(Uint8Array.of(0, 1));
  expect(toLabelMap(volumeOf(Uint8Array.of(0, 1, 200), 10, 5)).labels).toEqual(Uint16Array.of(5, 15, 2005));
  expect(toLabelMap(volumeOf(Float32Array.of(2.9995, -0.0004, 0))).labels).toEqual(Uint8Array.of(3, 0, 0));
  expect(Object.is(toLabelMap(volumeOf(Float32Array.of(-0.0004))).labels[0], 0)).toBe(true);
});

test("what is not a label is refused by value and voxel", () => {
  expect(refusal(volumeOf(Int16Array.of(0, 5, -1)))).toBe(
    "a.nii: voxel (2, 0, 0) holds -1, which is negative; labels are whole numbers from 0",
  );
  expect(refusal(volumeOf(Float32Array.of(0, 1.5)))).toMatch(
    /voxel \(1, 0, 0\) holds 1\.5, which is not a whole number/,
  );
  expect(refusal(volumeOf(Float64Array.of(0.998)))).toMatch(/0\.998/);
  expect(refusal(volumeOf(Float32Array.of(0, Number.NaN)))).toMatch(/holds NaN, which is not a finite number/);
  expect(refusal(volumeOf(Float32Array.of(Number.POSITIVE_INFINITY)))).toMatch(/Infinity/);
  expect(refusal(volumeOf(Float64Array.of(4_294_967_296)))).toMatch(/larger than 4294967295/);
  expect(refusal(volumeOf(BigUint64Array.of(2n ** 60n)))).toMatch(/1152921504606846976, which is larger/);
  expect(refusal(volumeOf(BigInt64Array.of(-(2n ** 60n))))).toMatch(/negative/);
  expect(refusal(volumeOf(Uint8Array.of(1), 0.5))).toMatch(/0\.5, which is not a whole number/);
  expect(refusal(volumeOf(Int8Array.of(-128)))).toMatch(/-128/);
});

test("the voxel that is named is the one in the file", () => {
  const data = new Int16Array(24);
  data[3 + 4 * (2 + 3 * 1)] = -9;
  const volume = { ...volumeOf(data), geometry: { ...volumeOf(data).geometry, shape: [4, 3, 2] as const } };
  expect(refusal(volume)).toMatch(/voxel \(3, 2, 1\) holds -9/);
});

test("any labels come through any type that holds them", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 70_000 }), { minLength: 1, maxLength: 50 }), (values) => {
      for (const data of [Uint32Array.from(values), Int32Array.from(values), Float64Array.from(values)]) {
        const { labels } = toLabelMap(volumeOf(data));
        expect([...labels]).toEqual(values);
        expect(labels.BYTES_PER_ELEMENT).toBe(Math.max(...values) < 256 ? 1 : Math.max(...values) < 65_536 ? 2 : 4);
      }
      const halves = Float64Array.from(values, (value) => value * 4 - 1);
      expect([...toLabelMap(volumeOf(halves, 0.25, 0.25)).labels]).toEqual(values);
    }),
  );
});

test("counts add up to the voxels", () => {
  const runs = fc
    .array(fc.tuple(fc.constantFrom(0, 1, 5, 255), fc.integer({ min: 1, max: 20 })), { maxLength: 20 })
    .map((parts) => parts.flatMap(([label, length]) => new Array<number>(length).fill(label)));
  fc.assert(
    fc.property(runs, fc.constantFrom(Uint8Array, Uint16Array, Uint32Array), fc.nat(3), (values, type, shift) => {
      const labels = new type(values.length + shift).subarray(shift);
      labels.set(values);
      const counts = countLabels(labels);
      expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(values.length);
      for (const [label, count] of counts) expect(count).toBe(values.filter((value) => value === label).length);
      expect([...counts.keys()]).toEqual([...counts.keys()].toSorted((one, other) => one - other));
    }),
  );
});
