/** Submissions: announced, uploaded, followed, cancelled, read. */
import { randomUUID } from "node:crypto";
import { writeCsv } from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import { audit } from "../domain/audit.ts";
import { findPhase, phaseDocumentOf } from "../domain/benchmark-store.ts";
import { evaluationDocuments, evaluationView } from "../domain/evaluation-documents.ts";
import { casesOfPhase, feedbackOf, phaseState, utcDay } from "../domain/phase-state.ts";
import { quotaLeft } from "../domain/quota.ts";
import { endSubmission, findSubmission, type SubmissionRow } from "../domain/submission-store.ts";
import { checkRoom } from "../domain/upload-store.ts";
import { answered, type Call, type Handlers, type HttpContext } from "./http-context.ts";
import { safeCell } from "./phase-handlers.ts";
import { sendBlob } from "./send-blob.ts";
import { evaluationVisible, organiserSubmissionView, submissionView } from "./submission-view.ts";
import { finishUploads, putWhole } from "./uploads.ts";

/** Uploads of one team that may be open at once. */
const maxOpenUploads = 60;

function required(row: SubmissionRow | null): SubmissionRow {
  if (row === null) throw new SegathlonError("SEG403", "there is no such submission");
  return row;
}

async function listRows(
  context: HttpContext,
  call: Pick<Call<"listSubmissions">, "params" | "query">,
  team: string | null,
): Promise<{ rows: SubmissionRow[]; next: number | null }> {
  const { query, params } = call;
  let select = context.database.selectFrom("submission").selectAll().where("benchmark", "=", params.benchmark);
  if (team !== null) select = select.where("team", "=", team);
  if (query.phase !== undefined) select = select.where("phase", "=", query.phase);
  if (query.state !== undefined) select = select.where("state", "=", query.state);
  if (query.before !== undefined) select = select.where("id", "<", query.before);
  const rows = await select
    .orderBy("id", "desc")
    .limit(query.limit + 1)
    .execute();
  const page = rows.slice(0, query.limit);
  return { rows: page, next: rows.length > query.limit ? (page.at(-1)?.id ?? null) : null };
}

function teamFilter(call: Pick<Call<"listSubmissions">, "query" | "standing">): string {
  const team = call.standing.team?.id;
  if (team === undefined) return "00000000-0000-0000-0000-000000000000";
  return team;
}

