/**
 * Prediction of a large image in overlapping windows, as nnU-Net v2 does it (nnunetv2/inference/sliding_window_prediction.py, 2.8.1):
 * windows are spread evenly, logits are averaged with Gaussian weights, mirrored images may be averaged too.
 *
 * Memory is bounded: logits are summed in slabs along the slowest axis (z) and handed on as soon as no later window reaches them, so
 * that a 512x512x600 CT never needs classes x volume floats at once.
 */
import { type Grid3, type Triple, voxelCount } from "./grid3.ts";

/** First voxel of every window along one axis: `ceil((size - patch) / (patch * step)) + 1` windows, spread evenly. */
export function windowStarts(size: number, patch: number, step: number): number[] {
  if (size <= patch) return [0];
  const count = Math.ceil((size - patch) / (patch * step)) + 1;
  const distance = (size - patch) / (count - 1);
  return Array.from({ length: count }, (_, k) => roundHalfEven(k * distance));
}

/** Python's and numpy's rounding, which nnU-Net's window positions and shapes use. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Weight of every voxel of a window: a Gaussian around the middle voxel, scaled to a maximum of 1; zeros become the smallest
 * positive weight, so that no voxel is left without weight.
 *
 * scipy's gaussian_filter of a unit impulse is separable and cut off at 4 standard deviations, so the product of three cut-off
 * one-dimensional Gaussians is the same map.
 */
export function gaussianWeights(patch: Triple, sigmaPart: number): Float32Array {
  const axes = patch.map((size) => {
    const sigma = size * sigmaPart;
    const radius = Math.floor(4 * sigma + 0.5);
    const centre = Math.floor(size / 2);
    return Float64Array.from({ length: size }, (_, i) =>
      Math.abs(i - centre) > radius ? 0 : Math.exp((-0.5 * (i - centre) ** 2) / sigma ** 2),
    );
  });
  const [ax, ay, az] = axes as [Float64Array, Float64Array, Float64Array];
  const weights = new Float32Array(voxelCount(patch));
  let smallest = Number.POSITIVE_INFINITY;
  let index = 0;
  for (let z = 0; z < patch[2]; z++) {
    for (let y = 0; y < patch[1]; y++) {
      const yz = (az[z] ?? 0) * (ay[y] ?? 0);
      for (let x = 0; x < patch[0]; x++) {
        const weight = yz * (ax[x] ?? 0);
        weights[index++] = weight;
        const stored = weights[index - 1] ?? 0;
        if (stored > 0 && stored < smallest) smallest = stored;
      }
    }
  }
  for (let i = 0; i < weights.length; i++) if (weights[i] === 0) weights[i] = smallest;
  return weights;
}

/** Runs a network on one window: `channels` blocks of the patch, one after the other, to `outputs` blocks. */
export type WindowNetwork = (window: Float32Array) => Promise<Float32Array>;

export interface SlidingWindowPlan {
  readonly patch: Triple;
  readonly step: number;
  /** null: all voxels of a window weigh alike. */
  readonly gaussianSigma: number | null;
  /** Axes whose mirrored predictions are averaged: all combinations, 2^n runs per window. */
  readonly mirrorAxes: readonly number[];
  readonly outputs: number;
}

/** Averaged logits of the slices `[z0, z0 + depth)`: `outputs` blocks of nx x ny x depth. */
export interface LogitSlab {
  readonly z0: number;
  readonly depth: number;
  readonly logits: Float32Array;
}

export interface SlidingWindowProgress {
  readonly windowsDone: number;
  readonly windows: number;
}

/** Number of windows that an image of this shape takes. */
export function countWindows(shape: Triple, plan: SlidingWindowPlan): number {
  const windows = (axis: 0 | 1 | 2): number =>
    windowStarts(Math.max(shape[axis], plan.patch[axis]), plan.patch[axis], plan.step).length;
  return windows(0) * windows(1) * windows(2);
}

/**
 * Predicts an image window by window and yields finished slabs of averaged logits from z = 0 upwards.
 *
 * Images smaller than the patch are padded with 0 around (half before, half after, as nnU-Net pads), and the padding is cut off again.
 *
 * @throws RangeError when the channels differ in shape
 */
