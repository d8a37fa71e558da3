/**
 * `model.json`: everything beside the weights that a prediction needs, in the terms of nnU-Net v2 (crop, normalise, resample,
 * sliding window, mirroring, resampling of logits, post-processing). Schema `segathlon/model@1`; the weights are `model.onnx` in the
 * same folder. A model package never holds a pickle or any other code.
 */
import { z } from "zod";

const positive = z.number().positive().finite();
const triple = <T extends z.ZodType>(item: T) => z.tuple([item, item, item]);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** How one channel becomes numbers of comparable size. Names and rules are nnU-Net's. */
export const normalisationSchema = z.discriminatedUnion("scheme", [
  /** Clip to [lower, upper], subtract mean, divide by max(sd, 1e-8); the figures come from the training foreground. */
  z.strictObject({
    scheme: z.literal("ct"),
    lower: z.number().finite(),
    upper: z.number().finite(),
    mean: z.number().finite(),
    sd: z.number().nonnegative().finite(),
  }),
  /** Subtract the mean and divide by max(sd, 1e-8) of this image; `masked`: of its non-zero region only, the rest stays 0. */
  z.strictObject({ scheme: z.literal("z-score"), masked: z.boolean() }),
  z.strictObject({ scheme: z.literal("rescale-0-1") }),
  z.strictObject({ scheme: z.literal("none") }),
]);

export const modelDocumentSchema = z.strictObject({
  schema: z.literal("segathlon/model@1"),
  name: z.string().min(1),
  description: z.string().optional(),
  licence: z.string().optional(),
  task: z.string().nullable(),
  channels: z.array(z.strictObject({ name: z.string(), normalisation: normalisationSchema })).min(1),
  /** Label value by name, background (0) included; the order of `outputs` says which logit belongs to which. */
  labels: z.record(z.string(), z.number().int().nonnegative()),
  /** One entry per output channel: the label that wins there. `softmax`: first is background; `sigmoid`: regions in painting order. */
  outputs: z.array(z.number().int().nonnegative()).min(1),
  activation: z.enum(["softmax", "sigmoid"]),
  /** Axis codes that an image is brought to before anything else; `as-is` keeps the stored axes. */
  orientation: z.union([z.literal("as-is"), z.string().regex(/^[LR][PA][IS]$/)]),
  /**
   * Network axis k is (oriented) image axis transpose[k], a permutation. Axis 0 is the fastest of the image and the last (W) of the
   * network's NCDHW input; nnU-Net puts the coarsest axis on D, our axis 2.
   */
  transpose: triple(z.number().int().min(0).max(2)),
  crop: z.enum(["none", "nonzero"]),
  /** Working spacing along the network axes (mm); null keeps the image's grid. */
  spacing_mm: triple(positive).nullable(),
  resampling: z.strictObject({
    image_order: z.union([z.literal(0), z.literal(1), z.literal(3)]),
    logit_order: z.union([z.literal(0), z.literal(1)]),
    /** Ratio of the coarsest to the finest spacing above which the coarsest axis is treated apart (nnU-Net: 3). */
    separate_axis_above: positive,
    /** Order along the axis that is treated apart (nnU-Net: 0). */
    separate_axis_order: z.union([z.literal(0), z.literal(1)]),
  }),
  /** Window in voxels of the working grid, along the network axes. */
  patch: triple(z.number().int().positive().max(1024)),
  /** Step of the sliding window as a part of the patch, in (0, 1]. */
  step: z.number().gt(0).lte(1),
  /** Standard deviation of the Gaussian weights as a part of the patch; null weighs all voxels alike. */
  gaussian_sigma: positive.nullable(),
  /** Network axes over which predictions of mirrored images are averaged. */
  mirror_axes: z.array(z.number().int().min(0).max(2)),
  postprocessing: z.array(z.strictObject({ keep_largest_component: z.array(z.number().int().positive()).min(1) })),
  onnx: z.strictObject({
    sha256,
    input: z.string(),
    output: z.string(),
    parameters: z.number().int().nonnegative().nullable(),
  }),
  /** A small check that an engine gives what the trainer's engine gave: seeded input, a few logits, how far they may differ. */
  self_test: z
    .strictObject({
      seed: z.number().int().nonnegative(),
      logits: z.array(z.strictObject({ index: z.number().int().nonnegative(), value: z.number().finite() })).min(1),
      tolerance: positive,
    })
    .nullable(),
  provenance: z.strictObject({
    trainer: z.string(),
    version: z.string(),
    dataset: z.string().nullable(),
    seed: z.number().int().nullable(),
    steps: z.number().int().nonnegative().nullable(),
    hardware: z.string().nullable(),
    created: z.string(),
    notes: z.array(z.string()),
  }),
});

export type ModelDocument = z.infer<typeof modelDocumentSchema>;
export type Normalisation = z.infer<typeof normalisationSchema>;
