/** Tests, distributions and intervals that the reference sets do not hold: published values and known answers. */
import { expect, test } from "vitest";
import {
  casesForIntervalWidth,
  chiSquareUpperTail,
  counterStream,
  friedmanTest,
  fUpperTail,
  mean,
  meanIntervalBca,
  meanIntervalPercentile,
  meanIntervalT,
  meanOfMeansInterval,
  medianIntervalOrderStatistic,
  medianIntervalPercentile,
  pairedEffect,
  philoxBlock,
  rankSumTest,
  signedRankOfDifferences,
  signFlipTest,
  smallestSignedRankP,
  studentizedRangeUpperTail,
  studentUpperTail,
  wilcoxonSignedRank,
} from "./index.ts";
import { sha256 } from "./sha256.ts";

test("Philox4x32-10 gives the known answers of Random123", () => {
  const out = new Uint32Array(4);
  const ones = 0xffffffff;
  philoxBlock([0, 0, 0, 0], [0, 0], out);
  expect([...out]).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
  philoxBlock([ones, ones, ones, ones], [ones, ones], out);
  expect([...out]).toEqual([0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd]);
  philoxBlock([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], out);
  expect([...out]).toEqual([0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1]);
});

test("SHA-256 gives the answers of FIPS 180-4", () => {
  const text = (value: string) => new TextEncoder().encode(value);
  expect(sha256(text("abc"))).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha256(text(""))).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(sha256(text("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))).toBe(
    "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1",
  );
});

test("a stream's whole numbers have no bias and do not depend on other streams", () => {
  const counts = new Array<number>(7).fill(0);
  for (let draw = 0; draw < 1000; draw++) {
    const { index } = counterStream(42, draw, 3);
    for (let k = 0; k < 70; k++) counts[index(7)]! += 1;
  }
  // 70,000 numbers over 7 values: chi-square with 6 degrees of freedom.
  const chi = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
  expect(chiSquareUpperTail(chi, 6)).toBeGreaterThan(0.001);
  const first = counterStream(1, 5, 0);
  const again = counterStream(1, 5, 0);
  counterStream(1, 4, 0).index(10);
  expect([first.index(1000), first.index(1000)]).toEqual([again.index(1000), again.index(1000)]);
  expect(() => counterStream(-1, 0, 0)).toThrow(RangeError);
  expect(() => counterStream(1.5, 0, 0)).toThrow(RangeError);
});

test("Friedman's test: the example of scipy's documentation", () => {
  const before = [72, 96, 88, 92, 74, 76, 82];
  const soon = [120, 120, 132, 120, 101, 96, 112];
  const later = [76, 95, 104, 96, 84, 72, 76];
  const result = friedmanTest(Float64Array.from([...before, ...soon, ...later]), 3, 1);
  expect(result.chiSquare).toBeCloseTo(10.57142857142857, 12);
  expect(result.p).toBeCloseTo(0.005063414171757498, 14);
  // F = (n - 1) chi / (n (k - 1) - chi)
  expect(result.f).toBeCloseTo((6 * 10.57142857142857) / (14 - 10.57142857142857), 10);
  expect([...result.meanRanks].map((rank) => Math.round(7 * rank))).toEqual([18, 7, 17]);
  expect(result.nemenyi[1]).toBeLessThan(0.05);
  expect(result.nemenyi[2]).toBeGreaterThan(0.9);
});

test("Friedman's test when there is nothing to compare", () => {
  expect(friedmanTest(new Float64Array(6).fill(0.5), 2, 1).p).toBeNaN();
  expect(friedmanTest(Float64Array.of(1, 2), 2, 1).p).toBeNaN();
  expect(() => friedmanTest(Float64Array.of(1, Number.NaN), 2, 1)).toThrow(RangeError);
  // Every case ranks alike: F is infinite and its p is 0.
  const same = friedmanTest(Float64Array.of(3, 3.1, 3.2, 2, 2.1, 2.2, 1, 1.1, 1.2), 3, 1);
  expect(same.f).toBe(Number.POSITIVE_INFINITY);
  expect(same.pImanDavenport).toBe(0);
});

test("studentised range: tabulated 5 % points for infinite degrees of freedom", () => {
  for (const [k, q] of [
    [2, 2.772],
    [3, 3.314],
    [5, 3.858],
    [10, 4.474],
    [20, 5.012],
  ] as const)
    expect(studentizedRangeUpperTail(q, k)).toBeCloseTo(0.05, 3);
  // The range of two normal variables is a folded normal.
  expect(studentizedRangeUpperTail(Math.SQRT2 * 1.959963984540054, 2)).toBeCloseTo(0.05, 9);
});

test("F and chi-square agree with t and with each other", () => {
  for (const t of [0.3, 1.7, 4]) expect(fUpperTail(t * t, 1, 9)).toBeCloseTo(2 * studentUpperTail(t, 9), 13);
  expect(chiSquareUpperTail(5.991464547107979, 2)).toBeCloseTo(0.05, 13);
  expect(chiSquareUpperTail(0.5, 1)).toBeCloseTo(0.4795001221869535, 12);
});

test("exact signed-rank test: every sign pattern is counted", () => {
  const options = { alternative: "greater", zeros: "drop", distribution: "exact", correction: "none" } as const;
  expect(signedRankOfDifferences([1, 2, 3, 4, 5], options).p).toBe(1 / 32);
  expect(signedRankOfDifferences([-1, 2, 3, 4, 5], options).p).toBe(2 / 32);
  // Shared ranks: 1 and 1 share 1.5; of the 8 patterns of (1.5, 1.5, 3) two reach 4.5 or more from {3+1.5, 3+1.5, 6}.
  expect(signedRankOfDifferences([1, -1, 2], options).p).toBe(3 / 8);
  expect(signedRankOfDifferences([0, 0], options).p).toBe(1);
  expect(signedRankOfDifferences([0, 0], { ...options, alternative: "two-sided" }).p).toBeNaN();
  expect(smallestSignedRankP(5, "exact")).toBe(1 / 32);
  const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  const normal = wilcoxonSignedRank(ten, new Array<number>(10).fill(0), {
    ...options,
    distribution: "normal",
    correction: "continuity",
  });
  expect(smallestSignedRankP(10, "normal")).toBeCloseTo(normal.p, 15);
});

test("sign-flip test: exact, drawn, and equal where both are possible", () => {
  const differences = [0.4, 0.1, -0.2, 0.3, 0.25, 0.6, -0.05, 0.2, 0.15, 0.1];
  const exact = signFlipTest(differences, { alternative: "greater", exactUpTo: 16, draws: 0, seed: 1 });
  const drawn = signFlipTest(differences, { alternative: "greater", exactUpTo: 5, draws: 20_000, seed: 1 });
  expect(exact.used).toBe("exact");
  expect(drawn.used).toBe("drawn");
  expect(Math.abs(exact.p - drawn.p)).toBeLessThan(0.005);
  expect(signFlipTest([0, 0], { alternative: "greater", exactUpTo: 16, draws: 0, seed: 1 }).p).toBe(1);
  const all = (alternative: "greater" | "less" | "two-sided") =>
    signFlipTest([1, 2, 3], { alternative, exactUpTo: 16, draws: 0, seed: 1 }).p;
  expect([all("greater"), all("less"), all("two-sided")]).toEqual([1 / 8, 1, 2 / 8]);
});

test("rank-sum test: two-sided without ties as scipy's ranksums", () => {
  // u = 0 of 9 pairs; z = -4.5 / sqrt(5.25)
  const result = rankSumTest([1, 2, 3], [4, 5, 6], {
    alternative: "two-sided",
    variance: "untied",
    correction: "none",
  });
  expect(result.u).toBe(0);
  expect(result.z).toBeCloseTo(-4.5 / Math.sqrt(5.25), 14);
  expect(result.p).toBeCloseTo(0.049534613435626706, 14);
});

test("intervals of means", () => {
  const [low, high] = meanIntervalT([0.8, 0.9, 1])!;
  expect(low).toBeCloseTo(0.9 - (4.302652729749464 * 0.1) / Math.sqrt(3), 12);
  expect(high).toBeCloseTo(0.9 + (4.302652729749464 * 0.1) / Math.sqrt(3), 12);
  expect(meanIntervalT([1])).toBeNull();
  const { uniform } = counterStream(3, 0, 0);
  const skewed = Array.from({ length: 60 }, () => -Math.log(uniform() + 1e-12));
  const options = { seed: 5, draws: 4000 };
  const t = meanIntervalT(skewed)!;
  const percentile = meanIntervalPercentile(skewed, options)!;
  const bca = meanIntervalBca(skewed, options)!;
  for (const interval of [t, percentile, bca]) {
    expect(interval[0]).toBeLessThan(mean(skewed));
    expect(interval[1]).toBeGreaterThan(mean(skewed));
  }
  // The correction for skewness moves both ends towards the long tail.
  expect(bca[0]).toBeGreaterThan(percentile[0]);
  expect(bca[1]).toBeGreaterThan(percentile[1]);
  expect(meanIntervalBca([2, 2, 2], options)).toEqual([2, 2]);
  expect(meanIntervalPercentile(skewed, options)).toEqual(percentile);
});

test("BCa covers as it should on skewed data: 95 % within the error of 400 trials", () => {
  let covered = 0;
  for (let trial = 0; trial < 400; trial++) {
    const { uniform } = counterStream(9, trial, 0);
    const sample = Array.from({ length: 40 }, () => -Math.log(uniform() + 1e-12));
    const [low, high] = meanIntervalBca(sample, { seed: trial, draws: 400 })!;
    if (low <= 1 && 1 <= high) covered++;
  }
  expect(covered / 400).toBeGreaterThan(0.89);
  expect(covered / 400).toBeLessThan(0.985);
});

test("mean of independent means", () => {
  const sample = { n: 20, mean: 0.9, sd: 0.1 };
  const [low, high] = meanOfMeansInterval([sample, sample])!;
  // Equal samples: 38 degrees of freedom, standard error 0.1 / sqrt(40).
  expect((high - low) / 2).toBeCloseTo((2.0243941639119702 * 0.1) / Math.sqrt(40), 10);
  expect(meanOfMeansInterval([{ n: 1, mean: 1, sd: 0 }])).toBeNull();
});

test("order-statistic interval of the median: the tabulated places", () => {
  const sorted = (n: number) => Array.from({ length: n }, (_, i) => i + 1);
  expect(medianIntervalOrderStatistic(sorted(5))).toBeNull();
  expect(medianIntervalOrderStatistic(sorted(6))).toEqual([1, 6]);
  expect(medianIntervalOrderStatistic(sorted(10))).toEqual([2, 9]);
  expect(medianIntervalOrderStatistic(sorted(20))).toEqual([6, 15]);
  expect(medianIntervalOrderStatistic(sorted(50))).toEqual([18, 33]);
  const [low, high] = medianIntervalPercentile(sorted(50), { seed: 1 })!;
  expect(low).toBeLessThan(25.5);
  expect(high).toBeGreaterThan(25.5);
});

test("probability of a false claim", () => {
  const better = pairedEffect([0.9, 0.8, 0.95, 0.7], [0.8, 0.75, 0.9, 0.72], 1);
  const worse = pairedEffect([0.8, 0.75, 0.9, 0.72], [0.9, 0.8, 0.95, 0.7], 1);
  expect(better.pFalseClaim! + worse.pFalseClaim!).toBeCloseTo(1, 12);
  expect(better.difference).toBeCloseTo(0.045, 12);
  expect(better.winRate).toBe(0.75);
  const d = [0.1, 0.05, 0.05, -0.02];
  const sd = Math.sqrt(d.reduce((sum, x) => sum + (x - 0.045) ** 2, 0) / 3);
  expect(better.pFalseClaim).toBeCloseTo(studentUpperTail((2 * 0.045) / sd, 3), 12);
  expect(pairedEffect([1, 1], [1, 1], 1).pFalseClaim).toBe(0.5);
  expect(pairedEffect([2, 2], [1, 1], 1).pFalseClaim).toBe(0);
  expect(pairedEffect([2, 2], [1, 1], -1).pFalseClaim).toBe(1);
  expect(pairedEffect([1], [2], 1).pFalseClaim).toBeNull();
});

test("cases needed for an interval of 1 % at a standard deviation of 3 %", () => {
  // El Jurdi et al. 2023: 100 to 200 cases.
  expect(casesForIntervalWidth(0.03, 0.01)).toBe(139);
  expect(() => casesForIntervalWidth(0.03, 0)).toThrow(RangeError);
});
