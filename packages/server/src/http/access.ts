/** May this caller use this route on this thing? The one place where that is decided. */
import { SegathlonError } from "@segathlon/errors";
import type { Access, RouteName } from "../api/index.ts";
import { routePaths } from "../api/index.ts";
import { type BenchmarkRow, findBenchmark } from "../domain/benchmark-store.ts";
import { findSubmission, type SubmissionRow } from "../domain/submission-store.ts";
import { type Caller, type Standing, standingIn } from "../identity/caller.ts";
import type { ServerContext } from "../server-context.ts";
import type { HttpContext } from "./http-context.ts";

export interface Admission {
  readonly standing: Standing;
  readonly benchmark: BenchmarkRow | null;
  readonly submission: SubmissionRow | null;
}

const nobodysStanding: Standing = { administrator: false, organiser: false, team: null };

/** Routes about the account itself: a key that leaked must not make more keys or delete the account. */
const sessionOnly: ReadonlySet<RouteName> = new Set([
  "createApiKey",
  "deleteApiKey",
  "listApiKeys",
  "deleteAccount",
  "exportAccount",
]);

function checkScope(name: RouteName, access: Access, caller: Caller): void {
  if (caller.by !== "key") return;
  if (sessionOnly.has(name))
    throw new SegathlonError("SEG402", "an API key may not do this; sign in with the password");
  const reads = routePaths[name].method === "GET";
  const needed = reads ? "read" : access === "organiser" || access === "administrator" ? "organise" : "submit";
  if (!caller.scopes.includes(needed))
    throw new SegathlonError("SEG402", `the API key does not have the scope "${needed}"`);
}

/** Outsiders learn nothing about other people's things, not even that they are there. */
const notThere = (): SegathlonError => new SegathlonError("SEG403", "there is no such thing, or it is not for you");

async function mayHaveData(
  context: ServerContext,
  caller: Caller,
  standing: Standing,
  benchmark: BenchmarkRow,
): Promise<boolean> {
  const policy = benchmark.settings.dataAccess;
  if (standing.organiser || policy === "open") return true;
  if (policy === "closed" || caller.user === null) return false;
  if (policy === "registered") return true;
  const row = await context.database
    .selectFrom("data_access")
    .select("status")
    .where("benchmark", "=", benchmark.id)
    .where("user_id", "=", caller.user.id)
    .executeTakeFirst();
  return row?.status === "approved";
}

/** Whether the caller may have the files of a benchmark. */
export async function dataAllowed(
  context: ServerContext,
  caller: Caller,
  standing: Standing,
  benchmark: BenchmarkRow,
): Promise<boolean> {
  return mayHaveData(context, caller, standing, benchmark);
}

/**
 * Decides, and looks up what the path names.
 *
 * @throws SegathlonError `SEG401` without an account, `SEG402` for the wrong role, `SEG403` for things of others, `SEG408` without
 *   an approved team, `SEG420` without access to the data.
 */
export async function admit(
  context: HttpContext,
  name: RouteName,
  access: Access,
  caller: Caller,
  params: Readonly<Record<string, unknown>>,
): Promise<Admission> {
  checkScope(name, access, caller);
  if (caller.user === null && access !== "anyone" && access !== "data")
    throw new SegathlonError("SEG401", "sign in first");
  if (access === "administrator" && caller.user?.administrator !== true)
    throw new SegathlonError("SEG402", "only an administrator may do this");
  const { database } = context;
  let submission: SubmissionRow | null = null;
  let benchmarkId = typeof params.benchmark === "string" ? params.benchmark : null;
  if (typeof params.submission === "number") {
    submission = await findSubmission(database, params.submission).catch(() => {
      throw notThere();
    });
    benchmarkId = submission.benchmark;
  }
  if (typeof params.rescore === "string") {
    const row = await database
      .selectFrom("rescore")
      .select("benchmark")
      .where("id", "=", params.rescore)
      .executeTakeFirst();
    if (row === undefined) throw notThere();
    benchmarkId = row.benchmark;
  }
  if (benchmarkId === null) return { standing: nobodysStanding, benchmark: null, submission };
  const id = benchmarkId;
  const benchmark = await context.rows.read(`benchmark ${id}`, () => findBenchmark(database, id));
  const standing = await standingIn(database, caller, benchmarkId);
  if (submission !== null && submission.team !== standing.team?.id && !standing.organiser) throw notThere();
  if (access === "organiser" && !standing.organiser) {
    if (typeof params.rescore === "string" || submission !== null)
      throw new SegathlonError("SEG402", "only an organiser may do this");
    throw new SegathlonError("SEG402", `only an organiser of ${benchmark.id} may do this`);
  }
  if (access === "participant") {
    if (standing.team === null) throw new SegathlonError("SEG408", `register a team for ${benchmark.id} first`);
    if (standing.team.status !== "approved")
      throw new SegathlonError("SEG408", `the team ${standing.team.name} is ${standing.team.status}`, {
        hint: standing.team.status === "pending" ? "An organiser has to approve it." : "Ask an organiser.",
      });
    if (typeof params.team === "string" && params.team !== standing.team.id) throw notThere();
  }
  if (access === "data" && !(await mayHaveData(context, caller, standing, benchmark))) {
    if (caller.user === null && benchmark.settings.dataAccess !== "closed")
      throw new SegathlonError("SEG401", "sign in to get the data");
    throw new SegathlonError(
      "SEG420",
      `the data of ${benchmark.id} are ${benchmark.settings.dataAccess === "closed" ? "not given out here" : "given out on request"}`,
    );
  }
  return { standing, benchmark, submission };
}
