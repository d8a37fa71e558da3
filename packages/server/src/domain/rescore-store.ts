/**
 * Re-scoring: every entry of a phase is scored again beside the board. Only when all are done is there a difference to look at, and
 * applying it makes all new scores count in one transaction. Until then the board is what it was.
 */
import { randomUUID } from "node:crypto";
import { evaluatorVersion } from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import { type Selectable, sql } from "kysely";
import type { RescoreTable } from "../database/schema.ts";
import { type ChunkPlan, planChunks } from "../queue/chunk-plan.ts";
import type { JobQueue } from "../queue/job-queue.ts";
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import { audit } from "./audit.ts";
import { findBenchmark, findPhase, phaseDocumentOf } from "./benchmark-store.ts";
import { boardEntries, boardRanks } from "./leaderboard-board.ts";
import { casesOfPhase } from "./phase-state.ts";

export type RescoreRow = Selectable<RescoreTable>;

/** Starts a re-scoring of a phase against the newest references and the present protocol. */
export async function startRescore(
  context: ServerContext,
  queue: JobQueue,
  request: {
    readonly benchmark: string;
    readonly phase: string;
    readonly reason: string;
    readonly apply: boolean;
    readonly actor: string;
  },
): Promise<string> {
  const benchmark = await findBenchmark(context.database, request.benchmark);
  const phase = await findPhase(context.database, request.benchmark, request.phase);
  const cases = await casesOfPhase(context.database, phase, benchmark.references_revision);
  if (cases.length === 0) throw new SegathlonError("SEG422", `phase ${phase.id} has no case with a reference`);
  const submissions = await context.database
    .selectFrom("submission")
    .select("id")
    .where("benchmark", "=", benchmark.id)
    .where("phase", "=", phase.id)
    .where("state", "=", "scored")
    .where("withdrawn_at", "is", null)
    .orderBy("id")
    .execute();
  const id = randomUUID();
  const absent = phaseDocumentOf(phase).absent_task;
  const plans: { submission: number; chunks: readonly ChunkPlan[] }[] = [];
  for (const submission of submissions) {
    const tasks = await context.database
      .selectFrom("prediction")
      .select("task")
      .distinct()
      .where("submission", "=", submission.id)
      .execute();
    const there = new Set(tasks.map(({ task }) => task));
    const wanted = cases.filter((entry) => absent === "worst" || there.has(entry.task));
    plans.push({ submission: submission.id, chunks: await planChunks(context, benchmark.id, wanted) });
  }
  const jobs = await context.database.transaction().execute(async (transaction) => {
    const open = await transaction
      .selectFrom("rescore")
      .select("id")
      .where("benchmark", "=", benchmark.id)
      .where("phase", "=", phase.id)
      .where("state", "in", ["running", "ready"])
      .executeTakeFirst();
    if (open !== undefined)
      throw new SegathlonError("SEG405", `phase ${phase.id} has an undecided re-scoring`, {
        hint: "Apply or discard it first.",
      });
    await transaction
      .insertInto("rescore")
      .values({
        id,
        benchmark: benchmark.id,
        phase: phase.id,
        state: "running",
        apply_when_ready: request.apply,
        reason: request.reason,
        author: request.actor,
        from_references: phase.references_revision,
        to_references: benchmark.references_revision,
      })
      .execute();
    const made: { evaluation: number; chunk: number; fence: number }[] = [];
    for (const plan of plans) {
      const { version } = await transaction
        .selectFrom("evaluation")
        .select(sql<number>`coalesce(max(version), 0)::int`.as("version"))
        .where("submission", "=", plan.submission)
        .executeTakeFirstOrThrow();
      const { id: evaluation } = await transaction
        .insertInto("evaluation")
        .values({
          submission: plan.submission,
          version: version + 1,
          rescore: id,
          references_revision: benchmark.references_revision,
          protocol_hash: benchmark.protocol_hash,
          evaluator: evaluatorVersion,
          state: "queued",
        })
        .returning("id")
        .executeTakeFirstOrThrow();
      await transaction
        .insertInto("evaluation_chunk")
        .values(
          plan.chunks.map((chunk, number) => ({
            evaluation,
            number,
            task: chunk.task,
            cases: JSON.stringify(chunk.cases),
            state: "queued" as const,
          })),
        )
        .execute();
      for (let chunk = 0; chunk < plan.chunks.length; chunk += 1) made.push({ evaluation, chunk, fence: 0 });
    }
    await audit(transaction, {
      benchmark: benchmark.id,
      actor: request.actor,
      action: "rescore.start",
      subject: id,
      detail: { phase: phase.id, reason: request.reason, submissions: plans.length },
    });
    return made;
  });
  await queue.sendScore(jobs);
  context.events.publish({ type: "work", benchmark: benchmark.id });
  return id;
}

