/**
 * Every file of the shared oracle against what nibabel 5.0 reads: shape, type, byte order, steps, affine and orientation, and the
 * scaled values to the last bit (sha256 over little-endian float64, x fastest); through zlib and through the browser's path.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { SegathlonError } from "@segathlon/errors";
import { expect, test } from "vitest";
import { orientationCodes, readVolume, scaledValues, type Volume } from "./index.ts";
import { readHeaderFile, readVolumeFile } from "./node/index.ts";

const shared = new URL("../../../../shared/", import.meta.url);

interface Expected {
  readonly error?: string;
  readonly shape: number[];
  readonly dtype: string;
  readonly endian: "<" | ">";
  readonly zooms: number[];
  readonly affine: number[][];
  readonly orientation: string;
  readonly qform_code: number;
  readonly sform_code: number;
  readonly extensions: [number, number][];
  readonly values: { min: number; max: number; sha256_f64: string };
}

function numpyType(dtype: string): string {
  const short = /^[<>]([iuf])(\d)$/.exec(dtype);
  if (short === null) return dtype;
  const kinds: Record<string, string> = { i: "int", u: "uint", f: "float" };
  return `${kinds[short[1]!]}${Number(short[2]) * 8}`;
}

function valuesHash(volume: Volume): string {
  const values = scaledValues(volume);
  return createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex");
}

for (const [name, folder] of [
  ["nifti-awkward", "awkward"],
  ["nifti-spinal-cord", "spinal-cord"],
] as const) {
  const file = new URL(`oracle/${name}.expected.json`, shared);
  if (!existsSync(file)) {
    console.warn(`nibabel oracle: ${file.pathname} is absent; ${name} is not compared`);
    test(`${name}: absent`, () => expect(existsSync(file)).toBe(false));
    continue;
  }
  const cases: Record<string, Expected> = JSON.parse(readFileSync(file, "utf8"));
  test.each(Object.entries(cases))(`${name}: %s`, async (fileName, expected) => {
    const path = new URL(`data/${folder}/${fileName}`, shared).pathname;
    if (expected.error !== undefined) {
      await expect(readVolumeFile(path)).rejects.toThrow(SegathlonError);
      await expect(readHeaderFile(path)).rejects.toThrow(SegathlonError);
      return;
    }
    const volume = await readVolumeFile(path);
    const { details, geometry } = volume;
    expect(details?.dimensions).toEqual(expected.shape);
    expect(volume.voxelType).toBe(numpyType(expected.dtype));
    expect(details?.byteOrder).toBe(expected.endian === "<" ? "little" : "big");
    expect(details?.steps).toEqual(expected.zooms);
    const rows = [0, 4, 8].map((start) => geometry.affine.slice(start, start + 4).map((value) => value + 0));
    expect(rows).toEqual(expected.affine.slice(0, 3).map((row) => row.map((value) => value + 0)));
    expect(orientationCodes(geometry.affine)).toBe(expected.orientation);
    expect(details?.nifti?.qformCode).toBe(expected.qform_code);
    expect(details?.nifti?.sformCode).toBe(expected.sform_code);
    expect(details?.nifti?.extensions.map(({ code, content }) => [code, content.length + 8])).toEqual(
      expected.extensions,
    );
    expect(valuesHash(volume)).toBe(expected.values.sha256_f64);
    const { data: _data, ...header } = volume;
    expect(await readHeaderFile(path)).toEqual(header);
    const inBrowser = await readVolume(new Uint8Array(readFileSync(path)), {
      ...(fileName.endsWith(".hdr.gz")
        ? { voxelFile: new Uint8Array(readFileSync(path.replace(".hdr.gz", ".img.gz"))) }
        : {}),
    });
    expect(valuesHash(inBrowser)).toBe(expected.values.sha256_f64);
  });
}
