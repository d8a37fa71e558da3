/**
 * BraTS 2023's lesion-wise Dice and HD95: each kept lesion of the reference against all predicted components that touch its
 * dilation, averaged with a penalty for every spurious component. Rules read in rachitsaluja/BraTS-2023-Metrics 43c9052.
 */
import { type AreaClasses, areaClasses } from "./area-classes.ts";
import { type BitMask, emptyMask, setBits } from "./bit-mask.ts";
import { type Lesions, spuriousComponents } from "./lesions.ts";
import type { Components } from "./run-components.ts";
import { distancesAtFractions, surfaceSums } from "./surface-sums.ts";
import { surfelDistances } from "./surfel-distances.ts";

/** Runs of a mask by the group (lesion or component) that they belong to. */
interface GroupedRuns {
  readonly runs: Components;
  /** Runs of group n: `order[offsets[n]]` to `order[offsets[n + 1] - 1]`. */
  readonly order: Int32Array;
  readonly offsets: Int32Array;
  /** Row of each run: `z * height + y`. */
  readonly rowOf: Int32Array;
}

function groupRuns(runs: Components, groupOf: Int32Array, groups: number): GroupedRuns {
  const offsets = new Int32Array(groups + 1);
  for (const group of groupOf) offsets[group + 1] = (offsets[group + 1] as number) + 1;
  for (let group = 1; group <= groups; group += 1) {
    offsets[group] = (offsets[group] as number) + (offsets[group - 1] as number);
  }
  const next = offsets.slice();
  const order = new Int32Array(groupOf.length);
  const rowOf = new Int32Array(groupOf.length);
  for (let row = 0; row + 1 < runs.rowStart.length; row += 1) {
    for (let run = runs.rowStart[row] as number; run < (runs.rowStart[row + 1] as number); run += 1) {
      const group = groupOf[run] as number;
      rowOf[run] = row;
      order[next[group] as number] = run;
      next[group] = (next[group] as number) + 1;
    }
  }
  return { runs, order, offsets, rowOf };
}

/** Calls `visit` for each run of some groups: columns `from` to `to` of row (y, z). */
function forEachRun(
  { runs, order, offsets, rowOf }: GroupedRuns,
  groups: Iterable<number>,
  height: number,
  visit: (from: number, to: number, y: number, z: number) => void,
): void {
  for (const group of groups) {
    for (let at = offsets[group] as number; at < (offsets[group + 1] as number); at += 1) {
      const run = order[at] as number;
      const row = rowOf[run] as number;
      const z = Math.floor(row / height);
      visit(runs.from[run] as number, runs.to[run] as number, row - z * height, z);
    }
  }
}

type Groups = readonly [GroupedRuns, Iterable<number>];

/** A lesion and what it is compared with as masks of their own box, so that many small lesions cost what they cover. */
function cutOut(height: number, reference: Groups, prediction: Groups): readonly [BitMask, BitMask] {
  const low = [0x7fff_ffff, 0x7fff_ffff, 0x7fff_ffff] as [number, number, number];
  const high = [-1, -1, -1] as [number, number, number];
  for (const [runs, groups] of [reference, prediction]) {
    forEachRun(runs, groups, height, (from, to, y, z) => {
      low[0] = Math.min(low[0], from);
      low[1] = Math.min(low[1], y);
      low[2] = Math.min(low[2], z);
      high[0] = Math.max(high[0], to);
      high[1] = Math.max(high[1], y);
      high[2] = Math.max(high[2], z);
    });
  }
  const draw = ([runs, groups]: Groups): BitMask => {
    const mask = emptyMask({ x0: low[0], y0: low[1], z0: low[2], x1: high[0], y1: high[1], z1: high[2] });
    forEachRun(runs, groups, height, (from, to, y, z) => {
      const row = ((z - low[2] + 1) * (mask.height + 2) + y - low[1] + 1) * mask.wordsPerRow;
      setBits(mask.bits, row, from - low[0], to + 1 - low[0]);
    });
    return mask;
  };
  return [draw(reference), draw(prediction)];
}

function hd95(
  [reference, prediction]: readonly [BitMask, BitMask],
  spacingMm: readonly [number, number, number],
  classes: AreaClasses,
): number {
  const { referenceToPrediction, predictionToReference } = surfelDistances(reference, prediction, spacingMm, classes);
  const directed = [referenceToPrediction, predictionToReference].map(
    (histogram) => distancesAtFractions(histogram, surfaceSums(histogram, []).area, [95 / 100])[0] as number,
  );
  return Math.max(...directed);
}

/**
 * Lesion-wise means of one region. A missed lesion has Dice 0 and the penalty distance; a spurious component adds the same to the
 * mean. With nothing to average Dice is 1 and HD95 0, as the scripts have it.
 *
 * @param height rows a slice of the box that the lesions were found in.
 */
export function lesionWiseMeans(
  height: number,
  lesions: Lesions,
  prediction: Components,
  penaltyMm: number,
  spacingMm: readonly [number, number, number],
): { readonly lesion_dice: number; readonly lesion_hd95: number } {
  const classes = areaClasses(spacingMm);
  const spurious = spuriousComponents(lesions, prediction);
  const referenceRuns = groupRuns(lesions.runs, lesions.lesionOfRun, lesions.count);
  const predictionRuns = groupRuns(prediction, prediction.component, prediction.count);
  let dice = 0;
  let distance = 0;
  for (const lesion of lesions.kept) {
    const matched = new Set(lesions.matches[lesion]);
    if (matched.size === 0) {
      distance += penaltyMm;
      continue;
    }
    let shared = 0;
    let predicted = 0;
    for (const component of matched) {
      shared += lesions.overlaps[lesion]?.get(component) ?? 0;
      predicted += prediction.voxels[component] as number;
    }
    dice += (2 * shared) / (predicted + (lesions.voxels[lesion] as number));
    distance += hd95(cutOut(height, [referenceRuns, [lesion]], [predictionRuns, matched]), spacingMm, classes);
  }
  const counted = lesions.kept.length + spurious;
  if (counted === 0) return { lesion_dice: 1, lesion_hd95: 0 };
  return { lesion_dice: dice / counted, lesion_hd95: (distance + spurious * penaltyMm) / counted };
}