async function differenceOf(context: ServerContext, pool: ThreadPool, rescore: RescoreRow): Promise<unknown[]> {
  const benchmark = await findBenchmark(context.database, rescore.benchmark);
  const phase = await findPhase(context.database, rescore.benchmark, rescore.phase);
  const before = await boardEntries(context, benchmark, phase, null);
  const after = await boardEntries(context, benchmark, phase, rescore.id);
  const ranksBefore = await boardRanks(pool, benchmark, before);
  const ranksAfter = await boardRanks(pool, benchmark, after);
  return after.map((entry) => {
    const old = before.find((candidate) => candidate.submission.id === entry.submission.id);
    const changes = Object.entries(entry.documents).flatMap(([task, document]) =>
      Object.entries(document.aggregate).flatMap(([region, metrics]) =>
        Object.entries(metrics).flatMap(([metric, value]) => {
          const was = old?.documents[task]?.aggregate[region]?.[metric]?.mean ?? null;
          return was === value.mean ? [] : [{ column: `${task}/${region}/${metric}`, before: was, after: value.mean }];
        }),
      ),
    );
    return {
      algorithm: entry.algorithm,
      submission: entry.submission.id,
      rankBefore: ranksBefore.get(entry.submission.id) ?? null,
      rankAfter: ranksAfter.get(entry.submission.id) ?? null,
      changes,
    };
  });
}

/** Moves re-scorings whose evaluations are all done to `ready`, and applies those that were asked to. */
export async function finishRescores(context: ServerContext, pool: ThreadPool): Promise<void> {
  const running = await context.database
    .selectFrom("rescore")
    .selectAll()
    .where("state", "=", "running")
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("evaluation")
            .select("evaluation.id")
            .whereRef("evaluation.rescore", "=", "rescore.id")
            .where("evaluation.state", "<>", "done"),
        ),
      ),
    )
    .execute();
  for (const rescore of running) {
    const difference = await differenceOf(context, pool, rescore);
    const { numUpdatedRows } = await context.database
      .updateTable("rescore")
      .set({ state: "ready", difference: JSON.stringify(difference) })
      .where("id", "=", rescore.id)
      .where("state", "=", "running")
      .executeTakeFirst();
    if (numUpdatedRows === 0n) continue;
    context.events.publish({ type: "rescore", benchmark: rescore.benchmark, id: rescore.id, state: "ready" });
    if (rescore.apply_when_ready) await applyRescore(context, rescore.id, rescore.author);
  }
}

/**
 * Makes the new scores count, all or none. Entries that were scored while the re-scoring ran, and so have no new score, stop it: they
 * would be on the board against other references.
 */
