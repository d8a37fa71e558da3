/** The rows of a leaderboard: from a ranking document where there is one, else from the server's aggregated entries. */

import type { RankedAlgorithm, RankingDocument } from "@segathlon/ranking";
import type { Leaderboard, LeaderboardEntry } from "@segathlon/server/api";

export interface MetricCell {
  readonly mean: number;
  readonly ci95: readonly [number, number] | null;
}

export interface BoardRow {
  readonly algorithm: string;
  readonly entry: LeaderboardEntry | null;
  readonly rank: number | null;
  /** `1`, `=3`, `–`. */
  readonly place: string;
  readonly rankInterval: readonly [number, number] | null;
  readonly pFirst: number | null;
  /** Not separable from the first: null where nothing is known about it. */
  readonly leading: boolean | null;
  readonly score: number | null;
  readonly metrics: Readonly<Record<string, MetricCell>>;
  readonly n: number;
  readonly missing: number;
  readonly notRankedBecause: string | null;
}

export interface BoardMetric {
  readonly key: string;
  readonly direction: "higher-is-better" | "lower-is-better" | "none";
  readonly unit: "" | "mm" | "ml" | "count";
  readonly decimals: number | null;
}

export interface BoardModel {
  readonly rows: readonly BoardRow[];
  readonly metrics: readonly BoardMetric[];
  readonly scoreLabel: string | null;
}

function place(rank: number | null, ranks: readonly (number | null)[]): string {
  if (rank === null) return "–";
  return ranks.filter((other) => other === rank).length > 1 ? `=${rank}` : String(rank);
}

/** The distinct metrics of a board, in column order. */
export function boardMetrics(board: Leaderboard): BoardMetric[] {
  const metrics = new Map<string, BoardMetric>();
  for (const { metric, direction, unit, decimals } of board.columns)
    if (!metrics.has(metric)) metrics.set(metric, { key: metric, direction, unit, decimals });
  return [...metrics.values()];
}

/** Mean of the column means of one metric; the interval only where there is one column, because columns are not independent. */
function cellOf(entry: LeaderboardEntry, board: Leaderboard, metric: string): MetricCell | null {
  const values = board.columns.flatMap((column) => {
    const value = column.metric === metric ? entry.values[column.key] : undefined;
    return value === undefined ? [] : [value];
  });
  const means = values.map(({ mean }) => mean);
  if (means.length === 0 || means.some((mean) => mean === null)) return null;
  const mean = means.reduce<number>((sum, value) => sum + (value ?? 0), 0) / means.length;
  return { mean, ci95: values.length === 1 ? (values[0]?.ci95 ?? null) : null };
}

function rowFromEntry(entry: LeaderboardEntry, board: Leaderboard, metrics: readonly BoardMetric[]): BoardRow {
  const ranks = board.entries.map(({ rank }) => rank);
  const values = Object.values(entry.values);
  return {
    algorithm: entry.algorithm,
    entry,
    rank: entry.rank,
    place: place(entry.rank, ranks),
    rankInterval: entry.rankInterval,
    pFirst: null,
    leading: entry.rankInterval === null ? null : entry.rankInterval[0] <= 1,
    score: entry.rankingScore,
    metrics: Object.fromEntries(
      metrics.flatMap(({ key }) => {
        const cell = cellOf(entry, board, key);
        return cell === null ? [] : [[key, cell]];
      }),
    ),
    n: Math.max(0, ...values.map(({ n }) => n)),
    missing: Math.max(0, ...values.map(({ failed }) => failed)),
    notRankedBecause: entry.notRankedBecause,
  };
}

function rowFromRanked(ranked: RankedAlgorithm, entry: LeaderboardEntry | null, own: "own" | "chosen"): BoardRow {
  // Until the bootstrap is done the server's interval stands in, for the ranking that the server made.
  const interval = ranked.rank_interval ?? (own === "own" ? (entry?.rankInterval ?? null) : null);
  return {
    algorithm: ranked.algorithm,
    entry,
    rank: ranked.rank,
    place: ranked.rank === null ? "–" : ranked.display,
    rankInterval: interval,
    pFirst: ranked.p_first,
    leading: interval === null ? null : interval[0] <= 1,
    score: ranked.score,
    metrics: Object.fromEntries(
      ranked.metrics.flatMap(({ metric, mean, ci95 }) => (mean === null ? [] : [[metric, { mean, ci95 }]])),
    ),
    n: ranked.cases,
    missing: Math.max(0, ...Object.values(entry?.values ?? {}).map(({ failed }) => failed)),
    notRankedBecause: ranked.not_ranked,
  };
}

/**
 * @param document The ranking that is shown: of the worker, of the server, or null where a phase publishes aggregates only.
 * @param own Whether `document` is the board's own ranking or one that the reader chose.
 */
export function boardModel(board: Leaderboard, document: RankingDocument | null, own: "own" | "chosen"): BoardModel {
  const metrics = boardMetrics(board);
  if (document === null)
    return { rows: board.entries.map((entry) => rowFromEntry(entry, board, metrics)), metrics, scoreLabel: null };
  const entries = new Map(board.entries.map((entry) => [entry.algorithm, entry]));
  const rows = document.overall.ranking.map((ranked) =>
    rowFromRanked(ranked, entries.get(ranked.algorithm) ?? null, own),
  );
  const present = new Set(document.data.tasks.flatMap((task) => task.metrics));
  return { rows, metrics: metrics.filter(({ key }) => present.has(key)), scoreLabel: document.overall.score_label };
}
