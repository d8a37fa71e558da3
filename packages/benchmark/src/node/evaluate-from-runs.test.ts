/** The quick way for plain files gives what the general way gives, and leaves everything else to it. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { loadWasmKernel, typeScriptKernel, type WasmKernel } from "@segathlon/metrics";
import type { Affine, LabelMap } from "@segathlon/volume";
import { decodeLabelMap, writeLabelMapFile } from "@segathlon/volume/node";
import { afterAll, beforeAll, expect, test } from "vitest";
import { comparePair } from "../evaluate-case.ts";
import { protocolFromOptions } from "../scoring-protocol.ts";
import { evaluateFromRuns } from "./evaluate-from-runs.ts";

const folder = mkdtempSync(path.join(tmpdir(), "segathlon-runs-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let kernel: WasmKernel;
beforeAll(async () => {
  kernel = await loadWasmKernel();
});

const shape = [30, 20, 10] as const;
const straight: Affine = [0.7, 0, 0, 3, 0, 0.7, 0, -2, 0, 0, 5, 1];
const turned: Affine = [-0.7, 0, 0, 23.3, 0, 0.7, 0, -2, 0, 0, 5, 1];

function ball(shift: number, values: (n: number) => number, affine = straight): LabelMap {
  const labels = Uint16Array.from({ length: 6000 }, (_, at) => {
    const [x, y, z] = [at % 30, Math.floor(at / 30) % 20, Math.floor(at / 600)];
    const r = (x - 12 - shift) ** 2 + (y - 9) ** 2 + 4 * (z - 5) ** 2;
    return r < 30 ? values(2) : r < 70 ? values(1) : 0;
  });
  return { geometry: { shape, spacingMm: [0.699999988079071, 0.699999988079071, 5], affine }, labels };
}

async function file(name: string, labelMap: LabelMap) {
  const found = { path: path.join(folder, name), name };
  await writeLabelMapFile(found.path, labelMap);
  return found;
}

const protocol = protocolFromOptions({ metrics: "dice,nsd,hd,hd95,asd,volume", tolerances: [1, 3] });

test("plain files: the result of the general way", async () => {
  for (const values of [(n: number) => n, (n: number) => 700 * n]) {
    const reference = await file("reference.nii.gz", ball(0, values));
    const prediction = await file("prediction.nii.gz", ball(2, values));
    const quick = await evaluateFromRuns({ case: "a", reference, prediction }, { protocol }, kernel);
    const general = comparePair(
      {
        reference: decodeLabelMap(readFileSync(reference.path)),
        prediction: decodeLabelMap(readFileSync(prediction.path)),
      },
      { case: "a", protocol, kernel },
    );
    expect(quick?.outcome).toEqual(general);
    expect(Object.keys(general.regions)).toEqual([`${values(1)}`, `${values(2)}`]);
    expect(quick?.hashes.reference).toMatch(/^[0-9a-f]{64}$/);
    expect(quick?.hashes.reference).not.toBe(quick?.hashes.prediction);
  }
});

test("everything else is left to the general way", async () => {
  const reference = await file(
    "reference.nii.gz",
    ball(0, (n) => n),
  );
  const prediction = await file(
    "prediction.nii.gz",
    ball(2, (n) => n),
  );
  const ask = (change: object, context = { protocol }, by: Parameters<typeof evaluateFromRuns>[2] = kernel) =>
    evaluateFromRuns({ case: "a", reference, prediction, ...change }, context, by);
  expect(await ask({})).not.toBeNull();

  expect(await ask({}, { protocol }, typeScriptKernel)).toBeNull();
  expect(
    await ask({
      prediction: await file(
        "turned.nii.gz",
        ball(2, (n) => n, turned),
      ),
    }),
  ).toBeNull();
  expect(await ask({}, { protocol: protocolFromOptions({ metrics: "dice,lesions" }) })).toBeNull();
  expect(await ask({}, { protocol: protocolFromOptions({ metrics: "hd95", profile: "medpy-0.5" }) })).toBeNull();

  const raw = { path: path.join(folder, "raw.nii"), name: "raw.nii" };
  writeFileSync(raw.path, gunzipSync(readFileSync(prediction.path)));
  expect(await ask({ prediction: raw })).toBeNull();

  const damaged = { path: path.join(folder, "damaged.nii.gz"), name: "damaged.nii.gz" };
  const bytes = readFileSync(prediction.path);
  writeFileSync(damaged.path, bytes.subarray(0, bytes.length - 20));
  expect(await ask({ prediction: damaged })).toBeNull();
  expect(await ask({ reference: { path: path.join(folder, "absent.nii.gz"), name: "absent.nii.gz" } })).toBeNull();
});
