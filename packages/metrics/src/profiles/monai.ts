import type { Profile } from "../profile.ts";

/** Project-MONAI/MONAI 1.5, `monai.metrics`, with its defaults except `symmetric` for the average distance. */
export const monai15: Profile = {
  id: "monai-1.5",
  title: "MONAI 1.5",
  verified: true,
  source:
    "Project-MONAI/MONAI 1.5 (d388d1c): nsd, hd, hd95, assd and the prediction-to-reference asd to 1e-6 relative (float32 there). " +
    "Counts as its confusion-matrix metrics define them; boundary_iou, cldice and lesions are ours.",
  boundary: "edges",
  edgeNeighbours: 6,
  percentile: "linear",
  hausdorffPooling: "larger-direction",
  assd: "pooled",
  precision: "float32",
  emptyRules: {
    missed: { nsd: 0 },
    spurious: { dice: null, iou: null, nsd: 0 },
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
    "nsd",
    "hd",
    "asd",
    "assd",
    "volume",
    "boundary_iou",
    "cldice",
    "lesions",
  ],
  notes: [
    "nsd counts edge voxels, each once; MONAI's use_subvoxels=True is the deepmind profile's nsd.",
    "MONAI's HD95 is NaN and its distances infinite where one mask is empty, and its means drop them; here null beside the status.",
    "Dice is undefined where the reference is empty (ignore_empty=True), even when the prediction is not.",
    "MONAI's average distance is directed, prediction to reference, unless symmetric=True, which is assd here.",
    "Spacing is the volume's; MONAI's own default is one millimetre.",
  ],
};
