/**
 * Intake: from the bytes of a submission to checked predictions in the queue. Nothing here touches quota until every file has been
 * looked at; then the reservation, the predictions and the chunks of work are written in one transaction.
 */
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { evaluatorVersion } from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import { sql } from "kysely";
import type { Finding } from "../api/index.ts";
import { documentOf, findBenchmark, findPhase, phaseDocumentOf, scoringProtocol } from "../domain/benchmark-store.ts";
import { casesOfPhase, type PhaseCase } from "../domain/phase-state.ts";
import { reserveQuota } from "../domain/quota.ts";
import { endSubmission, findSubmission, recordFault, type SubmissionRow } from "../domain/submission-store.ts";
import { assembleUpload, removeUploadParts } from "../domain/upload-store.ts";
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import { planChunks } from "./chunk-plan.ts";
import type { JobQueue } from "./job-queue.ts";
import { keepLease } from "./lease.ts";
import { matchSubmissionFiles } from "./match-submission-files.ts";
import { readSubmissionFiles, type SubmissionFile } from "./submission-files.ts";

/** A submission whose intake died this often is given up. */
const maxAttempts = 5;
/** Findings that are kept; more of the same help nobody. */
const maxFindings = 200;

interface CheckedPrediction {
  readonly task: string;
  readonly case: string;
  readonly name: string;
  readonly blob: string;
  readonly bytes: number;
  readonly sha256: string;
}

async function claim(context: ServerContext, id: number): Promise<SubmissionRow | null> {
  const row = await context.database
    .updateTable("submission")
    .set({
      state: "checking",
      fence: sql`fence + 1`,
      worker: context.settings.workerName,
      lease_until: sql<Date>`now() + make_interval(secs => ${context.settings.leaseSeconds})`,
    })
    .where("id", "=", id)
    .where((test) =>
      test.or([
        test("state", "=", "received"),
        test.and([test("state", "=", "checking"), test("lease_until", "<", sql<Date>`now()`)]),
      ]),
    )
    .returningAll()
    .executeTakeFirst();
  return row ?? null;
}

function finding(
  problem: { code: string; name: string; message: string; hint: string },
  place: Partial<Finding> = {},
): Finding {
  return {
    code: problem.code,
    name: problem.name,
    message: problem.message,
    hint: problem.hint,
    task: place.task ?? null,
    case: place.case ?? null,
    file: place.file ?? null,
  };
}

async function refuse(
  context: ServerContext,
  submission: SubmissionRow,
  error: SegathlonError,
  findings: readonly Finding[],
): Promise<void> {
  await context.database.transaction().execute(async (transaction) => {
    const current = await transaction
      .selectFrom("submission")
      .select("fence")
      .where("id", "=", submission.id)
      .forUpdate()
      .executeTakeFirst();
    if (current?.fence !== submission.fence) return;
    await endSubmission(transaction, submission, {
      state: error.failure === "participant" ? "refused" : "failed",
      failure: { kind: error.failure, code: error.code, message: error.message, hint: error.hint },
      findings: findings.slice(0, maxFindings),
      actor: context.settings.workerName,
    });
  });
}

