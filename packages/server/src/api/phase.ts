/** Phases: when they are open, what is left of the quota, what is shown. */
import { z } from "zod";

/** What participants see of their scores. `decimals` null: not rounded. */
export const feedbackViewSchema = z.object({
  level: z.enum(["per-case", "aggregate", "none-until-close"]),
  decimals: z.number().int().nullable(),
});

export const phaseStateSchema = z.enum(["upcoming", "open", "closed", "frozen"]);

export const quotaViewSchema = z.object({
  perDay: z.number().int().nullable(),
  total: z.number().int().nullable(),
});

/** What the caller's team has left. null: not limited. Only a scored run counts; a reserved one is shown apart. */
export const quotaLeftSchema = z.object({
  today: z.number().int().nullable(),
  total: z.number().int().nullable(),
  reserved: z.number().int(),
  /** Days run from 00:00 to 24:00 UTC. */
  resetsAt: z.iso.datetime(),
});

export const phaseSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  state: phaseStateSchema,
  opens: z.iso.datetime().nullable(),
  closes: z.iso.datetime().nullable(),
  tasks: z.array(z.string()),
});

export const phaseSchema = phaseSummarySchema.extend({
  benchmark: z.string(),
  feedback: feedbackViewSchema,
  quota: quotaViewSchema,
  /** Cases that are scored, per task. */
  cases: z.record(z.string(), z.number().int()),
  split: z.enum(["public", "private"]).nullable(),
  absentTask: z.enum(["reject", "worst", "not-ranked"]),
  leaderboard: z.enum(["public", "hidden-until-close", "organisers"]),
  /** Which upload decides at the deadline: the time at which the submission was created on the server's clock. */
  deadlineRule: z.string(),
  /** Why the phase cannot be submitted to right now by this caller; empty: it can. */
  notOpenBecause: z.array(z.object({ code: z.string(), message: z.string(), hint: z.string() })),
  /** null for callers without a team. */
  remaining: quotaLeftSchema.nullable(),
  /** File names that a submission needs, per task; the same rules as `segathlon validate`. */
  expectedFiles: z.record(z.string(), z.array(z.string())),
});

export const patchPhaseSchema = z.strictObject({
  opens: z.iso.datetime({ offset: true }).nullable().optional(),
  closes: z.iso.datetime({ offset: true }).nullable().optional(),
  frozen: z.boolean().optional(),
  leaderboard: z.enum(["public", "hidden-until-close", "organisers"]).optional(),
  quota: z
    .strictObject({
      perDay: z.number().int().positive().nullable(),
      total: z.number().int().positive().nullable(),
    })
    .optional(),
  /** Said in the audit log. */
  reason: z.string().trim().min(1).max(1000),
});

export type Phase = z.infer<typeof phaseSchema>;
export type PhaseSummary = z.infer<typeof phaseSummarySchema>;
export type PhaseState = z.infer<typeof phaseStateSchema>;
export type QuotaLeft = z.infer<typeof quotaLeftSchema>;
export type FeedbackView = z.infer<typeof feedbackViewSchema>;
