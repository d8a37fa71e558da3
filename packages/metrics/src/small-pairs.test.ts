/** Sixteen small pairs with the reference implementations' values (goldens/small-pairs.json), so that exactness is tested anywhere. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { regionMasks } from "./bit-mask.ts";
import {
  compareCase,
  type DistanceHistogram,
  findProfile,
  type LabelVolume,
  parseMetrics,
  type Region,
} from "./index.ts";
import { regionBox, regionIds, scanLabels } from "./label-scan.ts";
import { skeletonOf } from "./thinning.ts";

type Json = number | string | null | { [key: string]: Json } | Json[];
type Values = { [key: string]: Json };
interface Pair {
  readonly shape: readonly [number, number, number];
  readonly spacing: readonly [number, number, number];
  readonly reference: string;
  readonly prediction: string;
  readonly skeletons: readonly [string, string];
  readonly expected: { readonly [library: string]: Values | null };
}

const { cases } = JSON.parse(readFileSync(new URL("goldens/small-pairs.json", import.meta.url), "utf8")) as {
  cases: Pair[];
};
const TOLERANCES = [0, 0.5, 1, 2, 3];
const region: Region = { name: "a", labels: [1] };

function unpack(packed: string, { shape, spacing }: Pair): LabelVolume {
  const bytes = Buffer.from(packed, "base64");
  const data = Uint8Array.from(
    { length: shape[0] * shape[1] * shape[2] },
    (_, at) => (bytes[at >> 3]! >> (at & 7)) & 1,
  );
  return { data, shape, spacingMm: spacing };
}

function measure(pair: Pair, id: string, tokens: string) {
  return compareCase(unpack(pair.reference, pair), unpack(pair.prediction, pair), {
    regions: [region],
    metrics: parseMetrics(tokens, { tolerances: TOLERANCES }),
    profile: findProfile(id),
  }).regions.a!;
}

const finite = (value: Json | undefined): number | null => (typeof value === "number" ? value : null);

function close(ours: number | null | undefined, expected: Json | undefined, relative: number, where: string): void {
  const value = finite(expected);
  if (value === null || ours === null || ours === undefined) expect(ours, where).toBe(value);
  else expect(Math.abs(ours - value), where).toBeLessThanOrEqual(relative * Math.max(1, Math.abs(value)));
}

function sortedSha({ distancesMm, areas, counts }: DistanceHistogram, which: "distance" | "area"): string {
  const values: number[] = [];
  counts.forEach((count, at) => {
    const value = which === "distance" ? distancesMm[Math.floor(at / areas.length)]! : areas[at % areas.length]!;
    for (let n = 0; n < count; n += 1) values.push(value);
  });
  return createHash("sha256")
    .update(new Uint8Array(Float64Array.from(values).buffer))
    .digest("hex")
    .slice(0, 16);
}

const numbered = cases.map((pair, index) => [index, pair.shape.join(" x "), pair] as const);

test("the goldens hold three-dimensional and one-slice pairs", () => {
  expect(cases).toHaveLength(16);
  expect(cases.filter(({ expected }) => "deepmind_2d" in expected)).toHaveLength(2);
});

test.each(numbered)("pair %i (%s): deepmind bit for bit, values and sorted lists", (_index, _shape, pair) => {
  for (const [library, id] of [
    ["deepmind", "deepmind"],
    ["deepmind_2d", "deepmind-2d"],
  ] as const) {
    const expected = pair.expected[library];
    if (!expected) continue;
    const { metrics, surface } = measure(pair, id, "dice,nsd,hd,hd99,hd95,hd50,asd,overlap");
    for (const [key, value] of [
      ["dice", expected.dice],
      ["hd", expected.hd100],
      ["hd99", expected.hd99],
      ["hd95", expected.hd95],
      ["hd50", expected.hd50],
      ["asd_reference_to_prediction", expected.asd_gt_to_pred],
      ["asd_prediction_to_reference", expected.asd_pred_to_gt],
      ...Object.entries(expected.nsd as Values).map(([tolerance, nsd]) => [`nsd@${Number(tolerance)}`, nsd] as const),
    ] as const) {
      expect(metrics[key], `${library} ${key}`).toBe(finite(value));
    }
    if (surface === undefined) continue;
    expect(expected.sha16_sorted).toEqual({
      distances_gt_to_pred: sortedSha(surface.referenceToPrediction, "distance"),
      distances_pred_to_gt: sortedSha(surface.predictionToReference, "distance"),
      surfel_areas_gt: sortedSha(surface.referenceToPrediction, "area"),
      surfel_areas_pred: sortedSha(surface.predictionToReference, "area"),
    });
  }
});

test.each(numbered)("pair %i (%s): the other libraries within their errors", (_index, _shape, pair) => {
  const monai = pair.expected.monai!;
  const ours = measure(pair, "monai-1.5", "hd,hd95,assd,nsd").metrics;
  for (const key of ["hd", "hd95", "assd"]) close(ours[key], monai[key], 1e-6, `monai ${key}`);
  for (const [tolerance, value] of Object.entries(monai.nsd_voxel_count as Values)) {
    close(ours[`nsd@${Number(tolerance)}`], value, 1e-6, `monai nsd@${tolerance}`);
  }
  const medpy = pair.expected.medpy ?? {};
  const pooled = measure(pair, "medpy-0.5", "hd,hd95,assd").metrics;
  for (const key of ["hd", "hd95", "assd"]) close(pooled[key], medpy[key], 1e-12, `medpy ${key}`);
  close(measure(pair, "medpy-0.4", "assd").metrics.assd, medpy.assd_mean_of_means, 1e-12, "medpy-0.4 assd");
  const reloaded = pair.expected.mr!;
  const mr = measure(pair, "metrics-reloaded", "dice,hd,hd95,assd,masd,boundary_iou").metrics;
  close(mr.dice, reloaded.dsc, 1e-12, "metrics-reloaded dice");
  close(mr.boundary_iou, reloaded.biou_d1, 1e-12, "metrics-reloaded boundary_iou");
  for (const key of ["hd", "hd95", "assd", "masd"]) close(mr[key], reloaded[key], 1e-12, `metrics-reloaded ${key}`);
  const brats = pair.expected.brats2023_gli!;
  const lesions = measure(pair, "brats2023-gli", "lesions").metrics;
  expect([lesions.lesion_tp, lesions.lesion_fp, lesions.lesion_fn]).toEqual([brats.n_tp, brats.n_fp, brats.n_fn]);
  close(lesions.lesion_dice, brats.lesion_dice, 1e-12, "lesion_dice");
  close(lesions.lesion_hd95, brats.lesion_hd95, 1e-12, "lesion_hd95");
  close(measure(pair, "panoptic", "lesions").metrics.lesion_pq, pair.expected.panoptic!.pq, 1e-12, "lesion_pq");
});

test.each(numbered)("pair %i (%s): skeletons equal scikit-image's", (_index, _shape, pair) => {
  for (const [packed, skeleton] of [
    [pair.reference, pair.skeletons[0]],
    [pair.prediction, pair.skeletons[1]],
  ] as const) {
    const volume = unpack(packed, pair);
    const [nx, ny] = volume.shape;
    const scan = scanLabels(volume, volume, [region]);
    const ids = regionIds(scan, region);
    const box = regionBox(scan, ids);
    const found = new Set<number>();
    if (box !== null) {
      const { reference } = regionMasks(scan, volume, volume, ids, box);
      for (const [x, y, z] of skeletonOf(reference, nx)) found.add(x + box.x0 + nx * (y + box.y0 + ny * (z + box.z0)));
    }
    const expected = unpack(skeleton, pair).data;
    expect([...found].sort((a, b) => a - b)).toEqual([...expected.keys()].filter((at) => expected[at] === 1));
  }
});
