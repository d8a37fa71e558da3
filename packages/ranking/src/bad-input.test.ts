/** Hostile and awkward tables: a clear problem or a stated rule, never a silent drop. */
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import {
  compareAllPairs,
  type MetricColumn,
  metricMatches,
  pairwiseLimit,
  parseChallengerCsv,
  parseScheme,
  plainTaskName,
  planBootstrap,
  prepareScoreTable,
  type RankingScheme,
  rankingDocumentProblems,
  rankingVersion,
  rankTable,
  SchemeMismatchError,
  type ScoreRow,
  type ScoreStatus,
  type ScoreTable,
  ScoreTableError,
  schemePreset,
  schemePresets,
  selectTable,
  validateScoreTable,
  writeChallengerCsv,
} from "./index.ts";

const dice: MetricColumn = { key: "dice", direction: "higher-is-better", worst: 0 };
const hd95: MetricColumn = { key: "hd95", direction: "lower-is-better", worst: 300 };
const preset = (id: string): RankingScheme => schemePreset(id) as RankingScheme;
const row = (algorithm: string, name: string, value: number | null, more: Partial<ScoreRow> = {}): ScoreRow => ({
  task: "t",
  case: name,
  algorithm,
  region: "r",
  metric: "dice",
  value,
  status: value === null ? "prediction-failed" : "ok",
  ...more,
});
const tableOf = (rows: readonly ScoreRow[], metrics: readonly MetricColumn[] = [dice]): ScoreTable => ({
  metrics,
  rows,
});
const codes = (table: ScoreTable): string[] => validateScoreTable(table).map(({ code }) => code);
const order = (table: ScoreTable, scheme: RankingScheme): string[] =>
  rankTable(table, scheme).overall.ranking.map(({ display, algorithm }) => `${display} ${algorithm}`);

test("every problem of a row is named with its place", () => {
  expect(codes(tableOf([]))).toEqual(["empty-table"]);
  expect(codes(tableOf([row("A", "c1", 0.5), row("A", "c1", 0.5)]))).toEqual(["duplicate-row"]);
  expect(codes(tableOf([row("A", "c1", Number.POSITIVE_INFINITY)]))).toEqual(["not-finite"]);
  expect(codes(tableOf([row("A", "c1", Number.NaN)]))).toEqual(["not-finite"]);
  expect(codes(tableOf([row("A", "c1", "0.5" as unknown as number)]))).toEqual(["not-a-number"]);
  expect(codes(tableOf([row("", "c1", 0.5)]))).toEqual(["empty-name"]);
  expect(codes(tableOf([row("A", "c1", 0.5, { metric: "nsd" })]))).toEqual(["unknown-metric"]);
  expect(codes(tableOf([row("A", "c1", 0.5, { status: "prediction-failed" })]))).toEqual(["value-and-status-disagree"]);
  expect(codes(tableOf([row("A", "c1", null, { status: "ok" })]))).toEqual(["value-and-status-disagree"]);
  expect(codes(tableOf([row("A", "c1", null, { status: "lost" as ScoreStatus })]))).toEqual(["unknown-status"]);
  expect(codes(tableOf([row("A", "c1", null, { worst: Number.NaN })]))).toEqual(["not-finite"]);
  const [problem] = validateScoreTable(tableOf([row("A", "c1", 0.5), row("A", "c1", 0.6)]));
  expect(problem?.message).toContain("t, case c1, A, r, dice: rows 1 and 2");
  expect(problem?.where).toMatchObject({ task: "t", case: "c1", algorithm: "A", row: 1 });
});

test("a wrong direction and a worst value that is not worst are refused", () => {
  expect(codes(tableOf([row("A", "c1", 0.5)], [{ ...dice, direction: "lower-is-better", worst: 1 }]))).toEqual([
    "wrong-direction",
  ]);
  const distance = row("A", "c1", 12, { metric: "hd95" });
  expect(codes(tableOf([distance], [{ ...hd95, direction: "higher-is-better", worst: 0 }]))).toEqual([
    "wrong-direction",
  ]);
  // 0 mm for a failed prediction would be the best distance there is.
  expect(codes(tableOf([distance], [{ ...hd95, worst: 0 }]))).toEqual(["worst-is-not-worst"]);
  expect(codes(tableOf([distance], [{ ...hd95, worst: Number.POSITIVE_INFINITY }]))).toContain("not-finite");
  expect(codes(tableOf([row("A", "c1", 0.5)], [dice, dice]))).toEqual(["duplicate-metric"]);
});

