/** `segathlon evaluate` as people run it: a process of its own, real files, good ones and every kind of broken one. */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { gzipSync } from "node:zlib";
import { parseEvaluation } from "@segathlon/benchmark";
import type { LabelMap } from "@segathlon/volume";
import { writeLabelMapFile } from "@segathlon/volume/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { evaluationText } from "../evaluation-table.ts";

const binary = fileURLToPath(new URL("../../bin/segathlon.cjs", import.meta.url));
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-evaluate-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function segathlon(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=@segathlon/source", binary, "evaluate", ...words],
    { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined } },
  );
  return { status, stdout, stderr };
}

/** A box of label 1 (and 2 beside it) in a small grid. */
function labelMap(shift: number, shape: readonly [number, number, number] = [12, 10, 8]): LabelMap {
  const labels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (let k = 2; k < 6; k += 1) {
    for (let j = 2; j < 8; j += 1) {
      for (let i = 1 + shift; i < 7 + shift; i += 1) labels[i + shape[0] * (j + shape[1] * k)] = i < 4 + shift ? 1 : 2;
    }
  }
  return { geometry: { shape, spacingMm: [1, 1, 2], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0] }, labels };
}

function makeFolder(name: string): string {
  const made = path.join(folder, name);
  mkdirSync(made, { recursive: true });
  return made;
}

/** A NIfTI-1 header as bytes, with chosen fields, followed by `voxels`. */
function nifti(
  fields: { dim?: number[]; datatype?: number; bitpix?: number; srow?: number[] },
  voxels: Uint8Array,
): Uint8Array {
  const header = Buffer.alloc(352);
  header.writeInt32LE(348, 0);
  for (const [index, size] of (fields.dim ?? [3, 12, 10, 8, 1, 1, 1, 1]).entries())
    header.writeInt16LE(size, 40 + 2 * index);
  header.writeInt16LE(fields.datatype ?? 2, 70);
  header.writeInt16LE(fields.bitpix ?? 8, 72);
  for (const [index, size] of [1, 1, 1, 2, 1, 1, 1, 1].entries()) header.writeFloatLE(size, 76 + 4 * index);
  header.writeFloatLE(352, 108);
  header.writeInt16LE(2, 254);
  for (const [index, value] of (fields.srow ?? [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0]).entries())
    header.writeFloatLE(value, 280 + 4 * index);
  header.write("n+1\0", 344, "latin1");
  return Buffer.concat([header, voxels]);
}

