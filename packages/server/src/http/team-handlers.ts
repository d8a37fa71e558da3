/** Teams and organisers. */
import { randomUUID } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import type { Team } from "../api/index.ts";
import { audit } from "../domain/audit.ts";
import type { Standing } from "../identity/caller.ts";
import { invite } from "../identity/invitations.ts";
import type { Handlers, HttpContext } from "./http-context.ts";

/** Two names that look alike are one: compatibility forms, case and spaces folded (UTS 39 in spirit, without its tables). */
export function nameKey(name: string): string {
  return name
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[\s\-_.]+/g, " ")
    .trim();
}

async function viewOf(context: HttpContext, id: string, showAddresses: boolean): Promise<Team> {
  const team = await context.database.selectFrom("team").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
  const members = await context.database
    .selectFrom("team_member")
    .innerJoin("auth_user", "auth_user.id", "team_member.user_id")
    .select(["auth_user.id", "auth_user.name", "auth_user.email", "team_member.leader"])
    .where("team_member.team", "=", id)
    .orderBy("team_member.joined_at")
    .execute();
  return {
    id: team.id,
    benchmark: team.benchmark,
    name: team.name,
    institution: team.institution,
    status: team.status,
    createdAt: team.created_at.toISOString(),
    members: members.map((member) => ({
      id: member.id,
      name: member.name,
      email: showAddresses ? member.email : null,
      leader: member.leader,
    })),
  };
}

async function organiserList(context: HttpContext, benchmark: string) {
  const organisers = await context.database
    .selectFrom("organiser")
    .innerJoin("auth_user", "auth_user.id", "organiser.user_id")
    .select(["auth_user.id", "auth_user.name", "auth_user.email"])
    .where("organiser.benchmark", "=", benchmark)
    .orderBy("organiser.since")
    .execute();
  return { organisers };
}

const sees = (standing: Standing, team: string): boolean => standing.organiser || standing.team?.id === team;

