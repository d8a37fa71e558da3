/**
 * Units of a ranking: the scores of one (task, region or mean of regions, metric, subset of cases), with the scheme's rules for missing
 * scores applied. Everything after this file sees numbers only.
 *
 * Missing scores. A reference that is absent for one algorithm is absent for all: the case leaves the unit. A failed prediction gets what
 * `missing.failed` says. A score that was not submitted follows `missing.not_submitted`. A case for which nobody has a row of this region
 * and metric is not part of the unit.
 */
import type { PreparedTable, PreparedTask, ScoreLayer } from "./prepared-table.ts";
import { statusCode } from "./prepared-table.ts";
import { metricMatches, type RankingScheme } from "./scheme.ts";
import type { MetricColumn } from "./score-table.ts";

export interface RankingUnit {
  /** Index into the table's tasks. */
  readonly task: number;
  /** Name of the region; null: mean over the regions of each case. */
  readonly region: string | null;
  /** Index into the table's metrics. */
  readonly metric: number;
  /** Values of the subset's attributes, joined by ` / `; null when the scheme has no subsets. */
  readonly subset: string | null;
  readonly weight: number;
  /** 1 when larger is better, -1 when smaller is. */
  readonly sign: 1 | -1;
  /** Indices of the cases in the task. */
  readonly cases: Int32Array;
  /** Ranked algorithms x cases, row by row. NaN: left out (`ignore`) or behind all others (`rank-last`). */
  readonly values: Float64Array;
  readonly complete: boolean;
}

/** Why an algorithm of the table has no rank. */
export interface NotRanked {
  readonly algorithm: string;
  readonly reason: string;
}

export interface RankingUnits {
  /** Indices into the table's algorithms. */
  readonly ranked: Int32Array;
  readonly notRanked: readonly NotRanked[];
  readonly units: readonly RankingUnit[];
  readonly remarks: readonly UnitRemark[];
}

/** Something that a reader must know about the data that went in. */
export interface UnitRemark {
  readonly code: "reference-absent-conflict" | "common-cases" | "scheme-metric-missing";
  readonly message: string;
}

/** A scheme that does not fit a table. */
export class SchemeMismatchError extends RangeError {
  override readonly name = "SchemeMismatchError";
}

/** A metric that a scheme uses. */
export interface SchemeMetric {
  /** Index in the table's metrics. */
  readonly metric: number;
  readonly weight: number;
  /** What the scheme asked for, such as `nsd`; several keys of the table can answer to it, at most one in each task. */
  readonly asked: string;
}

/**
 * The table's metrics that a scheme uses, with their weights. A scheme asks for `nsd`; each task may answer with its own tolerance
 * (the Decathlon has one per task: nsd@5, nsd@4 ...), but no task with two.
 *
 * @throws SchemeMismatchError when no task has a metric that the scheme asks for, or a task has two that answer to one name
 */
export function schemeMetrics(table: PreparedTable, scheme: RankingScheme): readonly SchemeMetric[] {
  const byTask = table.tasks.map((task) => new Set(task.layers.map((layer) => layer.metric)));
  const present = [...new Set(byTask.flatMap((metrics) => [...metrics]))].sort((a, b) => a - b);
  const keyOf = (metric: number): string => table.metrics[metric]?.key as string;
  if (scheme.metrics === "all") return present.map((metric) => ({ metric, weight: 1, asked: keyOf(metric) }));
  return scheme.metrics.flatMap((use) => {
    const found = present.filter((metric) => metricMatches(keyOf(metric), use.metric));
    if (found.length === 0)
      throw new SchemeMismatchError(
        `scheme ${scheme.id} needs the metric ${use.metric}; the table has ${present.map(keyOf).join(", ") || "none"}`,
      );
    const exact = found.find((metric) => keyOf(metric) === use.metric);
    if (exact !== undefined) return [{ metric: exact, weight: use.weight, asked: use.metric }];
    for (const [index, metrics] of byTask.entries()) {
      const own = found.filter((metric) => metrics.has(metric));
      if (own.length > 1)
        throw new SchemeMismatchError(
          `scheme ${scheme.id} needs one metric ${use.metric} in each task; ${table.tasks[index]?.id} has ${own.map(keyOf).join(", ")}: select one`,
        );
    }
    return found.map((metric) => ({ metric, weight: use.weight, asked: use.metric }));
  });
}

