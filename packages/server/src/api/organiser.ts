/** What organisers see and do: audit log, leak budget, errata, re-scoring, baselines, announcements. */
import { z } from "zod";

export const auditEntrySchema = z.object({
  id: z.number().int(),
  at: z.iso.datetime(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.record(z.string(), z.unknown()),
});
export const auditLogSchema = z.object({ entries: z.array(auditEntrySchema), next: z.number().int().nullable() });

export const leakBudgetSchema = z.object({
  phase: z.string(),
  /** How many numbers one scored submission discloses, and with how many distinguishable levels each. */
  numbersPerSubmission: z.number().int(),
  levelsPerNumber: z.number().int().nullable(),
  bitsPerSubmission: z.number(),
  teams: z.array(
    z.object({
      team: z.string(),
      teamId: z.string(),
      scored: z.number().int(),
      bitsDisclosed: z.number(),
      /** null: the quota does not bound it. */
      bitsPossible: z.number().nullable(),
      /** Pairs of own submissions whose scores differ by at most one step of the shown precision. */
      nearDuplicates: z.number().int(),
    }),
  ),
  notes: z.array(z.string()),
});

export const erratumSchema = z.object({
  id: z.string(),
  task: z.string(),
  case: z.string(),
  /** null: the corrected reference is not used for scoring yet. */
  revision: z.number().int().nullable(),
  action: z.enum(["replace", "exclude"]),
  reason: z.string(),
  createdAt: z.iso.datetime(),
  by: z.string(),
});
export const excludeCaseSchema = z.strictObject({ reason: z.string().trim().min(1).max(2000) });

export const rescoreSchema = z.object({
  id: z.string(),
  phase: z.string(),
  /** running: nothing on the board has changed. ready: waiting for a decision. applied: all at once. */
  state: z.enum(["running", "ready", "failed", "applied", "discarded"]),
  reason: z.string(),
  createdAt: z.iso.datetime(),
  progress: z.object({ done: z.number().int(), total: z.number().int() }),
  fromReferences: z.number().int(),
  toReferences: z.number().int(),
  /** Which entries would move; present from `ready` on. */
  difference: z
    .array(
      z.object({
        algorithm: z.string(),
        submission: z.number().int(),
        rankBefore: z.number().nullable(),
        rankAfter: z.number().nullable(),
        changes: z.array(z.object({ column: z.string(), before: z.number().nullable(), after: z.number().nullable() })),
      }),
    )
    .nullable(),
  problem: z.string().nullable(),
});
export const startRescoreSchema = z.strictObject({
  reason: z.string().trim().min(1).max(2000),
  /** Only show what would change; `apply` is then a separate decision. The default. */
  apply: z.boolean().default(false),
});

export const announcementSchema = z.object({
  id: z.string(),
  benchmark: z.string(),
  title: z.string(),
  /** Plain text; pages render it as text, never as HTML. */
  body: z.string(),
  createdAt: z.iso.datetime(),
  by: z.string(),
});
export const createAnnouncementSchema = z.strictObject({
  title: z.string().trim().min(1).max(200),
  body: z.string().max(20_000),
  mail: z.boolean().default(false),
});

export const baselineSchema = z.strictObject({ baseline: z.boolean() });
export const addOrganiserSchema = z.strictObject({ email: z.email().max(200) });
export const organiserListSchema = z.object({
  organisers: z.array(z.object({ id: z.string(), name: z.string(), email: z.string() })),
});

export type AuditEntry = z.infer<typeof auditEntrySchema>;
export type LeakBudget = z.infer<typeof leakBudgetSchema>;
export type Erratum = z.infer<typeof erratumSchema>;
export type Rescore = z.infer<typeof rescoreSchema>;
export type Announcement = z.infer<typeof announcementSchema>;
