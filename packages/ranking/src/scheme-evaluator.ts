/**
 * A scheme on a table, ready to be evaluated for any multiplicities of the cases: all ones give the ranking, the counts of a draw one
 * bootstrap ranking, ones with a zero the ranking without that case.
 */
import { aggregateEvaluator, type UnitEvaluator } from "./aggregate-then-rank.ts";
import { addDouble, addDoubleDouble, type DoubleDouble, overDouble, timesDouble, zero } from "./double-double.ts";
import { counterStream } from "./philox.ts";
import type { PreparedTable } from "./prepared-table.ts";
import { median } from "./quantile.ts";
import { type Multiplicity, rankEvaluator } from "./rank-then-aggregate.ts";
import { type RankingUnit, type RankingUnits, rankingUnits } from "./ranking-units.ts";
import { ranksInto, type TieMethod } from "./ranks.ts";
import { plainTaskName, type RankingScheme } from "./scheme.ts";
import { testEvaluator } from "./test-then-rank.ts";

/** One ranking of the ranked algorithms, in the order of `SchemeEvaluator.units.ranked`. */
export interface RankedScores {
  /** Combined value; {@link SchemeEvaluator.combinedIsHigherBetter} says its direction. */
  readonly combined: Float64Array;
  readonly ranks: Float64Array;
}

export interface SchemeRanks {
  readonly overall: RankedScores;
  /** In the order of the table's tasks. */
  readonly tasks: readonly RankedScores[];
  /** In the order of the scheme's phases. */
  readonly phases: readonly RankedScores[];
  /** Of every unit: score (larger is better) and rank. Views that the next evaluation overwrites. */
  readonly units: readonly { readonly scores: Float64Array; readonly ranks: Float64Array }[];
}

export interface SchemePhase {
  readonly id: string;
  readonly title: string;
  /** Indices into the table's tasks. */
  readonly tasks: readonly number[];
  /** Tasks of the phase that the table lacks. */
  readonly missing: readonly string[];
}

export interface SchemeEvaluator {
  readonly scheme: RankingScheme;
  readonly units: RankingUnits;
  readonly phases: readonly SchemePhase[];
  readonly combinedIsHigherBetter: boolean;
  /** Number of cases of each task: the lengths of the weights. */
  readonly caseCounts: readonly number[];
  readonly evaluate: (weights: readonly Int32Array[]) => SchemeRanks;
}

export interface EvaluatorOptions {
  /** Default `correct`. */
  readonly multiplicity?: Multiplicity;
  /** For random ties and drawn permutation tests; default 1. */
  readonly seed?: number;
}

function unitEvaluator(
  unit: RankingUnit,
  scheme: RankingScheme,
  multiplicity: Multiplicity,
  seed: number,
): UnitEvaluator {
  const { method } = scheme;
  if (method.kind === "aggregate-then-rank") return aggregateEvaluator(unit, method.statistic);
  if (method.kind === "test-then-rank") return testEvaluator(unit, method, multiplicity, seed);
  const ties = method.case_ties ?? (scheme.ties === "random" ? "average" : scheme.ties);
  return rankEvaluator(unit, method.statistic, ties, multiplicity);
}

/**
 * Prepares `scheme` on `table`.
 *
 * @throws SchemeMismatchError when the table lacks what the scheme needs; RangeError when pairwise tests would take too many algorithms
 */
