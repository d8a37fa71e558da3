/** The page scores as the command line does: the same file, byte for byte. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { catalogueTask, protocolFromOptions, protocolOfTask, type ScoringProtocol } from "@segathlon/benchmark";
import { evaluateFolders } from "@segathlon/benchmark/node";
import { readLabelMap } from "@segathlon/volume";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fakeSite } from "../../../../test-support/fake-site.ts";
import { fakeLabelFile } from "../../../../test-support/fake-volumes.ts";
import { axeFindings, keepPicture, openPage, startWebTest, type WebTest } from "../../../../test-support/web-pages.ts";
import { labelNifti } from "../viewer/label-nifti.ts";

let web: WebTest | null;
let folder: string;
beforeAll(async () => {
  web = await startWebTest("local evaluation in a browser");
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-evaluate-here-"));
});
afterAll(async () => {
  await web?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Evaluates two folders on the page and returns the text of the saved evaluation.json. */
async function onThePage(reference: string, prediction: string, task: string, picture: string): Promise<string> {
  if (web === null) throw new Error("no browser");
  const server = await web.serve(fakeSite());
  const { page, context, faults } = await openPage(web.browser);
  await page.goto(`${server.url}/evaluate`);
  await page.getByRole("heading", { name: "Evaluate here" }).waitFor();
  await page.locator('input[aria-label="Folder of references"]').setInputFiles(reference);
  await page.locator('input[aria-label="Folder of predictions"]').setInputFiles(prediction);
  if (task !== "") {
    await page.locator(`option[value="${task}"]`).waitFor({ state: "attached" });
    await page.getByRole("combobox", { name: "Task", exact: true }).selectOption(task);
  }
  const before = server.calls.length;
  await page.getByRole("button", { name: "Score" }).click();
  await page.getByRole("button", { name: "Save evaluation.json" }).waitFor({ timeout: 60_000 });
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save evaluation.json" }).click(),
  ]);
  const text = readFileSync(await download.path(), "utf8");
  await page.getByRole("button", { name: /as SVG$/ }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await keepPicture(page, picture);
  // Nothing leaves the computer: not one call of the API while it scored.
  expect(server.calls.slice(before)).toEqual([]);
  expect(faults).toEqual([]);
  await context.close();
  return text;
}

async function onTheCommandLine(reference: string, prediction: string, protocol: ScoringProtocol): Promise<string> {
  return `${JSON.stringify(await evaluateFolders(reference, prediction, { protocol, workers: 1 }), null, 2)}\n`;
}

test("a folder with an empty, a broken and a missing prediction gives the command line's file", async () => {
  if (web === null) return;
  const reference = path.join(folder, "labels");
  const prediction = path.join(folder, "mine");
  mkdirSync(reference);
  mkdirSync(prediction);
  for (const [index, name] of ["case_1", "case_2", "case_10", "case_11"].entries()) {
    writeFileSync(path.join(reference, `${name}.nii.gz`), fakeLabelFile(4, 0));
    if (name === "case_10") writeFileSync(path.join(prediction, `${name}.nii.gz`), fakeLabelFile(4, 1).subarray(0, 90));
    else if (name !== "case_11")
      writeFileSync(path.join(prediction, `${name}.nii.gz`), fakeLabelFile(index === 1 ? 0 : 4, 1));
  }
  writeFileSync(path.join(prediction, "stray.nii.gz"), fakeLabelFile(4, 0));
  const here = await onThePage(reference, prediction, "", "evaluate-desktop-light");
  const there = await onTheCommandLine(reference, prediction, protocolFromOptions());
  const statuses = JSON.parse(here).cases.map(
    (item: { case: string; status: string }) => `${item.case} ${item.status}`,
  );
  expect(statuses).toEqual(["case_1 ok", "case_2 ok", "case_10 invalid", "case_11 missing-prediction"]);
  // The command line names files by their path, the page by their name; the page also hashes files that could not be scored.
  const comparable = (text: string): unknown => {
    const report = JSON.parse(text.replaceAll(`${prediction}/`, "").replaceAll(`${reference}/`, ""));
    for (const item of report.cases) if (item.status !== "ok") item.hashes = null;
    return report;
  };
  expect(comparable(here)).toEqual(comparable(there));
});

/** The label map of a file, moved by one voxel along the first axis. */
async function movedByOneVoxel(file: string): Promise<Uint8Array> {
  const { geometry, labels } = await readLabelMap(new Uint8Array(readFileSync(file)));
  const moved = new Uint8Array(labels.length);
  moved.set((labels as Uint8Array).subarray(0, -1), 1);
  return gzipSync(new Uint8Array(labelNifti(geometry, moved)));
}

test("MSD Hippocampus under its own protocol gives the command line's numbers", async () => {
  const data = new URL("../../../../../shared/data/msd/Task04_Hippocampus/labelsTr", import.meta.url).pathname;
  if (web === null) return;
  if (!existsSync(data)) {
    console.warn(`No ${data}; left out: the page against the command line on real label maps`);
    return;
  }
  const names = readdirSync(data)
    .filter((name) => /^hippocampus_.*\.nii\.gz$/.test(name))
    .sort()
    .slice(0, 12);
  const reference = path.join(folder, "hippocampus");
  const prediction = path.join(folder, "shuffled");
  mkdirSync(reference);
  mkdirSync(prediction);
  for (const name of names) {
    cpSync(path.join(data, name), path.join(reference, name));
    writeFileSync(path.join(prediction, name), await movedByOneVoxel(path.join(data, name)));
  }
  const here = await onThePage(reference, prediction, "msd/Task04_Hippocampus", "evaluate-hippocampus-desktop-light");
  const there = await onTheCommandLine(reference, prediction, protocolOfTask(catalogueTask("msd/Task04_Hippocampus")));
  expect(JSON.parse(here).cases).toHaveLength(names.length);
  expect(here).toBe(there);
});