/**
 * Applies a scheme's rules for regions, subsets and missing scores.
 *
 * @param only algorithms to take instead of those that can be ranked, to describe further metrics of theirs; what they did not submit
 *   stays NaN
 * @throws SchemeMismatchError when the table lacks a metric that the scheme needs, or the rule for failed predictions would reward them
 */
export function rankingUnits(table: PreparedTable, scheme: RankingScheme, only?: Int32Array): RankingUnits {
  const uses = schemeMetrics(table, scheme);
  const remarks: UnitRemark[] = [];
  for (const use of uses) refuseReward(table, scheme, use.metric);
  const layersOfTask = table.tasks.map((task) =>
    uses.flatMap(({ metric, weight }) =>
      task.layers.filter((layer) => layer.metric === metric).map((layer) => ({ layer, weight })),
    ),
  );
  for (const [index, task] of table.tasks.entries())
    for (const asked of new Set(uses.map((use) => use.asked)))
      if (
        !layersOfTask[index]?.some(({ layer }) =>
          uses.some((use) => use.asked === asked && use.metric === layer.metric),
        )
      )
        remarks.push({
          code: "scheme-metric-missing",
          message: `${task.id} has no ${asked}; its other metrics are combined without it`,
        });
  const { ranked, notRanked } =
    only === undefined ? whoIsRanked(table, scheme, layersOfTask) : { ranked: only, notRanked: [] };
  const units: RankingUnit[] = [];
  for (const [taskIndex, task] of table.tasks.entries()) {
    const resolved = (layersOfTask[taskIndex] ?? []).map(({ layer, weight }) => ({
      weight,
      layer: resolveLayer(task, layer, table.metrics[layer.metric] as MetricColumn, scheme, ranked, remarks),
    }));
    for (const { metric, weight } of uses) {
      const ofMetric = resolved.filter(({ layer }) => layer.metric === metric).map(({ layer }) => layer);
      if (ofMetric.length === 0) continue;
      const parts =
        scheme.regions === "mean-per-case"
          ? [{ region: null, layer: meanOfRegions(ofMetric, ranked.length, task.cases.length, scheme) }]
          : ofMetric.map((layer) => ({ region: task.regions[layer.region] as string, layer }));
      const sign = table.metrics[metric]?.direction === "higher-is-better" ? 1 : -1;
      for (const { region, layer } of parts)
        for (const [subset, cases] of subsetsOf(task, layer.cases, scheme.subsets)) {
          if (cases.length === 0) continue;
          units.push(unitOf({ task: taskIndex, region, metric, subset, weight, sign }, layer, cases, ranked.length));
        }
    }
  }
  return { ranked, notRanked, units, remarks };
}

/** A plain 0 for a failed prediction would be the best distance there is. */
function refuseReward(table: PreparedTable, scheme: RankingScheme, metric: number): void {
  const rule = scheme.missing.failed;
  if (typeof rule !== "object") return;
  const column = table.metrics[metric] as MetricColumn;
  for (const task of table.tasks)
    for (const layer of task.layers) {
      if (layer.metric !== metric) continue;
      for (const [cell, value] of layer.values.entries()) {
        if (layer.status[cell] !== statusCode.ok) continue;
        const rewarded = column.direction === "higher-is-better" ? value < rule.value : value > rule.value;
        if (rewarded)
          throw new SchemeMismatchError(
            `scheme ${scheme.id} gives a failed prediction ${rule.value}, but ${column.key} holds ${value}, which is worse: a failure would be rewarded`,
          );
      }
    }
}

