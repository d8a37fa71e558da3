/** Data on request: an agreement accepted, a decision by the organisers, both on record. */
import { createHash, randomUUID } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import { sql } from "kysely";
import type { DataAccessRequest } from "../api/index.ts";
import { audit } from "../domain/audit.ts";
import type { BenchmarkRow } from "../domain/benchmark-store.ts";
import { dataAllowed } from "./access.ts";
import type { Handlers, HttpContext } from "./http-context.ts";

function required(row: BenchmarkRow | null): BenchmarkRow {
  if (row === null) throw new SegathlonError("SEG403", "there is no such benchmark");
  return row;
}

async function accessView(context: HttpContext, id: string): Promise<DataAccessRequest> {
  const row = await context.database.selectFrom("data_access").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new SegathlonError("SEG403", "there is no such request");
  const user = await context.database
    .selectFrom("auth_user")
    .select(["id", "name", "email"])
    .where("id", "=", row.user_id)
    .executeTakeFirstOrThrow();
  const { count } = await context.database
    .selectFrom("download")
    .select(sql<number>`count(*)::int`.as("count"))
    .where("benchmark", "=", row.benchmark)
    .where("user_id", "=", row.user_id)
    .executeTakeFirstOrThrow();
  return {
    id: row.id,
    benchmark: row.benchmark,
    user,
    institution: row.institution,
    purpose: row.purpose,
    agreement: row.agreement_sha256,
    status: row.status,
    requestedAt: row.requested_at.toISOString(),
    decidedAt: row.decided_at?.toISOString() ?? null,
    downloads: count,
  };
}

export const dataAccessHandlers = {
  async getDataAccess(context, { benchmark, caller, standing }) {
    const row = required(benchmark);
    const request = await context.database
      .selectFrom("data_access")
      .select("id")
      .where("benchmark", "=", row.id)
      .where("user_id", "=", caller.user?.id ?? "")
      .executeTakeFirst();
    return {
      policy: row.settings.dataAccess,
      allowed: await dataAllowed(context, caller, standing, row),
      request: request === undefined ? null : await accessView(context, request.id),
    };
  },

  async requestDataAccess(context, { benchmark, caller, body }) {
    const row = required(benchmark);
    const user = caller.user;
    if (user === null) throw new SegathlonError("SEG401", "sign in first");
    if (row.settings.dataAccess !== "on-request")
      throw new SegathlonError("SEG405", `the data of ${row.id} are not given out on request`);
    const id = randomUUID();
    const agreement = createHash("sha256")
      .update(row.settings.dataUseAgreement ?? "")
      .digest("hex");
    const inserted = await context.database
      .insertInto("data_access")
      .values({
        id,
        benchmark: row.id,
        user_id: user.id,
        institution: body.institution,
        purpose: body.purpose,
        agreement_sha256: agreement,
        status: "pending",
      })
      .onConflict((conflict) => conflict.columns(["benchmark", "user_id"]).doNothing())
      .returning("id")
      .executeTakeFirst();
    if (inserted === undefined) throw new SegathlonError("SEG405", "you have asked for these data already");
    await audit(context.database, {
      benchmark: row.id,
      actor: user.id,
      action: "data-access.request",
      subject: id,
      detail: { agreement },
    });
    return accessView(context, id);
  },

  async listDataAccess(context, { benchmark }) {
    const rows = await context.database
      .selectFrom("data_access")
      .select("id")
      .where("benchmark", "=", required(benchmark).id)
      .orderBy("requested_at")
      .execute();
    return Promise.all(rows.map((row) => accessView(context, row.id)));
  },

  async decideDataAccess(context, { params, body, caller }) {
    const row = await context.database
      .updateTable("data_access")
      .set({ status: body.status, decided_at: new Date() })
      .where("id", "=", params.request)
      .where("benchmark", "=", params.benchmark)
      .returning(["id", "user_id"])
      .executeTakeFirst();
    if (row === undefined) throw new SegathlonError("SEG403", "there is no such request");
    await audit(context.database, {
      benchmark: params.benchmark,
      actor: caller.user?.id ?? "system",
      action: `data-access.${body.status}`,
      subject: row.id,
      detail: { reason: body.reason },
    });
    const view = await accessView(context, row.id);
    await context.mailer.send({
      to: view.user.email,
      subject: `${params.benchmark}: request for the data ${body.status}`,
      body: body.reason === "" ? `Your request was ${body.status}.` : body.reason,
    });
    return view;
  },
} satisfies Partial<Handlers>;
