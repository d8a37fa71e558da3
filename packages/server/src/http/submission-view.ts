/** Submissions as callers see them: state in plain words, place in the queue, time left. */
import { sql } from "kysely";
import type { OrganiserSubmission, Submission } from "../api/index.ts";
import { apiPrefix } from "../api/index.ts";
import { findPhase, phaseDocumentOf } from "../domain/benchmark-store.ts";
import { feedbackOf, phaseState } from "../domain/phase-state.ts";
import { endedStates, type SubmissionRow } from "../domain/submission-store.ts";
import type { ServerContext } from "../server-context.ts";

/** Time left is told in steps, so that it does not tell about single hidden cases. */
const etaStepSeconds = 5;

interface QueuePlace {
  readonly position: number;
  readonly etaSeconds: number | null;
}

async function queuePlace(context: ServerContext, row: SubmissionRow): Promise<QueuePlace> {
  const { database } = context;
  const queuedAt = row.queued_at ?? row.created_at;
  const ahead = await database
    .selectFrom("submission")
    .select(sql<number>`count(*)::int`.as("count"))
    .where("state", "in", ["queued", "scoring"])
    .where((test) =>
      test.or([
        test("queued_at", "<", queuedAt),
        test.and([test("queued_at", "=", queuedAt), test("id", "<", row.id)]),
      ]),
    )
    .executeTakeFirstOrThrow();
  const cases = await database
    .selectFrom("evaluation_chunk")
    .innerJoin("evaluation", "evaluation.id", "evaluation_chunk.evaluation")
    .innerJoin("submission", "submission.id", "evaluation.submission")
    .select(sql<number>`coalesce(sum(jsonb_array_length(cases) - done_cases), 0)::int`.as("left"))
    .where("evaluation_chunk.state", "in", ["queued", "running"])
    .where((test) => test.or([test("submission.queued_at", "<", queuedAt), test("submission.id", "=", row.id)]))
    .executeTakeFirstOrThrow();
  const pace = await database
    .selectFrom(
      database.selectFrom("evaluation_case").select("seconds").orderBy("evaluation", "desc").limit(200).as("recent"),
    )
    .select(sql<number | null>`avg(recent.seconds)::float8`.as("seconds"))
    .executeTakeFirst();
  const workers = await database
    .selectFrom("worker")
    .select(sql<number>`coalesce(sum(threads), 0)::int`.as("threads"))
    .where("seen_at", ">", sql<Date>`now() - interval '60 seconds'`)
    .executeTakeFirstOrThrow();
  const each = pace?.seconds ?? null;
  if (each === null || workers.threads === 0) return { position: ahead.count + 1, etaSeconds: null };
  const seconds = (cases.left * each) / workers.threads;
  return {
    position: ahead.count + 1,
    etaSeconds: Math.max(etaStepSeconds, Math.ceil(seconds / etaStepSeconds) * etaStepSeconds),
  };
}

async function casesDone(context: ServerContext, submission: number): Promise<number> {
  const row = await context.database
    .selectFrom("evaluation_chunk")
    .innerJoin("evaluation", "evaluation.id", "evaluation_chunk.evaluation")
    .select(sql<number>`coalesce(sum(done_cases), 0)::int`.as("done"))
    .where("evaluation.submission", "=", submission)
    .where("evaluation.rescore", "is", null)
    .executeTakeFirstOrThrow();
  return row.done;
}

/** The reason as a sentence, and once that no quota was used: some reasons say so themselves. */
function told(reason: string): string {
  return reason.endsWith("no quota was used") ? `${reason}.` : `${reason}. No quota was used.`;
}

function stateText(
  row: SubmissionRow,
  done: number,
  place: QueuePlace | null,
  received: number,
  bytes: number,
): string {
  const left = place?.etaSeconds == null ? "" : `, about ${place.etaSeconds} s left`;
  switch (row.state) {
    case "uploading":
      return `Waiting for the upload: ${Math.round(received / 1e4) / 100} of ${Math.round(bytes / 1e4) / 100} MB are here.`;
    case "received":
      return "The upload is complete; the files will be checked next.";
    case "checking":
      return "The files are being checked. No quota is used until they are found usable.";
    case "queued":
      return `Waiting: position ${place?.position ?? 1}${left}.`;
    case "scoring":
      return `Scoring: case ${Math.min(done + 1, row.case_total)} of ${row.case_total}${left}.`;
    case "scored":
      return row.withdrawn_at === null ? "Scored." : "Scored and withdrawn from the leaderboard.";
    case "refused":
      return `Not accepted: ${told(row.failure?.message ?? "the files cannot be used")}`;
    case "failed":
      return `Could not be scored, through no fault of yours: ${told(row.failure?.message ?? "the server could not score it")}`;
    case "cancelled":
      return "Cancelled. No quota was used.";
  }
}