export function schemeEvaluator(
  table: PreparedTable,
  scheme: RankingScheme,
  options: EvaluatorOptions = {},
): SchemeEvaluator {
  const seed = options.seed ?? 1;
  const units = rankingUnits(table, scheme);
  const algorithms = units.ranked.length;
  const evaluators = units.units.map((unit) => unitEvaluator(unit, scheme, options.multiplicity ?? "correct", seed));
  const unitScores = units.units.map(() => new Float64Array(algorithms));
  const unitRanks = units.units.map(() => new Float64Array(algorithms));
  const tieBreak = tieBreaker(table, scheme, units);
  const rank = ranker(algorithms, seed);
  const combinedIsHigherBetter = scheme.combine.of === "linear-rank-scores";
  const phases = phasesOf(table, scheme);
  const unitsOfTask = table.tasks.map((_, task) => indicesWhere(units.units, (unit) => unit.task === task));
  const unitTies: TieMethod = scheme.combine.of === "linear-rank-scores" ? "average" : scheme.ties;

  const across = (tasks: readonly RankedScores[], breaks: readonly Float64Array[]): RankedScores => {
    const only = tasks[0];
    if (tasks.length === 1 && only !== undefined) return only;
    const combined = new Float64Array(algorithms);
    const parts =
      scheme.tasks.across === "mean-of-task-scores"
        ? tasks.map((task) => task.combined)
        : tasks.map((task) => rank(task.ranks, "average"));
    for (let a = 0; a < algorithms; a++) combined[a] = meanAt(parts, a);
    const sign = scheme.tasks.across === "mean-of-task-scores" && combinedIsHigherBetter ? -1 : 1;
    const second = breaks.length === 0 ? null : Float64Array.from({ length: algorithms }, (_, a) => meanAt(breaks, a));
    return { combined, ranks: finalRanks(combined, sign, second, scheme.ties, rank) };
  };

  const evaluate = (weights: readonly Int32Array[]): SchemeRanks => {
    for (const [index, unit] of units.units.entries()) {
      const scores = unitScores[index] as Float64Array;
      evaluators[index]?.(weights[unit.task] as Int32Array, scores);
      (unitRanks[index] as Float64Array).set(rank(negated(scores), unitTies));
    }
    const breaks = tieBreak(weights);
    const tasks = table.tasks.map((_, task): RankedScores => {
      const own = unitsOfTask[task] as readonly number[];
      const combined = new Float64Array(algorithms);
      if (own.length === 0) return { combined: combined.fill(Number.NaN), ranks: new Float64Array(algorithms).fill(1) };
      const quantities = own.map((u) => quantity(scheme, unitScores[u] as Float64Array, unitRanks[u] as Float64Array));
      combineUnits(
        scheme,
        own.map((u) => units.units[u] as RankingUnit),
        quantities,
        combined,
      );
      const sign = combinedIsHigherBetter ? -1 : 1;
      return { combined, ranks: finalRanks(combined, sign, breaks[task] ?? null, scheme.ties, rank) };
    });
    return {
      overall: across(tasks, breaks),
      tasks,
      phases: phases.map((phase) =>
        across(
          phase.tasks.map((task) => tasks[task] as RankedScores),
          breaks.length === 0 ? [] : phase.tasks.map((task) => breaks[task] as Float64Array),
        ),
      ),
      units: unitScores.map((scores, index) => ({ scores, ranks: unitRanks[index] as Float64Array })),
    };
  };
  const caseCounts = table.tasks.map((task) => task.cases.length);
  return { scheme, units, phases, combinedIsHigherBetter, caseCounts, evaluate };
}

/** Multiplicity one for every case. */
export function fullWeights(evaluator: SchemeEvaluator): Int32Array[] {
  return evaluator.caseCounts.map((count) => new Int32Array(count).fill(1));
}

function indicesWhere<T>(list: readonly T[], test: (item: T) => boolean): readonly number[] {
  return list.flatMap((item, index) => (test(item) ? [index] : []));
}

const negated = (scores: Float64Array): Float64Array => scores.map((score) => -score);

/** Ranks ascending; values that are NaN share the place behind all others. */
type Ranker = (values: Float64Array, ties: TieMethod) => Float64Array;

function ranker(algorithms: number, seed: number): Ranker {
  const order = new Int32Array(algorithms);
  const scratch = new Int32Array(algorithms);
  return (values, ties) => {
    const result = new Float64Array(algorithms);
    const random = ties === "random" ? counterStream(seed, 0, 0x71e5).uniform : undefined;
    ranksInto(values, algorithms, ties, order, scratch, result, random);
    let missing = 0;
    for (const rank of result) if (Number.isNaN(rank)) missing++;
    if (missing === 0) return result;
    const behind = algorithms - missing + 1;
    const last = ties === "max" ? algorithms : ties === "average" ? behind + (missing - 1) / 2 : behind;
    return result.map((rank) => (Number.isNaN(rank) ? last : rank));
  };
}

function finalRanks(
  combined: Float64Array,
  sign: 1 | -1,
  second: Float64Array | null,
  ties: TieMethod,
  rank: Ranker,
): Float64Array {
  const first = sign === 1 ? combined : negated(combined);
  if (second === null) return rank(first, ties);
  const places = rank(first, "min");
  const breaks = rank(negated(second), "min");
  return rank(
    places.map((place, a) => place * (places.length + 1) + (breaks[a] as number)),
    ties,
  );
}

