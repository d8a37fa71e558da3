/**
 * Lesions of a reference, found and matched to components of a prediction by a profile's rules, and what is counted from them.
 *
 * Sources of the rules: panoptic quality (Kirillov et al. 2019), autoPET's FP and FN volumes (lab-midas/autoPET 468179b), BraTS
 * 2023's lesion-wise scripts (rachitsaluja/BraTS-2023-Metrics 43c9052).
 */
import type { BitMask } from "./bit-mask.ts";
import { dilate } from "./dilation.ts";
import type { LesionRules } from "./profile.ts";
import { type Components, findComponents, forEachOverlap } from "./run-components.ts";

/** Shared voxels by lesion, then by predicted component. */
type Overlaps = readonly ReadonlyMap<number, number>[];

export interface Lesions {
  /** Undilated runs of the reference; `runs.component` are its plain components. */
  readonly runs: Components;
  /** Lesion of each run. Without a dilation lesions are the plain components. */
  readonly lesionOfRun: Int32Array;
  readonly count: number;
  /** Voxels of each lesion, undilated. */
  readonly voxels: Float64Array;
  readonly overlaps: Overlaps;
  /** Predicted components that are matched to each lesion. */
  readonly matches: readonly (readonly number[])[];
  /** Lesions above the size that the rules ask for. */
  readonly kept: readonly number[];
}

function overlapsOf(a: Components, lesionOfRun: Int32Array, lesions: number, b: Components): Overlaps {
  const overlaps = Array.from({ length: lesions }, () => new Map<number, number>());
  forEachOverlap(a, b, (runA, runB, voxels) => {
    const lesion = overlaps[lesionOfRun[runA] as number];
    const component = b.component[runB] as number;
    lesion?.set(component, (lesion.get(component) ?? 0) + voxels);
  });
  return overlaps;
}

/** Components of the reference; with a dilation those of the dilated reference, cut back to the reference. */
function findLesions(
  reference: BitMask,
  prediction: Components,
  rules: LesionRules,
): Omit<Lesions, "matches" | "kept"> & {
  readonly reached: Overlaps;
} {
  const runs = findComponents(reference, rules.connectivity);
  if (rules.dilation === 0) {
    const overlaps = overlapsOf(runs, runs.component, runs.count, prediction);
    return { runs, lesionOfRun: runs.component, count: runs.count, voxels: runs.voxels, overlaps, reached: overlaps };
  }
  const dilated = findComponents(dilate(reference, rules.dilation), rules.connectivity);
  const lesionOfRun = new Int32Array(runs.component.length);
  const voxels = new Float64Array(dilated.count);
  forEachOverlap(runs, dilated, (run, dilatedRun, shared) => {
    const lesion = dilated.component[dilatedRun] as number;
    lesionOfRun[run] = lesion;
    voxels[lesion] = (voxels[lesion] as number) + shared;
  });
  return {
    runs,
    lesionOfRun,
    count: dilated.count,
    voxels,
    overlaps: overlapsOf(runs, lesionOfRun, dilated.count, prediction),
    reached: overlapsOf(dilated, dilated.component, dilated.count, prediction),
  };
}

function iou(sharedVoxels: number, referenceVoxels: number, predictionVoxels: number): number {
  return sharedVoxels / (referenceVoxels + predictionVoxels - sharedVoxels);
}

/**
 * Finds and matches the lesions of one region.
 *
 * @param reference a mask; with a dilation its box has that many voxels of room on each side, as far as the image goes.
 * @param prediction components of the prediction in the same box.
 * @param voxelMm3 volume of a voxel.
 */
export function matchLesions(
  reference: BitMask,
  prediction: Components,
  rules: LesionRules,
  voxelMm3: number,
): Lesions {
  const { reached, ...found } = findLesions(reference, prediction, rules);
  const matches = reached.map((touched, lesion) => {
    const components = [...touched.keys()];
    if (rules.matching === "touch") return components;
    // More than half of the union can be shared with one component only, so this is one to one.
    const voxels = found.voxels[lesion] as number;
    return components.filter(
      (component) => iou(touched.get(component) ?? 0, voxels, prediction.voxels[component] as number) > 0.5,
    );
  });
  const kept = Array.from(found.voxels.keys()).filter(
    (lesion) => (found.voxels[lesion] as number) * voxelMm3 > rules.ignoreUpToMm3,
  );
  return { ...found, matches, kept };
}

/** Number of predicted components that no lesion is matched to, ignored lesions included. */
export function spuriousComponents(lesions: Lesions, prediction: Components): number {
  return prediction.count - new Set(lesions.matches.flat()).size;
}

/** Lesion counts, F1 and panoptic quality by JSON key; NaN where there is nothing to count. */
export function lesionCounts(lesions: Lesions, prediction: Components, rules: LesionRules): Record<string, number> {
  const tp = lesions.kept.filter((lesion) => (lesions.matches[lesion]?.length ?? 0) > 0).length;
  const fn = lesions.kept.length - tp;
  const fp = spuriousComponents(lesions, prediction);
  const f1 = tp / (tp + 0.5 * fp + 0.5 * fn);
  let iouSum = 0;
  for (const lesion of lesions.kept) {
    for (const component of lesions.matches[lesion] ?? []) {
      const shared = lesions.overlaps[lesion]?.get(component) ?? 0;
      iouSum += iou(shared, lesions.voxels[lesion] as number, prediction.voxels[component] as number);
    }
  }
  const quality = tp === 0 ? 0 : iouSum / tp;
  return {
    lesion_f1: f1,
    lesion_pq: rules.matching === "iou-above-half" ? f1 * quality : Number.NaN,
    lesion_tp: tp,
    lesion_fp: fp,
    lesion_fn: fn,
  };
}

/** Volumes of the components of each mask that share no voxel with the other mask, in ml (autoPET). */
export function untouchedVolumes(
  reference: Components,
  prediction: Components,
  voxelMm3: number,
): { readonly fp_volume_ml: number; readonly fn_volume_ml: number } {
  const referenceTouched = new Uint8Array(reference.count);
  const predictionTouched = new Uint8Array(prediction.count);
  forEachOverlap(reference, prediction, (a, b) => {
    referenceTouched[reference.component[a] as number] = 1;
    predictionTouched[prediction.component[b] as number] = 1;
  });
  const untouched = ({ voxels }: Components, touched: Uint8Array): number =>
    voxels.reduce((sum, count, component) => sum + (touched[component] === 0 ? count : 0), 0);
  return {
    fp_volume_ml: (untouched(prediction, predictionTouched) * voxelMm3) / 1000,
    fn_volume_ml: (untouched(reference, referenceTouched) * voxelMm3) / 1000,
  };
}
