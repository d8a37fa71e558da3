/**
 * Equality with the reference programs: challengeR 1.0.5, base R 4.2.2, scipy 1.10.1. A part of the values is committed, the full set is
 * read where it lies beside the checkout. Ranks are equal, p-values agree to 1e-11 relative, every bootstrap rank of every draw is equal.
 */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  completeLinkage,
  consensus,
  fullWeights,
  kendallTauB,
  lecuyerIndex,
  lecuyerSeed,
  normalQuantile,
  normalUpperTail,
  type PAdjustMethod,
  type PreparedTable,
  pAdjust,
  pairwiseP,
  parseChallengerCsv,
  planBootstrap,
  prepareScoreTable,
  type RankingMethod,
  type RankingScheme,
  rankStability,
  runBootstrap,
  schemeEvaluator,
  schemePreset,
  studentUpperQuantile,
  symmetricDifference,
  type TieMethod,
  wilcoxonSignedRank,
} from "./index.ts";

const shared = new URL("../../../../shared/oracle/ranking/", import.meta.url);
const goldens = new URL("./goldens/", import.meta.url);
const hasShared = existsSync(shared);
if (!hasShared)
  console.warn("ranking: the full reference set is absent; single_plain, single_identical, padjust are left out");

function read(name: string): string | null {
  const folder = hasShared ? shared : goldens;
  const file = new URL(name, folder);
  return existsSync(file) ? readFileSync(file, "utf8") : null;
}

type PerAlgorithm = { algo: string[]; agg: number[]; rank: number[] };
interface Expected {
  smallBetter: boolean;
  methods: Record<string, Record<string, PerAlgorithm>>;
  pvalues: Record<
    string,
    Record<"V" | "p_one_sided" | "p_holm" | "p_BH" | "p_bonferroni", (number | null)[][]> & { algo: string[] }
  >;
  significanceMap_none: Record<string, { superior_row_over_col: number[][] }>;
  significanceMap_holm: Record<string, { superior_row_over_col: number[][] }>;
  kendall_between_methods: Record<string, { tau_b: number[][] }>;
  consensus?: Record<"euclidean" | "Borda" | "Copeland", Record<string, number>>;
  symdiff?: { tasks: string[]; d: number[][] };
  hclust_complete?: { merge: [number, number][]; height: number[]; order: number[] };
  kendall_distance?: number[][];
  bootstrap: Bootstrap & {
    case_order: Record<string, string[]>;
    first_draws: Record<string, number[][]>;
    frequencies: Record<string, number[][]>;
    rank_q025_med_q975: Record<string, number[][]>;
    kendall: Record<string, (number | null)[]>;
    kendall_summary: Record<string, { mean: number; median: number; q25: number; q75: number }>;
    winner_frequency: Record<string, Record<string, number>>;
  };
  bootstrap_rankThenMean: Bootstrap;
  bootstrap_testBased: Bootstrap;
}
interface Bootstrap {
  nboot: number;
  seed: number;
  ranks: Record<string, { algo: string[]; ranks: number[][] }>;
}

function near(actual: number, wanted: number, place: string, tolerance = 1e-11): void {
  const isNear = actual === wanted || Math.abs(actual - wanted) <= tolerance * Math.abs(wanted);
  expect(isNear, `${place}: ${actual}, expected ${wanted}`).toBe(true);
}

const missing = { failed: { value: 0 }, not_submitted: "not-ranked" } as const;
const base = schemePreset("mean-then-rank") as RankingScheme;
const withMissing = (id: string): RankingScheme => ({ ...(schemePreset(id) as RankingScheme), missing });

function load(name: string): { table: PreparedTable; expected: Expected } | null {
  const text = read(`${name}.expected.json`);
  const csv = read(`${name}.input.csv`);
  if (text === null || csv === null) return null;
  const expected = JSON.parse(text) as Expected;
  const result = parseChallengerCsv(csv, {
    metric: "score",
    direction: expected.smallBetter ? "lower-is-better" : "higher-is-better",
  });
  if (result.status !== "ok") throw new Error(result.problems[0]?.message);
  return { table: prepareScoreTable(result.table), expected };
}

