/**
 * `ranking.json`: a ranking with its uncertainty at one moment. One shape for the command line, the server and the pages, schema
 * `segathlon/ranking@1`. Non-finite numbers never appear; a value that is not there is null.
 */
import type { BootstrapOptions } from "./bootstrap.ts";
import {
  count,
  type DocumentProblem,
  expected,
  list,
  nullableNumber,
  nullableText,
  number,
  object,
  orNull,
  pair,
  text,
} from "./document-check.ts";
import type { RankingScheme } from "./scheme.ts";
import type { Direction } from "./score-table.ts";
import type { TableSelection } from "./select-table.ts";

export type NumberPair = readonly [number, number];

/** Scores that are not there, counted in regions of cases. */
export interface MissingCounts {
  readonly reference_absent: number;
  readonly prediction_failed: number;
  readonly not_submitted: number;
}

/** One metric of one algorithm, averaged over regions per case, after the scheme's rule for missing scores. */
export interface MetricSummary {
  readonly metric: string;
  readonly mean: number | null;
  /** 95 % interval of the mean (t distribution; over several tasks of the mean of their means). */
  readonly ci95: NumberPair | null;
  readonly median: number | null;
  readonly sd: number | null;
  readonly n: number;
}

/** How this algorithm compares with the next one of the ranking, on one metric. */
export interface NextComparison {
  readonly algorithm: string;
  readonly metric: string;
  readonly n: number;
  /** Mean paired difference; positive: this one is better. */
  readonly difference: number;
  readonly ci95: NumberPair | null;
  readonly win_rate: number;
  /** Probability that a claim of superiority over the next one is false. */
  readonly p_false_claim: number | null;
}

export interface RankedAlgorithm {
  readonly algorithm: string;
  /** Null: not ranked. */
  readonly rank: number | null;
  /** `1`, `=3`, `n/a`. */
  readonly display: string;
  readonly score: number | null;
  /** 95 % bootstrap interval of the rank. */
  readonly rank_interval: NumberPair | null;
  readonly rank_median: number | null;
  /** Share of bootstrap draws with the first place. */
  readonly p_first: number | null;
  /** [1 + number significantly better, number of algorithms - number significantly worse], Holm over all pairs; of single tasks only. */
  readonly rank_interval_tests: NumberPair | null;
  /** False when the rank interval reaches 1; null without intervals. */
  readonly separable_from_first: boolean | null;
  readonly not_ranked: string | null;
  readonly cases: number;
  readonly missing: MissingCounts;
  readonly metrics: readonly MetricSummary[];
  readonly next: NextComparison | null;
}

export interface TauSummaryDocument {
  readonly mean: number | null;
  readonly median: number | null;
  readonly q25: number | null;
  readonly q75: number | null;
  readonly undefined_draws: number;
}

/** A ranking of all algorithms: of one task, of a phase, or overall. */
export interface RankingSection {
  /** What `score` is, such as `mean dice` or `mean rank`. */
  readonly score_label: string;
  readonly score_direction: Direction;
  readonly ranking: readonly RankedAlgorithm[];
  /** Kendall's tau-b between the ranking and its bootstrap draws. */
  readonly tau: TauSummaryDocument | null;
}

export interface TaskSection extends RankingSection {
  readonly task: string;
  readonly cases: number;
}

export interface PhaseSection extends RankingSection {
  readonly phase: string;
  readonly title: string;
  readonly tasks: readonly string[];
  readonly missing_tasks: readonly string[];
}

/** Scores and ranks of one unit, in the order of `algorithms`. */
export interface UnitSection {
  readonly task: string;
  /** Null: mean over the regions of each case. */
  readonly region: string | null;
  readonly metric: string;
  readonly subset: string | null;
  readonly weight: number;
  readonly cases: number;
  readonly scores: readonly (number | null)[];
  readonly ranks: readonly number[];
}

/** Means of one region and metric, in the order of `algorithms`: the heat table. */
export interface RegionSection {
  readonly task: string;
  readonly region: string;
  readonly metric: string;
  readonly direction: Direction;
  readonly mean: readonly (number | null)[];
  readonly ci95: readonly (NumberPair | null)[];
  readonly n: readonly number[];
}

