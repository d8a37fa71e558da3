/** Trees with one mask per structure: unions by task, missing and broken files, masks of other values and axes. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { LabelMap } from "@segathlon/volume";
import { writeLabelMapFile } from "@segathlon/volume/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parseBenchmark } from "../benchmark-reader.ts";
import { taskOf } from "../catalogue.ts";
import { protocolFromOptions, protocolOfTask } from "../scoring-protocol.ts";
import { evaluateFolders } from "./evaluate-folders.ts";
import { evaluateUnits } from "./evaluation-pool.ts";

let folder = "";
const shape = [10, 8, 6] as const;
const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 3, 0] as const;

function slab(from: number, to: number, value = 1): LabelMap {
  const labels = Uint8Array.from({ length: 480 }, (_, voxel) =>
    voxel % 10 >= from && voxel % 10 < to && voxel >= 80 && voxel < 320 ? value : 0,
  );
  return { geometry: { shape, spacingMm: [1, 1, 3], affine }, labels };
}

async function write(name: string, labelMap: LabelMap): Promise<void> {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  await writeLabelMapFile(file, labelMap);
}

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-trees-"));
  for (const name of ["p1", "p2", "p3"]) {
    await write(`reference/${name}/segmentations/liver-left.nii.gz`, slab(1, 4));
    await write(`reference/${name}/segmentations/liver_right.nii.gz`, slab(4, 7));
  }
  await write("reference/p1/ct.nii.gz", slab(0, 10, 200));
  await write("prediction/p1/liver_left.nii.gz", slab(1, 4, 255));
  await write("prediction/p1/liver_right.nii.gz", slab(4, 6));
  // The same voxels in the patient, stored from right to left.
  const turned = slab(6, 9);
  await write("prediction/p2/liver_left.nii.gz", {
    ...turned,
    geometry: { ...turned.geometry, affine: [-1, 0, 0, 9, 0, 1, 0, 0, 0, 0, 3, 0] },
  });
  mkdirSync(path.join(folder, "prediction/p2"), { recursive: true });
  writeFileSync(path.join(folder, "prediction/p2/liver_right.nii.gz"), "broken");
  await write("prediction/p4/liver_left.nii.gz", slab(1, 4));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const side = (name: string): string => path.join(folder, name);

test("structures by name; missing cases, missing and broken files are statuses", async () => {
  const protocol = protocolFromOptions({ metrics: "dice,hd95" });
  const report = await evaluateFolders(side("reference"), side("prediction"), { protocol, workers: 2 });
  const [p1, p2, p3] = report.cases;
  expect(report.regions).toEqual({ "liver-left": null, liver_right: null });
  expect(p1).toMatchObject({ status: "ok", geometry: "exact", hashes: { reference: null } });
  expect(p1?.regions["liver-left"]).toMatchObject({
    status: "ok",
    metrics: { dice: 1, hd95: 0 },
    counts: { tp: 72, tn: 480 - 72 },
  });
  expect(p1?.regions.liver_right?.metrics.dice).toBe(0.8);
  expect(p2).toMatchObject({ status: "ok", geometry: "reoriented" });
  expect(p2?.regions["liver-left"]?.metrics.dice).toBe(1);
  expect(p2?.regions.liver_right).toMatchObject({
    status: "invalid",
    failed_side: "prediction",
    problem: { code: expect.stringMatching(/SEG00/) },
    scores: { dice: 0 },
  });
  expect(p3).toMatchObject({
    status: "missing-prediction",
    regions: { liver_right: { status: "missing-file", scores: { dice: 0 } } },
  });
  expect(report.aggregate["liver-left"]?.dice).toMatchObject({ mean: 2 / 3, n: 3, excluded: 0 });
  const notes = report.notes.join("\n");
  expect(notes).toContain("liver-left = liver_left");
  expect(notes).toContain("1 prediction case without a reference, not scored: p4");
  expect(notes).toContain("ct.nii.gz");
});

test("with a task a region is the union of the masks of its labels", async () => {
  const text = `benchmark: b
title: B
tasks:
  - id: t
    channels: [CT]
    labels: { background: 0, liver_left: 1, right lobe: 2 }
    label_aliases: { right lobe: [liver_right] }
    regions: { liver: [1, 2], left: [1] }
protocol: { metrics: [dice] }
`;
  const protocol = protocolOfTask(taskOf(parseBenchmark(text), null, "b.yaml"));
  const report = await evaluateFolders(side("reference"), side("prediction"), { protocol, workers: 0 });
  expect(report.cases[0]?.regions.liver?.counts).toEqual({ tp: 120, fp: 0, fn: 24, tn: 480 - 144 });
  expect(report.cases[0]?.regions.left?.metrics.dice).toBe(1);
  expect(report.cases[1]?.regions.liver?.status).toBe("invalid");
});

test("a stop ends the run with its reason; no worker stays", async () => {
  const stop = new AbortController();
  const protocol = protocolFromOptions({ metrics: "dice" });
  const run = evaluateFolders(side("reference"), side("prediction"), {
    protocol,
    workers: 1,
    signal: stop.signal,
    onProgress: () => stop.abort(new Error("enough")),
  });
  await expect(run).rejects.toThrow(/enough|abort/);
});

test("a unit that crashes fails alone", async () => {
  const good = { path: path.join(folder, "prediction/p1/liver_right.nii.gz"), name: "good" };
  const context = { protocol: protocolFromOptions({ metrics: "dice" }), geometry: "standard" } as const;
  const unit = { kind: "label-maps", case: "a", reference: good, prediction: good } as const;
  // Regions that are no array make the evaluation itself fail, as a fault of ours would.
  const faulty = { ...context, protocol: { ...context.protocol, regions: 7 as never } };
  const [fault] = await evaluateUnits([unit], [1], faulty, { workers: 1 });
  expect(fault?.outcome).toMatchObject({
    status: "failed",
    side: "both",
    problem: { code: "SEG118", name: "evaluation-fault" },
  });
  const [fine] = await evaluateUnits([unit], [1], context, { workers: 1 });
  expect(fine?.outcome.status).toBe("ok");
});
