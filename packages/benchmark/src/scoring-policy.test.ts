import { expect, test } from "vitest";
import { summarise } from "./aggregate.ts";
import { checkPolicy, defaultPolicy, type MetricColumn, scoreFailure, scoreRegion } from "./scoring-policy.ts";

const columns: MetricColumn[] = [
  { key: "dice", direction: "higher-is-better", unit: "" },
  { key: "nsd@1", direction: "higher-is-better", unit: "" },
  { key: "hd95", direction: "lower-is-better", unit: "mm" },
  { key: "volume_error_ml", direction: "none", unit: "ml" },
  { key: "fn_volume_ml", direction: "lower-is-better", unit: "ml" },
  { key: "lesion_fp", direction: "lower-is-better", unit: "count" },
];
const grid = { shape: [30, 40, 10], spacingMm: [1, 1, 12] } as const;
const undefinedMetrics = { dice: null, "nsd@1": null, hd95: null, volume_error_ml: null };

test("empty on both sides counts as best, on one side as worst; distances get the image diagonal", () => {
  expect(scoreRegion({ status: "both-empty", metrics: undefinedMetrics }, defaultPolicy, columns, grid)).toEqual({
    dice: 1,
    "nsd@1": 1,
    hd95: 0,
    volume_error_ml: null,
  });
  const missed = scoreRegion(
    { status: "missed", metrics: { ...undefinedMetrics, dice: 0 } },
    defaultPolicy,
    columns,
    grid,
  );
  expect(missed).toEqual({ dice: 0, "nsd@1": 0, hd95: 130, volume_error_ml: null });
});

test("a measured value stands", () => {
  const policy = { ...defaultPolicy, both_empty: "worst", one_empty: 374 } as const;
  expect(scoreRegion({ status: "both-empty", metrics: { dice: 1 } }, policy, columns, grid)).toEqual({ dice: 1 });
  expect(scoreRegion({ status: "ok", metrics: { hd95: null } }, policy, columns, grid)).toEqual({ hd95: null });
});

test("exclude leaves a null that the summary counts", () => {
  const scores = scoreRegion(
    { status: "missed", metrics: undefinedMetrics },
    { ...defaultPolicy, one_empty: "exclude" },
    columns,
    grid,
  );
  expect(scores.hd95).toBeNull();
  expect(summarise([1, null, 0.5])).toMatchObject({ mean: 0.75, n: 2, excluded: 1 });
});

test("a missing prediction is worst everywhere; a missing reference leaves the case out", () => {
  expect(scoreFailure("prediction", defaultPolicy, columns, grid)).toEqual({
    dice: 0,
    "nsd@1": 0,
    hd95: 130,
    volume_error_ml: null,
    fn_volume_ml: 144,
    lesion_fp: null,
  });
  const stated = { ...defaultPolicy, worst: { hd: 1, hd95: 374, nsd: -1, lesion: 9 } };
  expect(scoreFailure("prediction", stated, columns, null)).toMatchObject({ hd95: 374, "nsd@1": -1, lesion_fp: 9 });
  expect(Object.values(scoreFailure("reference", defaultPolicy, columns, grid)).every((score) => score === null)).toBe(
    true,
  );
  const reject = { ...defaultPolicy, missing_prediction: "reject" } as const;
  expect(scoreFailure("prediction", reject, columns, grid).dice).toBeNull();
});

test("0 mm for a missed organ is refused", () => {
  expect(() => checkPolicy({ ...defaultPolicy, one_empty: 0 }, columns)).toThrow(/best value of hd95/);
  expect(() => checkPolicy({ ...defaultPolicy, one_empty: 1 }, columns)).toThrow(/best value of dice/);
  expect(() => checkPolicy({ ...defaultPolicy, worst: { hd95: 0 } }, columns)).toThrow(/not a bad value of hd95/);
  expect(() => checkPolicy({ ...defaultPolicy, worst: { dice: "image-diagonal" } }, columns)).toThrow(/is a distance/);
  expect(() => checkPolicy(defaultPolicy, columns)).not.toThrow();
});

test("summaries", () => {
  const { mean, median, sd, n, ci95 } = summarise([2, 4, 4, 4, 5, 5, 7, 9]);
  expect({ mean, median, n }).toEqual({ mean: 5, median: 4.5, n: 8 });
  expect(sd).toBeCloseTo(2.138089935299395, 12);
  // R: t.test(c(2,4,4,4,5,5,7,9))$conf.int
  expect(ci95?.[0]).toBeCloseTo(3.212513, 5);
  expect(ci95?.[1]).toBeCloseTo(6.787487, 5);
  expect(summarise([])).toEqual({ mean: null, median: null, sd: null, n: 0, excluded: 0, ci95: null });
  expect(summarise([0.5])).toEqual({ mean: 0.5, median: 0.5, sd: null, n: 1, excluded: 0, ci95: null });
});
