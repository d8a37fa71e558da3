/** A submission's life: created, uploaded, checked, scored. */
import { z } from "zod";
import { displayNameSchema } from "./display-name.ts";

/**
 * uploading: waiting for bytes. received: the bytes are there, checked against their checksum. checking: the archive is opened,
 * every file validated, before quota is touched. queued: quota reserved, waiting for a worker. scoring: case k of n. scored.
 * refused: validation found faults of the participant, no quota used. failed: the organiser's or the infrastructure's fault, no
 * quota used. cancelled: by the team before scoring began.
 */
export const submissionStateSchema = z.enum([
  "uploading",
  "received",
  "checking",
  "queued",
  "scoring",
  "scored",
  "refused",
  "failed",
  "cancelled",
]);

export const methodSchema = z.strictObject({
  name: displayNameSchema,
  description: z.string().max(10_000).default(""),
  links: z
    .array(z.url({ protocol: /^https?$/ }).max(500))
    .max(10)
    .default([]),
  /** Seconds per case on the team's own machine, as the team states it. */
  runtimeSeconds: z.number().positive().max(1e6).nullable().default(null),
});

export const createSubmissionSchema = z.strictObject({
  method: methodSchema,
  /** `archive`: one zip, tar or tar.gz; `files`: one file per case. */
  upload: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("archive"),
      name: z.string().min(1).max(255),
      bytes: z.number().int().positive(),
      /** Hex sha256 of the whole archive; checked when the upload ends. Left out: computed and reported. */
      sha256: z
        .string()
        .regex(/^[0-9a-f]{64}$/)
        .optional(),
    }),
    z.strictObject({
      kind: z.literal("files"),
      files: z
        .array(
          z.strictObject({
            task: z.string().max(64),
            name: z.string().min(1).max(255),
            bytes: z.number().int().positive(),
            sha256: z
              .string()
              .regex(/^[0-9a-f]{64}$/)
              .optional(),
          }),
        )
        .min(1)
        .max(20_000),
    }),
  ]),
});

export const findingSchema = z.object({
  code: z.string(),
  name: z.string(),
  message: z.string(),
  hint: z.string(),
  task: z.string().nullable(),
  case: z.string().nullable(),
  file: z.string().nullable(),
});

export const submissionSchema = z.object({
  id: z.number().int(),
  benchmark: z.string(),
  phase: z.string(),
  team: z.object({ id: z.string(), name: z.string() }),
  submittedBy: z.string(),
  method: methodSchema,
  baseline: z.boolean(),
  state: submissionStateSchema,
  /** Plain sentence for people: what is happening and how long it will take. */
  stateText: z.string(),
  createdAt: z.iso.datetime(),
  receivedAt: z.iso.datetime().nullable(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  upload: z.object({
    kind: z.enum(["archive", "files"]),
    name: z.string().nullable(),
    bytes: z.number().int(),
    receivedBytes: z.number().int(),
    sha256: z.string().nullable(),
    /** tus 1.0 endpoint of this upload (archive only); PATCH bytes there. */
    tusUrl: z.string().nullable(),
    /** Plain PUT of the whole archive; for `files` append `/{task}/{name}`. */
    putUrl: z.string().nullable(),
  }),
  /** Place in the queue (1 = next); null when not queued. */
  position: z.number().int().nullable(),
  /** Seconds until the score, rounded up to a step of 5; null when unknown. */
  etaSeconds: z.number().int().nullable(),
  progress: z.object({ done: z.number().int(), total: z.number().int() }),
  attempts: z.number().int(),
  /** What validation found; empty when clean. */
  findings: z.array(findingSchema),
  failure: z
    .object({
      kind: z.enum(["participant", "organiser", "infrastructure"]),
      code: z.string(),
      message: z.string(),
      hint: z.string(),
    })
    .nullable(),
  quotaUsed: z.boolean(),
  /** Whether `/submissions/{id}/evaluation` answers this caller. */
  evaluationVisible: z.boolean(),
  withdrawn: z.boolean(),
});

export const submissionListQuerySchema = z.strictObject({
  phase: z.string().max(64).optional(),
  state: submissionStateSchema.optional(),
  /** Organisers: one team only. */
  team: z.string().max(64).optional(),
  before: z.coerce.number().int().positive().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const submissionListSchema = z.object({
  submissions: z.array(submissionSchema),
  /** Pass as `before` for the next page; null: no more. */
  next: z.number().int().nullable(),
});

/** Organisers see which worker has it and every attempt. */
export const organiserSubmissionSchema = submissionSchema.extend({
  ageSeconds: z.number().int(),
  workers: z.array(z.string()),
  chunks: z.object({
    queued: z.number().int(),
    running: z.number().int(),
    done: z.number().int(),
    dead: z.number().int(),
  }),
  /** Faults with their true text; participants see the constant-shape one. */
  faults: z.array(z.object({ at: z.iso.datetime(), worker: z.string().nullable(), message: z.string() })),
  /** Other submissions with the same content (hash of the predictions). */
  sameContentAs: z.array(z.number().int()),
});

const aggregateViewSchema = z.object({
  mean: z.number().nullable(),
  median: z.number().nullable(),
  sd: z.number().nullable(),
  n: z.number().int(),
  excluded: z.number().int(),
  ci95: z.tuple([z.number(), z.number()]).nullable(),
});

export const evaluationViewSchema = z.object({
  submission: z.number().int(),
  evaluation: z.number().int(),
  version: z.number().int(),
  evaluator: z.string(),
  protocolHash: z.string(),
  referencesRevision: z.number().int(),
  computedAt: z.iso.datetime(),
  feedback: z.object({
    level: z.enum(["per-case", "aggregate", "none-until-close"]),
    decimals: z.number().int().nullable(),
  }),
  tasks: z.record(
    z.string(),
    z.object({
      cases: z.number().int(),
      missing: z.number().int(),
      invalid: z.number().int(),
      /** Region -> metric -> aggregate, rounded to the phase's decimals. Median and sd are null under aggregate feedback. */
      aggregate: z.record(z.string(), z.record(z.string(), aggregateViewSchema)),
      /** A whole `segathlon/evaluation@1` document where the phase shows per-case scores to this caller, else null. */
      document: z.unknown(),
    }),
  ),
});

export const withdrawSchema = z.strictObject({ reason: z.string().trim().min(1).max(1000) });

export type Submission = z.infer<typeof submissionSchema>;
export type SubmissionState = z.infer<typeof submissionStateSchema>;
export type OrganiserSubmission = z.infer<typeof organiserSubmissionSchema>;
export type EvaluationView = z.infer<typeof evaluationViewSchema>;
export type CreateSubmission = z.infer<typeof createSubmissionSchema>;
export type Method = z.infer<typeof methodSchema>;
export type Finding = z.infer<typeof findingSchema>;