function whoIsRanked(
  table: PreparedTable,
  scheme: RankingScheme,
  layersOfTask: readonly (readonly { layer: ScoreLayer }[])[],
): { ranked: Int32Array; notRanked: readonly NotRanked[] } {
  const ranked: number[] = [];
  const notRanked: NotRanked[] = [];
  let numbers = 0;
  const blank = layersOfTask.map((layers, task) =>
    layers.map(({ layer }) => blankCases(layer, table.algorithms.length, table.tasks[task]?.cases.length ?? 0)),
  );
  for (const [algorithm, name] of table.algorithms.entries()) {
    let lacking = 0;
    let expected = 0;
    for (const [taskIndex, layers] of layersOfTask.entries()) {
      const n = table.tasks[taskIndex]?.cases.length ?? 0;
      for (const [position, { layer }] of layers.entries()) {
        const out = blank[taskIndex]?.[position] as Uint8Array;
        const { status } = layer;
        for (let c = 0; c < n; c++) {
          if (out[c] === 1) continue;
          expected++;
          if (status[algorithm * n + c] === notSubmitted) lacking++;
          if (status[algorithm * n + c] === statusCode.ok) numbers++;
        }
      }
    }
    if (expected === 0 || lacking === expected)
      notRanked.push({ algorithm: name, reason: "no score for this ranking" });
    else if (lacking > 0 && scheme.missing.not_submitted === "not-ranked")
      notRanked.push({ algorithm: name, reason: `${lacking} of ${expected} scores were not submitted` });
    else ranked.push(algorithm);
  }
  // Worst values alone are no ranking: without a single number nobody is first, not even together.
  if (numbers === 0) {
    for (const algorithm of ranked.splice(0))
      notRanked.push({ algorithm: table.algorithms[algorithm] as string, reason: "every score failed or is missing" });
  }
  return { ranked: Int32Array.from(ranked), notRanked };
}

const notSubmitted = statusCode["not-submitted"];

/** 1 for cases that are out for everybody: nobody has a row, or the reference is absent. */
function blankCases(layer: ScoreLayer, algorithms: number, cases: number): Uint8Array {
  const blank = new Uint8Array(cases);
  for (let c = 0; c < cases; c++) {
    let rows = 0;
    let absent = false;
    for (let a = 0; a < algorithms; a++) {
      const status = layer.status[a * cases + c];
      if (status !== statusCode["not-submitted"]) rows++;
      if (status === statusCode["reference-absent"]) absent = true;
    }
    if (absent || rows === 0) blank[c] = 1;
  }
  return blank;
}

interface ResolvedLayer {
  readonly region: number;
  readonly metric: number;
  readonly cases: Int32Array;
  /** Ranked algorithms x all cases of the task. */
  readonly values: Float64Array;
}

function resolveLayer(
  task: PreparedTask,
  layer: ScoreLayer,
  metric: MetricColumn,
  scheme: RankingScheme,
  ranked: Int32Array,
  remarks: UnitRemark[],
): ResolvedLayer {
  const n = task.cases.length;
  const all = layer.values.length / n;
  const blank = blankCases(layer, all, n);
  const place = `${task.id}, ${task.regions[layer.region]}, ${metric.key}`;
  const { failed, not_submitted } = scheme.missing;
  const filled = typeof failed === "object" ? failed.value : failed === "worst" ? metric.worst : Number.NaN;
  const values = new Float64Array(ranked.length * n).fill(Number.NaN);
  const kept: number[] = [];
  let conflicts = 0;
  let uncommon = 0;
  for (let c = 0; c < n; c++) {
    if (blank[c] === 1) {
      for (const a of ranked) if (layer.status[a * n + c] === statusCode.ok) conflicts++;
      continue;
    }
    let common = true;
    for (let row = 0; row < ranked.length; row++) {
      const a = ranked[row] as number;
      const status = layer.status[a * n + c];
      if (status === statusCode.ok) values[row * n + c] = layer.values[a * n + c] as number;
      else if (status === statusCode["not-submitted"] && not_submitted === "common-cases") common = false;
      else if (status === statusCode["prediction-failed"] || not_submitted === "worst") {
        const own = layer.values[a * n + c] as number;
        values[row * n + c] = failed === "worst" && !Number.isNaN(own) ? own : filled;
      }
    }
    if (common) kept.push(c);
    else uncommon++;
  }
  if (conflicts > 0)
    remarks.push({
      code: "reference-absent-conflict",
      message: `${place}: ${conflicts} scores belong to cases whose reference is absent and are not used`,
    });
  if (uncommon > 0)
    remarks.push({
      code: "common-cases",
      message: `${place}: ${uncommon} of ${kept.length + uncommon} cases are not used, because some algorithm has no score there`,
    });
  return { region: layer.region, metric: layer.metric, cases: Int32Array.from(kept), values };
}

