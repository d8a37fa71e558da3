import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { encodeNifti, labelMapVolume, type Volume } from "@segathlon/volume";
import { afterAll, beforeAll, expect, test } from "vitest";

const launcher = fileURLToPath(new URL("../../bin/segathlon.cjs", import.meta.url));

function run(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [launcher, "info", ...words], {
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: "" },
  });
  return { status, stdout, stderr };
}

const volume: Volume = labelMapVolume({
  geometry: { shape: [10, 10, 10], spacingMm: [1, 2, 5], affine: [-1, 0, 0, 0, 0, -2, 0, 0, 0, 0, 5, 0] },
  labels: Uint16Array.from({ length: 1000 }, (_, index) => (index < 100 ? 1605 : index < 300 ? 2 : 0)),
});

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "segathlon-info-"));
  writeFileSync(join(folder, "labels.nii"), encodeNifti(volume));
  const noise = Float32Array.from({ length: 1000 }, (_, index) => ((index * 7919) % 1000) - 500);
  noise[17] = Number.NaN;
  writeFileSync(join(folder, "image.nii"), encodeNifti({ ...volume, voxelType: "float32", data: noise }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a label map: geometry, orientation, voxels and millilitres of every label", () => {
  const { status, stdout } = run(join(folder, "labels.nii"));
  expect(status).toBe(0);
  expect(stdout).toMatch(/format +NIfTI-1, raw, uint16, little-endian/);
  expect(stdout).toMatch(/shape +10 x 10 x 10/);
  expect(stdout).toMatch(/spacing +1 x 2 x 5 mm \(voxel 10 mm3\)/);
  expect(stdout).toMatch(/orientation +LPS \(from sform; qform code 1, sform code 1\)/);
  expect(stdout).toMatch(/0 \(background\) +700 +7\.00/);
  expect(stdout).toMatch(/2 +200 +2\.00/);
  expect(stdout).toMatch(/1605 +100 +1\.00/);
});

test("--json says the same, without raw bytes and without non-finite numbers", () => {
  const { status, stdout } = run(join(folder, "labels.nii"), "--json");
  expect(status).toBe(0);
  const document = JSON.parse(stdout);
  expect(document).toMatchObject({
    orientation: "LPS",
    header: { format: "nifti1", voxelType: "uint16", geometry: { shape: [10, 10, 10] } },
    values: null,
  });
  expect(document.labels).toEqual([
    { label: 0, voxels: 700, ml: 7 },
    { label: 2, voxels: 200, ml: 2 },
    { label: 1605, voxels: 100, ml: 1 },
  ]);
  expect(document.header.details.nifti).toMatchObject({ sformCode: 1, affineSource: "sform", extensions: [] });
  expect(document.header.details.nifti.block).toBeUndefined();
});

test("an image: range of its values, and what is not finite", () => {
  const { status, stdout } = run(join(folder, "image.nii"));
  expect(status).toBe(0);
  expect(stdout).toMatch(/values +-500 to 499, mean/);
  expect(stdout).toMatch(/not finite +1 of the voxels/);
  expect(stdout).not.toMatch(/background/);
  expect(run(join(folder, "image.nii"), "--labels")).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/SEG008 not-a-label-map: .*image\.nii: voxel/),
  });
});

test("only the header; no labels; no such file", () => {
  expect(run(join(folder, "labels.nii"), "--header-only").stdout).not.toMatch(/background/);
  expect(run(join(folder, "labels.nii"), "--no-labels").stdout).toMatch(/values +0 to 1605/);
  const missing = run(join(folder, "none.nii"));
  expect(missing.status).toBe(2);
  expect(missing.stdout).toBe("");
  expect(missing.stderr).toMatch(/error SEG001 unreadable-file: .*none\.nii: does not exist/);
});