test("a scheme that would reward a failure is refused", () => {
  const table = prepareScoreTable(
    tableOf([row("A", "c1", 12, { metric: "hd95" }), row("B", "c1", null, { metric: "hd95" })], [hd95]),
  );
  const scheme = {
    ...preset("mean-then-rank"),
    missing: { failed: { value: 0 }, not_submitted: "not-ranked" },
  } as const;
  expect(() => rankTable(table, scheme)).toThrow(SchemeMismatchError);
});

test("problems beyond the limit are counted, not dropped", () => {
  const rows = Array.from({ length: 500 }, (_, c) => row("A", `c${c}`, Number.NaN));
  const problems = validateScoreTable(tableOf(rows));
  expect(problems).toHaveLength(100);
  expect(problems.at(-1)?.message).toContain("and 400 more problems");
  expect(() => prepareScoreTable(tableOf(rows))).toThrow(ScoreTableError);
});

test("one algorithm, one case, all equal, all failed", () => {
  for (const { id } of schemePresets.filter((scheme) => scheme.metrics === "all")) {
    const scheme = preset(id);
    const one = rankTable(tableOf([row("A", "c1", 0.5)]), scheme, { bootstrap: { draws: 3, seed: 1 } });
    expect(one.overall.ranking.map(({ display }) => display)).toEqual(["1"]);
    expect(one.notes.map(({ code }) => code)).toContain("one-algorithm");
    expect(order(tableOf(["A", "B", "C"].flatMap((a) => ["c1", "c2"].map((c) => row(a, c, 0.5)))), scheme)).toEqual([
      "=1 A",
      "=1 B",
      "=1 C",
    ]);
    const failed = rankTable(tableOf(["A", "B"].flatMap((a) => ["c1", "c2"].map((c) => row(a, c, null)))), scheme, {
      bootstrap: { draws: 3, seed: 1 },
    });
    expect(failed.overall.ranking.map(({ display, missing }) => [display, missing.prediction_failed])).toEqual([
      ["n/a", 2],
      ["n/a", 2],
    ]);
    expect(rankingDocumentProblems(JSON.parse(JSON.stringify(failed)))).toEqual([]);
  }
});

test("unequal case sets: not ranked, worst, or common cases, as the scheme says", () => {
  const table = tableOf([
    row("A", "c1", 0.5),
    row("A", "c2", 0.5),
    row("B", "c1", 0.9),
    row("C", "c1", 0.4),
    row("C", "c2", 0.95),
  ]);
  const scheme = preset("mean-then-rank");
  const document = rankTable(table, scheme);
  expect(document.overall.ranking.map(({ display, algorithm }) => `${display} ${algorithm}`)).toEqual([
    "1 C",
    "2 A",
    "n/a B",
  ]);
  expect(document.overall.ranking[2]?.not_ranked).toBe("1 of 2 scores were not submitted");
  expect(document.overall.ranking[2]?.missing.not_submitted).toBe(1);
  expect(document.notes.map(({ code }) => code)).toContain("not-ranked");
  const worst = { ...scheme, missing: { failed: "worst", not_submitted: "worst" } } as const;
  expect(order(table, worst)).toEqual(["1 C", "2 A", "3 B"]);
  const common = { ...scheme, missing: { failed: "worst", not_submitted: "common-cases" } } as const;
  expect(order(table, common)).toEqual(["1 B", "2 A", "3 C"]);
  expect(
    rankTable(table, common)
      .notes.map(({ text }) => text)
      .join(" "),
  ).toContain("1 of 2 cases are not used");
});