async function checkFiles(
  context: ServerContext,
  pool: ThreadPool,
  submission: SubmissionRow,
  files: AsyncIterable<SubmissionFile>,
): Promise<{ predictions: CheckedPrediction[]; findings: Finding[]; errors: number }> {
  const { database, store, settings } = context;
  const benchmark = await findBenchmark(database, submission.benchmark);
  const document = documentOf(benchmark);
  const phase = phaseDocumentOf(await findPhase(database, submission.benchmark, submission.phase));
  const known = await database
    .selectFrom("benchmark_case")
    .select(["task", "case_id", "geometry"])
    .where("benchmark", "=", submission.benchmark)
    .where("task", "in", phase.tasks)
    .where("split", "=", "test")
    .execute();
  const match = matchSubmissionFiles(
    phase.tasks,
    known.map((row) => ({ task: row.task, case: row.case_id })),
  );
  const findings: Finding[] = [];
  const predictions: CheckedPrediction[] = [];
  const seen = new Map<string, string>();
  const checks: Promise<void>[] = [];
  let errors = 0;
  const fail = (entry: Finding): void => {
    errors += 1;
    findings.push(entry);
  };
  for await (const file of files) {
    const place = match(file);
    if (place.kind === "ignored") {
      findings.push(
        finding(
          { code: "SEG413", name: "ignored-file", message: place.reason, hint: "Nothing to do." },
          { file: file.name },
        ),
      );
      continue;
    }
    if (place.kind === "unknown") {
      fail(
        finding(
          {
            code: "SEG413",
            name: "prediction-unusable",
            message: place.reason,
            hint: "Name each file after its case; `segathlon validate` shows the names.",
          },
          { file: file.name },
        ),
      );
      continue;
    }
    const key = `${place.task}\n${place.case}`;
    const other = seen.get(key);
    if (other !== undefined) {
      fail(
        finding(
          {
            code: "SEG103",
            name: "two-files-for-one-case",
            message: `case ${place.case}: both ${other} and ${file.name}`,
            hint: "Keep one file per case.",
          },
          { task: place.task, case: place.case, file: file.name },
        ),
      );
      continue;
    }
    seen.set(key, file.name);
    if (file.bytes > settings.maxFileBytes) {
      fail(
        finding(
          {
            code: "SEG411",
            name: "upload-too-large",
            message: `${file.name} has ${file.bytes} bytes, the limit is ${settings.maxFileBytes}`,
            hint: "Compress the label map.",
          },
          { task: place.task, case: place.case, file: file.name },
        ),
      );
      continue;
    }
    const bytes = await file.read();
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    const blob = `predictions/${submission.id}/${randomUUID()}`;
    await store.put(blob, bytes);
    predictions.push({ task: place.task, case: place.case, name: file.name, blob, bytes: bytes.length, sha256 });
    const row = known.find((entry) => entry.task === place.task && entry.case_id === place.case);
    const check = pool
      .run(
        {
          kind: "validate",
          case: place.case,
          name: file.name,
          bytes,
          knownLabels: scoringProtocol(document, place.task).knownLabels,
          geometry: row?.geometry ?? null,
          maxVoxelBytes: settings.maxFileBytes,
        },
        { seconds: settings.caseSeconds },
      )
      .then(({ problem }) => {
        if (problem !== null) fail(finding(problem, { task: place.task, case: place.case, file: file.name }));
      });
    checks.push(check);
    // Each check holds a whole file: let only as many wait as there are threads.
    if (pool.waiting >= pool.size) await Promise.race(checks.splice(0, 1));
    check.catch(() => {});
  }
  await Promise.all(checks);
  return { predictions, findings, errors };
}

/** Missing cases and absent tasks, by the phase's own rules. */
function missingFindings(
  cases: readonly PhaseCase[],
  predictions: readonly CheckedPrediction[],
  rules: { readonly missing: "worst" | "reject"; readonly absentTask: "reject" | "worst" | "not-ranked" },
): { readonly errors: Finding[]; readonly notes: Finding[] } {
  const have = new Set(predictions.map((entry) => `${entry.task}\n${entry.case}`));
  const tasksThere = new Set(predictions.map((entry) => entry.task));
  const errors: Finding[] = [];
  const notes: Finding[] = [];
  for (const task of new Set(cases.map((entry) => entry.task))) {
    if (!tasksThere.has(task)) {
      const entry = finding(
        {
          code: "SEG106",
          name: "missing-prediction",
          message: `no prediction for task ${task}`,
          hint: "Add the predictions of this task.",
        },
        { task },
      );
      (rules.absentTask === "reject" ? errors : notes).push(entry);
      continue;
    }
    for (const { case: name } of cases.filter((entry) => entry.task === task)) {
      if (have.has(`${task}\n${name}`)) continue;
      const entry = finding(
        {
          code: "SEG106",
          name: "missing-prediction",
          message: `case ${name} has no prediction${rules.missing === "worst" ? "; it counts with the worst scores" : ""}`,
          hint: "Add a prediction for the case.",
        },
        { task, case: name },
      );
      (rules.missing === "reject" ? errors : notes).push(entry);
    }
  }
  return { errors, notes };
}

