/**
 * Bootstrap of a ranking over cases: each draw takes as many cases as the task has, with replacement, for all algorithms together, and
 * the whole ranking is computed again. Draw k depends on the seed and k alone, so ranges of draws may be computed anywhere and joined.
 *
 * A case that is drawn twice counts twice. `compat: "challengeR-1.0.5"` reproduces what that package does instead (its ranks of
 * rank-then-aggregate count a copy about squared, its test-then-rank drops copies); with `generator: "lecuyer-cmrg"` it also takes the
 * same draws as R after `set.seed(seed, kind = "L'Ecuyer-CMRG")`.
 */
import { type LecuyerState, lecuyerIndex, lecuyerSeed } from "./lecuyer-cmrg.ts";
import { counterStream } from "./philox.ts";
import type { PreparedTable, PreparedTask } from "./prepared-table.ts";
import type { RankingScheme } from "./scheme.ts";
import { fullWeights, type SchemeEvaluator, type SchemeRanks, schemeEvaluator } from "./scheme-evaluator.ts";

/**
 * What is drawn. `cases`: cases of a task. `stratified`: as many cases from each group (centre) as it has: for claims about these
 * centres. `groups-then-cases`: groups first, then cases within: for claims about other centres.
 */
export type Resampling = "cases" | "stratified" | "groups-then-cases";

export interface BootstrapOptions {
  readonly draws: number;
  readonly seed: number;
  /** Default `cases`. */
  readonly resampling?: Resampling;
  /** Case attribute that names the group; default `centre`. A case without it is a group of its own name, `no centre`. */
  readonly group?: string;
  /** Default `philox`. */
  readonly generator?: "philox" | "lecuyer-cmrg";
  readonly compat?: "challengeR-1.0.5";
}

/** Most draws of one bootstrap. */
export const drawLimit = 100_000;

/** Ranks of a range of draws. Rows are draws, columns the ranked algorithms. */
export interface BootstrapDraws {
  readonly from: number;
  readonly to: number;
  readonly algorithms: number;
  readonly overall: Float64Array;
  readonly tasks: readonly Float64Array[];
  readonly phases: readonly Float64Array[];
}

export interface BootstrapPlan {
  readonly evaluator: SchemeEvaluator;
  readonly options: Required<Omit<BootstrapOptions, "compat">> & Pick<BootstrapOptions, "compat">;
  /** Writes the multiplicities of one draw, by task. */
  readonly drawWeights: (draw: number, weights: readonly Int32Array[]) => void;
}

/**
 * Prepares a bootstrap of `scheme` on `table`.
 *
 * @throws RangeError for a number of draws outside 1 to {@link drawLimit}, a seed that is not a whole number from 0, or a combination
 *   that R does not have (`lecuyer-cmrg` draws single cases only)
 */
export function planBootstrap(table: PreparedTable, scheme: RankingScheme, options: BootstrapOptions): BootstrapPlan {
  const { draws, seed, resampling = "cases", group = "centre", generator = "philox", compat } = options;
  if (!Number.isInteger(draws) || draws < 1 || draws > drawLimit)
    throw new RangeError(`bootstrap: draws must be a whole number from 1 to ${drawLimit}, found ${draws}`);
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new RangeError(`bootstrap: the seed must be a whole number from 0, found ${seed}`);
  if (generator === "lecuyer-cmrg" && resampling !== "cases")
    throw new RangeError("bootstrap: the L'Ecuyer-CMRG replay draws cases, not groups");
  const evaluator = schemeEvaluator(table, scheme, { multiplicity: compat ?? "correct", seed });
  const complete = { draws, seed, resampling, group, generator, ...(compat === undefined ? {} : { compat }) };
  const drawWeights =
    generator === "lecuyer-cmrg" ? lecuyerDraws(table.tasks, seed) : counterDraws(table.tasks, seed, resampling, group);
  return { evaluator, options: complete, drawWeights };
}

/** Case indices by group, groups in the order of their names. */
export function casesByGroup(task: PreparedTask, group: string): readonly (readonly [string, Int32Array])[] {
  const groups = new Map<string, number[]>();
  for (const [index, attributes] of task.attributes.entries()) {
    // On its way to a worker an object gets its prototype back.
    const name = Object.hasOwn(attributes, group) ? String(attributes[group]) : `no ${group}`;
    const list = groups.get(name);
    if (list === undefined) groups.set(name, [index]);
    else list.push(index);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, list]) => [name, Int32Array.from(list)] as const);
}

