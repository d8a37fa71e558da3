/** How entries are named in figures: the method where that is unique, else with its team. */
import type { BoardRow } from "./board-model.ts";

export function shownNames(rows: readonly BoardRow[]): ReadonlyMap<string, string> {
  const methodOf = (row: BoardRow): string => row.entry?.method ?? row.algorithm;
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(methodOf(row), (counts.get(methodOf(row)) ?? 0) + 1);
  return new Map(
    rows.map((row) => [row.algorithm, (counts.get(methodOf(row)) ?? 0) > 1 ? row.algorithm : methodOf(row)]),
  );
}

/** Most entries in a figure or heat table with one row each; the leaderboard itself shows all. */
export const figureEntries = 50;
