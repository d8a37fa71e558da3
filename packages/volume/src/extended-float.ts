/**
 * Exact emulation of the x87 80-bit extended format (64-bit significand, round to nearest even) for the few operations that turn
 * a NIfTI quaternion into a matrix.
 *
 * Why: nibabel computes qform matrices in numpy's `longdouble` and rounds to float64 once at the end. Affines are compared to the
 * bit with what it reads, and float64 arithmetic differs in the last place for oblique images. Only the exponent range is wider
 * than the hardware's; header values cannot reach it.
 */

/** value = significand * 2^exponent; the significand has exactly 64 bits, or is 0. */
export interface Extended {
  readonly significand: bigint;
  readonly exponent: number;
}

export const extendedZero: Extended = { significand: 0n, exponent: 0 };
const precision = 64;

function bitLength(value: bigint): number {
  return value.toString(2).length;
}

/** `magnitude` shifted to `bits` bits, rounded to nearest even; `sticky` tells of bits already lost below. */
function roundedShift(magnitude: bigint, drop: number, sticky: boolean): bigint {
  if (drop <= 0) return magnitude << BigInt(-drop);
  const shift = BigInt(drop);
  const kept = magnitude >> shift;
  const rest = magnitude - (kept << shift);
  const half = 1n << (shift - 1n);
  if (rest > half || (rest === half && (sticky || (kept & 1n) === 1n))) return kept + 1n;
  return kept;
}

function normalise(significand: bigint, exponent: number, sticky = false): Extended {
  if (significand === 0n) return extendedZero;
  const negative = significand < 0n;
  const magnitude = negative ? -significand : significand;
  const drop = bitLength(magnitude) - precision;
  let rounded = roundedShift(magnitude, drop, sticky);
  let power = exponent + drop;
  if (rounded >> BigInt(precision) !== 0n) {
    rounded >>= 1n;
    power += 1;
  }
  return { significand: negative ? -rounded : rounded, exponent: power };
}

/** A float64 as an extended number (always exact). */
export function toExtended(value: number): Extended {
  if (value === 0) return extendedZero;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const biased = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  const significand = biased === 0 ? fraction : fraction | (1n << 52n);
  return normalise(value < 0 ? -significand : significand, (biased === 0 ? 1 : biased) - 1075);
}

/** The nearest float64 (ties to even). */
export function fromExtended({ significand, exponent }: Extended): number {
  if (significand === 0n) return 0;
  const negative = significand < 0n;
  const magnitude = negative ? -significand : significand;
  // Subnormal results keep fewer bits.
  const drop = Math.max(precision - 53, -1074 - exponent);
  const rounded = Number(roundedShift(magnitude, drop, false));
  // Two steps, because 2^power alone can lie outside the range of float64.
  const power = exponent + drop;
  const half = Math.trunc(power / 2);
  const value = rounded * 2 ** half * 2 ** (power - half);
  return negative ? -value : value;
}

export function addExtended(first: Extended, second: Extended): Extended {
  if (first.significand === 0n) return second;
  if (second.significand === 0n) return first;
  const exponent = Math.min(first.exponent, second.exponent);
  const shifted = (value: Extended): bigint => value.significand << BigInt(value.exponent - exponent);
  return normalise(shifted(first) + shifted(second), exponent);
}

export function subtractExtended(first: Extended, second: Extended): Extended {
  return addExtended(first, { significand: -second.significand, exponent: second.exponent });
}

export function multiplyExtended(first: Extended, second: Extended): Extended {
  return normalise(first.significand * second.significand, first.exponent + second.exponent);
}

/** @throws RangeError on division by zero */
export function divideExtended(first: Extended, second: Extended): Extended {
  if (second.significand === 0n) throw new RangeError("division by zero");
  const shift = 2 * precision + 2;
  const numerator = first.significand << BigInt(shift);
  const quotient = numerator / second.significand;
  return normalise(quotient, first.exponent - second.exponent - shift, quotient * second.significand !== numerator);
}

/** Square root of a number that is not negative. */
export function rootExtended(value: Extended): Extended {
  if (value.significand === 0n) return extendedZero;
  let shift = 2 * precision + 2;
  if ((value.exponent - shift) % 2 !== 0) shift += 1;
  const radicand = value.significand << BigInt(shift);
  let root = 1n << BigInt(Math.ceil(bitLength(radicand) / 2));
  for (;;) {
    const better = (root + radicand / root) >> 1n;
    if (better >= root) break;
    root = better;
  }
  return normalise(root, (value.exponent - shift) / 2, root * root !== radicand);
}