test("an algorithm without any number is never first", () => {
  // Codabench issue 2470: a submission with all metrics n/a was ranked 1.
  const rows = [row("A", "c1", 0.2), row("B", "c1", null, { status: "not-submitted" })];
  for (const { id } of schemePresets.filter((scheme) => scheme.metrics === "all"))
    expect(order(tableOf(rows), preset(id))).toEqual(["1 A", "n/a B"]);
  const failed = tableOf([row("A", "c1", 0.2), row("A", "c2", 0.3), row("B", "c1", null), row("B", "c2", null)]);
  const ignore = { ...preset("mean-then-rank"), missing: { failed: "ignore", not_submitted: "not-ranked" } } as const;
  expect(order(failed, ignore)).toEqual(["1 A", "2 B"]);
  const nothing = tableOf([row("A", "c1", null), row("B", "c1", null)]);
  expect(() => order(nothing, preset("mean-then-rank"))).not.toThrow();
  expect(order(nothing, preset("mean-then-rank"))).toEqual(["n/a A", "n/a B"]);
});

test("three kinds of missing are kept apart", () => {
  const rows = [
    row("A", "c1", 0.5),
    row("A", "c2", null, { status: "reference-absent" }),
    row("A", "c3", null),
    row("B", "c1", 0.375),
    row("B", "c2", 0, { status: "ok" }),
    row("B", "c3", 0.125),
  ];
  const document = rankTable(tableOf(rows), preset("mean-then-rank"));
  const [a, b] = ["A", "B"].map((name) => document.overall.ranking.find(({ algorithm }) => algorithm === name)!);
  // c2 leaves for both, c3 counts 0 for A: 0.25 for both.
  expect([a?.score, b?.score]).toEqual([0.25, 0.25]);
  expect([a?.display, b?.display]).toEqual(["=1", "=1"]);
  expect(a?.missing).toEqual({ reference_absent: 1, prediction_failed: 1, not_submitted: 0 });
  expect(document.notes.map(({ code }) => code)).toContain("reference-absent-conflict");
});

test("a failed case may have a worst value of its own", () => {
  const rows = [
    row("A", "c1", 10, { metric: "hd95" }),
    row("A", "c2", null, { metric: "hd95", worst: 120 }),
    row("B", "c1", 10, { metric: "hd95" }),
    row("B", "c2", null, { metric: "hd95" }),
  ];
  const document = rankTable(tableOf(rows, [hd95]), preset("mean-then-rank"));
  expect(document.overall.ranking.map(({ algorithm, score }) => [algorithm, score])).toEqual([
    ["A", 65],
    ["B", 155],
  ]);
});

test("rank-last puts a failure behind every score of its case, even behind an equal worst value", () => {
  const scheme = {
    ...preset("rank-then-mean"),
    missing: { failed: "rank-last", not_submitted: "not-ranked" },
  } as const;
  const rows = [row("A", "c1", 0), row("B", "c1", null), row("C", "c1", 0.5)];
  expect(order(tableOf(rows), scheme)).toEqual(["1 C", "2 A", "3 B"]);
  expect(order(tableOf(rows), preset("rank-then-mean"))).toEqual(["1 C", "=2 A", "=2 B"]);
});

test("10,000 algorithms: ranked by means, refused by pairwise tests with the limit", () => {
  const rows = Array.from({ length: 10_000 }, (_, a) => [
    row(`a${a}`, "c1", (a % 100) / 100),
    row(`a${a}`, "c2", (a % 97) / 97),
  ]).flat();
  const table = prepareScoreTable(tableOf(rows));
  expect(rankTable(table, preset("mean-then-rank")).overall.ranking).toHaveLength(10_000);
  expect(() => rankTable(table, preset("test-then-rank"))).toThrow(`at most ${pairwiseLimit} algorithms, found 10000`);
  expect(() => compareAllPairs(table, preset("mean-then-rank"), { task: "t", metric: "dice" })).toThrow(RangeError);
});

