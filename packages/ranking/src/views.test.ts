/** Slices, generalisation, scheme robustness, pairwise comparison and methods text, on tables small enough to follow by hand. */
import { expect, test } from "vitest";
import {
  addBootstrap,
  attributeSides,
  biasItems,
  type CaseAttributes,
  citationText,
  compareAllPairs,
  generalisation,
  methodsParagraph,
  phaseSides,
  planBootstrap,
  prepareScoreTable,
  type RankingScheme,
  rankTable,
  runBootstrap,
  type ScoreRow,
  schemePreset,
  schemePresets,
  schemeRobustness,
  sliceAttributes,
  sliceView,
} from "./index.ts";

const preset = (id: string): RankingScheme => schemePreset(id) as RankingScheme;

function tableOf(
  scores: Readonly<Record<string, readonly number[]>>,
  attributes: (c: number) => CaseAttributes = () => ({}),
  task = "t",
) {
  const rows = Object.entries(scores).flatMap(([algorithm, values]) =>
    values.map(
      (value, c): ScoreRow => ({
        task,
        case: `c${String(c).padStart(2, "0")}`,
        algorithm,
        region: "r",
        metric: "dice",
        value,
        status: "ok",
      }),
    ),
  );
  const n = Object.values(scores)[0]?.length ?? 0;
  return {
    metrics: [{ key: "dice", direction: "higher-is-better", worst: 0 }] as const,
    rows,
    attributes: {
      [task]: Object.fromEntries(
        Array.from({ length: n }, (_, c) => [`c${String(c).padStart(2, "0")}`, attributes(c)]),
      ),
    },
  };
}

const spread = (base: number, n: number): number[] =>
  Array.from({ length: n }, (_, c) => base + 0.001 * ((c * 7) % 11));

test("slices: means, numbers of cases, small slices make no claim", () => {
  const good = [...spread(0.9, 12), ...spread(0.5, 11), ...spread(0.1, 3)];
  const table = prepareScoreTable(
    tableOf({ A: good, B: good.map((v) => v / 2) }, (c) => ({
      centre: c < 12 ? "X" : c < 23 ? "Y" : "Z",
      age: 20 + c,
    })),
  );
  expect(sliceAttributes(table)).toEqual([
    { attribute: "age", values: 26 },
    { attribute: "centre", values: 3 },
  ]);
  const view = sliceView(table, preset("mean-then-rank"), "centre", "dice");
  expect(view.slices.map(({ slice, cases, isTooSmall }) => [slice, cases, isTooSmall])).toEqual([
    ["X", 12, false],
    ["Y", 11, false],
    ["Z", 3, true],
  ]);
  // Z is lower, but has too few cases to be called the worst.
  expect(view.worst).toEqual(["Y", "Y"]);
  const x = view.slices[0]?.means[0];
  expect(x?.mean).toBeCloseTo(good.slice(0, 12).reduce((a, b) => a + b) / 12, 12);
  expect(x?.ci95?.[0]).toBeLessThan(x!.mean);
  const ages = sliceView(table, preset("mean-then-rank"), "age", "dice").slices;
  expect(ages.map(({ slice }) => slice)).toEqual(["20 to 25", "26 to 32", "33 to 38", "39 to 45"]);
  expect(ages.reduce((total, { cases }) => total + cases, 0)).toBe(26);
  expect(() => sliceView(table, preset("mean-then-rank"), "sex", "dice")).toThrow("no case has the attribute sex");
});

test("a case without the attribute is a slice of its own", () => {
  const table = prepareScoreTable(tableOf({ A: spread(0.9, 4) }, (c) => (c === 0 ? {} : { centre: "X" })));
  expect(
    sliceView(table, preset("mean-then-rank"), "centre", "dice").slices.map(({ slice, cases }) => [slice, cases]),
  ).toEqual([
    ["X", 3],
    ["no centre", 1],
  ]);
});

test("attributes called like what every object has", () => {
  const plain = prepareScoreTable(
    tableOf({ A: spread(0.9, 4) }, (c) => (c === 0 ? {} : { constructor: "X" }) as CaseAttributes),
  );
  expect(sliceView(plain, preset("mean-then-rank"), "constructor", "dice").slices.map(({ slice }) => slice)).toEqual([
    "X",
    "no constructor",
  ]);
});

test("generalisation: the order turns round from CT to MR", () => {
  const ct = 15;
  const scores = {
    A: [...spread(0.95, ct), ...spread(0.5, ct)],
    B: [...spread(0.9, ct), ...spread(0.6, ct)],
    C: [...spread(0.85, ct), ...spread(0.7, ct)],
  };
  const table = prepareScoreTable(tableOf(scores, (c) => ({ modality: c < ct ? "CT" : "MR" })));
  const [from, to] = attributeSides(table, "modality");
  const result = generalisation(table, preset("mean-then-rank"), from!, to!);
  expect(result.tau).toBe(-1);
  // Of the six orders of three, all have a tau of at least -1.
  expect(result.tauP).toBe(1);
  expect(result.algorithms.map(({ algorithm, from: a, to: b }) => [algorithm, a.rank, b.rank])).toEqual([
    ["A", 1, 3],
    ["B", 2, 2],
    ["C", 3, 1],
  ]);
  const [a] = result.algorithms;
  expect(a?.change).toBeCloseTo(-0.45, 12);
  expect(a?.changeInterval?.[1]).toBeLessThan(0);
  expect(a?.p).toBeLessThan(0.001);
  expect(generalisation(table, preset("mean-then-rank"), from!, from!).tauP).toBeCloseTo(1 / 6, 12);
});