export const submissionHandlers = {
  async listSubmissions(context, call) {
    const { rows, next } = await listRows(context, call, teamFilter(call));
    return { submissions: await Promise.all(rows.map((row) => submissionView(context, row))), next };
  },

  async listSubmissionsCsv(context, call) {
    const { rows } = await listRows(context, call, teamFilter(call));
    const header = ["submission", "phase", "method", "state", "created_at", "finished_at", "quota_used", "failure"];
    const lines = rows.map((row) => [
      row.id,
      row.phase,
      safeCell(row.method.name),
      row.state,
      row.created_at.toISOString(),
      row.finished_at?.toISOString() ?? null,
      row.quota === "used" ? "yes" : "no",
      row.failure === null ? null : safeCell(row.failure.message),
    ]);
    await call.reply
      .type("text/csv; charset=utf-8")
      .header("content-disposition", 'attachment; filename="submissions.csv"')
      .send(writeCsv([header, ...lines] as never));
    return answered;
  },

  async createSubmission(context, { params, body, caller, standing }) {
    const { settings, database } = context;
    const phase = await findPhase(database, params.benchmark, params.phase);
    const now = new Date();
    const team = standing.team;
    if (team === null) throw new SegathlonError("SEG408", "register a team first");
    const state = phaseState(phase, now);
    if (state !== "open")
      throw new SegathlonError("SEG406", `phase ${phase.id} is ${state}`, {
        hint: state === "upcoming" ? `It opens on ${phase.opens?.toISOString()}.` : "See the other phases.",
      });
    if ((await casesOfPhase(database, phase)).length === 0)
      throw new SegathlonError("SEG406", `phase ${phase.id} has no case with a reference yet`, {
        hint: "Ask the organiser.",
        failure: "organiser",
      });
    await context.rates.take(`submit ${team.id}`, 120, 3600);
    const left = await quotaLeft(database, phase, team.id, now);
    if (left.total === 0)
      throw new SegathlonError("SEG407", `the team has used its ${phase.quota_total} submissions of phase ${phase.id}`);
    if (left.today === 0)
      throw new SegathlonError(
        "SEG407",
        `the team has used its ${phase.quota_per_day} submissions of today in phase ${phase.id}`,
        { hint: `New ones from ${left.resetsAt}.` },
      );
    const files = body.upload.kind === "archive" ? [{ ...body.upload, task: null }] : body.upload.files;
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    if (bytes > settings.maxUploadBytes)
      throw new SegathlonError("SEG411", `the upload has ${bytes} bytes, the limit is ${settings.maxUploadBytes}`);
    const wrong =
      body.upload.kind === "files"
        ? body.upload.files.find((file) => !phaseDocumentOf(phase).tasks.includes(file.task))
        : undefined;
    if (wrong !== undefined) throw new SegathlonError("SEG404", `phase ${phase.id} has no task ${wrong.task}`);
    const keys = files.map((file) => `${file.task}/${file.name}`);
    if (new Set(keys).size !== keys.length) throw new SegathlonError("SEG404", "two files have the same name");
    await checkRoom(context, bytes);
    const open = await database
      .selectFrom("submission")
      .select("id")
      .where("team", "=", team.id)
      .where("state", "=", "uploading")
      .execute();
    if (open.length >= maxOpenUploads)
      throw new SegathlonError("SEG405", `the team has ${open.length} unfinished uploads`, {
        hint: "Finish or cancel some.",
      });
    const id = await database.transaction().execute(async (transaction) => {
      const row = await transaction
        .insertInto("submission")
        .values({
          benchmark: params.benchmark,
          phase: phase.id,
          team: team.id,
          user_id: caller.user?.id ?? null,
          method: JSON.stringify(body.method),
          state: "uploading",
          created_at: now,
          upload_kind: body.upload.kind,
          quota_day: utcDay(now),
          failure: null,
        })
        .returning("id")
        .executeTakeFirstOrThrow();
      await transaction
        .insertInto("upload")
        .values(
          files.map((file) => ({
            id: randomUUID(),
            submission: row.id,
            task: file.task,
            name: file.name,
            bytes: file.bytes,
            expected_sha256: file.sha256 ?? null,
          })),
        )
        .execute();
      await audit(transaction, {
        benchmark: params.benchmark,
        actor: caller.user?.id ?? "system",
        action: "submission.create",
        subject: String(row.id),
        detail: { phase: phase.id, bytes },
      });
      return row.id;
    });
    return submissionView(context, await findSubmission(database, id));
  },

  async getSubmission(context, { submission }) {
    return submissionView(context, required(submission));
  },

  async putSubmissionArchive(context, { submission, query, request }) {
    const row = required(submission);
    if (row.upload_kind !== "archive")
      throw new SegathlonError("SEG405", "this submission was announced as single files");
    await putWhole(context, row, null, "", query.sha256 ?? null, request);
    await finishUploads(context, row.id);
    return submissionView(context, await findSubmission(context.database, row.id));
  },

  async putSubmissionFile(context, { submission, params, query, request }) {
    const row = required(submission);
    if (row.upload_kind !== "files") throw new SegathlonError("SEG405", "this submission was announced as an archive");
    await putWhole(context, row, params.task, params.name, query.sha256 ?? null, request);
    return submissionView(context, await findSubmission(context.database, row.id));
  },

  async completeUpload(context, { submission }) {
    const row = required(submission);
    if (row.state === "uploading") {
      const missing = await finishUploads(context, row.id);
      if (missing > 0)
        throw new SegathlonError("SEG405", `${missing} ${missing === 1 ? "file is" : "files are"} not complete`, {
          hint: "Upload the rest first.",
        });
    }
    return submissionView(context, await findSubmission(context.database, row.id));
  },

  async cancelSubmission(context, { submission, caller }) {
    const row = required(submission);
    const ended = await context.database.transaction().execute((transaction) =>
      endSubmission(transaction, row, {
        state: "cancelled",
        failure: { kind: "participant", code: "SEG426", message: "cancelled by the team", hint: "Submit again." },
        actor: caller.user?.id ?? "system",
      }),
    );
    if (!ended)
      throw new SegathlonError(
        "SEG405",
        `the submission is ${(await findSubmission(context.database, row.id)).state}; it cannot be cancelled any more`,
      );
    context.events.publish({ type: "submission", benchmark: row.benchmark, submission: row.id });
    return submissionView(context, await findSubmission(context.database, row.id));
  },

  async withdrawSubmission(context, { submission, body, caller }) {
    const row = required(submission);
    if (row.state !== "scored")
      throw new SegathlonError("SEG405", "only a scored submission can be withdrawn", { hint: "Cancel it instead." });
    await context.database.transaction().execute(async (transaction) => {
      await transaction
        .updateTable("submission")
        .set({ withdrawn_at: new Date() })
        .where("id", "=", row.id)
        .where("withdrawn_at", "is", null)
        .execute();
      await transaction
        .updateTable("phase")
        .set((eb) => ({ board_revision: eb("board_revision", "+", 1) }))
        .where("benchmark", "=", row.benchmark)
        .where("id", "=", row.phase)
        .execute();
      await audit(transaction, {
        benchmark: row.benchmark,
        actor: caller.user?.id ?? "system",
        action: "submission.withdraw",
        subject: String(row.id),
        detail: { reason: body.reason },
      });
    });
    context.events.publish({ type: "leaderboard", benchmark: row.benchmark, phase: row.phase, revision: "withdrawn" });
    return submissionView(context, await findSubmission(context.database, row.id));
  },

  async getEvaluation(context, { submission, standing, benchmark }) {
    const row = required(submission);
    const evaluation = await context.database
      .selectFrom("evaluation")
      .selectAll()
      .where("submission", "=", row.id)
      .where("is_current", "=", true)
      .executeTakeFirst();
    const visible = standing.organiser || (await evaluationVisible(context, row));
    if (evaluation === undefined || benchmark === null || !visible)
      throw new SegathlonError(
        "SEG403",
        row.state === "scored"
          ? "the scores of this phase are shown when it closes"
          : `the submission is ${row.state}; there is no score`,
      );
    const feedback = feedbackOf(phaseDocumentOf(await findPhase(context.database, row.benchmark, row.phase)));
    const documents = await evaluationDocuments(context.database, benchmark, evaluation.id, row.method.name);
    return evaluationView(
      evaluation,
      documents,
      feedback,
      standing.organiser || feedback.level === "per-case" ? "full" : "aggregate",
    );
  },

  async getPrediction(context, { submission, params, request, reply }) {
    const row = required(submission);
    const prediction = await context.database
      .selectFrom("prediction")
      .selectAll()
      .where("submission", "=", row.id)
      .where("task", "=", params.task)
      .where("case_id", "=", params.case)
      .executeTakeFirst();
    if (prediction === undefined) throw new SegathlonError("SEG403", "there is no such prediction");
    const base = prediction.file_name.split("/").at(-1) ?? prediction.case_id;
    await sendBlob(context.store, request, reply, {
      blob: prediction.blob,
      bytes: prediction.bytes,
      fileName: base,
      etag: prediction.sha256.slice(0, 32),
    });
    return answered;
  },

  async listAllSubmissions(context, call) {
    const { rows, next } = await listRows(context, call, call.query.team ?? null);
    return { submissions: await Promise.all(rows.map((row) => organiserSubmissionView(context, row))), next };
  },
} satisfies Partial<Handlers>;
