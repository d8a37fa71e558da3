/** Copies a dataset into another format. Files that the target can hold are copied byte for byte. */
import { join } from "node:path";
import { SegathlonError } from "@segathlon/errors";
import { type Volume, voxelTypeOf } from "@segathlon/volume";
import { readHeaderFile, readVolumeFile } from "@segathlon/volume/node";
import type { Dataset, DatasetCase, DatasetFormat } from "../dataset.ts";
import { baseName, volumeExtension } from "../file-name.ts";
import { whatIsLost } from "../what-is-lost.ts";
import { type CaseVolume, createDatasetWriter } from "./dataset-writer.ts";
import type { FolderSource } from "./folder-source.ts";
import { combineMasks } from "./read-case.ts";

export interface ConvertOptions {
  /** `refuse` (the default) stops before anything is written when the target cannot hold something; `accept` goes on. */
  readonly losses?: "refuse" | "accept";
  readonly onCase?: (done: number, total: number) => void;
}

/** Files beside the cases that go along. */
const companions = /^(licen[cs]e|readme|copying|citation|attribution)[^/]*$/i;
/** Tables that writers make themselves. */
const ownTables = new Set(["cases.csv", "channels.csv", "labels.csv", "participants.tsv"]);

/**
 * Converts a dataset.
 *
 * @returns Sentences about what the target could not hold; empty when nothing was lost.
 * @throws SegathlonError SEG206 when something would be lost and losses are refused; SEG205 when the folder holds something; the error of
 * the first file that cannot be read. Nothing is left behind then.
 *
 * @example
 * ```ts
 * await convertDataset(source, dataset, "Dataset004_Hippocampus", "nnunet");
 * ```
 */
export async function convertDataset(
  source: FolderSource,
  dataset: Dataset,
  folder: string,
  format: DatasetFormat,
  options: ConvertOptions = {},
): Promise<string[]> {
  const lost = whatIsLost(dataset, format);
  if (lost.length > 0 && options.losses !== "accept") {
    throw new SegathlonError("SEG206", `${format} cannot hold: ${lost.join("; ")}`, { where: { file: source.name } });
  }
  const channels = dataset.channels.length > 0 ? dataset.channels : await countedChannels(source, dataset);
  const writer = await createDatasetWriter(folder, format, { ...dataset, channels });
  try {
    for (const [n, one] of dataset.cases.entries()) {
      const label = await labelOf(source, dataset, one);
      if (label?.overlap !== undefined) {
        if (options.losses !== "accept") throw new SegathlonError("SEG206", label.overlap, { where: { case: one.id } });
        lost.push(label.overlap);
      }
      await writer.addCase({
        id: one.id,
        split: one.split,
        images: await imagesOf(source, one),
        ...(label === undefined ? {} : { label: label.volume }),
        attributes: one.attributes,
      });
      options.onCase?.(n + 1, dataset.cases.length);
    }
    for (const { path } of source.files) {
      const table = dataset.tables.some((other) => other.file === path) && !ownTables.has(path);
      if (table || companions.test(path)) await writer.addFile(baseName(path), await source.read(path));
    }
    await writer.finish();
    return lost;
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

/** Names for channels that the source does not name. */
async function countedChannels(source: FolderSource, dataset: Dataset): Promise<string[]> {
  const first = dataset.cases.find((one) => one.image !== undefined);
  if (first === undefined) return [];
  const images = await imagesOf(source, first);
  const count = images.reduce(
    (sum, image) => sum + (image.kind === "file" ? image.channels : image.volume.channels),
    0,
  );
  return Array.from({ length: count }, (_, n) => (count === 1 ? "image" : `channel${n}`));
}

async function imagesOf(source: FolderSource, { image }: DatasetCase): Promise<CaseVolume[]> {
  const files = image === undefined ? [] : image.kind === "one-file" ? [image.file] : image.files;
  const volumes: CaseVolume[] = [];
  for (const file of files) volumes.push(await fileVolume(source, file));
  return volumes;
}

/** NIfTI files as bytes; pairs and other formats as volumes, which are written anew. */
async function fileVolume(source: FolderSource, file: string): Promise<CaseVolume> {
  const extension = volumeExtension(file) ?? "";
  const path = join(source.folder, ...file.split("/"));
  if (extension !== ".nii.gz" && extension !== ".nii")
    return { kind: "volume", volume: await readVolumeFile(path, { fileName: file }) };
  const { channels } = await readHeaderFile(path, { fileName: file });
  return { kind: "file", extension, bytes: await source.read(file), channels };
}

async function labelOf(
  source: FolderSource,
  dataset: Dataset,
  one: DatasetCase,
): Promise<{ volume: CaseVolume; overlap?: string } | undefined> {
  const { label } = one;
  if (label === undefined) return undefined;
  if (label.kind === "label-map") return { volume: await fileVolume(source, label.file) };
  const combined = await combineMasks(source.folder, one.id, label.files, dataset.labels);
  if (combined.label.kind === "failed") {
    const { message, where } = combined.label.problem;
    throw new SegathlonError("SEG001", `case ${one.id}: ${message}`, { where });
  }
  const { labelMap } = combined.label.content;
  const narrow = dataset.labels.every((other) => other.value < 256)
    ? Uint8Array.from(labelMap.labels)
    : labelMap.labels;
  const volume: Volume = {
    format: "nifti1",
    geometry: labelMap.geometry,
    channels: 1,
    voxelType: voxelTypeOf(narrow),
    slope: 1,
    intercept: 0,
    data: narrow,
  };
  const [first] = combined.overlaps;
  return {
    volume: { kind: "volume", volume },
    ...(first === undefined
      ? {}
      : {
          overlap: `overlapping masks of ${one.id} (${combined.overlaps
            .map((pair) => `${pair.first} and ${pair.second}`)
            .slice(0, 5)
            .join(", ")}): a label map keeps the first`,
        }),
  };
}
