/** The main function: a score table and a scheme give a ranking document; bootstrap draws add its uncertainty, all at once or as they come. */
import {
  type BootstrapDraws,
  type BootstrapOptions,
  type BootstrapPlan,
  planBootstrap,
  runBootstrap,
} from "./bootstrap.ts";
import { type PreparedTable, prepareScoreTable } from "./prepared-table.ts";
import { rankStability } from "./rank-stability.ts";
import type {
  PhaseSection,
  RankedAlgorithm,
  RankingDocument,
  RankingSection,
  TaskSection,
  TauSummaryDocument,
  UnitSection,
} from "./ranking-document.ts";
import { rankingNotes } from "./ranking-notes.ts";
import {
  describeRegions,
  missingCounts,
  neighbourComparisons,
  type SectionFacts,
  sectionFacts,
} from "./ranking-summary.ts";
import type { RankingScheme } from "./scheme.ts";
import { fullWeights, type RankedScores, type SchemeEvaluator, schemeEvaluator } from "./scheme-evaluator.ts";
import type { ScoreTable } from "./score-table.ts";
import { selectTable, type TableSelection } from "./select-table.ts";
import { rankingVersion } from "./version.ts";

export interface RankOptions {
  readonly selection?: TableSelection;
  /** Left out: no bootstrap, and everything that needs one is null. */
  readonly bootstrap?: BootstrapOptions;
  /** For random ties and drawn permutation tests; default the bootstrap's seed, else 1. */
  readonly seed?: number;
}

/**
 * Ranks the algorithms of a table by a scheme.
 *
 * Missing scores follow the scheme; an algorithm that cannot be ranked is listed last without a rank and with the reason. Equal values
 * share a place (`=3`).
 *
 * @param table a score table, or a prepared one (prepare once when several schemes are tried)
 * @throws ScoreTableError when the table has problems, SchemeMismatchError when it lacks what the scheme needs, RangeError for bad options
 *
 * @example
 * ```ts
 * const row = (algorithm: string, name: string, value: number) =>
 *   ({ task: "spleen", case: name, algorithm, region: "spleen", metric: "dice", value, status: "ok" }) as const;
 * const table = {
 *   metrics: [{ key: "dice", direction: "higher-is-better", worst: 0 }] as const,
 *   rows: [row("A", "c1", 0.9), row("A", "c2", 0.8), row("B", "c1", 0.7), row("B", "c2", 0.6)],
 * };
 * rankTable(table, schemePreset("mean-then-rank")!).overall.ranking[0]?.algorithm; // "A"
 * ```
 */
export function rankTable(
  table: ScoreTable | PreparedTable,
  scheme: RankingScheme,
  options: RankOptions = {},
): RankingDocument {
  const prepared = "kind" in table ? table : prepareScoreTable(table);
  const selection = options.selection ?? null;
  const selected = selection === null ? prepared : selectTable(prepared, selection);
  const seed = options.seed ?? options.bootstrap?.seed ?? 1;
  const document = rankingOf(selected, scheme, seed, selection);
  if (options.bootstrap === undefined) return document;
  const plan = planBootstrap(selected, scheme, options.bootstrap);
  return addBootstrap(document, plan, runBootstrap(plan, 0, options.bootstrap.draws));
}

