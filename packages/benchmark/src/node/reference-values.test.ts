/** Evaluations of whole folders against the reference implementation (google-deepmind/surface-distance), to the last bit. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { evaluateCaseFromBytes, evaluationFromCases } from "../evaluate-case-from-bytes.ts";
import { evaluationDocumentSchema } from "../evaluation-document.ts";
import { evaluatorVersion } from "../evaluator-version.ts";
import { protocolFromOptions } from "../scoring-protocol.ts";
import { evaluateFolders } from "./evaluate-folders.ts";

const shared = new URL("../../../../../shared/", import.meta.url);
const goldens = new URL("../goldens/", import.meta.url);
const path = (name: string, base: URL): string => fileURLToPath(new URL(name, base));
const protocol = protocolFromOptions({ metrics: "dice,nsd,hd,hd95,asd", tolerances: [1] });

type Values = Record<string, number | null>;

/** The reference files write what is not finite as a text; here it is null beside a status. */
const finite = (value: number | string): number | null => (typeof value === "string" ? null : value);

interface ReferenceValues {
  readonly dice: number | string;
  readonly hd100: number | string;
  readonly hd95: number | string;
  readonly asd_gt_to_pred: number | string;
  readonly asd_pred_to_gt: number | string;
  readonly nsd: Readonly<Record<string, number | string>>;
}

function expectedMetrics(values: ReferenceValues): Values {
  return {
    dice: finite(values.dice),
    "nsd@1": finite(values.nsd["1.0"] ?? Number.NaN),
    hd: finite(values.hd100),
    hd95: finite(values.hd95),
    asd_reference_to_prediction: finite(values.asd_gt_to_pred),
    asd_prediction_to_reference: finite(values.asd_pred_to_gt),
  };
}

test("the evaluator's version is the package's", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(evaluatorVersion).toBe(manifest.version);
});

test("committed pairs: values, statuses, geometry; the same with any number of workers", async () => {
  const expected: Record<string, Record<string, Values>> = JSON.parse(
    readFileSync(new URL("expected.json", goldens), "utf8"),
  );
  const [reference, prediction] = [path("reference", goldens), path("prediction", goldens)];
  const report = await evaluateFolders(reference, prediction, { protocol, workers: 0 });
  for (const result of report.cases) {
    for (const [region, values] of Object.entries(expected[result.case] ?? {})) {
      expect(result.regions[region]?.metrics, `${result.case} ${region}`).toEqual(values);
    }
  }
  expect(report.cases.map((result) => result.case)).toEqual(Object.keys(expected));
  const status = (name: string, region: string): unknown =>
    report.cases.find((result) => result.case === name)?.regions[region]?.status;
  expect(status("02_gt_empty", "1")).toBe("spurious");
  expect(status("03_pred_empty", "1")).toBe("missed");
  expect(status("07_shift1_z", "15")).toBe("both-empty");
  expect(report.cases.filter((result) => result.geometry === "reoriented").map((result) => result.case)).toEqual([
    "27_flip_lps_pred",
    "28_axes_permuted_pred",
  ]);
  expect(evaluationDocumentSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report);
  const parallel = await evaluateFolders(reference, prediction, { protocol, workers: 3 });
  expect(parallel).toEqual(report);
});