async function queueForScoring(
  context: ServerContext,
  submission: SubmissionRow,
  predictions: readonly CheckedPrediction[],
  findings: readonly Finding[],
): Promise<{ evaluation: number; chunks: number } | SegathlonError | null> {
  const phase = await findPhase(context.database, submission.benchmark, submission.phase);
  const benchmark = await findBenchmark(context.database, submission.benchmark);
  const absent = phaseDocumentOf(phase).absent_task;
  const present = new Set(predictions.map((entry) => entry.task));
  const cases = (await casesOfPhase(context.database, phase)).filter(
    (entry) => absent === "worst" || present.has(entry.task),
  );
  const chunks = await planChunks(context, submission.benchmark, cases);
  const content = createHash("sha256");
  for (const line of predictions.map((entry) => `${entry.task}\t${entry.case}\t${entry.sha256}\n`).sort())
    content.update(line);
  return context.database.transaction().execute(async (transaction) => {
    const current = await transaction
      .selectFrom("submission")
      .select(["fence", "state"])
      .where("id", "=", submission.id)
      .forUpdate()
      .executeTakeFirst();
    // Somebody else took over, or it was cancelled: this result does not count.
    if (current?.fence !== submission.fence || current.state !== "checking") return null;
    const reservation = await reserveQuota(transaction, phase, submission);
    if (reservation !== "reserved") {
      const what = reservation === "day-used-up" ? `${phase.quota_per_day} a day` : `${phase.quota_total} in total`;
      return new SegathlonError("SEG407", `the team has used its quota of ${what} in phase ${phase.id}`);
    }
    await transaction.deleteFrom("prediction").where("submission", "=", submission.id).execute();
    await transaction
      .insertInto("prediction")
      .values(
        predictions.map((entry) => ({
          submission: submission.id,
          task: entry.task,
          case_id: entry.case,
          file_name: entry.name.slice(-255),
          blob: entry.blob,
          bytes: entry.bytes,
          sha256: entry.sha256,
        })),
      )
      .execute();
    const { id: evaluation } = await transaction
      .insertInto("evaluation")
      .values({
        submission: submission.id,
        version: 1,
        rescore: null,
        references_revision: phase.references_revision,
        protocol_hash: benchmark.protocol_hash,
        evaluator: evaluatorVersion,
        state: "queued",
      })
      .returning("id")
      .executeTakeFirstOrThrow();
    await transaction
      .insertInto("evaluation_chunk")
      .values(
        chunks.map((chunk, number) => ({
          evaluation,
          number,
          task: chunk.task,
          cases: JSON.stringify(chunk.cases),
          state: "queued" as const,
        })),
      )
      .execute();
    await transaction
      .updateTable("submission")
      .set({
        state: "queued",
        queued_at: new Date(),
        lease_until: null,
        findings: JSON.stringify(findings.slice(0, maxFindings)),
        content_hash: content.digest("hex"),
        case_total: cases.length,
      })
      .where("id", "=", submission.id)
      .execute();
    return { evaluation, chunks: chunks.length };
  });
}