function rankingOf(
  table: PreparedTable,
  scheme: RankingScheme,
  seed: number,
  selection: TableSelection | null,
): RankingDocument {
  const evaluator = schemeEvaluator(table, scheme, { seed });
  const result = evaluator.evaluate(fullWeights(evaluator));
  const names = Array.from(evaluator.units.ranked, (index) => table.algorithms[index] as string);
  const facts = sectionFacts(table, scheme, evaluator);
  const everyTask = table.tasks.map((_, task) => task);
  const tasks = table.tasks.map((task, index): TaskSection => {
    const label = labelOf(table, evaluator, [index]);
    const ranking = sectionOf(names, result.tasks[index] as RankedScores, facts, [index], label, table, evaluator);
    return { task: task.id, cases: task.cases.length, ...ranking };
  });
  const phases = evaluator.phases.map((phase, index): PhaseSection => {
    const label = labelOf(table, evaluator, phase.tasks);
    return {
      phase: phase.id,
      title: phase.title,
      tasks: phase.tasks.map((task) => table.tasks[task]?.id as string),
      missing_tasks: phase.missing,
      ...sectionOf(names, result.phases[index] as RankedScores, facts, phase.tasks, label, table, evaluator),
    };
  });
  const overall = sectionOf(
    names,
    result.overall,
    facts,
    everyTask,
    labelOf(table, evaluator, everyTask),
    table,
    evaluator,
  );
  const document: RankingDocument = {
    schema: "segathlon/ranking@1",
    software: { name: "@segathlon/ranking", version: rankingVersion },
    scheme,
    data: {
      hash: table.hash,
      selection,
      tasks: table.tasks.map((task) => ({
        task: task.id,
        cases: task.cases.length,
        regions: [...new Set(task.layers.map((layer) => task.regions[layer.region] as string))],
        metrics: [...new Set(task.layers.map((layer) => table.metrics[layer.metric]?.key as string))],
      })),
    },
    seed,
    bootstrap: null,
    algorithms: names,
    overall,
    phases,
    tasks,
    units: evaluator.units.units.map(
      (unit, index): UnitSection => ({
        task: table.tasks[unit.task]?.id as string,
        region: unit.region,
        metric: table.metrics[unit.metric]?.key as string,
        subset: unit.subset,
        weight: unit.weight,
        cases: unit.cases.length,
        scores: Array.from(result.units[index]?.scores ?? [], (score) => finite(shownScore(scheme, unit.sign, score))),
        ranks: Array.from(result.units[index]?.ranks ?? []),
      }),
    ),
    regions: describeRegions(table, scheme, evaluator),
    notes: rankingNotes(table, scheme, evaluator),
  };
  return document;
}

const finite = (value: number | undefined): number | null =>
  value === undefined || !Number.isFinite(value) ? null : value;

/** A unit's score as people know it: the mean Dice, the mean distance, the mean rank, the wins. */
function shownScore(scheme: RankingScheme, sign: 1 | -1, score: number): number {
  if (scheme.method.kind === "aggregate-then-rank") return sign * score;
  return scheme.method.kind === "rank-then-aggregate" ? -score : score;
}

interface ScoreLabel {
  readonly label: string;
  readonly direction: "higher-is-better" | "lower-is-better";
  /** Set when the section rests on one unit: its own score is shown. */
  readonly unit: number | null;
}

function labelOf(table: PreparedTable, evaluator: SchemeEvaluator, tasks: readonly number[]): ScoreLabel {
  const { scheme, units } = evaluator;
  const own = units.units.flatMap((unit, index) => (tasks.includes(unit.task) ? [index] : []));
  const only = own.length === 1 ? own[0] : undefined;
  if (only !== undefined) {
    const unit = units.units[only];
    const key = unit === undefined ? "" : (table.metrics[unit.metric]?.key as string);
    const { method } = scheme;
    if (method.kind === "test-then-rank")
      return {
        label: method.score === "win-count" ? "significant wins" : "share of significant wins",
        direction: "higher-is-better",
        unit: only,
      };
    const statistic =
      typeof method.statistic === "string" ? method.statistic : `quantile ${method.statistic.quantile} of`;
    if (method.kind === "rank-then-aggregate")
      return { label: `${statistic} rank per case`, direction: "lower-is-better", unit: only };
    return {
      label: `${statistic} ${key}`,
      direction: unit?.sign === -1 ? "lower-is-better" : "higher-is-better",
      unit: only,
    };
  }
  const across = tasks.length > 1 ? " over tasks" : "";
  if (tasks.length > 1 && scheme.tasks.across === "mean-of-average-ranks")
    return { label: "mean rank over tasks", direction: "lower-is-better", unit: null };
  if (scheme.combine.of === "linear-rank-scores")
    return { label: `${scheme.combine.statistic} of rank scores${across}`, direction: "higher-is-better", unit: null };
  if (scheme.combine.of === "scores")
    return { label: `mean rank per case${across}`, direction: "lower-is-better", unit: null };
  return { label: `${scheme.combine.statistic} rank${across}`, direction: "lower-is-better", unit: null };
}

