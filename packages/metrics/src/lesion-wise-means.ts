/**
 * BraTS 2023's lesion-wise Dice and HD95: each kept lesion of the reference against all predicted components that touch its
 * dilation, averaged with a penalty for every spurious component. Rules read in rachitsaluja/BraTS-2023-Metrics 43c9052.
 */
import { areaClasses } from "./area-classes.ts";
import type { BitMask } from "./bit-mask.ts";
import { type Lesions, spuriousComponents } from "./lesions.ts";
import type { Components } from "./run-components.ts";
import { distancesAtFractions, surfaceSums } from "./surface-sums.ts";
import { surfelDistances } from "./surfel-distances.ts";

/** The runs of a mask for which `belongs` holds, as a mask of the same box. */
function maskOf(box: BitMask, runs: Components, belongs: (run: number) => boolean): BitMask {
  const bits = new Int32Array(box.bits.length);
  for (let row = 0; row + 1 < runs.rowStart.length; row += 1) {
    const z = Math.floor(row / box.height);
    const word = ((z + 1) * (box.height + 2) + (row - z * box.height) + 1) * box.wordsPerRow;
    for (let run = runs.rowStart[row] as number; run < (runs.rowStart[row + 1] as number); run += 1) {
      if (!belongs(run)) continue;
      for (let x = runs.from[run] as number; x <= (runs.to[run] as number); x += 1) {
        bits[word + (x >>> 5)] = (bits[word + (x >>> 5)] as number) | (1 << (x & 31));
      }
    }
  }
  return { ...box, bits };
}

function hd95(reference: BitMask, prediction: BitMask, spacingMm: readonly [number, number, number]): number {
  const { referenceToPrediction, predictionToReference } = surfelDistances(
    reference,
    prediction,
    spacingMm,
    areaClasses(spacingMm),
  );
  const directed = [referenceToPrediction, predictionToReference].map(
    (histogram) => distancesAtFractions(histogram, surfaceSums(histogram, []).area, [95 / 100])[0] as number,
  );
  return Math.max(...directed);
}

/**
 * Lesion-wise means of one region. A missed lesion has Dice 0 and the penalty distance; a spurious component adds the same to the
 * mean. With nothing to average Dice is 1 and HD95 0, as the scripts have it.
 *
 * @param box any mask of the box, for its shape.
 */
export function lesionWiseMeans(
  box: BitMask,
  lesions: Lesions,
  prediction: Components,
  penaltyMm: number,
  spacingMm: readonly [number, number, number],
): { readonly lesion_dice: number; readonly lesion_hd95: number } {
  const spurious = spuriousComponents(lesions, prediction);
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
    distance += hd95(
      maskOf(box, lesions.runs, (run) => lesions.lesionOfRun[run] === lesion),
      maskOf(box, prediction, (run) => matched.has(prediction.component[run] as number)),
      spacingMm,
    );
  }
  const counted = lesions.kept.length + spurious;
  if (counted === 0) return { lesion_dice: 1, lesion_hd95: 0 };
  return { lesion_dice: dice / counted, lesion_hd95: (distance + spurious * penaltyMm) / counted };
}
