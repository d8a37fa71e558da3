import { describe, expect, test } from "vitest";
import {
  findProfile,
  METRIC_TOKENS,
  metricDefinition,
  metricKeys,
  PROFILES,
  parseMetrics,
  parseTolerances,
} from "./index.ts";

describe("tokens", () => {
  test("yield the documented JSON keys", () => {
    const keys = parseMetrics("dice, nsd,hd,hd95,hd99.9,asd,overlap,volume,lesions,dice", {
      tolerances: [1, 0.5, 1],
    }).flatMap((metric) => metricKeys(metric, "liver"));
    expect(keys).toEqual([
      "dice",
      "nsd@1",
      "nsd@0.5",
      "hd",
      "hd95",
      "hd99.9",
      "asd_reference_to_prediction",
      "asd_prediction_to_reference",
      "overlap_reference@1",
      "overlap_prediction@1",
      "overlap_reference@0.5",
      "overlap_prediction@0.5",
      "volume_reference_ml",
      "volume_prediction_ml",
      "volume_error_ml",
      "volume_similarity",
      "lesion_f1",
      "lesion_pq",
      "lesion_tp",
      "lesion_fp",
      "lesion_fn",
      "fp_volume_ml",
      "fn_volume_ml",
    ]);
    expect(parseMetrics("hd100").flatMap((metric) => metricKeys(metric, ""))).toEqual(["hd"]);
  });

  test("tolerances hold for all regions or by region", () => {
    expect(parseTolerances("1")).toEqual([1]);
    expect(parseTolerances("1,2,3")).toEqual([1, 2, 3]);
    const byRegion = parseTolerances("liver=7, tumour=5,liver=3");
    expect(byRegion).toEqual({ liver: [7, 3], tumour: [5] });
    const [nsd] = parseMetrics("nsd", { tolerances: byRegion });
    expect(metricKeys(nsd!, "liver")).toEqual(["nsd@7", "nsd@3"]);
    expect(metricKeys(nsd!, "tumour")).toEqual(["nsd@5"]);
    expect(() => metricKeys(nsd!, "toString")).toThrow(/no tolerance for region "toString"; given for liver, tumour/);
  });

  test.each([
    ["", /no metric given/],
    ["dise", /unknown metric "dise"; known: dice, iou/],
    ["hd0", /above 0 and up to 100/],
    ["hd101", /above 0 and up to 100/],
    ["hd9.5.1", /unknown metric/],
    ["nsd", /needs a tolerance/],
  ])("%j is refused", (text, message) => {
    expect(() => parseMetrics(text)).toThrow(RangeError);
    expect(() => parseMetrics(text)).toThrow(message);
  });

  test.each(["", "x", "liver=", "1,liver=2", "-1", "Infinity", "1,,2"])("tolerance %j is refused", (text) => {
    expect(() => parseTolerances(text)).toThrow(RangeError);
  });

  test("impossible tolerances are refused", () => {
    expect(() => parseMetrics("nsd", { tolerances: [] })).toThrow(/at least one tolerance/);
    expect(() => parseMetrics("overlap", { tolerances: { a: [Number.NaN] } })).toThrow(/tolerance NaN/);
  });
});

describe("definitions", () => {
  const every = METRIC_TOKENS.map((token) => (token === "hdNN" ? "hd95" : token));

  test("exist for every key of every profile, with a sentence", () => {
    for (const profile of PROFILES) {
      const tokens = every.filter((token) => profile.metrics.some((kind) => kind === token || token === `${kind}95`));
      for (const metric of parseMetrics(tokens, { tolerances: [2] })) {
        for (const key of metricKeys(metric, "a", profile)) {
          const definition = metricDefinition(key, profile);
          expect(definition.key).toBe(key);
          expect(definition.computed, key).toMatch(/^[A-Z0-9T].*\.$/);
          expect(definition.computed, key).not.toMatch(/undefined|NaN|null/);
        }
      }
    }
  });

  test("say what the profile does", () => {
    const text = (key: string, id: string) => metricDefinition(key, findProfile(id)).computed;
    expect(text("hd95", "deepmind")).toMatch(/95 % of the boundary is reached, without interpolation/);
    expect(text("hd95", "medpy-0.5")).toMatch(/both directions pooled/);
    expect(text("nsd@2", "monai-1.5")).toMatch(/within 2 mm .* edge voxels/);
    expect(metricDefinition("nsd@2", findProfile("deepmind"))).toMatchObject({
      title: "Normalised surface distance at 2 mm",
      direction: "higher",
      unit: "",
    });
    expect(() => metricDefinition("constructor", findProfile("deepmind"))).toThrow(/no metric yields "constructor"/);
  });
});

test("profiles: ids are unique and every unverified one says so", () => {
  expect(new Set(PROFILES.map(({ id }) => id)).size).toBe(PROFILES.length);
  expect(PROFILES.filter(({ verified }) => verified === "unverified").map(({ id }) => id)).toEqual([
    "msd",
    "flare22",
    "brats2023-gli",
    "brats2023-ssa",
    "brats2023-ped",
    "brats2023-men",
    "brats2023-met",
    "autopet",
    "panoptic",
  ]);
});
