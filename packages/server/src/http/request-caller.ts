/** The caller of a request, with the check that a page of another site did not send it. */
import { SegathlonError } from "@segathlon/errors";
import type { FastifyRequest } from "fastify";
import { type Caller, readCaller } from "../identity/caller.ts";
import type { HttpContext } from "./http-context.ts";
import { webHeaders } from "./web-headers.ts";

const readOnly = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Requests that change something and come from a browser must come from our own pages. Browsers send `Origin` with them (Fetch
 * standard); programs send none, and carry no cookie that a foreign page could use.
 */
export function checkOrigin(context: HttpContext, request: FastifyRequest): void {
  if (readOnly.has(request.method)) return;
  const origin = request.headers.origin;
  const own = [context.publicUrl, `${request.protocol}://${request.host}`];
  const foreign = origin !== undefined ? !own.includes(origin) : request.headers["sec-fetch-site"] === "cross-site";
  if (foreign) throw new SegathlonError("SEG402", "the request comes from a page of another site");
}

export async function callerOf(context: HttpContext, request: FastifyRequest): Promise<Caller> {
  checkOrigin(context, request);
  return readCaller(context.database, context.accounts, webHeaders(request));
}
