/** What ITK would not say: which file is DICOM, and slices that do not make a grid. ITK itself is tested on real files. */

import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SegathlonError } from "@segathlon/errors";
import { afterAll, beforeAll, expect, test } from "vitest";
import { looksLikeDicom, readDicomTags } from "./dicom-tags.ts";
import { readDicomSeries, readLabelMapFile, readVolumeFile } from "./index.ts";
import { runItk } from "./itk.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "segathlon-dicom-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const explicit = "1.2.840.10008.1.2.1";
const implicit = "1.2.840.10008.1.2";
const longForms = ["OB", "SQ", "UN", "UT"];

/** One element; `length` overrides the true one. */
function element(
  tag: number,
  vr: string,
  content: string | Uint8Array,
  syntax = explicit,
  length?: number,
): Uint8Array {
  const text =
    typeof content === "string" ? Buffer.from(content.length % 2 ? `${content} ` : content, "latin1") : content;
  const long = syntax === implicit || longForms.includes(vr);
  const header = Buffer.alloc(syntax === implicit || !long ? 8 : 12);
  header.writeUInt16LE(tag >>> 16, 0);
  header.writeUInt16LE(tag & 0xffff, 2);
  if (syntax === implicit) header.writeUInt32LE(length ?? text.length, 4);
  else {
    header.write(vr, 4, "latin1");
    if (long) header.writeUInt32LE(length ?? text.length, 8);
    else header.writeUInt16LE(length ?? text.length, 6);
  }
  return Buffer.concat([header, text]);
}

/** An item or a delimiter: no value representation in either syntax. */
function item(tag: number, content: Uint8Array, length = content.length): Uint8Array {
  return element(tag, "", content, implicit, length);
}

interface Slice {
  readonly syntax?: string;
  readonly position?: string;
  readonly orientation?: string;
  readonly series?: string;
  readonly rows?: number;
}

function slice({
  syntax = explicit,
  position = "0\\0\\0",
  orientation = "1\\0\\0\\0\\1\\0",
  series = "1.2.3",
  rows = 4,
}: Slice): Uint8Array {
  const number = (value: number): Uint8Array => Uint8Array.of(value & 255, value >> 8);
  // A sequence of undefined length with nested items, before everything that matters.
  const nested = Buffer.concat([
    item(
      0xfffe_e000,
      Buffer.concat([element(0x0008_1155, "UI", "9.9", syntax), item(0xfffe_e00d, new Uint8Array(0))]),
      0xffff_ffff,
    ),
    item(0xfffe_e000, element(0x0008_1155, "UI", "9.8", syntax)),
    item(0xfffe_e0dd, new Uint8Array(0)),
  ]);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from("DICM"),
    element(0x0002_0002, "UI", "1.2.840.10008.5.1.4.1.1.2"),
    element(0x0002_0010, "UI", syntax),
    element(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2", syntax),
    element(0x0008_0060, "CS", "CT", syntax),
    element(0x0008_1140, "SQ", nested, syntax, 0xffff_ffff),
    element(0x0020_000e, "UI", series, syntax),
    ...(position === "" ? [] : [element(0x0020_0032, "DS", position, syntax)]),
    element(0x0020_0037, "DS", orientation, syntax),
    element(0x0028_0010, "US", number(rows), syntax),
    element(0x0028_0011, "US", number(6), syntax),
    element(0x0028_0100, "US", number(16), syntax),
    element(0x7fe0_0010, "OB", new Uint8Array(rows * 12), syntax),
  ]);
}

test.each([explicit, implicit])("attributes are found behind nested sequences (transfer syntax %s)", (syntax) => {
  const bytes = slice({ syntax, position: "-1.5\\2\\3e1" });
  expect(looksLikeDicom(bytes)).toBe(true);
  expect(readDicomTags(bytes, "a.dcm")).toEqual({
    sopClass: "1.2.840.10008.5.1.4.1.1.2",
    modality: "CT",
    seriesUid: "1.2.3",
    imagePosition: [-1.5, 2, 30],
    imageOrientation: [1, 0, 0, 0, 1, 0],
    frames: 1,
    rows: 4,
    columns: 6,
    bitsAllocated: 16,
  });
  // Cut off anywhere: more bytes are asked for, never a wrong answer.
  const complete = JSON.stringify(readDicomTags(bytes, "a.dcm"));
  for (let length = 132; length < bytes.length; length += 1) {
    const tags = readDicomTags(bytes.subarray(0, length), "a.dcm");
    expect(tags === null || JSON.stringify(tags) === complete).toBe(true);
  }
});

