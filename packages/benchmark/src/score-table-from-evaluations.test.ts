/** From evaluations to scores: every reason for a missing score is kept, what cannot be compared is refused. */
import { prepareScoreTable, type ScoreRow } from "@segathlon/ranking";
import { expect, test } from "vitest";
import type { CaseResult, EvaluationDocument, RegionResult } from "./evaluation-document.ts";
import { scoreTableFromEvaluations } from "./score-table-from-evaluations.ts";

const region = (
  status: RegionResult["status"],
  scores: Record<string, number | null>,
  more: Partial<RegionResult> = {},
): RegionResult => ({
  status,
  counts: null,
  metrics: scores,
  scores,
  ...more,
});
const caseOf = (name: string, regions: Record<string, RegionResult>, more: Partial<CaseResult> = {}): CaseResult => ({
  case: name,
  status: "ok",
  attributes: {},
  hashes: { reference: `hash of ${name}`, prediction: null },
  geometry: "exact",
  regions,
  ...more,
});
const evaluation = (
  method: string,
  cases: CaseResult[],
  more: Partial<EvaluationDocument> = {},
): EvaluationDocument => ({
  schema: "segathlon/evaluation@1",
  evaluator: { version: "0.1.0", kernel: "typescript" },
  method,
  task: "liver",
  profile: "deepmind",
  policy: { both_empty: "exclude", one_empty: "worst", missing_prediction: "worst", worst: {} },
  protocol_hash: "sha256:a",
  regions: { liver: [1] },
  metrics: [
    { key: "dice", direction: "higher-is-better", unit: "" },
    { key: "hd95", direction: "lower-is-better", unit: "mm" },
    { key: "volume_error_ml", direction: "none", unit: "ml" },
  ],
  cases,
  aggregate: {},
  notes: [],
  ...more,
});
const rowsOf = (...documents: EvaluationDocument[]): readonly ScoreRow[] =>
  scoreTableFromEvaluations(documents.map((document, k) => ({ file: `${k}.json`, evaluation: document }))).rows;
const fine = { dice: 0.9, hd95: 3, volume_error_ml: 1 };

test("metrics with a direction become columns; worst values cover every score", () => {
  const table = scoreTableFromEvaluations([
    {
      file: "a.json",
      evaluation: evaluation("A", [caseOf("c1", { liver: region("ok", fine) }, { attributes: { centre: "X" } })]),
    },
    {
      file: "b.json",
      evaluation: evaluation("B", [
        caseOf("c1", { liver: region("missed", { dice: 0, hd95: 250, volume_error_ml: 9 }) }),
      ]),
    },
  ]);
  expect(table.metrics).toEqual([
    { key: "dice", direction: "higher-is-better", worst: 0 },
    { key: "hd95", direction: "lower-is-better", worst: 250 },
  ]);
  expect(table.rows).toHaveLength(4);
  expect(table.attributes).toEqual({ liver: { c1: { centre: "X" } } });
  // A missed structure was measured: its score stands.
  expect(table.rows.filter(({ algorithm }) => algorithm === "B").map(({ status, value }) => [status, value])).toEqual([
    ["ok", 0],
    ["ok", 250],
  ]);
  expect(prepareScoreTable(table).algorithms).toEqual(["A", "B"]);
});

test("why a score is not there", () => {
  const nothing = { dice: null, hd95: null };
  const worst = { dice: 0, hd95: 120 };
  const status = (result: CaseResult, more: Partial<EvaluationDocument> = {}) => {
    const row = rowsOf(evaluation("A", [result], more)).find(({ metric }) => metric === "hd95");
    return [row?.status, row?.value, row?.worst];
  };
  expect(status(caseOf("c", { liver: region("both-empty", nothing) }))).toEqual(["reference-absent", null, undefined]);
  expect(status(caseOf("c", { liver: region("spurious", nothing) }))).toEqual(["reference-absent", null, undefined]);
  expect(status(caseOf("c", { liver: region("missed", nothing) }))).toEqual(["prediction-failed", null, undefined]);
  expect(status(caseOf("c", { liver: region("missing-file", worst, { failed_side: "prediction" }) }))).toEqual([
    "prediction-failed",
    null,
    120,
  ]);
  expect(status(caseOf("c", { liver: region("missing-file", nothing, { failed_side: "reference" }) }))).toEqual([
    "reference-absent",
    null,
    undefined,
  ]);
  expect(
    status(
      caseOf(
        "c",
        { liver: region("missing-file", worst) },
        { status: "missing-prediction", failed_side: "prediction" },
      ),
    ),
  ).toEqual(["prediction-failed", null, 120]);
  expect(
    status(caseOf("c", { liver: region("invalid", nothing) }, { status: "invalid", failed_side: "reference" })),
  ).toEqual(["reference-absent", null, undefined]);
  const rejected = { rejected: { reason: "incomplete", cases: ["c"] } };
  expect(
    status(
      caseOf(
        "c",
        { liver: region("missing-file", nothing) },
        { status: "missing-prediction", failed_side: "prediction" },
      ),
      rejected,
    ),
  ).toEqual(["not-submitted", null, undefined]);
});

test("evaluations without a task share one; several tasks stay apart", () => {
  const one = caseOf("c", { liver: region("ok", fine) });
  expect(
    new Set(
      rowsOf(evaluation("A", [one], { task: null }), evaluation("B", [one], { task: null })).map(({ task }) => task),
    ),
  ).toEqual(new Set(["task"]));
  const two = rowsOf(evaluation("A", [one]), evaluation("A", [one], { task: "spleen", protocol_hash: "sha256:b" }));
  expect(new Set(two.map(({ task }) => task))).toEqual(new Set(["liver", "spleen"]));
});

test("what cannot be compared is refused", () => {
  const one = caseOf("c", { liver: region("ok", fine) });
  const code = (...documents: EvaluationDocument[]): string => {
    try {
      rowsOf(...documents);
      return "none";
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code()).toBe("SEG300");
  expect(code(evaluation("A", [one], { metrics: [{ key: "volume_error_ml", direction: "none", unit: "ml" }] }))).toBe(
    "SEG300",
  );
  expect(code(evaluation("A", [one]), evaluation("B", [one], { protocol_hash: "sha256:b" }))).toBe("SEG302");
  expect(code(evaluation("A", [one]), evaluation("A", [one]))).toBe("SEG303");
  const other = caseOf("c", { liver: region("ok", fine) }, { hashes: { reference: "another", prediction: null } });
  expect(code(evaluation("A", [one]), evaluation("B", [other]))).toBe("SEG302");
  const unknown = caseOf("c", { liver: region("ok", fine) }, { hashes: { reference: null, prediction: null } });
  expect(code(evaluation("A", [one]), evaluation("B", [unknown]))).toBe("none");
});

test("names that objects have already are names like others", () => {
  for (const name of ["__proto__", "constructor", "toString"]) {
    const one = caseOf(name, { liver: region("ok", fine) }, { attributes: Object.fromEntries([["constructor", "X"]]) });
    const table = scoreTableFromEvaluations([{ file: "a.json", evaluation: evaluation(name, [one], { task: name }) }]);
    expect(table.rows.map(({ task, case: own }) => [task, own])).toEqual([
      [name, name],
      [name, name],
    ]);
    const prepared = prepareScoreTable(table);
    expect(prepared.tasks[0]?.attributes[0]?.constructor).toBe("X");
    expect(Object.keys(Object.prototype)).toEqual([]);
  }
});
