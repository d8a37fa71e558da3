/** A table of values as colours: regions x metrics, methods x regions, methods x sites, ranks x methods. */
import { axisX, axisY, cell, text } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { goodness, heatColour } from "../heat-colour.ts";
import { numberText } from "../number-text.ts";
import { labelLength, labelMargin, shortLabel } from "../plot-text.ts";
import type { MetricAxis } from "./distribution.ts";

export interface HeatMapRequest {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly rows: readonly string[];
  readonly columns: readonly string[];
  /** What rows and columns are, for the CSV: such as `method` and `region`. */
  readonly rowKind: string;
  readonly columnKind: string;
  /** `values[row][column]`; null where there is none. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly metric: MetricAxis;
  readonly decimals: number;
}

/**
 * One cell per row and column, dark for the worst and light for the best value, the number in the cell where it fits. A missing
 * value is an empty cell with a dash.
 *
 * @example
 * ```ts
 * heatMapFigure({ name: "heat", title: "Mean Dice", description: "", rows: ["A"], columns: ["liver"], rowKind: "method",
 *   columnKind: "region", values: [[0.95]], metric: { key: "dice", label: "Dice", direction: "higher-is-better" }, decimals: 2 });
 * ```
 */
export function heatMapFigure(request: HeatMapRequest): Figure {
  const { rows, columns, values, metric, decimals } = request;
  const present = values.flat().filter((value): value is number => value !== null);
  const ends: readonly [number, number] = [Math.min(...present), Math.max(...present)];
  const cells = rows.flatMap((row, y) =>
    columns.map((column, x) => {
      const value = values[y]?.[x] ?? null;
      const colour = value === null ? null : heatColour(goodness(value, ends, metric.direction));
      return {
        x,
        y,
        fill: colour?.background ?? "var(--surface)",
        ink: colour?.ink ?? "var(--ink-3)",
        text: numberText(value, decimals),
        title: `${row}, ${column}: ${numberText(value, decimals)}`,
      };
    }),
  );
  return {
    name: request.name,
    title: request.title,
    description: `${request.description} ${
      metric.direction === "none" ? "Light is more." : "Light is better, dark is worse."
    }`.trim(),
    data: {
      columns: [request.rowKind, request.columnKind, metric.key],
      rows: rows.flatMap((row, y) => columns.map((column, x) => [row, column, values[y]?.[x] ?? null])),
    },
    legend: [],
    options: (width) => {
      const marginLeft = labelMargin(rows, width);
      const cellWidth = (width - marginLeft - 30) / columns.length;
      const longest = Math.max(0, ...cells.map((item) => item.text.length));
      const columnLabels = columns.map((name) => shortLabel(name, labelLength(width)));
      const flat = columnLabels.every((label) => label.length * 6.4 < cellWidth);
      const marginTop = flat ? 26 : Math.max(0, ...columnLabels.map((label) => label.length)) * 4.7 + 22;
      return {
        height: rows.length * 26 + marginTop + 8,
        marginLeft,
        marginTop,
        // Slanted labels of the last columns reach beyond the cells.
        marginRight: flat ? 8 : Math.min(90, (columnLabels.at(-1) ?? "").length * 4.4),
        marginBottom: 8,
        x: { type: "band", domain: columns.map((_, i) => i), padding: 0.02, label: null },
        y: { type: "band", domain: rows.map((_, i) => i), padding: 0.04, label: null },
        marks: [
          axisX({
            anchor: "top",
            tickSize: 0,
            tickFormat: (i: number) => columnLabels[i] ?? "",
            ...(flat ? {} : { tickRotate: -45, textAnchor: "start" as const }),
          }),
          axisY({
            tickSize: 0,
            tickFormat: (i: number) => shortLabel(rows[i] ?? "", labelLength(width)),
            fill: "var(--ink)",
          }),
          cell(cells, { x: "x", y: "y", fill: "fill", title: "title" }),
          ...(longest * 6.6 + 4 < cellWidth
            ? [text(cells, { x: "x", y: "y", text: "text", fill: "ink", fontSize: 11 })]
            : []),
        ],
      };
    },
  };
}
