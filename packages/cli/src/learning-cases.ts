/** Cases of a dataset for learning and predicting: which are trained on, which are predicted, and what the labels are called. */
import path from "node:path";
import { type Dataset, type DatasetCase, readDataset, type SplitName } from "@segathlon/dataset";
import { folderSource } from "@segathlon/dataset/node";
import { SegathlonError } from "@segathlon/errors";
import type { TrainingFiles } from "@segathlon/models/node";
import { optionError } from "./option-values.ts";

export interface PredictionCase {
  readonly case: string;
  readonly images: readonly string[];
}

export interface LearningCases {
  readonly dataset: Dataset;
  readonly channels: readonly string[];
  /** Foreground label values by name. */
  readonly labels: Readonly<Record<string, number>>;
  readonly training: readonly TrainingFiles[];
  /** Held-out cases with labels; empty without a fold. */
  readonly held: readonly TrainingFiles[];
  readonly test: readonly PredictionCase[];
}

/** Fold k of n: the labelled cases in natural order, every n-th from the k-th is held out. */
export interface FoldChoice {
  readonly fold: number;
  readonly folds: number;
}

/** `2/5` as the second of five folds; folds count from 1. */
export function foldOption(text: string): FoldChoice {
  const match = /^(\d{1,3})\/(\d{1,3})$/.exec(text);
  const [fold, folds] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || fold < 1 || folds < 2 || fold > folds) throw optionError("--fold", "k/n, such as 1/5", text);
  return { fold, folds };
}

function imagesOf(root: string, one: DatasetCase): string[] {
  const image = one.image;
  if (image === undefined) return [];
  return (image.kind === "one-file" ? [image.file] : [...image.files]).map((file) => path.join(root, file));
}

/**
 * Reads a dataset folder for learning.
 *
 * @throws SegathlonError SEG505 when no case has both image and label map
 */
export async function learningCases(folder: string, fold: FoldChoice | null): Promise<LearningCases> {
  const dataset = await readDataset(await folderSource(folder));
  const labelled = dataset.cases.flatMap((one): TrainingFiles[] => {
    const images = imagesOf(folder, one);
    if (images.length === 0 || one.label?.kind !== "label-map" || one.split === "test") return [];
    return [{ case: one.id, images, labels: path.join(folder, one.label.file) }];
  });
  if (labelled.length === 0) {
    throw new SegathlonError("SEG505", `${folder}: no case has both an image and a label map`, {
      where: { file: folder },
    });
  }
  const isHeld = (_: TrainingFiles, index: number): boolean => fold !== null && index % fold.folds === fold.fold - 1;
  const wanted: SplitName = "test";
  return {
    dataset,
    channels: dataset.channels.length > 0 ? dataset.channels : ["image"],
    labels: Object.fromEntries(dataset.labels.map(({ name, value }) => [name, value])),
    training: labelled.filter((entry, index) => !isHeld(entry, index)),
    held: labelled.filter(isHeld),
    test: dataset.cases
      .filter((one) => one.split === wanted && one.image !== undefined)
      .map((one) => ({ case: one.id, images: imagesOf(folder, one) })),
  };
}
