/**
 * One case through a model, independent of the engine that runs the network: bring the axes into order, crop, normalise, resample,
 * slide the window, resample the logits, take the winners, clean up, paste back. The order of steps is nnU-Net v2's.
 */
import { SegathlonError } from "@segathlon/errors";
import {
  type Affine,
  type Axis,
  type AxisTransform,
  invertTransform,
  isIdentityTransform,
  toRasTransform,
  transformVoxels,
} from "@segathlon/volume";
import { type Box3, boxShape, cropGrid, type Grid3, type Triple, voxelCount } from "./grid3.ts";
import { labelsFromLogits } from "./label-logits.ts";
import { keepLargestComponent } from "./largest-component.ts";
import type { ModelDocument } from "./model-document.ts";
import { nonzeroRegion } from "./nonzero-region.ts";
import { normaliseChannel } from "./normalise-channel.ts";
import { resizeGrid, resizeSeparately, separateAxis } from "./resize.ts";
import { predictSlabs, roundHalfEven, type SlidingWindowProgress, type WindowNetwork } from "./sliding-window.ts";

/** The channels of one case on one grid, with the order that brings its axes to the model's orientation. */
export interface CaseImage {
  readonly channels: readonly Grid3[];
  /** Millimetres along the stored axes. */
  readonly spacingMm: Triple;
  /** From stored axes to the model's orientation; identity for `as-is`. */
  readonly orientation: AxisTransform;
}

/** A case ready for the sliding window, and what is needed to come back from there. */
export interface PreparedCase {
  readonly channels: readonly Grid3[];
  readonly order: AxisTransform;
  readonly box: Box3;
  readonly permutedShape: Triple;
  readonly separate: 0 | 1 | 2 | null;
}

/** The transform that brings stored axes to the model's orientation. */
export function orientationTransform(affine: Affine, orientation: ModelDocument["orientation"]): AxisTransform {
  if (orientation === "as-is") return { axes: [0, 1, 2], flips: [false, false, false] };
  const ras = toRasTransform(affine);
  const against = (axis: Axis): boolean => ras.flips[axis] !== (orientation[axis] !== "RAS"[axis]);
  return { axes: ras.axes, flips: [against(0), against(1), against(2)] };
}

function compose(orientation: AxisTransform, transpose: Triple): AxisTransform {
  const axis = (k: 0 | 1 | 2): Axis => orientation.axes[(transpose[k] ?? k) as Axis];
  const flip = (k: 0 | 1 | 2): boolean => orientation.flips[(transpose[k] ?? k) as Axis];
  return { axes: [axis(0), axis(1), axis(2)], flips: [flip(0), flip(1), flip(2)] };
}

function transformGrid(grid: Grid3, transform: AxisTransform): Grid3 {
  if (isIdentityTransform(transform)) return grid;
  const shape: Triple = [grid.shape[transform.axes[0]], grid.shape[transform.axes[1]], grid.shape[transform.axes[2]]];
  return { shape, values: transformVoxels(grid.values, grid.shape, transform) };
}

/** Rounds half to even, as Python does, and never below one voxel. */
function newShape(shape: Triple, from: Triple, to: Triple): Triple {
  const size = (axis: 0 | 1 | 2): number => Math.max(1, roundHalfEven((from[axis] / to[axis]) * shape[axis]));
  return [size(0), size(1), size(2)];
}

/**
 * Crops, normalises and resamples a case as the model asks.
 *
 * @throws SegathlonError SEG501 when the image does not fit the model (channels, non-finite voxels)
 */
