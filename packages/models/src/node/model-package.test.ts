/** A package made here, read back, run by both engines, and refused when it is damaged. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { predictCase, recordSelfTest, runSelfTest, writeOnnx } from "../index.ts";
import { plainModel } from "../testing/plain-model.ts";
import { engines, openModel, readModelPackage, writeModelPackage } from "./index.ts";

const weights = Float32Array.from({ length: 2 * 27 }, (_, i) => Math.sin(i * 1.3) * 0.2);
const onnx = writeOnnx({
  name: "one-convolution",
  inputs: [{ name: "image", shape: [1, 1, 4, 5, 6] }],
  outputs: [{ name: "logits", shape: [1, 2, 4, 5, 6] }],
  initializers: [
    { name: "w", shape: [2, 1, 3, 3, 3], data: weights },
    { name: "b", shape: [2], data: Float32Array.of(0.1, -0.1) },
  ],
  nodes: [
    {
      op: "Conv",
      inputs: ["image", "w", "b"],
      outputs: ["y"],
      attributes: { kernel_shape: [3, 3, 3], pads: [1, 1, 1, 1, 1, 1] },
    },
    { op: "LeakyRelu", inputs: ["y"], outputs: ["logits"], attributes: { alpha: { float: 0.01 } } },
  ],
});

/** The same network, plainly. */
async function plain(window: Float32Array): Promise<Float32Array> {
  const [nx, ny, nz] = [6, 5, 4];
  const out = new Float32Array(2 * nx * ny * nz);
  for (let c = 0; c < 2; c++)
    for (let z = 0; z < nz; z++)
      for (let y = 0; y < ny; y++)
        for (let x = 0; x < nx; x++) {
          let sum = c === 0 ? 0.1 : -0.1;
          for (let k = 0; k < 27; k++) {
            const [dx, dy, dz] = [(k % 3) - 1, (Math.floor(k / 3) % 3) - 1, Math.floor(k / 9) - 1];
            if (x + dx < 0 || x + dx >= nx || y + dy < 0 || y + dy >= ny || z + dz < 0 || z + dz >= nz) continue;
            sum += (weights[c * 27 + k] ?? 0) * (window[x + dx + nx * (y + dy + ny * (z + dz))] ?? 0);
          }
          out[x + nx * (y + ny * (z + nz * c))] = sum >= 0 ? sum : 0.01 * sum;
        }
  return out;
}

const document = plainModel({
  name: "one-convolution",
  channels: [{ name: "MR", normalisation: { scheme: "z-score", masked: false } }],
  mirror_axes: [0],
  onnx: { sha256: "0".repeat(64), input: "image", output: "logits", parameters: 56 },
});

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "segathlon-model-"));
  await writeModelPackage(folder, { ...document, self_test: await recordSelfTest(document, plain, 3, 1e-4) }, onnx);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test.each(["onnxruntime-node", "onnxruntime-web"])("%s gives the plain network's logits and labels", async (name) => {
  const model = await readModelPackage(folder);
  const opened = await openModel(model, { engine: name });
  try {
    expect(opened.engine).toBe(name);
    expect(await runSelfTest(model.document, opened)).toBeLessThan(1e-4);
    const values = Float32Array.from({ length: 11 * 9 * 7 }, (_, i) => Math.cos(i * i * 0.37) * 40 + 100);
    const image = {
      channels: [{ shape: [11, 9, 7] as const, values }],
      spacingMm: [1, 1, 1] as const,
      orientation: { axes: [0, 1, 2] as const, flips: [false, false, false] as const },
    };
    const copy = { ...image, channels: [{ shape: [11, 9, 7] as const, values: values.slice() }] };
    expect(await predictCase(copy, model.document, opened.network)).toEqual(
      await predictCase(image, model.document, plain),
    );
  } finally {
    await opened.release();
  }
});

test("our kernels refuse a graph that they did not train, by name", async () => {
  await expect(openModel(await readModelPackage(folder), { engine: "segathlon-wasm" })).rejects.toThrow(
    /graphs of segathlon train only/,
  );
  expect(engines.map((engine) => engine.name)).toContain("segathlon-wasm");
});

test("an engine that gives other numbers is refused", async () => {
  const model = await readModelPackage(folder);
  const test = model.document.self_test;
  const first = test?.logits[0];
  if (test === null || first === undefined) throw new Error("the package has a self-test");
  const wrong = {
    ...model,
    document: { ...model.document, self_test: { ...test, logits: [{ ...first, value: first.value + 1 }] } },
  };
  await expect(openModel(wrong, { engine: "onnxruntime-web" })).rejects.toMatchObject({ code: "SEG504" });
  await expect(openModel(wrong)).rejects.toMatchObject({ code: "SEG502" });
  await expect(openModel(model, { engine: "abacus" })).rejects.toMatchObject({ code: "SEG502" });
});

test("a damaged package is refused by name", async () => {
  await expect(readModelPackage(path.join(folder, "nowhere"))).rejects.toMatchObject({ code: "SEG500" });
  const graph = path.join(folder, "model.onnx");
  const sound = await readFile(graph);
  const damaged = Uint8Array.from(sound);
  damaged[damaged.length - 60] = (damaged[damaged.length - 60] ?? 0) ^ 1;
  await writeFile(graph, damaged);
  await expect(readModelPackage(folder)).rejects.toThrow(/sha256/);
  await writeFile(graph, sound);
  const file = path.join(folder, "model.json");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace('"step": 0.5', '"step": 0'));
  await expect(readModelPackage(folder)).rejects.toThrow(/step/);
  await writeFile(file, text.slice(0, 40));
  await expect(readModelPackage(folder)).rejects.toThrow(/not JSON/);
  await writeFile(file, text);
  // A graph that is no graph, with the right hash.
  await writeModelPackage(folder, document, new TextEncoder().encode("not a graph"));
  await expect(openModel(await readModelPackage(folder), { engine: "onnxruntime-node" })).rejects.toMatchObject({
    code: "SEG503",
  });
});
