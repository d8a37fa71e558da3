/** `segathlon baseline`, `train`, `predict` and `model` as people run them, on a small synthetic dataset. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { findPhantom, writePhantomDataset } from "@segathlon/phantom";
import { readLabelMapFile } from "@segathlon/volume/node";
import { afterAll, beforeAll, expect, test } from "vitest";

const binary = fileURLToPath(new URL("../../bin/segathlon.cjs", import.meta.url));
let folder = "";
const at = (...parts: string[]): string => path.join(folder, ...parts);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-models-"));
  await writePhantomDataset(findPhantom("hippocampus"), at("data"), { cases: 10, size: 24, seed: 3 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const node = ["--conditions=@segathlon/source", binary];
const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined };

function segathlon(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...node, ...words], {
    cwd: folder,
    encoding: "utf8",
    env,
  });
  return { status, stdout, stderr };
}

test("a baseline predicts the held-out fold on the grid of its images", async () => {
  const { status, stdout, stderr } = segathlon(
    "baseline",
    "atlas-prior",
    "--data",
    "data",
    "--out",
    "atlas",
    "--fold",
    "1/4",
    "--json",
  );
  expect(stderr).toBe("");
  expect(status).toBe(0);
  const result = JSON.parse(stdout) as { trainingCases: number; predicted: number };
  const names = readdirSync(at("atlas"));
  expect(names).toHaveLength(result.predicted);
  for (const name of names) {
    const [prediction, reference] = await Promise.all([
      readLabelMapFile(at("atlas", name)),
      readLabelMapFile(at("data/labelsTr", name)),
    ]);
    expect(prediction.geometry).toEqual(reference.geometry);
    expect(prediction.labels.some((label) => label > 0)).toBe(true);
  }
  const unknown = segathlon("baseline", "oracle", "--data", "data", "--out", "x");
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toContain("majority");
  expect(segathlon("baseline", "majority", "--data", "data", "--out", "x", "--fold", "5/4").stderr).toContain("SEG107");
});

test("train, check, show and predict; every engine gives the same labels", () => {
  const trained = segathlon(
    "train",
    "--data",
    "data",
    "--out",
    "model",
    "--steps",
    "12",
    "--width",
    "8",
    "--fold",
    "1/4",
    "--predictions",
    "held",
    "--json",
  );
  expect(trained.stderr).toBe("");
  expect(trained.status).toBe(0);
  expect(JSON.parse(trained.stdout)).toMatchObject({ steps: 12, interrupted: false });
  expect(readdirSync(at("model")).sort()).toEqual(["model.json", "model.onnx", "training.csv"]);
  expect(readFileSync(at("model/training.csv"), "utf8")).toMatch(/^step,loss,dice_\w+,dice_\w+\n1,/);
  const check = segathlon("model", "check", "model", "--json");
  expect(check.status).toBe(0);
  const { engines } = JSON.parse(check.stdout) as { engines: { engine: string; ok: boolean }[] };
  expect(engines.map(({ engine }) => engine)).toContain("segathlon-wasm");
  expect(engines.every(({ ok }) => ok)).toBe(true);
  expect(segathlon("model", "show", "model").stdout).toContain("Anterior");
  const [name = ""] = readdirSync(at("held"));
  const image = at("data/imagesTr", name);
  for (const engine of ["segathlon-wasm", "onnxruntime-web"]) {
    const predicted = segathlon(
      "predict",
      "--model",
      "model",
      "--input",
      image,
      "--output",
      engine,
      "--engine",
      engine,
      "--json",
    );
    expect(predicted.stderr).toBe("");
    expect(JSON.parse(predicted.stdout)).toMatchObject({ engine, predicted: 1, failed: [] });
  }
  expect(readdirSync(at("segathlon-wasm"))).toEqual(readdirSync(at("onnxruntime-web")));
});

test("one bad image does not stop the others; nothing half-written is left", () => {
  const images = at("mixed");
  rmSync(images, { recursive: true, force: true });
  const good = readdirSync(at("data/imagesTr"))[0] ?? "";
  spawnSync("mkdir", [images]);
  writeFileSync(path.join(images, good), readFileSync(at("data/imagesTr", good)));
  writeFileSync(path.join(images, "broken.nii.gz"), "no image");
  const { status, stdout, stderr } = segathlon(
    "predict",
    "--model",
    "model",
    "--input",
    "mixed",
    "--output",
    "out",
    "--engine",
    "segathlon-wasm",
  );
  expect(status).toBe(1);
  expect(stdout).toContain("1 of 2 cases predicted");
  expect(stderr).toMatch(/SEG00\d/);
  expect(readdirSync(at("out"))).toEqual([good]);
  expect(segathlon("predict", "--model", "nowhere", "--input", "mixed", "--output", "out").stderr).toContain("SEG500");
});

test("training that is killed goes on from its checkpoint", async () => {
  const words = ["train", "--data", "data", "--out", "killed", "--steps", "400", "--width", "8", "--quiet", "--json"];
  const child = spawn(process.execPath, [...node, ...words], { cwd: folder, env, stdio: "ignore" });
  // The first Ctrl-C ends after the current step with a checkpoint; it is sent once the folder shows that training has begun.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  child.kill("SIGINT");
  const code = await new Promise<number | null>((resolve) => child.on("exit", resolve));
  if (existsSync(at("killed/checkpoint.bin"))) {
    expect(code).toBe(1);
    const again = segathlon(...words);
    expect(JSON.parse(again.stdout)).toMatchObject({ steps: 400, interrupted: false });
    expect(existsSync(at("killed/checkpoint.bin"))).toBe(false);
  } else {
    // A quick machine was done before the signal came.
    expect(code).toBe(0);
  }
}, 180_000);
