/** The figures around a ranking: means with intervals, missing counts, neighbour comparisons, rank intervals from tests. */
import { mean } from "./double-double.ts";
import { meanIntervalT, meanOfMeansInterval, pairedEffect, type SampleSummary, standardDeviation } from "./interval.ts";
import { type PreparedTable, statusCode } from "./prepared-table.ts";
import { median } from "./quantile.ts";
import { rankIntervalsFromTests } from "./rank-interval-tests.ts";
import { caseRanks } from "./rank-then-aggregate.ts";
import type { MetricSummary, MissingCounts, NextComparison, NumberPair, RegionSection } from "./ranking-document.ts";
import { type RankingUnit, rankingUnits, schemeMetrics } from "./ranking-units.ts";
import type { RankingScheme } from "./scheme.ts";
import { fullWeights, type SchemeEvaluator } from "./scheme-evaluator.ts";
import type { MetricColumn } from "./score-table.ts";
import { pairwiseP } from "./test-then-rank.ts";

/** Most algorithms for which all pairs are tested beside a ranking that does not need it. */
const pairwiseShown = 100;

export interface SectionFacts {
  readonly unitScores: readonly Float64Array[];
  /** By task: rank intervals from Holm-adjusted pairwise tests; null when there are too many algorithms. */
  readonly rankIntervals: readonly (readonly NumberPair[] | null)[];
  /** Units with the mean over regions, of every metric of the table. */
  readonly caseMeans: readonly RankingUnit[];
  /** Key of the metric that neighbours are compared on: the scheme's first. */
  readonly firstMetric: number;
  readonly metricSummaries: (tasks: readonly number[], row: number) => readonly MetricSummary[];
}

/** A scheme for describing one metric: its own rule for failures where it uses the metric, else the worst value. */
function describingScheme(
  scheme: RankingScheme,
  metric: MetricColumn,
  isUsed: boolean,
  regions: RankingScheme["regions"],
): RankingScheme {
  const failed = isUsed || scheme.missing.failed === "ignore" ? scheme.missing.failed : "worst";
  return {
    ...scheme,
    metrics: [{ metric: metric.key, weight: 1 }],
    regions,
    subsets: [],
    missing: { ...scheme.missing, failed: failed === "rank-last" ? "worst" : failed },
  };
}

function unitsOfEveryMetric(
  table: PreparedTable,
  scheme: RankingScheme,
  ranked: Int32Array,
  regions: RankingScheme["regions"],
): RankingUnit[] {
  const used = new Set(schemeMetrics(table, scheme).map((use) => use.metric));
  const present = new Set(table.tasks.flatMap((task) => task.layers.map((layer) => layer.metric)));
  return [...present]
    .sort((a, b) => a - b)
    .flatMap((index) => {
      const metric = table.metrics[index] as MetricColumn;
      return rankingUnits(table, describingScheme(scheme, metric, used.has(index), regions), ranked).units;
    });
}

function rowOf(unit: RankingUnit, row: number): Float64Array {
  const m = unit.cases.length;
  const values = unit.values.subarray(row * m, (row + 1) * m);
  return unit.complete ? values : values.filter((value) => !Number.isNaN(value));
}

interface Described extends SampleSummary {
  readonly median: number;
  readonly values: Float64Array;
}

/** Gathers what the sections of a document share. */
export function sectionFacts(table: PreparedTable, scheme: RankingScheme, evaluator: SchemeEvaluator): SectionFacts {
  const { ranked } = evaluator.units;
  const caseMeans = unitsOfEveryMetric(table, scheme, ranked, "mean-per-case");
  const described = caseMeans.map((unit) =>
    Array.from(ranked, (_, row): Described => {
      const values = rowOf(unit, row);
      return { n: values.length, mean: mean(values), sd: standardDeviation(values), median: median(values), values };
    }),
  );
  const metrics = [...new Set(caseMeans.map((unit) => unit.metric))];
  const result = evaluator.evaluate(fullWeights(evaluator));
  return {
    unitScores: result.units.map(({ scores }) => scores.slice()),
    rankIntervals: table.tasks.map((_, task) =>
      ranked.length > pairwiseShown ? null : intervalsOfTask(evaluator, task, ranked.length),
    ),
    caseMeans,
    firstMetric: schemeMetrics(table, scheme)[0]?.metric ?? 0,
    metricSummaries: (tasks, row) =>
      metrics.map((metric): MetricSummary => {
        const samples = caseMeans.flatMap((unit, index) =>
          unit.metric === metric && tasks.includes(unit.task) ? [described[index]?.[row] as Described] : [],
        );
        return summaryOf(table.metrics[metric]?.key as string, samples);
      }),
  };
}

function summaryOf(metric: string, samples: readonly Described[]): MetricSummary {
  const first = samples[0];
  const n = samples.reduce((total, sample) => total + sample.n, 0);
  if (first === undefined || samples.some((sample) => sample.n === 0))
    return { metric, mean: null, ci95: null, median: null, sd: null, n };
  if (samples.length === 1)
    return {
      metric,
      mean: first.mean,
      ci95: meanIntervalT(first.values),
      median: first.median,
      sd: Number.isNaN(first.sd) ? null : first.sd,
      n,
    };
  return {
    metric,
    mean: mean(samples.map((sample) => sample.mean)),
    ci95: meanOfMeansInterval(samples),
    median: null,
    sd: null,
    n,
  };
}

