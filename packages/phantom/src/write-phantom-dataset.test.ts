/** Every phantom is written, read back, and found clean by the checker. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkDataset, folderSource, packageDataset } from "@segathlon/dataset/node";
import { readVolumeFile } from "@segathlon/volume/node";
import { afterAll, expect, test } from "vitest";
import { decathlonPhantoms, findPhantom, generatePhantomCase, phantoms, writePhantomDataset } from "./index.ts";

const scratch = mkdtempSync(join(tmpdir(), "segathlon-phantom-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test.each(Object.keys(phantoms))("%s is written, checked clean and packaged", async (name) => {
  const document = findPhantom(name);
  const folder = join(scratch, name);
  await writePhantomDataset(document, folder, { size: 32, cases: 6 });
  const source = await folderSource(folder);
  const { dataset, report } = await checkDataset(source, { workers: 1 });
  expect(dataset.format).toBe(document.validationShare > 0 ? "amos" : "msd");
  expect(dataset.cases).toHaveLength(6);
  const grave = report.findings.filter((finding) => finding.severity !== "note");
  // At 32 voxels some organs of the abdomen are smaller than a voxel.
  expect(grave.filter((finding) => !(name === "abdomen" && finding.name === "unused-label"))).toEqual([]);
  const manifest = await packageDataset(source, dataset, join(scratch, `${name}-release`), {
    date: "2026-01-01",
    version: "1.0.0",
    creator: "nobody",
    url: "urn:test",
    keyFile: join(scratch, `${name}.key`),
    errors: "refuse",
    workers: 1,
  });
  expect(manifest.sealed?.cases).toBe(dataset.cases.filter((one) => one.split === "test").length);
});

test("the written voxels are the generated ones, in every format", async () => {
  const one = generatePhantomCase(phantoms.prostate, 0, { size: 24, cases: 2 });
  await writePhantomDataset(phantoms.prostate, join(scratch, "nn"), { size: 24, cases: 2, format: "nnunet" });
  for (const [channel, { data }] of one.channels.entries()) {
    const volume = await readVolumeFile(join(scratch, "nn", "imagesTr", `prostate_001_000${channel}.nii.gz`));
    expect(volume.data).toEqual(data);
    expect(volume.geometry).toEqual(one.geometry);
  }
  const label = await readVolumeFile(join(scratch, "nn", "labelsTr", "prostate_001.nii.gz"));
  expect(label.data).toEqual(one.labels);
});

test("same seed, same files", async () => {
  for (const name of ["first", "second"])
    await writePhantomDataset(phantoms.spleen, join(scratch, name), { size: 16, cases: 2, seed: 4 });
  for (const entry of readdirSync(join(scratch, "first"), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    expect(readFileSync(path).equals(readFileSync(path.replace("/first", "/second")))).toBe(true);
  }
});

test("a failure leaves nothing behind", async () => {
  const broken = {
    ...phantoms.spleen,
    anatomy: [
      ...phantoms.spleen.anatomy,
      { name: "x", shape: { kind: "structure", name: "nowhere" }, tissue: "liver" },
    ],
  } as const;
  await expect(writePhantomDataset(broken, join(scratch, "broken"), { size: 8, cases: 2 })).rejects.toMatchObject({
    code: "SEG601",
  });
  expect(existsSync(join(scratch, "broken"))).toBe(false);
  expect(readdirSync(scratch).filter((name) => name.startsWith("."))).toEqual([]);
});

test("the ten tasks of the decathlon in their order", () => {
  expect(decathlonPhantoms.map((name) => phantoms[name].dataset.slice(0, 9))).toEqual(
    Array.from({ length: 10 }, (_, n) => `Phantom${String(n + 1).padStart(2, "0")}`),
  );
  expect(findPhantom("amos")).toBe(phantoms.abdomen);
  expect(() => findPhantom("__proto__")).toThrowError(expect.objectContaining({ code: "SEG600" }));
});