async function checkSubmission(
  context: ServerContext,
  pool: ThreadPool,
  queue: JobQueue,
  submission: SubmissionRow,
): Promise<void> {
  const folder = join(context.scratch, `intake-${submission.id}-${randomUUID()}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const uploads = await context.database
      .selectFrom("upload")
      .selectAll()
      .where("submission", "=", submission.id)
      .orderBy("name")
      .execute();
    const phase = await findPhase(context.database, submission.benchmark, submission.phase);
    const document = documentOf(await findBenchmark(context.database, submission.benchmark));
    const cases = await casesOfPhase(context.database, phase);
    if (cases.length === 0)
      throw new SegathlonError("SEG415", `phase ${phase.id} has no case with a reference`, { failure: "organiser" });
    const localUploads: { path: string; name: string; task: string | null; bytes: number }[] = [];
    for (const [index, upload] of uploads.entries()) {
      const path = join(folder, `upload-${index}`);
      const sha256 = await assembleUpload(context, upload.id, path);
      if (upload.expected_sha256 !== null && upload.expected_sha256 !== sha256)
        throw new SegathlonError(
          "SEG409",
          `${upload.name}: expected sha256 ${upload.expected_sha256}, found ${sha256}`,
        );
      await context.database.updateTable("upload").set({ sha256 }).where("id", "=", upload.id).execute();
      localUploads.push({ path, name: upload.name, task: upload.task, bytes: upload.bytes });
    }
    const files =
      submission.upload_kind === "archive"
        ? readSubmissionFiles(localUploads[0]?.path ?? "", localUploads[0]?.name ?? "", context.settings.maxFileBytes)
        : localFiles(localUploads);
    const { predictions, findings, errors } = await checkFiles(context, pool, submission, files);
    const missing = missingFindings(cases, predictions, {
      missing: document.protocol.policy.missing_prediction,
      absentTask: phaseDocumentOf(phase).absent_task,
    });
    const all = [...findings, ...missing.errors, ...missing.notes];
    const problems = errors + missing.errors.length;
    const nothing = predictions.length === 0;
    const removeBlobs = async (): Promise<void> => {
      for (const entry of predictions) await context.store.remove(entry.blob);
    };
    if (problems > 0 || nothing) {
      await removeBlobs();
      const message = nothing
        ? "the upload holds no prediction for a case of this phase"
        : `${problems} ${problems === 1 ? "fault" : "faults"} found`;
      await refuse(context, submission, new SegathlonError("SEG413", message), all);
      return;
    }
    const queued = await queueForScoring(context, submission, predictions, all);
    if (queued === null) return removeBlobs();
    if (queued instanceof SegathlonError) {
      await removeBlobs();
      await refuse(context, submission, queued, all);
      return;
    }
    await queue.sendScore(
      Array.from({ length: queued.chunks }, (_, chunk) => ({ evaluation: queued.evaluation, chunk, fence: 0 })),
    );
    for (const upload of uploads) await removeUploadParts(context, upload.id);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function* localFiles(
  uploads: readonly { path: string; name: string; task: string | null; bytes: number }[],
): AsyncGenerator<SubmissionFile> {
  for (const upload of uploads) {
    yield {
      name: upload.task === null ? upload.name : `${upload.task}/${upload.name}`,
      bytes: upload.bytes,
      read: () => readFile(upload.path),
    };
  }
}

/** Runs the intake of one submission, if it is there to be taken. Every end is a state of the submission. */
export async function runIntake(context: ServerContext, pool: ThreadPool, queue: JobQueue, id: number): Promise<void> {
  const submission = await claim(context, id);
  if (submission === null) return;
  context.events.publish({ type: "submission", benchmark: submission.benchmark, submission: id });
  const lease = keepLease(context, { kind: "submission", id, fence: submission.fence });
  try {
    if (submission.fence > maxAttempts)
      throw new SegathlonError("SEG414", `the intake of this submission failed ${maxAttempts} times`);
    await checkSubmission(context, pool, queue, submission);
  } catch (error) {
    const known = error instanceof SegathlonError ? error : null;
    await recordFault(context, {
      submission: id,
      evaluation: null,
      message: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
    const lasting = known !== null && (known.failure !== "infrastructure" || submission.fence > maxAttempts);
    if (lasting) await refuse(context, submission, shownError(known), []);
    else {
      context.log.warn({ submission: id, error: String(error) }, "intake will be tried again");
      await context.database
        .updateTable("submission")
        .set({ state: "received", lease_until: null })
        .where("id", "=", id)
        .where("fence", "=", submission.fence)
        .where("state", "=", "checking")
        .execute();
    }
  } finally {
    lease.end();
    const { benchmark } = await findSubmission(context.database, id);
    context.events.publish({ type: "submission", benchmark, submission: id });
    context.events.publish({ type: "work", benchmark });
  }
}

/** Participants read their own faults in full; other people's faults in one constant sentence. */
function shownError(error: SegathlonError): SegathlonError {
  if (error.failure === "participant") return error;
  return new SegathlonError("SEG414", "the submission could not be checked; no quota was used", {
    failure: error.failure,
  });
}