test("two folders: table, JSON, CSV, HTML; exit 0; nothing else is left", async () => {
  const [references, predictions] = [makeFolder("references"), makeFolder("predictions")];
  for (const [name, shift] of [
    ["case_1", 0],
    ["case_2", 1],
    ["case_10", 2],
  ] as const) {
    await writeLabelMapFile(path.join(references, `${name}.nii.gz`), labelMap(0));
    await writeLabelMapFile(path.join(predictions, `${name}.nii.gz`), labelMap(shift));
  }
  writeFileSync(path.join(folder, "cases.csv"), "case,centre,age\ncase_1,A,61\ncase_2,B,44\ncase_10,B,\n");
  const out = makeFolder("results");
  const run = segathlon(
    ...[
      "--reference",
      "references",
      "--prediction",
      "predictions",
      "--metrics",
      "dice,nsd,hd95,volume",
      "--tolerance",
      "1,2",
    ],
    ...["--regions", "both=1+2,second=2", "--method", "<b>U-Net</b>", "--cases", "cases.csv", "--workers", "2"],
    ...["--out", "results/report.json", "--csv", "results/report.csv", "--html", "results/report.html"],
  );
  expect(run.stderr).toBe("");
  expect(run.status).toBe(0);
  expect(run.stdout).toContain("<b>U-Net</b>: 3 cases");
  expect(run.stdout).toMatch(/both: 3 ok\n dice\s+0\.8333\s+0\.4193 \.\. 1\.2474\s+0\.8333\s+0\.1667\s+3\n/);
  expect(run.stdout).toMatch(/nsd@2/);
  const report = parseEvaluation(readFileSync(path.join(out, "report.json"), "utf8"));
  expect(report.cases.map((result) => result.case)).toEqual(["case_1", "case_2", "case_10"]);
  expect(report.cases[1]?.attributes).toEqual({ centre: "B", age: 44 });
  expect(report.cases[1]?.hashes.reference).toMatch(/^[0-9a-f]{64}$/);
  expect(report.cases[1]?.regions.both?.counts).toEqual({ tp: 120, fp: 24, fn: 24, tn: 960 - 168 });
  const csv = readFileSync(path.join(out, "report.csv"), "utf8").split("\n");
  expect(csv[0]).toContain(
    "case,case_status,region,region_status,tp,fp,fn,tn,dice,nsd@1,nsd@2,hd95,volume_reference_ml",
  );
  expect(csv).toHaveLength(1 + 3 * 2 + 1);
  const page = readFileSync(path.join(out, "report.html"), "utf8");
  expect(page).toContain("&lt;b&gt;U-Net&lt;/b&gt;");
  expect(page).not.toContain("<b>U-Net</b>");
  expect(page).not.toMatch(/(src|href)="https?:/);
  expect(readdirSync(out).sort()).toEqual(["report.csv", "report.html", "report.json"]);
});

test("every broken prediction is one named error; the good case is scored; exit 1", async () => {
  const [references, predictions] = [makeFolder("all-references"), makeFolder("all-predictions")];
  const good = path.join(folder, "good.nii.gz");
  await writeLabelMapFile(good, labelMap(0));
  const whole = readFileSync(good);
  const voxels = new Uint8Array(960);
  const int32 = (label: number): Uint8Array =>
    Buffer.from(Int32Array.from({ length: 960 }, (_, i) => (i === 5 ? label : 0)).buffer);
  const float32 = (value: number): Uint8Array =>
    Buffer.from(Float32Array.from({ length: 960 }, (_, i) => (i === 5 ? value : 0)).buffer);
  const broken: Record<string, [Uint8Array, string, RegExp]> = {
    "truncated-gzip": [whole.subarray(0, whole.length - 12), "SEG003|SEG004", /truncated-gzip/],
    "ten-gigabytes": [
      nifti({ dim: [3, 2500, 2000, 2000, 1, 1, 1, 1] }, voxels.subarray(0, 672)),
      "SEG003|SEG009",
      /10\.0 GB/,
    ],
    "zero-dimension": [nifti({ dim: [3, 12, 0, 8, 1, 1, 1, 1] }, voxels), "SEG006", /dim/],
    "negative-dimension": [nifti({ dim: [3, 12, -10, 8, 1, 1, 1, 1] }, voxels), "SEG006", /-10/],
    "overflowing-dimensions": [
      nifti({ dim: [7, 32767, 32767, 32767, 32767, 32767, 32767, 32767] }, voxels),
      "SEG\\d{3}",
      /overflowing/,
    ],
    "nan-affine": [nifti({ srow: [Number.NaN, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2, 0] }, voxels), "SEG015", /nan-affine/],
    text: [new TextEncoder().encode("this is not a volume\n".repeat(40)), "SEG002", /begins with text/],
    "large-label": [
      nifti({ datatype: 8, bitpix: 32 }, int32(1e9)),
      "SEG104",
      /label 1000000000; expected at most 65535/,
    ],
    "negative-label": [nifti({ datatype: 8, bitpix: 32 }, int32(-1)), "SEG008", /negative/],
    "half-label": [nifti({ datatype: 16, bitpix: 32 }, float32(1.5)), "SEG008", /1\.5, which is not a whole number/],
    "nan-voxel": [nifti({ datatype: 16, bitpix: 32 }, float32(Number.NaN)), "SEG008", /not a finite number/],
    "other-shape": [
      nifti({ dim: [3, 12, 10, 4, 1, 1, 1, 1] }, voxels.subarray(0, 480)),
      "SEG014",
      /reference 12x10x8, prediction 12x10x4/,
    ],
    "other-place": [
      nifti({ srow: [1, 0, 0, 30, 0, 1, 0, 0, 0, 0, 2, 0] }, voxels),
      "SEG014",
      /corner voxels differ by 30 mm/,
    ],
    empty: [new Uint8Array(0), "SEG003", /empty/],
  };
  for (const [name, [bytes]] of Object.entries(broken)) {
    copyFileSync(good, path.join(references, `${name}.nii.gz`));
    writeFileSync(path.join(predictions, `${name}.nii.gz`), bytes);
  }
  for (const name of ["good", "twice", "unreadable", "absent", "reference-broken"])
    copyFileSync(good, path.join(references, `${name}.nii.gz`));
  for (const name of ["good", "twice", "reference-broken", "extra"])
    copyFileSync(good, path.join(predictions, `${name}.nii.gz`));
  writeFileSync(path.join(predictions, "twice.nii"), nifti({}, voxels));
  symlinkSync(path.join(folder, "nowhere"), path.join(predictions, "unreadable.nii.gz"));
  writeFileSync(path.join(references, "reference-broken.nii.gz"), gzipSync("x"));
  const run = segathlon(
    "--reference",
    "all-references",
    "--prediction",
    "all-predictions",
    "--labels",
    "1,2",
    "--out",
    "all.json",
  );
  expect(run.stderr).toBe("");
  expect(run.status).toBe(1);
  const report = parseEvaluation(readFileSync(path.join(folder, "all.json"), "utf8"));
  const results = new Map(report.cases.map((result) => [result.case, result]));
  for (const [name, [, code, message]] of Object.entries(broken)) {
    const { status, problem, regions, failed_side } = results.get(name) ?? {};
    expect([name, status, failed_side], JSON.stringify(problem)).toEqual([name, "invalid", "prediction"]);
    expect(problem?.code, name).toMatch(new RegExp(`^(${code})$`));
    expect(problem?.message, name).toMatch(message);
    expect(problem?.hint.length).toBeGreaterThan(10);
    expect(regions?.["1"]).toMatchObject({
      status: "invalid",
      metrics: { dice: null },
      scores: { dice: 0, "nsd@1": 0 },
    });
    expect(run.stdout).toContain(name);
  }
  const diagonal = Math.sqrt(12 * 12 + 10 * 10 + 16 * 16);
  expect(results.get("text")?.regions["1"]?.scores.hd95).toBe(diagonal);
  expect(results.get("good")).toMatchObject({
    status: "ok",
    regions: { "1": { status: "ok", scores: { dice: 1, hd95: 0 } } },
  });
  expect(results.get("twice")?.problem).toMatchObject({
    code: "SEG103",
    message: expect.stringContaining("twice.nii, twice.nii.gz"),
  });
  expect(results.get("unreadable")?.problem?.code).toBe("SEG001");
  expect(results.get("absent")).toMatchObject({
    status: "missing-prediction",
    regions: { "2": { scores: { dice: 0 } } },
  });
  expect(results.get("reference-broken")).toMatchObject({
    failed_side: "reference",
    regions: { "1": { scores: { dice: null } } },
  });
  expect(report.notes).toContain("1 prediction case without a reference, not scored: extra");
  // Every case is in n or in excluded: only the one with the unusable reference is left out.
  expect(report.aggregate["1"]?.dice).toMatchObject({ n: report.cases.length - 1, excluded: 1 });
});

test("reject: the report is there, without a summary", () => {
  const run = segathlon(
    "--reference",
    "references",
    "--prediction",
    "predictions",
    "--missing-prediction",
    "reject",
    "--json",
  );
  expect(run.status).toBe(0);
  rmSync(path.join(folder, "predictions", "case_2.nii.gz"));
  const rejected = segathlon(
    "--reference",
    "references",
    "--prediction",
    "predictions",
    "--missing-prediction",
    "reject",
    "--json",
  );
  expect(rejected.status).toBe(1);
  const report = parseEvaluation(rejected.stdout);
  expect(report.rejected?.cases).toEqual(["case_2"]);
  expect(report.aggregate).toEqual({});
});

const cases = ["--reference", "references", "--prediction", "predictions"];
test.each([
  [
    "a folder that does not exist",
    ["--reference", "nowhere", "--prediction", "predictions"],
    "SEG001",
    /nowhere: does not exist/,
  ],
  ["a folder without volumes", ["--reference", "results", "--prediction", "predictions"], "SEG108", /expected volumes/],
  [
    "no common case names",
    ["--reference", "references", "--prediction", "goldens"],
    "SEG102",
    /no case name is common/,
  ],
  ["two layouts", ["--reference", "references", "--prediction", "good.nii.gz"], "SEG109", /is one file/],
  ["unknown metric", [...cases, "--metrics", "dice,jaccard"], "SEG105", /unknown metric "jaccard"/],
  ["unknown profile", [...cases, "--profile", "x"], "SEG107", /unknown profile "x"/],
  ["a tolerance that is none", [...cases, "--tolerance", "-1"], "SEG107", /-1/],
  ["a label that is none", [...cases, "--labels", "0"], "SEG107", /labels above 0/],
  ["one region twice", [...cases, "--regions", "a=1,a=2"], "SEG107", /comes twice/],
  ["unknown task", [...cases, "--task", "msd/Task99"], "SEG101", /no built-in task/],
  ["labels beside a task", [...cases, "--task", "msd/Task04_Hippocampus", "--labels", "1"], "SEG107", /without a task/],
  ["two geometry rules", [...cases, "--strict-geometry", "--copy-geometry"], "SEG107", /exclude each other/],
  ["no worker", [...cases, "--workers", "0"], "SEG107", /whole number from 1/],
  ["0 mm for a missed structure", [...cases, "--one-empty", "0"], "SEG107", /best value of hd95/],
  ["a result that cannot be written", [...cases, "--out", "good.nii.gz/report.json"], "SEG117", /cannot be written/],
  ["no prediction given", ["--reference", "references"], "", /required option '--prediction/],
])("could not run: %s", (_name, words, code, message) => {
  mkdirSync(path.join(folder, "goldens"), { recursive: true });
  copyFileSync(path.join(folder, "good.nii.gz"), path.join(folder, "goldens", "other.nii.gz"));
  const run = segathlon(...words);
  expect(run.status, run.stderr).toBe(2);
  expect(run.stdout).toBe("");
  expect(run.stderr).toContain(code);
  expect(run.stderr).toMatch(message);
  if (code !== "") expect(run.stderr).toContain("what to do:");
});

test("labels outside the task, and reorientation under each geometry rule", async () => {
  const [references, predictions] = [makeFolder("task-references"), makeFolder("task-predictions")];
  const reference = labelMap(0);
  await writeLabelMapFile(path.join(references, "a.nii.gz"), reference);
  await writeLabelMapFile(path.join(references, "b.nii.gz"), reference);
  await writeLabelMapFile(path.join(predictions, "b.nii.gz"), {
    ...reference,
    labels: reference.labels.map((label) => label * 3),
  });
  // The same voxels in the patient, stored from right to left.
  const flipped = Uint8Array.from(
    { length: 960 },
    (_, index) => reference.labels[11 - (index % 12) + 12 * Math.floor(index / 12)] as number,
  );
  const affine = [-1, 0, 0, 11, 0, 1, 0, 0, 0, 0, 2, 0] as const;
  await writeLabelMapFile(path.join(predictions, "a.nii.gz"), {
    geometry: { ...reference.geometry, affine },
    labels: flipped,
  });
  const base = [
    "--reference",
    "task-references",
    "--prediction",
    "task-predictions",
    "--task",
    "msd/Task04_Hippocampus",
    "--json",
  ];
  const standard = parseEvaluation(segathlon(...base).stdout);
  expect(standard.metrics.map((metric) => metric.key)).toEqual(["dice", "nsd@1"]);
  expect(standard.cases[0]).toMatchObject({ geometry: "reoriented", regions: { Anterior: { scores: { dice: 1 } } } });
  expect(standard.cases[1]?.problem?.message).toMatch(/expected 0, 1, 2, found 3, 6/);
  expect(parseEvaluation(segathlon(...base, "--strict-geometry").stdout).cases[0]?.problem?.code).toBe("SEG014");
  const copied = parseEvaluation(segathlon(...base, "--copy-geometry").stdout).cases[0];
  expect(copied?.geometry).toBe("copied");
  expect(copied?.regions.Anterior?.scores.dice).toBeLessThan(1);
});

test("a wide table keeps to 80 columns, and a label that occurs nowhere is named", async () => {
  const [references, predictions] = [makeFolder("wide-references"), makeFolder("wide-predictions")];
  for (const name of ["a", "b"]) {
    await writeLabelMapFile(path.join(references, `${name}.nii.gz`), labelMap(0));
    await writeLabelMapFile(path.join(predictions, `${name}.nii.gz`), labelMap(1));
  }
  const run = segathlon(
    ...["--reference", "wide-references", "--prediction", "wide-predictions"],
    ...["--regions", "a structure with a long name=1,nowhere=7", "--metrics", "dice,hd95,asd", "--quiet", "--json"],
  );
  expect(run.status).toBe(0);
  // Where CI is set, the colour library paints even what goes to no terminal.
  const table = stripVTControlCharacters(evaluationText(parseEvaluation(run.stdout)));
  const rows = table.slice(0, table.indexOf("\n\nnote:")).split("\n");
  expect(Math.max(...rows.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(rows).toContain("a structure with a long name: 2 ok");
  expect(rows.filter((line) => /^ asd_reference_to_prediction \(mm\) +\d/.test(line))).toHaveLength(3);
  expect(table).toMatch(/note: in no reference and no prediction: nowhere; /);
});

test("results never replace an input, each other, or a device", async () => {
  const file = path.join(folder, "only.nii.gz");
  await writeLabelMapFile(file, labelMap(0));
  const before = readFileSync(file);
  const base = ["--reference", "only.nii.gz", "--prediction", "only.nii.gz", "--metrics", "dice"];
  const over = segathlon(...base, "--out", "only.nii.gz");
  expect([over.status, over.stderr]).toEqual([2, expect.stringContaining("which is an input")]);
  expect(readFileSync(file)).toEqual(before);
  const twice = segathlon(...base, "--out", "same.json", "--html", "./same.json");
  expect([twice.status, twice.stderr]).toEqual([2, expect.stringContaining("which is the file of --out")]);
  expect(readdirSync(folder)).not.toContain("same.json");
  const streamed = segathlon(...base, "--quiet", "--csv", "/dev/stdout");
  expect([streamed.status, streamed.stdout.split("\n")]).toEqual([
    0,
    [expect.stringMatching(/^method,task,case/), expect.any(String), expect.any(String), ""],
  ]);
  expect(segathlon(...base, "--method", " ").status).toBe(2);
});

test("a tolerance for a region that does not exist is a fault of the option, not of the program", () => {
  const run = segathlon(
    ...["--reference", "wide-references", "--prediction", "wide-predictions", "--metrics", "nsd"],
    ...["--tolerance", "liver=3"],
  );
  expect(run.status).toBe(1);
  expect(run.stdout).toMatch(
    /SEG107 case a: metric "nsd": no tolerance for region "1"; given for liver\n {2}what to do: /,
  );
  expect(run.stdout).not.toContain("SEG118");
});
