/**
 * A probabilistic atlas without registration: how often each label lies at each place of a common frame, over the training cases. The
 * frame (whole grid, body box, body moments) is the one that predicts held-out training cases best.
 */
import { SegathlonError } from "@segathlon/errors";
import { type Grid3, type Triple, voxelCount } from "../grid3.ts";
import { boundingBox } from "../nonzero-region.ts";
import { type Frame, type FrameKind, frameKinds, frameOf } from "./frame.ts";
import { type BaselineImage, emptyLabels, type FittedBaseline, labelsOf, type TrainingCase } from "./training-case.ts";

/** Probability of each label on a grid over the frame; background is what is left of 1. */
export interface AtlasPrior {
  readonly frame: FrameKind;
  readonly labels: readonly number[];
  readonly shape: Triple;
  /** `labels.length` blocks of the grid, x fastest. */
  readonly probability: Float32Array;
}

/** Beyond the frame the atlas goes on for this part of its extent on each side: structures may lie outside the body's box. */
const margins: Readonly<Record<FrameKind, number>> = { grid: 0, "body-box": 0.25, "body-moments": 0.25 };
const MAX_AXIS = 64;

function median(values: number[]): number {
  values.sort((a, b) => a - b);
  return values[Math.floor(values.length / 2)] ?? 1;
}

/** Builds the atlas in one frame. */
export function buildAtlas(cases: readonly TrainingCase[], labels: readonly number[], kind: FrameKind): AtlasPrior {
  const margin = margins[kind];
  const framed = cases.flatMap((entry) => {
    const channel = entry.channels[0];
    return channel === undefined ? [] : [{ labels: entry.labels, shape: channel.shape, frame: frameOf(channel, kind) }];
  });
  const size = (axis: 0 | 1 | 2): number =>
    Math.max(
      4,
      Math.min(MAX_AXIS, median(framed.map(({ frame }) => Math.round(frame.extent[axis] * (1 + 2 * margin))))),
    );
  const shape: Triple = [size(0), size(1), size(2)];
  const count = voxelCount(shape);
  const probability = new Float32Array(labels.length * count);
  const slotOf = new Int32Array(65_536).fill(-1);
  labels.forEach((label, slot) => {
    slotOf[label] = slot;
  });
  for (const entry of framed) {
    const [nx, ny] = entry.shape;
    const box = boundingBox(
      Uint8Array.from(entry.labels, (label) => (label > 0 ? 1 : 0)),
      entry.shape,
    );
    if (box === null) continue;
    const taps = (axis: 0 | 1 | 2): LinearTaps =>
      linearTaps(
        shape[axis],
        (k) =>
          entry.frame.origin[axis] +
          (((k + 0.5) / shape[axis]) * (1 + 2 * margin) - margin) * entry.frame.extent[axis] -
          0.5,
      );
    // Only places whose eight neighbours reach the box of the labels can gain probability.
    const reach = (axis: 0 | 1 | 2, { low }: LinearTaps): [number, number] => {
      const first = low.findIndex((at) => at + 1 >= box.start[axis]);
      const last = low.findLastIndex((at) => at < box.end[axis]);
      return [first < 0 ? shape[axis] : first, last + 1];
    };
    const [tx, ty, tz] = [taps(0), taps(1), taps(2)];
    const [x0, x1] = reach(0, tx);
    const [y0, y1] = reach(1, ty);
    const [z0, z1] = reach(2, tz);
    for (let z = z0; z < z1; z++) {
      const fz = tz.part[z] ?? 0;
      for (let y = y0; y < y1; y++) {
        const fy = ty.part[y] ?? 0;
        for (let x = x0; x < x1; x++) {
          const fx = tx.part[x] ?? 0;
          const target = x + shape[0] * (y + shape[1] * z);
          for (let corner = 0; corner < 8; corner++) {
            const ix = (tx.low[x] ?? 0) + (corner & 1);
            const iy = (ty.low[y] ?? 0) + ((corner >> 1) & 1);
            const iz = (tz.low[z] ?? 0) + (corner >> 2);
            if (
              ix < box.start[0] ||
              ix >= box.end[0] ||
              iy < box.start[1] ||
              iy >= box.end[1] ||
              iz < box.start[2] ||
              iz >= box.end[2]
            )
              continue;
            const slot = slotOf[entry.labels[ix + nx * (iy + ny * iz)] ?? 0] ?? -1;
            if (slot < 0) continue;
            const weight = (corner & 1 ? fx : 1 - fx) * (corner & 2 ? fy : 1 - fy) * (corner & 4 ? fz : 1 - fz);
            probability[slot * count + target] = (probability[slot * count + target] ?? 0) + weight / framed.length;
          }
        }
      }
    }
  }
  return { frame: kind, labels, shape, probability };
}

interface LinearTaps {
  readonly low: Int32Array;
  readonly part: Float64Array;
}

function linearTaps(count: number, place: (k: number) => number): LinearTaps {
  const low = new Int32Array(count);
  const part = new Float64Array(count);
  for (let k = 0; k < count; k++) {
    const at = place(k);
    low[k] = Math.floor(at);
    part[k] = at - Math.floor(at);
  }
  return { low, part };
}

