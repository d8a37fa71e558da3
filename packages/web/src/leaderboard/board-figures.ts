/** The figures of a leaderboard's views, from the board and the worker's answers. */
import {
  blobFigure,
  distributionFigure,
  type Figure,
  type MetricAxis,
  rankingIntervalsFigure,
  regionColour,
  schemeLinesFigure,
  significanceFigure,
  slicesFigure,
  tauViolinFigure,
} from "@segathlon/plots";
import type { Leaderboard } from "@segathlon/server/api";
import { metricLabel } from "../metric-definitions.ts";
import type { BoardMetric, BoardModel, BoardRow } from "./board-model.ts";
import { figureEntries, shownNames } from "./method-names.ts";
import type { PairwiseResult, SchemeRanks, SliceResult, StabilityResult } from "./ranking-job.ts";

export function metricAxis(metric: BoardMetric): MetricAxis {
  const bounded = metric.unit === "" && metric.direction === "higher-is-better";
  return {
    key: metric.key,
    label: metricLabel(metric.key, metric.unit),
    direction: metric.direction,
    ...(bounded ? { domain: [0, 1] as const } : {}),
  };
}

const ranked = (model: BoardModel): readonly BoardRow[] =>
  model.rows.filter(({ rank }) => rank !== null).slice(0, figureEntries);

export function intervalsFigure(model: BoardModel, metric: BoardMetric): Figure {
  const names = shownNames(model.rows);
  return rankingIntervalsFigure({
    name: `ranking-${metric.key}`,
    title: `Ranking and mean ${metricLabel(metric.key, metric.unit)}`,
    metric: { ...metricAxis(metric), label: metricLabel(metric.key, metric.unit) },
    methods: ranked(model).map((row) => ({
      name: names.get(row.algorithm) ?? row.algorithm,
      rank: row.rank ?? 0,
      rankInterval: row.rankInterval,
      value: row.metrics[metric.key]?.mean ?? null,
      ci95: row.metrics[metric.key]?.ci95 ?? null,
      leadingGroup: row.leading === true,
    })),
  });
}

export function pairwiseFigure(
  result: PairwiseResult,
  model: BoardModel,
  alpha: number,
  adjustment: "holm" | "none",
): Figure {
  const names = shownNames(model.rows);
  const metric = model.metrics.find(({ key }) => key === result.metric);
  return significanceFigure({
    name: `significance-${result.metric}`,
    title: `Significance map, ${metricLabel(result.metric, metric?.unit ?? "")}, ${result.cases} cases of ${result.task}`,
    methods: result.algorithms.map((algorithm) => names.get(algorithm) ?? algorithm),
    p: adjustment === "holm" ? result.holm : result.raw,
    alpha,
    adjustment,
    test: "Wilcoxon signed-rank, one-sided",
  });
}

export function stabilityFigures(stability: StabilityResult, model: BoardModel): Figure[] {
  const names = shownNames(model.rows);
  return [
    blobFigure({
      name: "stability",
      title: "Ranks over bootstrap draws",
      methods: stability.algorithms
        .slice(0, figureEntries)
        .map((item) => ({ ...item, name: names.get(item.algorithm) ?? item.algorithm })),
    }),
    tauViolinFigure({ name: "tau", title: "Agreement of bootstrap rankings with the ranking", groups: stability.tau }),
  ];
}

export function schemesFigure(schemes: readonly SchemeRanks[], model: BoardModel): Figure {
  const names = shownNames(model.rows);
  const usable = schemes.filter(({ problem }) => problem === null);
  return schemeLinesFigure({
    name: "schemes",
    title: "Rank under other ranking schemes",
    schemes: usable.map(({ title }) => title),
    methods: ranked(model).map(({ algorithm }) => ({
      name: names.get(algorithm) ?? algorithm,
      ranks: usable.map((scheme) => scheme.ranks[algorithm] ?? null),
    })),
  });
}

/** The first entries only: more than a handful of intervals in one row cannot be read. */
export function sliceFigure(result: SliceResult, model: BoardModel, metric: BoardMetric): Figure {
  const names = shownNames(model.rows);
  const rows = ranked(model).slice(0, 5);
  const { domain: _, ...axis } = metricAxis(metric);
  return slicesFigure({
    name: `slices-${result.attribute}-${metric.key}`,
    title: `${metricLabel(metric.key, metric.unit)} by ${result.attribute}, first ${rows.length} entries`,
    metric: axis,
    methods: rows.map(({ algorithm }) => names.get(algorithm) ?? algorithm),
    slices: result.slices.map(({ value, n, means }) => ({
      slice: value,
      n,
      values: rows.map(({ algorithm }) => means[algorithm] ?? null),
    })),
  });
}

/** Cases of one region and metric, a row per entry in rank order. */
export function casesFigure(
  board: Leaderboard,
  model: BoardModel,
  metric: BoardMetric,
  task: string,
  region: string,
): Figure {
  const names = shownNames(model.rows);
  const order = ranked(model).slice(0, 20);
  const rows =
    board.scoreTable?.rows.filter((row) => row.task === task && row.region === region && row.metric === metric.key) ??
    [];
  const byAlgorithm = Map.groupBy(rows, ({ algorithm }) => algorithm);
  return distributionFigure({
    name: `cases-${region}-${metric.key}`,
    title: `${metricLabel(metric.key, metric.unit)} of every case, ${region}`,
    groupedBy: "method",
    metric: metricAxis(metric),
    groups: order.map(({ algorithm }, index) => {
      const own = byAlgorithm.get(algorithm) ?? [];
      const values = own.flatMap((row) => (row.value === null ? [] : [{ label: row.case, value: row.value }]));
      return {
        name: names.get(algorithm) ?? algorithm,
        colour: regionColour(index),
        values,
        withoutValue: own.length - values.length,
      };
    }),
  });
}