export interface RankingNote {
  readonly code: string;
  readonly severity: "info" | "warning";
  readonly text: string;
}

export interface RankingDocument {
  readonly schema: "segathlon/ranking@1";
  readonly software: { readonly name: string; readonly version: string };
  readonly scheme: RankingScheme;
  readonly data: {
    readonly hash: string;
    readonly selection: TableSelection | null;
    readonly tasks: readonly {
      readonly task: string;
      readonly cases: number;
      readonly regions: readonly string[];
      readonly metrics: readonly string[];
    }[];
  };
  readonly seed: number;
  readonly bootstrap: (BootstrapOptions & { readonly draws_done: number }) | null;
  /** Ranked algorithms by name: the order of the columns in `units` and `regions`. */
  readonly algorithms: readonly string[];
  readonly overall: RankingSection;
  readonly phases: readonly PhaseSection[];
  readonly tasks: readonly TaskSection[];
  readonly units: readonly UnitSection[];
  readonly regions: readonly RegionSection[];
  readonly notes: readonly RankingNote[];
}

const direction = expected("a direction", (value) => value === "higher-is-better" || value === "lower-is-better");
const ranked = object({
  algorithm: text,
  rank: nullableNumber,
  display: text,
  score: nullableNumber,
  rank_interval: pair,
  rank_median: nullableNumber,
  p_first: nullableNumber,
  rank_interval_tests: pair,
  separable_from_first: expected("true, false or null", (value) => value === null || typeof value === "boolean"),
  not_ranked: nullableText,
  cases: count,
  missing: object({ reference_absent: count, prediction_failed: count, not_submitted: count }),
  metrics: list(
    object({ metric: text, mean: nullableNumber, ci95: pair, median: nullableNumber, sd: nullableNumber, n: count }),
  ),
  next: orNull(
    object({
      algorithm: text,
      metric: text,
      n: count,
      difference: number,
      ci95: pair,
      win_rate: number,
      p_false_claim: nullableNumber,
    }),
  ),
});
const tau = orNull(
  object({
    mean: nullableNumber,
    median: nullableNumber,
    q25: nullableNumber,
    q75: nullableNumber,
    undefined_draws: count,
  }),
);
const section = { score_label: text, score_direction: direction, ranking: list(ranked), tau };
const documentCheck = object({
  schema: expected("segathlon/ranking@1", (value) => value === "segathlon/ranking@1"),
  software: object({ name: text, version: text }),
  scheme: object({
    id: text,
    title: text,
    description: text,
    source: text,
    certainty: object({ level: text, notes: list(text) }),
  }),
  data: object({
    hash: text,
    tasks: list(object({ task: text, cases: count, regions: list(text), metrics: list(text) })),
  }),
  seed: count,
  bootstrap: orNull(object({ draws: count, seed: count, draws_done: count })),
  algorithms: list(text),
  overall: object(section),
  phases: list(object({ ...section, phase: text, title: text, tasks: list(text), missing_tasks: list(text) })),
  tasks: list(object({ ...section, task: text, cases: count })),
  units: list(
    object({
      task: text,
      region: nullableText,
      metric: text,
      subset: nullableText,
      weight: number,
      cases: count,
      scores: list(nullableNumber),
      ranks: list(number),
    }),
  ),
  regions: list(
    object({
      task: text,
      region: text,
      metric: text,
      direction,
      mean: list(nullableNumber),
      ci95: list(pair),
      n: list(count),
    }),
  ),
  notes: list(
    object({
      code: text,
      severity: expected("info or warning", (value) => value === "info" || value === "warning"),
      text,
    }),
  ),
});

/**
 * Whether `value` (parsed JSON) is a ranking document: an empty list, or what is wrong with it.
 *
 * @example
 * ```ts
 * rankingDocumentProblems({ schema: "other" })[0]; // { field: "schema", message: "expected segathlon/ranking@1, found \"other\"" }
 * ```
 */
export function rankingDocumentProblems(value: unknown): readonly DocumentProblem[] {
  const problems: DocumentProblem[] = [];
  documentCheck(value, "", problems);
  return problems;
}