function methodOf(kind: string, detail: string): RankingMethod {
  if (kind === "testThenRank")
    return {
      kind: "test-then-rank",
      test: "wilcoxon-normal",
      alpha: 0.05,
      adjust: detail as PAdjustMethod,
      score: "win-fraction",
    };
  const statistic = detail === "q05" ? { quantile: 0.05 } : (detail as "mean" | "median" | "min" | "max");
  return { kind: kind === "aggregateThenRank" ? "aggregate-then-rank" : "rank-then-aggregate", statistic };
}

const names = ["single_plain", "single_ties", "single_identical", "single_tiny", "multi_na0"];

for (const name of names) {
  const loaded = load(name);
  if (loaded === null) {
    console.warn(`ranking: reference ${name} is absent and left out`);
    continue;
  }
  const { table, expected } = loaded;
  const columnsOf = (algo: readonly string[]) => algo.map((algorithm) => table.algorithms.indexOf(algorithm));

  test(`${name}: every challengeR method, aggregation and tie rule`, () => {
    let compared = 0;
    for (const [key, byTask] of Object.entries(expected.methods)) {
      const [kind, detail, ties] = key.split("/") as [string, string, TieMethod];
      const evaluator = schemeEvaluator(table, { ...base, missing, method: methodOf(kind, detail), ties });
      const result = evaluator.evaluate(fullWeights(evaluator));
      const sign = kind === "rankThenAggregate" || (kind === "aggregateThenRank" && expected.smallBetter) ? -1 : 1;
      for (const [index, task] of table.tasks.entries()) {
        const wanted = byTask[task.id]!;
        const columns = columnsOf(wanted.algo);
        expect(columns.map((column) => result.tasks[index]!.ranks[column])).toEqual(wanted.rank);
        for (const [k, column] of columns.entries())
          near(sign * result.units[index]!.scores[column]!, wanted.agg[k]!, `${key} ${task.id} ${wanted.algo[k]}`);
        compared += columns.length;
      }
    }
    expect(compared).toBeGreaterThan(100);
  });

  test(`${name}: p-values, adjustments and significance maps`, () => {
    const evaluator = schemeEvaluator(table, { ...base, missing });
    for (const [index, task] of table.tasks.entries()) {
      const wanted = expected.pvalues[task.id]!;
      const n = wanted.algo.length;
      const columns = columnsOf(wanted.algo);
      const { p, v } = pairwiseP(evaluator.units.units[index]!, "wilcoxon-normal");
      const adjusted = { holm: pAdjust(p, "holm"), BH: pAdjust(p, "BH"), bonferroni: pAdjust(p, "bonferroni") };
      for (const [i, a] of columns.entries())
        for (const [j, b] of columns.entries()) {
          if (i === j) continue;
          const cell = a * n + b;
          expect(v[cell]).toBe(wanted.V[i]![j]);
          near(p[cell]!, wanted.p_one_sided[i]![j]!, `${task.id} p ${i} ${j}`);
          near(adjusted.holm[cell]!, wanted.p_holm[i]![j]!, `${task.id} holm ${i} ${j}`);
          near(adjusted.BH[cell]!, wanted.p_BH[i]![j]!, `${task.id} BH ${i} ${j}`);
          near(adjusted.bonferroni[cell]!, wanted.p_bonferroni[i]![j]!, `${task.id} bonferroni ${i} ${j}`);
          expect(p[cell]! <= 0.05 ? 1 : 0).toBe(expected.significanceMap_none[task.id]!.superior_row_over_col[i]![j]);
          expect(adjusted.holm[cell]! <= 0.05 ? 1 : 0).toBe(
            expected.significanceMap_holm[task.id]!.superior_row_over_col[i]![j],
          );
        }
    }
  });

  test(`${name}: tau between the five methods, consensus, distances, dendrogram`, () => {
    const five = ["test-then-rank", "mean-then-rank", "median-then-rank", "rank-then-mean", "rank-then-median"].map(
      (id) => {
        const evaluator = schemeEvaluator(table, withMissing(id));
        return evaluator.evaluate(fullWeights(evaluator)).tasks;
      },
    );
    for (const [index, task] of table.tasks.entries())
      for (const [i, row] of expected.kendall_between_methods[task.id]!.tau_b.entries())
        for (const [j, wanted] of row.entries())
          near(kendallTauB(five[i]![index]!.ranks, five[j]![index]!.ranks), wanted, `tau ${i} ${j}`);
    const rankings = five[1]!.map((task) => task.ranks);
    if (expected.consensus !== undefined)
      for (const [k, algorithm] of table.algorithms.entries()) {
        near(consensus(rankings, "mean-rank").score[k]!, expected.consensus.euclidean[algorithm]!, "euclidean");
        expect(consensus(rankings, "borda").rank[k]).toBe(expected.consensus.Borda[algorithm]);
        expect(consensus(rankings, "copeland").rank[k]).toBe(expected.consensus.Copeland[algorithm]);
      }
    if (expected.symdiff === undefined || expected.hclust_complete === undefined) return;
    expect(table.tasks.map((task) => task.id)).toEqual(expected.symdiff.tasks);
    const distances = rankings.map((a) => rankings.map((b) => symmetricDifference(a, b)));
    expect(distances).toEqual(expected.symdiff.d);
    for (const [i, row] of (expected.kendall_distance ?? []).entries())
      for (const [j, wanted] of row.entries())
        if (i !== j) near(kendallTauB(rankings[i]!, rankings[j]!), wanted, "tau of tasks");
    const { merges, order } = completeLinkage(distances);
    expect(merges.map(({ left, right }) => [left, right])).toEqual(expected.hclust_complete.merge);
    expect(merges.map(({ height }) => height)).toEqual(expected.hclust_complete.height);
    expect(order.map((item) => item + 1)).toEqual(expected.hclust_complete.order);
  });

  test(`${name}: the same draws as R`, () => {
    const state = lecuyerSeed(123);
    for (let draw = 0; draw < 3; draw++)
      for (const { id } of table.tasks) {
        const n = expected.bootstrap.case_order[id]!.length;
        const drawn = Array.from({ length: n }, () => lecuyerIndex(state, n));
        expect(drawn).toEqual(expected.bootstrap.first_draws[id]![draw]);
      }
  });

  test(`${name}: every bootstrap rank of challengeR, its two defects included`, () => {
    const runs = [
      ["mean-then-rank", expected.bootstrap],
      ["rank-then-mean", expected.bootstrap_rankThenMean],
      ["test-then-rank", expected.bootstrap_testBased],
    ] as const;
    for (const [id, wanted] of runs) {
      const plan = planBootstrap(table, withMissing(id), {
        draws: wanted.nboot,
        seed: wanted.seed ?? 123,
        generator: "lecuyer-cmrg",
        compat: "challengeR-1.0.5",
      });
      const drawn = runBootstrap(plan, 0, wanted.nboot);
      for (const [index, task] of table.tasks.entries()) {
        const { algo, ranks } = wanted.ranks[task.id]!;
        for (const [k, column] of columnsOf(algo).entries())
          expect(ranks[k]!.map((_, draw) => drawn.tasks[index]![draw * drawn.algorithms + column])).toEqual(ranks[k]);
      }
    }
  });

  test(`${name}: summary of the bootstrap`, () => {
    const wanted = expected.bootstrap;
    const plan = planBootstrap(table, withMissing("mean-then-rank"), {
      draws: wanted.nboot,
      seed: 123,
      generator: "lecuyer-cmrg",
    });
    const drawn = runBootstrap(plan, 0, wanted.nboot);
    const observed = plan.evaluator.evaluate(fullWeights(plan.evaluator)).tasks.map(({ ranks }) => ranks);
    for (const [index, { id }] of table.tasks.entries()) {
      const stability = rankStability(drawn.tasks[index]!, observed[index]!);
      for (const [k, column] of columnsOf(wanted.ranks[id]!.algo).entries()) {
        const own = stability.algorithms[column]!;
        const quantiles = wanted.rank_q025_med_q975[id]![k]!;
        for (const [q, value] of [own.low, own.median, own.high].entries())
          near(value, quantiles[q]!, `${id} quantile ${q}`);
        expect(wanted.frequencies[id]![k]!.map((_, rank) => own.counts.get(rank + 1) ?? 0)).toEqual(
          wanted.frequencies[id]![k],
        );
        expect(own.pFirst * wanted.nboot).toBeCloseTo(wanted.winner_frequency[id]![wanted.ranks[id]!.algo[k]!] ?? 0, 9);
      }
      for (const [draw, tau] of wanted.kendall[id]!.entries())
        if (tau === null) expect(stability.tau[draw]).toBeNaN();
        else near(stability.tau[draw]!, tau, `${id} tau of draw ${draw}`);
      const { tauSummary } = stability;
      for (const key of ["mean", "median", "q25", "q75"] as const)
        near(tauSummary[key], wanted.kendall_summary[id]![key], `${id} tau ${key}`);
    }
  });
}

