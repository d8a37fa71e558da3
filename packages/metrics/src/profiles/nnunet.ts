import type { Profile } from "../profile.ts";
import { deepmind } from "./deepmind.ts";

/** MIC-DKFZ/nnUNet v2, `evaluate_predictions.py`: counts only. */
export const nnunetV2: Profile = {
  ...deepmind,
  id: "nnunet-v2",
  title: "nnU-Net v2",
  verified: true,
  source:
    "MIC-DKFZ/nnUNet 0e49508 (v2): dice, iou and the voxel counts bit for bit. Precision, recall, specificity and volumes follow from the " +
    "same counts; lesions are ours.",
  boundary: "none",
  emptyRules: {},
  metrics: ["dice", "iou", "precision", "recall", "specificity", "volume", "lesions"],
  notes: [
    "No boundary metric exists there: asking for one is refused.",
    "Undefined where both masks are empty; its means over cases skip such cases.",
  ],
};
