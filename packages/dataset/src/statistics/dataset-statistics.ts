/** `segathlon stats`: what is in a dataset, and whether its splits are alike. */
import type { CaseFacts } from "../check/case-facts.ts";
import type { Dataset, SplitName } from "../dataset.ts";
import { type Fingerprint, makeFingerprint } from "./fingerprint.ts";
import { type SummaryNumbers, summaryNumbers } from "./summary-numbers.ts";
import { chiSquare, kolmogorovSmirnov } from "./two-sample-tests.ts";

export interface LabelStatistics {
  readonly value: number;
  readonly name: string;
  /** Label maps in which it occurs, of all that could be read. */
  readonly present: number;
  readonly labelMaps: number;
  /** The numbers below are over the cases in which it occurs. */
  readonly volumeMl: SummaryNumbers | null;
  /** Share of the voxels of the case. */
  readonly voxelShare: SummaryNumbers | null;
  readonly components: SummaryNumbers | null;
  /** Mean intensity inside the label, and the medians of its percentiles 0.5, 5, 25, 50, 75, 95, 99.5, by channel. */
  readonly intensities: readonly {
    readonly channel: string;
    readonly mean: SummaryNumbers | null;
    readonly percentiles: readonly number[];
  }[];
}

export type AttributeStatistics =
  | {
      readonly name: string;
      readonly kind: "number";
      readonly numbers: SummaryNumbers | null;
      readonly missing: number;
    }
  | {
      readonly name: string;
      readonly kind: "category";
      readonly counts: Readonly<Record<string, number>>;
      readonly missing: number;
    };

/** One quantity in two splits. */
export interface SplitComparison {
  readonly quantity: string;
  readonly first: SplitName;
  readonly second: SplitName;
  readonly test: "kolmogorov-smirnov" | "chi-square";
  readonly statistic: number;
  readonly p: number;
  /** The two splits in words: medians, or shares of the category that differs most. */
  readonly text: string;
}

export interface CaseRow {
  readonly case: string;
  readonly split: SplitName;
  readonly shape: readonly number[];
  readonly spacingMm: readonly number[];
  readonly orientation: string;
  readonly volumesMl: Readonly<Record<string, number>>;
}

export interface DatasetStatistics {
  readonly schema: "segathlon/statistics@1";
  readonly dataset: {
    readonly name: string;
    readonly format: string;
    readonly cases: number;
    readonly bySplit: Readonly<Record<string, number>>;
  };
  readonly geometry: {
    readonly spacingMm: readonly (SummaryNumbers | null)[];
    readonly shape: readonly (SummaryNumbers | null)[];
    readonly extentMm: readonly (SummaryNumbers | null)[];
    readonly orientations: Readonly<Record<string, number>>;
    readonly voxelTypes: Readonly<Record<string, number>>;
  };
  readonly labels: readonly LabelStatistics[];
  readonly attributes: readonly AttributeStatistics[];
  readonly splits: readonly SplitComparison[];
  readonly fingerprint: Fingerprint | null;
  readonly cases: readonly CaseRow[];
  /** Cases that could not be read, with the reason: they take no part in the numbers. */
  readonly unreadable: readonly { readonly case: string; readonly message: string }[];
}

/** Statistics from facts that were gathered with `statistics: true`. */
export function makeStatistics(dataset: Dataset, facts: readonly CaseFacts[]): DatasetStatistics {
  const first = facts.flatMap((one) => {
    const file = one.images[0] ?? one.label;
    return file === undefined ? [] : [{ one, file }];
  });
  const perAxis = (of: (file: (typeof first)[0]["file"], axis: number) => number): (SummaryNumbers | null)[] =>
    [0, 1, 2].map((axis) => summaryNumbers(first.map(({ file }) => of(file, axis))));
  const bySplit: Record<string, number> = {};
  for (const one of dataset.cases) bySplit[one.split] = (bySplit[one.split] ?? 0) + 1;
  return {
    schema: "segathlon/statistics@1",
    dataset: { name: dataset.name, format: dataset.format, cases: dataset.cases.length, bySplit },
    geometry: {
      spacingMm: perAxis((file, axis) => file.geometry.spacingMm[axis] ?? 0),
      shape: perAxis((file, axis) => file.geometry.shape[axis] ?? 0),
      extentMm: perAxis((file, axis) => (file.geometry.spacingMm[axis] ?? 0) * (file.geometry.shape[axis] ?? 0)),
      orientations: tally(first.map(({ file }) => file.orientation)),
      voxelTypes: tally(facts.flatMap((one) => one.images.map((image) => image.voxelType))),
    },
    labels: labelStatistics(dataset, facts),
    attributes: attributeStatistics(dataset),
    splits: compareSplits(dataset, facts),
    fingerprint: makeFingerprint(facts),
    cases: first.map(({ one, file }) => ({
      case: one.id,
      split: one.split,
      shape: file.geometry.shape,
      spacingMm: file.geometry.spacingMm,
      orientation: file.orientation,
      volumesMl: Object.fromEntries(
        one.label?.labels.map((label) => [nameOf(dataset, label.value), label.volumeMl]) ?? [],
      ),
    })),
    unreadable: facts.flatMap((one) => one.problems.map((problem) => ({ case: one.id, message: problem.message }))),
  };
}

