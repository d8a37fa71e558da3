/** A metric by centre, scanner, modality, phase, sex, age ...: one row per slice, with its number of cases. */
import { dot, ruleY } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { numberText } from "../number-text.ts";
import { regionColour } from "../region-colours.ts";
import { paddedDomain, rowOptions } from "../row-axis.ts";
import type { MetricAxis } from "./distribution.ts";

/** Below this many cases a slice makes no claim; it is drawn hollow. */
export const fewestCasesForAClaim = 10;

export interface SliceRow {
  /** Such as `centre = A`. */
  readonly slice: string;
  readonly n: number;
  /** One entry per method, in the order of `methods`; null where the method has no value in the slice. */
  readonly values: readonly ({ readonly mean: number; readonly ci95: readonly [number, number] | null } | null)[];
}

export interface SlicesRequest {
  readonly name: string;
  readonly title: string;
  readonly metric: MetricAxis;
  readonly methods: readonly string[];
  readonly slices: readonly SliceRow[];
}

/** Mean and 95 % interval per slice and method. Slices below ten cases are hollow: no claim. */
export function slicesFigure(request: SlicesRequest): Figure {
  const { metric, methods, slices } = request;
  const step = Math.min(0.22, 0.7 / Math.max(1, methods.length));
  const points = slices.flatMap((slice, row) =>
    slice.values.flatMap((value, method) =>
      value === null
        ? []
        : [
            {
              y: row + (method - (methods.length - 1) / 2) * step,
              mean: value.mean,
              low: value.ci95?.[0],
              high: value.ci95?.[1],
              colour: methods.length === 1 ? "var(--accent)" : regionColour(method),
              firm: slice.n >= fewestCasesForAClaim,
              title: `${slice.slice}, ${methods[method]}: ${numberText(value.mean, 4)} (n = ${slice.n})`,
            },
          ],
    ),
  );
  const intervals = points.filter((point) => point.low !== undefined && point.high !== undefined);
  return {
    name: request.name,
    title: request.title,
    description: `Mean and 95 % interval per slice. Hollow: fewer than ${fewestCasesForAClaim} cases, no claim.`,
    data: {
      columns: ["slice", "n", "method", metric.key, "ci95_low", "ci95_high"],
      rows: slices.flatMap((slice) =>
        slice.values.map((value, m) => [
          slice.slice,
          slice.n,
          methods[m] ?? "",
          value?.mean ?? null,
          value?.ci95?.[0] ?? null,
          value?.ci95?.[1] ?? null,
        ]),
      ),
    },
    legend: methods.length === 1 ? [] : methods.map((label, m) => ({ label, colour: regionColour(m) })),
    options: (width) =>
      rowOptions(
        {
          names: slices.map(({ slice }) => slice),
          rowHeight: Math.max(24, methods.length * 9 + 8),
          width,
          domain: paddedDomain(
            points.flatMap((point) => [point.mean, point.low ?? point.mean, point.high ?? point.mean]),
          ),
          label: metric.label,
          endTexts: { head: "n", texts: slices.map(({ n }) => String(n)) },
        },
        [
          ruleY(intervals, { y: "y", x1: "low", x2: "high", stroke: "colour", strokeWidth: 1.6 }),
          dot(points, {
            x: "mean",
            y: "y",
            r: 4,
            fill: (d: { firm: boolean; colour: string }) => (d.firm ? d.colour : "var(--bg)"),
            stroke: "colour",
            strokeWidth: 1.5,
            title: "title",
          }),
        ],
      ),
  };
}
