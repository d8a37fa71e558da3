/** Predictions made to mislead or to break the evaluator (peer-platforms.md section 5, NIfTI and volume attacks 10 to 19). */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { catalogueTask } from "../catalogue.ts";
import { protocolFromOptions, protocolOfTask } from "../scoring-protocol.ts";
import { evaluateUnit, type UnitResult } from "./evaluation-unit.ts";

interface Fields {
  readonly dim?: readonly number[];
  readonly datatype?: number;
  readonly bitpix?: number;
  readonly pixdim?: readonly number[];
  readonly voxOffset?: number;
  readonly slope?: number;
  readonly intercept?: number;
  readonly qformCode?: number;
  readonly quatern?: readonly number[];
  readonly sformCode?: number;
  readonly srow?: readonly number[];
  readonly extension?: readonly number[];
}

const diagonal = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0];

/** A NIfTI-1 file whose header says what the test wants. */
function nifti(fields: Fields, voxels: Uint8Array, order: "little" | "big" = "little"): Uint8Array {
  const extension = Buffer.from(fields.extension ?? [0, 0, 0, 0]);
  const header = Buffer.alloc(348);
  const int16 = (value: number, at: number): unknown =>
    order === "little" ? header.writeInt16LE(value, at) : header.writeInt16BE(value, at);
  const float = (value: number, at: number): unknown =>
    order === "little" ? header.writeFloatLE(value, at) : header.writeFloatBE(value, at);
  if (order === "little") header.writeInt32LE(348, 0);
  else header.writeInt32BE(348, 0);
  for (const [index, size] of (fields.dim ?? [3, 6, 5, 4, 1, 1, 1, 1]).entries()) int16(size, 40 + 2 * index);
  int16(fields.datatype ?? 2, 70);
  int16(fields.bitpix ?? 8, 72);
  for (const [index, size] of (fields.pixdim ?? [1, 1, 1, 2, 1, 1, 1, 1]).entries()) float(size, 76 + 4 * index);
  float(fields.voxOffset ?? 348 + extension.length, 108);
  float(fields.slope ?? 0, 112);
  float(fields.intercept ?? 0, 116);
  int16(fields.qformCode ?? 0, 252);
  int16(fields.sformCode ?? 2, 254);
  for (const [index, value] of (fields.quatern ?? []).entries()) float(value, 256 + 4 * index);
  for (const [index, value] of (fields.srow ?? diagonal).entries()) float(value, 280 + 4 * index);
  header.write("n+1\0", 344, "latin1");
  return Buffer.concat([header, extension, voxels]);
}

const box = Uint8Array.from({ length: 120 }, (_, voxel) => (voxel >= 40 && voxel < 80 ? 1 : 0));
const bytesOf = (array: Float32Array | BigUint64Array | Int16Array): Uint8Array => new Uint8Array(array.buffer);
const floats = (value: number): Uint8Array => bytesOf(Float32Array.from(box, (label) => label * value));

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-hostile-"));
  writeFileSync(path.join(folder, "reference.nii"), nifti({}, box));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const protocol = protocolOfTask(catalogueTask("msd/Task09_Spleen"), { metrics: "dice,nsd,hd95" });

async function score(prediction: Uint8Array, reference = "reference.nii"): Promise<UnitResult["outcome"]> {
  const file = path.join(folder, "prediction.nii");
  writeFileSync(file, prediction);
  const named = (full: string): { path: string; name: string } => ({ path: full, name: path.basename(full) });
  const unit = {
    kind: "label-maps",
    case: "a",
    reference: named(path.join(folder, reference)),
    prediction: named(file),
  } as const;
  const { outcome } = await evaluateUnit(unit, { protocol, geometry: "standard", maxVoxelBytes: 64 * 1024 * 1024 });
  expect(JSON.stringify(outcome)).not.toContain(folder);
  return outcome;
}