function quantity(scheme: RankingScheme, scores: Float64Array, ranks: Float64Array): Float64Array {
  if (scheme.combine.of === "ranks") return ranks;
  // Scores of rank-then-aggregate are negated mean ranks.
  if (scheme.combine.of === "scores") return negated(scores);
  const n = ranks.length;
  return ranks.map((rank) => (n <= 1 ? 1 : 0.1 + (0.9 * (n - rank)) / (n - 1)));
}

/** Mean over the units of each metric, then the weighted mean over metrics; in double-double, because equal values tie. */
function combineUnits(
  scheme: RankingScheme,
  units: readonly RankingUnit[],
  quantities: readonly Float64Array[],
  combined: Float64Array,
): void {
  const divisor = scheme.combine.divide_by === "algorithms" ? combined.length : 1;
  const only = quantities[0] as Float64Array;
  const metrics = [...new Set(units.map((unit) => unit.metric))].map((metric) => ({
    own: indicesWhere(units, (unit) => unit.metric === metric),
    weight: units.find((unit) => unit.metric === metric)?.weight ?? 1,
  }));
  const { statistic } = scheme.combine;
  for (let a = 0; a < combined.length; a++) {
    if (quantities.length === 1) combined[a] = (only[a] as number) / divisor;
    else if (statistic === "median") combined[a] = median(quantities.map((q) => q[a] as number)) / divisor;
    else {
      const isGeometric = statistic === "geometric-mean";
      let total = zero;
      let weights = 0;
      for (const { own, weight } of metrics) {
        let sum: DoubleDouble = zero;
        for (const u of own) {
          const value = quantities[u]?.[a] as number;
          sum = addDouble(sum, isGeometric ? Math.log(value) : value);
        }
        total = addDoubleDouble(total, timesDouble(overDouble(sum, own.length), weight));
        weights += weight;
      }
      const quotient = overDouble(total, weights);
      const value = quotient.high + quotient.low;
      // Logarithms are rounded, so products that are equal by algebra are made equal again.
      combined[a] = isGeometric ? Number(Math.exp(value).toPrecision(12)) : value / divisor;
    }
  }
}

function meanAt(parts: readonly Float64Array[], index: number): number {
  let sum = zero;
  for (const part of parts) sum = addDouble(sum, part[index] as number);
  const quotient = overDouble(sum, parts.length);
  return quotient.high + quotient.low;
}

/** The mean of the scheme's tie-break metric by task, larger is better; an empty list when the scheme has none. */
function tieBreaker(
  table: PreparedTable,
  scheme: RankingScheme,
  units: RankingUnits,
): (weights: readonly Int32Array[]) => readonly Float64Array[] {
  const rule = scheme.tie_break;
  if (rule === undefined) return () => [];
  const breakScheme: RankingScheme = {
    ...scheme,
    metrics: [{ metric: rule.metric, weight: 1 }],
    regions: rule.region === undefined ? "mean-per-case" : "separate",
    subsets: [],
  };
  const names = new Set(Array.from(units.ranked, (index) => table.algorithms[index] as string));
  const ranked = rankingUnits(table, breakScheme);
  // Rows of the tie-break units by the name of the algorithm: another metric may leave other algorithms without a rank.
  const rows = Array.from(ranked.ranked, (index) => table.algorithms[index] as string);
  const chosen = ranked.units.filter((unit) => rule.region === undefined || unit.region === rule.region);
  const evaluators = chosen.map((unit) => ({
    unit,
    run: aggregateEvaluator(unit, "mean"),
    out: new Float64Array(rows.length),
  }));
  const position = [...names].map((name) => rows.indexOf(name));
  return (weights) =>
    table.tasks.map((_, task) => {
      const found = evaluators.find(({ unit }) => unit.task === task);
      if (found === undefined) return new Float64Array(position.length);
      found.run(weights[task] as Int32Array, found.out);
      return Float64Array.from(position, (row) => (row === -1 ? Number.NaN : (found.out[row] as number)));
    });
}

function phasesOf(table: PreparedTable, scheme: RankingScheme): readonly SchemePhase[] {
  const plain = table.tasks.map((task) => plainTaskName(task.id));
  return (scheme.tasks.phases ?? [])
    .map((phase) => ({
      id: phase.id,
      title: phase.title,
      tasks: indicesWhere(plain, (name) => phase.tasks.includes(name)),
      missing: phase.tasks.filter((name) => !plain.includes(name)),
    }))
    .filter((phase) => phase.tasks.length > 0);
}
