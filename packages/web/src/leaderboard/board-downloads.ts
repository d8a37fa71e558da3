/** What a reader takes away from a leaderboard: tables, documents, a citation. */
import type { DataTable } from "@segathlon/plots";
import type { Benchmark, Leaderboard } from "@segathlon/server/api";
import type { BoardModel } from "./board-model.ts";

export function boardTable(model: BoardModel): DataTable {
  return {
    columns: [
      "method",
      "team",
      "rank",
      "rank_low",
      "rank_high",
      "p_first",
      "score",
      ...model.metrics.flatMap(({ key }) => [key, `${key}_ci95_low`, `${key}_ci95_high`]),
      "n",
      "missing",
      "seconds_per_case",
      "submitted_at",
      "not_ranked_because",
    ],
    rows: model.rows.map((row) => [
      row.entry?.method ?? row.algorithm,
      row.entry?.team ?? null,
      row.rank,
      row.rankInterval?.[0] ?? null,
      row.rankInterval?.[1] ?? null,
      row.pFirst,
      row.score,
      ...model.metrics.flatMap(({ key }) => {
        const cell = row.metrics[key];
        return [cell?.mean ?? null, cell?.ci95?.[0] ?? null, cell?.ci95?.[1] ?? null];
      }),
      row.n,
      row.missing,
      row.entry?.runtimeSeconds ?? null,
      row.entry?.submittedAt ?? null,
      row.notRankedBecause,
    ]),
  };
}

/** Per-case scores as challengeR reads them: task, case, algorithm, value; one region and metric per row group. */
export function scoresTable(board: Leaderboard): DataTable {
  return {
    columns: ["task", "case", "alg_name", "region", "metric", "value", "status"],
    rows: (board.scoreTable?.rows ?? []).map((row) => [
      row.task,
      row.case,
      row.algorithm,
      row.region,
      row.metric,
      row.value,
      row.status,
    ]),
  };
}

const plain = (text: string): string => text.replace(/[{}\\]/g, "");

/** A BibTeX entry that names the exact state of the board. */
export function boardBibtex(benchmark: Benchmark, board: Leaderboard, address: string): string {
  return [
    `@misc{${benchmark.id}-${board.phase}-${board.computedAt.slice(0, 10)},`,
    `  title = {{${plain(benchmark.title)}: leaderboard of the phase ${plain(board.phase)}}},`,
    `  year = {${board.computedAt.slice(0, 4)}},`,
    `  howpublished = {\\url{${address}}},`,
    `  note = {Revision ${board.revision}, scheme ${plain(board.scheme)}, evaluator segathlon ${benchmark.evaluatorVersion}, protocol ${benchmark.protocolHash}}`,
    "}",
    "",
  ].join("\n");
}
