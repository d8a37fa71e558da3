/**
 * Do two volumes lie on the same grid? One rule for evaluation, checks, validation and server:
 *
 * 1. the shapes must match, and no corner voxel may lie farther than {@link noiseFraction} of the smallest spacing from its
 *    counterpart: `exact` when the affines are equal to the bit, otherwise `noise`;
 * 2. the same physical grid stored along permuted or flipped axes is `reoriented`, with the lossless transform that mends it;
 * 3. everything else is a `mismatch`, and the result says in which respect and by how much.
 */
import { affineSpacing, applyAffine, cornerVoxels, determinant, invertAffine } from "./affine.ts";
import {
  type Axis,
  type AxisTransform,
  describeTransform,
  isIdentityTransform,
  transformGeometry,
  transformShape,
} from "./axis-transform.ts";
import type { Affine, Geometry, Shape, SpacingMm } from "./geometry.ts";

/** Corner displacement, as a share of the smallest spacing, up to which two affines are the same grid written with rounding noise. */
export const noiseFraction = 1e-3;

/** What {@link compareGeometry} found. Displacements are in mm, of the corner voxel that moves farthest. */
export type GeometryComparison =
  | { readonly kind: "exact" }
  | { readonly kind: "noise"; readonly displacementMm: number; readonly limitMm: number }
  | {
      readonly kind: "reoriented";
      /** Applied to the prediction it gives the reference's axes. */
      readonly transform: AxisTransform;
      readonly displacementMm: number;
      readonly limitMm: number;
    }
  | { readonly kind: "mismatch"; readonly what: "shape"; readonly expected: Shape; readonly found: Shape }
  | {
      readonly kind: "mismatch";
      readonly what: "spacing";
      readonly expected: SpacingMm;
      readonly found: SpacingMm;
      readonly displacementMm: number;
      readonly limitMm: number;
    }
  | {
      readonly kind: "mismatch";
      readonly what: "affine";
      readonly expected: Affine;
      readonly found: Affine;
      readonly displacementMm: number;
      readonly limitMm: number;
    };

/** Largest distance in mm between the same corner voxel of two grids of one shape. */
export function cornerDisplacementMm(shape: Shape, first: Affine, second: Affine): number {
  let largest = 0;
  for (const corner of cornerVoxels(shape)) {
    const [x, y, z] = applyAffine(first, corner);
    const [u, v, w] = applyAffine(second, corner);
    const distance = Math.hypot(x - u, y - v, z - w);
    if (!(distance <= largest)) largest = distance;
  }
  return largest;
}

/** The axis transform that lays the axes of `from` closest along those of `to`, or null where that is not a permutation. */
function closestTransform(to: Affine, from: Affine): AxisTransform | null {
  const inverse = invertAffine(from);
  if (inverse === null || determinant(to) === 0) return null;
  const axes: Axis[] = [];
  const flips: boolean[] = [];
  for (const target of [0, 1, 2] as const) {
    // The step along a target axis, seen in voxels of the other grid.
    const step = [0, 4, 8].map(
      (row) =>
        (inverse[row] as number) * (to[target] as number) +
        (inverse[row + 1] as number) * (to[target + 4] as number) +
        (inverse[row + 2] as number) * (to[target + 8] as number),
    );
    const sizes = step.map(Math.abs);
    const axis = sizes.indexOf(Math.max(...sizes)) as Axis;
    axes.push(axis);
    flips.push((step[axis] as number) < 0);
  }
  if (new Set(axes).size !== 3) return null;
  return { axes: axes as [Axis, Axis, Axis], flips: flips as [boolean, boolean, boolean] };
}

function sameShape(first: Shape, second: Shape): boolean {
  return first.every((size, axis) => size === second[axis]);
}

/**
 * Compares the grid of a prediction with the grid of its reference.
 *
 * Pixel spacings that disagree with the affine do not matter here: the affine places the voxels.
 *
 * @example
 * ```ts
 * const comparison = compareGeometry(reference.geometry, prediction.geometry);
 * if (comparison.kind === "mismatch") throw new Error(describeComparison(comparison));
 * ```
 */
