/**
 * Scoring one chunk of cases: claimed with a fence, kept alive by a heartbeat, written in one transaction that checks the fence.
 * A worker that was late, hung or was taken for dead can finish as often as it likes: its result is not taken.
 */
import {
  assembleEvaluation,
  type CaseDraft,
  canonicalJson,
  evaluatorVersion,
  type ScoringProtocol,
} from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import { type Selectable, sql, type Transaction } from "kysely";
import type { ChunkTable, Database, EvaluationTable } from "../database/schema.ts";
import { audit } from "../domain/audit.ts";
import { documentOf, findBenchmark, scoringProtocol } from "../domain/benchmark-store.ts";
import { readReference, referenceAt } from "../domain/reference-store.ts";
import { endSubmission, findSubmission, recordFault, type SubmissionRow } from "../domain/submission-store.ts";
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import { keepLease, type Lease } from "./lease.ts";

/** A chunk that failed this often goes to the dead letters with its reason. */
const maxAttempts = 3;

export type ChunkRow = Selectable<ChunkTable>;
export type EvaluationRow = Selectable<EvaluationTable>;

interface ScoredCase {
  readonly draft: CaseDraft;
  readonly kernel: "wasm-simd" | "typescript";
  readonly artefact: string | null;
  readonly seconds: number;
}

