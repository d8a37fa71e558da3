/**
 * Bytes coming in. Two doors to the same store: a plain PUT of a whole file, and tus 1.0 (https://tus.io/protocols/resumable-upload:
 * core protocol, HEAD and PATCH), whose upload resource is made by announcing the submission.
 */
import { createHash } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { apiPrefix } from "../api/index.ts";
import { audit } from "../domain/audit.ts";
import { findSubmission, type SubmissionRow } from "../domain/submission-store.ts";
import { appendToUpload, checkRoom, findUpload, removeUploadParts, type UploadRow } from "../domain/upload-store.ts";
import { admit } from "./access.ts";
import type { HttpContext } from "./http-context.ts";
import { sendProblem } from "./problem.ts";
import { callerOf } from "./request-caller.ts";

const tusVersion = "1.0.0";

function checkOpen(submission: SubmissionRow): void {
  if (submission.state !== "uploading")
    throw new SegathlonError("SEG405", `the submission is ${submission.state}; it takes no more bytes`);
}

/** Starts an upload again from its first byte. */
async function resetUpload(context: HttpContext, upload: UploadRow): Promise<void> {
  await removeUploadParts(context, upload.id);
  await context.database
    .updateTable("upload")
    .set({ received: 0, touched_at: new Date() })
    .where("id", "=", upload.id)
    .where("complete", "=", false)
    .execute();
}

/** Takes a whole file by PUT; a repeated PUT begins anew. The checksum is taken while the bytes go by. */
export async function putWhole(
  context: HttpContext,
  submission: SubmissionRow,
  task: string | null,
  name: string,
  sha256: string | null,
  request: FastifyRequest,
): Promise<void> {
  checkOpen(submission);
  let select = context.database.selectFrom("upload").selectAll().where("submission", "=", submission.id);
  if (task !== null) select = select.where("task", "=", task).where("name", "=", name);
  const upload = await select.executeTakeFirst();
  if (upload === undefined) throw new SegathlonError("SEG403", `${name} was not announced with this submission`);
  if (upload.complete) throw new SegathlonError("SEG405", `${upload.name} is complete`);
  const announced = request.headers["content-length"];
  if (announced !== undefined && Number(announced) !== upload.bytes)
    throw new SegathlonError(
      "SEG411",
      `${upload.name} was announced with ${upload.bytes} bytes, the request has ${announced}`,
    );
  await checkRoom(context, upload.bytes);
  if (upload.received > 0) await resetUpload(context, upload);
  const hash = createHash("sha256");
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const chunk of request.raw as AsyncIterable<Buffer>) {
      hash.update(chunk);
      yield chunk;
    }
  };
  const received = await appendToUpload(context, { ...upload, received: 0 }, 0, hashed());
  if (received !== upload.bytes) {
    await resetUpload(context, upload);
    throw new SegathlonError("SEG409", `${upload.name}: ${received} of ${upload.bytes} bytes arrived`);
  }
  const found = hash.digest("hex");
  const expected = sha256 ?? upload.expected_sha256;
  if (expected !== null && expected !== found) {
    await resetUpload(context, upload);
    throw new SegathlonError("SEG409", `${upload.name}: expected sha256 ${expected}, found ${found}`);
  }
  await context.database.updateTable("upload").set({ sha256: found }).where("id", "=", upload.id).execute();
}

/** When every file is whole, the submission is received: from here on it will end with a score or a reason. Returns how many are not. */
export async function finishUploads(context: HttpContext, id: number): Promise<number> {
  const missing = await context.database.transaction().execute(async (transaction) => {
    const submission = await transaction
      .selectFrom("submission")
      .selectAll()
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (submission.state !== "uploading") return 0;
    const open = await transaction
      .selectFrom("upload")
      .select("id")
      .where("submission", "=", id)
      .whereRef("received", "<", "bytes")
      .execute();
    if (open.length > 0) return open.length;
    await transaction.updateTable("upload").set({ complete: true }).where("submission", "=", id).execute();
    await transaction
      .updateTable("submission")
      .set({ state: "received", received_at: new Date() })
      .where("id", "=", id)
      .execute();
    await audit(transaction, {
      benchmark: submission.benchmark,
      actor: submission.user_id ?? "system",
      action: "submission.received",
      subject: String(id),
    });
    return 0;
  });
  if (missing > 0) return missing;
  await context.queue.sendIntake([id]);
  const { benchmark } = await findSubmission(context.database, id);
  context.events.publish({ type: "submission", benchmark, submission: id });
  context.events.publish({ type: "work", benchmark });
  return 0;
}

async function ownUpload(context: HttpContext, request: FastifyRequest): Promise<UploadRow> {
  const { upload: id } = request.params as { upload: string };
  if (!/^[0-9a-f-]{36}$/.test(id)) throw new SegathlonError("SEG403", "there is no such upload");
  const caller = await callerOf(context, request);
  const upload = await findUpload(context, id);
  await admit(context, "putSubmissionArchive", "team", caller, { submission: upload.submission });
  return upload;
}

function tusHeaders(reply: FastifyReply, upload: { received: number; bytes: number }): FastifyReply {
  return reply
    .header("tus-resumable", tusVersion)
    .header("upload-offset", upload.received)
    .header("upload-length", upload.bytes)
    .header("cache-control", "no-store");
}

async function patchUpload(context: HttpContext, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (request.headers["tus-resumable"] !== tusVersion) return reply.code(412).header("tus-version", tusVersion).send();
  if (request.headers["content-type"] !== "application/offset+octet-stream")
    return reply.code(415).header("tus-resumable", tusVersion).send();
  const upload = await ownUpload(context, request);
  const submission = await findSubmission(context.database, upload.submission);
  checkOpen(submission);
  const offset = Number(request.headers["upload-offset"]);
  if (!Number.isSafeInteger(offset) || offset < 0)
    throw new SegathlonError("SEG404", "upload-offset is not a number of bytes");
  const length = Number(request.headers["content-length"] ?? 0);
  if (offset + length > upload.bytes)
    throw new SegathlonError("SEG411", `the upload was announced with ${upload.bytes} bytes`);
  await checkRoom(context, upload.bytes - upload.received);
  const received = await appendToUpload(context, upload, offset, request.raw as AsyncIterable<Buffer>);
  if (received === upload.bytes && submission.upload_kind === "archive") await finishUploads(context, submission.id);
  return tusHeaders(reply, { received, bytes: upload.bytes }).code(204).send();
}

/** Registers the tus routes. */
export function registerUploads(app: FastifyInstance, context: HttpContext): void {
  const path = `${apiPrefix}/uploads/:upload`;
  const guarded =
    (action: (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      try {
        return await action(request, reply);
      } catch (error) {
        reply.header("tus-resumable", tusVersion);
        return sendProblem(error, request, reply);
      }
    };
  app.route({
    method: "OPTIONS",
    url: path,
    handler: (_request, reply) =>
      reply
        .code(204)
        .header("tus-resumable", tusVersion)
        .header("tus-version", tusVersion)
        .header("tus-max-size", context.settings.maxUploadBytes)
        .send(),
  });
  app.route({
    method: "HEAD",
    url: path,
    handler: guarded(async (request, reply) =>
      tusHeaders(reply, await ownUpload(context, request))
        .code(200)
        .send(),
    ),
  });
  app.route({ method: "PATCH", url: path, handler: guarded((request, reply) => patchUpload(context, request, reply)) });
}
