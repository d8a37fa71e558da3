/** BraTS 2023 lesion-wise scoring. By definition only: the scripts were read and reimplemented, not run. */
import type { Profile } from "../profile.ts";
import { deepmind } from "./deepmind.ts";

/** Penalty of a missed lesion and of a spurious component in BraTS, in mm. */
const PENALTY_MM = 374;

function brats2023(track: string, title: string, dilation: number, ignoreUpToMm3: number): Profile {
  return {
    ...deepmind,
    id: `brats2023-${track}`,
    title: `BraTS 2023 ${title}`,
    verified: "unverified",
    source:
      "rachitsaluja/BraTS-2023-Metrics 43c9052, read and reimplemented; surfaces by google-deepmind/surface-distance 1f805ce.",
    emptyRules: {
      "both-empty": { dice: 1, hd: 0 },
      missed: { dice: 0, hd: PENALTY_MM, nsd: 0, overlap_reference: 0 },
      spurious: { dice: 0, hd: PENALTY_MM, nsd: 0, overlap_prediction: 0 },
    },
    lesions: { connectivity: 26, dilation, ignoreUpToMm3, matching: "touch", penaltyMm: PENALTY_MM },
    notes: [
      `Lesions are 26-connected components of the reference after ${dilation} dilation step(s) with the 18-neighbour element.`,
      "A predicted component belongs to a lesion when it touches the dilated lesion.",
      `Reference lesions of up to ${ignoreUpToMm3} mm^3 leave the average; every predicted component without a lesion enters it with Dice 0 and ${PENALTY_MM} mm.`,
      "lesion_dice and lesion_hd95 are the lesion-wise means.",
    ],
  };
}

export const bratsProfiles: readonly Profile[] = [
  brats2023("gli", "adult glioma", 3, 50),
  brats2023("ssa", "sub-Saharan Africa", 3, 50),
  brats2023("ped", "paediatrics", 3, 50),
  brats2023("men", "meningioma", 1, 50),
  brats2023("met", "metastases", 1, 2),
];