export function prepareCase(image: CaseImage, model: ModelDocument): PreparedCase {
  if (image.channels.length !== model.channels.length) {
    throw new SegathlonError(
      "SEG501",
      `the model takes ${model.channels.length} channels (${model.channels.map((c) => c.name).join(", ")}), the image has ${image.channels.length}`,
    );
  }
  image.channels.forEach((channel, c) => {
    const bad = channel.values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0)
      throw new SegathlonError(
        "SEG501",
        `channel ${model.channels[c]?.name ?? c}: voxel ${bad} is ${channel.values[bad]}; expected finite intensities`,
      );
  });
  const order = compose(image.orientation, model.transpose);
  const permuted = image.channels.map((channel) => transformGrid(channel, order));
  const spacing = order.axes.map((axis) => image.spacingMm[axis] ?? 1) as [number, number, number];
  const permutedShape = permuted[0]?.shape ?? [0, 0, 0];
  const masked = model.channels.some(({ normalisation }) => normalisation.scheme === "z-score" && normalisation.masked);
  const region = model.crop === "nonzero" || masked ? nonzeroRegion(permuted) : null;
  const box: Box3 = model.crop === "nonzero" && region !== null ? region.box : { start: [0, 0, 0], end: permutedShape };
  const mask = region === null ? undefined : cropMask(region.mask, permutedShape, box);
  const target = model.spacing_mm ?? spacing;
  const cropped = boxShape(box);
  const shape = newShape(cropped, spacing, target);
  const { image_order, separate_axis_above, separate_axis_order } = model.resampling;
  const separate = separateAxis(spacing, target, separate_axis_above);
  const channels = permuted.map((channel, c) => {
    const grid = cropGrid(channel, box);
    const normalisation = model.channels[c]?.normalisation ?? { scheme: "none" as const };
    normaliseChannel(grid.values, normalisation, mask);
    if (shape.every((size, axis) => size === cropped[axis])) return grid;
    return separate === null
      ? resizeGrid(grid, shape, image_order)
      : resizeSeparately(grid, shape, separate, image_order, separate_axis_order);
  });
  return { channels, order, box, permutedShape, separate };
}

function cropMask(mask: Uint8Array, shape: Triple, box: Box3): Uint8Array {
  const size = boxShape(box);
  const result = new Uint8Array(voxelCount(size));
  let target = 0;
  for (let z = box.start[2]; z < box.end[2]; z++) {
    for (let y = box.start[1]; y < box.end[1]; y++) {
      const row = box.start[0] + shape[0] * (y + shape[1] * z);
      result.set(mask.subarray(row, row + size[0]), target);
      target += size[0];
    }
  }
  return result;
}

export interface PredictOptions {
  /** Average over mirrored images as the model says (default), or run each window once. */
  readonly mirroring?: "as-model" | "off";
  readonly onProgress?: (progress: SlidingWindowProgress) => void;
}

/**
 * Predicts the labels of one case.
 *
 * @param network runs the model's graph on one window
 * @returns labels on the image's own grid, x fastest
 * @throws SegathlonError SEG501 when the image does not fit the model
 */
export async function predictCase(
  image: CaseImage,
  model: ModelDocument,
  network: WindowNetwork,
  options: PredictOptions = {},
): Promise<Uint8Array | Uint16Array> {
  const prepared = prepareCase(image, model);
  const working = prepared.channels[0]?.shape ?? [0, 0, 0];
  const slabs = predictSlabs(
    prepared.channels,
    {
      patch: model.patch,
      step: model.step,
      gaussianSigma: model.gaussian_sigma,
      mirrorAxes: options.mirroring === "off" ? [] : model.mirror_axes,
      outputs: model.outputs.length,
    },
    network,
    options.onProgress,
  );
  const target = boxShape(prepared.box);
  const order = model.resampling.logit_order;
  const orders = ([0, 1, 2] as const).map((axis) =>
    axis === prepared.separate ? model.resampling.separate_axis_order : order,
  ) as [0 | 1, 0 | 1, 0 | 1];
  const labels = await labelsFromLogits(slabs, working, target, orders, {
    outputs: model.outputs,
    activation: model.activation,
  });
  for (const rule of model.postprocessing) keepLargestComponent(labels, target, rule.keep_largest_component);
  const pasted = pasteLabels(labels, prepared.permutedShape, prepared.box);
  return transformVoxels(pasted, prepared.permutedShape, invertTransform(prepared.order));
}

function pasteLabels(labels: Uint8Array | Uint16Array, shape: Triple, box: Box3): Uint8Array | Uint16Array {
  const size = boxShape(box);
  if (size.every((length, axis) => length === shape[axis])) return labels;
  const result = labels instanceof Uint16Array ? new Uint16Array(voxelCount(shape)) : new Uint8Array(voxelCount(shape));
  let source = 0;
  for (let z = box.start[2]; z < box.end[2]; z++) {
    for (let y = box.start[1]; y < box.end[1]; y++) {
      result.set(labels.subarray(source, source + size[0]), box.start[0] + shape[0] * (y + shape[1] * z));
      source += size[0];
    }
  }
  return result;
}
