/**
 * Against the reference implementations' own values: shared/oracle/metrics (35 pairs) and the 147 organ pairs of two raters.
 * Where those are absent the tests say so; goldens.test.ts still runs.
 */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { labelMapToRas } from "@segathlon/volume";
import { readLabelMapFile } from "@segathlon/volume/node";
import { describe, expect, test } from "vitest";
import {
  compareCase,
  compareMasks,
  type DistanceHistogram,
  findProfile,
  type LabelVolume,
  parseMetrics,
  type RegionComparison,
} from "./index.ts";

const shared = fileURLToPath(new URL("../../../../shared/", import.meta.url));
const oracle = `${shared}oracle/metrics/`;
const heads = `${shared}data/head-neck-two-raters/`;

type Json = number | string | null | Json[] | { [key: string]: Json };
type Values = { [key: string]: Json };

/** Non-finite reference values are undefined metrics here. */
function finite(value: Json | undefined): number | null {
  return typeof value === "number" ? value : null;
}

async function load(path: string, canonical = false): Promise<LabelVolume> {
  const map = await readLabelMapFile(path);
  const { geometry, labels } = canonical ? labelMapToRas(map).labelMap : map;
  return { data: labels, shape: geometry.shape, spacingMm: geometry.spacingMm };
}

interface ReferenceCase {
  name: string;
  labels: number[];
  expected: { [label: string]: { [library: string]: Values } };
  reference: LabelVolume;
  prediction: LabelVolume;
}

async function referenceCases(): Promise<ReferenceCase[]> {
  const { cases } = JSON.parse(readFileSync(`${oracle}expected.json`, "utf8"));
  const found: ReferenceCase[] = [];
  for (const name of Object.keys(cases)) {
    const view = cases[name].canonical === undefined ? "stored" : "canonical";
    found.push({
      name,
      labels: Object.keys(cases[name][view]).map(Number),
      expected: cases[name][view],
      reference: await load(`${oracle}gt/${name}.nii.gz`, view === "canonical"),
      prediction: await load(`${oracle}pred/${name}.nii.gz`, view === "canonical"),
    });
  }
  return found;
}

/** The sorted lists, as the reference hashes them. */
function sortedSha(histogram: DistanceHistogram, which: "distance" | "area"): string {
  const values: number[] = [];
  const { distancesMm, areas, counts } = histogram;
  distancesMm.forEach((distance, row) => {
    areas.forEach((area, c) => {
      for (let n = counts[row * areas.length + c]!; n > 0; n -= 1) values.push(which === "distance" ? distance : area);
    });
  });
  return createHash("sha256")
    .update(new Uint8Array(Float64Array.from(values).buffer))
    .digest("hex")
    .slice(0, 16);
}

function checkDeepmind(ours: RegionComparison, expected: Values, where: string): number {
  const overlap = expected.overlap as { [tolerance: string]: Json[] };
  const nsd = expected.nsd as Values;
  const pairs: [string, Json | undefined][] = [
    ["dice", expected.dice],
    ["asd_reference_to_prediction", expected.asd_gt_to_pred],
    ["asd_prediction_to_reference", expected.asd_pred_to_gt],
    ["hd", expected.hd100],
    ["hd99", expected.hd99],
    ["hd95", expected.hd95],
    ["hd50", expected.hd50],
  ];
  for (const [tolerance, value] of Object.entries(nsd)) pairs.push([`nsd@${Number(tolerance)}`, value]);
  for (const [tolerance, [reference, prediction]] of Object.entries(overlap)) {
    pairs.push(
      [`overlap_reference@${Number(tolerance)}`, reference],
      [`overlap_prediction@${Number(tolerance)}`, prediction],
    );
  }
  for (const [key, value] of pairs) expect(ours.metrics[key], `${where} ${key}`).toBe(finite(value));
  if (ours.surface !== undefined) {
    const { referenceToPrediction, predictionToReference } = ours.surface;
    expect(
      {
        distances_gt_to_pred: sortedSha(referenceToPrediction, "distance"),
        distances_pred_to_gt: sortedSha(predictionToReference, "distance"),
        surfel_areas_gt: sortedSha(referenceToPrediction, "area"),
        surfel_areas_pred: sortedSha(predictionToReference, "area"),
      },
      where,
    ).toEqual(expected.sha16_sorted);
  }
  return pairs.length;
}

const TOLERANCES = [0, 0.5, 0.7, 1, 2, 3, 4, 5, 7];
const DEEPMIND = parseMetrics("dice,nsd,overlap,hd,hd99,hd95,hd50,asd", { tolerances: TOLERANCES });

describe("the 35 reference pairs", async () => {
  if (!existsSync(oracle)) {
    console.warn("left out: metrics against shared/oracle/metrics (absent)");
    test("goldens stand in for the reference pairs", () => expect(existsSync(oracle)).toBe(false));
    return;
  }
  const cases = await referenceCases();

  test("deepmind: every value and every sorted list, bit for bit", () => {
    let values = 0;
    for (const { name, labels, expected, reference, prediction } of cases) {
      const regions = labels.map((label) => ({ name: String(label), labels: [label] }));
      const compared = compareCase(reference, prediction, {
        regions,
        metrics: DEEPMIND,
        profile: findProfile("deepmind"),
      });
      for (const label of labels) {
        values += checkDeepmind(compared.regions[label]!, expected[label]!.deepmind!, `${name} label ${label}`);
      }
    }
    expect(values).toBeGreaterThan(1500);
  });
});

describe("147 organ pairs of two raters", () => {
  const file = `${shared}oracle/head-neck-two-raters.expected.json`;
  if (!existsSync(file) || !existsSync(heads)) {
    console.warn("left out: 147 real organ pairs (shared/data/head-neck-two-raters is absent)");
    test("goldens stand in for the real pairs", () => expect(existsSync(file) && existsSync(heads)).toBe(false));
    return;
  }
  const expected = JSON.parse(readFileSync(file, "utf8"));
  const metrics = parseMetrics("dice,nsd,overlap,hd,hd99,hd95,hd50,asd", { tolerances: [0.5, 1, 2, 3] });

  test.each(Object.keys(expected))("case %s: every value and every sorted list, bit for bit", async (name) => {
    const folder = `${heads}oncologist/${name}/segmentations/`;
    for (const organ of Object.keys(expected[name])) {
      expect(readdirSync(folder)).toContain(`${organ}.nrrd`);
      const ours = compareMasks(
        await load(`${folder}${organ}.nrrd`),
        await load(`${heads}radiographer/${name}/segmentations/${organ}.nrrd`),
        { name: organ, metrics, profile: findProfile("deepmind") },
      );
      checkDeepmind(ours, expected[name][organ], `${name} ${organ}`);
    }
  });
});
