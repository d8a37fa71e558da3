/**
 * A recipe: everything a training run depends on besides the data. Presets are those that a search on MSD Task04 left over: many short
 * steps at half resolution and a learning rate ten times the usual one beat wider networks.
 */
import type { Triple } from "../grid3.ts";

export interface AugmentationRecipe {
  /** Degrees around each axis. */
  readonly rotation: number;
  /** Natural logarithm of the largest common scale. */
  readonly scale: number;
  readonly axisScale: number;
  /** Voxels along each axis. */
  readonly shift: number;
  /** Axes (x = 0) that may be mirrored; labels keep their values. */
  readonly mirrorAxes: readonly number[];
  readonly gain: number;
  readonly offset: number;
  /** Natural logarithm of the largest gamma. */
  readonly gamma: number;
  readonly noise: number;
  /** Largest Gaussian blur, standard deviation in voxels. */
  readonly blur: number;
}

export interface TrainingRecipe {
  readonly width: number;
  readonly levels: number;
  readonly patch: Triple;
  readonly batch: number;
  readonly steps: number;
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly beta1: number;
  readonly beta2: number;
  /** Part of the steps over which the learning rate rises. */
  readonly warmUp: number;
  /** Part of the samples that are centred on a foreground voxel when the image is larger than the patch. */
  readonly foregroundSamples: number;
  readonly augmentation: AugmentationRecipe;
  readonly seed: number;
}

export type PresetName = "quick" | "default" | "good";

export const presets: Readonly<Record<PresetName, Pick<TrainingRecipe, "width" | "steps">>> = {
  quick: { width: 16, steps: 900 },
  default: { width: 16, steps: 3000 },
  good: { width: 24, steps: 5000 },
};

export const defaultAugmentation: AugmentationRecipe = {
  rotation: 15,
  scale: 0.15,
  axisScale: 0.05,
  shift: 3,
  mirrorAxes: [],
  gain: 0.25,
  offset: 0.2,
  gamma: 0.3,
  noise: 0.2,
  blur: 0,
};

/** Learning rate of step i (from 0): linear rise, then half a cosine to 0. */
export function learningRateAt(
  recipe: Pick<TrainingRecipe, "steps" | "learningRate" | "warmUp">,
  step: number,
): number {
  const rise = Math.max(1, recipe.warmUp * recipe.steps);
  return recipe.learningRate * Math.min(1, (step + 1) / rise) * 0.5 * (1 + Math.cos((Math.PI * step) / recipe.steps));
}
