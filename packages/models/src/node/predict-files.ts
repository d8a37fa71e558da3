/** Predictions for image files: read, predict, write a label map with the image's geometry (temporary file, then rename). */
import type { LabelMap } from "@segathlon/volume";
import { invertTransform, toRasTransform, transformVoxels } from "@segathlon/volume";
import { writeLabelMapFile } from "@segathlon/volume/node";
import type { BaselineImage, FittedBaseline, TrainingCase } from "../baselines/training-case.ts";
import { orientationTransform, type PredictOptions, predictCase } from "../predict-case.ts";
import { readCaseImage, readCaseLabels } from "./case-image.ts";
import type { ModelPackage, OpenedModel } from "./model-package.ts";
import type { TrainingFiles } from "./train-model.ts";

/** Predicts one case with a model and writes `output`. */
export async function predictFile(
  images: readonly string[],
  output: string,
  model: ModelPackage,
  opened: OpenedModel,
  options: PredictOptions = {},
): Promise<LabelMap> {
  const image = await readCaseImage(images);
  const orientation = orientationTransform(image.geometry.affine, model.document.orientation);
  const labels = await predictCase(
    { channels: image.channels, spacingMm: image.geometry.spacingMm, orientation },
    model.document,
    opened.network,
    options,
  );
  const map: LabelMap = { geometry: image.geometry, labels };
  await writeLabelMapFile(output, map);
  return map;
}

async function rasImage(images: readonly string[]): Promise<{
  image: BaselineImage;
  loaded: Awaited<ReturnType<typeof readCaseImage>>;
  transform: ReturnType<typeof toRasTransform>;
}> {
  const loaded = await readCaseImage(images);
  const transform = toRasTransform(loaded.geometry.affine);
  const { shape, spacingMm } = loaded.geometry;
  const { axes } = transform;
  const turned = [shape[axes[0]], shape[axes[1]], shape[axes[2]]] as const;
  return {
    loaded,
    transform,
    image: {
      channels: loaded.channels.map((channel) => ({
        shape: turned,
        values: transformVoxels(channel.values, shape, transform),
      })),
      spacingMm: [spacingMm[axes[0]], spacingMm[axes[1]], spacingMm[axes[2]]],
    },
  };
}

/** A training case for the classical baselines, on the axes nearest to RAS. */
export async function readTrainingCase(files: TrainingFiles): Promise<TrainingCase> {
  const { image, loaded, transform } = await rasImage(files.images);
  const map = await readCaseLabels(files.labels, loaded.geometry);
  const labels = map.labels instanceof Uint8Array ? map.labels : Uint16Array.from(map.labels);
  return { ...image, case: files.case, labels: transformVoxels(labels, loaded.geometry.shape, transform) };
}

/** Predicts one case with a classical baseline and writes `output`. */
export async function predictFileWithBaseline(
  images: readonly string[],
  output: string,
  baseline: FittedBaseline,
): Promise<LabelMap> {
  const { image, loaded, transform } = await rasImage(images);
  const predicted = baseline.predict(image);
  const turned = image.channels[0]?.shape ?? [0, 0, 0];
  const map: LabelMap = {
    geometry: loaded.geometry,
    labels: transformVoxels(predicted, turned, invertTransform(transform)),
  };
  await writeLabelMapFile(output, map);
  return map;
}
