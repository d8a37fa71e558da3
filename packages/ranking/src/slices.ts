/** Scores by case attribute: centre, scanner, phase, sex, age. Every slice has its number of cases; small ones make no claim. */
import { mean } from "./double-double.ts";
import { type Interval, meanIntervalT } from "./interval.ts";
import type { PreparedTable } from "./prepared-table.ts";
import { rankingUnits } from "./ranking-units.ts";
import type { RankingScheme } from "./scheme.ts";

/** Below this many cases a slice makes no claim. */
export const sliceClaimCases = 10;

export interface Slice {
  /** Value of the attribute, or a range such as `40 to 59`. */
  readonly slice: string;
  readonly cases: number;
  /** Fewer than {@link sliceClaimCases} cases. */
  readonly isTooSmall: boolean;
  /** By algorithm; null where it has no score in the slice. */
  readonly means: readonly ({ readonly mean: number; readonly ci95: Interval | null; readonly n: number } | null)[];
}

export interface SliceView {
  readonly attribute: string;
  readonly metric: string;
  readonly algorithms: readonly string[];
  readonly slices: readonly Slice[];
  /** Name of the slice with the worst mean of each algorithm, among slices that are large enough; null when there is none. */
  readonly worst: readonly (string | null)[];
}

/** Attributes that at least one case has, with the number of different values. */
export function sliceAttributes(
  table: PreparedTable,
): readonly { readonly attribute: string; readonly values: number }[] {
  const found = new Map<string, Set<string | number>>();
  for (const task of table.tasks)
    for (const attributes of task.attributes)
      for (const [key, value] of Object.entries(attributes)) {
        const values = found.get(key);
        if (values === undefined) found.set(key, new Set([value]));
        else values.add(value);
      }
  return [...found]
    .map(([attribute, values]) => ({ attribute, values: values.size }))
    .sort((a, b) => (a.attribute < b.attribute ? -1 : 1));
}

/** Groups of the values of an attribute. Numbers with more than six values are cut into four groups of about equal size. */
function grouping(
  values: readonly (string | number | undefined)[],
  attribute: string,
): (value: string | number | undefined) => string {
  const numbers = values.filter((value): value is number => typeof value === "number");
  const different = new Set(values);
  if (numbers.length < values.filter((value) => value !== undefined).length || different.size <= 6)
    return (value) => (value === undefined ? `no ${attribute}` : String(value));
  const sorted = [...numbers].sort((a, b) => a - b);
  const cuts = [0.25, 0.5, 0.75].map((share) => sorted[Math.floor(share * sorted.length)] as number);
  const edges = [sorted[0] as number, ...new Set(cuts), sorted.at(-1) as number];
  const label = (group: number): string => {
    const own = sorted.filter((value) => groupOf(value, edges) === group);
    return own[0] === own.at(-1) ? String(own[0]) : `${own[0]} to ${own.at(-1)}`;
  };
  const labels = Array.from({ length: edges.length - 1 }, (_, group) => label(group));
  return (value) => (typeof value === "number" ? (labels[groupOf(value, edges)] as string) : `no ${attribute}`);
}

function groupOf(value: number, edges: readonly number[]): number {
  let group = 0;
  while (group < edges.length - 2 && value >= (edges[group + 1] as number)) group++;
  return group;
}

/**
 * Means of every algorithm in every slice of an attribute, over all tasks that have the metric (regions averaged per case). The cases of
 * several tasks are pooled.
 *
 * @throws RangeError when no case has the attribute
 */
export function sliceView(table: PreparedTable, scheme: RankingScheme, attribute: string, metric: string): SliceView {
  const { ranked } = rankingUnits(table, scheme);
  const describing: RankingScheme = {
    ...scheme,
    metrics: [{ metric, weight: 1 }],
    regions: "mean-per-case",
    subsets: [],
    missing: { ...scheme.missing, failed: typeof scheme.missing.failed === "object" ? "worst" : scheme.missing.failed },
  };
  const units = rankingUnits(table, describing, ranked).units;
  const values = table.tasks.flatMap((task) => task.attributes.map((own) => own[attribute]));
  if (values.every((value) => value === undefined))
    throw new RangeError(`sliceView: no case has the attribute ${attribute}`);
  const nameOf = grouping(values, attribute);
  const groups = new Map<string, { order: number | string; cases: number; scores: number[][] }>();
  for (const unit of units) {
    const m = unit.cases.length;
    for (let j = 0; j < m; j++) {
      const value = table.tasks[unit.task]?.attributes[unit.cases[j] as number]?.[attribute];
      const name = nameOf(value);
      let group = groups.get(name);
      if (group === undefined) {
        group = { order: value ?? Number.POSITIVE_INFINITY, cases: 0, scores: Array.from(ranked, () => []) };
        groups.set(name, group);
      }
      if (typeof value === "number" && typeof group.order === "number") group.order = Math.min(group.order, value);
      group.cases++;
      for (let a = 0; a < ranked.length; a++) {
        const score = unit.values[a * m + j] as number;
        if (!Number.isNaN(score)) group.scores[a]?.push(score);
      }
    }
  }
  const slices = [...groups]
    .sort(([a, x], [b, y]) =>
      typeof x.order === "number" && typeof y.order === "number" ? x.order - y.order : a < b ? -1 : 1,
    )
    .map(
      ([slice, { cases, scores }]): Slice => ({
        slice,
        cases,
        isTooSmall: cases < sliceClaimCases,
        means: scores.map((own) =>
          own.length === 0 ? null : { mean: mean(own), ci95: meanIntervalT(own), n: own.length },
        ),
      }),
    );
  const sign = units[0]?.sign ?? 1;
  const worst = Array.from(ranked, (_, a) => {
    let found: { name: string; value: number } | null = null;
    for (const slice of slices) {
      const own = slice.means[a];
      if (slice.isTooSmall || own === null || own === undefined) continue;
      if (found === null || sign * own.mean < sign * found.value) found = { name: slice.slice, value: own.mean };
    }
    return found?.name ?? null;
  });
  return {
    attribute,
    metric,
    algorithms: Array.from(ranked, (index) => table.algorithms[index] as string),
    slices,
    worst,
  };
}
