/**
 * From logits on the working grid to labels on the image's grid, slice by slice: logits (not labels) are resampled, as nnU-Net v2
 * does, and the winner is taken on the image's grid. At most two resampled slices per class are held at a time.
 */
import { type Triple, voxelCount } from "./grid3.ts";
import { type AxisTaps, axisTaps } from "./resize.ts";
import type { LogitSlab } from "./sliding-window.ts";

export interface LabelRule {
  /** Label of each output channel. */
  readonly outputs: readonly number[];
  readonly activation: "softmax" | "sigmoid";
}

/**
 * Takes the winning label of every voxel.
 *
 * @param slabs averaged logits from z = 0 upwards, complete
 * @param working shape of the working grid
 * @param target shape of the image's (cropped) grid
 * @param orders interpolation order along each axis
 * @returns labels on the target grid; softmax: the first of equal logits wins (numpy's argmax); sigmoid: later outputs paint over
 * earlier ones where their logit is positive, the rest is background
 * @throws RangeError when the slabs leave slices out
 */
export async function labelsFromLogits(
  slabs: AsyncIterable<LogitSlab>,
  working: Triple,
  target: Triple,
  orders: readonly [0 | 1, 0 | 1, 0 | 1],
  rule: LabelRule,
): Promise<Uint8Array | Uint16Array> {
  const classes = rule.outputs.length;
  const labels =
    Math.max(...rule.outputs) > 255 ? new Uint16Array(voxelCount(target)) : new Uint8Array(voxelCount(target));
  const tapsX = axisTaps(working[0], target[0], orders[0]);
  const tapsY = axisTaps(working[1], target[1], orders[1]);
  const tapsZ = axisTaps(working[2], target[2], orders[2]);
  const plane = target[0] * target[1];
  const held = new Map<number, Float32Array>();
  const mixed = new Float32Array(classes * plane);
  let next = 0;
  let expected = 0;

  const emit = (available: number): void => {
    while (next < target[2]) {
      const sources = Array.from({ length: tapsZ.taps }, (_, t) => tapsZ.index[next * tapsZ.taps + t] ?? 0);
      if (Math.max(...sources) >= available) return;
      mixed.fill(0);
      sources.forEach((source, t) => {
        const weight = tapsZ.weight[next * tapsZ.taps + t] ?? 0;
        const slice = held.get(source);
        if (weight === 0 || slice === undefined) return;
        for (let i = 0; i < mixed.length; i++) mixed[i] = (mixed[i] ?? 0) + weight * (slice[i] ?? 0);
      });
      winners(mixed, plane, rule, labels, next * plane);
      next += 1;
      const oldest = Math.min(...sources);
      for (const z of held.keys()) if (z < oldest) held.delete(z);
    }
  };

  for await (const { z0, depth, logits } of slabs) {
    if (z0 !== expected) throw new RangeError(`slices ${expected} to ${z0 - 1} have no logits`);
    for (let z = 0; z < depth; z++) {
      held.set(z0 + z, resizeSlice(logits, classes, working, depth, z, tapsX, tapsY, target));
      emit(z0 + z + 1);
    }
    expected = z0 + depth;
  }
  if (next < target[2]) throw new RangeError(`logits end at slice ${expected} of ${working[2]}`);
  return labels;
}

function resizeSlice(
  logits: Float32Array,
  classes: number,
  working: Triple,
  depth: number,
  z: number,
  tapsX: AxisTaps,
  tapsY: AxisTaps,
  target: Triple,
): Float32Array {
  const [nx, ny] = working;
  const [mx, my] = target;
  const result = new Float32Array(classes * mx * my);
  const rows = new Float32Array(mx * ny);
  for (let c = 0; c < classes; c++) {
    const source = nx * ny * (c * depth + z);
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < mx; x++) {
        let value = 0;
        for (let t = 0; t < tapsX.taps; t++)
          value +=
            (tapsX.weight[x * tapsX.taps + t] ?? 0) *
            (logits[source + y * nx + (tapsX.index[x * tapsX.taps + t] ?? 0)] ?? 0);
        rows[y * mx + x] = value;
      }
    }
    for (let y = 0; y < my; y++) {
      for (let x = 0; x < mx; x++) {
        let value = 0;
        for (let t = 0; t < tapsY.taps; t++)
          value +=
            (tapsY.weight[y * tapsY.taps + t] ?? 0) * (rows[(tapsY.index[y * tapsY.taps + t] ?? 0) * mx + x] ?? 0);
        result[mx * (my * c + y) + x] = value;
      }
    }
  }
  return result;
}

function winners(
  logits: Float32Array,
  plane: number,
  rule: LabelRule,
  labels: Uint8Array | Uint16Array,
  offset: number,
): void {
  const { outputs, activation } = rule;
  for (let i = 0; i < plane; i++) {
    let label = activation === "softmax" ? (outputs[0] ?? 0) : 0;
    let best = activation === "softmax" ? (logits[i] ?? 0) : 0;
    for (let c = activation === "softmax" ? 1 : 0; c < outputs.length; c++) {
      const logit = logits[c * plane + i] ?? 0;
      if (activation === "sigmoid" ? logit > 0 : logit > best) {
        label = outputs[c] ?? 0;
        if (activation === "softmax") best = logit;
      }
    }
    labels[offset + i] = label;
  }
}
