/**
 * From evaluations to the score table that rankings are computed from.
 *
 * Scores are taken after the policy. What is not there keeps its reason: a region that is empty in the reference and left out by the
 * policy is `reference-absent` for everybody; a case whose prediction is missing or unusable, and a structure that was missed but has no
 * score, is `prediction-failed` (with the policy's worst value for that case); a case that is not in an evaluation at all, or belongs to a
 * rejected set, is `not-submitted`.
 */
import { SegathlonError } from "@segathlon/errors";
import type { CaseAttributes, MetricColumn, ScoreRow, ScoreTable } from "@segathlon/ranking";
import type { CaseResult, EvaluationDocument, RegionResult } from "./evaluation-document.ts";

/** An evaluation and the file that it came from, for messages. */
export interface EvaluationSource {
  readonly file: string;
  readonly evaluation: EvaluationDocument;
}

/** Name of the task of an evaluation that names none. */
export const unnamedTask = "task";

type Direction = MetricColumn["direction"];

/** The metrics that can be ranked (those with a direction), in the order of the first evaluation that has them. */
function rankedMetrics(sources: readonly EvaluationSource[]): Map<string, Direction> {
  const metrics = new Map<string, Direction>();
  for (const { evaluation } of sources)
    for (const { key, direction } of evaluation.metrics)
      if (direction !== "none" && !metrics.has(key)) metrics.set(key, direction);
  return metrics;
}

function refuseDifferentProtocols(sources: readonly EvaluationSource[]): void {
  const first = new Map<string, EvaluationSource>();
  for (const source of sources) {
    const task = source.evaluation.task ?? unnamedTask;
    const other = first.get(task);
    if (other === undefined) first.set(task, source);
    else if (other.evaluation.protocol_hash !== source.evaluation.protocol_hash)
      throw new SegathlonError(
        "SEG302",
        `${task}: ${other.file} and ${source.file} were scored by different protocols (${other.evaluation.protocol_hash} and ${source.evaluation.protocol_hash})`,
        { where: { file: source.file, task } },
      );
  }
}

/** Why there is no score, or null when there is one that counts as measured. */
function absence(
  result: CaseResult,
  region: RegionResult,
  score: number | null,
  isRejected: boolean,
): ScoreRow["status"] | null {
  const side = region.failed_side ?? result.failed_side;
  if (side === "reference" || side === "both") return "reference-absent";
  if (isRejected && (result.status !== "ok" || region.status === "missing-file" || region.status === "invalid"))
    return "not-submitted";
  if (result.status !== "ok" || region.status === "missing-file" || region.status === "invalid")
    return "prediction-failed";
  if (score !== null) return null;
  return region.status === "both-empty" || region.status === "spurious" ? "reference-absent" : "prediction-failed";
}

/**
 * The score table of several evaluations: one algorithm per method, one task per task.
 *
 * The worst value of a metric is 0 for shares and the largest of all scores and policy values for what should be small; a failed case keeps
 * the worst value that its own evaluation gave it.
 *
 * @throws SegathlonError `SEG302` when evaluations of one task differ in protocol, or one case has two references; `SEG303` when a
 *   method has two results for one case; `SEG300` when there is no evaluation or no metric with a direction
 *
 * @example
 * ```ts
 * const table = scoreTableFromEvaluations([{ file: "a.json", evaluation: a }, { file: "b.json", evaluation: b }]);
 * ```
 */
export function scoreTableFromEvaluations(sources: readonly EvaluationSource[]): ScoreTable {
  if (sources.length === 0) throw new SegathlonError("SEG300", "there is no evaluation to rank");
  refuseDifferentProtocols(sources);
  const directions = rankedMetrics(sources);
  if (directions.size === 0)
    throw new SegathlonError("SEG300", `${sources[0]?.file}: no metric has a direction, so nothing can be ranked`);
  const rows: ScoreRow[] = [];
  const worst = new Map<string, number>();
  const attributes = new Map<string, Map<string, CaseAttributes>>();
  const references = new Map<string, { hash: string; file: string }>();
  const seen = new Map<string, string>();
  const note = (key: string, value: number): void => {
    const old = worst.get(key) ?? 0;
    worst.set(key, directions.get(key) === "higher-is-better" ? Math.min(old, value) : Math.max(old, value));
  };
  for (const { file, evaluation } of sources) {
    const task = evaluation.task ?? unnamedTask;
    const isRejected = evaluation.rejected !== undefined;
    for (const result of evaluation.cases) {
      const place = `${task}\u0000${result.case}`;
      refuseSecondResult(seen, `${place}\u0000${evaluation.method}`, file, evaluation.method, result.case, task);
      refuseOtherReference(references, place, file, result, task);
      const ofTask = attributes.get(task) ?? new Map<string, CaseAttributes>();
      attributes.set(task, ofTask);
      ofTask.set(result.case, mergedAttributes(ofTask.get(result.case), result, file, task));
      for (const [region, scored] of Object.entries(result.regions))
        for (const metric of directions.keys()) {
          const score = Object.hasOwn(scored.scores, metric) ? scored.scores[metric] : undefined;
          if (score === undefined) continue;
          const status = absence(result, scored, score, isRejected);
          if (score !== null) note(metric, score);
          const row = { task, case: result.case, algorithm: evaluation.method, region, metric };
          if (status === null) rows.push({ ...row, value: score, status: "ok" });
          else
            rows.push({
              ...row,
              value: null,
              status,
              ...(status === "prediction-failed" && score !== null ? { worst: score } : {}),
            });
        }
    }
  }
  const metrics = [...directions].map(
    ([key, direction]): MetricColumn => ({ key, direction, worst: worst.get(key) ?? 0 }),
  );
  // Maps until here: a task or a case may be called `__proto__`.
  return {
    metrics,
    rows,
    attributes: Object.fromEntries([...attributes].map(([task, own]) => [task, Object.fromEntries(own)])),
  };
}

function refuseSecondResult(
  seen: Map<string, string>,
  key: string,
  file: string,
  method: string,
  name: string,
  task: string,
): void {
  const other = seen.get(key);
  if (other !== undefined)
    throw new SegathlonError("SEG303", `method ${method}, case ${name}: results in ${other} and in ${file}`, {
      where: { file, case: name, task },
    });
  seen.set(key, file);
}

function refuseOtherReference(
  references: Map<string, { hash: string; file: string }>,
  place: string,
  file: string,
  result: CaseResult,
  task: string,
): void {
  const hash = result.hashes.reference;
  if (hash === null) return;
  const other = references.get(place);
  if (other === undefined) references.set(place, { hash, file });
  else if (other.hash !== hash)
    throw new SegathlonError(
      "SEG302",
      `case ${result.case}: ${other.file} and ${file} were scored against different reference files`,
      { where: { file, case: result.case, task } },
    );
}

function mergedAttributes(
  known: CaseAttributes | undefined,
  result: CaseResult,
  file: string,
  task: string,
): CaseAttributes {
  const merged = new Map(Object.entries(known ?? {}));
  for (const [key, value] of Object.entries(result.attributes)) {
    if (merged.has(key) && merged.get(key) !== value)
      throw new SegathlonError(
        "SEG302",
        `case ${result.case}: attribute ${key} is ${JSON.stringify(merged.get(key))} in one evaluation and ${JSON.stringify(value)} in ${file}`,
        {
          hint: "Evaluate every method with the same table of case attributes.",
          where: { file, case: result.case, task },
        },
      );
    merged.set(key, value);
  }
  return Object.fromEntries(merged);
}
