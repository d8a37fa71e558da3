/** Dots and boxes: every case of every group on one axis. Groups are regions of one method, or methods in rank order. */
import { dot, type PlotOptions, rect, ruleX, ruleY, text } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { fiveNumbers } from "../five-numbers.ts";
import { steadyFraction } from "../plot-text.ts";
import { paddedDomain, rowOptions } from "../row-axis.ts";

export interface DistributionValue {
  /** Usually the case identifier. */
  readonly label: string;
  readonly value: number;
}

export interface DistributionGroup {
  readonly name: string;
  readonly colour: string;
  readonly values: readonly DistributionValue[];
  /** Cases without a value; said beside the count, because they are not drawn. */
  readonly withoutValue: number;
}

export interface DistributionRequest {
  readonly name: string;
  readonly title: string;
  /** Column head of the groups in the CSV, such as `region`. */
  readonly groupedBy: string;
  readonly metric: MetricAxis;
  readonly groups: readonly DistributionGroup[];
}

/** How one metric is shown on an axis. */
export interface MetricAxis {
  readonly key: string;
  /** With unit, such as `HD95 (mm)`. */
  readonly label: string;
  readonly direction: "higher-is-better" | "lower-is-better" | "none";
  /** Both ends where the metric is bounded (`[0, 1]` for Dice). */
  readonly domain?: readonly [number, number];
}

/**
 * One row per group: a dot per case, a box from the first to the third quartile with the median, whiskers to the last case within
 * 1.5 interquartile ranges, a diamond at the mean, and the number of cases at the right.
 *
 * A group without values keeps its row and says "no values". Values must be finite (RangeError).
 *
 * @example
 * ```ts
 * const figure = distributionFigure({
 *   name: "dice", title: "Dice by region", groupedBy: "region",
 *   metric: { key: "dice", label: "Dice", direction: "higher-is-better", domain: [0, 1] },
 *   groups: [{ name: "liver", colour: "#4682fa", values: [{ label: "case_1", value: 0.95 }], withoutValue: 0 }],
 * });
 * ```
 */
export function distributionFigure(request: DistributionRequest): Figure {
  const { groups, metric } = request;
  for (const group of groups)
    for (const { label, value } of group.values)
      if (!Number.isFinite(value)) throw new RangeError(`distribution: ${group.name}, ${label}: ${value}`);

  const points = groups.flatMap((group, row) =>
    group.values.map(({ label, value }) => ({
      value,
      y: row + (steadyFraction(`${label}/${group.name}`) - 0.5) * 0.56,
      colour: group.colour,
      title: `${label}: ${Number(value.toPrecision(4))}`,
    })),
  );
  const boxes = groups.flatMap((group, row) => {
    const numbers = fiveNumbers(group.values.map(({ value }) => value));
    return numbers === null ? [] : [{ row, top: row - 0.32, bottom: row + 0.32, colour: group.colour, ...numbers }];
  });
  const empty = groups.flatMap((group, row) => (group.values.length === 0 ? [{ row }] : []));
  const values = points.map(({ value }) => value);
  const domain = metric.domain ?? paddedDomain(values);

  const options = (width: number): PlotOptions =>
    rowOptions(
      {
        names: groups.map(({ name }) => name),
        rowHeight: 30,
        width,
        domain,
        label: metric.label,
        endTexts: {
          head: "n",
          texts: groups.map(
            ({ values, withoutValue }) => `${values.length}${withoutValue > 0 ? ` (+${withoutValue})` : ""}`,
          ),
        },
      },
      [
        ruleY(boxes, { y: "row", x1: "low", x2: "high", stroke: "var(--ink-2)" }),
        dot(points, {
          x: "value",
          y: "y",
          r: points.length > 1500 ? 1.6 : 2.4,
          fill: "colour",
          fillOpacity: 0.75,
          stroke: "var(--dot-edge)",
          strokeOpacity: 0.35,
          strokeWidth: 0.5,
          title: "title",
        }),
        rect(boxes, {
          x1: "q1",
          x2: "q3",
          y1: "top",
          y2: "bottom",
          fill: "none",
          stroke: "var(--ink)",
          strokeWidth: 1,
        }),
        ruleX(boxes, { x: "median", y1: "top", y2: "bottom", stroke: "var(--ink)", strokeWidth: 2.5 }),
        dot(boxes, {
          x: "mean",
          y: "row",
          symbol: "diamond",
          r: 4,
          fill: "var(--bg)",
          stroke: "var(--ink)",
          strokeWidth: 1.2,
        }),
        text(empty, {
          y: "row",
          text: () => "no values",
          frameAnchor: "left",
          dx: 6,
          fill: "var(--ink-2)",
          fontStyle: "italic",
        }),
      ],
    );

  const left = groups.some((group) => group.withoutValue > 0) ? " (+k): k cases without a value, not drawn." : "";
  return {
    name: request.name,
    title: request.title,
    description: `A dot is one case; the box spans the middle half of the cases with the median as a thick line, the diamond is the mean.${left}`,
    data: {
      columns: [request.groupedBy, "case", metric.key],
      rows: groups.flatMap((group) => group.values.map(({ label, value }) => [group.name, label, value])),
    },
    legend: [],
    options,
  };
}