export const teamHandlers = {
  async listTeams(context, { params, standing }) {
    const rows = await context.database
      .selectFrom("team")
      .select(["id", "status"])
      .where("benchmark", "=", params.benchmark)
      .orderBy("created_at")
      .execute();
    const seen = rows.filter((row) => row.status === "approved" || sees(standing, row.id));
    return Promise.all(seen.map((row) => viewOf(context, row.id, sees(standing, row.id))));
  },

  async registerTeam(context, { params, body, caller, benchmark }) {
    const user = caller.user;
    if (user === null || benchmark === null) throw new SegathlonError("SEG401", "sign in first");
    if (benchmark.settings.registration === "closed")
      throw new SegathlonError("SEG405", `registration for ${benchmark.id} is closed`);
    const id = randomUUID();
    const status = benchmark.settings.registration === "open" ? "approved" : "pending";
    await context.database.transaction().execute(async (transaction) => {
      const member = await transaction
        .selectFrom("team_member")
        .select("team")
        .where("benchmark", "=", params.benchmark)
        .where("user_id", "=", user.id)
        .executeTakeFirst();
      if (member !== undefined)
        throw new SegathlonError("SEG405", "the account is in a team of this benchmark already");
      const made = await transaction
        .insertInto("team")
        .values({
          id,
          benchmark: params.benchmark,
          name: body.name,
          name_key: nameKey(body.name),
          institution: body.institution,
          status,
        })
        .onConflict((conflict) => conflict.columns(["benchmark", "name_key"]).doNothing())
        .returning("id")
        .executeTakeFirst();
      if (made === undefined)
        throw new SegathlonError("SEG405", `there is a team called ${body.name}, or one that looks the same`, {
          hint: "Choose another name.",
        });
      await transaction
        .insertInto("team_member")
        .values({ team: id, benchmark: params.benchmark, user_id: user.id, leader: true })
        .execute();
      await audit(transaction, {
        benchmark: params.benchmark,
        actor: user.id,
        action: "team.register",
        subject: id,
        detail: { name: body.name, status },
      });
    });
    return viewOf(context, id, true);
  },

  async decideTeam(context, { params, body, caller }) {
    const row = await context.database
      .updateTable("team")
      .set({ status: body.status })
      .where("id", "=", params.team)
      .where("benchmark", "=", params.benchmark)
      .returning("id")
      .executeTakeFirst();
    if (row === undefined) throw new SegathlonError("SEG403", "there is no such team");
    await audit(context.database, {
      benchmark: params.benchmark,
      actor: caller.user?.id ?? "system",
      action: `team.${body.status}`,
      subject: params.team,
      detail: { reason: body.reason },
    });
    const view = await viewOf(context, params.team, true);
    for (const member of view.members) {
      if (member.email === null) continue;
      await context.mailer.send({
        to: member.email,
        subject: `${params.benchmark}: team ${view.name} ${body.status}`,
        body: body.reason === "" ? `Your team was ${body.status}.` : body.reason,
      });
    }
    return view;
  },

  async leaveTeam(context, { params, caller, standing }) {
    const member = await context.database
      .selectFrom("team_member")
      .selectAll()
      .where("team", "=", params.team)
      .where("benchmark", "=", params.benchmark)
      .where("user_id", "=", params.user)
      .executeTakeFirst();
    const mine = standing.team?.id === params.team;
    if (member === undefined || (!mine && !standing.organiser))
      throw new SegathlonError("SEG403", "there is no such member");
    const leader = await context.database
      .selectFrom("team_member")
      .select("leader")
      .where("team", "=", params.team)
      .where("user_id", "=", caller.user?.id ?? "")
      .executeTakeFirst();
    if (params.user !== caller.user?.id && leader?.leader !== true && !standing.organiser)
      throw new SegathlonError("SEG402", "only the leader of the team or an organiser may remove others");
    await context.database.transaction().execute(async (transaction) => {
      await transaction
        .deleteFrom("team_member")
        .where("team", "=", params.team)
        .where("user_id", "=", params.user)
        .execute();
      if (member.leader) {
        const heir = await transaction
          .selectFrom("team_member")
          .select("user_id")
          .where("team", "=", params.team)
          .orderBy("joined_at")
          .limit(1)
          .executeTakeFirst();
        if (heir !== undefined)
          await transaction
            .updateTable("team_member")
            .set({ leader: true })
            .where("team", "=", params.team)
            .where("user_id", "=", heir.user_id)
            .execute();
      }
      await audit(transaction, {
        benchmark: params.benchmark,
        actor: caller.user?.id ?? "system",
        action: "team.leave",
        subject: params.team,
        detail: { user: params.user },
      });
    });
    return undefined;
  },

  async inviteToTeam(context, { params, body, caller }) {
    return invite(context, context.mailer, {
      kind: "team",
      benchmark: params.benchmark,
      team: params.team,
      email: body.email,
      by: caller.user?.id ?? null,
      days: 7,
    });
  },

  async listOrganisers(context, { params }) {
    return organiserList(context, params.benchmark);
  },

  async addOrganiser(context, { params, body, caller }) {
    const user = await context.database
      .selectFrom("auth_user")
      .select("id")
      .where("email", "=", body.email.toLowerCase())
      .executeTakeFirst();
    if (user === undefined)
      throw new SegathlonError("SEG405", "there is no account with this address", {
        hint: "Send an invitation link instead.",
      });
    await context.database
      .insertInto("organiser")
      .values({ benchmark: params.benchmark, user_id: user.id })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await audit(context.database, {
      benchmark: params.benchmark,
      actor: caller.user?.id ?? "system",
      action: "organiser.add",
      subject: user.id,
    });
    return organiserList(context, params.benchmark);
  },

  async removeOrganiser(context, { params, caller }) {
    await context.database
      .deleteFrom("organiser")
      .where("benchmark", "=", params.benchmark)
      .where("user_id", "=", params.user)
      .execute();
    await audit(context.database, {
      benchmark: params.benchmark,
      actor: caller.user?.id ?? "system",
      action: "organiser.remove",
      subject: params.user,
    });
    return undefined;
  },

  async inviteOrganiser(context, { params, body, caller }) {
    return invite(context, context.mailer, {
      kind: "organiser",
      benchmark: params.benchmark,
      team: null,
      email: body.email,
      by: caller.user?.id ?? null,
      days: 7,
    });
  },
} satisfies Partial<Handlers>;