async function claim(context: ServerContext, evaluation: number, number: number): Promise<ChunkRow | null> {
  const row = await context.database
    .updateTable("evaluation_chunk")
    .set({
      state: "running",
      fence: sql`fence + 1`,
      attempts: sql`attempts + 1`,
      worker: context.settings.workerName,
      lease_until: sql<Date>`now() + make_interval(secs => ${context.settings.leaseSeconds})`,
      done_cases: 0,
    })
    .where("evaluation", "=", evaluation)
    .where("number", "=", number)
    .where((test) =>
      test.or([
        test("state", "=", "queued"),
        test.and([test("state", "=", "running"), test("lease_until", "<", sql<Date>`now()`)]),
      ]),
    )
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

async function begin(context: ServerContext, evaluation: EvaluationRow, submission: SubmissionRow): Promise<void> {
  await context.database.transaction().execute(async (transaction) => {
    await transaction
      .updateTable("evaluation")
      .set({ state: "scoring" })
      .where("id", "=", evaluation.id)
      .where("state", "=", "queued")
      .execute();
    if (evaluation.rescore !== null) return;
    await transaction
      .updateTable("submission")
      .set({ state: "scoring", started_at: new Date() })
      .where("id", "=", submission.id)
      .where("state", "=", "queued")
      .execute();
  });
}

/** Scores a case of a re-scoring from an earlier evaluation of the same two files by this evaluator; null: the files are needed. */
async function scoreFromStored(
  context: ServerContext,
  pool: ThreadPool,
  evaluation: EvaluationRow,
  files: {
    readonly task: string;
    readonly case: string;
    readonly reference: string;
    readonly prediction: string;
    readonly protocol: ScoringProtocol;
    readonly attributes: CaseDraft["attributes"];
  },
): Promise<Omit<ScoredCase, "seconds"> | null> {
  const earlier = await context.database
    .selectFrom("evaluation_case")
    .innerJoin("evaluation", "evaluation.id", "evaluation_case.evaluation")
    .select(["evaluation_case.result", "evaluation_case.artefact"])
    .where("evaluation.submission", "=", evaluation.submission)
    .where("evaluation.evaluator", "=", evaluation.evaluator)
    .where("evaluation.id", "<", evaluation.id)
    .where("evaluation_case.task", "=", files.task)
    .where("evaluation_case.case_id", "=", files.case)
    .where("evaluation_case.artefact", "is not", null)
    .orderBy("evaluation.id", "desc")
    .execute();
  for (const { result, artefact } of earlier) {
    const { draft, kernel } = result as StoredCase;
    if (artefact === null || draft.hashes.reference !== files.reference || draft.hashes.prediction !== files.prediction)
      continue;
    const task = { kind: "score-again", draft, artefact, protocol: files.protocol } as const;
    const again = await pool.run(task, { seconds: context.settings.caseSeconds });
    if (again !== null) return { draft: { ...again, attributes: files.attributes }, kernel, artefact };
  }
  return null;
}

async function scoreOne(
  context: ServerContext,
  pool: ThreadPool,
  evaluation: EvaluationRow,
  submission: SubmissionRow,
  place: { readonly task: string; readonly case: string },
): Promise<ScoredCase> {
  const { database, store, settings } = context;
  const document = documentOf(await findBenchmark(database, submission.benchmark));
  const inBenchmark = { benchmark: submission.benchmark, ...place };
  const reference = await referenceAt(database, inBenchmark, evaluation.references_revision);
  if (reference === undefined)
    throw new SegathlonError("SEG415", `case ${place.case} of ${place.task} has no reference`);
  const row = await database
    .selectFrom("benchmark_case")
    .select("attributes")
    .where("benchmark", "=", submission.benchmark)
    .where("task", "=", place.task)
    .where("case_id", "=", place.case)
    .executeTakeFirstOrThrow();
  const prediction = await database
    .selectFrom("prediction")
    .selectAll()
    .where("submission", "=", submission.id)
    .where("task", "=", place.task)
    .where("case_id", "=", place.case)
    .executeTakeFirst();
  const started = performance.now();
  const protocol = scoringProtocol(document, place.task);
  const stored =
    evaluation.rescore === null || prediction === undefined || evaluation.evaluator !== evaluatorVersion
      ? null
      : await scoreFromStored(context, pool, evaluation, {
          ...place,
          reference: reference.sha256,
          prediction: prediction.sha256,
          protocol,
          attributes: row.attributes,
        });
  if (stored !== null) return { ...stored, seconds: (performance.now() - started) / 1000 };
  const { draft, kernel, artefact } = await pool.run(
    {
      kind: "score",
      case: place.case,
      protocol,
      attributes: row.attributes,
      reference: {
        name: reference.file_name,
        bytes: await readReference(context, reference),
        sha256: reference.sha256,
      },
      prediction:
        prediction === undefined
          ? null
          : { name: prediction.file_name, bytes: await store.get(prediction.blob), sha256: prediction.sha256 },
    },
    { seconds: settings.caseSeconds },
  );
  return { draft, kernel, artefact, seconds: (performance.now() - started) / 1000 };
}

async function scoreCases(
  context: ServerContext,
  pool: ThreadPool,
  work: {
    readonly chunk: ChunkRow;
    readonly evaluation: EvaluationRow;
    readonly submission: SubmissionRow;
    readonly lease: Lease;
  },
): Promise<ScoredCase[]> {
  const { chunk, evaluation, submission, lease } = work;
  let done = 0;
  const results: ScoredCase[] = [];
  const names = [...chunk.cases];
  const next = async (index: number): Promise<void> => {
    const name = names[index];
    if (name === undefined || !lease.held) return;
    results[index] = await scoreOne(context, pool, evaluation, submission, { task: chunk.task, case: name });
    done += 1;
    await context.database
      .updateTable("evaluation_chunk")
      .set({ done_cases: done })
      .where("evaluation", "=", chunk.evaluation)
      .where("number", "=", chunk.number)
      .where("fence", "=", chunk.fence)
      .execute();
    context.events.publish({ type: "submission", benchmark: submission.benchmark, submission: submission.id });
  };
  // A few at once, so that reading the next files overlaps with scoring; results keep the order of the chunk.
  const width = Math.max(1, Math.min(names.length, pool.size + 1));
  let index = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (index < names.length) {
        const mine = index;
        index += 1;
        await next(mine);
      }
    }),
  );
  return results;
}