/** Mean over the regions that a case has; a region that is out for a case does not count there. */
function meanOfRegions(
  layers: readonly ResolvedLayer[],
  algorithms: number,
  n: number,
  scheme: RankingScheme,
): ResolvedLayer {
  const first = layers[0] as ResolvedLayer;
  if (layers.length === 1) return first;
  const values = new Float64Array(algorithms * n).fill(Number.NaN);
  const present = layers.map((layer) => {
    const mask = new Uint8Array(n);
    for (const c of layer.cases) mask[c] = 1;
    return mask;
  });
  const cases: number[] = [];
  for (let c = 0; c < n; c++) {
    const here = layers.filter((_, index) => present[index]?.[c] === 1);
    if (here.length === 0) continue;
    cases.push(c);
    for (let a = 0; a < algorithms; a++) values[a * n + c] = meanOfScores(here, a * n + c, scheme);
  }
  return { region: -1, metric: first.metric, cases: Int32Array.from(cases), values };
}

/** Double-double inline: this runs once for every algorithm and case. */
function meanOfScores(layers: readonly ResolvedLayer[], cell: number, scheme: RankingScheme): number {
  let high = 0;
  let low = 0;
  let count = 0;
  for (const layer of layers) {
    const value = layer.values[cell] as number;
    if (Number.isNaN(value)) {
      if (scheme.missing.failed === "rank-last") return Number.NaN;
      continue;
    }
    const sum = high + value;
    const part = sum - high;
    low += high - (sum - part) + (value - part);
    high = sum;
    count++;
  }
  return count === 0 ? Number.NaN : (high + low) / count;
}

function subsetsOf(
  task: PreparedTask,
  cases: Int32Array,
  attributes: readonly string[] | undefined,
): readonly (readonly [string | null, Int32Array])[] {
  if (attributes === undefined || attributes.length === 0) return [[null, cases]];
  const groups = new Map<string, number[]>();
  for (const c of cases) {
    const own = task.attributes[c] ?? {};
    const name = attributes.map((key) => own[key] ?? `no ${key}`).join(" / ");
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [c]);
    else group.push(c);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, list]) => [name, Int32Array.from(list)] as const);
}

function unitOf(
  place: Pick<RankingUnit, "task" | "region" | "metric" | "subset" | "weight" | "sign">,
  layer: ResolvedLayer,
  cases: Int32Array,
  algorithms: number,
): RankingUnit {
  const n = algorithms === 0 ? 0 : layer.values.length / algorithms;
  const values = new Float64Array(algorithms * cases.length);
  let complete = true;
  for (let a = 0; a < algorithms; a++)
    for (let j = 0; j < cases.length; j++) {
      const value = layer.values[a * n + (cases[j] as number)] as number;
      if (Number.isNaN(value)) complete = false;
      values[a * cases.length + j] = value;
    }
  return { ...place, cases, values, complete };
}