test("a table larger than the limit is refused before it is allocated", () => {
  const rows = Array.from({ length: 10_001 }, (_, a) => row(`a${a}`, `c${a}`, 0.5));
  expect(() => prepareScoreTable(tableOf(rows))).toThrow(/room for 100020001 scores/);
});

test("a scheme whose metric is absent, or there twice, says which", () => {
  const table = prepareScoreTable(
    tableOf(
      [row("A", "c1", 0.5, { metric: "nsd@1" }), row("A", "c1", 0.5, { metric: "nsd@2" }), row("A", "c1", 0.5)],
      [dice, { ...dice, key: "nsd@1" }, { ...dice, key: "nsd@2" }],
    ),
  );
  expect(() => rankTable(table, preset("brats"))).toThrow(
    "scheme brats needs the metric hd95; the table has dice, nsd@1, nsd@2",
  );
  expect(() => rankTable(table, preset("msd-2018"))).toThrow("nsd@1, nsd@2: select one");
  expect(rankTable(table, preset("msd-2018"), { selection: { metrics: ["dice", "nsd@2"] } }).units).toHaveLength(2);
  expect(() => selectTable(table, { regions: ["spleen"] })).toThrow("no region spleen; there is r");
  expect(() => selectTable(table, { attributes: { centre: "Q" } })).toThrow("no case is left: centre Q");
});

test("underpowered tests are named", () => {
  const rows = ["A", "B", "C"].flatMap((a, k) =>
    Array.from({ length: 4 }, (_, c) => row(a, `c${c}`, 0.9 - 0.1 * k - 0.01 * c * (k + 1))),
  );
  const document = rankTable(tableOf(rows), preset("test-then-rank-holm"));
  expect(document.notes.find(({ code }) => code === "underpowered")?.text).toContain(
    "with 4 cases the smallest p-value is 0.050",
  );
  expect(document.overall.ranking.map(({ display }) => display)).toEqual(["=1", "=1", "=1"]);
});

test("bootstrap options out of range are refused", () => {
  const table = prepareScoreTable(tableOf([row("A", "c1", 0.5)]));
  for (const options of [
    { draws: 0, seed: 1 },
    { draws: 1e9, seed: 1 },
    { draws: 10, seed: -1 },
    { draws: 10, seed: 0.5 },
    { draws: 10, seed: 1, generator: "lecuyer-cmrg", resampling: "stratified" },
  ] as const)
    expect(() => planBootstrap(table, preset("mean-then-rank"), options)).toThrow(RangeError);
});

test("challengeR's CSV: round trip, separators, quotes, blanks, text where a number should be", () => {
  const options = { metric: "dice", direction: "higher-is-better" } as const;
  const text =
    'task,case,alg_name,value\nt,c1,"A, the ""first""",0.1\nt,c1,B,\nt,c2,"A, the ""first""",0.30000000000000004\nt,c2,B,NA\n';
  const first = parseChallengerCsv(text, options);
  if (first.status !== "ok") throw new Error("refused");
  expect(first.table.rows.map(({ status }) => status)).toEqual(["ok", "prediction-failed", "ok", "prediction-failed"]);
  const written = writeChallengerCsv(first.table, { metric: "dice", region: "all" });
  expect(parseChallengerCsv(written, options)).toEqual(first);
  expect(parseChallengerCsv("\uFEFFCase;Algo;Value\r\nc1;A;0.5\r\n", options)).toMatchObject({
    status: "ok",
    table: { rows: [{ case: "c1", value: 0.5 }] },
  });
  const bad = parseChallengerCsv("case,algo,value\nc1,A,good\nc2,A,0,5\nc3,A,Infinity\n", options);
  expect(bad.status === "refused" && bad.problems.map(({ message }) => message)).toEqual([
    'line 2: expected a number, found "good"',
    "line 3: expected 3 fields, found 4",
    'line 4: expected a number, found "Infinity"',
  ]);
  expect(parseChallengerCsv("a,b\n1,2\n", options)).toMatchObject({ status: "refused" });
  expect(parseChallengerCsv("", options)).toMatchObject({ status: "refused" });
});