function nameOf(dataset: Dataset, value: number): string {
  return dataset.labels.find((label) => label.value === value)?.name ?? `label ${value}`;
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of [...values].sort()) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function labelStatistics(dataset: Dataset, facts: readonly CaseFacts[]): LabelStatistics[] {
  const annotated = facts.filter((one) => one.label !== undefined);
  const values = new Set([
    ...dataset.labels.map((label) => label.value),
    ...annotated.flatMap((one) => one.label?.labels.map((label) => label.value) ?? []),
  ]);
  return [...values]
    .sort((a, b) => a - b)
    .map((value) => {
      const found = annotated.flatMap((one) => {
        const label = one.label?.labels.find((other) => other.value === value);
        const voxels = one.label?.geometry.shape.reduce((all, n) => all * n, 1) ?? 1;
        return label === undefined ? [] : [{ one, label, voxels }];
      });
      const intensities = found.flatMap(
        ({ one }) =>
          one.statistics?.labelIntensities.filter((other) => other.value === value && other.voxels > 0) ?? [],
      );
      const channels = [...new Set(intensities.map((one) => one.channel))].sort((a, b) => a - b);
      return {
        value,
        name: nameOf(dataset, value),
        present: found.length,
        labelMaps: annotated.length,
        volumeMl: summaryNumbers(found.map(({ label }) => label.volumeMl)),
        voxelShare: summaryNumbers(found.map(({ label, voxels }) => label.voxels / voxels)),
        components: summaryNumbers(found.flatMap(({ label }) => (label.components === null ? [] : [label.components]))),
        intensities: channels.map((channel) => {
          const rows = intensities.filter((one) => one.channel === channel);
          return {
            channel: dataset.channels[channel] ?? String(channel),
            mean: summaryNumbers(rows.map((one) => one.mean)),
            percentiles: (rows[0]?.percentiles ?? []).map(
              (_, n) => summaryNumbers(rows.map((one) => one.percentiles[n] ?? 0))?.median ?? 0,
            ),
          };
        }),
      };
    });
}

/** Names that identify people are left to `segathlon check`; here only what describes groups. */
function describes(name: string): boolean {
  return !/birth|\bdob\b|date|name$|_id$|\bid\b|filename|uid|split/i.test(name.replace(/model.*name/i, "model"));
}

function attributeNames(dataset: Dataset): string[] {
  return [...new Set(dataset.cases.flatMap((one) => Object.keys(one.attributes)))].filter(describes);
}

function attributeStatistics(dataset: Dataset): AttributeStatistics[] {
  return attributeNames(dataset).map((name): AttributeStatistics => {
    const values = dataset.cases.map((one) => one.attributes[name] ?? null);
    const present = values.filter((value) => value !== null);
    const missing = values.length - present.length;
    const numbers = present.filter((value) => typeof value === "number");
    if (numbers.length > 0 && numbers.length === present.length)
      return { name, kind: "number", numbers: summaryNumbers(numbers), missing };
    return { name, kind: "category", counts: tally(present.map(String)), missing };
  });
}

