/**
 * From cases on disk to a model package: plan, preprocess, train, export, self-test. Images go through the same code as in prediction
 * ({@link prepareCase}), so that what is trained is what will be predicted.
 */
import { arch, cpus, platform } from "node:os";
import { SegathlonError } from "@segathlon/errors";
import { transformVoxels } from "@segathlon/volume";
import { boxShape, type Triple } from "../grid3.ts";
import type { ModelDocument, Normalisation } from "../model-document.ts";
import { type CaseImage, orientationTransform, prepareCase } from "../predict-case.ts";
import { recordSelfTest } from "../self-test.ts";
import { resizeClasses } from "../training/class-resize.ts";
import { exportNetwork } from "../training/export-network.ts";
import type { NetworkDesign } from "../training/network-design.ts";
import { instantiateNetworkKernels } from "../training/network-kernels.ts";
import { NetworkPass } from "../training/network-pass.ts";
import { readOutputs, writeInput } from "../training/network-tensors.ts";
import { planGrid, planNormalisation } from "../training/training-plan.ts";
import { defaultAugmentation, type PresetName, presets, type TrainingRecipe } from "../training/training-recipe.ts";
import type { PreparedTrainingCase } from "../training/training-sample.ts";
import { type LoadedImage, readCaseImage, readCaseLabels } from "./case-image.ts";
import { type TrainedNetwork, type TrainingProgress, trainNetwork } from "./train-network.ts";

export interface TrainingFiles {
  readonly case: string;
  /** One file with all channels, or one for each. */
  readonly images: readonly string[];
  readonly labels: string;
}