/** The atlas's probabilities at every voxel of an image: one block per label, 0 outside the atlas. */
export function sampleAtlas(
  atlas: AtlasPrior,
  channel: Grid3,
  frame: Frame = frameOf(channel, atlas.frame),
): Float32Array {
  const size = voxelCount(atlas.shape);
  const [nx, ny, nz] = channel.shape;
  const count = voxelCount(channel.shape);
  const [ax, ay, az] = atlas.shape;
  const margin = margins[atlas.frame];
  const place = (axis: 0 | 1 | 2) => (i: number) =>
    (((i + 0.5 - frame.origin[axis]) / frame.extent[axis] + margin) / (1 + 2 * margin)) * atlas.shape[axis] - 0.5;
  const tx = linearTaps(nx, place(0));
  const ty = linearTaps(ny, place(1));
  const tz = linearTaps(nz, place(2));
  const result = new Float32Array(atlas.labels.length * count);
  for (let slot = 0; slot < atlas.labels.length; slot++) {
    const block = atlas.probability.subarray(slot * size, (slot + 1) * size);
    const at = (x: number, y: number, z: number): number =>
      x < 0 || x >= ax || y < 0 || y >= ay || z < 0 || z >= az ? 0 : (block[x + ax * (y + ay * z)] ?? 0);
    let target = slot * count;
    for (let z = 0; z < nz; z++) {
      const z0 = tz.low[z] ?? 0;
      const fz = tz.part[z] ?? 0;
      for (let y = 0; y < ny; y++) {
        const y0 = ty.low[y] ?? 0;
        const fy = ty.part[y] ?? 0;
        for (let x = 0; x < nx; x++, target++) {
          const x0 = tx.low[x] ?? 0;
          const fx = tx.part[x] ?? 0;
          const front =
            (at(x0, y0, z0) * (1 - fx) + at(x0 + 1, y0, z0) * fx) * (1 - fy) +
            (at(x0, y0 + 1, z0) * (1 - fx) + at(x0 + 1, y0 + 1, z0) * fx) * fy;
          const back =
            (at(x0, y0, z0 + 1) * (1 - fx) + at(x0 + 1, y0, z0 + 1) * fx) * (1 - fy) +
            (at(x0, y0 + 1, z0 + 1) * (1 - fx) + at(x0 + 1, y0 + 1, z0 + 1) * fx) * fy;
          result[target] = front * (1 - fz) + back * fz;
        }
      }
    }
  }
  return result;
}

/** The label with the highest probability; background where the labels together leave it more than any of them has. */
export function atlasLabels(
  probability: Float32Array,
  labels: readonly number[],
  count: number,
): Uint8Array | Uint16Array {
  const result = emptyLabels(count, labels);
  for (let i = 0; i < count; i++) {
    let best = 0;
    let sum = 0;
    let label = 0;
    for (let slot = 0; slot < labels.length; slot++) {
      const p = probability[slot * count + i] ?? 0;
      sum += p;
      if (p > best) {
        best = p;
        label = labels[slot] ?? 0;
      }
    }
    if (best > 1 - sum) result[i] = label;
  }
  return result;
}

/** Mean Dice over the labels that occur in the reference or the prediction. */
export function meanForegroundDice(
  reference: Uint8Array | Uint16Array,
  prediction: Uint8Array | Uint16Array,
  labels: readonly number[],
): number {
  let sum = 0;
  let n = 0;
  for (const label of labels) {
    let both = 0;
    let either = 0;
    for (let i = 0; i < reference.length; i++) {
      const inReference = reference[i] === label;
      const inPrediction = prediction[i] === label;
      if (inReference && inPrediction) both += 1;
      either += Number(inReference) + Number(inPrediction);
    }
    if (either === 0) continue;
    sum += (2 * both) / either;
    n += 1;
  }
  return n === 0 ? 1 : sum / n;
}

/** Chooses the frame on held-out training cases (every fourth case, at most 24) and builds the atlas from all cases. */
export function chooseAtlas(cases: readonly TrainingCase[], labels: readonly number[]): AtlasPrior {
  if (cases.length < 4) return buildAtlas(cases, labels, "grid");
  const held = cases.filter((_, i) => i % 4 === 0).slice(0, 24);
  const rest = cases.filter((entry) => !held.includes(entry));
  let best: FrameKind = "grid";
  let bestDice = -1;
  for (const kind of frameKinds) {
    const atlas = buildAtlas(rest, labels, kind);
    let dice = 0;
    for (const entry of held) {
      const channel = entry.channels[0];
      if (channel === undefined) continue;
      dice +=
        meanForegroundDice(
          entry.labels,
          atlasLabels(sampleAtlas(atlas, channel), labels, entry.labels.length),
          labels,
        ) / held.length;
    }
    if (dice > bestDice) {
      bestDice = dice;
      best = kind;
    }
  }
  return buildAtlas(cases, labels, best);
}

/**
 * Learns a probabilistic atlas.
 *
 * @throws SegathlonError SEG505 when no training case has a label
 */
export function fitAtlasPrior(cases: readonly TrainingCase[]): FittedBaseline {
  const labels = labelsOf(cases);
  if (labels.length === 0)
    throw new SegathlonError("SEG505", `none of the ${cases.length} training cases holds a label above 0`);
  const atlas = chooseAtlas(cases, labels);
  return {
    name: "atlas-prior",
    description: `Probabilistic atlas of ${cases.length} training cases on a ${atlas.shape.join("x")} grid in relative coordinates (frame: ${atlas.frame}); the image itself is used for the frame only.`,
    predict(image: BaselineImage) {
      const channel = image.channels[0];
      if (channel === undefined) throw new SegathlonError("SEG501", "the image has no channel");
      return atlasLabels(sampleAtlas(atlas, channel), labels, voxelCount(channel.shape));
    },
  };
}
