import { expect, test } from "vitest";
import { chiSquare, kolmogorovSmirnov, upperGamma } from "./two-sample-tests.ts";

test("chi-square tail at the table's critical values", () => {
  // Degrees of freedom, critical value at 5 % (any statistics textbook).
  for (const [df, critical] of [
    [1, 3.841459],
    [2, 5.991465],
    [5, 11.070498],
    [10, 18.307038],
    [30, 43.772972],
  ] as const) {
    expect(upperGamma(df / 2, critical / 2)).toBeCloseTo(0.05, 6);
  }
});

test("Kolmogorov-Smirnov", () => {
  const first = Array.from({ length: 40 }, (_, n) => n);
  expect(kolmogorovSmirnov(first, first)).toEqual({ statistic: 0, p: 1 });
  const shifted = kolmogorovSmirnov(
    first,
    first.map((value) => value + 20),
  );
  expect(shifted?.statistic).toBeCloseTo(0.5, 12);
  expect(shifted?.p).toBeLessThan(1e-4);
  expect(kolmogorovSmirnov([], first)).toBeNull();
  // The asymptotic 5 % point is 1.358.
  const n = 2000;
  const base = Array.from({ length: n }, (_, i) => i / n);
  const d = 1.358 / Math.sqrt(n / 2);
  const other = base.map((value) => value + d);
  expect(kolmogorovSmirnov(base, other)?.p).toBeCloseTo(0.05, 2);
});

test("chi-square of homogeneity", () => {
  const result = chiSquare(
    new Map([
      ["F", 30],
      ["M", 20],
    ]),
    new Map([
      ["F", 20],
      ["M", 30],
    ]),
  );
  expect(result?.statistic).toBeCloseTo(4, 12);
  expect(result?.p).toBeCloseTo(0.0455, 4);
  expect(chiSquare(new Map([["F", 3]]), new Map([["F", 5]]))).toBeNull();
});
