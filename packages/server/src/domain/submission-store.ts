/** Submissions in the database: created, read for their team and for organisers, ended. */
import { SegathlonError } from "@segathlon/errors";
import { type Kysely, type Selectable, sql, type Transaction } from "kysely";
import type { Database, StoredFailure, SubmissionTable } from "../database/schema.ts";
import type { ServerContext } from "../server-context.ts";
import { audit } from "./audit.ts";

export type SubmissionRow = Selectable<SubmissionTable>;

export async function findSubmission(database: Kysely<Database>, id: number): Promise<SubmissionRow> {
  const row = await database.selectFrom("submission").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new SegathlonError("SEG403", `there is no submission ${id}`);
  return row;
}

/** States in which nothing happens any more. */
export const endedStates = ["scored", "refused", "failed", "cancelled"] as const;

export interface Ending {
  readonly state: "refused" | "failed" | "cancelled";
  readonly failure: StoredFailure;
  readonly findings?: readonly unknown[];
  readonly actor: string;
}

/**
 * Ends a submission that gets no score: no quota is used, its open work is taken back, the reason is kept. Does nothing when it has
 * ended already. Returns whether it did.
 */
export async function endSubmission(
  transaction: Transaction<Database>,
  submission: Pick<SubmissionRow, "id" | "benchmark">,
  ending: Ending,
): Promise<boolean> {
  const { numUpdatedRows } = await transaction
    .updateTable("submission")
    .set({
      state: ending.state,
      failure: JSON.stringify(ending.failure),
      quota: "none",
      finished_at: new Date(),
      lease_until: null,
      fence: sql`fence + 1`,
      ...(ending.findings === undefined ? {} : { findings: JSON.stringify(ending.findings) }),
    })
    .where("id", "=", submission.id)
    .where("state", "not in", [...endedStates])
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  const state = ending.state === "cancelled" ? "cancelled" : "failed";
  const open = await transaction
    .updateTable("evaluation")
    .set({ state, finished_at: new Date() })
    .where("submission", "=", submission.id)
    .where("rescore", "is", null)
    .where("state", "in", ["queued", "scoring"])
    .returning("id")
    .execute();
  if (open.length > 0)
    await transaction
      .updateTable("evaluation_chunk")
      .set({ state: "cancelled", fence: sql`fence + 1`, lease_until: null })
      .where(
        "evaluation",
        "in",
        open.map(({ id }) => id),
      )
      .where("state", "in", ["queued", "running"])
      .execute();
  await audit(transaction, {
    benchmark: submission.benchmark,
    actor: ending.actor,
    action: `submission.${ending.state}`,
    subject: String(submission.id),
    detail: { code: ending.failure.code, kind: ending.failure.kind },
  });
  return true;
}

/** Writes down a fault with its true text, for organisers. */
export async function recordFault(
  context: ServerContext,
  fault: { readonly submission: number | null; readonly evaluation: number | null; readonly message: string },
): Promise<void> {
  await context.database
    .insertInto("fault")
    .values({ ...fault, worker: context.settings.workerName, message: fault.message.slice(0, 4000) })
    .execute();
}
