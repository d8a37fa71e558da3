/**
 * From a fingerprint of the training set to spacing, patch and normalisation: nnU-Net's rules within a budget of voxels per patch that
 * a CPU can train. Where the budget is too small for the median image, the spacing grows (nnU-Net's low-resolution configuration).
 */
import type { Triple } from "../grid3.ts";
import type { Normalisation } from "../model-document.ts";
import { roundHalfEven } from "../sliding-window.ts";

export interface CaseFingerprint {
  readonly shape: Triple;
  readonly spacingMm: Triple;
}

export interface PlannedGrid {
  readonly spacingMm: Triple;
  readonly medianShape: Triple;
  readonly patch: Triple;
  /** The working grid is coarser than the images' median. */
  readonly lowResolution: boolean;
}

function medianOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? (sorted[Math.floor(middle)] ?? 1)
    : ((sorted[middle - 1] ?? 1) + (sorted[middle] ?? 1)) / 2;
}

/** Percentile with linear interpolation (numpy's default). */
function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (percent / 100) * (sorted.length - 1);
  const low = sorted[Math.floor(at)] ?? 1;
  return low + (at - Math.floor(at)) * ((sorted[Math.ceil(at)] ?? low) - low);
}

/**
 * Plans the working grid.
 *
 * @param budget voxels of a patch (the default is the patch of the measured hippocampus run)
 * @param multiple patch sizes are multiples of this (2 to the power of the levels)
 * @throws RangeError without cases
 */
export function planGrid(cases: readonly CaseFingerprint[], budget: number, multiple: number): PlannedGrid {
  if (cases.length === 0) throw new RangeError("a plan needs at least one case");
  const axes = [0, 1, 2] as const;
  const spacing = axes.map((axis) => medianOf(cases.map((entry) => entry.spacingMm[axis])));
  const sizes = (target: readonly number[]): number[] =>
    axes.map((axis) =>
      medianOf(cases.map((entry) => roundHalfEven((entry.shape[axis] * entry.spacingMm[axis]) / (target[axis] ?? 1)))),
    );
  // nnU-Net: a much coarser axis with few slices takes the 10th percentile of its spacing.
  const coarsest = spacing.indexOf(Math.max(...spacing));
  const others = axes.filter((axis) => axis !== coarsest);
  const median = sizes(spacing);
  if (
    others.every((axis) => (spacing[coarsest] ?? 1) > 3 * (spacing[axis] ?? 1)) &&
    others.every((axis) => (median[coarsest] ?? 1) * 3 < (median[axis] ?? 1))
  ) {
    const tenth = percentile(
      cases.map((entry) => entry.spacingMm[coarsest as 0 | 1 | 2]),
      10,
    );
    const finest = Math.max(...others.map((axis) => spacing[axis] ?? 1));
    spacing[coarsest] = tenth < finest ? finest + 1e-5 : tenth;
  }
  // nnU-Net's low-resolution rule: until the patch sees a quarter of the image, finer axes grow first, by 3 % each time.
  let lowResolution = false;
  while (sizes(spacing).reduce((product, size) => product * size, 1) > 4 * budget) {
    lowResolution = true;
    const coarse = Math.max(...spacing);
    const finer = axes.filter((axis) => (spacing[axis] ?? 1) < coarse / 2);
    for (const axis of finer.length > 0 ? finer : axes) spacing[axis] = (spacing[axis] ?? 1) * 1.03;
  }
  const medianShape = sizes(spacing).map((size) => Math.max(1, Math.round(size)));
  const patch = medianShape.map((size) => Math.max(multiple, Math.ceil(size / multiple) * multiple));
  while (patch.reduce((product, size) => product * size, 1) > budget * 1.1) {
    const ratio = patch.map((size, axis) => (size > multiple ? size / (medianShape[axis] ?? 1) : 0));
    // Of the axes that cover the most of the image, the longest is shortened.
    const top = Math.max(...ratio);
    const longest = ratio.reduce(
      (best, value, axis) =>
        value >= 0.9 * top && (best < 0 || (patch[axis] ?? 0) > (patch[best] ?? 0)) ? axis : best,
      -1,
    );
    if (longest < 0) break;
    patch[longest] = (patch[longest] ?? multiple) - multiple;
  }
  const triple = (values: readonly number[]): Triple => [values[0] ?? 1, values[1] ?? 1, values[2] ?? 1];
  return { spacingMm: triple(spacing), medianShape: triple(medianShape), patch: triple(patch), lowResolution };
}

/** Normalisation of a channel by its name, as nnU-Net chooses it; CT figures come from foreground voxels of all training cases. */
export function planNormalisation(channel: string, foreground: Float32Array): Normalisation {
  if (channel.toLowerCase() !== "ct" || foreground.length === 0) return { scheme: "z-score", masked: false };
  const sorted = foreground.slice().sort();
  const at = (percent: number): number => {
    const place = (percent / 100) * (sorted.length - 1);
    const low = sorted[Math.floor(place)] ?? 0;
    return low + (place - Math.floor(place)) * ((sorted[Math.ceil(place)] ?? low) - low);
  };
  let sum = 0;
  for (const value of foreground) sum += value;
  const mean = sum / foreground.length;
  let squares = 0;
  for (const value of foreground) squares += (value - mean) ** 2;
  return { scheme: "ct", lower: at(0.5), upper: at(99.5), mean, sd: Math.sqrt(squares / foreground.length) };
}
