import type { Profile } from "../profile.ts";

/** loli/medpy 0.5, `medpy.metric.binary`, connectivity 1. */
export const medpy05: Profile = {
  id: "medpy-0.5",
  title: "medpy 0.5",
  verified: true,
  source:
    "loli/medpy 0.5.2 (d6abf41), connectivity 1: hd, hd95, asd, assd to 1e-12. dc, jc, precision, recall and specificity by the rules " +
    "of its source; other percentiles, boundary_iou, cldice and lesions are ours.",
  boundary: "edges",
  edgeNeighbours: 6,
  percentile: "linear",
  hausdorffPooling: "pooled",
  assd: "pooled",
  precision: "float64",
  emptyRules: {
    "both-empty": { dice: 1, iou: 1, precision: 0, recall: 0 },
    missed: { precision: 0 },
    spurious: { recall: 0 },
  },
  lesions: { connectivity: 26, dilation: 0, ignoreUpToMm3: 0, matching: "iou-above-half", penaltyMm: null },
  sliceCrop: null,
  nsdZeroBelowDice: null,
  decimals: null,
  metrics: [
    "dice",
    "iou",
    "precision",
    "recall",
    "specificity",
    "hd",
    "asd",
    "assd",
    "volume",
    "boundary_iou",
    "cldice",
    "lesions",
  ],
  notes: [
    "hd95 is the 95th percentile of both directions pooled, with interpolation.",
    "medpy raises where a mask is empty; here null beside the status.",
    "Dice and IoU are 1 where both masks are empty (0 and an error before 0.5).",
  ],
};

/** loli/medpy 0.4: Dice 0 where both masks are empty, assd the mean of the two directed means. */
export const medpy04: Profile = {
  ...medpy05,
  id: "medpy-0.4",
  title: "medpy 0.4",
  source:
    "loli/medpy 0.4, connectivity 1: hd, hd95, asd and assd (there the mean of the two directed means) to 1e-12 against the same " +
    "formulas; dc by the rules of its source; other percentiles, boundary_iou, cldice and lesions are ours.",
  assd: "mean-of-directions",
  emptyRules: { ...medpy05.emptyRules, "both-empty": { dice: 0, iou: null, precision: 0, recall: 0 } },
  notes: [
    "hd95 is the 95th percentile of both directions pooled, with interpolation.",
    "medpy raises where a mask is empty; here null beside the status.",
    "assd is the mean of the two directed means; since 0.5 it is the mean of all distances.",
    "Dice is 0 where both masks are empty.",
  ],
};
