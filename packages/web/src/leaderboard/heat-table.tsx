/** Entries x regions of one metric as a table: numbers to read, colours to compare, columns to sort. */
import { type DataTable, goodness, heatColour, heatRamp, numberText } from "@segathlon/plots";
import type { Leaderboard } from "@segathlon/server/api";
import { Link } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { Choice } from "../frame/choice.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";
import { metricDecimals, metricLabel } from "../metric-definitions.ts";
import { saveCsv } from "../save-file.ts";
import type { BoardModel } from "./board-model.ts";
import { figureEntries, shownNames } from "./method-names.ts";
import { useMetric } from "./use-metric.tsx";

interface Sorting {
  readonly column: string;
  readonly order: "ascending" | "descending";
}

export function HeatTable({ board, model }: { readonly board: Leaderboard; readonly model: BoardModel }): ReactNode {
  const { metric, choice } = useMetric(model);
  const tasks = [...new Set(board.columns.map(({ task }) => task))];
  const [wanted, setWanted] = useState("");
  const [sorting, setSorting] = useState<Sorting | null>(null);
  if (metric === undefined) return <p className="empty">There is no metric to show.</p>;
  const task = tasks.includes(wanted) ? wanted : (tasks[0] ?? "");
  const columns = board.columns.filter((column) => column.metric === metric.key && column.task === task);
  const names = shownNames(model.rows);
  const rows = model.rows
    .filter(({ entry }) => entry !== null)
    .slice(0, figureEntries)
    .map((row) => ({ row, values: columns.map((column) => row.entry?.values[column.key]?.mean ?? null) }));
  const place = columns.findIndex(({ key }) => key === sorting?.column);
  const ordered =
    sorting === null || place < 0
      ? rows
      : [...rows].sort((a, b) => {
          const [x, y] = [a.values[place] ?? null, b.values[place] ?? null];
          if (x === null || y === null) return Number(x === null) - Number(y === null);
          return sorting.order === "ascending" ? x - y : y - x;
        });
  const present = rows.flatMap(({ values }) => values).filter((value) => value !== null);
  const ends = [Math.min(...present), Math.max(...present)] as const;
  // Two decimals show the differences that colours do; the exact mean is in the title and in the CSV.
  const decimals = Math.min(metric.decimals ?? 9, metricDecimals(metric.unit) - 1);
  const first = metric.direction === "lower-is-better" ? "ascending" : "descending";
  const other = first === "ascending" ? "descending" : "ascending";
  const data: DataTable = {
    columns: ["method", ...columns.map(({ region }) => region)],
    rows: rows.map(({ row, values }) => [names.get(row.algorithm) ?? row.algorithm, ...values]),
  };
  const caption = `Mean ${metricLabel(metric.key, metric.unit)} by region`;
  return (
    <>
      <div className="controls">
        {choice}
        {tasks.length > 1 && (
          <Choice label="Task" value={task} options={tasks.map((name) => [name, name] as const)} onChange={setWanted} />
        )}
      </div>
      <div className="bar">
        <span className="caption">{caption}</span>
        <span className="tools">
          <button
            type="button"
            aria-label={`Save ${caption} as CSV`}
            onClick={() => saveCsv(data, `regions-${metric.key}`)}
          >
            CSV
          </button>
        </span>
      </div>
      <ScrollBox label={caption} className="scroll heat">
        <table className="sticky-first">
          <thead>
            <tr>
              <th scope="col">Method</th>
              {columns.map((column) => (
                <th key={column.key} scope="col" aria-sort={sorting?.column === column.key ? sorting.order : "none"}>
                  <button
                    type="button"
                    title={`Sort by ${column.region}`}
                    onClick={() =>
                      setSorting({
                        column: column.key,
                        order: sorting?.column === column.key && sorting.order === first ? other : first,
                      })
                    }
                  >
                    {column.region}
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {ordered.map(({ row, values }) => (
              <tr key={row.algorithm}>
                <th scope="row">
                  {row.place} {names.get(row.algorithm)}
                </th>
                {values.map((value, index) => {
                  const key = columns[index]?.key ?? String(index);
                  if (value === null) return <td key={key}>–</td>;
                  const { background, ink } = heatColour(goodness(value, ends, metric.direction));
                  return (
                    <td
                      key={key}
                      style={{ background, color: ink }}
                      title={`${columns[index]?.region}: ${numberText(value, 4)}`}
                    >
                      {numberText(value, decimals)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <p className="row tiny muted heat-key">
        worst
        <span className="heat-ramp" style={{ background: `linear-gradient(to right, ${heatRamp.join(", ")})` }} />
        best of this table. Mean over the cases for each entry and region.{" "}
        <Link to="/definitions" hash="heat">
          How
        </Link>
      </p>
    </>
  );
}
