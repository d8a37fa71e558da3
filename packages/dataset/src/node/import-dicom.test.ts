import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { compareGeometry } from "@segathlon/volume";
import { readLabelMapFile, readVolumeFile } from "@segathlon/volume/node";
import { afterAll, expect, test } from "vitest";
import { readDataset } from "../index.ts";
import { folderSource, importDicom } from "./index.ts";

const shared = fileURLToPath(new URL("../../../../../shared/data/dicom-seg/", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "segathlon-dicom-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("a CT series with its segmentation becomes a case; labels equal the NRRD twin", async () => {
  if (!existsSync(shared)) {
    console.warn("left out: DICOM import (shared data are absent)");
    return;
  }
  const folder = join(scratch, "in", "patient1");
  mkdirSync(folder, { recursive: true });
  cpSync(join(shared, "ct-3slice"), join(folder, "ct"), { recursive: true });
  cpSync(join(shared, "liver.dcm"), join(folder, "liver.dcm"));
  const found = await importDicom(await folderSource(join(scratch, "in")), join(scratch, "out"), "msd");
  expect(found).toMatchObject({ cases: 1, lost: [] });
  expect(found.labels).toHaveLength(1);
  const dataset = await readDataset(await folderSource(join(scratch, "out")));
  expect(dataset.cases).toMatchObject([{ id: "ct", split: "train" }]);
  const image = await readVolumeFile(join(scratch, "out/imagesTr/ct.nii.gz"));
  const label = await readLabelMapFile(join(scratch, "out/labelsTr/ct.nii.gz"));
  expect(compareGeometry(image.geometry, label.geometry).kind).toBe("exact");
  const twin = await readLabelMapFile(join(shared, "liver_seg.nrrd"));
  const count = (labels: Iterable<number>): number => [...labels].filter((value) => value > 0).length;
  expect(count(label.labels)).toBe(count(twin.labels));
  const comparison = compareGeometry(twin.geometry, label.geometry);
  if (comparison.kind === "exact" || comparison.kind === "noise") expect([...label.labels]).toEqual([...twin.labels]);
  // The same with the segmentation among the slices.
  const mixed = join(scratch, "mixed", "patient1");
  mkdirSync(mixed, { recursive: true });
  cpSync(join(shared, "ct-3slice"), mixed, { recursive: true });
  cpSync(join(shared, "liver.dcm"), join(mixed, "seg.dcm"));
  await importDicom(await folderSource(join(scratch, "mixed")), join(scratch, "out2"), "msd");
  const again = await readLabelMapFile(join(scratch, "out2/labelsTr/patient1.nii.gz"));
  expect([...again.labels]).toEqual([...label.labels]);
});

test("a folder without DICOM, and a segmentation between two cases, are refused; nothing is left", async () => {
  const empty = join(scratch, "empty");
  mkdirSync(empty);
  writeFileSync(join(empty, "a.dcm"), "no DICOM");
  await expect(importDicom(await folderSource(empty), join(scratch, "no"), "msd")).rejects.toMatchObject({
    code: "SEG202",
  });
  if (!existsSync(shared)) return;
  const two = join(scratch, "two");
  for (const name of ["a", "b"]) cpSync(join(shared, "ct-3slice"), join(two, name), { recursive: true });
  cpSync(join(shared, "liver.dcm"), join(two, "liver.dcm"));
  await expect(importDicom(await folderSource(two), join(scratch, "no"), "msd")).rejects.toMatchObject({
    code: "SEG209",
  });
  expect(readdirSync(scratch).some((name) => name === "no" || name.startsWith(".no"))).toBe(false);
});