test("generalisation of the Decathlon: development against mystery tasks", () => {
  const parts = ["Task03_Liver", "Task10_Colon"].map((task, k) =>
    tableOf({ A: spread(0.9 - 0.2 * k, 20), B: spread(0.8, 20) }, undefined, task),
  );
  const table = prepareScoreTable({ ...parts[0]!, rows: parts.flatMap(({ rows }) => rows) });
  const sides = phaseSides(table, preset("msd-2018"));
  expect(sides.map(({ selection }) => selection)).toEqual([{ tasks: ["Task03_Liver"] }, { tasks: ["Task10_Colon"] }]);
  expect(generalisation(table, preset("mean-then-rank"), sides[0]!, sides[1]!).tau).toBe(-1);
});

test("scheme robustness: another winner under the median", () => {
  // A is better in most cases and fails badly in two.
  const table = prepareScoreTable(tableOf({ A: [...spread(0.9, 10), 0, 0], B: [...spread(0.85, 10), 0.84, 0.84] }));
  const robustness = schemeRobustness(table, preset("mean-then-rank"));
  const winners = new Map(robustness.schemes.map(({ id, winners: own }) => [id, own]));
  expect(robustness.schemes[0]?.id).toBe("mean-then-rank");
  expect(winners.get("mean-then-rank")).toEqual(["B"]);
  expect(winners.get("median-then-rank")).toEqual(["A"]);
  // No test is passed, so A and B share the first place of test-then-rank.
  expect(winners.get("test-then-rank")).toEqual(["A", "B"]);
  expect(robustness.sentence).toBe("B is first under 2 of 5 schemes; elsewhere A.");
  expect(robustness.schemes[1]?.tauToOfficial).not.toBe(1);
});

test("pairwise comparison: the diagonal is empty, effects mirror each other", () => {
  const table = prepareScoreTable(tableOf({ A: spread(0.9, 20), B: spread(0.8, 20), C: spread(0.7, 20) }));
  const pairs = compareAllPairs(table, preset("mean-then-rank"), { task: "t", metric: "dice" });
  expect(pairs.cases).toBe(20);
  for (let a = 0; a < 3; a++) {
    expect(pairs.p[a]?.[a]).toBeNull();
    for (let b = 0; b < 3; b++) {
      if (a === b) continue;
      expect(pairs.effect(a, b).difference).toBeCloseTo(-pairs.effect(b, a).difference, 12);
      expect(pairs.effect(a, b).winRate).toBe(a < b ? 1 : 0);
      expect(pairs.adjusted("holm")[a]?.[b]).toBeGreaterThanOrEqual(pairs.p[a]?.[b] as number);
      expect((pairs.p[a]?.[b] as number) < 0.001).toBe(a < b);
    }
  }
  expect(pairs.canReachSignificance).toBe(true);
  const few = prepareScoreTable(tableOf({ A: spread(0.9, 5), B: spread(0.8, 5), C: spread(0.7, 5) }));
  expect(
    compareAllPairs(few, preset("mean-then-rank"), { task: "t", metric: "dice", test: "wilcoxon-exact" })
      .canReachSignificance,
  ).toBe(false);
  expect(() =>
    compareAllPairs(table, preset("mean-then-rank"), { task: "t", metric: "dice", region: "spleen" }),
  ).toThrow(RangeError);
});

test("the methods text names what was done, for every preset", () => {
  const table = prepareScoreTable(tableOf({ A: spread(0.9, 20), B: spread(0.8, 20) }));
  for (const scheme of schemePresets) {
    const all: RankingScheme = { ...scheme, metrics: "all", missing: { failed: "worst", not_submitted: "not-ranked" } };
    const { tie_break: _, ...plain } = all;
    const document = rankTable(table, plain);
    const text = methodsParagraph(document);
    expect(text).toContain(`by the scheme "${scheme.title}"`);
    expect(text).toContain(document.data.hash);
    expect(text).not.toMatch(/undefined|null|NaN|\[object/);
    const items = biasItems(document);
    expect(items.map(({ item }) => item)).toEqual([
      "Metrics",
      "Ranking method",
      "Handling of missing results",
      "Ranking variability",
      "Statistical tests",
      "Software",
      "Limitations",
    ]);
    if (scheme.certainty.level === "not-certain") expect(items[1]?.text).toContain(scheme.certainty.notes[0]);
    expect(citationText(document)).toContain("@software{segathlon,");
  }
});

test("the methods text says how cases were drawn and what was selected", () => {
  const table = prepareScoreTable(
    tableOf({ A: spread(0.9, 20), B: spread(0.8, 20) }, (c) => ({ centre: c % 2 === 0 ? "X" : "Y" })),
  );
  const scheme = preset("test-then-rank-holm");
  const options = { draws: 10, seed: 4, resampling: "stratified", group: "centre" } as const;
  const plan = planBootstrap(table, scheme, options);
  const stratified = methodsParagraph(addBootstrap(rankTable(table, scheme), plan, runBootstrap(plan, 0, 10)));
  expect(stratified).toContain("10 bootstrap draws of cases with replacement within each centre");
  expect(stratified).toContain("adjusted by holm over all pairs");
  const replay = methodsParagraph(
    rankTable(table, scheme, {
      selection: { attributes: { centre: "X" } },
      bootstrap: { draws: 5, seed: 1, generator: "lecuyer-cmrg", compat: "challengeR-1.0.5" },
    }),
  );
  expect(replay).toContain("L'Ecuyer-CMRG as in R");
  expect(replay).toContain("are those of challengeR 1.0.5");
  expect(replay).toContain("Only a part was ranked: cases with centre X.");
});
