/**
 * Friedman's test that all algorithms are alike over the cases (1937), with Iman and Davenport's F (1980), and Nemenyi's pairwise
 * comparison after it (1963; Demsar, JMLR 7, 2006).
 */
import { ranks } from "./ranks.ts";
import { chiSquareUpperTail, fUpperTail } from "./special-functions.ts";
import { studentizedRangeUpperTail } from "./studentized-range.ts";

export interface FriedmanResult {
  readonly algorithms: number;
  readonly cases: number;
  /** Mean rank of each algorithm, 1 is best. */
  readonly meanRanks: Float64Array;
  /** Friedman's chi-square, corrected for ties (R `friedman.test`, scipy `friedmanchisquare`). */
  readonly chiSquare: number;
  readonly p: number;
  /** Iman and Davenport's F and its p; F is Infinity when every case ranks alike. */
  readonly f: number;
  readonly pImanDavenport: number;
  /** Nemenyi p-values, algorithms x algorithms, NaN on the diagonal. */
  readonly nemenyi: Float64Array;
}

/**
 * Friedman's test.
 *
 * @param values algorithms x cases, row by row, no NaN
 * @param sign 1 when larger is better, -1 when smaller is
 * @returns NaN for the statistics when there are fewer than two algorithms or two cases, or all values are equal within every case
 * @throws RangeError when the values do not fill the rows or hold NaN
 *
 * @example
 * ```ts
 * friedmanTest(Float64Array.of(0.9, 0.8, 0.7, 0.6, 0.5, 0.4), 2, 1).meanRanks; // Float64Array [1, 2]
 * ```
 */
export function friedmanTest(values: Float64Array, algorithms: number, sign: 1 | -1): FriedmanResult {
  const cases = algorithms === 0 ? 0 : values.length / algorithms;
  if (!Number.isInteger(cases)) throw new RangeError("friedmanTest: values do not fill algorithms x cases");
  if (values.some(Number.isNaN)) throw new RangeError("friedmanTest: values hold NaN");
  const meanRanks = new Float64Array(algorithms);
  let squares = 0;
  for (let c = 0; c < cases; c++) {
    const column = Float64Array.from({ length: algorithms }, (_, a) => -sign * (values[a * cases + c] as number));
    for (const [a, rank] of ranks(column, "average").entries()) {
      meanRanks[a] = (meanRanks[a] as number) + rank / cases;
      squares += rank * rank;
    }
  }
  const k = algorithms;
  const middle = (k + 1) / 2;
  let between = 0;
  for (const rank of meanRanks) between += (rank - middle) ** 2;
  // With ties the ranks of a case spread less than 1..k does; the spread that is there is the denominator (Conover 1999).
  const spread = squares - cases * k * middle ** 2;
  const chiSquare = k < 2 || cases < 2 || spread === 0 ? Number.NaN : (cases * cases * (k - 1) * between) / spread;
  const rest = cases * (k - 1) - chiSquare;
  const f = rest <= 1e-9 * cases * k ? Number.POSITIVE_INFINITY : ((cases - 1) * chiSquare) / rest;
  return {
    algorithms,
    cases,
    meanRanks,
    chiSquare,
    p: chiSquareUpperTail(chiSquare, k - 1),
    f: Number.isNaN(chiSquare) ? Number.NaN : f,
    pImanDavenport: Number.isNaN(chiSquare) ? Number.NaN : fUpperTail(f, k - 1, (k - 1) * (cases - 1)),
    nemenyi: nemenyi(meanRanks, cases),
  };
}

/** Nemenyi's p-values from mean ranks over `cases` cases: studentised range with infinite degrees of freedom. */
function nemenyi(meanRanks: Float64Array, cases: number): Float64Array {
  const k = meanRanks.length;
  const p = new Float64Array(k * k).fill(Number.NaN);
  const error = Math.sqrt((k * (k + 1)) / (12 * cases));
  for (let i = 0; i < k; i++)
    for (let j = 0; j < i; j++) {
      const q = Math.abs((meanRanks[i] as number) - (meanRanks[j] as number)) / error;
      p[i * k + j] = studentizedRangeUpperTail(q, k);
      p[j * k + i] = p[i * k + j] as number;
    }
  return p;
}
