/**
 * `benchmark.yaml`: a benchmark, its tasks, its protocol, its phases (ARCHITECTURE.md section 5). The built-in MSD and AMOS
 * benchmarks are documents of this schema, in the same format as a user's own.
 */
import { z } from "zod";
import { emptyRuleSchema } from "./evaluation-document.ts";

const identifier = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/);
const label = z.number().int().min(0).max(65_535);
const millimetres = z.number().positive().finite();

/**
 * Where a figure comes from. `verified`: read in the primary source; `secondary`: read in a named other source;
 * `assumed`: our choice because no source was found, shown wherever the figure is shown.
 */
export const sourceSchema = z.strictObject({
  mark: z.enum(["verified", "secondary", "assumed"]),
  source: z.string(),
});

export const taskSchema = z.strictObject({
  id: identifier,
  title: z.string().optional(),
  description: z.string().optional(),
  data: z
    .strictObject({
      format: z.enum(["msd", "nnunet", "amos", "plain", "bids", "structures", "monai"]),
      path: z.string(),
    })
    .optional(),
  /** Channel names in channel order, such as ["CT"] or ["FLAIR", "T1w", "T1gd", "T2w"]. */
  channels: z.array(z.string()).min(1),
  labels: z.record(z.string(), label),
  regions: z.record(z.string(), z.array(label.refine((value) => value > 0, "background is not a region")).min(1)),
  /** NSD tolerance of this task, in mm; one for all regions or one per region. Overrides the protocol's. */
  tolerance_mm: z.union([millimetres, z.record(z.string(), millimetres)]).optional(),
  /** Prefix of the file names, such as `spleen_`. */
  file_prefix: z.string().optional(),
  counts: z
    .strictObject({
      training: z.number().int().nullable(),
      validation: z.number().int().nullable(),
      test: z.number().int().nullable(),
    })
    .optional(),
  modality: z.string().optional(),
  licence: z.string().optional(),
  archive: z
    .strictObject({
      name: z.string(),
      bytes: z.number().int().positive().nullable(),
      md5: z
        .string()
        .regex(/^[0-9a-f]{32}$/)
        .nullable(),
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .nullable()
        .optional(),
      urls: z.array(z.url({ protocol: /^https?$/ })),
    })
    .optional(),
  /** Other spellings of label names that files of this task use, such as `arota` for `aorta`. */
  label_aliases: z.record(z.string(), z.array(z.string()).min(1)).optional(),
  /**
   * Groups of cases computed from the metadata that a user has: a case is in distribution when its combination of these
   * attributes occurs among the training cases, otherwise out of distribution.
   */
  distribution_by: z.array(z.string()).min(1).optional(),
  /** Dotted path inside this task -> where the figure comes from. */
  sources: z.record(z.string(), sourceSchema).optional(),
});

export const metricEntrySchema = z.union([
  z.string(),
  z.strictObject({
    nsd: z.strictObject({
      tolerance_mm: z.union([millimetres, z.array(millimetres), z.record(z.string(), millimetres)]),
    }),
  }),
]);

export const documentPolicySchema = z.strictObject({
  both_empty: emptyRuleSchema.default("best"),
  one_empty: emptyRuleSchema.default("worst"),
  missing_prediction: z.enum(["worst", "reject"]).default("worst"),
  worst: z.record(z.string(), z.union([z.number().finite(), z.literal("image-diagonal")])).default({}),
});

export const rankingSchema = z.strictObject({
  scheme: z.string(),
  alpha: z.number().gt(0).lt(1).optional(),
  bootstrap: z.number().int().min(0).max(100_000).optional(),
  seed: z.number().int().nonnegative().optional(),
});

export const protocolSchema = z.strictObject({
  profile: z.string().default("deepmind"),
  metrics: z.array(metricEntrySchema).min(1),
  policy: documentPolicySchema.prefault({}),
  ranking: rankingSchema.optional(),
  sources: z.record(z.string(), sourceSchema).optional(),
});

export const quotaSchema = z.union([
  z.literal("unlimited"),
  z.strictObject({ per_day: z.number().int().positive().optional(), total: z.number().int().positive().optional() }),
]);

export const feedbackSchema = z.union([
  z.enum(["per-case", "aggregate", "none-until-close"]),
  z.strictObject({ aggregate: z.literal(true), decimals: z.number().int().min(0).max(6).optional() }),
]);

export const phaseSchema = z.strictObject({
  id: identifier,
  title: z.string().optional(),
  tasks: z.array(identifier).min(1),
  opens: z.iso.datetime({ offset: true }).optional(),
  closes: z.iso.datetime({ offset: true }).optional(),
  /** A number takes the first n cases by name; a list names them. Default: every case of the split. */
  cases: z.union([z.number().int().positive(), z.array(z.string())]).optional(),
  split: z.enum(["public", "private"]).optional(),
  feedback: feedbackSchema.default("aggregate"),
  quota: quotaSchema.default("unlimited"),
  /** What an absent task of a several-task submission gets. */
  absent_task: z.enum(["reject", "worst", "not-ranked"]).default("reject"),
  sources: z.record(z.string(), sourceSchema).optional(),
});

export const benchmarkDocumentSchema = z.strictObject({
  benchmark: identifier,
  title: z.string(),
  description: z.string().optional(),
  citation: z.string().optional(),
  licence: z.string().optional(),
  /** Statements about the licence that contradict each other, each with its source. */
  licence_conflicts: z.array(z.strictObject({ says: z.string(), source: z.string() })).optional(),
  homepage: z.url().optional(),
  tasks: z.array(taskSchema).min(1),
  protocol: protocolSchema,
  phases: z.array(phaseSchema).default([]),
  sources: z.record(z.string(), sourceSchema).optional(),
});

export type Task = z.infer<typeof taskSchema>;
export type Protocol = z.infer<typeof protocolSchema>;
export type Phase = z.infer<typeof phaseSchema>;
export type BenchmarkDocument = z.infer<typeof benchmarkDocumentSchema>;
