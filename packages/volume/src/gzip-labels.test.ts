import { gunzipSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { locateGzipLabels } from "./gzip-labels.ts";
import { encodeNifti } from "./nifti-write.ts";
import type { Volume, VoxelArray } from "./volume.ts";
import { voxelsAsBytes } from "./voxel-type.ts";

function volume(data: VoxelArray, voxelType: Volume["voxelType"], change: Partial<Volume> = {}): Volume {
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0] as const;
  const geometry = { shape: [3, 2, 2], spacingMm: [1, 1, 2], affine } as const;
  return { format: "nifti1", geometry, channels: 1, voxelType, slope: 1, intercept: 0, data, ...change };
}

const values = Array.from({ length: 12 }, (_, n) => n % 5);

test("whole numbers behind a header are found where they lie", () => {
  for (const [data, type] of [
    [Uint8Array.from(values), "uint8"],
    [Int16Array.from(values), "int16"],
    [Uint16Array.from(values), "uint16"],
    [Int32Array.from(values), "int32"],
  ] as const) {
    const bytes = gzipSync(encodeNifti(volume(data, type)));
    const found = locateGzipLabels(bytes);
    expect(found?.voxelType).toBe(type);
    expect(found?.geometry.shape).toEqual([3, 2, 2]);
    const stored = gunzipSync(bytes).subarray(found?.headerBytes);
    expect([...stored]).toEqual([...voxelsAsBytes(data, "little")]);
  }
});

test("voxels that need more than a look are left to the reader", () => {
  const labels = Uint8Array.from(values);
  expect(locateGzipLabels(encodeNifti(volume(labels, "uint8")))).toBeNull();
  expect(locateGzipLabels(gzipSync(encodeNifti(volume(Float32Array.from(values), "float32"))))).toBeNull();
  expect(locateGzipLabels(gzipSync(encodeNifti(volume(labels, "uint8", { slope: 2 }))))).toBeNull();
});
