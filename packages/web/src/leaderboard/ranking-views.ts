/**
 * The statistics behind the leaderboard's views, computed from a prepared score table with `@segathlon/ranking`. Runs in the
 * ranking worker; pure, so that it is tested without one.
 */
import {
  type BootstrapDraws,
  challengerFive,
  meanIntervalT,
  type PreparedTable,
  pAdjust,
  pairwiseP,
  type RankingDocument,
  type RankingScheme,
  type RankingUnit,
  rankingUnits,
  rankStability,
  rankTable,
  SchemeMismatchError,
  schemePreset,
  selectTable,
  type TableSelection,
} from "@segathlon/ranking";
import { caseGroups } from "./case-groups.ts";
import {
  type PairwiseResult,
  pairwiseEntries,
  type SchemeRanks,
  type SliceResult,
  type StabilityResult,
} from "./ranking-job.ts";

/** One metric, averaged over the regions of each case, under the missing rule of `like`. */
function oneMetric(metric: string, like: RankingScheme): RankingScheme {
  return {
    ...like,
    id: `${like.id}/${metric}`,
    metrics: [{ metric, weight: 1 }],
    regions: "mean-per-case",
    method: { kind: "aggregate-then-rank", statistic: "mean" },
    combine: { of: "ranks", statistic: "mean" },
    missing: {
      // A place behind all others and a fixed score make no mean of another metric.
      failed: like.missing.failed === "ignore" ? "ignore" : "worst",
      not_submitted: like.missing.not_submitted,
    },
  };
}

function rows(values: ArrayLike<number>, size: number): (number | null)[][] {
  return Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (__, j) => {
      const value = values[i * size + j] ?? Number.NaN;
      return Number.isNaN(value) ? null : value;
    }),
  );
}

/**
 * One-sided signed-rank p of every ordered pair, for each task and metric, the best entries only.
 *
 * @param order Algorithms in rank order.
 */
export function pairwiseViews(table: PreparedTable, scheme: RankingScheme, order: readonly string[]): PairwiseResult[] {
  const algorithms = order.slice(0, pairwiseEntries);
  if (algorithms.length < 2) return [];
  return table.tasks.flatMap((task) => {
    const metrics = [...new Set(task.layers.map((layer) => table.metrics[layer.metric]?.key ?? ""))];
    return metrics.flatMap((metric) => {
      const part = selectTable(table, { tasks: [task.id], metrics: [metric], algorithms });
      const { units, ranked } = rankingUnits(part, oneMetric(metric, scheme));
      const unit = units[0];
      if (unit === undefined || ranked.length < 2) return [];
      const names = Array.from(ranked, (index) => part.algorithms[index] ?? "");
      const { p } = pairwiseP(unit, "wilcoxon-normal");
      const place = new Map(names.map((name, index) => [name, index]));
      const inOrder = algorithms.filter((name) => place.has(name));
      const pick = (matrix: (number | null)[][]): (number | null)[][] =>
        inOrder.map((a) => inOrder.map((b) => matrix[place.get(a) ?? 0]?.[place.get(b) ?? 0] ?? null));
      return [
        {
          task: task.id,
          metric,
          algorithms: inOrder,
          entriesInAll: order.length,
          raw: pick(rows(p, names.length)),
          holm: pick(rows(pAdjust(p, "holm"), names.length)),
          cases: unit.cases.length,
        },
      ];
    });
  });
}

/** Ranks under the benchmark's scheme and the five methods of challengeR. */
export function schemeViews(table: PreparedTable, own: RankingScheme, ownTitle: string): SchemeRanks[] {
  const others = challengerFive.flatMap((id) => {
    const preset = schemePreset(id);
    return preset === undefined ? [] : [preset];
  });
  return [own, ...others].map((scheme, index) => {
    const title = index === 0 ? ownTitle : scheme.title;
    try {
      const { overall } = rankTable(table, scheme);
      return {
        scheme: scheme.id,
        title,
        ranks: Object.fromEntries(overall.ranking.map(({ algorithm, rank }) => [algorithm, rank])),
        problem: null,
      };
    } catch (error) {
      if (!(error instanceof SchemeMismatchError)) throw error;
      return { scheme: scheme.id, title, ranks: {}, problem: error.message };
    }
  });
}