/** Whether the team may read its scores now. */
export async function evaluationVisible(context: ServerContext, row: SubmissionRow): Promise<boolean> {
  if (row.state !== "scored") return false;
  const phase = await findPhase(context.database, row.benchmark, row.phase);
  if (feedbackOf(phaseDocumentOf(phase)).level !== "none-until-close") return true;
  const state = phaseState(phase, new Date());
  return state === "closed" || state === "frozen";
}

export async function submissionView(context: ServerContext, row: SubmissionRow): Promise<Submission> {
  const { database } = context;
  const team = await database
    .selectFrom("team")
    .select(["id", "name"])
    .where("id", "=", row.team)
    .executeTakeFirstOrThrow();
  const user =
    row.user_id === null
      ? undefined
      : await database.selectFrom("auth_user").select("name").where("id", "=", row.user_id).executeTakeFirst();
  const uploads = await database
    .selectFrom("upload")
    .selectAll()
    .where("submission", "=", row.id)
    .orderBy("name")
    .execute();
  const [only] = uploads;
  const bytes = uploads.reduce((sum, upload) => sum + upload.bytes, 0);
  const received = uploads.reduce((sum, upload) => sum + upload.received, 0);
  const done = row.state === "scored" ? row.case_total : await casesDone(context, row.id);
  const waiting = row.state === "queued" || row.state === "scoring";
  const place = waiting ? await queuePlace(context, row) : null;
  const open = row.state === "uploading";
  const archive = row.upload_kind === "archive";
  const base = `${context.publicUrl}${apiPrefix}`;
  return {
    id: row.id,
    benchmark: row.benchmark,
    phase: row.phase,
    team,
    submittedBy: user?.name ?? "deleted account",
    method: row.method,
    baseline: row.baseline,
    state: row.state,
    stateText: stateText(row, done, place, received, bytes),
    createdAt: row.created_at.toISOString(),
    receivedAt: row.received_at?.toISOString() ?? null,
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    upload: {
      kind: row.upload_kind,
      name: archive ? (only?.name ?? null) : null,
      bytes,
      receivedBytes: received,
      sha256: archive ? (only?.sha256 ?? null) : null,
      tusUrl: open && archive && only !== undefined ? `${base}/uploads/${only.id}` : null,
      putUrl: open ? `${base}/submissions/${row.id}/${archive ? "archive" : "files"}` : null,
    },
    position: row.state === "queued" ? (place?.position ?? null) : null,
    etaSeconds: place?.etaSeconds ?? null,
    progress: { done, total: row.case_total },
    attempts: row.fence,
    findings: row.findings as Submission["findings"],
    failure: row.failure,
    quotaUsed: row.quota === "used",
    evaluationVisible: await evaluationVisible(context, row),
    withdrawn: row.withdrawn_at !== null,
  };
}

export async function organiserSubmissionView(
  context: ServerContext,
  row: SubmissionRow,
): Promise<OrganiserSubmission> {
  const { database } = context;
  const chunks = await database
    .selectFrom("evaluation_chunk")
    .innerJoin("evaluation", "evaluation.id", "evaluation_chunk.evaluation")
    .select(["evaluation_chunk.state", "evaluation_chunk.worker"])
    .where("evaluation.submission", "=", row.id)
    .execute();
  const faults = await database
    .selectFrom("fault")
    .selectAll()
    .where("submission", "=", row.id)
    .orderBy("id")
    .limit(20)
    .execute();
  const same =
    row.content_hash === null
      ? []
      : await database
          .selectFrom("submission")
          .select("id")
          .where("benchmark", "=", row.benchmark)
          .where("content_hash", "=", row.content_hash)
          .where("id", "<>", row.id)
          .orderBy("id")
          .limit(20)
          .execute();
  const count = (state: string): number => chunks.filter((chunk) => chunk.state === state).length;
  const ended = (endedStates as readonly string[]).includes(row.state);
  const workers = chunks
    .filter((chunk) => chunk.state === "running" && chunk.worker !== null)
    .map((chunk) => chunk.worker as string);
  return {
    ...(await submissionView(context, row)),
    ageSeconds: Math.round(
      ((ended ? (row.finished_at ?? new Date()) : new Date()).getTime() - row.created_at.getTime()) / 1000,
    ),
    workers: [...new Set([...workers, ...(row.state === "checking" && row.worker ? [row.worker] : [])])],
    chunks: { queued: count("queued"), running: count("running"), done: count("done"), dead: count("dead") },
    faults: faults.map((fault) => ({ at: fault.at.toISOString(), worker: fault.worker, message: fault.message })),
    sameContentAs: same.map((entry) => entry.id),
  };
}
