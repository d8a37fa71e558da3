/** What must hold for every table: the order of rows, names and cases does not matter, monotone changes of scores keep rank-based rankings. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { sum } from "./double-double.ts";
import {
  caseInfluence,
  consensus,
  counterStream,
  fullWeights,
  joinDraws,
  kendallTauB,
  median,
  planBootstrap,
  prepareScoreTable,
  quantile,
  type RankingScheme,
  ranks,
  rankTable,
  runBootstrap,
  type ScoreRow,
  type ScoreTable,
  schemeEvaluator,
  schemePreset,
  schemePresets,
  type TieMethod,
} from "./index.ts";

const preset = (id: string): RankingScheme => schemePreset(id) as RankingScheme;

/** Scores with two decimals, so that ties happen. */
const scores = fc
  .record({
    algorithms: fc.integer({ min: 1, max: 5 }),
    cases: fc.integer({ min: 1, max: 9 }),
    tasks: fc.integer({ min: 1, max: 2 }),
  })
  .chain(({ algorithms, cases, tasks }) =>
    fc
      .array(fc.integer({ min: 0, max: 100 }), {
        minLength: algorithms * cases * tasks,
        maxLength: algorithms * cases * tasks,
      })
      .map((values) => {
        const rows: ScoreRow[] = [];
        let k = 0;
        for (let t = 0; t < tasks; t++)
          for (let a = 0; a < algorithms; a++)
            for (let c = 0; c < cases; c++)
              rows.push({
                task: `t${t}`,
                algorithm: `a${a}`,
                case: `c${c}`,
                region: "r",
                metric: "dice",
                value: values[k++]! / 100,
                status: "ok",
              });
        return rows;
      }),
  );
const tableOf = (rows: readonly ScoreRow[]): ScoreTable => ({
  metrics: [{ key: "dice", direction: "higher-is-better", worst: 0 }],
  rows,
});
const general = schemePresets.filter((scheme) => scheme.metrics === "all");
const shown = (table: ScoreTable, scheme: RankingScheme) =>
  new Map(rankTable(table, scheme).overall.ranking.map(({ algorithm, rank, score }) => [algorithm, [rank, score]]));

test("the order of the rows changes nothing, not even the hash and the draws", () => {
  fc.assert(
    fc.property(scores, fc.infiniteStream(fc.nat()), (rows, numbers) => {
      const order = new Map(rows.map((row) => [row, numbers.next().value as number]));
      const shuffled = [...rows].sort((a, b) => order.get(a)! - order.get(b)!);
      const options = { bootstrap: { draws: 5, seed: 3 } };
      for (const scheme of general)
        expect(rankTable(tableOf(shuffled), scheme, options)).toEqual(rankTable(tableOf(rows), scheme, options));
    }),
    { numRuns: 40 },
  );
});

test("renaming algorithms renames the ranking", () => {
  fc.assert(
    fc.property(scores, (rows) => {
      const rename = (name: string): string => `z${9 - Number(name.slice(1))}`;
      const renamed = rows.map((row) => ({ ...row, algorithm: rename(row.algorithm) }));
      for (const scheme of general) {
        const before = shown(tableOf(rows), scheme);
        const after = shown(tableOf(renamed), scheme);
        for (const [name, value] of before) expect(after.get(rename(name))).toEqual(value);
      }
    }),
    { numRuns: 60 },
  );
});

test("a monotone change of all scores keeps rankings that rest on ranks", () => {
  fc.assert(
    fc.property(scores, (rows) => {
      const changed = rows.map((row) => ({ ...row, value: row.value === null ? null : row.value ** 3 + row.value }));
      for (const id of ["rank-then-mean", "rank-then-median"])
        expect(shown(tableOf(changed), preset(id))).toEqual(shown(tableOf(rows), preset(id)));
    }),
  );
});

