/**
 * A ranking scheme is a document: what is ranked, how, and what happens to missing scores and ties. Every rule of a published challenge
 * that we know is such a document (`scheme-presets.ts`), in the same format as a user's own.
 *
 * The steps, in order: 1. missing scores get a value or leave (`missing`); 2. scores are averaged over regions per case or kept apart
 * (`regions`), and split into subsets of cases (`subsets`): each (task, region, metric, subset) is one unit; 3. each unit is ranked
 * (`method`); 4. the units of a task are combined (`combine`); 5. tasks are combined (`tasks`); 6. ties get a place (`ties`,
 * `tie_break`).
 */
import type { PAdjustMethod } from "./p-adjust.ts";
import type { TieMethod } from "./ranks.ts";

export type Statistic = "mean" | "median" | "min" | "max" | { readonly quantile: number };

/**
 * Test of one algorithm against another.
 * `wilcoxon-normal`: signed-rank, one-sided, zeros dropped, normal approximation with continuity correction (challengeR, R).
 * `wilcoxon-exact`: the same from the exact permutation distribution.
 * `sign-flip`: one-sided permutation test of the mean paired difference, exact up to 16 cases, else 10,000 seeded draws.
 * `rank-sum-two-sided`: unpaired two-sided rank sum without tie correction (scipy `ranksums`), with the sign of the statistic.
 */
export type PairTest = "wilcoxon-normal" | "wilcoxon-exact" | "sign-flip" | "rank-sum-two-sided";

export type RankingMethod =
  | { readonly kind: "aggregate-then-rank"; readonly statistic: Statistic }
  | {
      readonly kind: "rank-then-aggregate";
      readonly statistic: Statistic;
      /** Ties within one case; default: the scheme's `ties`. */
      readonly case_ties?: Exclude<TieMethod, "random">;
    }
  | {
      readonly kind: "test-then-rank";
      readonly test: PairTest;
      readonly alpha: number;
      /** Over all ordered pairs of one unit together. */
      readonly adjust: PAdjustMethod;
      /** `p <= alpha` (challengeR) or `p < alpha`. */
      readonly significant?: "at-most-alpha" | "below-alpha";
      /** Wins as a share of the opponents (challengeR) or as a number (MSD). */
      readonly score?: "win-fraction" | "win-count";
    };

/** What a failed prediction gets: the metric's worst value, a given value, the place behind all others of its case, or nothing. */
export type FailedRule = "worst" | "rank-last" | "ignore" | { readonly value: number };

/**
 * What an algorithm without a result for some case gets. `not-ranked`: it is listed without a rank. `worst`: as a failed prediction.
 * `common-cases`: only cases that every algorithm has are used; the number left out is reported.
 */
export type NotSubmittedRule = "not-ranked" | "worst" | "common-cases";

export interface MetricUse {
  /** `dice`, `nsd` (any tolerance), `hd95` ...; see {@link metricMatches}. */
  readonly metric: string;
  readonly weight: number;
}

export interface PhaseOfTasks {
  readonly id: string;
  readonly title: string;
  /** Task names without the benchmark and without `TaskNN_`, such as `Colon`. */
  readonly tasks: readonly string[];
}

/** How sure we are that the scheme is what the challenge did. Pages show it beside the ranking. */
export interface Certainty {
  readonly level: "certain" | "not-certain";
  /** One sentence for each rule that we could not read in the primary source, or where document and code disagree. */
  readonly notes: readonly string[];
}

export interface RankingScheme {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Metrics by name with their weights; `all` takes every metric of the table, equally weighted. */
  readonly metrics: "all" | readonly MetricUse[];
  /** `separate`: each region is a unit. `mean-per-case`: scores are averaged over the regions of a case first. */
  readonly regions: "separate" | "mean-per-case";
  /** Case attributes; each combination of their values is a unit of its own. */
  readonly subsets?: readonly string[];
  readonly method: RankingMethod;
  /** Ties of units and of the final ranking. */
  readonly ties: TieMethod;
  readonly combine: {
    /**
     * What of each unit is combined: its ranks, its scores (only where these are mean ranks), or its ranks mapped linearly to
     * 0.1 (last) to 1 (first).
     */
    readonly of: "ranks" | "scores" | "linear-rank-scores";
    readonly statistic: "mean" | "median" | "geometric-mean";
    /** Divide the combined value by the number of algorithms; changes no rank. */
    readonly divide_by?: "algorithms";
  };
  readonly tasks: {
    /** The mean of the tasks' combined values, or the mean of their ranks after shared ranks are averaged (challengeR's consensus). */
    readonly across: "mean-of-task-scores" | "mean-of-average-ranks";
    readonly phases?: readonly PhaseOfTasks[];
  };
  readonly missing: { readonly failed: FailedRule; readonly not_submitted: NotSubmittedRule };
  /** Algorithms that tie in the end are ordered by the mean of this metric (of this region). */
  readonly tie_break?: { readonly metric: string; readonly region?: string };
  readonly certainty: Certainty;
  readonly source: string;
}

const metricAliases: Readonly<Record<string, readonly string[]>> = {
  dice: ["dice", "dsc"],
  nsd: ["nsd", "surface_dice"],
  hd95: ["hd95"],
};

/**
 * Whether a table's metric is the one that a scheme names: equal names, the aliases `DSC` for `dice` and `surface_dice` for `nsd`, and
 * any tolerance (`nsd@2` is `nsd`), without regard to case.
 */
export function metricMatches(key: string, wanted: string): boolean {
  const name = key.toLowerCase();
  const target = wanted.toLowerCase();
  if (name === target) return true;
  return (metricAliases[target] ?? [target]).includes(name.split("@")[0] as string);
}

/** A task name without its benchmark and number: `msd/Task10_Colon` is `Colon`. */
export function plainTaskName(task: string): string {
  return (task.split("/").at(-1) as string).replace(/^Task\d+_/, "");
}