export async function* predictSlabs(
  channels: readonly Grid3[],
  plan: SlidingWindowPlan,
  network: WindowNetwork,
  onProgress?: (progress: SlidingWindowProgress) => void,
): AsyncGenerator<LogitSlab> {
  const first = channels[0];
  if (first === undefined) throw new RangeError("at least one channel is needed");
  const shape = first.shape;
  if (channels.some((channel) => channel.shape.some((size, axis) => size !== shape[axis])))
    throw new RangeError("all channels need one shape");
  const { patch, outputs } = plan;
  const padded = shape.map((size, axis) => Math.max(size, patch[axis] ?? 1)) as [number, number, number];
  const before = padded.map((size, axis) => Math.floor((size - (shape[axis] ?? 0)) / 2)) as [number, number, number];
  const starts = padded.map((size, axis) => windowStarts(size, patch[axis] ?? 1, plan.step)) as [
    number[],
    number[],
    number[],
  ];
  const windows = starts[0].length * starts[1].length * starts[2].length;
  const weights =
    plan.gaussianSigma === null
      ? new Float32Array(voxelCount(patch)).fill(1)
      : gaussianWeights(patch, plan.gaussianSigma);
  const mirrors = mirrorCombinations(plan.mirrorAxes);

  const plane = padded[0] * padded[1];
  const depth = patch[2];
  // A ring of `depth` slices: a window never reaches further back than its own depth.
  const sums = new Float32Array(outputs * plane * depth);
  const weightSums = new Float32Array(plane * depth);
  let finished = 0;
  let done = 0;

  const flush = (until: number): LogitSlab[] => {
    const slabs: LogitSlab[] = [];
    const from = Math.max(finished, before[2]);
    const to = Math.min(until, before[2] + shape[2]);
    if (to > from) {
      const logits = new Float32Array(outputs * shape[0] * shape[1] * (to - from));
      let target = 0;
      for (let c = 0; c < outputs; c++) {
        for (let z = from; z < to; z++) {
          const slot = z % depth;
          for (let y = 0; y < shape[1]; y++) {
            const row = (y + before[1]) * padded[0] + before[0];
            for (let x = 0; x < shape[0]; x++) {
              logits[target++] =
                (sums[(c * depth + slot) * plane + row + x] ?? 0) / (weightSums[slot * plane + row + x] ?? 1);
            }
          }
        }
      }
      slabs.push({ z0: from - before[2], depth: to - from, logits });
    }
    for (let z = finished; z < until; z++) {
      const slot = z % depth;
      weightSums.fill(0, slot * plane, (slot + 1) * plane);
      for (let c = 0; c < outputs; c++) sums.fill(0, (c * depth + slot) * plane, (c * depth + slot + 1) * plane);
    }
    finished = until;
    return slabs;
  };

  for (const z0 of starts[2]) {
    yield* flush(z0);
    for (const y0 of starts[1]) {
      for (const x0 of starts[0]) {
        const window = cutWindow(channels, shape, patch, [x0 - before[0], y0 - before[1], z0 - before[2]]);
        const logits = await predictMirrored(window, channels.length, plan, mirrors, network);
        addWindow(logits, weights, [x0, y0, z0]);
        done += 1;
        onProgress?.({ windowsDone: done, windows });
      }
    }
  }
  yield* flush(padded[2]);

  function addWindow(logits: Float32Array, weight: Float32Array, at: Triple): void {
    const size = voxelCount(patch);
    for (let z = 0; z < patch[2]; z++) {
      const slot = (at[2] + z) % depth;
      for (let y = 0; y < patch[1]; y++) {
        const source = patch[0] * (y + patch[1] * z);
        const row = (at[1] + y) * (padded[0] ?? 0) + at[0];
        for (let x = 0; x < patch[0]; x++) {
          const w = weight[source + x] ?? 0;
          const place = slot * plane + row + x;
          weightSums[place] = (weightSums[place] ?? 0) + w;
          for (let c = 0; c < outputs; c++) {
            const sum = c * depth * plane + place;
            sums[sum] = (sums[sum] ?? 0) + w * (logits[c * size + source + x] ?? 0);
          }
        }
      }
    }
  }
}

function mirrorCombinations(axes: readonly number[]): number[][] {
  return Array.from({ length: 1 << axes.length }, (_, bits) => axes.filter((_axis, k) => (bits >> k) & 1));
}

function cutWindow(channels: readonly Grid3[], shape: Triple, patch: Triple, at: Triple): Float32Array {
  const window = new Float32Array(channels.length * voxelCount(patch));
  const x0 = Math.max(0, at[0]);
  const x1 = Math.min(shape[0], at[0] + patch[0]);
  channels.forEach((channel, c) => {
    for (let z = Math.max(0, at[2]); z < Math.min(shape[2], at[2] + patch[2]); z++) {
      for (let y = Math.max(0, at[1]); y < Math.min(shape[1], at[1] + patch[1]); y++) {
        const source = shape[0] * (y + shape[1] * z);
        const target = c * voxelCount(patch) + (x0 - at[0]) + patch[0] * (y - at[1] + patch[1] * (z - at[2]));
        window.set(channel.values.subarray(source + x0, source + x1), target);
      }
    }
  });
  return window;
}

/** The same blocks mirrored along some axes. */
export function mirrorBlocks(
  blocks: Float32Array,
  count: number,
  shape: Triple,
  axes: readonly number[],
): Float32Array {
  if (axes.length === 0) return blocks;
  const [nx, ny, nz] = shape;
  const size = voxelCount(shape);
  const result = new Float32Array(blocks.length);
  const [fx, fy, fz] = [axes.includes(0), axes.includes(1), axes.includes(2)];
  for (let c = 0; c < count; c++) {
    for (let z = 0; z < nz; z++) {
      for (let y = 0; y < ny; y++) {
        const source = c * size + nx * ((fy ? ny - 1 - y : y) + ny * (fz ? nz - 1 - z : z));
        const target = c * size + nx * (y + ny * z);
        for (let x = 0; x < nx; x++) result[target + x] = blocks[source + (fx ? nx - 1 - x : x)] ?? 0;
      }
    }
  }
  return result;
}

async function predictMirrored(
  window: Float32Array,
  channelCount: number,
  plan: SlidingWindowPlan,
  mirrors: readonly (readonly number[])[],
  network: WindowNetwork,
): Promise<Float32Array> {
  const total = new Float32Array(plan.outputs * voxelCount(plan.patch));
  for (const axes of mirrors) {
    const logits = await network(mirrorBlocks(window, channelCount, plan.patch, axes));
    if (logits.length !== total.length)
      throw new RangeError(`the network gave ${logits.length} values where ${total.length} are due`);
    const back = mirrorBlocks(logits, plan.outputs, plan.patch, axes);
    for (let i = 0; i < total.length; i++) total[i] = (total[i] ?? 0) + (back[i] ?? 0);
  }
  for (let i = 0; i < total.length; i++) total[i] = (total[i] ?? 0) / mirrors.length;
  return total;
}
