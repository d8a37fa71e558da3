/** Metrics that need the masks themselves: boundary IoU, clDice, lesions. */
import type { BitMask, MaskPair } from "./bit-mask.ts";
import { centrelineDice } from "./centreline-dice.ts";
import { boundaryIou } from "./erosion-edges.ts";
import type { LabelVolume } from "./label-volume.ts";
import { lesionWiseMeans } from "./lesion-wise-means.ts";
import { lesionCounts, matchLesions, untouchedVolumes } from "./lesions.ts";
import type { Metric } from "./metric.ts";
import type { LesionRules, Profile } from "./profile.ts";
import { findComponents } from "./run-components.ts";

/** Lesion metrics of one region by JSON key; NaN where undefined. */
function lesionMetrics(
  reference: BitMask,
  prediction: BitMask,
  rules: LesionRules,
  spacingMm: readonly [number, number, number],
): Record<string, number> {
  const voxelMm3 = spacingMm[0] * spacingMm[1] * spacingMm[2];
  const predicted = findComponents(prediction, rules.connectivity);
  const lesions = matchLesions(reference, predicted, rules, voxelMm3);
  const values = {
    ...lesionCounts(lesions, predicted, rules),
    ...untouchedVolumes(lesions.runs, predicted, voxelMm3),
  };
  if (rules.penaltyMm === null) return values;
  return { ...values, ...lesionWiseMeans(reference.height, lesions, predicted, rules.penaltyMm, spacingMm) };
}

/**
 * Values by JSON key, NaN where undefined; metrics of other kinds are passed over.
 *
 * @param masks one region, with the room that `profile.lesions.dilation` needs.
 * @param image the volume that the masks were cut from.
 */
export function voxelMetrics(
  { reference, prediction }: MaskPair,
  metrics: readonly Metric[],
  profile: Profile,
  image: Pick<LabelVolume, "shape" | "spacingMm">,
): Record<string, number> {
  const values: Record<string, number> = {};
  for (const { kind } of metrics) {
    if (kind === "boundary_iou") values[kind] = boundaryIou(reference, prediction);
    else if (kind === "cldice") values[kind] = centrelineDice(reference, prediction, image.shape[0]);
    else if (kind === "lesions") {
      Object.assign(values, lesionMetrics(reference, prediction, profile.lesions, image.spacingMm));
    }
  }
  return values;
}
