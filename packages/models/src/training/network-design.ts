/**
 * The 3D U-Net that is trained here: residual stages at half resolution behind a space-to-depth stem, so that no convolution runs at
 * full resolution. Level l has `width * 2^l` channels; each stage is conv 3x3x3 - instance norm - leaky ReLU - conv - norm - add - leaky
 * ReLU; down by maximum pooling, up by a 1x1x1 convolution and nearest repetition, skips are added. The head gives
 * `classes * 8` channels: the logits of the 2x2x2 full-resolution voxels under each half-resolution one.
 *
 * Source of the recipe: a search on MSD Task04 with this structure; norm and activation are nnU-Net's (eps 1e-5, slope 0.01).
 */
import type { Triple } from "../grid3.ts";

export interface NetworkDesign {
  /** Image channels. */
  readonly channels: number;
  /** Background included. */
  readonly classes: number;
  /** Channels at the first level; a multiple of 8. */
  readonly width: number;
  readonly levels: number;
  /** Full-resolution voxels along x, y, z; multiples of 2^levels. */
  readonly patch: Triple;
}

/** One parameter tensor; sizes in floats. */
export interface ParameterTensor {
  readonly name: string;
  readonly kind: "conv3" | "conv1" | "gain" | "shift" | "bias";
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
}

export interface StageTensors {
  readonly level: number;
  readonly inputs: number;
  readonly outputs: number;
  /** Index of the stage's first parameter: conv a, gain a, shift a, conv b, gain b, shift b. */
  readonly first: number;
}

export interface NetworkParameters {
  readonly tensors: readonly ParameterTensor[];
  readonly encoder: readonly StageTensors[];
  readonly decoder: readonly StageTensors[];
  /** Parameter index of the 1x1x1 convolution that leads up to each decoder level (weights, then bias). */
  readonly up: readonly number[];
  readonly head: number;
  /** Floats of all tensors together. */
  readonly size: number;
}

/** Half-resolution voxels along x, y, z at a level. */
export function levelShape(design: NetworkDesign, level: number): Triple {
  const [x, y, z] = design.patch;
  const part = 2 ** (level + 1);
  return [x / part, y / part, z / part];
}

/**
 * All parameter tensors in order.
 *
 * @throws RangeError when the design is not one that the kernels can run
 */
export function networkParameters(design: NetworkDesign): NetworkParameters {
  const { channels, classes, width, levels, patch } = design;
  if (width < 8 || width % 8 !== 0) throw new RangeError(`width must be a multiple of 8, got ${width}`);
  if (levels < 1 || levels > 6) throw new RangeError(`levels must be 1 to 6, got ${levels}`);
  if (classes < 2 || classes > 64) throw new RangeError(`classes must be 2 to 64, got ${classes}`);
  if (channels < 1) throw new RangeError("at least one image channel is needed");
  const part = 2 ** levels;
  if (patch.some((size) => size < part || size % part !== 0))
    throw new RangeError(`patch ${patch.join("x")} must be multiples of ${part}`);
  const tensors: ParameterTensor[] = [];
  const add = (name: string, kind: ParameterTensor["kind"], inputs: number, outputs: number): number => {
    const size = kind === "conv3" ? 27 * inputs * outputs : kind === "conv1" ? inputs * outputs : outputs;
    tensors.push({ name, kind, inputs, outputs, size });
    return tensors.length - 1;
  };
  const stage = (name: string, level: number, inputs: number): StageTensors => {
    const outputs = width * 2 ** level;
    const first = add(`${name}.a.weight`, "conv3", inputs, outputs);
    add(`${name}.a.gain`, "gain", 1, outputs);
    add(`${name}.a.shift`, "shift", 1, outputs);
    add(`${name}.b.weight`, "conv3", outputs, outputs);
    add(`${name}.b.gain`, "gain", 1, outputs);
    add(`${name}.b.shift`, "shift", 1, outputs);
    return { level, inputs, outputs, first };
  };
  const encoder = Array.from({ length: levels }, (_, l) =>
    stage(`encoder${l}`, l, l === 0 ? 8 * channels : width * 2 ** (l - 1)),
  );
  const decoder: StageTensors[] = [];
  const up: number[] = [];
  for (let l = levels - 2; l >= 0; l--) {
    up[l] = add(`up${l}.weight`, "conv1", width * 2 ** (l + 1), width * 2 ** l);
    add(`up${l}.bias`, "bias", 1, width * 2 ** l);
    decoder[l] = stage(`decoder${l}`, l, width * 2 ** l);
  }
  const head = add("head.weight", "conv1", width, 8 * classes);
  add("head.bias", "bias", 1, 8 * classes);
  return { tensors, encoder, decoder, up, head, size: tensors.reduce((sum, tensor) => sum + tensor.size, 0) };
}
