/** Which tasks rank the methods alike? A dendrogram of tasks, as challengeR draws it. */
import { axisX, axisY, gridX, link } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { labelLength, labelMargin, shortLabel } from "../plot-text.ts";

export interface DendrogramRequest {
  readonly name: string;
  readonly title: string;
  readonly items: readonly string[];
  /** In the order of their height; a negative number is an item (-1 is the first), a positive one an earlier joining (1 is the first). */
  readonly merges: readonly { readonly left: number; readonly right: number; readonly height: number }[];
  /** Items from top to bottom, from 0. */
  readonly order: readonly number[];
  /** What the height is, such as `symmetric difference of the rankings`. */
  readonly distance: string;
}

/** Items joined at a small distance are alike. */
export function dendrogramFigure(request: DendrogramRequest): Figure {
  const { items, merges, order } = request;
  const row = new Map(order.map((item, place) => [item, place]));
  const joints: { x: number; y: number }[] = [];
  const end = (id: number): { x: number; y: number } =>
    id < 0 ? { x: 0, y: row.get(-id - 1) ?? 0 } : (joints[id - 1] ?? { x: 0, y: 0 });
  const segments: { x1: number; y1: number; x2: number; y2: number }[] = [];
  for (const { left, right, height } of merges) {
    const a = end(left);
    const b = end(right);
    segments.push(
      { x1: a.x, y1: a.y, x2: height, y2: a.y },
      { x1: b.x, y1: b.y, x2: height, y2: b.y },
      { x1: height, y1: a.y, x2: height, y2: b.y },
    );
    joints.push({ x: height, y: (a.y + b.y) / 2 });
  }
  const largest = Math.max(1, ...merges.map(({ height }) => height));
  const isWhole = merges.every(({ height }) => Number.isInteger(height));
  // Numbers of pairs have no halves between them.
  const tickCount = (width: number): number => Math.min(width < 480 ? 4 : 8, isWhole ? largest : 8);
  const nameOf = (id: number): string => (id < 0 ? (items[-id - 1] ?? "") : `joining ${id}`);
  return {
    name: request.name,
    title: request.title,
    description: `Items that join near the left rank the methods alike. Complete linkage on the ${request.distance}.`,
    data: {
      columns: ["joining", "first", "second", "height"],
      rows: merges.map(({ left, right, height }, index) => [index + 1, nameOf(left), nameOf(right), height]),
    },
    legend: [],
    options: (width) => ({
      height: items.length * 24 + 62,
      marginLeft: labelMargin(items, width),
      marginRight: 16,
      marginTop: 12,
      marginBottom: 38,
      x: { domain: [0, largest * 1.04], label: null },
      y: { domain: [-0.5, items.length - 0.5], reverse: true },
      marks: [
        gridX({ stroke: "var(--line)", strokeOpacity: 1, ticks: tickCount(width) }),
        axisX({
          ticks: tickCount(width),
          tickSize: 0,
          label: `${request.distance} →`,
          labelAnchor: "right",
          labelOffset: 34,
        }),
        axisY(
          order.map((_, place) => place),
          {
            tickSize: 0,
            tickFormat: (place: number) => shortLabel(items[order[place] ?? 0] ?? "", labelLength(width)),
            label: null,
            fill: "var(--ink)",
            fontSize: 12,
          },
        ),
        link(segments, {
          x1: "x1",
          x2: "x2",
          y1: "y1",
          y2: "y2",
          stroke: "var(--accent)",
          strokeWidth: 1.6,
          strokeLinecap: "square",
        }),
      ],
    }),
  };
}