test("scheme documents: every preset is one, wrong words are named", () => {
  for (const scheme of schemePresets)
    expect(parseScheme(JSON.parse(JSON.stringify(scheme))), scheme.id).toEqual({ status: "ok", scheme });
  expect(new Set(schemePresets.map(({ id }) => id)).size).toBe(schemePresets.length);
  const problems = (change: object): string[] => {
    const result = parseScheme({ ...preset("brats"), ...change });
    return result.status === "ok" ? [] : result.problems.map(({ field }) => field);
  };
  expect(problems({ ties: "minimum" })).toEqual(["ties"]);
  expect(problems({ tie: "min" })).toEqual(["tie"]);
  expect(problems({ metrics: [] })).toEqual(["metrics"]);
  expect(problems({ metrics: [{ metric: "dice", weight: 0 }] })).toEqual(["metrics.0.weight"]);
  expect(problems({ method: { kind: "guess" } })).toEqual(["method.kind"]);
  expect(problems({ method: { kind: "test-then-rank", test: "t", alpha: 2, adjust: "none" } })).toEqual([
    "method.test",
    "method.alpha",
  ]);
  expect(problems({ method: { kind: "aggregate-then-rank", statistic: "mean" } })).toEqual(["combine.of"]);
  expect(parseScheme(null).status).toBe("refused");
  expect(parseScheme([]).status).toBe("refused");
});

test("names of metrics and tasks match as stated", () => {
  expect(metricMatches("DSC", "dice")).toBe(true);
  expect(metricMatches("nsd@2", "nsd")).toBe(true);
  expect(metricMatches("nsd@2", "nsd@1")).toBe(false);
  expect(metricMatches("hd", "hd95")).toBe(false);
  expect(plainTaskName("msd/Task10_Colon")).toBe("Colon");
  expect(plainTaskName("Colon")).toBe("Colon");
});

test("an unsound ranking document is refused with the path", () => {
  const document = JSON.parse(JSON.stringify(rankTable(tableOf([row("A", "c1", 0.5)]), preset("mean-then-rank"))));
  expect(rankingDocumentProblems(document)).toEqual([]);
  document.overall.ranking[0].rank = "first";
  document.tasks[0].cases = -1;
  expect(rankingDocumentProblems(document).map(({ field }) => field)).toEqual([
    "overall.ranking.0.rank",
    "tasks.0.cases",
  ]);
  expect(rankingDocumentProblems(null)).toHaveLength(1);
});

test("the version is the manifest's", () => {
  expect(rankingVersion).toBe(manifest.version);
});

test("each task may answer to one metric of a scheme with its own tolerance, as in the Decathlon", () => {
  const metrics = [dice, { ...dice, key: "nsd@5" }, { ...dice, key: "nsd@4" }];
  const rows = (["first", "second"] as const).flatMap((task, t) =>
    ["A", "B"].flatMap((algorithm, a) =>
      ["c1", "c2", "c3", "c4", "c5", "c6"].flatMap((name, c) => [
        row(algorithm, name, 0.9 - 0.1 * a - 0.01 * c, { task }),
        row(algorithm, name, 0.8 - 0.1 * a - 0.01 * c, { task, metric: t === 0 ? "nsd@5" : "nsd@4" }),
      ]),
    ),
  );
  const ranking = rankTable(prepareScoreTable(tableOf(rows, metrics)), preset("msd-2018"));
  expect(ranking.units).toHaveLength(4);
  expect(ranking.notes.filter((note) => /combined without/.test(note.text))).toEqual([]);
  // The same values under one common name give the same ranking.
  const common = rankTable(
    prepareScoreTable(
      tableOf(
        rows.map((one) => (one.metric === "dice" ? one : { ...one, metric: "nsd@5" })),
        metrics.slice(0, 2),
      ),
    ),
    preset("msd-2018"),
  );
  const ranks = (document: typeof ranking) =>
    document.tasks.map((section) => section.ranking.map((entry) => [entry.algorithm, entry.rank]));
  expect(ranks(ranking)).toEqual(ranks(common));
});
