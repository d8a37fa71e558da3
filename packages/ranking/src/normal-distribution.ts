/**
 * The standard normal distribution, with relative accuracy far into the tail (z = 37), because p-values are compared relatively.
 * Below |z| = 2.5 the series of Abramowitz & Stegun 26.2.11, above it the continued fraction 26.2.14.
 */

const inverseRootTwoPi = 0.398_942_280_401_432_7;

/** Density of the standard normal distribution. */
export function normalDensity(z: number): number {
  // exp of a split square: z*z is rounded, and for z = 30 that rounding alone costs 1e-14 of the result.
  const coarse = Math.trunc(z * 16) / 16;
  return inverseRootTwoPi * Math.exp(-0.5 * coarse * coarse) * Math.exp(-0.5 * (z - coarse) * (z + coarse));
}

/**
 * Probability that a standard normal variable is larger than `z`. 1 for -Infinity, 0 for Infinity, NaN for NaN.
 *
 * @example
 * ```ts
 * normalUpperTail(1.959963984540054); // 0.025
 * ```
 */
export function normalUpperTail(z: number): number {
  if (Number.isNaN(z)) return Number.NaN;
  if (z < 0) return 1 - upperTailOfPositive(-z);
  return upperTailOfPositive(z);
}

function upperTailOfPositive(z: number): number {
  if (z > 38.6) return 0;
  if (z < 2.5) {
    let term = z;
    let sum = z;
    for (let k = 3; k < 400 && term > sum * 1e-17; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 0.5 - normalDensity(z) * sum;
  }
  let fraction = 0;
  for (let k = z < 5 ? 160 : 60; k > 0; k--) fraction = k / (z + fraction);
  return normalDensity(z) / (z + fraction);
}

/**
 * The value that a standard normal variable stays below with probability `p` (0 to 1 gives -Infinity to Infinity).
 *
 * @throws RangeError when p is not within 0 and 1
 */
export function normalQuantile(p: number): number {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`normalQuantile: p must be within 0 and 1, found ${p}`);
  if (p === 0.5) return 0;
  if (p > 0.5) return normalUpperQuantile(1 - p);
  return -normalUpperQuantile(p);
}

/** The z whose upper tail is `tail` (0 < tail <= 0.5 is exact far into the tail; larger values by symmetry). */
export function normalUpperQuantile(tail: number): number {
  if (tail === 0) return Number.POSITIVE_INFINITY;
  if (tail > 0.5) return -normalUpperQuantile(1 - tail);
  // Newton on log(tail), which is nearly quadratic in z and therefore converges from a rough start.
  let z = Math.sqrt(Math.max(0, -2 * Math.log(2 * tail)));
  for (let i = 0; i < 60; i++) {
    const upper = upperTailOfPositive(z);
    const step = (Math.log(upper / tail) * upper) / normalDensity(z);
    z = Math.max(0, z + step);
    if (Math.abs(step) < 1e-15 * (1 + z)) break;
  }
  return z;
}
