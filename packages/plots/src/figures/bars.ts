/** One bar per named item: label presence, case counts, run times. */
import { rect, ruleX } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { rowOptions } from "../row-axis.ts";

export interface BarsRequest {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What the items are, for the CSV. */
  readonly itemKind: string;
  readonly label: string;
  readonly items: readonly { readonly name: string; readonly value: number; readonly colour?: string }[];
  readonly valueText?: (value: number) => string;
}

/** Bars from zero with the value at the right. Throws RangeError for a value that is negative or not finite. */
export function barsFigure(request: BarsRequest): Figure {
  const { items } = request;
  for (const { name, value } of items)
    if (!Number.isFinite(value) || value < 0) throw new RangeError(`bars: ${name}: ${value}`);
  const rows = items.map((item, row) => ({ ...item, row, zero: 0, top: row - 0.34, bottom: row + 0.34 }));
  return {
    name: request.name,
    title: request.title,
    description: request.description,
    data: { columns: [request.itemKind, request.label], rows: items.map(({ name, value }) => [name, value]) },
    legend: [],
    options: (width) =>
      rowOptions(
        {
          names: items.map(({ name }) => name),
          rowHeight: 22,
          width,
          domain: [0, Math.max(1e-9, ...items.map(({ value }) => value)) * 1.02],
          label: request.label,
          endTexts: { head: "", texts: items.map(({ value }) => request.valueText?.(value) ?? String(value)) },
        },
        [
          rect(rows, {
            x1: "zero",
            x2: "value",
            y1: "top",
            y2: "bottom",
            fill: (row: { colour?: string }) => row.colour ?? "var(--accent)",
            stroke: "var(--dot-edge)",
            strokeOpacity: 0.25,
            strokeWidth: 0.5,
            title: (row: { name: string; value: number }) => `${row.name}: ${row.value}`,
          }),
          ruleX([0], { stroke: "var(--line-strong)" }),
        ],
      ),
  };
}
