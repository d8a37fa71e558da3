/** `segathlon catalog` and `segathlon validate` in processes of their own. */
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { writeLabelMapFile } from "@segathlon/volume/node";
import { afterAll, beforeAll, expect, test } from "vitest";

const binary = fileURLToPath(new URL("../../bin/segathlon.cjs", import.meta.url));
const hippocampus = fileURLToPath(new URL("../../../../../shared/data/msd/Task04_Hippocampus/", import.meta.url));
let folder = "";
let server: Server;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-catalog-"));
  server = createServer((_request, response) => response.end("not the archive"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

/** Not `spawnSync`: the server of this process has to answer meanwhile. */
async function segathlon(...words: string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, ["--conditions=@segathlon/source", binary, ...words], {
    cwd: folder,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
  });
  const [stdout, stderr]: [string[], string[]] = [[], []];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk.toString()));
  const status = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { status, stdout: stdout.join(""), stderr: stderr.join("") };
}

test("list, show a task and a benchmark; sources and assumptions are visible", async () => {
  const list = await segathlon("catalog");
  expect(list.status).toBe(0);
  expect(list.stdout).toMatch(/msd\/Task03_Liver\s+Liver and tumour\s+CT\s+2\s+131 \/ \? \/ 70\s+7/);
  expect(list.stdout).toMatch(/amos\/task1-ct .*1 \(assumed\)/);
  const task = await segathlon("catalog", "show", "msd/Task03_Liver");
  expect(task.stdout).toMatch(/NSD tolerance \(mm\)\s+7\s+\[secondary: SegEvalKit/);
  expect(task.stdout).toContain("a90ec6c4aa7f6a3d087205e23d4e6397");
  const benchmark = await segathlon("catalog", "show", "amos");
  expect(benchmark.stdout).toMatch(/licence\s+sources disagree/);
  expect(benchmark.stdout).toMatch(/both empty\s+best\s+\[assumed:/);
  expect(JSON.parse((await segathlon("catalog", "show", "msd/Task09_Spleen", "--json")).stdout)).toMatchObject({
    tolerance_mm: 3,
  });
});

test("get: bytes that are not the archive are refused, nothing is left; unknown ids", async () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.tar`;
  const got = await segathlon("catalog", "get", "msd/Task04_Hippocampus", "--to", "data", "--url", url);
  expect(got.status).toBe(2);
  const md5 = createHash("md5").update("not the archive").digest("hex");
  expect(got.stderr).toContain(
    `SEG116 checksum-mismatch: Task04_Hippocampus.tar: expected md5 9d24dba78a72977dbd1d2e110310f31b, found ${md5}`,
  );
  expect(readdirSync(path.join(folder, "data"))).toEqual([]);
  const unknown = await segathlon("catalog", "get", "msd/Hippocampus", "--to", "data");
  expect([unknown.status, unknown.stderr.includes("SEG101")]).toEqual([2, true]);
  expect((await segathlon("catalog", "get", "msd")).status).toBe(2);
});

test("validate: every kind of finding, with and without images", async () => {
  mkdirSync(path.join(folder, "predictions"));
  mkdirSync(path.join(folder, "images"));
  const geometry = { shape: [4, 4, 4], spacingMm: [1, 1, 1], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] } as const;
  const labels = (value: number): Uint8Array => new Uint8Array(64).fill(value, 20, 30);
  for (const name of ["hippocampus_1", "hippocampus_2", "hippocampus_3", "hippocampus_4"]) {
    await writeLabelMapFile(path.join(folder, `images/${name}.nii.gz`), { geometry, labels: labels(1) });
  }
  const predictions = path.join(folder, "predictions");
  await writeLabelMapFile(path.join(predictions, "hippocampus_1.nii.gz"), { geometry, labels: labels(1) });
  await writeLabelMapFile(path.join(predictions, "hippocampus_2.nii.gz"), { geometry, labels: labels(5) });
  const moved = [1, 0, 0, 9, 0, 1, 0, 0, 0, 0, 1, 0] as const;
  await writeLabelMapFile(path.join(predictions, "hippocampus_3.nii.gz"), {
    geometry: { ...geometry, affine: moved },
    labels: labels(0),
  });
  writeFileSync(path.join(predictions, "other.nii.gz"), "no volume");
  writeFileSync(path.join(predictions, "readme.txt"), "hello");
  const run = await segathlon(
    "validate",
    "predictions",
    "--task",
    "msd/Task04_Hippocampus",
    "--images",
    "images",
    "--json",
  );
  expect(run.status).toBe(1);
  const found = JSON.parse(run.stdout).findings.map(
    (finding: { severity: string; code: string; where: { case?: string } }) =>
      [finding.severity, finding.code, finding.where.case ?? ""].join(" "),
  );
  expect(found.sort()).toEqual([
    "error SEG002 other",
    "error SEG014 hippocampus_3",
    "error SEG104 hippocampus_2",
    "error SEG106 hippocampus_4",
    "error SEG119 other",
    "warning SEG119 ",
    "warning SEG120 ",
    "warning SEG120 hippocampus_3",
  ]);
  const text = await segathlon("validate", "predictions", "--task", "msd/Task04_Hippocampus");
  expect(text.stdout).toMatch(/error\s+SEG104 case hippocampus_2: .*expected 0, 1, 2, found 5/);
  expect(text.stdout).toContain("4 predictions for Task04_Hippocampus: 2 errors");
  execFileSync("tar", ["-czf", "predictions.tar.gz", "predictions"], { cwd: folder });
  const packed = await segathlon("validate", "predictions.tar.gz", "--task", "msd/Task04_Hippocampus");
  expect(packed.status).toBe(1);
  expect(packed.stdout.replaceAll("predictions/", "")).toBe(text.stdout);
  writeFileSync(path.join(folder, "broken.zip"), "PK\u0003\u0004 and no more of it than this");
  const broken = await segathlon("validate", "broken.zip", "--task", "msd/Task04_Hippocampus");
  expect([broken.status, broken.stderr.includes("SEG111")]).toEqual([2, true]);
  const none = await segathlon("validate", "nowhere", "--task", "msd/Task04_Hippocampus");
  expect([none.status, none.stderr.includes("nowhere: does not exist")]).toEqual([2, true]);
});

test("validate and evaluate a real task", async () => {
  if (!existsSync(hippocampus)) {
    console.warn("left out: shared/data/msd/Task04_Hippocampus is not here");
    return;
  }
  const labels = path.join(hippocampus, "labelsTr");
  const valid = await segathlon(
    "validate",
    labels,
    "--task",
    "msd/Task04_Hippocampus",
    "--images",
    path.join(hippocampus, "imagesTr"),
  );
  expect(valid).toMatchObject({ status: 0, stderr: "" });
  expect(valid.stdout).toContain("208 predictions for Task04_Hippocampus: no errors, 0 warnings");
  const evaluated = await segathlon(
    "evaluate",
    "--reference",
    labels,
    "--prediction",
    labels,
    "--task",
    "msd/Task04_Hippocampus",
    "--out",
    "report.json",
  );
  expect(evaluated.status).toBe(0);
  const report = JSON.parse(readFileSync(path.join(folder, "report.json"), "utf8"));
  expect(report.aggregate.Anterior["nsd@1"]).toMatchObject({ mean: 1, n: 208, excluded: 0 });
  expect(report.task).toBe("msd/Task04_Hippocampus");
});
