/** Errors to answers: problem+json with a status, a code and a request id. What is ours stays in the log. */
import { type ErrorCode, errorTable, SegathlonError } from "@segathlon/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { ProblemDetails } from "../api/index.ts";

const statusOfCode: Partial<Record<ErrorCode, number>> = {
  SEG400: 500,
  SEG401: 401,
  SEG402: 403,
  SEG403: 404,
  SEG404: 400,
  SEG405: 409,
  SEG406: 409,
  SEG407: 409,
  SEG408: 403,
  SEG409: 422,
  SEG410: 409,
  SEG411: 413,
  SEG412: 429,
  SEG418: 503,
  SEG420: 403,
  SEG421: 401,
  SEG425: 507,
};

export function statusOf(error: SegathlonError): number {
  return statusOfCode[error.code] ?? (error.failure === "infrastructure" ? 500 : 422);
}

/** Fastify's own errors (broken JSON, a body that is too large) in our words. */
function known(error: unknown): SegathlonError | null {
  if (error instanceof SegathlonError) return error;
  const { statusCode, message } = error as { statusCode?: number; message?: string };
  if (statusCode === 413) return new SegathlonError("SEG411", "the request is larger than allowed");
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500)
    return new SegathlonError("SEG404", message ?? "the request cannot be read");
  return null;
}

/** Faults of the infrastructure and the organiser say one constant sentence; whoever runs the server reads the log. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const found = known(error);
  const status = found === null ? 500 : statusOf(found);
  if (status >= 500) request.log.error({ err: error }, "request failed");
  const hidden =
    found === null || found.failure === "infrastructure"
      ? new SegathlonError("SEG400", "the server could not do this")
      : found;
  const told = status === 507 || status === 503 ? (found ?? hidden) : hidden;
  const problem: ProblemDetails = {
    type: `urn:segathlon:error:${told.code}`,
    title: errorTable[told.code].name,
    status,
    detail: status === 503 ? "the storage does not answer" : told.message,
    code: told.code,
    hint: told.hint,
    failure: told.failure,
    where: Object.fromEntries(Object.entries(told.where).filter(([, value]) => value !== undefined)) as Record<
      string,
      string | number
    >,
    requestId: request.id,
  };
  if (told.code === "SEG412" && told.where.field !== undefined) reply.header("retry-after", told.where.field);
  return reply.code(status).type("application/problem+json").send(JSON.stringify(problem));
}
