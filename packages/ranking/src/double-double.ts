/**
 * Double-double sums: a value is kept as an unevaluated sum of two doubles, about 106 bits (Dekker 1971; Knuth, TAOCP 4.2.2).
 *
 * Why: equality of means decides ties. R's `mean()` sums in 80-bit long double and corrects once; two algorithms whose scores are
 * permutations of each other must have equal means whatever the order of the sum. One rounding at the end gives that.
 */

const splitter = 134_217_729; // 2^27 + 1

/** Rounding error of the product a*b, given its rounded value (Veltkamp split, no FMA). */
function productError(a: number, b: number, product: number): number {
  const aBig = a * splitter;
  const aHigh = aBig - (aBig - a);
  const aLow = a - aHigh;
  const bBig = b * splitter;
  const bHigh = bBig - (bBig - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** A running sum with about 106 bits. */
export interface DoubleDouble {
  readonly high: number;
  readonly low: number;
}

/** Sum of a double-double and a double. */
export function addDouble(sum: DoubleDouble, value: number): DoubleDouble {
  const high = sum.high + value;
  const part = high - sum.high;
  const error = sum.high - (high - part) + (value - part);
  return normalise(high, error + sum.low);
}

/** Sum of two double-doubles. */
export function addDoubleDouble(a: DoubleDouble, b: DoubleDouble): DoubleDouble {
  const high = a.high + b.high;
  const part = high - a.high;
  const error = a.high - (high - part) + (b.high - part);
  return normalise(high, error + a.low + b.low);
}

/** Product of a double-double and a double. */
export function timesDouble(a: DoubleDouble, factor: number): DoubleDouble {
  const product = a.high * factor;
  return normalise(product, productError(a.high, factor, product) + a.low * factor);
}

/** Quotient of a double-double and a double. */
export function overDouble(a: DoubleDouble, divisor: number): DoubleDouble {
  const first = a.high / divisor;
  const product = first * divisor;
  const rest = a.high - product - productError(first, divisor, product) + a.low;
  return normalise(first, rest / divisor);
}

function normalise(high: number, low: number): DoubleDouble {
  const sum = high + low;
  return { high: sum, low: low - (sum - high) };
}

export const zero: DoubleDouble = { high: 0, low: 0 };

/** Sum of `values`, rounded once; 0 for an empty list. */
export function sum(values: ArrayLike<number>): number {
  let total = zero;
  for (let i = 0; i < values.length; i++) total = addDouble(total, values[i] as number);
  return total.high + total.low;
}

/**
 * Arithmetic mean of `values`, summed in double-double and rounded once. NaN for an empty list.
 *
 * Equal to R's `mean()` (long double with one correction pass) on every value of the reference vectors.
 *
 * @example
 * ```ts
 * mean([0.1, 0.2, 0.3]) === mean([0.3, 0.2, 0.1]); // true
 * ```
 */
export function mean(values: ArrayLike<number>): number {
  if (values.length === 0) return Number.NaN;
  let total = zero;
  for (let i = 0; i < values.length; i++) total = addDouble(total, values[i] as number);
  const quotient = overDouble(total, values.length);
  return quotient.high + quotient.low;
}
