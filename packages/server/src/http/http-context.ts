/** What handlers work with, and the shape of a handler. */
import type { FastifyReply, FastifyRequest } from "fastify";
import type { z } from "zod";
import type { RouteName, RouteResponse, Routes } from "../api/index.ts";
import type { BenchmarkRow } from "../domain/benchmark-store.ts";
import type { SubmissionRow } from "../domain/submission-store.ts";
import type { Accounts } from "../identity/accounts.ts";
import type { Caller, Standing } from "../identity/caller.ts";
import type { Mailer } from "../identity/mailer.ts";
import type { JobQueue } from "../queue/job-queue.ts";
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import type { BoardCache } from "./board-cache.ts";
import type { RateLimiter } from "./rate-limit.ts";
import type { UnchangedReads } from "./unchanged-reads.ts";

export interface HttpContext extends ServerContext {
  readonly accounts: Accounts;
  readonly mailer: Mailer;
  readonly queue: JobQueue;
  readonly pool: ThreadPool;
  readonly boards: BoardCache;
  readonly rates: RateLimiter;
  readonly rows: UnchangedReads;
}

type Output<N extends RouteName, K extends "params" | "query" | "body"> = Routes[N] extends {
  [P in K]: infer S extends z.ZodType;
}
  ? z.output<S>
  : undefined;

/** One request after access has been checked. */
export interface Call<N extends RouteName> {
  readonly params: Output<N, "params">;
  readonly query: Output<N, "query">;
  readonly body: Output<N, "body">;
  readonly caller: Caller;
  /** Of the benchmark or submission that the path names; nobody's where it names none. */
  readonly standing: Standing;
  /** Present where the path names one. */
  readonly benchmark: BenchmarkRow | null;
  readonly submission: SubmissionRow | null;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/** Answer of a handler that has written to the reply itself. */
export const answered: unique symbol = Symbol("answered");

export type Handler<N extends RouteName> = (
  context: HttpContext,
  call: Call<N>,
) => Promise<RouteResponse<N> | typeof answered>;

export type Handlers = { readonly [N in RouteName]: Handler<N> };
