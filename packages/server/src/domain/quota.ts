/**
 * Quota of a team in a phase, per UTC day and in total. It is counted from the submissions themselves, so there is no counter that
 * can go wrong; a lock on the team's row makes the count and the reservation one step.
 */
import { type Kysely, sql, type Transaction } from "kysely";
import type { QuotaLeft } from "../api/index.ts";
import type { Database } from "../database/schema.ts";
import type { PhaseRow } from "./benchmark-store.ts";
import { nextUtcDay, utcDay } from "./phase-state.ts";

interface Counts {
  readonly today: number;
  readonly total: number;
  readonly reserved: number;
}

async function countSubmissions(
  database: Kysely<Database>,
  phase: PhaseRow,
  team: string,
  day: string,
): Promise<Counts> {
  const row = await database
    .selectFrom("submission")
    .select([
      sql<number>`count(*) filter (where quota_day = ${day})::int`.as("today"),
      sql<number>`count(*)::int`.as("total"),
      sql<number>`count(*) filter (where quota = 'reserved')::int`.as("reserved"),
    ])
    .where("benchmark", "=", phase.benchmark)
    .where("phase", "=", phase.id)
    .where("team", "=", team)
    .where("quota", "<>", "none")
    .executeTakeFirstOrThrow();
  return row;
}

/** What is left of a team's quota at this moment. */
export async function quotaLeft(
  database: Kysely<Database>,
  phase: PhaseRow,
  team: string,
  now: Date,
): Promise<QuotaLeft> {
  const counts = await countSubmissions(database, phase, team, utcDay(now));
  return {
    today: phase.quota_per_day === null ? null : Math.max(0, phase.quota_per_day - counts.today),
    total: phase.quota_total === null ? null : Math.max(0, phase.quota_total - counts.total),
    reserved: counts.reserved,
    resetsAt: nextUtcDay(now).toISOString(),
  };
}

export type Reservation = "reserved" | "day-used-up" | "total-used-up";

/**
 * Reserves one submission for the UTC day on which it was created. Of any number of transactions at once against one that is
 * left, exactly one gets it: they wait for the lock of the team's row, and each counts what the one before has committed.
 */
export async function reserveQuota(
  transaction: Transaction<Database>,
  phase: PhaseRow,
  submission: { readonly id: number; readonly team: string; readonly quota_day: string },
): Promise<Reservation> {
  await transaction
    .selectFrom("team")
    .select("id")
    .where("id", "=", submission.team)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const counts = await countSubmissions(transaction, phase, submission.team, submission.quota_day);
  if (phase.quota_total !== null && counts.total >= phase.quota_total) return "total-used-up";
  if (phase.quota_per_day !== null && counts.today >= phase.quota_per_day) return "day-used-up";
  await transaction.updateTable("submission").set({ quota: "reserved" }).where("id", "=", submission.id).execute();
  return "reserved";
}
