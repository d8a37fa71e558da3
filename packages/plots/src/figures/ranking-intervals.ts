/** Methods in rank order: value with its 95 % interval, and the interval of the rank. */
import { dot, ruleX, ruleY } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { numberText, rankIntervalText } from "../number-text.ts";
import { paddedDomain, rowOptions } from "../row-axis.ts";
import type { MetricAxis } from "./distribution.ts";

export interface RankedMethod {
  readonly name: string;
  readonly rank: number;
  readonly rankInterval: readonly [number, number] | null;
  /** null: nothing to draw, the row says so by its empty place. */
  readonly value: number | null;
  readonly ci95: readonly [number, number] | null;
  /** Not separable from the first by the test of the scheme. */
  readonly leadingGroup: boolean;
}

export interface RankingIntervalsRequest {
  readonly name: string;
  readonly title: string;
  readonly metric: MetricAxis;
  readonly methods: readonly RankedMethod[];
}

/** A dot per method with a line for the 95 % interval of its value; at the right the interval of its rank. */
export function rankingIntervalsFigure(request: RankingIntervalsRequest): Figure {
  const { methods, metric } = request;
  const rows = methods.map((method, row) => ({ ...method, row, low: method.ci95?.[0], high: method.ci95?.[1] }));
  const drawn = rows.filter((row) => row.value !== null);
  const intervals = rows.filter((row) => row.ci95 !== null);
  const domain = paddedDomain(
    rows.flatMap((row) =>
      [row.value, row.ci95?.[0] ?? null, row.ci95?.[1] ?? null].filter((v): v is number => v !== null),
    ),
  );
  const colour = (row: { leadingGroup: boolean }): string => (row.leadingGroup ? "var(--accent)" : "var(--ink-2)");
  return {
    name: request.name,
    title: request.title,
    description:
      "The line is the 95 % interval of the value; the figure at the right is the interval of the rank. Filled dots: not separable from the first.",
    data: {
      columns: ["method", "rank", "rank_low", "rank_high", metric.key, "ci95_low", "ci95_high", "leading_group"],
      rows: methods.map((m) => [
        m.name,
        m.rank,
        m.rankInterval?.[0] ?? null,
        m.rankInterval?.[1] ?? null,
        m.value,
        m.ci95?.[0] ?? null,
        m.ci95?.[1] ?? null,
        m.leadingGroup ? "yes" : "no",
      ]),
    },
    legend: [],
    options: (width) =>
      rowOptions(
        {
          names: methods.map((m) => `${m.rank}  ${m.name}`),
          rowHeight: 24,
          width,
          domain,
          label: metric.label,
          endTexts: { head: "rank", texts: methods.map((m) => rankIntervalText(m.rankInterval)) },
        },
        [
          ruleY(intervals, { y: "row", x1: "low", x2: "high", stroke: colour, strokeWidth: 2 }),
          ...(["low", "high"] as const).map((end) =>
            ruleX(intervals, {
              x: end,
              y1: (d: { row: number }) => d.row - 0.16,
              y2: (d: { row: number }) => d.row + 0.16,
              stroke: colour,
            }),
          ),
          dot(drawn, {
            x: "value",
            y: "row",
            r: 4.5,
            fill: (d: { leadingGroup: boolean }) => (d.leadingGroup ? "var(--accent)" : "var(--bg)"),
            stroke: colour,
            strokeWidth: 1.5,
            title: (d: RankedMethod) => `${d.name}: ${numberText(d.value, 4)}`,
          }),
        ],
      ),
  };
}