/**
 * Rank intervals of one task from one-sided signed-rank tests at 0.05, Holm over all pairs. One unit: on its values. Several: on the
 * mean of an algorithm's ranks over the units of each case (BraTS' cumulative rank), for cases that every unit has.
 */
function intervalsOfTask(evaluator: SchemeEvaluator, task: number, algorithms: number): readonly NumberPair[] | null {
  const units = evaluator.units.units.filter((unit) => unit.task === task && unit.subset === null);
  const first = units[0];
  if (first === undefined || algorithms < 2) return null;
  const unit = units.length === 1 ? first : cumulativeRanks(units, algorithms);
  if (unit.cases.length === 0) return null;
  const { p } = pairwiseP(unit, "wilcoxon-normal");
  return rankIntervalsFromTests(p, algorithms, { alpha: 0.05, adjust: "holm" });
}

/** The mean rank over units in each case, as a unit in which smaller is better. */
export function cumulativeRanks(units: readonly RankingUnit[], algorithms: number): RankingUnit {
  const first = units[0] as RankingUnit;
  const common = [...first.cases].filter((c) => units.every((unit) => unit.cases.includes(c)));
  const values = new Float64Array(algorithms * common.length);
  let weights = 0;
  for (const unit of units) {
    weights += unit.weight;
    const ranks = caseRanks(unit, "average");
    const position = new Map(Array.from(unit.cases, (c, index) => [c, index]));
    for (let a = 0; a < algorithms; a++)
      for (const [j, c] of common.entries()) {
        const cell = a * common.length + j;
        values[cell] =
          (values[cell] as number) +
          unit.weight * (ranks[a * unit.cases.length + (position.get(c) as number)] as number);
      }
  }
  for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) / weights;
  return { ...first, region: null, sign: -1, cases: Int32Array.from(common), values, complete: true };
}

/** Each algorithm against the next of the ranking, on the first metric of the scheme. */
export function neighbourComparisons(
  table: PreparedTable,
  facts: SectionFacts,
  task: number,
  names: readonly string[],
  ranks: Float64Array,
): Map<string, NextComparison> {
  const found = new Map<string, NextComparison>();
  const unit = facts.caseMeans.find((candidate) => candidate.task === task && candidate.metric === facts.firstMetric);
  if (unit === undefined) return found;
  const order = names.map((_, row) => row).sort((a, b) => (ranks[a] as number) - (ranks[b] as number) || a - b);
  const m = unit.cases.length;
  for (let k = 0; k + 1 < order.length; k++) {
    const a = order[k] as number;
    const b = order[k + 1] as number;
    const effect = pairedEffect(
      unit.values.subarray(a * m, (a + 1) * m),
      unit.values.subarray(b * m, (b + 1) * m),
      unit.sign,
    );
    if (effect.n === 0) continue;
    found.set(names[a] as string, {
      algorithm: names[b] as string,
      metric: table.metrics[unit.metric]?.key as string,
      n: effect.n,
      difference: effect.difference,
      ci95: effect.interval,
      win_rate: effect.winRate,
      p_false_claim: effect.pFalseClaim,
    });
  }
  return found;
}

/** Cases and missing scores of every algorithm; scores are counted once per region of a case, on the scheme's first metric. */
export function missingCounts(
  table: PreparedTable,
  evaluator: SchemeEvaluator,
  tasks: readonly number[],
): Map<string, { cases: number; missing: MissingCounts }> {
  const metric = evaluator.units.units[0]?.metric;
  const counts = new Map<string, { cases: number; missing: MissingCounts }>();
  for (const [a, name] of table.algorithms.entries()) {
    let cases = 0;
    const byStatus = [0, 0, 0, 0];
    for (const index of tasks) {
      const task = table.tasks[index];
      if (task === undefined) continue;
      const n = task.cases.length;
      const layers = task.layers.filter((layer) => metric === undefined || layer.metric === metric);
      for (let c = 0; c < n; c++) {
        let hasScore = false;
        for (const { status } of layers) {
          const code = status[a * n + c] as number;
          byStatus[code] = (byStatus[code] as number) + 1;
          if (code === statusCode.ok) hasScore = true;
        }
        if (hasScore) cases++;
      }
    }
    counts.set(name, {
      cases,
      missing: {
        reference_absent: byStatus[statusCode["reference-absent"]] as number,
        prediction_failed: byStatus[statusCode["prediction-failed"]] as number,
        not_submitted: byStatus[statusCode["not-submitted"]] as number,
      },
    });
  }
  return counts;
}

/** Mean, interval and number of cases for every region and metric: the heat table. */
export function describeRegions(
  table: PreparedTable,
  scheme: RankingScheme,
  evaluator: SchemeEvaluator,
): readonly RegionSection[] {
  const { ranked } = evaluator.units;
  return unitsOfEveryMetric(table, scheme, ranked, "separate").map((unit): RegionSection => {
    const rows = Array.from(ranked, (_, row) => rowOf(unit, row));
    const metric = table.metrics[unit.metric] as MetricColumn;
    return {
      task: table.tasks[unit.task]?.id as string,
      region: unit.region ?? "",
      metric: metric.key,
      direction: metric.direction,
      mean: rows.map((values) => (values.length === 0 ? null : mean(values))),
      ci95: rows.map((values) => meanIntervalT(values)),
      n: rows.map((values) => values.length),
    };
  });
}