/** Puts an evaluation together when its last chunk is in. */
async function finishEvaluation(
  transaction: Transaction<Database>,
  evaluation: EvaluationRow,
  submission: SubmissionRow,
): Promise<void> {
  const benchmark = await transaction
    .selectFrom("benchmark")
    .selectAll()
    .where("id", "=", submission.benchmark)
    .executeTakeFirstOrThrow();
  const document = documentOf(benchmark);
  const rows = await transaction
    .selectFrom("evaluation_case")
    .selectAll()
    .where("evaluation", "=", evaluation.id)
    .execute();
  const summary: Record<string, unknown> = {};
  for (const task of new Set(rows.map((row) => row.task))) {
    const results = rows.filter((row) => row.task === task).map((row) => row.result as StoredCase);
    const protocol = scoringProtocol(document, task);
    const kernel = results.some((result) => result.kernel === "typescript") ? "typescript" : "wasm-simd";
    const { cases, ...rest } = assembleEvaluation(
      results.map((result) => result.draft),
      { protocol, method: submission.method.name, kernel },
    );
    summary[task] = { ...rest, statuses: countStatuses(cases) };
  }
  await transaction
    .updateTable("evaluation")
    .set({
      state: "done",
      finished_at: new Date(),
      summary: JSON.stringify(summary),
      is_current: evaluation.rescore === null,
    })
    .where("id", "=", evaluation.id)
    .execute();
  if (evaluation.rescore !== null) return;
  await transaction
    .updateTable("submission")
    .set({ state: "scored", quota: "used", finished_at: new Date() })
    .where("id", "=", submission.id)
    .execute();
  await transaction
    .updateTable("phase")
    .set({ board_revision: sql`board_revision + 1` })
    .where("benchmark", "=", submission.benchmark)
    .where("id", "=", submission.phase)
    .execute();
  await audit(transaction, {
    benchmark: submission.benchmark,
    actor: "system",
    action: "submission.scored",
    subject: String(submission.id),
    detail: { evaluation: evaluation.id, cases: rows.length, protocolHash: evaluation.protocol_hash },
  });
}

/** What `evaluation_case.result` holds. */
export interface StoredCase {
  readonly draft: CaseDraft;
  readonly kernel: "wasm-simd" | "typescript";
}

function countStatuses(cases: readonly { readonly status: string }[]): {
  ok: number;
  missing: number;
  invalid: number;
} {
  const count = (status: string): number => cases.filter((entry) => entry.status === status).length;
  return { ok: count("ok"), missing: count("missing-prediction"), invalid: count("invalid") };
}

/** Writes a chunk's result if its claim is still the newest. Returns what became of the evaluation. */
async function commit(
  context: ServerContext,
  chunk: ChunkRow,
  results: readonly ScoredCase[],
): Promise<"not-ours" | "more-to-do" | "finished"> {
  return context.database.transaction().execute(async (transaction) => {
    // The evaluation's row first: the last two chunks must not both see the other one unfinished.
    const evaluation = await transaction
      .selectFrom("evaluation")
      .selectAll()
      .where("id", "=", chunk.evaluation)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (evaluation.state !== "scoring") return "not-ours";
    const { numUpdatedRows } = await transaction
      .updateTable("evaluation_chunk")
      .set({
        state: "done",
        lease_until: null,
        done_cases: results.length,
        seconds: results.reduce((sum, result) => sum + result.seconds, 0),
      })
      .where("evaluation", "=", chunk.evaluation)
      .where("number", "=", chunk.number)
      .where("fence", "=", chunk.fence)
      .where("state", "=", "running")
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return "not-ours";
    await transaction
      .insertInto("evaluation_case")
      .values(
        results.map(({ draft, kernel, artefact, seconds }) => ({
          evaluation: chunk.evaluation,
          task: chunk.task,
          case_id: draft.case,
          result: canonicalJson({ draft, kernel } satisfies StoredCase),
          artefact,
          seconds,
        })),
      )
      .execute();
    const open = await transaction
      .selectFrom("evaluation_chunk")
      .select("number")
      .where("evaluation", "=", chunk.evaluation)
      .where("state", "<>", "done")
      .limit(1)
      .executeTakeFirst();
    if (open !== undefined) return "more-to-do";
    const submission = await transaction
      .selectFrom("submission")
      .selectAll()
      .where("id", "=", evaluation.submission)
      .executeTakeFirstOrThrow();
    await finishEvaluation(transaction, evaluation, submission);
    return "finished";
  });
}

