/** A unit's score of each algorithm is a statistic of its values over the cases: challengeR's `aggregateThenRank`. */
import { overDouble } from "./double-double.ts";
import { quantilePosition } from "./quantile.ts";
import type { RankingUnit } from "./ranking-units.ts";
import { sortByKey } from "./ranks.ts";
import type { Statistic } from "./scheme.ts";

/**
 * Writes one score for each algorithm, larger is better, NaN where there is none. `weights` are the multiplicities of the task's cases:
 * ones for the ranking itself, the counts of a draw in the bootstrap.
 */
export type UnitEvaluator = (weights: Int32Array, scores: Float64Array) => void;

/** The evaluator of `unit` for a statistic. Values are prepared once, so that a draw costs one pass over them. */
export function aggregateEvaluator(unit: RankingUnit, statistic: Statistic): UnitEvaluator {
  if (statistic === "mean") return meanEvaluator(unit);
  if (statistic === "median") return quantileEvaluator(unit, 0.5);
  if (statistic === "min") return quantileEvaluator(unit, 0);
  if (statistic === "max") return quantileEvaluator(unit, 1);
  return quantileEvaluator(unit, statistic.quantile);
}

/** The multiplicities of the unit's own cases. */
export function gatherWeights(unit: RankingUnit, weights: Int32Array, out: Float64Array): number {
  let total = 0;
  for (let j = 0; j < unit.cases.length; j++) {
    const weight = weights[unit.cases[j] as number] as number;
    out[j] = weight;
    total += weight;
  }
  return total;
}

/**
 * Exact means at the price of two dot products: every value is split into a multiple of 2^(e-32) and one of 2^(e-64), e being the
 * exponent of the largest value. Sums of up to 2^20 multiples are exact in doubles, so the mean is rounded once, whatever the order.
 */
function meanEvaluator(unit: RankingUnit): UnitEvaluator {
  const m = unit.cases.length;
  const algorithms = m === 0 ? 0 : unit.values.length / m;
  let largest = 0;
  for (const value of unit.values) if (Math.abs(value) > largest) largest = Math.abs(value);
  const exponent = Math.min(990, Math.max(-950, Math.ceil(Math.log2(largest || 1))));
  const coarse = 2 ** (exponent - 32);
  const fine = 2 ** (exponent - 64);
  const high = new Float64Array(unit.values.length);
  const low = new Float64Array(unit.values.length);
  for (let i = 0; i < unit.values.length; i++) {
    const value = unit.values[i] as number;
    if (Number.isNaN(value)) continue;
    high[i] = Math.round(value / coarse) * coarse;
    low[i] = Math.round((value - (high[i] as number)) / fine) * fine;
  }
  const weight = new Float64Array(m);
  return (weights, scores) => {
    const total = gatherWeights(unit, weights, weight);
    for (let a = 0; a < algorithms; a++) {
      const row = a * m;
      let sumHigh = 0;
      let sumLow = 0;
      for (let j = 0; j < m; j++) {
        const w = weight[j] as number;
        sumHigh += w * (high[row + j] as number);
        sumLow += w * (low[row + j] as number);
      }
      const count = unit.complete ? total : presentWeight(unit.values, row, weight);
      scores[a] = count === 0 ? Number.NaN : unit.sign * quotient(sumHigh, sumLow, count);
    }
  };
}

function presentWeight(values: Float64Array, row: number, weight: Float64Array): number {
  let total = 0;
  for (let j = 0; j < weight.length; j++) if (!Number.isNaN(values[row + j])) total += weight[j] as number;
  return total;
}

function quotient(high: number, low: number, count: number): number {
  const sum = high + low;
  const part = sum - high;
  const result = overDouble({ high: sum, low: high - (sum - part) + (low - part) }, count);
  return result.high + result.low;
}

/** Quantile of type 7 of the values, each repeated as often as its case was drawn. */
function quantileEvaluator(unit: RankingUnit, p: number): UnitEvaluator {
  const m = unit.cases.length;
  const algorithms = m === 0 ? 0 : unit.values.length / m;
  const orders: Int32Array[] = [];
  const scratch = new Int32Array(m);
  for (let a = 0; a < algorithms; a++) {
    const row = unit.values.subarray(a * m, (a + 1) * m);
    const order = new Int32Array(m);
    let count = 0;
    for (let j = 0; j < m; j++) if (!Number.isNaN(row[j])) order[count++] = j;
    sortByKey(row, order, count, scratch);
    orders.push(order.slice(0, count));
  }
  const weight = new Float64Array(m);
  return (weights, scores) => {
    gatherWeights(unit, weights, weight);
    for (let a = 0; a < algorithms; a++)
      scores[a] = unit.sign * weightedQuantile(unit.values, a * m, orders[a] as Int32Array, weight, p);
  };
}

/** Quantile of the expanded sample, without expanding it. `order` sorts the row's values ascending. */
export function weightedQuantile(
  values: Float64Array,
  row: number,
  order: Int32Array,
  weight: Float64Array,
  p: number,
): number {
  let total = 0;
  for (const j of order) total += weight[j] as number;
  if (total === 0) return Number.NaN;
  const { lower, fraction } = quantilePosition(total, p);
  let passed = 0;
  let low = Number.NaN;
  for (const j of order) {
    passed += weight[j] as number;
    const value = values[row + j] as number;
    if (Number.isNaN(low)) {
      if (passed <= lower) continue;
      low = value;
      if (fraction === 0) return low;
    }
    if (passed > lower + 1)
      // R's median() takes the mean of the two middle values; for other quantiles its type 7 weighs them.
      return value === low ? low : p === 0.5 ? (low + value) / 2 : (1 - fraction) * low + fraction * value;
  }
  return low;
}
