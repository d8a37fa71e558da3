/**
 * Where everything lies in the one linear memory that kernels and workers share: parameters, optimiser state, flipped weights, one
 * gradient block and one activation arena per sample of the batch. Computed before the memory is made, so that it is made exactly.
 */
import { levelShape, type NetworkDesign, type NetworkParameters, networkParameters } from "./network-design.ts";

/** Byte offsets of one sample's tensors. Arrays are by level. */
export interface SampleArena {
  readonly input: number;
  readonly encoder: readonly StageArena[];
  readonly decoder: readonly StageArena[];
  /** Pooled output of level l - 1, the input of encoder level l; unused at level 0. */
  readonly pooled: readonly number[];
  readonly up: readonly number[];
  readonly sum: readonly number[];
  readonly logits: number;
  /** Gradients: of encoder and decoder outputs, of pooled inputs, of the up convolutions' outputs, a scratch per level. */
  readonly encoderGradient: readonly number[];
  readonly decoderGradient: readonly number[];
  readonly pooledGradient: readonly number[];
  readonly upGradient: readonly number[];
  readonly scratch: readonly number[];
  /** One byte per full-resolution voxel: [half-resolution voxel][8]. */
  readonly labels: number;
  /** float64: cross entropy, counted voxels, then sum p y, sum p, sum y per class. */
  readonly sums: number;
}

export interface StageArena {
  readonly rawA: number;
  readonly a: number;
  readonly rawB: number;
  readonly b: number;
  readonly statisticsA: number;
  readonly statisticsB: number;
}

export interface NetworkMemory {
  readonly design: NetworkDesign;
  readonly parameters: NetworkParameters;
  /** Byte offset of each parameter tensor from the start of a parameter block. */
  readonly offsets: readonly number[];
  readonly blockBytes: number;
  readonly weights: number;
  readonly firstMoment: number;
  readonly secondMoment: number;
  readonly flipped: number;
  /** Start of the gradient block of sample 0; sample s is `s * blockBytes` further. */
  readonly gradients: number;
  readonly samples: readonly SampleArena[];
  readonly bytes: number;
}

const ALIGN = 64;
/** The first page stays free: a null offset means "none" to the kernels. */
const START = 65_536;

/** Lays out the memory for a batch of `batch` samples. */
export function networkMemory(design: NetworkDesign, batch: number): NetworkMemory {
  const parameters = networkParameters(design);
  let next = START;
  const take = (bytes: number): number => {
    const at = next;
    next = Math.ceil((next + bytes) / ALIGN) * ALIGN;
    return at;
  };
  const offsets: number[] = [];
  let blockBytes = 0;
  for (const tensor of parameters.tensors) {
    offsets.push(blockBytes);
    blockBytes = Math.ceil((blockBytes + 4 * tensor.size) / ALIGN) * ALIGN;
  }
  const weights = take(blockBytes);
  const firstMoment = take(blockBytes);
  const secondMoment = take(blockBytes);
  const flipped = take(blockBytes);
  const gradients = take(blockBytes * batch);
  const tensor = (level: number, channels: number): number => {
    const [x, y, z] = levelShape(design, level);
    return take(4 * (x + 2) * (y + 2) * (z + 2) * channels);
  };
  const { levels, width, channels, classes, patch } = design;
  const all = Array.from({ length: levels }, (_, l) => l);
  const lower = all.slice(0, -1);
  const wide = (level: number): number => width * 2 ** level;
  const stage = (level: number): StageArena => ({
    rawA: tensor(level, wide(level)),
    a: tensor(level, wide(level)),
    rawB: tensor(level, wide(level)),
    b: tensor(level, wide(level)),
    statisticsA: take(8 * wide(level)),
    statisticsB: take(8 * wide(level)),
  });
  const samples = Array.from(
    { length: batch },
    (): SampleArena => ({
      input: tensor(0, 8 * channels),
      encoder: all.map(stage),
      decoder: lower.map(stage),
      pooled: all.map((l) => (l === 0 ? 0 : tensor(l, wide(l - 1)))),
      up: lower.map((l) => tensor(l + 1, wide(l))),
      sum: lower.map((l) => tensor(l, wide(l))),
      logits: tensor(0, 8 * classes),
      encoderGradient: all.map((l) => tensor(l, wide(l))),
      decoderGradient: lower.map((l) => tensor(l, wide(l))),
      pooledGradient: all.map((l) => (l === 0 ? 0 : tensor(l, wide(l - 1)))),
      upGradient: lower.map((l) => tensor(l + 1, wide(l))),
      scratch: all.map((l) => tensor(l, wide(l))),
      labels: take(patch[0] * patch[1] * patch[2]),
      sums: take(8 * (2 + 3 * classes)),
    }),
  );
  return {
    design,
    parameters,
    offsets,
    blockBytes,
    weights,
    firstMoment,
    secondMoment,
    flipped,
    gradients,
    samples,
    bytes: next,
  };
}