/** Rank counts per entry and Kendall's tau per task, from the draws of the bootstrap. */
export function stabilityView(document: RankingDocument, draws: BootstrapDraws): StabilityResult {
  const ranksOf = (section: RankingDocument["overall"]): number[] => {
    const byName = new Map(section.ranking.map(({ algorithm, rank }) => [algorithm, rank ?? Number.NaN]));
    return document.algorithms.map((name) => byName.get(name) ?? Number.NaN);
  };
  const overall = rankStability(draws.overall, ranksOf(document.overall));
  const order = document.overall.ranking.map(({ algorithm }) => algorithm);
  const tau = (name: string, values: Float64Array): StabilityResult["tau"][number] => ({
    name,
    values: [...values].filter((value) => !Number.isNaN(value)),
    undefinedDraws: values.filter((value) => Number.isNaN(value)).length,
  });
  return {
    algorithms: order.flatMap((algorithm) => {
      const own = overall.algorithms[document.algorithms.indexOf(algorithm)];
      if (own === undefined) return [];
      return [
        {
          algorithm,
          medianRank: own.median,
          interval: [own.low, own.high] as const,
          draws: [...own.counts].sort(([a], [b]) => a - b).map(([rank, count]) => ({ rank, count })),
        },
      ];
    }),
    tau:
      document.tasks.length < 2
        ? [tau(document.tasks[0]?.task ?? "all", overall.tau)]
        : [
            tau("all tasks", overall.tau),
            ...document.tasks.map((section, index) =>
              tau(section.task, rankStability(draws.tasks[index] ?? new Float64Array(), ranksOf(section)).tau),
            ),
          ],
  };
}

function summarise(unit: RankingUnit, row: number): { mean: number; ci95: readonly [number, number] | null } | null {
  const n = unit.cases.length;
  const values = unit.values.subarray(row * n, (row + 1) * n).filter((value) => !Number.isNaN(value));
  if (values.length === 0) return null;
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, ci95: meanIntervalT(values) };
}

/** Means and intervals per slice of every case attribute, for each metric, in the first task that has attributes. */
export function sliceViews(table: PreparedTable, scheme: RankingScheme): SliceResult[] {
  const results: SliceResult[] = [];
  for (const task of table.tasks) {
    const names = [...new Set(task.attributes.flatMap((attributes) => Object.keys(attributes)))];
    const metrics = [...new Set(task.layers.map((layer) => table.metrics[layer.metric]?.key ?? ""))];
    for (const attribute of names) {
      const groups = caseGroups(task.cases.map((name, index) => [name, task.attributes[index]?.[attribute]] as const));
      // A slice per case says nothing.
      if (groups.length < 2 || groups.length > 30) continue;
      for (const metric of metrics) {
        const slices = groups.map(({ value, cases }) => {
          const part = selectTable(table, { tasks: [task.id], metrics: [metric], cases });
          const means: Record<string, { mean: number; ci95: readonly [number, number] | null }> = {};
          try {
            const { units, ranked } = rankingUnits(part, oneMetric(metric, scheme));
            const unit = units[0];
            if (unit !== undefined)
              for (const [row, index] of ranked.entries()) {
                const summary = summarise(unit, row);
                if (summary !== null) means[part.algorithms[index] ?? ""] = summary;
              }
          } catch (error) {
            if (!(error instanceof SchemeMismatchError)) throw error;
          }
          return { value, n: cases.length, means };
        });
        results.push({ attribute: table.tasks.length > 1 ? `${task.id}: ${attribute}` : attribute, metric, slices });
      }
    }
  }
  return results;
}

/** The table with the selection applied, or unchanged. */
export function selected(table: PreparedTable, selection: TableSelection): PreparedTable {
  return Object.keys(selection).length === 0 ? table : selectTable(table, selection);
}
