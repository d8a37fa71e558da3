/** How often values of one quantity occur. */
import { axisX, axisY, gridY, rect, ruleX, ruleY, text } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { fiveNumbers } from "../five-numbers.ts";

export interface HistogramRequest {
  readonly name: string;
  readonly title: string;
  /** With unit, such as `slice thickness (mm)`. */
  readonly label: string;
  readonly values: readonly number[];
  /** Number of bins; default by the rule of Freedman and Diaconis, 5 to 60. */
  readonly bins?: number;
}

function binCount(values: readonly number[]): number {
  const numbers = fiveNumbers(values);
  if (numbers === null) return 1;
  const width = (2 * (numbers.q3 - numbers.q1)) / Math.cbrt(values.length);
  const range = Math.max(...values) - Math.min(...values);
  if (range === 0) return 1;
  return width === 0 ? 20 : Math.min(60, Math.max(5, Math.ceil(range / width)));
}

/** Bars of equal width; the line is the median. Throws RangeError for a value that is not finite. */
export function histogramFigure(request: HistogramRequest): Figure {
  const { values } = request;
  for (const value of values) if (!Number.isFinite(value)) throw new RangeError(`histogram: ${value}`);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const count = values.length === 0 ? 0 : (request.bins ?? binCount(values));
  const width = high > low ? (high - low) / count : 1;
  const bins = Array.from({ length: count }, (_, i) => ({ from: low + i * width, to: low + (i + 1) * width, n: 0 }));
  for (const value of values) {
    const bin = bins[Math.min(count - 1, Math.floor((value - low) / width))];
    if (bin !== undefined) bin.n += 1;
  }
  const median = fiveNumbers(values)?.median;
  return {
    name: request.name,
    title: request.title,
    description:
      values.length === 0
        ? "There are no values to show."
        : `${values.length} values in ${count} bins; the line is the median.`,
    data: { columns: ["from", "to", "count"], rows: bins.map(({ from, to, n }) => [from, to, n]) },
    legend: [],
    options: (drawingWidth) => ({
      height: 200,
      marginLeft: 44,
      marginBottom: 40,
      marginTop: 16,
      marginRight: 16,
      x: { label: null, ...(values.length === 0 ? { domain: [0, 1] } : {}) },
      y: { label: null, ...(values.length === 0 ? { domain: [0, 1] } : {}) },
      marks: [
        gridY({ stroke: "var(--line)", strokeOpacity: 1, ticks: 4 }),
        axisX({
          ticks: drawingWidth < 480 ? 4 : 8,
          tickSize: 0,
          label: `${request.label} →`,
          labelAnchor: "right",
          labelOffset: 36,
        }),
        axisY({ ticks: values.length === 0 ? 0 : 4, tickSize: 0, label: "count" }),
        rect(bins, {
          x1: "from",
          x2: "to",
          y1: () => 0,
          y2: "n",
          fill: "var(--accent)",
          fillOpacity: 0.75,
          inset: 0.5,
          title: (d: { from: number; to: number; n: number }) =>
            `${Number(d.from.toPrecision(4))} to ${Number(d.to.toPrecision(4))}: ${d.n}`,
        }),
        ruleY([0], { stroke: "var(--line-strong)" }),
        text(values.length === 0 ? ["no values"] : [], {
          frameAnchor: "middle",
          fill: "var(--ink-2)",
          fontStyle: "italic",
        }),
        ruleX(median === undefined ? [] : [median], { stroke: "var(--ink)", strokeWidth: 1.5 }),
      ],
    }),
  };
}
