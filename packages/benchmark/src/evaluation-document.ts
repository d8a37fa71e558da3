/**
 * `evaluation.json`: one scoring of one method's predictions. Written by `segathlon evaluate --out` and by the server for a
 * submission, read by `segathlon rank` and by the pages. One schema: `segathlon/evaluation@1`.
 *
 * `metrics` are what was measured (null where undefined), `scores` are after the policy; a non-finite number never appears.
 */
import { z } from "zod";

/**
 * What became of one region of one case. `missing-file`: one-mask-per-structure inputs, no file on a side (`failed_side` says
 * which); also every region of a case without a prediction. `invalid`: this structure's file could not be used (`problem`).
 */
export const regionStatusSchema = z.enum(["ok", "both-empty", "missed", "spurious", "missing-file", "invalid"]);
export const caseStatusSchema = z.enum(["ok", "missing-prediction", "invalid"]);

/** Whose fault it is that nothing was measured: the method answers for `prediction` (policy), nobody for `reference`. */
export const failedSideSchema = z.enum(["reference", "prediction", "both"]);

/** How the two grids were brought together. */
export const geometryStatusSchema = z.enum(["exact", "noise", "reoriented", "copied", "resampled"]);

const finite = z.number().refine(Number.isFinite);
const count = z.number().int().nonnegative();

export const countsSchema = z.strictObject({ tp: count, fp: count, fn: count, tn: count });

export const problemSchema = z.strictObject({
  code: z.string(),
  name: z.string(),
  message: z.string(),
  hint: z.string(),
  where: z.strictObject({
    file: z.string().optional(),
    case: z.string().optional(),
    region: z.string().optional(),
    task: z.string().optional(),
    field: z.string().optional(),
    line: z.number().int().optional(),
  }),
});

export const regionResultSchema = z.strictObject({
  status: regionStatusSchema,
  /** With `missing-file` and `invalid`. */
  failed_side: failedSideSchema.optional(),
  /** With `invalid`. */
  problem: problemSchema.optional(),
  counts: countsSchema.nullable(),
  metrics: z.record(z.string(), finite.nullable()),
  scores: z.record(z.string(), finite.nullable()),
});

export const caseResultSchema = z.strictObject({
  case: z.string().min(1),
  status: caseStatusSchema,
  /** With `missing-prediction` and `invalid`. */
  failed_side: failedSideSchema.optional(),
  /** Why a case is `invalid`. */
  problem: problemSchema.optional(),
  attributes: z.record(z.string(), z.union([z.string(), finite])),
  /** sha256 of the file bytes; null where there is no single file. */
  hashes: z.strictObject({ reference: z.string().nullable(), prediction: z.string().nullable() }),
  geometry: geometryStatusSchema.nullable(),
  regions: z.record(z.string(), regionResultSchema),
});

/** A plain number, or a named rule. */
export const emptyRuleSchema = z.union([z.enum(["best", "worst", "exclude"]), finite]);

export const policySchema = z.strictObject({
  both_empty: emptyRuleSchema,
  one_empty: emptyRuleSchema,
  missing_prediction: z.enum(["worst", "reject"]),
  /** The worst value per metric token; distances: `image-diagonal` or millimetres. */
  worst: z.record(z.string(), z.union([finite, z.literal("image-diagonal")])),
});

export const aggregateSchema = z.strictObject({
  mean: finite.nullable(),
  median: finite.nullable(),
  sd: finite.nullable(),
  n: count,
  /** Cases left out by the policy (`exclude`). */
  excluded: count,
  /** 95 % interval of the mean (t distribution); null below two values. */
  ci95: z.tuple([finite, finite]).nullable(),
});

export const evaluationDocumentSchema = z.strictObject({
  schema: z.literal("segathlon/evaluation@1"),
  evaluator: z.strictObject({ version: z.string(), kernel: z.enum(["wasm-simd", "typescript"]) }),
  method: z.string(),
  task: z.string().nullable(),
  profile: z.string(),
  policy: policySchema,
  protocol_hash: z.string(),
  /** What was scored: region name -> labels; null labels for one-mask-per-structure inputs. */
  regions: z.record(z.string(), z.array(z.number().int().positive()).nullable()),
  /** Metric keys in column order with their direction and the unit of their values. */
  metrics: z.array(
    z.strictObject({
      key: z.string(),
      direction: z.enum(["higher-is-better", "lower-is-better", "none"]),
      unit: z.enum(["", "mm", "ml", "count"]),
    }),
  ),
  cases: z.array(caseResultSchema),
  aggregate: z.record(z.string(), z.record(z.string(), aggregateSchema)),
  /** Predictions that belong to no case, names that were matched loosely, and other things worth a line. */
  notes: z.array(z.string()),
  /** Present when the policy rejects the whole set (`missing_prediction: reject`); then `aggregate` is empty. */
  rejected: z.strictObject({ reason: z.string(), cases: z.array(z.string()) }).optional(),
});

export type RegionStatusName = z.infer<typeof regionStatusSchema>;
export type CaseStatusName = z.infer<typeof caseStatusSchema>;
export type FailedSide = z.infer<typeof failedSideSchema>;
export type GeometryStatus = z.infer<typeof geometryStatusSchema>;
export type RegionResult = z.infer<typeof regionResultSchema>;
export type CaseResult = z.infer<typeof caseResultSchema>;
export type Policy = z.infer<typeof policySchema>;
export type Aggregate = z.infer<typeof aggregateSchema>;
export type EvaluationDocument = z.infer<typeof evaluationDocumentSchema>;