test("a score where small is good is the mirror of one where large is good", () => {
  fc.assert(
    fc.property(scores, (rows) => {
      const mirrored: ScoreTable = {
        metrics: [{ key: "error", direction: "lower-is-better", worst: 1 }],
        rows: rows.map((row) => ({
          ...row,
          metric: "error",
          value: row.value === null ? null : (100 - Math.round(row.value * 100)) / 100,
        })),
      };
      const whole: ScoreTable = {
        metrics: [{ key: "share", direction: "higher-is-better", worst: 0 }],
        rows: rows.map((row) => ({
          ...row,
          metric: "share",
          value: row.value === null ? null : Math.round(row.value * 100),
        })),
      };
      const mirroredWhole: ScoreTable = {
        ...mirrored,
        metrics: [{ key: "error", direction: "lower-is-better", worst: 100 }],
        rows: mirrored.rows.map((row) => ({ ...row, value: row.value === null ? null : Math.round(row.value * 100) })),
      };
      for (const scheme of general) {
        const a = new Map(rankTable(whole, scheme).overall.ranking.map(({ algorithm, rank }) => [algorithm, rank]));
        const b = new Map(
          rankTable(mirroredWhole, scheme).overall.ranking.map(({ algorithm, rank }) => [algorithm, rank]),
        );
        expect(b).toEqual(a);
      }
    }),
    { numRuns: 60 },
  );
});

test("draws in parts, in any order, are the draws in one go; so are the parts of R's sequential generator", () => {
  fc.assert(
    fc.property(scores, fc.integer({ min: 1, max: 19 }), (rows, cut) => {
      const table = prepareScoreTable(tableOf(rows));
      for (const options of [
        { draws: 20, seed: 8 },
        { draws: 20, seed: 123, generator: "lecuyer-cmrg", compat: "challengeR-1.0.5" },
      ] as const) {
        const plan = () => planBootstrap(table, preset("rank-then-mean"), options);
        const second = runBootstrap(plan(), cut, 20);
        const first = runBootstrap(plan(), 0, cut);
        expect(joinDraws([second, first])).toEqual(runBootstrap(plan(), 0, 20));
      }
    }),
    { numRuns: 40 },
  );
});

test("a draw of every case once is the ranking; weights count copies of rows", () => {
  fc.assert(
    fc.property(scores, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 9, maxLength: 9 }), (rows, copies) => {
      const table = prepareScoreTable(tableOf(rows));
      if (copies.slice(0, table.tasks[0]!.cases.length).every((count) => count === 0)) return;
      // The same scores with every case repeated under new names.
      const expanded = rows.flatMap((row) =>
        Array.from({ length: copies[Number(row.case.slice(1))]! }, (_, k) => ({ ...row, case: `${row.case}/${k}` })),
      );
      const wide = prepareScoreTable(tableOf(expanded));
      for (const scheme of general) {
        const evaluator = schemeEvaluator(table, scheme);
        const weights = table.tasks.map((task) =>
          Int32Array.from(task.cases, (name) => copies[Number(name.slice(1))]!),
        );
        const other = schemeEvaluator(wide, scheme);
        const weighted = evaluator.evaluate(weights);
        const repeated = other.evaluate(fullWeights(other));
        expect([...weighted.overall.ranks], scheme.id).toEqual([...repeated.overall.ranks]);
        expect([...weighted.overall.combined], scheme.id).toEqual([...repeated.overall.combined]);
      }
    }),
    { numRuns: 60 },
  );
});

