/** Podium plot (Eugster, Hothorn & Leisch 2008; challengeR): which method takes which place in how many cases, and with what value. */
import { axisX, axisY, dot, line, rectY, ruleX, text } from "@observablehq/plot";
import type { Figure } from "../figure.ts";
import { numberText } from "../number-text.ts";
import { steadyFraction } from "../plot-text.ts";
import { regionColour } from "../region-colours.ts";
import { paddedDomain } from "../row-axis.ts";
import type { MetricAxis } from "./distribution.ts";

export interface PodiumRequest {
  readonly name: string;
  readonly title: string;
  readonly metric: MetricAxis;
  /** In rank order; `values[c]` of case c, null where there is none. */
  readonly methods: readonly { readonly name: string; readonly values: readonly (number | null)[] }[];
  readonly cases: readonly string[];
}

/** Most dots of one drawing; more than these are only counted in the bars below. */
const mostDots = 6000;
/** Most cases that get a line. */
const mostLines = 150;
/** Share of the height that the bars take. */
const barShare = 0.3;

interface Placed {
  readonly case: string;
  readonly method: number;
  readonly place: number;
  readonly value: number;
}

/** Places of the methods in every case. Equal values are put in an order that is the same in every drawing but favours nobody. */
function placesOf({ methods, cases, metric }: PodiumRequest): Placed[] {
  const sign = metric.direction === "lower-is-better" ? -1 : 1;
  return cases.flatMap((name, c) => {
    const here = methods.flatMap(({ name: method, values }, index) => {
      const value = values[c];
      return value === null || value === undefined
        ? []
        : [{ index, value, lot: steadyFraction(`${name}\u0000${method}`) }];
    });
    here.sort((a, b) => sign * (b.value - a.value) || a.lot - b.lot);
    return here.map(({ index, value }, place) => ({ case: name, method: index, place: place + 1, value }));
  });
}

/** Each place of the podium has a column with one lane per method; lines join the dots of one case; bars count the cases below. */
export function podiumFigure(request: PodiumRequest): Figure {
  const { methods, metric } = request;
  const placed = placesOf(request);
  const shown = placed.length <= mostDots ? placed : [];
  const joined = request.cases.length <= mostLines ? shown : [];
  const domain = metric.domain ?? paddedDomain(placed.map(({ value }) => value));
  const lanes = methods.length;
  const xOf = ({ place, method }: { place: number; method: number }): number =>
    place - 0.4 + (0.8 * (method + 0.5)) / lanes;
  const yOf = (value: number): number => (value - domain[0]) / (domain[1] - domain[0] || 1);
  const counts = new Map<string, number>();
  for (const { place, method } of placed) counts.set(`${place} ${method}`, (counts.get(`${place} ${method}`) ?? 0) + 1);
  const largest = Math.max(1, ...counts.values());
  const bars = [...counts].map(([key, count]) => {
    const [place = 1, method = 0] = key.split(" ").map(Number);
    return { place, method, count, low: -0.06 - barShare, high: -0.06 - barShare + (barShare * count) / largest };
  });
  const left =
    shown.length === 0 && placed.length > 0
      ? ` There are ${placed.length} values: too many for dots, so only the bars are drawn.`
      : joined.length === 0 && shown.length > 0
        ? ` There are ${request.cases.length} cases: too many for lines.`
        : " Lines join the dots of one case.";
  return {
    name: request.name,
    title: request.title,
    description: `For every case the methods are put in order; column 1 holds the best value of each case. Dots: the values, one lane per method in the order of the legend. Bars: in how many cases a method took that place (largest: ${largest}). Equal values are ordered at random, the same way in every drawing.${left}`,
    data: {
      columns: ["case", "method", "place", metric.key],
      rows: placed.map((p) => [p.case, methods[p.method]?.name ?? "", p.place, p.value]),
    },
    legend: methods.map(({ name }, index) => ({ label: name, colour: regionColour(index) })),
    options: (width) => {
      const ticks = [0, 0.25, 0.5, 0.75, 1];
      const step = lanes <= width / 40 ? 1 : Math.ceil((lanes * 40) / width);
      const places = Array.from({ length: lanes }, (_, i) => i + 1);
      const radius = Math.max(1.2, Math.min(3.2, (width / lanes / lanes) * 0.35));
      return {
        height: width < 480 ? 360 : 460,
        marginLeft: 52,
        marginRight: 12,
        marginTop: 16,
        marginBottom: 38,
        x: { domain: [0.5, lanes + 0.5], label: null },
        y: { domain: [-0.08 - barShare, 1.02] },
        marks: [
          ruleX(
            places.slice(1).map((place) => place - 0.5),
            { stroke: "var(--line)" },
          ),
          axisX(
            places.filter((place) => (place - 1) % step === 0),
            { tickSize: 0, tickFormat: String, label: "place in a case →", labelAnchor: "right", labelOffset: 34 },
          ),
          axisY(ticks, {
            tickSize: 0,
            tickFormat: (share: number) =>
              numberText(domain[0] + share * (domain[1] - domain[0]), domain[1] - domain[0] > 20 ? 0 : 2),
            label: null,
          }),
          text([metric.label], { frameAnchor: "top-left", dx: -44, dy: -12, textAnchor: "start" }),
          text(["cases"], { x: 0.5, y: -0.06 - barShare / 2, dx: -8, textAnchor: "end" }),
          line(joined, {
            x: xOf,
            y: (p: Placed) => yOf(p.value),
            z: "case",
            stroke: "var(--ink-3)",
            strokeOpacity: request.cases.length > 60 ? 0.12 : 0.25,
            strokeWidth: 0.8,
          }),
          dot(shown, {
            x: xOf,
            y: (p: Placed) => yOf(p.value),
            r: radius,
            fill: (p: Placed) => regionColour(p.method),
            title: (p: Placed) => `${methods[p.method]?.name}, ${p.case}: place ${p.place}, ${numberText(p.value, 3)}`,
          }),
          rectY(bars, {
            x1: (b: { place: number; method: number }) => xOf(b) - 0.38 / lanes,
            x2: (b: { place: number; method: number }) => xOf(b) + 0.38 / lanes,
            y1: "low",
            y2: "high",
            fill: (b: { method: number }) => regionColour(b.method),
            title: (b: { place: number; method: number; count: number }) =>
              `${methods[b.method]?.name}: place ${b.place} in ${b.count} cases`,
          }),
        ],
      };
    },
  };
}