test("signed-rank tests of base R: 39 pairs, three conventions, three sides", () => {
  interface Pair {
    x: number[];
    y: number[];
    V: number;
    approx_cc: Record<string, number | null>;
    approx_nocc: Record<string, number | null>;
    r_default_exact_NULL: Record<string, number | null>;
  }
  const pairs = JSON.parse(read("wilcoxon.expected.json")!) as Pair[];
  const conventions = [
    ["approx_cc", { distribution: "normal", correction: "continuity" }],
    ["approx_nocc", { distribution: "normal", correction: "none" }],
    ["r_default_exact_NULL", { distribution: "r-default", correction: "continuity" }],
  ] as const;
  for (const [index, pair] of pairs.entries())
    for (const [key, convention] of conventions)
      for (const [side, wanted] of Object.entries(pair[key])) {
        const alternative = side === "two" ? "two-sided" : (side as "greater" | "less");
        const result = wilcoxonSignedRank(pair.x, pair.y, { ...convention, zeros: "drop", alternative });
        expect(result.v).toBe(pair.V);
        if (wanted === null) expect(result.p).toBeNaN();
        else near(result.p, wanted, `pair ${index} ${key} ${side}`);
      }
});

test("normal and t distribution of base R, far into the tail", () => {
  const wanted = JSON.parse(read("normal_t.expected.json")!) as Record<
    "z" | "upper" | "p" | "q" | "df" | "t975",
    number[]
  >;
  for (const [k, z] of wanted.z.entries()) near(normalUpperTail(z), wanted.upper[k]!, `z ${z}`);
  for (const [k, p] of wanted.p.entries()) near(normalQuantile(p), wanted.q[k]!, `p ${p}`);
  for (const [k, df] of wanted.df.entries()) near(studentUpperQuantile(0.025, df), wanted.t975[k]!, `df ${df}`);
});

test("p.adjust of base R: five methods, missing values", () => {
  const text = read("padjust.expected.json");
  if (text === null) {
    console.warn("ranking: padjust is absent; the adjustments of the challengeR sets are compared instead");
    expect([...pAdjust([0.01, 0.04, Number.NaN, 0.03], "holm")]).toEqual([0.03, 0.06, Number.NaN, 0.06]);
    return;
  }
  const sets = JSON.parse(text) as Record<"p" | PAdjustMethod, (number | null)[]>[];
  for (const set of sets)
    for (const method of ["holm", "hochberg", "BH", "BY", "bonferroni"] as const) {
      const adjusted = pAdjust(
        set.p.map((p) => p ?? Number.NaN),
        method,
      );
      for (const [k, wanted] of set[method].entries())
        if (wanted === null) expect(adjusted[k]).toBeNaN();
        else near(adjusted[k]!, wanted, `${method} ${k}`);
    }
});
