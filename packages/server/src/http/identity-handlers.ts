/** Session, sign-up, sign-in, API keys, account, server facts. */
import { randomUUID } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import type { Session, User } from "../api/index.ts";
import { audit } from "../domain/audit.ts";
import { newToken } from "../identity/accounts.ts";
import { findUser, membershipsOf } from "../identity/caller.ts";
import { acceptInvitation } from "../identity/invitations.ts";
import type { Handlers, HttpContext } from "./http-context.ts";
import { webHeaders } from "./web-headers.ts";

async function sessionOf(context: HttpContext, userId: string): Promise<Session> {
  const user = await findUser(context.database, userId);
  return { user, memberships: user === null ? [] : await membershipsOf(context.database, user) };
}

function signedInUser(user: User | null): User {
  if (user === null) throw new SegathlonError("SEG401", "sign in first");
  return user;
}

export const identityHandlers = {
  async getServer(context) {
    const { settings, mailer } = context;
    return {
      name: settings.name,
      version: "0.1.0",
      signUp: settings.signUp,
      signInWith: settings.oidc.map(({ id, name }) => ({ id, name })),
      mail: mailer.configured,
      limits: { maxUploadBytes: settings.maxUploadBytes, maxFileBytes: settings.maxFileBytes },
      time: new Date().toISOString(),
    };
  },

  async getSession(context, { caller }) {
    return {
      user: caller.user,
      memberships: caller.user === null ? [] : await membershipsOf(context.database, caller.user),
    };
  },

  async signUp(context, { body, request, reply }) {
    if (context.settings.signUp === "invitation")
      throw new SegathlonError("SEG402", "accounts on this server are by invitation", {
        hint: "Ask an organiser for an invitation link.",
      });
    await context.rates.take(`sign-up ${request.ip}`, 30, 3600);
    const { cookies, userId } = await context.accounts.signUp(body, webHeaders(request));
    reply.header("set-cookie", [...cookies]);
    return sessionOf(context, userId);
  },

  async signIn(context, { body, request, reply }) {
    await context.rates.take(`sign-in ${request.ip}`, 30, 300);
    await context.rates.take(`sign-in ${body.email.toLowerCase()}`, 10, 300);
    const { cookies, userId } = await context.accounts.signIn(body, webHeaders(request));
    reply.header("set-cookie", [...cookies]);
    return sessionOf(context, userId);
  },

  async signOut(context, { request, reply }) {
    reply.header("set-cookie", [...(await context.accounts.signOut(webHeaders(request)))]);
    return undefined;
  },

  async requestPasswordReset(context, { body, request }) {
    await context.rates.take(`reset ${request.ip}`, 10, 3600);
    // In the background: the time of the answer must not tell whether there is such an account.
    context.accounts
      .requestReset(body.email)
      .catch((error: unknown) => request.log.warn({ error: String(error) }, "reset"));
    return undefined;
  },

  async resetPassword(context, { body, request }) {
    await context.rates.take(`reset ${request.ip}`, 10, 3600);
    await context.accounts.reset(body.token, body.password);
    return undefined;
  },

  async exportAccount(context, { caller }) {
    const user = signedInUser(caller.user);
    const teams = await context.database
      .selectFrom("team_member")
      .innerJoin("team", "team.id", "team_member.team")
      .select(["team.benchmark", "team.name", "team_member.joined_at"])
      .where("user_id", "=", user.id)
      .execute();
    const submissions = await context.database
      .selectFrom("submission")
      .selectAll()
      .where("user_id", "=", user.id)
      .orderBy("id")
      .execute();
    const access = await context.database
      .selectFrom("data_access")
      .selectAll()
      .where("user_id", "=", user.id)
      .execute();
    return {
      user,
      teams: teams.map((row) => ({ benchmark: row.benchmark, team: row.name, joinedAt: row.joined_at.toISOString() })),
      submissions: submissions.map((row) => ({
        id: row.id,
        benchmark: row.benchmark,
        phase: row.phase,
        createdAt: row.created_at.toISOString(),
        state: row.state,
      })),
      dataAccess: access.map((row) => ({
        benchmark: row.benchmark,
        status: row.status,
        requestedAt: row.requested_at.toISOString(),
      })),
    };
  },

  async deleteAccount(context, { caller, request, reply }) {
    const user = signedInUser(caller.user);
    await context.database.transaction().execute(async (transaction) => {
      const others = await transaction
        .selectFrom("auth_user")
        .select("id")
        .where("administrator", "=", true)
        .where("id", "<>", user.id)
        .limit(1)
        .execute();
      if (user.administrator && others.length === 0)
        throw new SegathlonError("SEG405", "the last administrator cannot be deleted", {
          hint: "Make another account an administrator first.",
        });
      // Results stay, without a name behind them.
      await transaction.updateTable("submission").set({ user_id: null }).where("user_id", "=", user.id).execute();
      for (const table of ["team_member", "organiser", "data_access", "api_key"] as const)
        await transaction.deleteFrom(table).where("user_id", "=", user.id).execute();
      await transaction
        .updateTable("audit_log")
        .set({ actor: "deleted account" })
        .where("actor", "=", user.id)
        .execute();
      await transaction.updateTable("download").set({ user_id: null }).where("user_id", "=", user.id).execute();
      await transaction.deleteFrom("outbox").where("recipient", "=", user.email).execute();
      await context.accounts.remove(transaction, user.id);
      await audit(transaction, {
        benchmark: null,
        actor: "deleted account",
        action: "account.delete",
        subject: "account",
      });
    });
    reply.header("set-cookie", [...(await context.accounts.signOut(webHeaders(request)).catch(() => []))]);
    return undefined;
  },

  async listApiKeys(context, { caller }) {
    const rows = await context.database
      .selectFrom("api_key")
      .selectAll()
      .where("user_id", "=", signedInUser(caller.user).id)
      .orderBy("created_at")
      .execute();
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      scopes: row.scopes as ("read" | "submit" | "organise")[],
      createdAt: row.created_at.toISOString(),
      expiresAt: row.expires_at?.toISOString() ?? null,
      lastUsedAt: row.last_used_at?.toISOString() ?? null,
    }));
  },

  async createApiKey(context, { caller, body }) {
    const user = signedInUser(caller.user);
    const { token, hash } = newToken("sgk_");
    const created = new Date();
    const expires = body.days === null ? null : new Date(created.getTime() + body.days * 86_400_000);
    const id = randomUUID();
    await context.database
      .insertInto("api_key")
      .values({
        id,
        user_id: user.id,
        name: body.name,
        key_hash: hash,
        scopes: JSON.stringify(body.scopes),
        created_at: created,
        expires_at: expires,
      })
      .execute();
    await audit(context.database, {
      benchmark: null,
      actor: user.id,
      action: "api-key.create",
      subject: id,
      detail: { scopes: body.scopes },
    });
    return {
      id,
      name: body.name,
      scopes: body.scopes,
      createdAt: created.toISOString(),
      expiresAt: expires?.toISOString() ?? null,
      lastUsedAt: null,
      key: token,
    };
  },

  async deleteApiKey(context, { caller, params }) {
    const { numDeletedRows } = await context.database
      .deleteFrom("api_key")
      .where("id", "=", params.key)
      .where("user_id", "=", signedInUser(caller.user).id)
      .executeTakeFirst();
    if (numDeletedRows === 0n) throw new SegathlonError("SEG403", "there is no such key");
    return undefined;
  },

  async acceptInvitation(context, { caller, body }) {
    const user = signedInUser(caller.user);
    await acceptInvitation(context, body.token, user);
    return sessionOf(context, user.id);
  },

  async listUsers(context) {
    const rows = await context.database.selectFrom("auth_user").selectAll().orderBy("createdAt").execute();
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      email: row.email,
      emailVerified: row.emailVerified,
      administrator: row.administrator === true,
    }));
  },

  async listOutbox(context) {
    const rows = await context.database
      .selectFrom("outbox")
      .selectAll()
      .orderBy("created_at", "desc")
      .limit(200)
      .execute();
    return rows.map((row) => ({
      id: row.id,
      to: row.recipient,
      subject: row.subject,
      body: row.body,
      createdAt: row.created_at.toISOString(),
      sent: row.sent_at !== null,
    }));
  },
} satisfies Partial<Handlers>;
