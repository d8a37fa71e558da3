/** The leaderboard's statistics agree with `@segathlon/ranking` called directly, and its rows with the documents. */
import {
  pAdjust,
  prepareScoreTable,
  rankTable,
  type ScoreTable,
  schemePreset,
  wilcoxonSignedRank,
} from "@segathlon/ranking";
import { expect, test } from "vitest";
import { fakeSite, usualSite } from "../../../../test-support/fake-site.ts";
import { boardTable } from "./board-downloads.ts";
import { boardModel } from "./board-model.ts";
import { sortedRows } from "./board-sorting.ts";
import { caseGroups } from "./case-groups.ts";
import { pairwiseViews, schemeViews, sliceViews } from "./ranking-views.ts";

const board = fakeSite({ ...usualSite, methods: ["A", "B", "C"], regions: ["liver", "spleen"], cases: 20 }).leaderboard;
const scores = board.scoreTable as ScoreTable;
const table = prepareScoreTable(scores);
const scheme = schemePreset("mean-then-rank");
if (scheme === undefined) throw new Error("no preset mean-then-rank");

/** Mean over the regions of each case of one method's Dice, worst value for failures, by case. */
function perCase(algorithm: string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of scores.rows)
    if (row.algorithm === algorithm && row.metric === "dice")
      sums.set(row.case, (sums.get(row.case) ?? 0) + (row.value ?? 0) / 2);
  return sums;
}

test("pairwise p are the signed-rank test of the paired cases, Holm over all ordered pairs", () => {
  const order = rankTable(table, scheme).overall.ranking.map(({ algorithm }) => algorithm);
  const result = pairwiseViews(table, scheme, order).find(({ metric }) => metric === "dice");
  expect(result?.algorithms).toEqual(order);
  const raw = order.map((a) =>
    order.map((b) => {
      if (a === b) return Number.NaN;
      const [x, y] = [perCase(a), perCase(b)];
      const names = [...x.keys()];
      return wilcoxonSignedRank(
        names.map((name) => x.get(name) ?? 0),
        names.map((name) => y.get(name) ?? 0),
        { alternative: "greater", zeros: "drop", correction: "continuity", exact: "never" } as never,
      ).p;
    }),
  );
  for (const [i, row] of raw.entries())
    for (const [j, p] of row.entries()) if (i !== j) expect(result?.raw[i]?.[j]).toBeCloseTo(p, 9);
  const holm = pAdjust(
    Float64Array.from((result?.raw ?? []).flat(), (p) => p ?? Number.NaN),
    "holm",
  );
  expect((result?.holm ?? []).flat().map((p) => p ?? Number.NaN)).toEqual([...holm]);
});

test("other schemes give their own ranks, and one that does not fit says why", () => {
  const msd = schemePreset("msd-2018");
  if (msd === undefined) throw new Error("no preset msd-2018");
  const views = schemeViews(table, msd, "own");
  expect(views[0]?.problem).toBeNull();
  expect(views.map(({ scheme: id }) => id)).toContain("rank-then-median");
  const onlyHd = prepareScoreTable({
    metrics: scores.metrics.filter(({ key }) => key === "hd95"),
    rows: scores.rows.filter(({ metric }) => metric === "hd95"),
  });
  expect(schemeViews(onlyHd, msd, "own")[0]?.problem).toContain("needs the metric");
});

test("slices hold every case once and their means are those of their cases", () => {
  const slices = sliceViews(table, scheme).find(({ attribute, metric }) => attribute === "sex" && metric === "dice");
  expect(slices?.slices.map(({ n }) => n).reduce((a, b) => a + b)).toBe(20);
  const women = Object.entries(scores.attributes?.task1 ?? {}).flatMap(([name, { sex }]) =>
    sex === "F" ? [name] : [],
  );
  const algorithm = scores.rows[0]?.algorithm ?? "";
  const values = women.map((name) => perCase(algorithm).get(name) ?? Number.NaN);
  expect(slices?.slices.find(({ value }) => value === "F")?.means[algorithm]?.mean).toBeCloseTo(
    values.reduce((a, b) => a + b) / values.length,
    12,
  );
});

test("numbers with many values are cut into thirds, names stay as they are", () => {
  const ages = Array.from({ length: 30 }, (_, i) => [`c${i}`, i] as const);
  const groups = caseGroups(ages);
  expect(groups.map(({ cases }) => cases.length)).toEqual([10, 10, 10]);
  expect(
    caseGroups([
      ["a", "x"],
      ["b", undefined],
      ["c", "x"],
      ["d", "y"],
    ]).map(({ value, cases }) => `${value}:${cases.length}`),
  ).toEqual(["x:2", "y:1"]);
});

test("rows: ties are shown as ties, unranked entries stay last in every order, missing values too", () => {
  const model = boardModel(fakeSite().leaderboard, null, "own");
  expect(model.rows.map(({ place }) => place).slice(0, 4)).toEqual(["1", "=2", "=2", "4"]);
  for (const order of ["ascending", "descending"] as const) {
    expect(sortedRows(model.rows, { key: "rank", order }).at(-1)?.rank).toBeNull();
    expect(sortedRows(model.rows, { key: "runtime", order }).at(-1)?.entry?.runtimeSeconds).toBeNull();
  }
  const csv = boardTable(model);
  expect(csv.rows).toHaveLength(model.rows.length);
  for (const row of csv.rows) expect(row).toHaveLength(csv.columns.length);
});