test("stratified draws keep the size of every group; groups-then-cases draws whole groups", () => {
  const rows = Array.from(
    { length: 12 },
    (_, c): ScoreRow => ({
      task: "t",
      algorithm: "a",
      case: `c${String(c).padStart(2, "0")}`,
      region: "r",
      metric: "dice",
      value: 0.5,
      status: "ok",
    }),
  );
  const group = (c: number): string => (c < 7 ? "A" : c < 10 ? "B" : "C");
  const table = prepareScoreTable({
    ...tableOf(rows),
    attributes: { t: Object.fromEntries(rows.map((row, c) => [row.case, { centre: group(c) }])) },
  });
  const weights = [new Int32Array(12)];
  const size = (from: number, to: number) => weights[0]!.slice(from, to).reduce((a, b) => a + b, 0);
  const stratified = planBootstrap(table, preset("mean-then-rank"), { draws: 50, seed: 2, resampling: "stratified" });
  for (let draw = 0; draw < 50; draw++) {
    stratified.drawWeights(draw, weights);
    expect([size(0, 7), size(7, 10), size(10, 12)]).toEqual([7, 3, 2]);
  }
  const nested = planBootstrap(table, preset("mean-then-rank"), {
    draws: 50,
    seed: 2,
    resampling: "groups-then-cases",
  });
  let absent = 0;
  for (let draw = 0; draw < 50; draw++) {
    nested.drawWeights(draw, weights);
    expect([size(0, 7) % 7, size(7, 10) % 3, size(10, 12) % 2]).toEqual([0, 0, 0]);
    if (size(0, 7) === 0) absent++;
  }
  // A given one of three groups is absent from (2/3)^3 = 30 % of the draws.
  expect(absent).toBeGreaterThan(5);
  expect(absent).toBeLessThan(25);
});

test("ranks: a permutation for first and last, bounds and sums for the others", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 40 }), (values) => {
      const n = values.length;
      const whole = (n * (n + 1)) / 2;
      for (const ties of ["first", "last"] as TieMethod[])
        expect([...ranks(values, ties)].sort((a, b) => a - b)).toEqual(values.map((_, i) => i + 1));
      const { uniform } = counterStream(1, 0, 0);
      expect([...ranks(values, "random", uniform)].sort((a, b) => a - b)).toEqual(values.map((_, i) => i + 1));
      expect(ranks(values, "average").reduce((a, b) => a + b, 0)).toBe(whole);
      const low = ranks(values, "min");
      const high = ranks(values, "max");
      for (const [i, value] of values.entries()) {
        expect(low[i]).toBe(1 + values.filter((other) => other < value).length);
        expect(high[i]).toBe(values.filter((other) => other <= value).length);
      }
    }),
  );
  expect([...ranks([2, Number.NaN, 1], "min")]).toEqual([2, Number.NaN, 1]);
  expect(() => ranks([1, 1], "random")).toThrow(RangeError);
});

test("sums and quantiles do not depend on the order", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 60 }),
      (values) => {
        const reversed = [...values].reverse();
        expect(sum(reversed)).toBe(sum(values));
        expect(quantile(reversed, 0.3)).toBe(quantile(values, 0.3));
        expect(median(reversed)).toBe(median(values));
      },
    ),
  );
});

test("tau is symmetric and bounded; a consensus of one ranking is that ranking", () => {
  const list = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 2, maxLength: 12 });
  fc.assert(
    fc.property(list, list, (a, b) => {
      const n = Math.min(a.length, b.length);
      const [x, y] = [a.slice(0, n), b.slice(0, n)];
      const tau = kendallTauB(x, y);
      expect(kendallTauB(y, x)).toEqual(tau);
      if (!Number.isNaN(tau)) expect(Math.abs(tau)).toBeLessThanOrEqual(1 + 1e-12);
      for (const method of ["mean-rank", "borda", "copeland", "majority"] as const)
        expect([...consensus([x], method).rank]).toEqual([...ranks(x, "average")]);
    }),
  );
});

test("leaving a case out is the ranking of the table without it", () => {
  fc.assert(
    fc.property(scores, (rows) => {
      const table = prepareScoreTable(tableOf(rows));
      if (table.tasks[0]!.cases.length < 2) return;
      const scheme = preset("mean-then-rank");
      const full = new Map(rankTable(table, scheme).overall.ranking.map(({ algorithm, rank }) => [algorithm, rank]));
      for (const item of caseInfluence(table, scheme)) {
        const without = rankTable(
          tableOf(rows.filter((row) => row.task !== item.task || row.case !== item.case)),
          scheme,
        );
        const moves = without.overall.ranking.map(({ algorithm, rank }) => Math.abs(rank! - full.get(algorithm)!));
        expect(item.changedRanks).toBe(moves.filter((move) => move > 0).length);
        expect(item.largestMove).toBe(Math.max(...moves));
      }
    }),
    { numRuns: 40 },
  );
});
