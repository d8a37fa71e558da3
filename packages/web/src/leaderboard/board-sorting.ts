/** The order of a leaderboard's rows, as the reader chose it. */
import type { BoardRow } from "./board-model.ts";

export type SortKey = "rank" | "p-first" | "score" | "missing" | "runtime" | "date" | "method" | `metric:${string}`;

export interface Sorting {
  readonly key: SortKey;
  readonly order: "ascending" | "descending";
}

function sortValue(row: BoardRow, key: SortKey): number | string | null {
  if (key.startsWith("metric:")) return row.metrics[key.slice(7)]?.mean ?? null;
  switch (key) {
    case "p-first":
      return row.pFirst;
    case "score":
      return row.score;
    case "missing":
      return row.missing;
    case "runtime":
      return row.entry?.runtimeSeconds ?? null;
    case "date":
      return row.entry?.submittedAt ?? null;
    case "method":
      return row.entry?.method ?? row.algorithm;
    default:
      return row.rank;
  }
}

/** Rows in the chosen order; rows without the value stay last in both orders. */
export function sortedRows(rows: readonly BoardRow[], { key, order }: Sorting): BoardRow[] {
  const sign = order === "ascending" ? 1 : -1;
  return rows
    .map((row, index) => ({ row, index, value: sortValue(row, key) }))
    .sort((a, b) => {
      if (a.value === null || b.value === null)
        return Number(a.value === null) - Number(b.value === null) || a.index - b.index;
      const difference =
        typeof a.value === "number" && typeof b.value === "number"
          ? a.value - b.value
          : String(a.value).localeCompare(String(b.value), "en", { numeric: true });
      return sign * difference || a.index - b.index;
    })
    .map(({ row }) => row);
}