export async function applyRescore(context: ServerContext, id: string, actor: string): Promise<void> {
  const rescore = await context.database.transaction().execute(async (transaction) => {
    const row = await transaction.selectFrom("rescore").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
    if (row === undefined) throw new SegathlonError("SEG403", "there is no such re-scoring");
    if (row.state !== "ready")
      throw new SegathlonError("SEG405", `the re-scoring is ${row.state}, only a ready one can be applied`);
    await transaction
      .selectFrom("phase")
      .select("id")
      .where("benchmark", "=", row.benchmark)
      .where("id", "=", row.phase)
      .forUpdate()
      .execute();
    const late = await transaction
      .selectFrom("submission")
      .select("submission.id")
      .where("submission.benchmark", "=", row.benchmark)
      .where("submission.phase", "=", row.phase)
      .where((test) =>
        test.or([
          test("submission.state", "in", ["queued", "scoring"]),
          test.and([
            test("submission.state", "=", "scored"),
            test("submission.withdrawn_at", "is", null),
            test.not(
              test.exists(
                test
                  .selectFrom("evaluation")
                  .select("evaluation.id")
                  .whereRef("evaluation.submission", "=", "submission.id")
                  .where("evaluation.rescore", "=", id)
                  .where("evaluation.state", "=", "done"),
              ),
            ),
          ]),
        ]),
      )
      .execute();
    if (late.length > 0)
      throw new SegathlonError(
        "SEG405",
        `${late.length} submissions arrived after the re-scoring began (${late
          .slice(0, 5)
          .map((entry) => entry.id)
          .join(", ")})`,
        {
          hint: "Freeze the phase, discard this re-scoring and start it again.",
        },
      );
    const fresh = await transaction
      .selectFrom("evaluation")
      .select(["id", "submission"])
      .where("rescore", "=", id)
      .execute();
    const submissions = fresh.map((entry) => entry.submission);
    if (submissions.length > 0) {
      await transaction
        .updateTable("evaluation")
        .set({ is_current: false })
        .where("submission", "in", submissions)
        .where("is_current", "=", true)
        .execute();
      await transaction.updateTable("evaluation").set({ is_current: true }).where("rescore", "=", id).execute();
    }
    await transaction
      .updateTable("phase")
      .set({ references_revision: row.to_references, board_revision: sql`board_revision + 1` })
      .where("benchmark", "=", row.benchmark)
      .where("id", "=", row.phase)
      .execute();
    await transaction
      .updateTable("rescore")
      .set({ state: "applied", finished_at: new Date() })
      .where("id", "=", id)
      .execute();
    await audit(transaction, {
      benchmark: row.benchmark,
      actor,
      action: "rescore.apply",
      subject: id,
      detail: { phase: row.phase, submissions: submissions.length },
    });
    return row;
  });
  context.events.publish({ type: "rescore", benchmark: rescore.benchmark, id, state: "applied" });
  context.events.publish({ type: "leaderboard", benchmark: rescore.benchmark, phase: rescore.phase, revision: id });
}

export async function discardRescore(context: ServerContext, id: string, actor: string): Promise<void> {
  await context.database.transaction().execute(async (transaction) => {
    const row = await transaction.selectFrom("rescore").selectAll().where("id", "=", id).forUpdate().executeTakeFirst();
    if (row === undefined) throw new SegathlonError("SEG403", "there is no such re-scoring");
    if (row.state !== "ready" && row.state !== "running")
      throw new SegathlonError("SEG405", `the re-scoring is ${row.state}`);
    await transaction
      .updateTable("rescore")
      .set({ state: "discarded", finished_at: new Date() })
      .where("id", "=", id)
      .execute();
    const evaluations = await transaction
      .updateTable("evaluation")
      .set({ state: "cancelled", finished_at: new Date() })
      .where("rescore", "=", id)
      .where("state", "in", ["queued", "scoring"])
      .returning("id")
      .execute();
    if (evaluations.length > 0)
      await transaction
        .updateTable("evaluation_chunk")
        .set({ state: "cancelled", fence: sql`fence + 1` })
        .where(
          "evaluation",
          "in",
          evaluations.map((entry) => entry.id),
        )
        .where("state", "in", ["queued", "running"])
        .execute();
    await audit(transaction, { benchmark: row.benchmark, actor, action: "rescore.discard", subject: id });
  });
}