function sectionOf(
  names: readonly string[],
  scores: RankedScores,
  facts: SectionFacts,
  tasks: readonly number[],
  label: ScoreLabel,
  table: PreparedTable,
  evaluator: SchemeEvaluator,
): RankingSection {
  const unit = label.unit === null ? undefined : evaluator.units.units[label.unit];
  const unitScores = label.unit === null ? undefined : facts.unitScores[label.unit];
  const counts = missingCounts(table, evaluator, tasks);
  const intervals = tasks.length === 1 ? (facts.rankIntervals[tasks[0] as number] ?? null) : null;
  const next =
    tasks.length === 1 ? neighbourComparisons(table, facts, tasks[0] as number, names, scores.ranks) : new Map();
  const display = rankDisplay(scores.ranks);
  const ranking = names.map((algorithm, row): RankedAlgorithm => {
    const rank = scores.ranks[row] as number;
    const shown =
      unit === undefined || unitScores === undefined
        ? scores.combined[row]
        : shownScore(evaluator.scheme, unit.sign, unitScores[row] as number);
    return {
      algorithm,
      rank,
      display: display(rank),
      score: finite(shown),
      rank_interval: null,
      rank_median: null,
      p_first: null,
      rank_interval_tests: intervals?.[row] ?? null,
      separable_from_first: null,
      not_ranked: null,
      ...(counts.get(algorithm) ?? noCounts),
      metrics: facts.metricSummaries(tasks, row),
      next: next.get(algorithm) ?? null,
    };
  });
  ranking.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || (a.algorithm < b.algorithm ? -1 : 1));
  const unranked = evaluator.units.notRanked.map(
    ({ algorithm, reason }): RankedAlgorithm => ({
      algorithm,
      rank: null,
      display: "n/a",
      score: null,
      rank_interval: null,
      rank_median: null,
      p_first: null,
      rank_interval_tests: null,
      separable_from_first: null,
      not_ranked: reason,
      ...(counts.get(algorithm) ?? noCounts),
      metrics: [],
      next: null,
    }),
  );
  return {
    score_label: label.label,
    score_direction: label.direction,
    ranking: [...ranking, ...unranked],
    tau: null,
  };
}

const noCounts = { cases: 0, missing: { reference_absent: 0, prediction_failed: 0, not_submitted: 0 } };

/** How ranks are shown: `3`, or `=3` when the rank is shared. */
export function rankDisplay(ranks: ArrayLike<number>): (rank: number) => string {
  const counts = new Map<number, number>();
  for (let i = 0; i < ranks.length; i++) counts.set(ranks[i] as number, (counts.get(ranks[i] as number) ?? 0) + 1);
  return (rank) => ((counts.get(rank) ?? 0) > 1 ? `=${rank}` : String(rank));
}

/**
 * The document with what the draws say: rank intervals, P(1st), Kendall's tau. Call it again with more draws to refine it.
 *
 * @param plan the bootstrap plan of the same table and scheme
 * @param draws draws done so far
 */
export function addBootstrap(document: RankingDocument, plan: BootstrapPlan, draws: BootstrapDraws): RankingDocument {
  const section = <S extends RankingSection>(old: S, drawn: Float64Array): S => {
    const byName = new Map(old.ranking.map((entry) => [entry.algorithm, entry]));
    const observed = document.algorithms.map((name) => byName.get(name)?.rank ?? Number.NaN);
    const stability = rankStability(drawn, observed);
    const row = new Map(document.algorithms.map((name, index) => [name, index]));
    const { mean, median, q25, q75, undefinedDraws } = stability.tauSummary;
    const tau: TauSummaryDocument = {
      mean: finite(mean),
      median: finite(median),
      q25: finite(q25),
      q75: finite(q75),
      undefined_draws: undefinedDraws,
    };
    return {
      ...old,
      tau,
      ranking: old.ranking.map((entry): RankedAlgorithm => {
        const own = stability.algorithms[row.get(entry.algorithm) ?? -1];
        if (own === undefined) return entry;
        return {
          ...entry,
          rank_interval: [own.low, own.high],
          rank_median: own.median,
          p_first: own.pFirst,
          separable_from_first: own.low > 1,
        };
      }),
    };
  };
  const { options } = plan;
  return {
    ...document,
    bootstrap: { ...options, draws_done: draws.to - draws.from },
    overall: section(document.overall, draws.overall),
    phases: document.phases.map((phase, index) => section(phase, draws.phases[index] as Float64Array)),
    tasks: document.tasks.map((task, index) => section(task, draws.tasks[index] as Float64Array)),
  };
}
