/** What organisers do: announcements, retry, baselines, audit log, errata, re-scoring. */
import { randomUUID } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import { sql } from "kysely";
import type { Announcement, Erratum, Rescore } from "../api/index.ts";
import { audit } from "../domain/audit.ts";
import { addErratum } from "../domain/erratum-store.ts";
import { applyRescore, discardRescore, type RescoreRow, startRescore } from "../domain/rescore-store.ts";
import { findSubmission } from "../domain/submission-store.ts";
import { fileNameOf } from "./benchmark-handlers.ts";
import type { Handlers, HttpContext } from "./http-context.ts";
import { readBody } from "./read-body.ts";
import { submissionView } from "./submission-view.ts";

async function userNames(context: HttpContext, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await context.database
    .selectFrom("auth_user")
    .select(["id", "name"])
    .where("id", "in", [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.id, row.name]));
}

async function rescoreView(context: HttpContext, row: RescoreRow): Promise<Rescore> {
  const progress = await context.database
    .selectFrom("evaluation_chunk")
    .innerJoin("evaluation", "evaluation.id", "evaluation_chunk.evaluation")
    .select([
      sql<number>`coalesce(sum(done_cases), 0)::int`.as("done"),
      sql<number>`coalesce(sum(jsonb_array_length(cases)), 0)::int`.as("total"),
    ])
    .where("evaluation.rescore", "=", row.id)
    .executeTakeFirstOrThrow();
  return {
    id: row.id,
    phase: row.phase,
    state: row.state,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    progress,
    fromReferences: row.from_references,
    toReferences: row.to_references,
    difference: row.difference as Rescore["difference"],
    problem: row.problem ?? null,
  };
}

async function findRescore(context: HttpContext, id: string): Promise<RescoreRow> {
  return context.database.selectFrom("rescore").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
}

async function errata(context: HttpContext, benchmark: string, id: string | null): Promise<Erratum[]> {
  let select = context.database
    .selectFrom("erratum")
    .selectAll()
    .where("benchmark", "=", benchmark)
    .orderBy("created_at");
  if (id !== null) select = select.where("id", "=", id);
  const rows = await select.execute();
  const used = await context.database
    .selectFrom("phase")
    .select(sql<number>`coalesce(max(references_revision), 1)::int`.as("revision"))
    .where("benchmark", "=", benchmark)
    .executeTakeFirst();
  const names = await userNames(
    context,
    rows.map((row) => row.author),
  );
  return rows.map((row) => ({
    id: row.id,
    task: row.task,
    case: row.case_id,
    revision: row.revision <= (used?.revision ?? 1) ? row.revision : null,
    action: row.action,
    reason: row.reason,
    createdAt: row.created_at.toISOString(),
    by: names.get(row.author) ?? row.author,
  }));
}

async function announcements(context: HttpContext, benchmark: string): Promise<Announcement[]> {
  const rows = await context.database
    .selectFrom("announcement")
    .selectAll()
    .where("benchmark", "=", benchmark)
    .orderBy("created_at", "desc")
    .execute();
  const names = await userNames(
    context,
    rows.map((row) => row.author),
  );
  return rows.map((row) => ({
    id: row.id,
    benchmark,
    title: row.title,
    body: row.body,
    createdAt: row.created_at.toISOString(),
    by: names.get(row.author) ?? "organiser",
  }));
}

