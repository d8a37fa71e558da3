/** Who is asking, and what they may do. */
import { SegathlonError } from "@segathlon/errors";
import type { Kysely } from "kysely";
import type { ApiKeyScope, Membership, User } from "../api/index.ts";
import type { Database } from "../database/schema.ts";
import type { Accounts } from "./accounts.ts";
import { tokenHash } from "./accounts.ts";

export interface Caller {
  readonly user: User | null;
  /** How they came in: a key has scopes, a session may do everything its user may, but needs an origin check. */
  readonly by: "nobody" | "session" | "key";
  readonly scopes: readonly ApiKeyScope[];
}

export const nobody: Caller = { user: null, by: "nobody", scopes: [] };
const everyScope: readonly ApiKeyScope[] = ["read", "submit", "organise"];

export async function findUser(database: Kysely<Database>, id: string): Promise<User | null> {
  const row = await database.selectFrom("auth_user").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id,
    name: row.name,
    email: row.email,
    emailVerified: row.emailVerified,
    administrator: row.administrator === true,
  };
}

/** Reads the API key or the session cookie of a request. A key that is wrong, used up or too old is an error, not nobody. */
export async function readCaller(database: Kysely<Database>, accounts: Accounts, headers: Headers): Promise<Caller> {
  const authorization = headers.get("authorization");
  if (authorization !== null) {
    const [, token] = /^Bearer (sgk_[A-Za-z0-9_-]{20,100})$/.exec(authorization) ?? [];
    const wrong = new SegathlonError("SEG421", "the API key is not valid", {
      hint: "Make a new one: `segathlon login`.",
    });
    if (token === undefined) throw wrong;
    const key = await database
      .selectFrom("api_key")
      .selectAll()
      .where("key_hash", "=", tokenHash(token))
      .executeTakeFirst();
    if (key === undefined || (key.expires_at !== null && key.expires_at < new Date())) throw wrong;
    const user = await findUser(database, key.user_id);
    if (user === null) throw wrong;
    if (key.last_used_at === null || Date.now() - key.last_used_at.getTime() > 60_000)
      await database.updateTable("api_key").set({ last_used_at: new Date() }).where("id", "=", key.id).execute();
    return { user, by: "key", scopes: key.scopes as ApiKeyScope[] };
  }
  if (!headers.get("cookie")?.includes("segathlon.")) return nobody;
  const id = await accounts.sessionUser(headers);
  const user = id === null ? null : await findUser(database, id);
  return user === null ? nobody : { user, by: "session", scopes: everyScope };
}

export async function membershipsOf(database: Kysely<Database>, user: User): Promise<Membership[]> {
  const organiser = await database.selectFrom("organiser").select("benchmark").where("user_id", "=", user.id).execute();
  const teams = await database
    .selectFrom("team_member")
    .innerJoin("team", "team.id", "team_member.team")
    .select(["team.id", "team.name", "team.status", "team.benchmark"])
    .where("team_member.user_id", "=", user.id)
    .execute();
  const benchmarks = new Set([...organiser.map((row) => row.benchmark), ...teams.map((row) => row.benchmark)]);
  return [...benchmarks].sort().map((benchmark) => {
    const team = teams.find((row) => row.benchmark === benchmark);
    return {
      benchmark,
      organiser: organiser.some((row) => row.benchmark === benchmark),
      team: team === undefined ? null : { id: team.id, name: team.name, status: team.status },
    };
  });
}

export interface Standing {
  readonly administrator: boolean;
  readonly organiser: boolean;
  readonly team: {
    readonly id: string;
    readonly name: string;
    readonly status: "pending" | "approved" | "rejected";
  } | null;
}

/** What the caller is in one benchmark. */
export async function standingIn(database: Kysely<Database>, caller: Caller, benchmark: string): Promise<Standing> {
  if (caller.user === null) return { administrator: false, organiser: false, team: null };
  const { id, administrator } = caller.user;
  const organiser = await database
    .selectFrom("organiser")
    .select("user_id")
    .where("benchmark", "=", benchmark)
    .where("user_id", "=", id)
    .executeTakeFirst();
  const team = await database
    .selectFrom("team_member")
    .innerJoin("team", "team.id", "team_member.team")
    .select(["team.id", "team.name", "team.status"])
    .where("team_member.benchmark", "=", benchmark)
    .where("team_member.user_id", "=", id)
    .executeTakeFirst();
  return { administrator, organiser: administrator || organiser !== undefined, team: team ?? null };
}