export interface TrainModelOptions {
  readonly name: string;
  readonly task: string | null;
  readonly dataset: string | null;
  readonly channels: readonly string[];
  /** Foreground label values by name. */
  readonly labels: Readonly<Record<string, number>>;
  readonly training: readonly TrainingFiles[];
  readonly validation: readonly TrainingFiles[];
  readonly preset: PresetName;
  readonly steps?: number;
  readonly width?: number;
  readonly seed: number;
  readonly workers?: number;
  /** Voxels of a patch; the default is that of the measured hippocampus run. */
  readonly patchVoxels?: number;
  readonly checkpoint?: string;
  readonly version: string;
  readonly onStage?: (text: string, share: number) => void;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

export interface TrainedModel {
  readonly document: ModelDocument;
  readonly onnx: Uint8Array;
  readonly network: TrainedNetwork;
}

const LEVELS = 3;
const DEFAULT_PATCH_VOXELS = 89_600;
/** Foreground voxels per case that CT normalisation is measured on. */
const INTENSITY_SAMPLES = 10_000;

/** Names that tell a side: mirroring would teach the wrong label. */
function namesASide(name: string): boolean {
  return /(^|[^a-z])(left|right|l|r|lt|rt)($|[^a-z])/i.test(name);
}

function caseImage(image: LoadedImage, orientation: ModelDocument["orientation"]): CaseImage {
  return {
    channels: image.channels,
    spacingMm: image.geometry.spacingMm,
    orientation: orientationTransform(image.geometry.affine, orientation),
  };
}

/**
 * Trains a model.
 *
 * @throws SegathlonError SEG505 when cases or labels are missing, SEG501 when images differ in channels, and what {@link trainNetwork} throws
 */
export async function trainModel(options: TrainModelOptions): Promise<TrainedModel> {
  const { training, validation, channels } = options;
  const labels = Object.entries(options.labels).sort(([, a], [, b]) => a - b);
  if (training.length === 0) throw new SegathlonError("SEG505", "there is no training case with image and labels");
  if (labels.length === 0) throw new SegathlonError("SEG505", "the task has no foreground label");
  if (labels.length > 63)
    throw new SegathlonError("SEG505", `a network learns at most 63 labels, the task has ${labels.length}`);
  const classOf = new Map(labels.map(([, value], k) => [value, k + 1]));
  const orientation = "RAS";
  const all = [...training, ...validation];

  // First pass: sizes for the plan, and foreground intensities where a channel is CT.
  const fingerprints: { shape: Triple; spacingMm: Triple }[] = [];
  const foreground: number[][] = channels.map(() => []);
  const needsIntensities = channels.some((channel) => channel.toLowerCase() === "ct");
  for (const [i, entry] of training.entries()) {
    options.onStage?.(`reading ${entry.case}`, i / training.length / 2);
    const image = await readCaseImage(entry.images);
    const { axes } = orientationTransform(image.geometry.affine, orientation);
    const { shape, spacingMm } = image.geometry;
    fingerprints.push({
      shape: [shape[axes[0]], shape[axes[1]], shape[axes[2]]],
      spacingMm: [spacingMm[axes[0]], spacingMm[axes[1]], spacingMm[axes[2]]],
    });
    if (!needsIntensities) continue;
    const map = await readCaseLabels(entry.labels, image.geometry);
    const inside: number[] = [];
    for (let v = 0; v < map.labels.length; v++) if ((map.labels[v] ?? 0) > 0) inside.push(v);
    const step = Math.max(1, Math.floor(inside.length / INTENSITY_SAMPLES));
    image.channels.forEach((channel, c) => {
      for (let k = 0; k < inside.length; k += step) foreground[c]?.push(channel.values[inside[k] ?? 0] ?? 0);
    });
  }
  const plan = planGrid(fingerprints, options.patchVoxels ?? DEFAULT_PATCH_VOXELS, 2 ** LEVELS);
  const normalisations = channels.map(
    (channel, c): Normalisation => planNormalisation(channel, Float32Array.from(foreground[c] ?? [])),
  );
  const mirrorAxes = labels.some(([name]) => namesASide(name)) ? [] : [0];
  const document: ModelDocument = {
    schema: "segathlon/model@1",
    name: options.name,
    task: options.task,
    channels: channels.map((name, c) => ({ name, normalisation: normalisations[c] ?? { scheme: "none" } })),
    labels: { background: 0, ...options.labels },
    outputs: [0, ...labels.map(([, value]) => value)],
    activation: "softmax",
    orientation,
    transpose: [0, 1, 2],
    crop: "none",
    spacing_mm: [...plan.spacingMm],
    resampling: { image_order: 3, logit_order: 1, separate_axis_above: 3, separate_axis_order: 0 },
    patch: [...plan.patch],
    step: 0.5,
    gaussian_sigma: 0.125,
    mirror_axes: mirrorAxes,
    postprocessing: [],
    onnx: { sha256: "0".repeat(64), input: "image", output: "logits", parameters: null },
    self_test: null,
    provenance: {
      trainer: "segathlon train",
      version: options.version,
      dataset: options.dataset,
      seed: options.seed,
      steps: 0,
      hardware: `${cpus()[0]?.model ?? "unknown CPU"}, ${platform()} ${arch()}`,
      created: new Date().toISOString(),
      notes: [],
    },
  };

  // Second pass: every case on the working grid.
  const prepared: PreparedTrainingCase[] = [];
  for (const [i, entry] of all.entries()) {
    options.onStage?.(`preparing ${entry.case}`, 0.5 + i / all.length / 2);
    prepared.push(await prepareTrainingCase(entry, document, classOf));
  }
  const { width, steps } = presets[options.preset];
  const recipe: TrainingRecipe = {
    width: options.width ?? width,
    levels: LEVELS,
    patch: plan.patch,
    batch: 2,
    steps: options.steps ?? steps,
    learningRate: 1e-2,
    weightDecay: 1e-2,
    beta1: 0.9,
    beta2: 0.99,
    warmUp: 0.05,
    foregroundSamples: 0.5,
    augmentation: { ...defaultAugmentation, mirrorAxes },
    seed: options.seed,
  };
  const design: NetworkDesign = {
    channels: channels.length,
    classes: labels.length + 1,
    width: recipe.width,
    levels: LEVELS,
    patch: plan.patch,
  };
  const network = await trainNetwork({
    training: prepared.slice(0, training.length),
    validation: prepared.slice(training.length),
    design,
    recipe,
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(options.checkpoint === undefined ? {} : { checkpoint: options.checkpoint }),
    ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const { onnx, parameters } = exportNetwork(network.memory.buffer, network.layout);
  const finished: ModelDocument = {
    ...document,
    onnx: { ...document.onnx, parameters },
    self_test: await recordSelfTest(document, windowNetwork(network, design), options.seed, 1e-3),
    provenance: {
      ...document.provenance,
      steps: network.step,
      notes: [
        `${training.length} training cases, ${validation.length} held out; width ${recipe.width}, batch ${recipe.batch}, ${recipe.steps} steps planned`,
        ...(plan.lowResolution ? ["the working grid is coarser than the images' median, to fit a CPU"] : []),
      ],
    },
  };
  return { document: finished, onnx, network };
}

async function prepareTrainingCase(
  entry: TrainingFiles,
  document: ModelDocument,
  classOf: ReadonlyMap<number, number>,
): Promise<PreparedTrainingCase> {
  const image = await readCaseImage(entry.images);
  const map = await readCaseLabels(entry.labels, image.geometry);
  const ready = prepareCase(caseImage(image, document.orientation), document);
  const classes = new Uint8Array(map.labels.length);
  for (let i = 0; i < classes.length; i++) {
    const label = map.labels[i] ?? 0;
    if (label === 0) continue;
    const known = classOf.get(label);
    if (known === undefined)
      throw new SegathlonError(
        "SEG104",
        `case ${entry.case}: label ${label}; the task knows ${[...classOf.keys()].join(", ")}`,
        { where: { case: entry.case, file: entry.labels } },
      );
    classes[i] = known;
  }
  const shape = ready.channels[0]?.shape ?? [0, 0, 0];
  const turned = transformVoxels(classes, image.geometry.shape, ready.order);
  const resized = resizeClasses(turned, boxShape(ready.box), shape, ready.separate);
  const size = resized.length;
  const values = new Float32Array(size * ready.channels.length);
  ready.channels.forEach((channel, c) => {
    values.set(channel.values, c * size);
  });
  return { shape, channels: ready.channels.length, image: values, classes: resized };
}

/** Runs the trained network on one window with the kernels that trained it. */
function windowNetwork(
  network: TrainedNetwork,
  design: NetworkDesign,
): (window: Float32Array) => Promise<Float32Array> {
  const pass = new NetworkPass(instantiateNetworkKernels(network.memory), network.layout);
  const sample = network.layout.samples[0];
  if (sample === undefined) throw new RangeError("a network has at least one sample arena");
  return async (window) => {
    writeInput(network.memory.buffer, design, sample, window);
    pass.forward(sample);
    return readOutputs(network.memory.buffer, design, sample);
  };
}
