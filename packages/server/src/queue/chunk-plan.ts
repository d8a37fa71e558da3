/** Cuts the cases of an evaluation into chunks of about a second's work, from what earlier cases of the task took. */
import { sql } from "kysely";
import type { PhaseCase } from "../domain/phase-state.ts";
import type { ServerContext } from "../server-context.ts";

export interface ChunkPlan {
  readonly task: string;
  readonly cases: readonly string[];
}

/** Seconds of a case of which nothing is known yet. */
const guessedSeconds = 0.25;
const maxCases = 64;

/** Chunks in the order of the cases; one chunk never mixes tasks. */
export async function planChunks(
  context: ServerContext,
  benchmark: string,
  cases: readonly PhaseCase[],
): Promise<ChunkPlan[]> {
  const measured = await context.database
    .selectFrom("evaluation_case")
    .innerJoin("evaluation", "evaluation.id", "evaluation_case.evaluation")
    .innerJoin("submission", "submission.id", "evaluation.submission")
    .select(["evaluation_case.task", sql<number>`avg(evaluation_case.seconds)::float8`.as("seconds")])
    .where("submission.benchmark", "=", benchmark)
    .groupBy("evaluation_case.task")
    .execute();
  const chunks: ChunkPlan[] = [];
  for (const task of new Set(cases.map((entry) => entry.task))) {
    const each = measured.find((row) => row.task === task)?.seconds ?? guessedSeconds;
    const size = Math.max(1, Math.min(maxCases, Math.floor(1 / Math.max(each, 1e-3))));
    const names = cases.filter((entry) => entry.task === task).map((entry) => entry.case);
    for (let at = 0; at < names.length; at += size) chunks.push({ task, cases: names.slice(at, at + size) });
  }
  return chunks;
}