function counterDraws(
  tasks: readonly PreparedTask[],
  seed: number,
  resampling: Resampling,
  group: string,
): BootstrapPlan["drawWeights"] {
  const groups = tasks.map((task) =>
    resampling === "cases"
      ? [Int32Array.from(task.cases, (_, index) => index)]
      : casesByGroup(task, group).map(([, cases]) => cases),
  );
  return (draw, weights) => {
    for (let task = 0; task < tasks.length; task++) {
      const counts = (weights[task] as Int32Array).fill(0);
      const { index } = counterStream(seed, draw, task);
      const own = groups[task] as readonly Int32Array[];
      for (let g = 0; g < own.length; g++) {
        const cases = own[resampling === "groups-then-cases" ? index(own.length) : g] as Int32Array;
        for (let k = 0; k < cases.length; k++) {
          const drawn = cases[index(cases.length)] as number;
          counts[drawn] = (counts[drawn] as number) + 1;
        }
      }
    }
  };
}

/** R draws one number after the other, so a range that does not follow on the last one starts again from the seed. */
function lecuyerDraws(tasks: readonly PreparedTask[], seed: number): BootstrapPlan["drawWeights"] {
  let state: LecuyerState = lecuyerSeed(seed);
  let position = 0;
  const advance = (weights: readonly Int32Array[] | null) => {
    for (const [task, { appearance }] of tasks.entries()) {
      const counts = weights?.[task]?.fill(0);
      for (let k = 0; k < appearance.length; k++) {
        const drawn = appearance[lecuyerIndex(state, appearance.length)] as number;
        if (counts !== undefined) counts[drawn] = (counts[drawn] as number) + 1;
      }
    }
    position++;
  };
  return (draw, weights) => {
    if (draw < position) {
      state = lecuyerSeed(seed);
      position = 0;
    }
    while (position < draw) advance(null);
    advance(weights);
  };
}

/** The ranking of one explicit draw: multiplicities of the cases, by task. */
export function rankDraw(plan: BootstrapPlan, weights: readonly Int32Array[]): SchemeRanks {
  return plan.evaluator.evaluate(weights);
}

/**
 * Computes the draws `from` (inclusive) to `to` (exclusive).
 *
 * @example
 * ```ts
 * const first = runBootstrap(plan, 0, 500);
 * const both = joinDraws([first, runBootstrap(plan, 500, 1000)]); // equal to runBootstrap(plan, 0, 1000)
 * ```
 */
export function runBootstrap(plan: BootstrapPlan, from: number, to: number): BootstrapDraws {
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && to >= from && to <= plan.options.draws))
    throw new RangeError(`runBootstrap: ${from} to ${to} is not a range of the ${plan.options.draws} draws`);
  const { evaluator } = plan;
  const algorithms = evaluator.units.ranked.length;
  const rows = to - from;
  const overall = new Float64Array(rows * algorithms);
  const tasks = evaluator.caseCounts.map(() => new Float64Array(rows * algorithms));
  const phases = evaluator.phases.map(() => new Float64Array(rows * algorithms));
  const weights = fullWeights(evaluator);
  for (let row = 0; row < rows; row++) {
    plan.drawWeights(from + row, weights);
    const result = evaluator.evaluate(weights);
    overall.set(result.overall.ranks, row * algorithms);
    for (const [task, { ranks }] of result.tasks.entries()) tasks[task]?.set(ranks, row * algorithms);
    for (const [phase, { ranks }] of result.phases.entries()) phases[phase]?.set(ranks, row * algorithms);
  }
  return { from, to, algorithms, overall, tasks, phases };
}

/**
 * Joins ranges of one plan, in any order.
 *
 * @throws RangeError when the ranges overlap or leave a gap
 */
export function joinDraws(parts: readonly BootstrapDraws[]): BootstrapDraws {
  const sorted = [...parts].sort((a, b) => a.from - b.from);
  const first = sorted[0];
  const last = sorted.at(-1);
  if (first === undefined || last === undefined) throw new RangeError("joinDraws: no ranges");
  for (const [index, part] of sorted.entries())
    if (index > 0 && part.from !== sorted[index - 1]?.to)
      throw new RangeError(`joinDraws: draw ${part.from} does not follow`);
  const join = (pick: (part: BootstrapDraws) => Float64Array | undefined): Float64Array => {
    const whole = new Float64Array((last.to - first.from) * first.algorithms);
    for (const part of sorted) whole.set(pick(part) ?? [], (part.from - first.from) * first.algorithms);
    return whole;
  };
  return {
    from: first.from,
    to: last.to,
    algorithms: first.algorithms,
    overall: join((part) => part.overall),
    tasks: first.tasks.map((_, task) => join((part) => part.tasks[task])),
    phases: first.phases.map((_, phase) => join((part) => part.phases[phase])),
  };
}
