/** Links that give a role once: to a team, to the organisers, to the administrators. Only the hash of the token is kept. */
import { randomUUID } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import type { Invitation, User } from "../api/index.ts";
import { audit } from "../domain/audit.ts";
import type { ServerContext } from "../server-context.ts";
import { newToken, tokenHash } from "./accounts.ts";
import type { Mailer } from "./mailer.ts";

export interface InvitationRequest {
  readonly kind: "team" | "organiser" | "administrator";
  readonly benchmark: string | null;
  readonly team: string | null;
  readonly email: string | null;
  readonly by: string | null;
  readonly days: number;
}

/** Makes an invitation. The link is in the answer for the inviter to pass on; with an address it is mailed too. */
export async function invite(context: ServerContext, mailer: Mailer, request: InvitationRequest): Promise<Invitation> {
  const { token, hash } = newToken("sgi_");
  const id = randomUUID();
  const expires = new Date(Date.now() + request.days * 86_400_000);
  await context.database
    .insertInto("invitation")
    .values({
      id,
      kind: request.kind,
      benchmark: request.benchmark,
      team: request.team,
      email: request.email,
      token_hash: hash,
      expires_at: expires,
      created_by: request.by,
    })
    .execute();
  const path = request.kind === "administrator" ? "enter" : "invitation";
  const url = `${context.publicUrl}/${path}?token=${token}`;
  if (request.email !== null)
    await mailer.send({
      to: request.email,
      subject: `${context.settings.name}: invitation`,
      body: `You are invited${request.benchmark === null ? "" : ` to ${request.benchmark}`}. Open ${url} (once, until ${expires.toISOString()}).`,
    });
  return {
    id,
    kind: request.kind,
    email: request.email,
    url,
    expiresAt: expires.toISOString(),
    mailed: request.email !== null && mailer.configured,
  };
}

/** Takes an invitation for an account; the second taker gets an error. */
export async function acceptInvitation(context: ServerContext, token: string, user: User): Promise<void> {
  await context.database.transaction().execute(async (transaction) => {
    const row = await transaction
      .updateTable("invitation")
      .set({ used_at: new Date() })
      .where("token_hash", "=", tokenHash(token))
      .where("used_at", "is", null)
      .where("expires_at", ">", new Date())
      .returningAll()
      .executeTakeFirst();
    if (row === undefined)
      throw new SegathlonError("SEG403", "the link is used up or too old", { hint: "Ask for a new one." });
    if (row.kind === "administrator") {
      await transaction.updateTable("auth_user").set({ administrator: true }).where("id", "=", user.id).execute();
    } else if (row.kind === "organiser" && row.benchmark !== null) {
      await transaction
        .insertInto("organiser")
        .values({ benchmark: row.benchmark, user_id: user.id })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    } else if (row.kind === "team" && row.team !== null && row.benchmark !== null) {
      const already = await transaction
        .selectFrom("team_member")
        .select("team")
        .where("benchmark", "=", row.benchmark)
        .where("user_id", "=", user.id)
        .executeTakeFirst();
      if (already !== undefined)
        throw new SegathlonError("SEG405", "the account is in a team of this benchmark already", {
          hint: "Leave that team first.",
        });
      const { settings } = await transaction
        .selectFrom("benchmark")
        .select("settings")
        .where("id", "=", row.benchmark)
        .executeTakeFirstOrThrow();
      await transaction.selectFrom("team").select("id").where("id", "=", row.team).forUpdate().execute();
      const members = await transaction
        .selectFrom("team_member")
        .select("user_id")
        .where("team", "=", row.team)
        .execute();
      if (members.length >= settings.maxTeamSize)
        throw new SegathlonError(
          "SEG405",
          `the team has ${members.length} members, the limit is ${settings.maxTeamSize}`,
        );
      await transaction
        .insertInto("team_member")
        .values({ team: row.team, benchmark: row.benchmark, user_id: user.id, leader: false })
        .execute();
    }
    await audit(transaction, {
      benchmark: row.benchmark,
      actor: user.id,
      action: `invitation.accept.${row.kind}`,
      subject: row.team ?? row.benchmark ?? "server",
    });
  });
}
