import type { Profile } from "../profile.ts";

/** google-deepmind/surface-distance, three-dimensional masks. */
export const deepmind: Profile = {
  id: "deepmind",
  title: "DeepMind surface-distance",
  verified: true,
  source:
    "google-deepmind/surface-distance 1f805ce with numpy 1.24.2 and scipy 1.10.1: dice, nsd, overlap, hd, asd bit for bit. " +
    "assd, masd, boundary_iou, cldice, lesions and the other counts are not in that package: ours by definition.",
  boundary: "surfels",
  edgeNeighbours: 6,
  percentile: "cumulative-weight",
  hausdorffPooling: "larger-direction",
  assd: "pooled",
  precision: "float64",
  emptyRules: {
    missed: { nsd: 0, overlap_reference: 0 },
    spurious: { nsd: 0, overlap_prediction: 0 },
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
    "masd",
    "overlap",
    "volume",
    "boundary_iou",
    "cldice",
    "lesions",
  ],
  notes: [
    "Surface elements lie on voxel corners and count by area; a mask that touches the image's border has surface there.",
    "hd is the 100th cumulative-area percentile, like hd95, not the bare maximum.",
    "The package gives an infinite distance where one or both masks are empty; here null beside the status.",
    "Two directed mean distances, no symmetric one: assd pools both weighted sums over both areas.",
  ],
};

/** The same package on two-dimensional masks: contours instead of surfaces. */
export const deepmind2d: Profile = {
  ...deepmind,
  id: "deepmind-2d",
  title: "DeepMind surface-distance, two-dimensional",
  boundary: "contours-2d",
  notes: ["Contour elements lie on pixel corners and count by length. For volumes of one slice.", ...deepmind.notes],
};
