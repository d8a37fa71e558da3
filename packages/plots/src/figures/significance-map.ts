/** Who is significantly better than whom, for every ordered pair. */
import { axisX, axisY, cell, text } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { pText } from "../number-text.ts";
import { labelLength, labelMargin, shortLabel } from "../plot-text.ts";

export interface SignificanceRequest {
  readonly name: string;
  readonly title: string;
  /** In rank order. */
  readonly methods: readonly string[];
  /** `p[a][b]`: one-sided p that a is better than b, after adjustment; null on the diagonal and where no test is possible. */
  readonly p: readonly (readonly (number | null)[])[];
  readonly alpha: number;
  readonly adjustment: "holm" | "none";
  /** Name of the test, such as `Wilcoxon signed-rank, one-sided`. */
  readonly test: string;
}

/** A filled cell: the method of the row is significantly better than the method of the column. */
export function significanceFigure(request: SignificanceRequest): Figure {
  const { methods, p, alpha } = request;
  const cells = methods.flatMap((row, y) =>
    methods.flatMap((column, x) => {
      if (x === y) return [];
      const value = p[y]?.[x] ?? null;
      const state = value === null ? "untested" : value <= alpha ? "better" : "open";
      return [{ x, y, state, p: value, title: `${row} better than ${column}: p = ${pText(value)}` }];
    }),
  );
  const fill = { better: "var(--accent)", open: "var(--surface)", untested: "none" } as const;
  const adjusted =
    request.adjustment === "holm" ? "Holm-adjusted over all ordered pairs" : "not adjusted for the number of tests";
  return {
    name: request.name,
    title: request.title,
    description: `Filled: the method of the row is significantly better than the method of the column (${request.test}, alpha ${alpha}, ${adjusted}). Methods stand in rank order.`,
    data: {
      columns: ["method", "other", "p", "significantly_better"],
      rows: cells.map(({ x, y, p: value, state }) => [
        methods[y] ?? "",
        methods[x] ?? "",
        value,
        state === "untested" ? null : state === "better" ? "yes" : "no",
      ]),
    },
    legend: [
      { label: "row significantly better", colour: "var(--accent)" },
      { label: "not shown to be better", colour: "var(--surface)" },
    ],
    options: (width) => {
      const marginLeft = labelMargin(methods, width);
      const labels = methods.map((name) => shortLabel(name, labelLength(width)));
      const room = Math.min((width - marginLeft - 40) / methods.length, 56);
      const marginTop = Math.max(0, ...labels.map((label) => label.length)) * 4.9 + 20;
      const size = Math.max(room, 5);
      return {
        height: Math.ceil(
          size * 0.62 * methods.length + (size < 20 ? size * 0.38 * methods.length : 0) + marginTop + 8,
        ),
        marginLeft,
        marginTop,
        marginRight: Math.max(8, width - marginLeft - size * methods.length),
        marginBottom: 8,
        x: { type: "band", domain: methods.map((_, i) => i), padding: 0.06, label: null },
        y: { type: "band", domain: methods.map((_, i) => i), padding: 0.06, label: null },
        marks: [
          axisX({
            anchor: "top",
            tickSize: 0,
            tickFormat: (i: number) => labels[i] ?? "",
            tickRotate: -45,
            textAnchor: "start",
          }),
          axisY({ tickSize: 0, tickFormat: (i: number) => labels[i] ?? "", fill: "var(--ink)" }),
          cell(cells, {
            x: "x",
            y: "y",
            fill: (d: { state: keyof typeof fill }) => fill[d.state],
            stroke: "var(--line-strong)",
            strokeWidth: (d: { state: string }) => (d.state === "better" ? 0 : 0.7),
            title: "title",
          }),
          ...(size > 44
            ? [
                text(cells, {
                  x: "x",
                  y: "y",
                  text: (d: { p: number | null }) => pText(d.p),
                  fill: (d: { state: string }) => (d.state === "better" ? "var(--accent-ink)" : "var(--ink-2)"),
                  fontSize: 10.5,
                }),
              ]
            : []),
        ],
      };
    },
  };
}
