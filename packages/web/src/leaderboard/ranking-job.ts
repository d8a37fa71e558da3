/** What the page asks of its ranking worker, and what comes back. */
import type { RankingDocument, ScoreTable, TableSelection } from "@segathlon/ranking";

/** Pairwise statistics are computed for so many entries at most; the page says so when there are more. */
export const pairwiseEntries = 50;

export interface RankingJob {
  readonly id: number;
  /** Only with the first job of a table; the worker keeps it. */
  readonly table?: ScoreTable;
  readonly scheme: string;
  readonly selection: TableSelection;
  readonly draws: number;
  readonly seed: number;
}

/** p of one metric, averaged over the chosen regions of each case. */
export interface PairwiseResult {
  readonly task: string;
  readonly metric: string;
  /** In rank order, at most {@link pairwiseEntries}. */
  readonly algorithms: readonly string[];
  readonly entriesInAll: number;
  readonly raw: readonly (readonly (number | null)[])[];
  readonly holm: readonly (readonly (number | null)[])[];
  readonly cases: number;
}

export interface SchemeRanks {
  readonly scheme: string;
  readonly title: string;
  /** By algorithm; empty with a reason where the scheme does not fit the table. */
  readonly ranks: Readonly<Record<string, number | null>>;
  readonly problem: string | null;
}

export interface StabilityResult {
  readonly algorithms: readonly {
    readonly algorithm: string;
    readonly medianRank: number;
    readonly interval: readonly [number, number];
    readonly draws: readonly { readonly rank: number; readonly count: number }[];
  }[];
  readonly tau: readonly {
    readonly name: string;
    readonly values: readonly number[];
    readonly undefinedDraws: number;
  }[];
}

export interface SliceResult {
  readonly attribute: string;
  readonly metric: string;
  readonly slices: readonly {
    readonly value: string;
    readonly n: number;
    /** By algorithm. */
    readonly means: Readonly<
      Record<string, { readonly mean: number; readonly ci95: readonly [number, number] | null }>
    >;
  }[];
}

export type RankingReply =
  | { readonly id: number; readonly kind: "ranking"; readonly document: RankingDocument }
  | { readonly id: number; readonly kind: "progress"; readonly done: number; readonly draws: number }
  | {
      readonly id: number;
      readonly kind: "stability";
      readonly document: RankingDocument;
      readonly stability: StabilityResult;
    }
  | { readonly id: number; readonly kind: "pairwise"; readonly pairwise: readonly PairwiseResult[] }
  | { readonly id: number; readonly kind: "schemes"; readonly schemes: readonly SchemeRanks[] }
  | { readonly id: number; readonly kind: "slices"; readonly slices: readonly SliceResult[] }
  | { readonly id: number; readonly kind: "problem"; readonly message: string; readonly hint: string };
