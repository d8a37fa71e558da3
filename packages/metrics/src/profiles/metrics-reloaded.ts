import type { Profile } from "../profile.ts";

/** Project-MONAI/MetricsReloaded, the package of Maier-Hein, Reinke et al. (2024). */
export const metricsReloaded: Profile = {
  id: "metrics-reloaded",
  title: "Metrics Reloaded",
  verified: true,
  source:
    "Project-MONAI/MetricsReloaded cb38dfc: dice, nsd, hd, hd95, assd, masd, boundary_iou to 1e-12. Empty rules of iou and precision " +
    "by its source; clDice on the skeleton of scikit-image's Lee thinning; lesions are ours.",
  boundary: "edges",
  edgeNeighbours: 6,
  percentile: "linear",
  hausdorffPooling: "larger-direction",
  assd: "pooled",
  precision: "float64",
  emptyRules: {
    "both-empty": { dice: 1, nsd: 1, hd: 0, assd: 0, masd: 0, boundary_iou: 1 },
    missed: { precision: 0 },
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
    "assd",
    "masd",
    "volume",
    "boundary_iou",
    "cldice",
    "lesions",
  ],
  notes: [
    "nsd counts edge voxels, each once.",
    "Where both masks are empty its distances are 0 and its nsd 1; where one is, its distances are NaN (null here).",
    "Where one mask is empty its nsd is the result of a distance transform without a target and means nothing: null here.",
    "The package's dice with beta 1 goes through precision and recall and can differ in the last bit.",
  ],
};