function compareSplits(dataset: Dataset, facts: readonly CaseFacts[]): SplitComparison[] {
  const order: readonly SplitName[] = ["train", "validation", "test"];
  const present = order.filter((split) => dataset.cases.some((one) => one.split === split));
  const comparisons: SplitComparison[] = [];
  const rows = facts.flatMap((one) => {
    const file = one.images[0] ?? one.label;
    return file === undefined ? [] : [{ one, file }];
  });
  const quantities: [string, SplitName, number][] = [];
  for (const { one, file } of rows) {
    file.geometry.spacingMm.forEach((mm, axis) => {
      quantities.push([`spacing along axis ${axis} (mm)`, one.split, mm]);
    });
    file.geometry.shape.forEach((n, axis) => {
      quantities.push([`voxels along axis ${axis}`, one.split, n]);
    });
    const intensity = one.images[0]?.intensities[0];
    if (intensity !== undefined)
      quantities.push(["median intensity of the first channel", one.split, intensity.median]);
    for (const label of one.label?.labels ?? [])
      quantities.push([`volume of ${nameOf(dataset, label.value)} (ml)`, one.split, label.volumeMl]);
  }
  const categories: [string, SplitName, string][] = rows.map(({ one, file }) => ["axes", one.split, file.orientation]);
  for (const name of attributeNames(dataset)) {
    for (const one of dataset.cases) {
      const value = one.attributes[name];
      if (typeof value === "number") quantities.push([name, one.split, value]);
      else if (typeof value === "string") categories.push([name, one.split, value]);
    }
  }
  for (let i = 0; i < present.length; i += 1) {
    for (let j = i + 1; j < present.length; j += 1) {
      const [first, second] = [present[i] as SplitName, present[j] as SplitName];
      comparisons.push(...compareNumbers(quantities, first, second), ...compareCategories(categories, first, second));
    }
  }
  return comparisons;
}

function grouped<Value>(rows: readonly [string, SplitName, Value][]): Map<string, Map<SplitName, Value[]>> {
  const result = new Map<string, Map<SplitName, Value[]>>();
  for (const [name, split, value] of rows) {
    const groups = result.get(name) ?? new Map<SplitName, Value[]>();
    groups.set(split, [...(groups.get(split) ?? []), value]);
    result.set(name, groups);
  }
  return result;
}

function compareNumbers(
  rows: readonly [string, SplitName, number][],
  first: SplitName,
  second: SplitName,
): SplitComparison[] {
  return [...grouped(rows)].flatMap(([quantity, groups]) => {
    const [a, b] = [groups.get(first) ?? [], groups.get(second) ?? []];
    const result = kolmogorovSmirnov(a, b);
    if (result === null) return [];
    const text = `median ${short(summaryNumbers(a)?.median)} (n ${a.length}) against ${short(summaryNumbers(b)?.median)} (n ${b.length})`;
    return [{ quantity, first, second, test: "kolmogorov-smirnov" as const, ...result, text }];
  });
}

function compareCategories(
  rows: readonly [string, SplitName, string][],
  first: SplitName,
  second: SplitName,
): SplitComparison[] {
  return [...grouped(rows)].flatMap(([quantity, groups]) => {
    const [a, b] = [groups.get(first) ?? [], groups.get(second) ?? []];
    const [counts1, counts2] = [new Map(Object.entries(tally(a))), new Map(Object.entries(tally(b)))];
    const result = chiSquare(counts1, counts2);
    // As many categories as cases: a name, not a group.
    if (
      result === null ||
      new Set([...counts1.keys(), ...counts2.keys()]).size > Math.max(20, (a.length + b.length) / 2)
    )
      return [];
    const share = (counts: ReadonlyMap<string, number>, key: string, n: number): number => (counts.get(key) ?? 0) / n;
    const most = [...new Set([...counts1.keys(), ...counts2.keys()])]
      .map((key) => ({ key, gap: Math.abs(share(counts1, key, a.length) - share(counts2, key, b.length)) }))
      .sort((x, y) => y.gap - x.gap || (x.key < y.key ? -1 : 1))[0];
    const key = most?.key ?? "";
    const text = `${key}: ${Math.round(100 * share(counts1, key, a.length))} % of ${a.length} against ${Math.round(100 * share(counts2, key, b.length))} % of ${b.length}`;
    return [{ quantity, first, second, test: "chi-square" as const, ...result, text }];
  });
}

function short(value: number | undefined): string {
  return value === undefined ? "none" : String(Number(value.toPrecision(4)));
}