export function compareGeometry(reference: Geometry, prediction: Geometry): GeometryComparison {
  const limitMm = noiseFraction * Math.min(...reference.spacingMm);
  const shapesMatch = sameShape(reference.shape, prediction.shape);
  if (shapesMatch && reference.affine.every((value, index) => value === prediction.affine[index])) {
    return { kind: "exact" };
  }
  const displacementMm = shapesMatch
    ? cornerDisplacementMm(reference.shape, reference.affine, prediction.affine)
    : Number.POSITIVE_INFINITY;
  if (displacementMm <= limitMm) return { kind: "noise", displacementMm, limitMm };

  const transform = closestTransform(reference.affine, prediction.affine);
  if (transform !== null && !isIdentityTransform(transform)) {
    if (sameShape(reference.shape, transformShape(prediction.shape, transform))) {
      const turned = transformGeometry(prediction, transform);
      const distance = cornerDisplacementMm(reference.shape, reference.affine, turned.affine);
      if (distance <= limitMm) return { kind: "reoriented", transform, displacementMm: distance, limitMm };
    }
  }
  if (!shapesMatch) {
    return { kind: "mismatch", what: "shape", expected: reference.shape, found: prediction.shape };
  }
  const expected = affineSpacing(reference.affine);
  const found = affineSpacing(prediction.affine);
  const spacingsDiffer = expected.some(
    (spacing, axis) =>
      Math.abs(spacing - (found[axis] as number)) * Math.max(1, (reference.shape[axis] as number) - 1) > limitMm,
  );
  return spacingsDiffer
    ? { kind: "mismatch", what: "spacing", expected, found, displacementMm, limitMm }
    : {
        kind: "mismatch",
        what: "affine",
        expected: reference.affine,
        found: prediction.affine,
        displacementMm,
        limitMm,
      };
}

function millimetres(value: number): string {
  return Number.isFinite(value) ? `${Number(value.toPrecision(6))} mm` : "an undefined distance";
}

function affineText(affine: Affine): string {
  const row = (start: number): string =>
    affine
      .slice(start, start + 4)
      .map((value) => String(Number(value.toPrecision(8))))
      .join(" ");
  return `[${row(0)}; ${row(4)}; ${row(8)}]`;
}

/**
 * The comparison as one sentence for an error or a report: rule, expected, found, distance.
 *
 * @example
 * ```ts
 * describeComparison(compareGeometry(a, b)); // "shapes differ: reference 512x512x100, prediction 512x512x99"
 * ```
 */
export function describeComparison(comparison: GeometryComparison): string {
  switch (comparison.kind) {
    case "exact":
      return "same grid";
    case "noise":
      return `same grid up to rounding: corner voxels differ by ${millimetres(comparison.displacementMm)} (limit ${millimetres(comparison.limitMm)})`;
    case "reoriented":
      return `same grid stored along other axes: the reference's i, j, k are the prediction's ${describeTransform(comparison.transform)}`;
    case "mismatch":
      if (comparison.what === "shape") {
        return `shapes differ: reference ${comparison.expected.join("x")}, prediction ${comparison.found.join("x")}`;
      }
      if (comparison.what === "spacing") {
        const text = (spacing: SpacingMm): string =>
          spacing.map((value) => String(Number(value.toPrecision(8)))).join(" x ");
        return `spacings differ: reference ${text(comparison.expected)} mm, prediction ${text(comparison.found)} mm; corner voxels differ by ${millimetres(comparison.displacementMm)} (limit ${millimetres(comparison.limitMm)})`;
      }
      return `affines differ: corner voxels differ by ${millimetres(comparison.displacementMm)} (limit ${millimetres(comparison.limitMm)}); reference ${affineText(comparison.expected)}, prediction ${affineText(comparison.found)}`;
  }
}
