/**
 * Features of one voxel for the forest: atlas probabilities, where it lies in the frame and on the grid, and per channel the z-scored
 * intensity at four scales, gradient, and smoothed intensities a few voxels away along each axis.
 */
import { gaussianFilter } from "../gaussian-filter.ts";
import { type Grid3, type Triple, voxelCount } from "../grid3.ts";
import { normaliseChannel } from "../normalise-channel.ts";
import { type AtlasPrior, sampleAtlas } from "./atlas-prior.ts";
import { type Frame, frameOf } from "./frame.ts";
import type { BaselineImage } from "./training-case.ts";

interface ChannelScales {
  readonly raw: Float32Array;
  readonly fine: Float32Array;
  readonly middle: Float32Array;
  readonly coarse: Float32Array;
}

/** Distances in voxels at which smoothed intensities are looked up, with the scale they are looked up in. */
const LOOKUPS = [
  [2, "fine"],
  [4, "middle"],
  [7, "middle"],
] as const;
const PER_CHANNEL = 6 + LOOKUPS.length * 6;

export interface FeatureVolumes {
  readonly shape: Triple;
  readonly frame: Frame;
  /** One block per atlas label. */
  readonly prior: Float32Array;
  /** Sum of the prior over the labels. */
  readonly foreground: Float32Array;
  readonly channels: readonly ChannelScales[];
}

export function featureCount(atlas: AtlasPrior, channels: number): number {
  return atlas.labels.length + 6 + channels * PER_CHANNEL;
}

/** Smooths an image at three scales and looks up the atlas. */
export function featureVolumes(image: BaselineImage, atlas: AtlasPrior): FeatureVolumes {
  const first = image.channels[0] ?? { shape: [0, 0, 0] as const, values: new Float32Array(0) };
  const frame = frameOf(first, atlas.frame);
  const prior = sampleAtlas(atlas, first, frame);
  const count = voxelCount(first.shape);
  const foreground = new Float32Array(count);
  for (let slot = 0; slot < atlas.labels.length; slot++)
    for (let i = 0; i < count; i++) foreground[i] = (foreground[i] ?? 0) + (prior[slot * count + i] ?? 0);
  const channels = image.channels.map((channel): ChannelScales => {
    const grid: Grid3 = {
      shape: channel.shape,
      values: normaliseChannel(channel.values.slice(), { scheme: "z-score", masked: false }),
    };
    return {
      raw: grid.values,
      fine: gaussianFilter(grid, 1).values,
      middle: gaussianFilter(grid, 2).values,
      coarse: gaussianFilter(grid, 4).values,
    };
  });
  return { shape: first.shape, frame, prior, foreground, channels };
}

/** Writes the features of voxel (x, y, z) to `into`. Lookups beyond the border take the border voxel. */
export function voxelFeatures(volumes: FeatureVolumes, x: number, y: number, z: number, into: Float32Array): void {
  const [nx, ny, nz] = volumes.shape;
  const count = nx * ny * nz;
  const index = x + nx * (y + ny * z);
  let at = 0;
  for (let slot = 0; slot * count < volumes.prior.length; slot++) into[at++] = volumes.prior[slot * count + index] ?? 0;
  const { origin, extent } = volumes.frame;
  into[at++] = (x + 0.5 - origin[0]) / extent[0];
  into[at++] = (y + 0.5 - origin[1]) / extent[1];
  into[at++] = (z + 0.5 - origin[2]) / extent[2];
  into[at++] = x - nx / 2;
  into[at++] = y - ny / 2;
  into[at++] = z - nz / 2;
  const clamp = (value: number, size: number): number => (value < 0 ? 0 : value >= size ? size - 1 : value);
  for (const scales of volumes.channels) {
    const fine = scales.fine;
    into[at++] = scales.raw[index] ?? 0;
    into[at++] = fine[index] ?? 0;
    into[at++] = scales.middle[index] ?? 0;
    into[at++] = scales.coarse[index] ?? 0;
    const gx = (fine[clamp(x + 1, nx) + nx * (y + ny * z)] ?? 0) - (fine[clamp(x - 1, nx) + nx * (y + ny * z)] ?? 0);
    const gy = (fine[x + nx * (clamp(y + 1, ny) + ny * z)] ?? 0) - (fine[x + nx * (clamp(y - 1, ny) + ny * z)] ?? 0);
    const gz = (fine[x + nx * (y + ny * clamp(z + 1, nz))] ?? 0) - (fine[x + nx * (y + ny * clamp(z - 1, nz))] ?? 0);
    into[at++] = Math.sqrt(gx * gx + gy * gy + gz * gz);
    into[at++] = (fine[index] ?? 0) - (scales.middle[index] ?? 0);
    for (const [distance, scale] of LOOKUPS) {
      const values = scales[scale];
      into[at++] = values[clamp(x - distance, nx) + nx * (y + ny * z)] ?? 0;
      into[at++] = values[clamp(x + distance, nx) + nx * (y + ny * z)] ?? 0;
      into[at++] = values[x + nx * (clamp(y - distance, ny) + ny * z)] ?? 0;
      into[at++] = values[x + nx * (clamp(y + distance, ny) + ny * z)] ?? 0;
      into[at++] = values[x + nx * (y + ny * clamp(z - distance, nz))] ?? 0;
      into[at++] = values[x + nx * (y + ny * clamp(z + distance, nz))] ?? 0;
    }
  }
}
