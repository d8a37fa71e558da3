/** Drawings with one named row per item: room for the names, and the axis that shows them. */
import { axisX, axisY, gridX, type Markish, type PlotOptions, text } from "@observablehq/plot";
import { labelLength, labelMargin, shortLabel } from "./plot-text.ts";

export interface RowLayout {
  readonly names: readonly string[];
  /** CSS pixels of one row. */
  readonly rowHeight: number;
  readonly width: number;
  /** Ends of the value axis. */
  readonly domain: readonly [number, number];
  readonly label: string;
  /** Values that get a grid line; default: chosen for the width. */
  readonly ticks?: readonly number[];
  readonly tickFormat?: (value: number) => string;
  /** One short text per row at the right end, and what it is. */
  readonly endTexts?: { readonly head: string; readonly texts: readonly string[] };
}

/** Row `i` is drawn at y = i, from top to bottom. */
export function rowOptions(layout: RowLayout, marks: readonly Markish[]): PlotOptions {
  const { names, width, domain, endTexts } = layout;
  const shown = names.map((name) => shortLabel(name, labelLength(width)));
  const ticks = layout.ticks ?? (width < 480 ? 4 : 8);
  const format = layout.tickFormat === undefined ? {} : { tickFormat: layout.tickFormat };
  const longestEnd = Math.max(
    0,
    ...(endTexts === undefined ? [] : [endTexts.head, ...endTexts.texts]).map((t) => t.length),
  );
  const ends = (endTexts?.texts ?? []).map((content, row) => ({ row, content }));
  return {
    height: names.length * layout.rowHeight + 62,
    marginLeft: labelMargin(names, width),
    marginRight: endTexts === undefined ? 16 : longestEnd * 6.9 + 14,
    marginTop: 24,
    marginBottom: 38,
    x: { domain: [...domain], label: null },
    y: { domain: [-0.5, names.length - 0.5], reverse: true },
    marks: [
      gridX({ stroke: "var(--line)", strokeOpacity: 1, ticks: Array.isArray(ticks) ? [...ticks] : (ticks as number) }),
      axisX({
        ticks: Array.isArray(ticks) ? [...ticks] : (ticks as number),
        ...format,
        tickSize: 0,
        label: `${layout.label} →`,
        labelAnchor: "right",
        labelOffset: 34,
      }),
      axisY(
        names.map((_, row) => row),
        { tickSize: 0, tickFormat: (row: number) => shown[row] ?? "", label: null, fill: "var(--ink)", fontSize: 12 },
      ),
      ...marks,
      text(ends, { y: "row", text: "content", frameAnchor: "right", textAnchor: "start", dx: 8, fill: "var(--ink-2)" }),
      text(endTexts === undefined ? [] : [endTexts.head], {
        frameAnchor: "top-right",
        textAnchor: "start",
        dx: 8,
        dy: -14,
        fill: "var(--ink-2)",
      }),
    ],
  };
}

/** A domain that holds all values with a little room, starting at zero where they do. */
export function paddedDomain(values: readonly number[]): readonly [number, number] {
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = high === low ? Math.max(Math.abs(high) * 0.05, 0.005) : (high - low) * 0.06;
  return [low >= 0 && low - room < 0 ? 0 : low - room, high + room];
}

/** Whole ranks for the ticks of a rank axis: 1 and a round step after it. */
export function rankTicks(ranks: number, width: number): readonly number[] {
  const room = Math.max(2, Math.floor(width / 45));
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => ranks / size <= room) ?? 1000;
  const ticks = [1];
  for (let rank = step === 1 ? 2 : step; rank <= ranks; rank += step) ticks.push(rank);
  return ticks;
}