/** Gives a chunk up: the submission ends as failed (no quota), a re-scoring ends as failed (nothing on the board changes). */
export async function buryChunk(
  context: ServerContext,
  chunk: Pick<ChunkRow, "evaluation" | "number" | "fence">,
  error: SegathlonError,
): Promise<void> {
  await context.database.transaction().execute(async (transaction) => {
    const evaluation = await transaction
      .selectFrom("evaluation")
      .selectAll()
      .where("id", "=", chunk.evaluation)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const { numUpdatedRows } = await transaction
      .updateTable("evaluation_chunk")
      .set({ state: "dead", lease_until: null })
      .where("evaluation", "=", chunk.evaluation)
      .where("number", "=", chunk.number)
      .where("fence", "=", chunk.fence)
      .where("state", "in", ["queued", "running"])
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return;
    if (evaluation.rescore !== null) {
      await transaction
        .updateTable("evaluation")
        .set({ state: "failed", finished_at: new Date() })
        .where("id", "=", evaluation.id)
        .execute();
      await transaction
        .updateTable("rescore")
        .set({ state: "failed", problem: error.message, finished_at: new Date() })
        .where("id", "=", evaluation.rescore)
        .where("state", "=", "running")
        .execute();
      return;
    }
    const submission = await transaction
      .selectFrom("submission")
      .selectAll()
      .where("id", "=", evaluation.submission)
      .executeTakeFirstOrThrow();
    const kind = error.failure === "organiser" ? "organiser" : "infrastructure";
    await endSubmission(transaction, submission, {
      state: "failed",
      // One sentence for every cause: what went wrong may depend on the hidden reference. Organisers read the fault itself.
      failure: {
        kind,
        code: "SEG414",
        message: "scoring did not succeed; no quota was used",
        hint: "The organiser has been told; nothing needs to be sent again.",
      },
      actor: context.settings.workerName,
    });
  });
}

/** Scores one chunk, if it is there to be taken. */
export async function runScoreChunk(
  context: ServerContext,
  pool: ThreadPool,
  evaluationId: number,
  number: number,
): Promise<void> {
  const chunk = await claim(context, evaluationId, number);
  if (chunk === null) return;
  const evaluation = await context.database
    .selectFrom("evaluation")
    .selectAll()
    .where("id", "=", evaluationId)
    .executeTakeFirstOrThrow();
  const submission = await findSubmission(context.database, evaluation.submission);
  const announce = (): void =>
    context.events.publish({ type: "submission", benchmark: submission.benchmark, submission: submission.id });
  const lease = keepLease(context, { kind: "chunk", evaluation: evaluationId, number, fence: chunk.fence });
  try {
    await begin(context, evaluation, submission);
    const results = await scoreCases(context, pool, { chunk, evaluation, submission, lease });
    if (!lease.held) return;
    const outcome = await commit(context, chunk, results);
    if (outcome === "finished" && evaluation.rescore === null) {
      const { board_revision } = await context.database
        .selectFrom("phase")
        .select("board_revision")
        .where("benchmark", "=", submission.benchmark)
        .where("id", "=", submission.phase)
        .executeTakeFirstOrThrow();
      context.events.publish({
        type: "leaderboard",
        benchmark: submission.benchmark,
        phase: submission.phase,
        revision: String(board_revision),
      });
    }
  } catch (error) {
    const fault =
      error instanceof SegathlonError ? error : new SegathlonError("SEG414", String(error), { cause: error });
    context.log.warn({ evaluation: evaluationId, chunk: number, error: String(error) }, "chunk not scored");
    await recordFault(context, {
      submission: submission.id,
      evaluation: evaluationId,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    if (fault.failure === "organiser" || chunk.attempts >= maxAttempts) await buryChunk(context, chunk, fault);
    else
      await context.database
        .updateTable("evaluation_chunk")
        .set({ state: "queued", lease_until: null })
        .where("evaluation", "=", evaluationId)
        .where("number", "=", number)
        .where("fence", "=", chunk.fence)
        .where("state", "=", "running")
        .execute();
  } finally {
    lease.end();
    announce();
  }
}
