/**
 * Are two groups of cases alike? Kolmogorov-Smirnov for numbers, chi-square for categories. They describe; with many comparisons some
 * small p-values are expected.
 */

export interface TestResult {
  readonly statistic: number;
  readonly p: number;
}

/**
 * Two-sample Kolmogorov-Smirnov test, two-sided, with the asymptotic distribution and Stephens' correction for small samples
 * (Numerical Recipes, 3rd edition, section 14.3.3). Null when a group is empty.
 */
export function kolmogorovSmirnov(first: readonly number[], second: readonly number[]): TestResult | null {
  if (first.length === 0 || second.length === 0) return null;
  const a = Float64Array.from(first).sort();
  const b = Float64Array.from(second).sort();
  let [i, j, d] = [0, 0, 0];
  while (i < a.length && j < b.length) {
    const x = Math.min(a[i] as number, b[j] as number);
    while (i < a.length && (a[i] as number) <= x) i += 1;
    while (j < b.length && (b[j] as number) <= x) j += 1;
    d = Math.max(d, Math.abs(i / a.length - j / b.length));
  }
  const n = Math.sqrt((a.length * b.length) / (a.length + b.length));
  return { statistic: d, p: kolmogorovTail((n + 0.12 + 0.11 / n) * d) };
}

/** Probability that the Kolmogorov distribution exceeds x. */
function kolmogorovTail(x: number): number {
  if (x < 0.2) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k += 1) {
    const term = Math.exp(-2 * k * k * x * x);
    sum += (k % 2 === 1 ? 1 : -1) * term;
    if (term < 1e-16) break;
  }
  return Math.max(0, Math.min(1, 2 * sum));
}

/**
 * Pearson's chi-square test of homogeneity of counts in two groups. Null when a group is empty or all values are alike.
 * Categories that occur in neither group are left out.
 */
export function chiSquare(first: ReadonlyMap<string, number>, second: ReadonlyMap<string, number>): TestResult | null {
  const keys = [...new Set([...first.keys(), ...second.keys()])];
  const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((total, n) => total + n, 0);
  const [n1, n2] = [sum(first), sum(second)];
  if (n1 === 0 || n2 === 0 || keys.length < 2) return null;
  let statistic = 0;
  for (const key of keys) {
    const [a, b] = [first.get(key) ?? 0, second.get(key) ?? 0];
    for (const [observed, n] of [
      [a, n1],
      [b, n2],
    ] as const) {
      const expected = ((a + b) * n) / (n1 + n2);
      if (expected > 0) statistic += (observed - expected) ** 2 / expected;
    }
  }
  return { statistic, p: upperGamma((keys.length - 1) / 2, statistic / 2) };
}

/** Regularised upper incomplete gamma function Q(a, x): series below a + 1, continued fraction (Lentz) above. */
export function upperGamma(a: number, x: number): number {
  if (x <= 0) return 1;
  const front = Math.exp(-x + a * Math.log(x) - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; n < 1000; n += 1) {
      term *= x / (a + n);
      sum += term;
      if (term < sum * 1e-16) break;
    }
    return Math.max(0, 1 - front * sum);
  }
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let h = d;
  for (let n = 1; n < 1000; n += 1) {
    const an = -n * (n - a);
    b += 2;
    d = 1 / (an * d + b || 1e-300);
    c = b + an / c || 1e-300;
    const step = c * d;
    h *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return front * h;
}

/** Logarithm of the gamma function for positive numbers (Lanczos, g = 7, 9 terms). */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  let sum = 0.9999999999998099;
  terms.forEach((term, n) => {
    sum += term / (x + n);
  });
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}
