/** Scoring of challenges, from their published rules. By definition only: their evaluation containers are not public or were not run. */
import type { Profile } from "../profile.ts";
import { deepmind } from "./deepmind.ts";

const surfaceDistance = "the surface metrics are google-deepmind/surface-distance 1f805ce bit for bit";

/** Medical Segmentation Decathlon: Dice and NSD. Tolerances belong to the tasks. */
export const msd: Profile = {
  ...deepmind,
  id: "msd",
  title: "Medical Segmentation Decathlon",
  verified: "unverified",
  source: `Surface_distance_based_measures.ipynb of medicaldecathlon.com, the ancestor of surface-distance; ${surfaceDistance}. The evaluation container is not public.`,
  notes: ["One NSD tolerance a task, chosen with clinicians: set it in the task.", ...deepmind.notes],
};

/** FLARE 2022, evaluation script of JunMa11/FLARE aad2cc2. */
export const flare22: Profile = {
  ...deepmind,
  id: "flare22",
  title: "FLARE 2022",
  verified: "unverified",
  source: `JunMa11/FLARE aad2cc2, read and not run; ${surfaceDistance}.`,
  emptyRules: {
    "both-empty": { dice: 1, nsd: 1 },
    missed: { dice: 0, nsd: 0, overlap_reference: 0 },
    spurious: { dice: 0, nsd: 0, overlap_prediction: 0 },
  },
  sliceCrop: ["aorta", "inferior vena cava", "ivc", "postcava", "esophagus", "oesophagus"],
  nsdZeroBelowDice: 0.2,
  decimals: 4,
  notes: [
    "Aorta, inferior vena cava and esophagus are compared only on the slices from the reference's first to the one before its last.",
    "nsd is 0 where dice is below 0.2; dice and nsd are rounded to four decimals.",
    "Tolerances there: liver 5, kidneys 3, spleen 3, pancreas 5, aorta 2, inferior vena cava 2, adrenal glands 2, gallbladder 2, esophagus 3, stomach 5, duodenum 7 mm.",
  ],
};

/** autoPET: Dice, volume of spurious and of missed components. */
export const autopet: Profile = {
  ...deepmind,
  id: "autopet",
  title: "autoPET",
  verified: "unverified",
  source: "lab-midas/autoPET 468179b, read and not run.",
  boundary: "none",
  emptyRules: {},
  lesions: { connectivity: 18, dilation: 0, ignoreUpToMm3: 0, matching: "touch", penaltyMm: null },
  metrics: ["dice", "iou", "precision", "recall", "specificity", "volume", "lesions"],
  notes: [
    "fp_volume_ml and fn_volume_ml are the volumes of 18-connected components that share no voxel with the other mask.",
    "lesion_f1 and the lesion counts by any shared voxel are ours.",
  ],
};

/** Panoptic quality (Kirillov et al. 2019) on 26-connected components. */
export const panoptic: Profile = {
  ...deepmind,
  id: "panoptic",
  title: "Panoptic quality",
  verified: "unverified",
  source:
    "Kirillov et al., Panoptic Segmentation, CVPR 2019; components 26-connected, matched where intersection over union is above 0.5. " +
    `BrainLesion/panoptica b0ac3e4 was read and not run; ${surfaceDistance}.`,
  notes: [
    "lesion_f1 is the recognition quality, lesion_pq that times the mean intersection over union of matched pairs.",
    ...deepmind.notes,
  ],
};
