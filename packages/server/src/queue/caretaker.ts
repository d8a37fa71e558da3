/**
 * Sees to it that everything that was acknowledged ends: sends lost jobs again, takes work from silent workers, buries what failed
 * too often, removes abandoned uploads, finishes re-scorings. Any number of processes may do this at once.
 */
import { SegathlonError } from "@segathlon/errors";
import { sql } from "kysely";
import { finishRescores } from "../domain/rescore-store.ts";
import { endSubmission } from "../domain/submission-store.ts";
import { removeUploadParts } from "../domain/upload-store.ts";
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import type { JobQueue } from "./job-queue.ts";
import { buryChunk } from "./score-chunk.ts";

const maxAttempts = 3;
const batch = 500;

async function expireChunks(context: ServerContext): Promise<void> {
  const silent = await context.database
    .selectFrom("evaluation_chunk")
    .select(["evaluation", "number", "fence", "attempts", "worker"])
    .where("state", "=", "running")
    .where("lease_until", "<", sql<Date>`now()`)
    .limit(batch)
    .execute();
  for (const chunk of silent) {
    if (chunk.attempts >= maxAttempts) {
      await buryChunk(
        context,
        chunk,
        new SegathlonError("SEG414", `worker ${chunk.worker ?? "unknown"} fell silent ${chunk.attempts} times`),
      );
      continue;
    }
    await context.database
      .updateTable("evaluation_chunk")
      .set({ state: "queued", lease_until: null })
      .where("evaluation", "=", chunk.evaluation)
      .where("number", "=", chunk.number)
      .where("fence", "=", chunk.fence)
      .where("state", "=", "running")
      .execute();
  }
}

async function sendLost(context: ServerContext, queue: JobQueue): Promise<void> {
  const submissions = await context.database
    .selectFrom("submission")
    .select("id")
    .where((test) =>
      test.or([
        test("state", "=", "received"),
        test.and([test("state", "=", "checking"), test("lease_until", "<", sql<Date>`now()`)]),
      ]),
    )
    .limit(batch)
    .execute();
  await queue.sendIntake(submissions.map(({ id }) => id));
  const chunks = await context.database
    .selectFrom("evaluation_chunk")
    .select(["evaluation", "number", "fence"])
    .where("state", "=", "queued")
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom(sql<{ singleton_key: string; name: string; state: string }>`pgboss.job`.as("job"))
            .select(sql`1`.as("one"))
            .where(
              sql<boolean>`job.name = 'score' and job.state < 'completed' and job.singleton_key = evaluation_chunk.evaluation || '/' || evaluation_chunk.number || '/' || evaluation_chunk.fence`,
            ),
        ),
      ),
    )
    .orderBy("evaluation")
    .orderBy("number")
    .limit(batch)
    .execute();
  await queue.sendScore(chunks.map(({ evaluation, number, fence }) => ({ evaluation, chunk: number, fence })));
  if (submissions.length + chunks.length > 0) context.events.publish({ type: "work", benchmark: "" });
}

async function reapUploads(context: ServerContext): Promise<void> {
  const old = await context.database
    .selectFrom("submission")
    .select(["submission.id", "submission.benchmark"])
    .where("state", "=", "uploading")
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom("upload")
            .select("upload.id")
            .whereRef("upload.submission", "=", "submission.id")
            .where(
              "upload.touched_at",
              ">",
              sql<Date>`now() - make_interval(hours => ${context.settings.uploadHours}::int)`,
            ),
        ),
      ),
    )
    .limit(batch)
    .execute();
  for (const submission of old) {
    await context.database.transaction().execute((transaction) =>
      endSubmission(transaction, submission, {
        state: "cancelled",
        failure: {
          kind: "participant",
          code: "SEG426",
          message: `nothing was uploaded for ${context.settings.uploadHours} hours`,
          hint: "Submit again; an upload can be continued within that time.",
        },
        actor: "system",
      }),
    );
  }
  const leftovers = await context.database
    .selectFrom("upload")
    .innerJoin("submission", "submission.id", "upload.submission")
    .select("upload.id")
    .where("submission.state", "not in", ["uploading", "received", "checking"])
    .where(({ exists, selectFrom }) =>
      exists(selectFrom("upload_part").select("start").whereRef("upload_part.upload", "=", "upload.id")),
    )
    .limit(batch)
    .execute();
  for (const { id } of leftovers) await removeUploadParts(context, id);
}

async function reportIn(context: ServerContext): Promise<void> {
  const { workerName, threads } = context.settings;
  if (threads > 0)
    await context.database
      .insertInto("worker")
      .values({ id: workerName, host: workerName, version: "0.1.0", threads, seen_at: sql<Date>`now()` })
      .onConflict((conflict) => conflict.column("id").doUpdateSet({ seen_at: sql<Date>`now()`, threads }))
      .execute();
  await context.database.deleteFrom("worker").where("seen_at", "<", sql<Date>`now() - interval '1 day'`).execute();
}

/** One round. Each part is tried even if another fails. */
export async function careRound(context: ServerContext, queue: JobQueue, pool: ThreadPool): Promise<void> {
  const parts = [
    () => reportIn(context),
    () => expireChunks(context),
    () => sendLost(context, queue),
    () => finishRescores(context, pool),
    () => reapUploads(context),
  ];
  for (const part of parts) {
    try {
      await part();
    } catch (error) {
      context.log.warn({ error: String(error) }, "caretaker");
    }
  }
}
