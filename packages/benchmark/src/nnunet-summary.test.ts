import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { parsePythonJson, readNnunetSummary, writeNnunetSummary } from "./nnunet-summary.ts";
import { evaluateFolders } from "./node/evaluate-folders.ts";
import { protocolFromOptions } from "./scoring-protocol.ts";

test("bare NaN and Infinity are read as null, those inside texts stay", () => {
  expect(parsePythonJson('{"a": NaN, "b": [-Infinity, Infinity], "NaN": "NaN \\" Infinity"}')).toEqual({
    a: null,
    b: [null, null],
    NaN: 'NaN " Infinity',
  });
});

const summary = `{
  "foreground_mean": {"Dice": NaN},
  "mean": {"1": {"Dice": 0.8}},
  "metric_per_case": [
    {"metrics": {"(1, 2)": {"Dice": 0.8, "FN": 1, "FP": 1, "IoU": 0.6666666666666666, "TN": 10, "TP": 4, "n_pred": 5, "n_ref": 5},
                 "2": {"Dice": NaN, "FN": 0, "FP": 0, "IoU": NaN, "TN": 16, "TP": 0, "n_pred": 0, "n_ref": 0}},
     "prediction_file": "/p/case_1.nii.gz", "reference_file": "/r/case_1.nii.gz"}
  ]
}`;

test("a summary becomes an evaluation", () => {
  const report = readNnunetSummary(summary, "nnU-Net");
  expect(report.regions).toEqual({ "(1, 2)": [1, 2], "2": [2] });
  expect(report.cases[0]).toMatchObject({
    case: "case_1",
    regions: {
      "(1, 2)": {
        status: "ok",
        counts: { tp: 4, fp: 1, fn: 1, tn: 10 },
        metrics: { dice: 0.8 },
        scores: { dice: 0.8 },
      },
      "2": { status: "both-empty", metrics: { dice: null }, scores: { dice: 1 } },
    },
  });
});

test("what is written is read back; NaN or null as asked", async () => {
  const folder = (name: string): string => fileURLToPath(new URL(`goldens/${name}`, import.meta.url));
  const protocol = protocolFromOptions({ profile: "nnunet-v2", metrics: "dice,iou" });
  const report = await evaluateFolders(folder("reference"), folder("prediction"), { protocol, workers: 0 });
  const { text, skipped } = writeNnunetSummary(report);
  expect(skipped).toBe(0);
  expect(text).toContain('"Dice": NaN');
  expect(() => JSON.parse(text)).toThrow();
  const back = readNnunetSummary(text, report.method);
  for (const [index, result] of report.cases.entries()) {
    for (const [region, { counts, metrics, status }] of Object.entries(result.regions)) {
      expect(back.cases[index]?.regions[region]).toMatchObject({ counts, metrics, status });
    }
  }
  const parsed = JSON.parse(writeNnunetSummary(report, "null").text);
  expect(parsed.foreground_mean.TP).toBeGreaterThan(0);
  expect(Object.keys(parsed)).toEqual(["foreground_mean", "mean", "metric_per_case"]);
  // Dice of the reference implementation for one of these pairs.
  const expected = JSON.parse(readFileSync(new URL("goldens/expected.json", import.meta.url), "utf8"));
  expect(parsed.metric_per_case[3].metrics["1"].Dice).toBe(expected["24_organs15"]["1"].dice);
});

test.each([
  ["version 1", '{"results": {"all": []}}', /version 1; expected version 2/],
  ["no cases", '{"metric_per_case": []}', /metric_per_case/],
  ["a key that is no label", summary.replace('"2"', '"liver"'), /"liver" is neither a label nor a tuple/],
  ["not JSON", "{", /is not JSON/],
])("refused: %s", (_name, text, message) => {
  expect(() => readNnunetSummary(text, "x")).toThrow(message);
});
