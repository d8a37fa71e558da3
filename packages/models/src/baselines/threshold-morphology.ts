/**
 * Threshold and morphology, learned from the fingerprint: a voxel belongs to a label when its intensity lies in the label's training
 * window (5th to 95th percentile of z-scored intensities) and the atlas finds the label likely enough there; then an opening by one
 * voxel and the largest component. The likelihood limit is the one that predicts training cases best.
 */
import { SegathlonError } from "@segathlon/errors";
import { type Triple, voxelCount } from "../grid3.ts";
import { keepLargestComponent } from "../largest-component.ts";
import { normaliseChannel } from "../normalise-channel.ts";
import { chooseAtlas, meanForegroundDice, sampleAtlas } from "./atlas-prior.ts";
import { type BaselineImage, emptyLabels, type FittedBaseline, labelsOf, type TrainingCase } from "./training-case.ts";

interface Window {
  readonly low: number;
  readonly high: number;
}

const LIMITS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5] as const;
const SAMPLES_PER_CASE = 2000;

function zScored(image: BaselineImage): Float32Array {
  const channel = image.channels[0];
  if (channel === undefined) throw new SegathlonError("SEG501", "the image has no channel");
  return normaliseChannel(channel.values.slice(), { scheme: "z-score", masked: false });
}

/** Keeps a voxel when a voxel of its face neighbourhood, or itself, survives an erosion by the six face neighbours. */
function openByFaces(mask: Uint8Array, shape: Triple): Uint8Array {
  const [nx, ny, nz] = shape;
  const plane = nx * ny;
  const eroded = new Uint8Array(mask.length);
  const opened = new Uint8Array(mask.length);
  const forInner = (visit: (index: number) => void): void => {
    for (let z = 1; z < nz - 1; z++)
      for (let y = 1; y < ny - 1; y++) for (let x = 1; x < nx - 1; x++) visit(x + nx * (y + ny * z));
  };
  forInner((i) => {
    if (
      mask[i] === 1 &&
      mask[i - 1] === 1 &&
      mask[i + 1] === 1 &&
      mask[i - nx] === 1 &&
      mask[i + nx] === 1 &&
      mask[i - plane] === 1 &&
      mask[i + plane] === 1
    )
      eroded[i] = 1;
  });
  forInner((i) => {
    if (eroded[i] !== 1) return;
    for (const near of [i, i - 1, i + 1, i - nx, i + nx, i - plane, i + plane]) opened[near] = 1;
  });
  return opened;
}

function segment(
  values: Float32Array,
  prior: Float32Array,
  shape: Triple,
  labels: readonly number[],
  windows: readonly Window[],
  limit: number,
): Uint8Array | Uint16Array {
  const count = voxelCount(shape);
  const result = emptyLabels(count, labels);
  const likelihood = new Float32Array(count);
  labels.forEach((label, slot) => {
    const window = windows[slot];
    if (window === undefined) return;
    const mask = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
      const value = values[i] ?? 0;
      if ((prior[slot * count + i] ?? 0) >= limit && value >= window.low && value <= window.high) mask[i] = 1;
    }
    const opened = openByFaces(mask, shape);
    // A structure of a voxel or two across does not survive an opening; then the mask itself is taken.
    const shaped = opened.includes(1) ? opened : mask;
    keepLargestComponent(shaped, shape, [1]);
    for (let i = 0; i < count; i++) {
      const p = prior[slot * count + i] ?? 0;
      if (shaped[i] === 1 && p > (likelihood[i] ?? 0)) {
        result[i] = label;
        likelihood[i] = p;
      }
    }
  });
  return result;
}

/**
 * Learns windows and the likelihood limit.
 *
 * @throws SegathlonError SEG505 when no training case has a label
 */
export function fitThresholdMorphology(cases: readonly TrainingCase[]): FittedBaseline {
  const labels = labelsOf(cases);
  if (labels.length === 0)
    throw new SegathlonError("SEG505", `none of the ${cases.length} training cases holds a label above 0`);
  const atlas = chooseAtlas(cases, labels);
  const samples: number[][] = labels.map(() => []);
  for (const entry of cases) {
    const values = zScored(entry);
    labels.forEach((label, slot) => {
      const own: number[] = [];
      for (let i = 0; i < values.length; i++) if (entry.labels[i] === label) own.push(values[i] ?? 0);
      const step = Math.max(1, Math.ceil(own.length / SAMPLES_PER_CASE));
      for (let i = 0; i < own.length; i += step) samples[slot]?.push(own[i] ?? 0);
    });
  }
  const windows = samples.map((values): Window => {
    values.sort((a, b) => a - b);
    const at = (part: number): number => values[Math.round(part * (values.length - 1))] ?? 0;
    return { low: at(0.05), high: at(0.95) };
  });
  const tried = cases
    .filter((_, i) => i % Math.max(1, Math.floor(cases.length / 20)) === 0)
    .map((entry) => {
      const channel = entry.channels[0];
      if (channel === undefined) throw new SegathlonError("SEG501", `case ${entry.case} has no channel`);
      return { entry, shape: channel.shape, values: zScored(entry), prior: sampleAtlas(atlas, channel) };
    });
  let best: number = LIMITS[0];
  let bestDice = -1;
  for (const limit of LIMITS) {
    let dice = 0;
    for (const { entry, shape, values, prior } of tried)
      dice +=
        meanForegroundDice(entry.labels, segment(values, prior, shape, labels, windows, limit), labels) / tried.length;
    if (dice > bestDice) {
      bestDice = dice;
      best = limit;
    }
  }
  const limit = best;
  return {
    name: "threshold",
    description: `Intensity windows (5th to 95th percentile of z-scored training voxels) where the atlas gives at least ${limit}, opened and reduced to the largest component; learned from ${cases.length} cases.`,
    predict(image) {
      const channel = image.channels[0];
      if (channel === undefined) throw new SegathlonError("SEG501", "the image has no channel");
      return segment(zScored(image), sampleAtlas(atlas, channel), channel.shape, labels, windows, limit);
    },
  };
}
