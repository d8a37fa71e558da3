/** clDice (Shit et al. 2021): how well two tubular structures follow one another. */
import type { BitMask } from "./bit-mask.ts";
import { skeletonOf, type Voxel } from "./thinning.ts";

function shareInside(skeleton: readonly Voxel[], { height, wordsPerRow, bits }: BitMask): number {
  const inside = skeleton.filter(([x, y, z]) => {
    const word = bits[((z + 1) * (height + 2) + y + 1) * wordsPerRow + (x >>> 5)] as number;
    return ((word >>> (x & 31)) & 1) === 1;
  });
  return inside.length / skeleton.length;
}

/**
 * Harmonic mean of topology precision (share of the prediction's skeleton inside the reference) and topology sensitivity (share of
 * the reference's skeleton inside the prediction). 0 where both are 0; NaN where a
 * mask has no skeleton (it is empty, or thinning leaves nothing of it).
 *
 * @param imageWidth voxels along x of the whole image, see `skeletonOf`.
 */
export function centrelineDice(reference: BitMask, prediction: BitMask, imageWidth: number): number {
  const precision = shareInside(skeletonOf(prediction, imageWidth), reference);
  const sensitivity = shareInside(skeletonOf(reference, imageWidth), prediction);
  if (precision === 0 && sensitivity === 0) return 0;
  return (2 * precision * sensitivity) / (precision + sensitivity);
}
