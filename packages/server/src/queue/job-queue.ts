/**
 * The queue: pg-boss on PGlite and on PostgreSQL.
 *
 * A job says only where there is work; what has been done, by whom and whether it counts is in our own tables, changed in one
 * transaction with the result. So a job that is delivered twice does nothing the second time, and one that was lost is sent again
 * by the caretaker. Jobs are sent after the transaction that made the work, never inside it: pg-boss asks the database on its own.
 */
import { PgBoss } from "pg-boss";
import type { Logger } from "pino";
import type { OpenDatabase } from "../database/open-database.ts";

export interface IntakeJob {
  readonly submission: number;
}

export interface ScoreJob {
  readonly evaluation: number;
  readonly chunk: number;
}

export interface JobQueue {
  sendIntake(submissions: readonly number[]): Promise<void>;
  sendScore(jobs: readonly (ScoreJob & { readonly fence: number })[]): Promise<void>;
  fetchIntake(): Promise<{ readonly id: string; readonly data: IntakeJob } | null>;
  fetchScore(count: number): Promise<{ readonly id: string; readonly data: ScoreJob }[]>;
  finish(queue: "intake" | "score", ids: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** A job that a worker took and did not end is given to another after this; the claim in our tables decides who works. */
const expireSeconds = 120;
/** Early chunks of every submission come first, so that a small submission does not wait behind a large one. */
const maxPriority = 1000;

/** Opens the queue and makes its tables. Start it after the other migrations. */
export async function openJobQueue(connection: OpenDatabase, log: Logger): Promise<JobQueue> {
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => connection.executeSql(text, values) },
    backend: connection.kind === "pglite" ? "pglite" : "postgres",
    schedule: false,
    superviseIntervalSeconds: 60,
  });
  boss.on("error", (error) => log.warn({ error: String(error) }, "queue"));
  await boss.start();
  for (const name of ["intake", "score"]) {
    // `short`: one waiting job for each key, so that the caretaker may send again without piling up.
    await boss.createQueue(name, {
      policy: "short",
      retryLimit: 3,
      expireInSeconds: expireSeconds,
      deleteAfterSeconds: 600,
      retentionSeconds: 90 * 86_400,
    });
  }
  return {
    async sendIntake(submissions) {
      for (const submission of submissions)
        await boss.send("intake", { submission }, { singletonKey: String(submission) });
    },
    async sendScore(jobs) {
      if (jobs.length === 0) return;
      await boss.insert(
        "score",
        jobs.map(({ evaluation, chunk, fence }) => ({
          data: { evaluation, chunk },
          singletonKey: `${evaluation}/${chunk}/${fence}`,
          priority: maxPriority - Math.min(maxPriority, chunk),
        })),
      );
    },
    async fetchIntake() {
      const [job] = await boss.fetch<IntakeJob>("intake");
      return job === undefined ? null : { id: job.id, data: job.data };
    },
    async fetchScore(count) {
      const jobs = await boss.fetch<ScoreJob>("score", { batchSize: count });
      return jobs.map(({ id, data }) => ({ id, data }));
    },
    async finish(queue, ids) {
      if (ids.length > 0) await boss.complete(queue, [...ids]);
    },
    async close() {
      await boss.stop({ graceful: false, close: false });
    },
  };
}