test("transfer syntaxes that cannot be read are named", () => {
  expect(() => readDicomTags(slice({ syntax: "1.2.840.10008.1.2.2" }), "a.dcm")).toThrow(/big-endian DICOM/);
});

async function series(name: string, slices: readonly Slice[]): Promise<string> {
  const path = join(folder, name);
  await mkdir(path);
  for (const [index, one] of slices.entries()) await writeFile(join(path, `${index}.dcm`), slice(one));
  await writeFile(join(path, "notes.txt"), "not DICOM");
  return path;
}

async function refusal(action: Promise<unknown>): Promise<SegathlonError> {
  const error = await action.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(SegathlonError);
  return error as SegathlonError;
}

const at = (...heights: number[]): Slice[] => heights.map((height) => ({ position: `0\\0\\${height}` }));

test.each<[string, Slice[], RegExp]>([
  ["a missing slice", at(0, 2, 4, 8, 10), /not evenly spaced: 4\.000 mm after slice 3, 2\.000 mm elsewhere/],
  ["the same slice twice", at(0, 2, 2), /two slices lie at the same place \(0, 0, 2\)/],
  ["two series", [{ series: "1" }, { series: "2", position: "0\\0\\2" }], /holds 2 DICOM series/],
  ["two sizes", [{}, { rows: 5, position: "0\\0\\2" }], /different sizes: 6x4, 6x5/],
  ["two orientations", [{}, { orientation: "0\\1\\0\\1\\0\\0", position: "0\\0\\2" }], /different orientations/],
  [
    "a tilted gantry",
    [{ position: "0\\0\\0" }, { position: "0\\1\\2" }, { position: "0\\2\\4" }],
    /sheared \(tilted gantry\)/,
  ],
  ["no position", [{ position: "" }], /no Image Position/],
])("%s is refused before ITK is asked", async (name, slices, message) => {
  const path = await series(name.replaceAll(" ", "-"), slices);
  expect(await refusal(readDicomSeries(path))).toMatchObject({
    code: "SEG006",
    message: expect.stringMatching(message),
  });
});

test("a size beyond the limit is refused before ITK is asked", async () => {
  const path = await series("large", at(0, 1));
  expect(await refusal(readVolumeFile(path, { maxVoxelBytes: 50 }))).toMatchObject({
    code: "SEG009",
    message: expect.stringMatching(/96 bytes for its voxels; the limit is 50/),
  });
});

test("what ITK cannot read is a clear error, and nothing is printed", async () => {
  const broken = slice({}).subarray(0, -30);
  await writeFile(join(folder, "broken.dcm"), broken);
  const error = await refusal(readLabelMapFile(join(folder, "broken.dcm")));
  expect(error.code).toMatch(/SEG00[236]/);
  expect(error.message).toMatch(/broken\.dcm: /);
});

test("a missing optional package is named with the command that installs it", async () => {
  const job = { kind: "dicom-seg", path: join(folder, "a.dcm") } as const;
  const missing = { package: { name: "@itk-wasm/absent", version: "1.2.3" } };
  expect(await refusal(runItk(job, "a.dcm", missing))).toMatchObject({
    code: "SEG016",
    message: "a.dcm: DICOM is read by the optional package @itk-wasm/absent, which is not installed",
    hint: "Run: npm install @itk-wasm/absent@1.2.3",
  });
});

test("a file that keeps ITK busy is given up", async () => {
  const job = { kind: "dicom-seg", path: join(folder, "a.dcm") } as const;
  expect(await refusal(runItk(job, "a.dcm", { maxSeconds: 0.001 }))).toMatchObject({
    code: "SEG002",
    message: expect.stringMatching(/not done after 0\.001 s/),
  });
});

test("a real series with a slice taken out is refused; read whole it is a volume", async () => {
  const real = new URL("../../../../../shared/data/totalsegmentator/example_ct_dicom/", import.meta.url).pathname;
  if (!existsSync(real)) {
    console.warn("DICOM: data/totalsegmentator/example_ct_dicom is absent; a real series is not read");
    return;
  }
  const names = (await readdir(real)).toSorted();
  const path = join(folder, "real");
  await mkdir(path);
  for (const name of names) if (name !== names[7]) await copyFile(join(real, name), join(path, name));
  expect((await refusal(readVolumeFile(path))).message).toMatch(/not evenly spaced: 4\.000 mm/);
  const tags = readDicomTags(await readFile(join(real, names[0]!)), "slice");
  expect(tags).toMatchObject({ modality: "CT", rows: 512, columns: 512 });
});
