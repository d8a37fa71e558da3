/** `segathlon rank` as people run it: evaluations and CSV files in, tables, JSON, CSV and clear errors out. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { EvaluationDocument } from "@segathlon/benchmark";
import { type RankingDocument, rankingDocumentProblems } from "@segathlon/ranking";
import { afterAll, beforeAll, expect, test, vi } from "vitest";

const binary = fileURLToPath(new URL("../../bin/segathlon.cjs", import.meta.url));
const golden = (name: string): string =>
  fileURLToPath(new URL(`../../../ranking/src/goldens/${name}`, import.meta.url));
let folder = "";
// Every call is a process of its own.
vi.setConfig({ testTimeout: 240_000 });

function rank(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--conditions=@segathlon/source", binary, "rank", ...words],
    {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined },
      maxBuffer: 1 << 28,
    },
  );
  return { status, stdout, stderr };
}
const read = (name: string): RankingDocument => JSON.parse(readFileSync(path.join(folder, name), "utf8"));

/** An evaluation of `cases` cases with two regions; `quality` moves all scores. */
function evaluation(
  method: string,
  quality: number,
  change: (document: EvaluationDocument) => void = () => {},
): string {
  const document: EvaluationDocument = {
    schema: "segathlon/evaluation@1",
    evaluator: { version: "0.1.0", kernel: "typescript" },
    method,
    task: "demo",
    profile: "deepmind",
    policy: { both_empty: "exclude", one_empty: "worst", missing_prediction: "worst", worst: {} },
    protocol_hash: "sha256:1",
    regions: { liver: [1], tumour: [2] },
    metrics: [
      { key: "dice", direction: "higher-is-better", unit: "" },
      { key: "hd95", direction: "lower-is-better", unit: "mm" },
      { key: "volume_error_ml", direction: "none", unit: "ml" },
    ],
    cases: Array.from({ length: 8 }, (_, c) => ({
      case: `case_${c}`,
      status: "ok",
      attributes: { centre: c % 2 === 0 ? "A" : "B" },
      hashes: { reference: `r${c}`, prediction: null },
      geometry: "exact",
      regions: Object.fromEntries(
        ["liver", "tumour"].map((region, r) => {
          const dice = Math.max(0, quality - 0.01 * c - 0.05 * r - 0.003 * ((c * method.length) % 5));
          const isEmpty = region === "tumour" && c === 7;
          const metrics = isEmpty
            ? { dice: null, hd95: null, volume_error_ml: 0 }
            : { dice, hd95: 20 * (1 - dice), volume_error_ml: 1 };
          return [region, { status: isEmpty ? "both-empty" : "ok", counts: null, metrics, scores: metrics }] as const;
        }),
      ),
    })),
    aggregate: {},
    notes: [],
  };
  change(document);
  const file = `${method}.json`;
  writeFileSync(path.join(folder, file), JSON.stringify(document));
  return file;
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-rank-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("evaluations: table, ranking.json, CSV; nothing else is left", () => {
  const files = [evaluation("good", 0.95), evaluation("middle", 0.9), evaluation("bad", 0.6)];
  const { status, stdout, stderr } = rank(
    ...files,
    "--scheme",
    "brats",
    "--out",
    "out/ranking.json",
    "--csv",
    "out/ranking.csv",
    "--bootstrap",
    "100",
  );
  expect(stderr).toBe("");
  expect(status).toBe(0);
  expect(stdout).toMatch(/1 +1 +100 % +good/);
  expect(stdout).toContain("note: Recalled from the challenge reports");
  expect(readdirSync(path.join(folder, "out")).sort()).toEqual(["ranking.csv", "ranking.json"]);
  const document = read("out/ranking.json");
  expect(rankingDocumentProblems(document)).toEqual([]);
  expect(document.overall.ranking.map(({ algorithm }) => algorithm)).toEqual(["good", "middle", "bad"]);
  // The tumour of case 7 is absent in the reference and left out by the policy.
  expect(document.overall.ranking[0]?.missing).toEqual({ reference_absent: 1, prediction_failed: 0, not_submitted: 0 });
  expect(document.data.tasks[0]?.metrics).toEqual(["dice", "hd95"]);
  const lines = readFileSync(path.join(folder, "out/ranking.csv"), "utf8").trim().split("\n");
  expect(lines).toHaveLength(1 + 3 + 3);
});

test("a failed case keeps its own worst value; a case that is not there leaves the method without a rank", () => {
  const failed = evaluation("failing", 0.99, (document) => {
    const first = document.cases[0]!;
    first.status = "missing-prediction";
    first.failed_side = "prediction";
    for (const region of Object.values(first.regions)) {
      region.status = "missing-file";
      region.failed_side = "prediction";
      region.metrics = { dice: null, hd95: null };
      region.scores = { dice: 0, hd95: 250 };
    }
  });
  const short = evaluation("short", 0.99, (document) => {
    document.cases.pop();
  });
  const { status, stdout } = rank(
    failed,
    short,
    evaluation("good", 0.95),
    "--metrics",
    "hd95",
    "--json",
    "--bootstrap",
    "20",
  );
  expect(status).toBe(1);
  const document = JSON.parse(stdout) as RankingDocument;
  expect(document.overall.ranking.map(({ display, algorithm }) => `${display} ${algorithm}`)).toEqual([
    "1 good",
    "2 failing",
    "n/a short",
  ]);
  expect(document.overall.ranking[1]?.missing.prediction_failed).toBe(2);
  expect(document.overall.ranking[1]?.score).toBeGreaterThan(250 / 8);
  expect(document.overall.ranking[1]?.score).toBeLessThan(250 / 8 + 2);
  expect(document.overall.ranking[2]?.not_ranked).toContain("1 of 15 scores were not submitted");
});

test("evaluations that cannot be compared are refused", () => {
  const good = evaluation("good", 0.95);
  const other = evaluation("other", 0.9, (document) => {
    document.protocol_hash = "sha256:2";
  });
  expect(rank(good, other)).toMatchObject({ status: 2, stderr: expect.stringContaining("SEG302") });
  const moved = evaluation("moved", 0.9, (document) => {
    document.cases[3]!.hashes.reference = "another";
  });
  expect(rank(good, moved).stderr).toContain(
    "case case_3: good.json and moved.json were scored against different reference files",
  );
  const twice = evaluation("twice", 0.9, (document) => {
    document.method = "good";
  });
  expect(rank(good, twice).stderr).toContain("SEG303");
  const elsewhere = evaluation("elsewhere", 0.9, (document) => {
    document.cases[0]!.attributes.centre = "Z";
  });
  expect(rank(good, elsewhere).stderr).toContain('attribute centre is "A" in one evaluation and "Z"');
});

test("challengeR's CSV: a replay gives challengeR's frequencies, the threads do not matter", () => {
  const csv = golden("single_ties.input.csv");
  const words = [csv, "--seed", "123", "--bootstrap", "200", "--replay", "challengeR-1.0.5", "--json"];
  const one = rank(...words, "--workers", "1");
  const two = rank(...words, "--workers", "2");
  expect(one.status).toBe(0);
  expect(two.stdout).toBe(one.stdout);
  const expected = JSON.parse(readFileSync(golden("single_ties.expected.json"), "utf8"));
  const document = JSON.parse(one.stdout) as RankingDocument;
  for (const entry of document.overall.ranking) {
    const index = expected.bootstrap.ranks.t1.algo.indexOf(entry.algorithm);
    const [low, median, high] = expected.bootstrap.rank_q025_med_q975.t1[index];
    expect(entry.rank_interval?.[0]).toBeCloseTo(low, 9);
    expect(entry.rank_median).toBeCloseTo(median, 9);
    expect(entry.rank_interval?.[1]).toBeCloseTo(high, 9);
  }
});

test("the CSV goes out as it came in", () => {
  writeFileSync(path.join(folder, "in.csv"), 'task,case,alg_name,value\nt,c1,"A, B",0.1\nt,c1,C,\n');
  const { status } = rank("in.csv", "--challenger-csv", "out.csv", "--bootstrap", "0", "--quiet");
  expect(status).toBe(0);
  expect(readFileSync(path.join(folder, "out.csv"), "utf8")).toBe(readFileSync(path.join(folder, "in.csv"), "utf8"));
});

test("a part of the cases, a scheme of one's own, attributes from a table", () => {
  const csv = golden("single_tiny.input.csv");
  const names = [
    ...new Set(
      readFileSync(csv, "utf8")
        .trim()
        .split("\n")
        .slice(1)
        .map((line) => line.split(",")[1]!.replaceAll('"', "")),
    ),
  ];
  writeFileSync(
    path.join(folder, "cases.csv"),
    `case,centre\n${names.map((name, c) => `${name},${c % 2 === 0 ? "A" : "B"}`).join("\n")}\n`,
  );
  const base = rank(csv, "--bootstrap", "0", "--json");
  const scheme = {
    ...(JSON.parse(base.stdout) as RankingDocument).scheme,
    id: "mine",
    method: { kind: "aggregate-then-rank", statistic: { quantile: 0.05 } },
  };
  writeFileSync(path.join(folder, "mine.json"), JSON.stringify(scheme));
  const { status, stdout } = rank(
    csv,
    "--cases",
    "cases.csv",
    "--where",
    "centre=A",
    "--scheme",
    "mine.json",
    "--resampling",
    "stratified",
    "--bootstrap",
    "20",
    "--json",
  );
  expect(status).toBe(0);
  const document = JSON.parse(stdout) as RankingDocument;
  expect(document.data.selection).toEqual({ attributes: { centre: "A" } });
  expect(document.tasks[0]?.cases).toBe(3);
  expect(document.overall.score_label).toBe("quantile 0.05 of dice");
  expect(document.bootstrap?.resampling).toBe("stratified");
});

test("wrong words are named, with what there is", () => {
  const csv = golden("single_tiny.input.csv");
  const message = (...words: string[]): string => {
    const { status, stderr } = rank(csv, ...words);
    expect(status).toBe(2);
    return stderr;
  };
  expect(message("--scheme", "msd")).toContain("no scheme msd; there is mean-then-rank");
  expect(message("--scheme", "msd-2018")).toContain("needs the metric nsd; the table has dice");
  expect(message("--regions", "spleen")).toContain("no region spleen; there is all");
  expect(message("--where", "centre=Q")).toContain("no case is left: centre Q");
  expect(message("--bootstrap", "many")).toContain("--bootstrap: expected a whole number");
  expect(message("--resampling", "votes")).toContain("cases, stratified, groups-then-cases");
  expect(message("--metric", "quality")).toContain("whether a large quality is good is not known");
  expect(message("--direction", "up")).toContain("higher-is-better or lower-is-better");
  expect(rank("absent.json").stderr).toContain("SEG001");
  writeFileSync(path.join(folder, "broken.json"), "{");
  expect(rank("broken.json").stderr).toContain("SEG100");
  writeFileSync(path.join(folder, "text.csv"), "case,algo,value\nc1,A,good\n");
  expect(rank("text.csv").stderr).toContain('line 2: expected a number, found "good"');
  expect(rank("text.csv", "broken.json").stderr).toContain("it is ranked alone");
  writeFileSync(path.join(folder, "scheme.json"), JSON.stringify({ id: "x" }));
  expect(message("--scheme", "scheme.json")).toContain("scheme.json: title: expected a text, found nothing");
});

test("the help lists every scheme and runs without a file", () => {
  const { status, stdout } = rank("--help");
  expect(status).toBe(0);
  for (const id of [
    "msd-2018",
    "amos-2022-test",
    "brats",
    "flare22",
    "autopet-3",
    "kits",
    "learn2reg",
    "grand-challenge-median",
  ])
    expect(stdout).toContain(id);
});

test("an evaluation without cases is refused, and a refused option leaves no file", () => {
  const files = [
    evaluation("full", 0.9),
    evaluation("none", 0.8, (document) => {
      Object.assign(document, { cases: [] });
    }),
  ];
  const empty = rank(...files);
  expect([empty.status, empty.stderr]).toEqual([
    2,
    expect.stringContaining("none.json: expected at least one case, found none (method none)"),
  ]);
  const many = rank("full.json", "--bootstrap", "0", "--csv", "left.csv", "--challenger-csv", "left-challenger.csv");
  expect([many.status, many.stderr]).toEqual([2, expect.stringContaining("--challenger-csv holds one metric")]);
  const over = rank("full.json", "--out", "full.json");
  expect([over.status, over.stderr]).toEqual([2, expect.stringContaining("which is an input")]);
  expect(readdirSync(folder).filter((name) => name.startsWith("left"))).toEqual([]);
  expect(read("full.json")).toMatchObject({ schema: "segathlon/evaluation@1" });
});

test("tables keep to 80 columns: what does not fit stands below, nothing is left out", () => {
  const files = [evaluation("a-method-with-a-long-name", 0.9), evaluation("another", 0.8)];
  const { status, stdout } = rank(...files, "--bootstrap", "50");
  expect(status).toBe(0);
  const table = stdout.slice(0, stdout.indexOf("\n\nBootstrap")).split("\n");
  expect(Math.max(...table.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(table).toContainEqual(expect.stringMatching(/^rank +95 % +P\(1st\) +algorithm +mean rank +cases +missing$/));
  for (const metric of ["dice", "hd95"])
    expect(table).toContainEqual(expect.stringMatching(new RegExp(`^algorithm .*mean ${metric} +95 % interval`)));
  expect(table.filter((line) => line.startsWith("a-method-with-a-long-name "))).not.toHaveLength(0);
});
