/**
 * A phase's protocol applied to a submission: one report per task. What an absent task of several gets is the phase's own rule
 * (`absent_task`), never an accident.
 */
import { SegathlonError } from "@segathlon/errors";
import type { BenchmarkDocument, Phase } from "../benchmark-document.ts";
import { taskOf } from "../catalogue.ts";
import type { EvaluationDocument } from "../evaluation-document.ts";
import { protocolOfTask } from "../scoring-protocol.ts";
import { looseName } from "../volume-file-name.ts";
import { type CasePair, type EvaluationRunOptions, evaluateCases } from "./evaluate-folders.ts";
import type { LabelFile } from "./evaluation-unit.ts";
import type { Submission } from "./intake/submission-intake.ts";

/** A case of a phase and its reference. */
export interface PhaseCase {
  readonly case: string;
  readonly reference: LabelFile;
}

export interface SubmissionEvaluation {
  /** By task id; tasks that the rule leaves out are not in it. */
  readonly evaluations: Readonly<Record<string, EvaluationDocument>>;
  /** Tasks of the phase for which nothing was submitted, with what the phase does about it. */
  readonly absent: readonly { readonly task: string; readonly rule: "worst" | "not-ranked" }[];
}

/**
 * Tasks of a phase for which a submission holds no file.
 *
 * @throws SegathlonError `SEG114` when the phase requires them all.
 */
export function absentTasks(
  phase: Pick<Phase, "id" | "tasks" | "absent_task">,
  present: ReadonlySet<string>,
): string[] {
  const absent = phase.tasks.filter((task) => !present.has(task));
  const [first] = absent;
  if (first === undefined || phase.absent_task !== "reject") return absent;
  throw new SegathlonError(
    "SEG114",
    `phase ${phase.id} requires ${phase.tasks.length} tasks; nothing was submitted for ${absent.join(", ")}`,
    { hint: `Add a folder ${first} with its predictions.`, where: { task: first } },
  );
}

/** The pairs of one task: every case of the phase, with the submitted file or none. */
export function submissionPairs(cases: readonly PhaseCase[], task: string, submission: Submission): CasePair[] {
  const files = new Map(
    submission.predictions
      .filter((prediction) => prediction.task === task)
      .map((prediction) => [looseName(prediction.case), { path: prediction.path, name: prediction.name }] as const),
  );
  const problems = new Map(
    submission.problems
      .filter(({ where }) => where.task === task)
      .map((problem) => [looseName(problem.where.case ?? ""), problem] as const),
  );
  return cases.map((own): CasePair => {
    const problem = problems.get(looseName(own.case));
    const pair = { case: own.case, reference: own.reference, prediction: files.get(looseName(own.case)) ?? null };
    return problem ? { ...pair, problem, failedSide: "prediction" } : pair;
  });
}

/**
 * Scores a submission for a phase.
 *
 * @param cases of every task of the phase, by task id.
 * @throws SegathlonError `SEG114` under `absent_task: reject`. Rejects when the signal aborts.
 */
export async function evaluateSubmission(
  request: {
    readonly benchmark: BenchmarkDocument;
    readonly phase: Phase;
    readonly cases: Readonly<Record<string, readonly PhaseCase[]>>;
    readonly submission: Submission;
  },
  options: Omit<EvaluationRunOptions, "protocol">,
): Promise<SubmissionEvaluation> {
  const { benchmark, phase, submission } = request;
  const present = new Set([
    ...submission.predictions.map((prediction) => prediction.task),
    ...submission.problems.map((problem) => problem.where.task ?? ""),
  ]);
  const missing = absentTasks(phase, present);
  const evaluations: Record<string, EvaluationDocument> = {};
  for (const id of phase.tasks) {
    if (missing.includes(id) && phase.absent_task === "not-ranked") continue;
    const protocol = protocolOfTask(taskOf(benchmark, id, benchmark.benchmark));
    const cases = request.cases[id] ?? [];
    const known = new Set(cases.map((own) => looseName(own.case)));
    const extra = submission.predictions.filter((own) => own.task === id && !known.has(looseName(own.case)));
    const notes =
      extra.length === 0
        ? []
        : [
            `${extra.length} predictions of no case of this phase, not scored: ${extra
              .slice(0, 3)
              .map((own) => own.name)
              .join(", ")}`,
          ];
    evaluations[id] = await evaluateCases(submissionPairs(cases, id, submission), { ...options, protocol, notes });
  }
  const rule = phase.absent_task === "worst" ? "worst" : "not-ranked";
  return { evaluations, absent: missing.map((task) => ({ task, rule })) };
}
