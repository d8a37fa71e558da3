/** The rank of every method under several ranking schemes: does the order depend on the scheme? */
import { axisX, axisY, dot, gridX, line, text } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { labelLength, labelMargin, shortLabel } from "../plot-text.ts";
import { regionColour } from "../region-colours.ts";
import { rankTicks } from "../row-axis.ts";

export interface SchemeLinesRequest {
  readonly name: string;
  readonly title: string;
  /** The benchmark's own scheme first. */
  readonly schemes: readonly string[];
  /** In rank order of the first scheme; `ranks[s]` under scheme s, null where the method is not ranked. */
  readonly methods: readonly { readonly name: string; readonly ranks: readonly (number | null)[] }[];
}

/** One line per method from scheme to scheme; a line without crossings means that the order does not depend on the choice. */
export function schemeLinesFigure(request: SchemeLinesRequest): Figure {
  const { schemes, methods } = request;
  const points = methods.flatMap(({ name, ranks }, method) =>
    ranks.flatMap((rank, scheme) =>
      rank === null
        ? []
        : [{ scheme, rank, name, colour: regionColour(method), title: `${name}, ${schemes[scheme]}: rank ${rank}` }],
    ),
  );
  const last = Math.max(1, ...points.map(({ rank }) => rank));
  const ends = methods.flatMap(({ name, ranks }) => {
    const rank = ranks.at(-1) ?? null;
    return rank === null ? [] : [{ name, rank }];
  });
  const starts = methods.flatMap(({ name, ranks }) => {
    const rank = ranks[0] ?? null;
    return rank === null ? [] : [{ name, rank }];
  });
  // Methods that share a rank share a label.
  const merged = (list: readonly { name: string; rank: number }[], limit: number): { rank: number; label: string }[] =>
    [...Map.groupBy(list, ({ rank }) => rank)].map(([rank, group]) => ({
      rank,
      label: shortLabel(group.map(({ name }) => name).join(", "), limit),
    }));
  return {
    name: request.name,
    title: request.title,
    description:
      "Each line is a method; from left to right the ranking scheme changes. Lines that cross are methods whose order depends on the scheme. The first scheme is the benchmark's own.",
    data: {
      columns: ["method", "scheme", "rank"],
      rows: methods.flatMap(({ name, ranks }) => ranks.map((rank, s) => [name, schemes[s] ?? "", rank])),
    },
    legend: [],
    options: (width) => {
      const limit = labelLength(width);
      const names = methods.map(({ name }) => name);
      const narrow = width < 480;
      return {
        height: Math.max(180, last * 24 + (narrow ? 106 : 68)),
        marginLeft: narrow ? 28 : labelMargin(names, width) + 10,
        marginRight: labelMargin(names, width),
        marginTop: 12,
        marginBottom: narrow ? 84 : 46,
        x: { type: "point", domain: schemes.map((_, i) => i), padding: 0.15, label: null },
        y: { domain: [0.6, last + 0.4], reverse: true, label: null, axis: null },
        marks: [
          gridX({ stroke: "var(--line)", strokeOpacity: 1 }),
          axisX({
            tickSize: 0,
            tickFormat: (i: number) => schemes[i] ?? "",
            ...(narrow ? { tickRotate: -38, textAnchor: "end" as const, dx: 4 } : { lineWidth: 8 }),
          }),
          ...(narrow ? [axisY({ tickSize: 0, ticks: [...rankTicks(last, 400)], tickFormat: String })] : []),
          line(points, { x: "scheme", y: "rank", z: "name", stroke: "colour", strokeWidth: 2, strokeOpacity: 0.9 }),
          dot(points, {
            x: "scheme",
            y: "rank",
            fill: "colour",
            r: 4,
            stroke: "var(--bg)",
            strokeWidth: 1,
            title: "title",
          }),
          ...(narrow
            ? []
            : [
                text(merged(starts, limit), {
                  x: () => 0,
                  y: "rank",
                  text: (d: { rank: number; label: string }) => `${d.label}  ${d.rank}`,
                  textAnchor: "end",
                  dx: -10,
                  fill: "var(--ink)",
                }),
              ]),
          text(merged(ends, limit), {
            x: () => schemes.length - 1,
            y: "rank",
            text: "label",
            textAnchor: "start",
            dx: 10,
            fill: "var(--ink)",
          }),
        ],
      };
    },
  };
}
