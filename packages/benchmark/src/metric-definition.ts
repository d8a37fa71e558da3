/** What each metric is, in a sentence: for reports, tables and pages, so that every number can say how it was computed. */
import type { Profile } from "@segathlon/metrics";

export interface MetricDefinition {
  /** As a column head, with the tolerance where there is one: `NSD at 1 mm`. */
  readonly label: string;
  readonly definition: string;
}

const surfaces: Readonly<Record<Profile["boundary"], string>> = {
  surfels: "surface elements on voxel corners",
  "contours-2d": "contour elements on pixel corners",
  edges: "boundary voxels",
  none: "boundaries",
};

const plain: Readonly<Record<string, readonly [string, string]>> = {
  dice: ["Dice", "Twice the common voxels over the voxels of both: 2 TP / (2 TP + FP + FN)."],
  iou: ["IoU", "Common voxels over the voxels of either: TP / (TP + FP + FN)."],
  precision: ["Precision", "Share of predicted voxels that are right: TP / (TP + FP)."],
  recall: ["Recall", "Share of reference voxels that were found: TP / (TP + FN)."],
  specificity: [
    "Specificity",
    "Share of background voxels left alone: TN / (TN + FP). Close to 1 for every small structure.",
  ],
  assd: ["ASSD", "Average symmetric surface distance: mean over both surfaces."],
  masd: ["MASD", "Mean of the two directed mean surface distances."],
  asd_reference_to_prediction: [
    "ASD reference to prediction",
    "Mean distance from the reference's surface to the prediction's.",
  ],
  asd_prediction_to_reference: [
    "ASD prediction to reference",
    "Mean distance from the prediction's surface to the reference's.",
  ],
  volume_reference_ml: ["Reference volume", "Voxels of the reference times the volume of a voxel."],
  volume_prediction_ml: ["Predicted volume", "Voxels of the prediction times the volume of a voxel."],
  volume_error_ml: ["Volume error", "Predicted minus reference volume; negative where too little was segmented."],
  volume_similarity: ["Volume similarity", "1 - |difference| / sum of the two volumes; says nothing about place."],
  boundary_iou: ["Boundary IoU", "Intersection over union of the two boundary zones."],
  cldice: ["clDice", "Dice of centre lines: harmonic mean of how much of each skeleton lies in the other mask."],
  lesion_f1: ["Lesion F1", "2 TP / (2 TP + FP + FN) over connected lesions matched by the profile's rule."],
  lesion_pq: ["Lesion panoptic quality", "Sum of the IoU of matched lesions over TP + FP / 2 + FN / 2."],
  lesion_tp: ["Lesions found", "Reference lesions matched by a prediction."],
  lesion_fp: ["False lesions", "Predicted lesions that match none."],
  lesion_fn: ["Lesions missed", "Reference lesions that were not matched."],
  lesion_dice: ["Lesion-wise Dice", "Mean Dice over reference lesions; missed and false lesions count as 0."],
  lesion_hd95: [
    "Lesion-wise HD95",
    "Mean HD95 over reference lesions; missed and false lesions count as the profile's penalty.",
  ],
  fp_volume_ml: ["False-positive volume", "Volume of predicted components that touch no reference voxel."],
  fn_volume_ml: ["False-negative volume", "Volume of reference components that no predicted voxel touches."],
};

/**
 * Name and definition of a metric key under a profile.
 *
 * @example
 * ```ts
 * metricDefinition("nsd@2", findProfile("deepmind")).label; // "NSD at 2 mm"
 * ```
 */
export function metricDefinition(key: string, profile: Profile): MetricDefinition {
  const [stem = key, tolerance] = key.split("@");
  const [label, definition] = Object.hasOwn(plain, stem) ? (plain[stem] ?? []) : [];
  if (label !== undefined && definition !== undefined) return { label, definition };
  const elements = surfaces[profile.boundary];
  const weighted = profile.boundary === "surfels" ? ", weighted by area" : "";
  if (stem === "nsd") {
    return {
      label: `NSD at ${tolerance} mm`,
      definition: `Normalised surface distance: share of the ${elements} of both sides, taken together${weighted}, that lie at most ${tolerance} mm from the other side.`,
    };
  }
  if (stem === "overlap_reference" || stem === "overlap_prediction") {
    const side = stem === "overlap_reference" ? "reference" : "prediction";
    return {
      label: `Surface overlap of the ${side} at ${tolerance} mm`,
      definition: `Share of the ${side}'s ${elements}${weighted} that lie at most ${tolerance} mm from the other side.`,
    };
  }
  const percentile = /^hd([\d.]*)$/.exec(stem)?.[1];
  if (percentile !== undefined) {
    const pooled =
      profile.hausdorffPooling === "pooled" ? "of both directions pooled" : "of the larger of the two directions";
    return {
      label: percentile === "" ? "HD" : `HD${percentile}`,
      definition:
        percentile === ""
          ? `Hausdorff distance: the largest distance from the ${elements} of one side to the other side.`
          : `Hausdorff distance at the ${percentile}th percentile ${pooled}: distances from the ${elements}${weighted === "" ? "" : ", weighted by area,"} to the other side.`,
    };
  }
  return { label: key, definition: "" };
}