test.each<[string, Uint8Array, RegExp]>([
  [
    "dimensions 32767^7",
    nifti({ dim: [7, 32767, 32767, 32767, 32767, 32767, 32767, 32767] }, box),
    /SEG00[3569]|SEG010/,
  ],
  ["product of dimensions beyond 2^31", nifti({ dim: [3, 2048, 2048, 2048, 1, 1, 1, 1] }, box), /SEG009/],
  ["negative dimension", nifti({ dim: [3, -6, 5, 4, 1, 1, 1, 1] }, box), /SEG006/],
  ["zero dimension", nifti({ dim: [3, 0, 5, 4, 1, 1, 1, 1] }, box), /SEG006/],
  ["dim[0] of 0", nifti({ dim: [0, 6, 5, 4, 1, 1, 1, 1] }, box), /SEG00[26]/],
  ["dim[0] of 9", nifti({ dim: [9, 6, 5, 4, 1, 1, 1, 1] }, box), /SEG00[26]/],
  ["less data than announced", nifti({}, box.subarray(0, 100)), /SEG003/],
  ["more data than announced", nifti({}, new Uint8Array(5000)), /SEG005/],
  ["more data than announced, compressed", gzipSync(nifti({}, new Uint8Array(50_000_000))), /SEG005/],
  ["vox_offset NaN", nifti({ voxOffset: Number.NaN }, box), /SEG006/],
  ["vox_offset negative", nifti({ voxOffset: -352 }, box), /SEG006/],
  ["vox_offset beyond the file", nifti({ voxOffset: 1e9 }, box), /SEG00[3569]/],
  ["vox_offset inside the header", nifti({ voxOffset: 100 }, box), /SEG006/],
  ["slope 1e30", nifti({ slope: 1e30 }, box), /SEG008/],
  ["slope and intercept that make other integers", nifti({ slope: 2, intercept: 1 }, box), /SEG104/],
  ["labels of 1.5", nifti({ datatype: 16, bitpix: 32 }, floats(1.5)), /SEG008/],
  ["labels of NaN", nifti({ datatype: 16, bitpix: 32 }, floats(Number.NaN)), /SEG008/],
  ["labels of infinity", nifti({ datatype: 16, bitpix: 32 }, floats(Number.POSITIVE_INFINITY)), /SEG008/],
  ["labels of -1", nifti({ datatype: 4, bitpix: 16 }, bytesOf(Int16Array.from(box, (label) => -label))), /SEG008/],
  [
    "uint64 labels beyond 2^53",
    nifti({ datatype: 1280, bitpix: 64 }, bytesOf(BigUint64Array.from(box, (label) => BigInt(label) * 2n ** 60n))),
    /SEG008/,
  ],
  ["complex voxels", nifti({ datatype: 32, bitpix: 64 }, new Uint8Array(960)), /SEG007/],
  ["RGB voxels", nifti({ datatype: 128, bitpix: 24 }, new Uint8Array(360)), /SEG007/],
  ["bits per voxel that do not fit the type", nifti({ bitpix: 64 }, box), /SEG006/],
  ["singular affine", nifti({ srow: [1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 2, 0] }, box), /SEG015/],
  ["affine of zeros", nifti({ srow: new Array(12).fill(0) }, box), /SEG015/],
  ["affine with NaN", nifti({ srow: [...diagonal.slice(0, 11), Number.NaN] }, box), /SEG015/],
  [
    "spacing 1e-30",
    nifti(
      { srow: [1e-30, 0, 0, 0, 0, 1e-30, 0, 0, 0, 0, 1e-30, 0], pixdim: [1, 1e-30, 1e-30, 1e-30, 1, 1, 1, 1] },
      box,
    ),
    /SEG01[45]|SEG006/,
  ],
  [
    "spacing 1e30",
    nifti({ srow: [1e30, 0, 0, 0, 0, 1e30, 0, 0, 0, 0, 1e30, 0], pixdim: [1, 1e30, 1e30, 1e30, 1, 1, 1, 1] }, box),
    /SEG01[45]|SEG006/,
  ],
  ["four dimensions", nifti({ dim: [4, 6, 5, 2, 2, 1, 1, 1] }, box), /SEG010/],
  [
    "labels outside the task",
    nifti(
      {},
      box.map((label) => label * 7),
    ),
    /SEG104/,
  ],
  [
    "extension of a negative size",
    nifti({ extension: [1, 0, 0, 0, 0xf0, 0xff, 0xff, 0xff, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] }, box),
    /SEG006/,
  ],
])("refused as the prediction's fault: %s", async (_name, prediction, code) => {
  const outcome = await score(prediction);
  expect(outcome).toMatchObject({ status: "failed", side: "prediction" });
  if (outcome.status === "failed") expect(outcome.problem.code, outcome.problem.message).toMatch(code);
});

