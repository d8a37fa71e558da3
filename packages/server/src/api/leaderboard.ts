/** Leaderboards: the ranking, its uncertainty, and the score table where the phase allows it. */
import { z } from "zod";

export const leaderboardQuerySchema = z.strictObject({
  /** One task; default: over all tasks of the phase. */
  task: z.string().max(64).optional(),
  region: z.string().max(200).optional(),
  metric: z.string().max(64).optional(),
  /** A ranking scheme other than the protocol's (see `/schemes`). */
  scheme: z.string().max(64).optional(),
  /** A stored snapshot instead of the live board. */
  snapshot: z.string().max(64).optional(),
});

export const leaderboardColumnSchema = z.object({
  key: z.string(),
  task: z.string(),
  region: z.string(),
  metric: z.string(),
  direction: z.enum(["higher-is-better", "lower-is-better", "none"]),
  unit: z.enum(["", "mm", "ml", "count"]),
  /** Digits after the point that are shown; null: all. */
  decimals: z.number().int().nullable(),
});

export const leaderboardValueSchema = z.object({
  mean: z.number().nullable(),
  ci95: z.tuple([z.number(), z.number()]).nullable(),
  /** Cases behind the mean. */
  n: z.number().int(),
  /** Cases without a usable prediction (they got the worst value). */
  failed: z.number().int(),
});

export const leaderboardEntrySchema = z.object({
  /** Name in the ranking document and the score table. */
  algorithm: z.string(),
  team: z.string(),
  method: z.string(),
  link: z.string().nullable(),
  submission: z.number().int(),
  submittedAt: z.iso.datetime(),
  baseline: z.boolean(),
  mine: z.boolean(),
  /** Best rank is 1; ties share the smaller rank. null: not ranked (the entry is incomplete), see `notRankedBecause`. */
  rank: z.number().nullable(),
  notRankedBecause: z.string().nullable(),
  /** 95 % bootstrap interval of the rank. */
  rankInterval: z.tuple([z.number(), z.number()]).nullable(),
  /** Number that the scheme orders by (mean rank, mean score ...), null where it has none. */
  rankingScore: z.number().nullable(),
  runtimeSeconds: z.number().nullable(),
  values: z.record(z.string(), leaderboardValueSchema),
});

export const scoreRowSchema = z.object({
  task: z.string(),
  case: z.string(),
  algorithm: z.string(),
  region: z.string(),
  metric: z.string(),
  value: z.number().nullable(),
  status: z.enum(["ok", "reference-absent", "prediction-failed", "not-submitted"]),
  /** The worst value of this case, where it is known better than the column says. */
  worst: z.number().optional(),
});

/** The same shape as `ScoreTable` of `@segathlon/ranking`, so that a page can rank again with another scheme. */
export const scoreTableSchema = z.object({
  metrics: z.array(
    z.object({ key: z.string(), direction: z.enum(["higher-is-better", "lower-is-better"]), worst: z.number() }),
  ),
  rows: z.array(scoreRowSchema),
  attributes: z
    .record(z.string(), z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number()]))))
    .optional(),
});

export const leaderboardSchema = z.object({
  benchmark: z.string(),
  phase: z.string(),
  task: z.string().nullable(),
  region: z.string().nullable(),
  metric: z.string().nullable(),
  scheme: z.string(),
  alpha: z.number().nullable(),
  bootstrap: z.number().int(),
  seed: z.number().int(),
  kind: z.enum(["live", "frozen", "snapshot"]),
  snapshot: z.string().nullable(),
  /** Changes when an entry, a reference or the protocol changes; also the ETag. */
  revision: z.string(),
  referencesRevision: z.number().int(),
  computedAt: z.iso.datetime(),
  cases: z.number().int(),
  /** Why the board is empty for this caller; null: it is shown. */
  hiddenBecause: z.string().nullable(),
  feedback: z.object({
    level: z.enum(["per-case", "aggregate", "none-until-close"]),
    decimals: z.number().int().nullable(),
  }),
  columns: z.array(leaderboardColumnSchema),
  entries: z.array(leaderboardEntrySchema),
  /** The ranking document of `@segathlon/ranking`, unchanged; null where it would disclose per-case scores. */
  ranking: z.unknown(),
  /** Per-case scores; only where the phase shows them to this caller. */
  scoreTable: scoreTableSchema.nullable(),
  notes: z.array(z.string()),
});

export const snapshotSchema = z.object({
  id: z.string(),
  title: z.string(),
  createdAt: z.iso.datetime(),
  public: z.boolean(),
});
export const createSnapshotSchema = z.strictObject({
  title: z.string().trim().min(1).max(200),
  public: z.boolean().default(true),
});

export type Leaderboard = z.infer<typeof leaderboardSchema>;
export type LeaderboardEntry = z.infer<typeof leaderboardEntrySchema>;
export type LeaderboardColumn = z.infer<typeof leaderboardColumnSchema>;
export type LeaderboardQuery = z.infer<typeof leaderboardQuerySchema>;
export type LeaderboardValue = z.infer<typeof leaderboardValueSchema>;
export type Snapshot = z.infer<typeof snapshotSchema>;
