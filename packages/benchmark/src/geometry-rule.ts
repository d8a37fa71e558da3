/**
 * Bringing a prediction onto the grid of its reference: one rule for evaluation, validation and server. The same grid (to the
 * bit, or up to rounding noise) is taken as it is; the same grid stored along other axes is turned without loss; everything else
 * is refused with the exact difference, unless the person asked for something else.
 */
import { SegathlonError } from "@segathlon/errors";
import {
  compareGeometry,
  describeComparison,
  type LabelMap,
  reorientLabelMap,
  resampleLabelMap,
} from "@segathlon/volume";
import type { GeometryStatus } from "./evaluation-document.ts";

/**
 * `standard`: as above. `strict`: turned grids are refused too. `copy`: the prediction's affine is ignored, shapes must match.
 * `resample`: a prediction on another grid is resampled onto the reference's (nearest neighbour).
 */
export type GeometryRule = "standard" | "strict" | "copy" | "resample";

/** From a grid that is taken as it is to one that was changed most. */
export const geometryOrder: readonly GeometryStatus[] = ["exact", "noise", "reoriented", "copied", "resampled"];

export interface AlignedPrediction {
  readonly prediction: LabelMap;
  readonly status: GeometryStatus;
}

/**
 * The prediction on the grid of the reference.
 *
 * @throws SegathlonError `SEG014` where the rule refuses it; message with expected, found and difference.
 */
export function alignPrediction(
  reference: LabelMap,
  prediction: LabelMap,
  rule: GeometryRule,
  where: { readonly case: string; readonly file?: string },
): AlignedPrediction {
  const comparison = compareGeometry(reference.geometry, prediction.geometry);
  if (comparison.kind === "exact" || comparison.kind === "noise") return { prediction, status: comparison.kind };
  const sameShape = reference.geometry.shape.every((size, axis) => size === prediction.geometry.shape[axis]);
  const refuse = (hint: string): SegathlonError =>
    new SegathlonError("SEG014", `case ${where.case}: ${describeComparison(comparison)}`, { hint, where });
  if (rule === "copy") {
    if (!sameShape)
      throw refuse("--copy-geometry needs equal shapes. Resample the prediction onto the grid of the image.");
    return { prediction: { ...prediction, geometry: reference.geometry }, status: "copied" };
  }
  if (comparison.kind === "reoriented") {
    if (rule === "strict") {
      throw refuse(
        "Write predictions with the axes of the image, or leave out --strict-geometry: turning loses nothing.",
      );
    }
    return { prediction: reorientLabelMap(prediction, comparison.transform), status: "reoriented" };
  }
  if (rule === "resample") {
    return { prediction: resampleLabelMap(prediction, reference.geometry), status: "resampled" };
  }
  throw refuse(
    sameShape
      ? "Write predictions with the header of the image. If only the header is wrong, --copy-geometry takes the reference's; --resample-prediction resamples."
      : "Resample the prediction onto the grid of the image, or let --resample-prediction do it (nearest neighbour).",
  );
}
