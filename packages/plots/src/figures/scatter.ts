/** Two quantities of the same items against each other. */
import { axisX, axisY, dot, gridX, gridY, line } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { regionColour } from "../region-colours.ts";
import { paddedDomain } from "../row-axis.ts";

export interface ScatterPoint {
  readonly label: string;
  readonly x: number;
  readonly y: number;
  /** Coloured alike and named in the legend. */
  readonly group?: string;
}

export interface ScatterRequest {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points: readonly ScatterPoint[];
  /** `identity` draws the line x = y and gives both axes one range, for agreement of two measurements. */
  readonly line: "none" | "identity";
}

/** A dot per item; hover names it. Throws RangeError for a coordinate that is not finite. */
export function scatterFigure(request: ScatterRequest): Figure {
  const { points } = request;
  for (const point of points)
    if (!Number.isFinite(point.x) || !Number.isFinite(point.y)) throw new RangeError(`scatter: ${point.label}`);
  const groups = [...new Set(points.flatMap(({ group }) => (group === undefined ? [] : [group])))];
  const colour = (point: ScatterPoint): string =>
    point.group === undefined ? "var(--accent)" : regionColour(groups.indexOf(point.group));
  const both = paddedDomain(points.flatMap(({ x, y }) => [x, y]));
  const identity = request.line === "identity";
  return {
    name: request.name,
    title: request.title,
    description: request.description,
    data: {
      columns: ["item", "group", request.xLabel, request.yLabel],
      rows: points.map((point) => [point.label, point.group ?? null, point.x, point.y]),
    },
    legend: groups.map((label, i) => ({ label, colour: regionColour(i) })),
    options: (width) => ({
      height: Math.min(420, Math.max(240, width * 0.55)),
      marginLeft: 56,
      marginBottom: 42,
      marginTop: 26,
      marginRight: 16,
      x: { domain: [...(identity ? both : paddedDomain(points.map(({ x }) => x)))], label: null },
      y: { domain: [...(identity ? both : paddedDomain(points.map(({ y }) => y)))], label: null },
      marks: [
        gridX({ stroke: "var(--line)", strokeOpacity: 1, ticks: width < 480 ? 4 : 8 }),
        gridY({ stroke: "var(--line)", strokeOpacity: 1, ticks: 6 }),
        axisX({
          ticks: width < 480 ? 4 : 8,
          tickSize: 0,
          label: `${request.xLabel} →`,
          labelAnchor: "right",
          labelOffset: 36,
        }),
        axisY({ ticks: 6, tickSize: 0, label: `↑ ${request.yLabel}`, labelAnchor: "top" }),
        ...(identity
          ? [
              line([both[0], both[1]], {
                x: (v: number) => v,
                y: (v: number) => v,
                stroke: "var(--line-strong)",
                strokeDasharray: "4 3",
              }),
            ]
          : []),
        dot(points, {
          x: "x",
          y: "y",
          r: points.length > 800 ? 2 : 3.2,
          fill: colour,
          fillOpacity: 0.8,
          stroke: "var(--dot-edge)",
          strokeOpacity: 0.4,
          strokeWidth: 0.6,
          title: (point: ScatterPoint) =>
            `${point.label}: ${Number(point.x.toPrecision(4))}, ${Number(point.y.toPrecision(4))}`,
        }),
      ],
    }),
  };
}
