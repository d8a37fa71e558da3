/**
 * Does a ranking carry over? Development tasks against mystery tasks (Medical Segmentation Decathlon), in against out of distribution,
 * CT against MR (AMOS): the ranking on each side, how far they agree, and what each algorithm loses.
 */

import { mean } from "./double-double.ts";
import type { Interval } from "./interval.ts";
import { standardDeviation } from "./interval.ts";
import { kendallTauB } from "./kendall-tau.ts";
import { counterStream } from "./philox.ts";
import type { PreparedTable } from "./prepared-table.ts";
import { rankSumTest } from "./rank-sum.ts";
import { rankingUnits, schemeMetrics } from "./ranking-units.ts";
import { plainTaskName, type RankingScheme } from "./scheme.ts";
import { fullWeights, schemeEvaluator } from "./scheme-evaluator.ts";
import { selectTable, type TableSelection } from "./select-table.ts";
import { studentUpperQuantile } from "./special-functions.ts";

/** One side of the comparison. */
export interface GeneralisationSide {
  readonly title: string;
  readonly selection: TableSelection;
}

export interface AlgorithmGeneralisation {
  readonly algorithm: string;
  readonly from: { readonly rank: number; readonly mean: number; readonly n: number };
  readonly to: { readonly rank: number; readonly mean: number; readonly n: number };
  /** to - from, turned so that negative means a loss; interval by Welch's t (different cases on both sides). Null below two cases. */
  readonly change: number;
  readonly changeInterval: Interval | null;
  /** Two-sided rank-sum test of the two sides' cases, corrected for ties and continuity. Null where it is not defined. */
  readonly p: number | null;
}

export interface Generalisation {
  readonly from: string;
  readonly to: string;
  readonly metric: string;
  /** Kendall's tau-b between the two rankings; null when one of them ties everybody. */
  readonly tau: number | null;
  /**
   * One-sided p of tau under random orders: the share of all orders (up to 8 algorithms) or of up to 20,000 drawn ones with a tau at least as
   * large.
   */
  readonly tauP: number | null;
  readonly algorithms: readonly AlgorithmGeneralisation[];
}

/** The phases of a scheme, as sides, where the table has both. */
export function phaseSides(table: PreparedTable, scheme: RankingScheme): readonly GeneralisationSide[] {
  return (scheme.tasks.phases ?? []).flatMap((phase) => {
    const tasks = table.tasks.map((task) => task.id).filter((id) => phase.tasks.includes(plainTaskName(id)));
    return tasks.length === 0 ? [] : [{ title: phase.title, selection: { tasks } }];
  });
}

/** The values of an attribute, as sides. */
export function attributeSides(table: PreparedTable, attribute: string): readonly GeneralisationSide[] {
  const values = new Set<string | number>();
  for (const task of table.tasks)
    for (const own of task.attributes) {
      const value = own[attribute];
      if (value !== undefined) values.add(value);
    }
  return [...values]
    .sort((a, b) => (String(a) < String(b) ? -1 : 1))
    .map((value) => ({ title: `${attribute} ${value}`, selection: { attributes: { [attribute]: value } } }));
}

interface SideResult {
  readonly ranks: ReadonlyMap<string, number>;
  /** Case scores of each algorithm on the first metric, regions averaged per case. */
  readonly scores: ReadonlyMap<string, readonly number[]>;
  readonly sign: 1 | -1;
}

function rankSide(table: PreparedTable, scheme: RankingScheme, side: GeneralisationSide, metric: string): SideResult {
  const part = selectTable(table, side.selection);
  const evaluator = schemeEvaluator(part, scheme);
  const { ranks } = evaluator.evaluate(fullWeights(evaluator)).overall;
  const { ranked } = evaluator.units;
  const describing: RankingScheme = {
    ...scheme,
    metrics: [{ metric, weight: 1 }],
    regions: "mean-per-case",
    subsets: [],
    missing: { ...scheme.missing, failed: typeof scheme.missing.failed === "object" ? "worst" : scheme.missing.failed },
  };
  const { units } = rankingUnits(part, describing, ranked);
  const names = Array.from(ranked, (index) => part.algorithms[index] as string);
  return {
    ranks: new Map(names.map((name, row) => [name, ranks[row] as number])),
    scores: new Map(
      names.map((name, row) => [
        name,
        units.flatMap((unit) => {
          const m = unit.cases.length;
          return [...unit.values.subarray(row * m, (row + 1) * m)].filter((value) => !Number.isNaN(value));
        }),
      ]),
    ),
    sign: units[0]?.sign ?? 1,
  };
}