export const organiserHandlers = {
  async listAnnouncements(context, { params }) {
    return announcements(context, params.benchmark);
  },

  async createAnnouncement(context, { params, body, caller }) {
    const id = randomUUID();
    await context.database
      .insertInto("announcement")
      .values({
        id,
        benchmark: params.benchmark,
        title: body.title,
        body: body.body,
        author: caller.user?.id ?? "system",
      })
      .execute();
    await audit(context.database, {
      benchmark: params.benchmark,
      actor: caller.user?.id ?? "system",
      action: "announcement.create",
      subject: id,
    });
    if (body.mail) {
      const members = await context.database
        .selectFrom("team_member")
        .innerJoin("auth_user", "auth_user.id", "team_member.user_id")
        .select("auth_user.email")
        .where("team_member.benchmark", "=", params.benchmark)
        .execute();
      for (const { email } of members)
        await context.mailer.send({ to: email, subject: `${params.benchmark}: ${body.title}`, body: body.body });
    }
    context.events.publish({ type: "announcement", benchmark: params.benchmark, id });
    const made = (await announcements(context, params.benchmark)).find((entry) => entry.id === id);
    if (made === undefined) throw new SegathlonError("SEG403", "the announcement was removed meanwhile");
    return made;
  },

  async deleteAnnouncement(context, { params, caller }) {
    await context.database
      .deleteFrom("announcement")
      .where("id", "=", params.announcement)
      .where("benchmark", "=", params.benchmark)
      .execute();
    await audit(context.database, {
      benchmark: params.benchmark,
      actor: caller.user?.id ?? "system",
      action: "announcement.delete",
      subject: params.announcement,
    });
    return undefined;
  },

  async retrySubmission(context, { submission, caller }) {
    if (submission === null) throw new SegathlonError("SEG403", "there is no such submission");
    const { numUpdatedRows } = await context.database
      .updateTable("submission")
      .set({ state: "received", failure: null, finished_at: null, fence: 0 })
      .where("id", "=", submission.id)
      .where("state", "=", "failed")
      .where(({ exists, selectFrom }) =>
        exists(
          selectFrom("upload_part")
            .innerJoin("upload", "upload.id", "upload_part.upload")
            .select("start")
            .where("upload.submission", "=", submission.id),
        ),
      )
      .executeTakeFirst();
    const requeued = numUpdatedRows > 0n || (await requeueScored(context, submission.id));
    if (!requeued)
      throw new SegathlonError("SEG405", `the submission is ${submission.state}; only a failed one can be tried again`);
    await audit(context.database, {
      benchmark: submission.benchmark,
      actor: caller.user?.id ?? "system",
      action: "submission.retry",
      subject: String(submission.id),
    });
    await context.queue.sendIntake([submission.id]);
    context.events.publish({ type: "work", benchmark: submission.benchmark });
    return submissionView(context, await findSubmission(context.database, submission.id));
  },

  async setBaseline(context, { submission, body, caller }) {
    if (submission === null) throw new SegathlonError("SEG403", "there is no such submission");
    await context.database.transaction().execute(async (transaction) => {
      await transaction
        .updateTable("submission")
        .set({ baseline: body.baseline })
        .where("id", "=", submission.id)
        .execute();
      await transaction
        .updateTable("phase")
        .set((eb) => ({ board_revision: eb("board_revision", "+", 1) }))
        .where("benchmark", "=", submission.benchmark)
        .where("id", "=", submission.phase)
        .execute();
      await audit(transaction, {
        benchmark: submission.benchmark,
        actor: caller.user?.id ?? "system",
        action: "submission.baseline",
        subject: String(submission.id),
        detail: { baseline: body.baseline },
      });
    });
    return submissionView(context, await findSubmission(context.database, submission.id));
  },

  async listAuditLog(context, { params, query }) {
    let select = context.database.selectFrom("audit_log").selectAll().where("benchmark", "=", params.benchmark);
    if (query.before !== undefined) select = select.where("id", "<", query.before);
    const rows = await select
      .orderBy("id", "desc")
      .limit(query.limit + 1)
      .execute();
    const page = rows.slice(0, query.limit);
    const names = await userNames(
      context,
      page.map((row) => row.actor),
    );
    return {
      entries: page.map((row) => ({
        id: row.id,
        at: row.at.toISOString(),
        actor: names.get(row.actor) ?? row.actor,
        action: row.action,
        subject: row.subject,
        detail: row.detail,
      })),
      next: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null,
    };
  },

  async listErrata(context, { params }) {
    return errata(context, params.benchmark, null);
  },

  async replaceReference(context, { params, query, request, caller }) {
    const bytes = await readBody(request, context.settings.maxFileBytes);
    const id = await addErratum(context, context.pool, {
      ...params,
      action: "replace",
      reason: query.reason,
      author: caller.user?.id ?? "system",
      file: { bytes, name: fileNameOf(params.case, bytes) },
    });
    const [made] = await errata(context, params.benchmark, id);
    if (made === undefined) throw new SegathlonError("SEG403", "there is no such erratum");
    return made;
  },

  async excludeCase(context, { params, body, caller }) {
    const id = await addErratum(context, context.pool, {
      ...params,
      action: "exclude",
      reason: body.reason,
      author: caller.user?.id ?? "system",
      file: null,
    });
    const [made] = await errata(context, params.benchmark, id);
    if (made === undefined) throw new SegathlonError("SEG403", "there is no such erratum");
    return made;
  },

  async listRescores(context, { params }) {
    const rows = await context.database
      .selectFrom("rescore")
      .selectAll()
      .where("benchmark", "=", params.benchmark)
      .orderBy("created_at", "desc")
      .execute();
    return Promise.all(rows.map((row) => rescoreView(context, row)));
  },

  async startRescore(context, { params, body, caller }) {
    const id = await startRescore(context, context.queue, {
      ...params,
      reason: body.reason,
      apply: body.apply,
      actor: caller.user?.id ?? "system",
    });
    return rescoreView(context, await findRescore(context, id));
  },

  async getRescore(context, { params }) {
    return rescoreView(context, await findRescore(context, params.rescore));
  },

  async applyRescore(context, { params, caller }) {
    await applyRescore(context, params.rescore, caller.user?.id ?? "system");
    return rescoreView(context, await findRescore(context, params.rescore));
  },

  async discardRescore(context, { params, caller }) {
    await discardRescore(context, params.rescore, caller.user?.id ?? "system");
    return rescoreView(context, await findRescore(context, params.rescore));
  },
} satisfies Partial<Handlers>;

/** A submission that failed while it was scored: its checked predictions are there, so a new evaluation of them is queued. */
async function requeueScored(context: HttpContext, id: number): Promise<boolean> {
  const rows = await context.database
    .selectFrom("prediction")
    .select("case_id")
    .where("submission", "=", id)
    .limit(1)
    .execute();
  if (rows.length === 0) return false;
  return context.database.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable("submission")
      .set({
        state: "queued",
        queued_at: new Date(),
        failure: null,
        finished_at: null,
        quota: "reserved",
        fence: sql`fence + 1`,
      })
      .where("id", "=", id)
      .where("state", "=", "failed")
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    const last = await transaction
      .selectFrom("evaluation")
      .select("id")
      .where("submission", "=", id)
      .where("rescore", "is", null)
      .orderBy("version", "desc")
      .limit(1)
      .executeTakeFirstOrThrow();
    await transaction
      .updateTable("evaluation")
      .set({ state: "queued", finished_at: null })
      .where("id", "=", last.id)
      .execute();
    await transaction
      .updateTable("evaluation_chunk")
      .set({ state: "queued", attempts: 0, fence: sql`fence + 1`, lease_until: null })
      .where("evaluation", "=", last.id)
      .where("state", "<>", "done")
      .execute();
    return true;
  });
}