test("what is unusual but sound is scored", async () => {
  const dice = async (prediction: Uint8Array): Promise<unknown> => {
    const outcome = await score(prediction);
    return outcome.status === "ok" ? [outcome.geometry, outcome.regions.spleen?.metrics.dice] : outcome;
  };
  expect(await dice(nifti({}, box))).toEqual(["exact", 1]);
  expect(await dice(nifti({ slope: Number.NaN, intercept: Number.NaN }, box))).toEqual(["exact", 1]);
  expect(await dice(nifti({ datatype: 16, bitpix: 32 }, floats(0.9999)))).toEqual(["exact", 1]);
  const swapped = Buffer.from(bytesOf(Int16Array.from(box))).swap16();
  expect(await dice(nifti({ datatype: 4, bitpix: 16 }, swapped, "big"))).toEqual(["exact", 1]);
  // The sform places the voxels whatever the qform says.
  expect(await dice(nifti({ qformCode: 1, quatern: [0, 0, 1, 50, 50, 50] }, box))).toEqual(["exact", 1]);
  // Left and right exchanged with equal shape: turned back, not scored as it lies.
  const turned = Uint8Array.from(box, (_, voxel) => box[5 - (voxel % 6) + 6 * Math.floor(voxel / 6)] as number);
  expect(await dice(nifti({ srow: [-1, 0, 0, 5, 0, 1, 0, 0, 0, 0, 2, 0] }, turned))).toEqual(["reoriented", 1]);
});

test("masks made to be slow are scored: checkerboard, all ones, single voxel, a hundred thousand components", async () => {
  const size = 96;
  const shape = [3, size, size, size, 1, 1, 1, 1];
  const cube = (rule: (x: number, y: number, z: number) => boolean): Uint8Array =>
    Uint8Array.from({ length: size ** 3 }, (_, voxel) =>
      rule(voxel % size, Math.floor(voxel / size) % size, Math.floor(voxel / size / size)) ? 1 : 0,
    );
  const checkerboard = cube((x, y, z) => (x + y + z) % 2 === 0);
  writeFileSync(path.join(folder, "large.nii"), nifti({ dim: shape }, checkerboard));
  for (const [mask, dice] of [
    [checkerboard, 1],
    [cube(() => true), 2 / 3],
    [cube((x, y, z) => x + y + z === 0), 2 / (size ** 3 / 2 + 1)],
    [cube((x, y, z) => (x & y & z & 1) === 1), null],
  ] as const) {
    const outcome = await score(nifti({ dim: shape }, mask), "large.nii");
    expect(outcome.status).toBe("ok");
    if (outcome.status !== "ok" || dice === null) continue;
    expect(outcome.regions.spleen?.metrics.dice).toBeCloseTo(dice, 12);
    expect(Object.values(outcome.regions.spleen?.metrics ?? {}).every((value) => Number.isFinite(value))).toBe(true);
  }
});

test("an option that is not there for a region is a fault of the request, before any file is read", () => {
  expect(() => protocolFromOptions({ metrics: "nsd", tolerances: { liver: [1] }, regions: { spleen: [1] } })).toThrow(
    /no tolerance for region "spleen"/,
  );
});