/**
 * Compares the ranking on two sides.
 *
 * @param metric key of the metric whose means are compared; default the scheme's first
 * @throws SchemeMismatchError when a side lacks what the scheme needs
 */
export function generalisation(
  table: PreparedTable,
  scheme: RankingScheme,
  from: GeneralisationSide,
  to: GeneralisationSide,
  metric: string = table.metrics[schemeMetrics(table, scheme)[0]?.metric ?? 0]?.key ?? "",
): Generalisation {
  const a = rankSide(table, scheme, from, metric);
  const b = rankSide(table, scheme, to, metric);
  const names = [...a.ranks.keys()].filter((name) => b.ranks.has(name));
  const x = names.map((name) => a.ranks.get(name) as number);
  const y = names.map((name) => b.ranks.get(name) as number);
  const tau = kendallTauB(x, y);
  const algorithms = names.map((algorithm): AlgorithmGeneralisation => {
    const before = a.scores.get(algorithm) ?? [];
    const after = b.scores.get(algorithm) ?? [];
    const test = rankSumTest(before, after, { alternative: "two-sided", variance: "tied", correction: "continuity" });
    return {
      algorithm,
      from: { rank: a.ranks.get(algorithm) as number, mean: mean(before), n: before.length },
      to: { rank: b.ranks.get(algorithm) as number, mean: mean(after), n: after.length },
      change: a.sign * (mean(after) - mean(before)),
      changeInterval: welchInterval(before, after, a.sign),
      p: Number.isNaN(test.p) ? null : test.p,
    };
  });
  algorithms.sort((p, q) => p.from.rank - q.from.rank || (p.algorithm < q.algorithm ? -1 : 1));
  return {
    from: from.title,
    to: to.title,
    metric,
    tau: Number.isNaN(tau) ? null : tau,
    tauP: Number.isNaN(tau) ? null : tauP(x, y, tau),
    algorithms,
  };
}

function welchInterval(before: readonly number[], after: readonly number[], sign: 1 | -1): Interval | null {
  if (before.length < 2 || after.length < 2) return null;
  const u = standardDeviation(before) ** 2 / before.length;
  const v = standardDeviation(after) ** 2 / after.length;
  const centre = sign * (mean(after) - mean(before));
  if (u + v === 0) return [centre, centre];
  const degrees = (u + v) ** 2 / (u ** 2 / (before.length - 1) + v ** 2 / (after.length - 1));
  const half = studentUpperQuantile(0.025, degrees) * Math.sqrt(u + v);
  return [centre - half, centre + half];
}

/** Heap's algorithm over all orders, or seeded shuffles when there are too many. */
function tauP(x: readonly number[], y: readonly number[], observed: number): number {
  const n = x.length;
  const order = [...y];
  let total = 0;
  let extreme = 0;
  const count = (): void => {
    total++;
    if (kendallTauB(x, order) >= observed - 1e-12) extreme++;
  };
  if (n <= 8) {
    const state = new Int32Array(n);
    count();
    for (let i = 0; i < n; ) {
      if ((state[i] as number) < i) {
        const j = i % 2 === 0 ? 0 : (state[i] as number);
        [order[i], order[j]] = [order[j] as number, order[i] as number];
        count();
        state[i] = (state[i] as number) + 1;
        i = 0;
      } else {
        state[i] = 0;
        i++;
      }
    }
    return extreme / total;
  }
  const draws = n > 100 ? 200 : n > 30 ? 2000 : 20_000;
  for (let draw = 0; draw < draws; draw++) {
    const { index } = counterStream(1, draw, 0x7a);
    for (let i = n - 1; i > 0; i--) {
      const j = index(i + 1);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    count();
  }
  return (extreme + 1) / (total + 1);
}
