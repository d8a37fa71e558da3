/** Releases: reproducible, without test labels, sealed labels that open with the key and with nothing else; Croissant; de-identified copies. */
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { phantoms, writePhantomDataset } from "@segathlon/phantom";
import { readVolumeFile, writeVolumeFile } from "@segathlon/volume/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readDataset, splitText } from "../index.ts";
import {
  deidentifyDataset,
  folderSource,
  openSealedLabels,
  openSource,
  packageDataset,
  type ReleaseManifest,
  readSealingKey,
} from "./index.ts";

const scratch = mkdtempSync(join(tmpdir(), "segathlon-package-"));
const data = join(scratch, "data");
const key = join(scratch, "keys", "release.key");
const options = {
  date: "2026-11-21",
  version: "1.0.0",
  creator: "Somebody",
  url: "https://example.org/data",
  keyFile: key,
  errors: "refuse",
} as const;
let manifest: ReleaseManifest;

async function release(name: string, from = data, more = {}): Promise<ReleaseManifest> {
  const source = await folderSource(from);
  return packageDataset(source, await readDataset(source), join(scratch, name), { ...options, ...more });
}

beforeAll(async () => {
  await writePhantomDataset(phantoms.hippocampus, data, { size: 20, cases: 8 });
  manifest = await release("release");
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("same input, same bytes; checksums hold", async () => {
  await release("again");
  for (const name of readdirSync(join(scratch, "release"))) {
    expect(readFileSync(join(scratch, "again", name)).equals(readFileSync(join(scratch, "release", name))), name).toBe(
      true,
    );
  }
  for (const [name, { sha256, bytes }] of Object.entries({
    ...manifest.files,
    [manifest.sealed!.file]: manifest.sealed!,
  })) {
    const content = readFileSync(join(scratch, "release", name));
    expect([content.length, createHash("sha256").update(content).digest("hex")]).toEqual([bytes, sha256]);
    expect(readFileSync(join(scratch, "release", "SHA256SUMS"), "utf8")).toContain(`${sha256}  ${name}\n`);
  }
});

test("no test label is in the public part: not its file, not its bytes, not its numbers", async () => {
  const tar = readFileSync(join(scratch, "release", "Hippocampus-1.0.0.tar"));
  expect(tar.includes("labelsTs")).toBe(false);
  for (const name of readdirSync(join(data, "labelsTs"))) {
    expect(tar.includes(readFileSync(join(data, "labelsTs", name)))).toBe(false);
    const id = name.replace(".nii.gz", "");
    const row = readFileSync(join(scratch, "release", "cases.csv"), "utf8")
      .split("\n")
      .find((line) => line.startsWith(`${id},`));
    expect(row).toMatch(/,,$/);
  }
  const source = await openSource(join(scratch, "release", "Hippocampus-1.0.0.tar"));
  const dataset = await readDataset(source);
  expect(dataset.cases.filter((one) => one.split === "test").every((one) => one.label === undefined)).toBe(true);
  expect(dataset.cases).toHaveLength(8);
  await source.close();
});

test("the sealed labels open with the key, and with nothing else", async () => {
  const sealed = join(scratch, "release", "test-labels.sealed");
  const name = `${manifest.name}/${manifest.splitSha256}`;
  const names = await openSealedLabels(sealed, await readSealingKey(key), name, join(scratch, "opened"));
  expect(names).toEqual(
    readdirSync(join(data, "labelsTs"))
      .map((file) => `labelsTs/${file}`)
      .sort(),
  );
  for (const file of names)
    expect(readFileSync(join(scratch, "opened", file)).equals(readFileSync(join(data, file)))).toBe(true);
  const refused = async (path: string, secret: Buffer, release_: string): Promise<void> => {
    await expect(openSealedLabels(path, secret, release_, join(scratch, "refused"))).rejects.toMatchObject({
      code: "SEG208",
    });
    expect(existsSync(join(scratch, "refused"))).toBe(false);
  };
  await refused(sealed, Buffer.alloc(32, 7), name);
  await refused(sealed, await readSealingKey(key), "another release");
  const bytes = readFileSync(sealed);
  for (const at of [0, 9, 25, Math.floor(bytes.length / 2), bytes.length - 1]) {
    const damaged = Buffer.from(bytes);
    damaged[at] = damaged[at]! ^ 1;
    writeFileSync(join(scratch, "damaged"), damaged);
    await refused(join(scratch, "damaged"), await readSealingKey(key), name);
  }
  writeFileSync(join(scratch, "damaged"), bytes.subarray(0, bytes.length - 5));
  await refused(join(scratch, "damaged"), await readSealingKey(key), name);
  writeFileSync(join(scratch, "damaged"), "short");
  await refused(join(scratch, "damaged"), await readSealingKey(key), name);
});

test("other labels under the same key have another nonce", async () => {
  const other = join(scratch, "other-data");
  cpSync(data, other, { recursive: true });
  const [first, second] = readdirSync(join(other, "labelsTs"));
  cpSync(join(other, "labelsTs", first!), join(other, "labelsTs", second!));
  await release("other", other, { errors: "accept" });
  const nonce = (folder: string): string =>
    readFileSync(join(scratch, folder, "test-labels.sealed"))
      .subarray(8, 20)
      .toString("hex");
  expect(nonce("other")).not.toBe(nonce("release"));
});

test("the frozen split can be hashed by hand", () => {
  const split = JSON.parse(readFileSync(join(scratch, "release", "split.json"), "utf8"));
  const lines = (["train", "validation", "test"] as const).flatMap((name) =>
    split[name].map((id: string) => ({ id, split: name })),
  );
  expect(createHash("sha256").update(splitText(lines)).digest("hex")).toBe(split.sha256);
});

test("errors, a key inside the release and a bad date are refused, nothing is left", async () => {
  const bad = join(scratch, "bad-data");
  cpSync(data, bad, { recursive: true });
  writeFileSync(join(bad, "imagesTr", "hippocampus_001.nii.gz"), "broken");
  await expect(release("bad", bad)).rejects.toMatchObject({
    code: "SEG210",
    message: expect.stringContaining("hippocampus_001"),
  });
  await expect(release("inside", data, { keyFile: join(scratch, "inside", "x.key") })).rejects.toMatchObject({
    code: "SEG211",
  });
  await expect(release("date", data, { date: "21.11.2026" })).rejects.toMatchObject({ code: "SEG211" });
  await expect(release("release")).rejects.toMatchObject({ code: "SEG205" });
  for (const name of ["bad", "inside", "date"]) expect(existsSync(join(scratch, name))).toBe(false);
});

test("Croissant: the required properties of dataset, files, file sets, record sets and fields", () => {
  const json = JSON.parse(readFileSync(join(scratch, "release", "croissant.json"), "utf8"));
  const has = (node: Record<string, unknown>, keys: readonly string[]): void => {
    for (const name of keys) expect(node[name], `${String(node["@id"] ?? node["@type"])} ${name}`).toBeTruthy();
  };
  has(json, [
    "@context",
    "@type",
    "conformsTo",
    "description",
    "license",
    "name",
    "url",
    "creator",
    "datePublished",
    "version",
    "distribution",
    "recordSet",
  ]);
  expect(json.conformsTo).toContain("http://mlcommons.org/croissant/1.1");
  expect(json.conformsTo).toContain("http://mlcommons.org/croissant/RAI/1.0");
  expect(json["@context"].cr).toBe("http://mlcommons.org/croissant/");
  const ids = new Set(json.distribution.map((one: { "@id": string }) => one["@id"]));
  expect(ids.size).toBe(json.distribution.length);
  for (const one of json.distribution) {
    if (one["@type"] === "cr:FileObject") {
      has(one, ["@id", "name", "contentUrl", "encodingFormat", "sha256", "contentSize"]);
      expect(one.sha256).toBe(manifest.files[one.contentUrl]?.sha256);
    } else {
      has(one, ["@id", "containedIn", "encodingFormat", "includes"]);
      expect(ids).toContain(one.containedIn["@id"]);
    }
  }
  for (const set of json.recordSet) {
    has(set, ["@id", "name", "field"]);
    for (const field of set.field) {
      has(field, ["@id", "name", "dataType"]);
      if (field.source !== undefined) expect(ids).toContain(field.source.fileObject["@id"]);
    }
  }
  for (const property of [
    "dataCollection",
    "dataAnnotationProtocol",
    "dataBiases",
    "dataLimitations",
    "dataUseCases",
    "personalSensitiveInformation",
  ])
    has(json, [`rai:${property}`]);
  const header = readFileSync(join(scratch, "release", "cases.csv"), "utf8").split("\n")[0];
  expect(
    json.recordSet[0].field
      .map((field: { source: { extract: { column: string } } }) => field.source.extract.column)
      .join(","),
  ).toBe(header);
});

test("the datasheet has its seven sections and marks what it does not know", () => {
  const text = readFileSync(join(scratch, "release", "DATASHEET.md"), "utf8");
  expect(text.match(/^## \d\./gm)).toHaveLength(7);
  expect(text).toContain("To be answered by the owner");
  expect(text).toContain("| Anterior | 1 | 6 of 6 |");
});

test("de-identified: texts, extensions and columns go, voxels stay", async () => {
  const named = join(scratch, "named");
  cpSync(data, named, { recursive: true });
  const file = join("imagesTr", "hippocampus_001.nii.gz");
  const volume = await readVolumeFile(join(named, file));
  const nifti = volume.details!.nifti!;
  const block = Uint8Array.from(nifti.block);
  block.set(Buffer.from("Doe^Jane 19610605"), 148);
  const extension = {
    code: 6,
    content: Uint8Array.from(Buffer.from("PatientName: Jane Doe, 19610605, born in 1961   ")),
  };
  await writeVolumeFile(join(named, file), {
    ...volume,
    details: {
      ...volume.details!,
      nifti: { ...nifti, block, description: "Doe^Jane 19610605", extensions: [extension] },
    },
  });
  expect(gunzipSync(readFileSync(join(named, file))).includes("Jane")).toBe(true);
  writeFileSync(
    join(named, "people.csv"),
    "case,Patient's Name,Patient's Age,Sex,Acquisition Date\nhippocampus_001,Doe^Jane,093Y,F,20200101\nhippocampus_002,Roe^Rob,040Y,M,20200102\n",
  );
  writeFileSync(join(named, "notes.txt"), "call Jane");
  const source = await folderSource(named);
  const dataset = await readDataset(source);
  const report = await deidentifyDataset(source, dataset, join(scratch, "clean"));
  expect(report.headers.find((one) => one.file === "imagesTr/hippocampus_001.nii.gz")?.emptied).toEqual([
    "descrip",
    "extensions",
  ]);
  expect(report.tables.find((one) => one.file === "people.csv")?.removed).toEqual([
    "Patient's Name",
    "Acquisition Date",
  ]);
  expect(report.leftOut).toEqual(["notes.txt"]);
  const all = readdirSync(join(scratch, "clean"), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const entry of all) {
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    const plain = entry.name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
    expect(plain.includes("Jane") || plain.includes("19610605"), entry.name).toBe(false);
  }
  const cleaned = await readVolumeFile(join(scratch, "clean", file));
  expect(cleaned.data).toEqual(volume.data);
  expect(cleaned.geometry).toEqual(volume.geometry);
  expect(readFileSync(join(scratch, "clean", "people.csv"), "utf8")).toBe(
    "case,Patient's Age,Sex\nhippocampus_001,090Y,F\nhippocampus_002,040Y,M\n",
  );
});
