/** Tiny files in every type, byte order, version and transform against what nibabel 5.0 reads (goldens/make_goldens.py). */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  encodeNifti,
  orientationCodes,
  readVolume,
  scaledValues,
  transformDisagreementMm,
  type Volume,
} from "./index.ts";
import { decodeVolume } from "./node/index.ts";

interface Golden {
  readonly file: string;
  readonly voxels?: string;
  readonly shape: number[];
  readonly dtype: string;
  readonly endian: "<" | ">";
  readonly zooms: number[];
  readonly affine: number[][];
  readonly orientation: string;
  readonly sha256: string;
}

const goldens: Record<string, Golden> = JSON.parse(
  readFileSync(new URL("goldens/nifti.json", import.meta.url), "utf8"),
);

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "base64"));
}

function sha256(volume: Volume): string {
  return createHash("sha256")
    .update(new Uint8Array(scaledValues(volume).buffer))
    .digest("hex");
}

/** -0 and 0 are the same number here; toEqual tells them apart. */
function rows(affine: readonly number[]): number[][] {
  return [0, 4, 8].map((start) => affine.slice(start, start + 4).map((value) => value + 0));
}

function check(volume: Volume, golden: Golden): void {
  expect(volume.details?.dimensions).toEqual(golden.shape);
  expect(volume.voxelType).toBe(golden.dtype);
  expect(volume.details?.byteOrder).toBe(golden.endian === "<" ? "little" : "big");
  expect(volume.details?.steps).toEqual(golden.zooms);
  expect(rows(volume.geometry.affine)).toEqual(golden.affine.slice(0, 3).map((row) => row.map((value) => value + 0)));
  expect(orientationCodes(volume.geometry.affine)).toBe(golden.orientation);
  expect(sha256(volume)).toBe(golden.sha256);
}

test.each(Object.entries(goldens))("%s", async (name, golden) => {
  const bytes = bytesOf(golden.file);
  const options = { fileName: name, ...(golden.voxels === undefined ? {} : { voxelFile: bytesOf(golden.voxels) }) };
  const volume = await readVolume(bytes, options);
  check(volume, golden);
  check(decodeVolume(Buffer.from(bytes), options), golden);

  // Written and read again: the same values, the same place, the same extensions.
  const again = decodeVolume(encodeNifti(volume, { version: 2 }));
  expect(rows(again.geometry.affine)).toEqual(rows(volume.geometry.affine));
  expect(again.geometry.spacingMm).toEqual(volume.geometry.spacingMm);
  expect(sha256(again)).toBe(golden.sha256);
  if (volume.format === "nifti1") {
    const narrow = decodeVolume(encodeNifti(volume));
    const rounded = volume.details?.nifti?.affineSource === "sform" || volume.details?.byteOrder === "little";
    if (rounded) expect(narrow.geometry).toEqual(volume.geometry);
    expect(sha256(narrow)).toBe(golden.sha256);
    expect(narrow.details?.nifti?.extensions).toEqual(volume.details?.nifti?.extensions);
  }
});

test("two transforms that disagree are measured", async () => {
  const distance = async (name: string): Promise<number | null> =>
    transformDisagreementMm(await readVolume(bytesOf(goldens[name]!.file)));
  expect(await distance("sform with shear 0")).toBeGreaterThan(1);
  expect(await distance("qform 0")).toBeNull();
  expect(await distance("neither transform")).toBeNull();
  const written = encodeNifti(await readVolume(bytesOf(goldens["qform 3"]!.file)), { version: 2 });
  expect(await transformDisagreementMm(await readVolume(written))).toBeLessThan(1e-4);
});
