/**
 * Distribution functions that rest on the incomplete beta and gamma functions: Student's t, F and chi-square.
 * Continued fractions by Lentz's method (NIST DLMF 8.9.2 and 8.17.22); log-gamma by the Lanczos sum (g = 7, 9 terms).
 */

const lanczos = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6,
  1.505_632_735_149_311_6e-7,
];

/** Natural logarithm of the gamma function, x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  let series = lanczos[0] as number;
  for (let i = 1; i < lanczos.length; i++) series += (lanczos[i] as number) / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(series);
}

/** Regularised incomplete beta function I_x(a, b). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  const tiny = 1e-300;
  let c = 1;
  let d = 1 - ((a + b) * x) / (a + 1);
  d = 1 / (Math.abs(d) < tiny ? tiny : d);
  let value = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 + even * d;
    c = 1 + even / c;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    if (Math.abs(c) < tiny) c = tiny;
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + odd * d;
    c = 1 + odd / c;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    if (Math.abs(c) < tiny) c = tiny;
    const delta = d * c;
    value *= delta;
    if (Math.abs(delta - 1) < 1e-16) break;
  }
  return front * value;
}

/** Probability that a Student t variable with `degrees` degrees of freedom is larger than `t`. */
export function studentUpperTail(t: number, degrees: number): number {
  if (Number.isNaN(t)) return Number.NaN;
  if (t === 0) return 0.5;
  const square = t * t;
  const half = Number.isFinite(square) ? 0.5 * incompleteBeta(degrees / (degrees + square), degrees / 2, 0.5) : 0;
  return t > 0 ? half : 1 - half;
}

/** Quantiles found so far: a table of intervals asks for the same few again and again. */
const quantiles = new Map<string, number>();

/**
 * The t whose upper tail is `tail` (0 < tail < 1): `studentUpperQuantile(0.025, 9)` is the factor of a 95 % interval of 10 values.
 *
 * @throws RangeError when tail is not between 0 and 1 or degrees is not positive
 */
export function studentUpperQuantile(tail: number, degrees: number): number {
  if (!(tail > 0 && tail < 1) || !(degrees > 0))
    throw new RangeError(`studentUpperQuantile: tail ${tail}, degrees ${degrees}`);
  if (tail === 0.5) return 0;
  if (tail > 0.5) return -studentUpperQuantile(1 - tail, degrees);
  const key = `${tail} ${degrees}`;
  const known = quantiles.get(key);
  if (known !== undefined) return known;
  let low = 0;
  let high = 1;
  while (studentUpperTail(high, degrees) > tail && high < 1e300) high *= 2;
  for (let i = 0; i < 200 && high - low > 1e-15 * high; i++) {
    const middle = (low + high) / 2;
    if (studentUpperTail(middle, degrees) > tail) low = middle;
    else high = middle;
  }
  const found = (low + high) / 2;
  // Welch's degrees of freedom are never the same twice; they must not fill the memory.
  if (quantiles.size < 10_000) quantiles.set(key, found);
  return found;
}

/** Probability that an F variable is larger than `f`. */
export function fUpperTail(f: number, numerator: number, denominator: number): number {
  if (Number.isNaN(f)) return Number.NaN;
  if (f <= 0) return 1;
  if (f === Number.POSITIVE_INFINITY) return 0;
  return incompleteBeta(denominator / (denominator + numerator * f), denominator / 2, numerator / 2);
}

/** Probability that a chi-square variable with `degrees` degrees of freedom is larger than `x`. */
export function chiSquareUpperTail(x: number, degrees: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 1;
  const a = degrees / 2;
  const h = x / 2;
  const front = Math.exp(a * Math.log(h) - h - logGamma(a));
  if (h < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let k = 1; k < 10_000 && term > sum * 1e-17; k++) {
      term *= h / (a + k);
      sum += term;
    }
    return 1 - front * sum;
  }
  let b = h + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let value = d;
  for (let k = 1; k < 10_000; k++) {
    const an = -k * (k - a);
    b += 2;
    d = 1 / (an * d + b);
    c = b + an / c;
    const delta = c * d;
    value *= delta;
    if (Math.abs(delta - 1) < 1e-16) break;
  }
  return front * value;
}
