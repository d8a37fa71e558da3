import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { phantoms, writePhantomDataset } from "@segathlon/phantom";
import { afterAll, expect, test } from "vitest";
import { checkDataset, folderSource } from "../node/index.ts";
import { makeStatistics } from "./dataset-statistics.ts";

const scratch = mkdtempSync(join(tmpdir(), "segathlon-stats-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("a phantom: presence, volumes, attributes, splits", async () => {
  const folder = join(scratch, "abdomen");
  await writePhantomDataset(phantoms.abdomen, folder, { size: 24, cases: 8 });
  const { dataset, facts } = await checkDataset(await folderSource(folder), { statistics: true, workers: 1 });
  const statistics = makeStatistics(dataset, facts);
  const liver = statistics.labels.find((label) => label.name === "liver");
  expect(liver).toMatchObject({ present: 8, labelMaps: 8 });
  expect(liver?.volumeMl?.median).toBeGreaterThan(700);
  expect(liver?.voxelShare?.max).toBeLessThan(0.2);
  expect(statistics.attributes.find((one) => one.name === "age")).toMatchObject({ kind: "number", missing: 0 });
  expect(statistics.attributes.find((one) => one.name === "modality")?.kind).toBe("category");
  expect(statistics.splits.length).toBeGreaterThan(10);
  for (const one of statistics.splits) {
    expect(one.p).toBeGreaterThanOrEqual(0);
    expect(one.p).toBeLessThanOrEqual(1);
  }
  expect(JSON.stringify(statistics)).not.toMatch(/NaN|Infinity/);
  expect(statistics.fingerprint?.spacings).toHaveLength(dataset.cases.filter((one) => one.split !== "test").length);
});

test("Task04: volumes as published, fingerprint as nnU-Net's procedure in numpy gives it", async () => {
  const real = fileURLToPath(new URL("../../../../../shared/data/msd/Task04_Hippocampus", import.meta.url));
  if (!existsSync(real)) {
    console.warn("left out: fingerprint of Task04 against numpy (shared data are absent)");
    return;
  }
  const { dataset, facts } = await checkDataset(await folderSource(real), { statistics: true });
  const { labels, fingerprint } = makeStatistics(dataset, facts);
  expect(
    labels.map((label) => [
      label.name,
      label.present,
      Number(label.volumeMl?.min.toFixed(2)),
      Number(label.volumeMl?.max.toFixed(2)),
    ]),
  ).toEqual([
    ["Anterior", 208, 1.05, 2.59],
    ["Posterior", 208, 0.99, 2.17],
  ]);
  // numpy 2.4: RandomState(1234).choice of 50,000 foreground voxels of each of the 208 cases.
  const numpy = {
    mean: 22729.139,
    median: 360.945,
    std: 60983.361,
    min: 0,
    max: 486420.21875,
    percentile_00_5: 28,
    percentile_99_5: 278411.5625,
  };
  const ours = fingerprint?.foreground_intensity_properties_per_channel["0"];
  for (const [name, value] of Object.entries(numpy)) {
    expect(Math.abs((ours?.[name as keyof typeof numpy] ?? Number.NaN) - value), name).toBeLessThanOrEqual(
      0.002 * value,
    );
  }
  expect(fingerprint?.shapes_after_crop[0]).toEqual([35, 52, 34]);
  const sums = fingerprint?.shapes_after_crop.reduce(
    (sum, shape) => sum.map((n, axis) => n + (shape[axis] ?? 0)),
    [0, 0, 0],
  );
  expect(sums).toEqual([7384, 10417, 7362]);
  expect(fingerprint?.median_relative_size_after_cropping).toBe(1);
});