test("from bytes, as a page does it: the same report as from files", async () => {
  const side = (name: string): URL => new URL(`${name}/`, goldens);
  const names = readdirSync(side("reference"));
  const [root, other] = [fileURLToPath(side("reference")), fileURLToPath(side("prediction"))];
  const drafts = [];
  for (const file of names) {
    const read = (folder: URL, name: string) => ({
      name: `${name}${file}`,
      bytes: readFileSync(new URL(file, folder)),
    });
    const pair = { reference: read(side("reference"), root), prediction: read(side("prediction"), other) };
    drafts.push(await evaluateCaseFromBytes({ case: file.replace(".nii.gz", ""), ...pair }, { protocol }));
  }
  const kernel = "wasm-simd";
  const fromFiles = await evaluateFolders(root, other, { protocol, method: "m", workers: 0 });
  expect(evaluationFromCases(drafts, { protocol, method: "m", kernel })).toEqual({
    ...fromFiles,
    evaluator: { version: evaluatorVersion, kernel },
  });
  const broken = { name: "broken.nii.gz", bytes: new Uint8Array(5) };
  const whole = { name: "a.nii.gz", bytes: readFileSync(new URL(names[0] ?? "", side("reference"))) };
  const draft = await evaluateCaseFromBytes({ case: "a", reference: whole, prediction: broken }, { protocol });
  expect(draft).toMatchObject({
    status: "invalid",
    failed_side: "prediction",
    problem: { where: { file: "broken.nii.gz" } },
  });
  expect((await evaluateCaseFromBytes({ case: "a", reference: whole, prediction: null }, { protocol })).status).toBe(
    "missing-prediction",
  );
});

test("all 35 reference pairs", async () => {
  if (!existsSync(new URL("oracle/metrics", shared))) {
    console.warn("left out: the reference pairs of shared/oracle/metrics are not here");
    return;
  }
  const { cases } = JSON.parse(readFileSync(new URL("oracle/metrics/expected.json", shared), "utf8"));
  const report = await evaluateFolders(path("oracle/metrics/gt", shared), path("oracle/metrics/pred", shared), {
    protocol,
    workers: 0,
  });
  let compared = 0;
  for (const result of report.cases) {
    // Two predictions are stored along other axes; they are turned onto the reference.
    const view = result.geometry === "reoriented" ? "canonical" : "stored";
    for (const [region, values] of Object.entries<{ deepmind: ReferenceValues }>(cases[result.case][view])) {
      expect(result.regions[region]?.metrics, `${result.case} ${region}`).toEqual(expectedMetrics(values.deepmind));
      compared += 1;
    }
  }
  expect([report.cases.length, compared]).toEqual([35, 65]);
});

test("01_both_empty asked with its label: both-empty, null metrics, best scores", async () => {
  if (!existsSync(new URL("oracle/metrics", shared))) {
    console.warn("left out: the reference pairs of shared/oracle/metrics are not here");
    return;
  }
  const file = (side: string): string => path(`oracle/metrics/${side}/01_both_empty.nii.gz`, shared);
  const asked = protocolFromOptions({ metrics: "dice,hd95", regions: { "1": [1] } });
  const report = await evaluateFolders(file("gt"), file("pred"), { protocol: asked, workers: 0 });
  expect(report.cases[0]?.regions["1"]).toEqual({
    status: "both-empty",
    counts: { tp: 0, fp: 0, fn: 0, tn: 24 * 24 * 12 },
    metrics: { dice: null, hd95: null },
    scores: { dice: 1, hd95: 0 },
  });
});

test("147 organ pairs of two raters", async () => {
  if (!existsSync(new URL("data/head-neck-two-raters", shared))) {
    console.warn("left out: the pairs of shared/data/head-neck-two-raters are not here");
    return;
  }
  const expected: Record<string, Record<string, ReferenceValues>> = JSON.parse(
    readFileSync(new URL("oracle/head-neck-two-raters.expected.json", shared), "utf8"),
  );
  const side = (name: string): string => path(`data/head-neck-two-raters/${name}`, shared);
  const report = await evaluateFolders(side("oncologist"), side("radiographer"), { protocol, workers: 2 });
  const found = Object.fromEntries(
    report.cases.map((result) => [
      result.case,
      Object.fromEntries(Object.entries(result.regions).map(([name, region]) => [name, region.metrics])),
    ]),
  );
  const wanted = Object.fromEntries(
    Object.entries(expected).map(([name, organs]) => [
      name,
      Object.fromEntries(Object.entries(organs).map(([organ, values]) => [organ, expectedMetrics(values)])),
    ]),
  );
  expect(found).toEqual(wanted);
  expect(report.cases.flatMap((result) => Object.keys(result.regions))).toHaveLength(147);
}, 300_000);
