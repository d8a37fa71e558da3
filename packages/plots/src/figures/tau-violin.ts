/** Kendall's tau between the full ranking and its bootstrap rankings, one violin per task: how stable is the order? */
import { dot, line, rect, ruleX } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { fiveNumbers } from "../five-numbers.ts";
import { numberText } from "../number-text.ts";
import { rowOptions } from "../row-axis.ts";

export interface TauRequest {
  readonly name: string;
  readonly title: string;
  readonly groups: readonly {
    readonly name: string;
    readonly values: readonly number[];
    /** Draws in which all ranks were tied, so that tau does not exist. */
    readonly undefinedDraws: number;
  }[];
}

/** Gaussian kernel density at 64 places between the ends, bandwidth by Silverman's rule; scaled to a largest value of 1. */
function density(values: readonly number[], low: number, high: number): { place: number; height: number }[] {
  const numbers = fiveNumbers(values);
  if (numbers === null) return [];
  const sd = Math.sqrt(
    values.reduce((sum, value) => sum + (value - numbers.mean) ** 2, 0) / Math.max(1, values.length - 1),
  );
  const spread = Math.min(sd, (numbers.q3 - numbers.q1) / 1.34 || sd);
  const bandwidth = Math.max(0.9 * spread * values.length ** -0.2, (high - low) / 200);
  const places = Array.from({ length: 65 }, (_, i) => low + ((high - low) * i) / 64);
  const heights = places.map((place) =>
    values.reduce((sum, v) => sum + Math.exp(-0.5 * ((place - v) / bandwidth) ** 2), 0),
  );
  const largest = Math.max(...heights);
  return places.map((place, i) => ({ place, height: (heights[i] ?? 0) / largest }));
}

/** A violin per group with its box; 1 means that the bootstrap ranking is the same as the ranking shown. */
export function tauViolinFigure(request: TauRequest): Figure {
  const { groups } = request;
  const all = groups.flatMap(({ values }) => values);
  const low = Math.max(-1, Math.min(0.5, ...all) - 0.05);
  const shapes = groups.flatMap((group, row) => {
    if (group.values.length === 0) return [];
    const from = Math.max(low, Math.min(...group.values) - 0.02);
    return density(group.values, from, Math.min(1, Math.max(...group.values) + 0.02)).map(({ place, height }) => ({
      row,
      place,
      top: row - 0.4 * height,
      bottom: row + 0.4 * height,
    }));
  });
  const outlines = groups.flatMap((_, row) => {
    const own = shapes.filter((shape) => shape.row === row);
    return [
      ...own.map(({ place, top }) => ({ row, place, y: top })),
      ...own.toReversed().map(({ place, bottom }) => ({ row, place, y: bottom })),
    ];
  });
  const boxes = groups.flatMap((group, row) => {
    const numbers = fiveNumbers(group.values);
    return numbers === null ? [] : [{ row, top: row - 0.07, bottom: row + 0.07, ...numbers }];
  });
  const lost = groups.reduce((sum, group) => sum + group.undefinedDraws, 0);
  return {
    name: request.name,
    title: request.title,
    description: `Kendall's tau-b between the ranking and each bootstrap ranking: 1 is the same order, 0 no agreement. Box: middle half; dot: median, also at the right.${
      lost > 0 ? ` ${lost} draws with all ranks tied have no tau and are left out.` : ""
    }`,
    data: {
      columns: ["group", "tau"],
      rows: groups.flatMap(({ name, values }) => values.map((value) => [name, value])),
    },
    legend: [],
    options: (width) =>
      rowOptions(
        {
          names: groups.map(({ name }) => name),
          rowHeight: 44,
          width,
          domain: [low, 1.005],
          label: "Kendall's tau",
          endTexts: {
            head: "median",
            texts: groups.map((_, row) => numberText(boxes.find((b) => b.row === row)?.median ?? null, 2)),
          },
        },
        [
          // A closed line: the area mark would bring the stacking of charts into every page.
          line(outlines, {
            x: "place",
            y: "y",
            z: "row",
            fill: "var(--accent)",
            fillOpacity: 0.3,
            stroke: "var(--accent)",
            strokeWidth: 1,
          }),
          rect(boxes, { x1: "q1", x2: "q3", y1: "top", y2: "bottom", fill: "var(--ink)" }),
          ruleX(boxes, { x: "median", y1: "top", y2: "bottom", stroke: "var(--bg)" }),
          dot(boxes, { x: "median", y: "row", r: 3.5, fill: "var(--bg)", stroke: "var(--ink)", strokeWidth: 1.5 }),
        ],
      ),
  };
}
