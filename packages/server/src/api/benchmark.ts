/** Benchmarks, tasks, cases and downloads as the API shows them. */
import { z } from "zod";
import { phaseSummarySchema } from "./phase.ts";

export const slugSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);

export const taskSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  modality: z.string().nullable(),
  channels: z.array(z.string()),
  /** Label name -> value. */
  labels: z.record(z.string(), z.number().int()),
  /** Region name -> label values, in the document's order. */
  regions: z.record(z.string(), z.array(z.number().int())),
  licence: z.string().nullable(),
  counts: z.object({
    training: z.number().int().nullable(),
    validation: z.number().int().nullable(),
    test: z.number().int().nullable(),
  }),
  /** Cases with a file on this server, by split. */
  hosted: z.object({ training: z.number().int(), validation: z.number().int(), test: z.number().int() }),
  /** Columns of the leaderboard: metric keys with direction and unit. */
  metrics: z.array(
    z.object({
      key: z.string(),
      direction: z.enum(["higher-is-better", "lower-is-better", "none"]),
      unit: z.enum(["", "mm", "ml", "count"]),
    }),
  ),
});

/** Open: anyone. Registered: any account. On request: after a data-use agreement and approval. Closed: nobody. */
export const dataAccessPolicySchema = z.enum(["open", "registered", "on-request", "closed"]);

export const benchmarkSummarySchema = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  tasks: z.number().int(),
  phases: z.array(phaseSummarySchema),
  teams: z.number().int(),
  submissions: z.number().int(),
  listed: z.boolean(),
});

export const benchmarkSchema = benchmarkSummarySchema.extend({
  citation: z.string().nullable(),
  licence: z.string().nullable(),
  licenceConflicts: z.array(z.object({ says: z.string(), source: z.string() })),
  homepage: z.string().nullable(),
  taskList: z.array(taskSummarySchema),
  /** The protocol exactly as in `benchmark.yaml` (metrics, profile, policy, ranking scheme). */
  protocol: z.record(z.string(), z.unknown()),
  protocolHash: z.string(),
  evaluatorVersion: z.string(),
  dataAccess: dataAccessPolicySchema,
  dataUseAgreement: z.string().nullable(),
  /** Registration: open (approved at once), on approval, or closed. */
  registration: z.enum(["open", "approval", "closed"]),
  maxTeamSize: z.number().int(),
  /** The whole document: organisers and administrators only, else null. */
  document: z.record(z.string(), z.unknown()).nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

/** Server-side settings of a benchmark that are not part of its document. */
export const benchmarkSettingsSchema = z.strictObject({
  listed: z.boolean().optional(),
  registration: z.enum(["open", "approval", "closed"]).optional(),
  maxTeamSize: z.number().int().min(1).max(100).optional(),
  dataAccess: dataAccessPolicySchema.optional(),
  dataUseAgreement: z.string().max(50_000).nullable().optional(),
});

export const createBenchmarkSchema = z.strictObject({
  /** `benchmark.yaml` as text (YAML or JSON). */
  document: z.string().max(2_000_000),
  settings: benchmarkSettingsSchema.default({}),
});

export const splitSchema = z.enum(["training", "validation", "test"]);

export const caseSchema = z.object({
  case: z.string(),
  task: z.string(),
  split: splitSchema,
  /** Public part, private part of a test split, or not divided. Shown to organisers; null to others. */
  part: z.enum(["public", "private"]).nullable(),
  attributes: z.record(z.string(), z.union([z.string(), z.number()])),
  shape: z.tuple([z.number().int(), z.number().int(), z.number().int()]).nullable(),
  spacingMm: z.tuple([z.number(), z.number(), z.number()]).nullable(),
  /** One URL per channel; empty where the caller may not download the image. Range requests work. */
  images: z.array(z.object({ channel: z.string(), url: z.string(), bytes: z.number().int() })),
  /** null wherever the reference is hidden from the caller. */
  reference: z.object({ url: z.string(), bytes: z.number().int(), revision: z.number().int() }).nullable(),
  /** PNG of the middle slice of the first channel; null where the image may not be seen. */
  thumbnail: z.string().nullable(),
});

/** What an organiser sends with a new or replaced case file. */
export const downloadSchema = z.object({
  path: z.string(),
  url: z.string(),
  bytes: z.number().int(),
  sha256: z.string(),
});
export const downloadsSchema = z.object({
  split: splitSchema.nullable(),
  files: z.array(downloadSchema),
  totalBytes: z.number().int(),
});

export const dataAccessRequestSchema = z.object({
  id: z.string(),
  benchmark: z.string(),
  user: z.object({ id: z.string(), name: z.string(), email: z.string() }),
  institution: z.string(),
  purpose: z.string(),
  /** sha256 of the agreement text that was accepted. */
  agreement: z.string(),
  status: z.enum(["pending", "approved", "rejected"]),
  requestedAt: z.iso.datetime(),
  decidedAt: z.iso.datetime().nullable(),
  downloads: z.number().int(),
});
export const requestDataAccessSchema = z.strictObject({
  institution: z.string().trim().min(1).max(200),
  purpose: z.string().trim().min(10).max(5000),
  acceptAgreement: z.literal(true),
});

export type BenchmarkSummary = z.infer<typeof benchmarkSummarySchema>;
export type Benchmark = z.infer<typeof benchmarkSchema>;
export type TaskSummary = z.infer<typeof taskSummarySchema>;
export type BenchmarkSettings = z.infer<typeof benchmarkSettingsSchema>;
export type Case = z.infer<typeof caseSchema>;
export type Downloads = z.infer<typeof downloadsSchema>;
export type DataAccessRequest = z.infer<typeof dataAccessRequestSchema>;
