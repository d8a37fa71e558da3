/**
 * Against the reference implementations' own values: shared/oracle/metrics (35 pairs) and the 147 organ pairs of two raters.
 * Where those are absent the tests say so; small-pairs.test.ts runs anywhere.
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
  type Metric,
  type Profile,
  parseMetrics,
  type RegionComparison,
  twoDimensional,
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

  /** Values of one profile on every pair and label, against one library's. */
  function compareAll(
    profile: Profile,
    library: string,
    metrics: readonly Metric[],
    check: (ours: RegionComparison, expected: Values | null, where: string) => void,
  ): void {
    let checked = 0;
    for (const { name, labels, expected, reference, prediction } of cases) {
      const regions = labels.map((label) => ({ name: String(label), labels: [label] }));
      const compared = compareCase(reference, prediction, { regions, metrics, profile });
      for (const label of labels) {
        const values = expected[label]![library];
        if (values === undefined) continue;
        checked += 1;
        check(compared.regions[label]!, values, `${name} label ${label} ${profile.id}`);
      }
    }
    expect(checked).toBeGreaterThanOrEqual(60);
  }

  /** Equal to a relative error, or undefined on both sides. */
  function close(ours: number | null | undefined, expected: Json | undefined, relative: number, where: string): void {
    const value = finite(expected);
    if (value === null) expect(ours, where).toBe(null);
    else expect(Math.abs(ours! - value), where).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(value)));
  }

  test("deepmind-2d: contours of the one-slice pair, bit for bit", () => {
    const { reference, prediction, expected } = cases.find(({ name }) => name === "26_single_slice")!;
    const { regions } = compareCase(reference, prediction, {
      regions: [{ name: "1", labels: [1] }],
      metrics: DEEPMIND,
      profile: twoDimensional(findProfile("deepmind")),
    });
    checkDeepmind(regions["1"]!, expected["1"]!.deepmind_2d!, "26_single_slice");
  });

  test("nnunet-v2: counts, Dice and IoU, bit for bit", () => {
    compareAll(findProfile("nnunet-v2"), "nnunet", parseMetrics("dice,iou"), (ours, expected, where) => {
      const { tp, fp, fn, tn } = ours.counts;
      expect([tp, fp, fn, tn], where).toEqual([expected!.TP, expected!.FP, expected!.FN, expected!.TN]);
      expect(ours.metrics, where).toEqual({ dice: finite(expected!.Dice), iou: finite(expected!.IoU) });
    });
  });

  test("monai-1.5: to 1e-6", () => {
    const metrics = parseMetrics("hd,hd95,assd,asd,nsd", { tolerances: TOLERANCES });
    compareAll(findProfile("monai-1.5"), "monai", metrics, (ours, expected, where) => {
      close(ours.metrics.hd, expected!.hd, 1e-6, `${where} hd`);
      close(ours.metrics.hd95, expected!.hd95, 1e-6, `${where} hd95`);
      close(ours.metrics.assd, expected!.assd, 1e-6, `${where} assd`);
      close(ours.metrics.asd_prediction_to_reference, expected!.asd_pred_to_gt, 1e-6, `${where} asd`);
      for (const [tolerance, value] of Object.entries(expected!.nsd_voxel_count as Values)) {
        close(ours.metrics[`nsd@${Number(tolerance)}`], value, 1e-6, `${where} nsd@${tolerance}`);
      }
    });
  });

  test.each([
    ["medpy-0.5", 6, "medpy_conn1", "assd"],
    ["medpy-0.4", 6, "medpy_conn1", "assd_mean_of_means"],
    ["medpy-0.5", 26, "medpy_conn3", "assd"],
    ["medpy-0.4", 26, "medpy_conn3", "assd_mean_of_means"],
  ] as const)("%s with %i neighbours: to 1e-12", (id, edgeNeighbours, library, assd) => {
    const profile = { ...findProfile(id), edgeNeighbours };
    compareAll(profile, library, parseMetrics("hd,hd95,assd,asd"), (ours, expected, where) => {
      close(ours.metrics.hd, expected?.hd, 1e-12, `${where} hd`);
      close(ours.metrics.hd95, expected?.hd95, 1e-12, `${where} hd95`);
      close(ours.metrics.assd, expected?.[assd], 1e-12, `${where} assd`);
      close(ours.metrics.asd_prediction_to_reference, expected?.asd_result_to_ref, 1e-12, `${where} asd`);
      close(ours.metrics.asd_reference_to_prediction, expected?.asd_ref_to_result, 1e-12, `${where} asd`);
    });
  });

  test("metrics-reloaded: to 1e-12", () => {
    const metrics = parseMetrics("dice,hd,hd95,assd,masd,nsd,boundary_iou", { tolerances: TOLERANCES });
    compareAll(findProfile("metrics-reloaded"), "metrics_reloaded", metrics, (ours, expected, where) => {
      close(ours.metrics.dice, expected!.dsc, 1e-12, `${where} dice`);
      close(ours.metrics.boundary_iou, expected!.biou_d1, 1e-12, `${where} boundary_iou`);
      for (const key of ["hd", "hd95", "assd", "masd"])
        close(ours.metrics[key], expected![key], 1e-12, `${where} ${key}`);
      for (const tolerance of TOLERANCES) {
        const nsd = (expected!.nsd as Values | undefined) ?? {};
        const value = nsd[String(tolerance)] ?? nsd[`${tolerance}.0`];
        close(ours.metrics[`nsd@${tolerance}`], value, 1e-12, `${where} nsd@${tolerance}`);
      }
    });
  });

  test("brats2023-gli: lesion counts and lesion-wise means of the reimplemented rules", () => {
    compareAll(findProfile("brats2023-gli"), "brats2023_gli", parseMetrics("lesions"), (ours, expected, where) => {
      const { lesion_tp, lesion_fp, lesion_fn, lesion_dice, lesion_hd95 } = ours.metrics;
      expect([lesion_tp, lesion_fp, lesion_fn], where).toEqual([expected!.n_tp, expected!.n_fp, expected!.n_fn]);
      close(lesion_dice, expected!.lesion_dice, 1e-12, where);
      close(lesion_hd95, expected!.lesion_hd95, 1e-12, where);
    });
  });

  test("panoptic: one-to-one matches of 26-connected components", () => {
    compareAll(findProfile("panoptic"), "panoptic", parseMetrics("lesions"), (ours, expected, where) => {
      const { lesion_tp, lesion_fp, lesion_fn, lesion_f1, lesion_pq } = ours.metrics;
      expect(lesion_tp, where).toBe(expected!.tp);
      expect(lesion_tp! + lesion_fp!, where).toBe(expected!.n_pred);
      expect(lesion_tp! + lesion_fn!, where).toBe(expected!.n_ref);
      close(lesion_f1, expected!.rq, 1e-12, where);
      close(lesion_pq, expected!.pq, 1e-12, where);
    });
  });

  test("volumes and their similarity", () => {
    for (const { name, labels, expected, reference, prediction } of cases) {
      const regions = labels.map((label) => ({ name: String(label), labels: [label] }));
      const compared = compareCase(reference, prediction, {
        regions,
        metrics: parseMetrics("volume"),
        profile: findProfile("deepmind"),
      });
      for (const label of labels) {
        const ours = compared.regions[label]!.metrics;
        const values = expected[label] as unknown as { volume_similarity: Json; volume_mm3: [number, number] };
        close(ours.volume_similarity, values.volume_similarity, 1e-12, name);
        close(ours.volume_reference_ml, values.volume_mm3[0] / 1000, 1e-12, name);
        close(ours.volume_prediction_ml, values.volume_mm3[1] / 1000, 1e-12, name);
      }
    }
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

  test.each(Object.keys(expected))(
    "case %s: every value and every sorted list, bit for bit",
    async (name) => {
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
    },
    300_000,
  );
});
