/**
 * nnU-Net v2 raw data: one file per channel (`CASE_0000.nii.gz`), labels by name, regions, an ignore label, `splits_final.json`, and
 * the explicit `dataset` form that names files one by one. Source: nnU-Net's documentation/dataset_format.md (v2).
 */
import { SegathlonError } from "@segathlon/errors";
import { z } from "zod";
import type { Dataset, DatasetCase, ReadingNote, SplitName } from "../dataset.ts";
import { type DatasetJson, maxDocumentBytes, parseDatasetJson, readChannels, readLabels } from "../dataset-json.ts";
import type { DatasetSource } from "../dataset-source.ts";
import { baseName, documentPath, naturalOrder, stem } from "../file-name.ts";
import {
  type Draft,
  finishCases,
  type Listing,
  listFiles,
  readLicenceFiles,
  readTables,
  volumesIn,
} from "./folder-layout.ts";

const documentFile = "dataset.json";
const splitsFile = "splits_final.json";
const splitsSchema = z.array(z.object({ train: z.array(z.string()), val: z.array(z.string()) }));
const modelKeys = new Set([
  "name",
  "description",
  "reference",
  "licence",
  "license",
  "release",
  "channel_names",
  "labels",
  "numTraining",
  "file_ending",
  "dataset",
  "regions_class_order",
]);

/** Reads an nnU-Net v2 raw dataset folder. @throws SegathlonError SEG201 */
export async function readNnunet(source: DatasetSource): Promise<Dataset> {
  const json = parseDatasetJson(await source.read(documentFile, maxDocumentBytes), documentFile);
  const listing = listFiles(source);
  const notes: ReadingNote[] = [...listing.notes];
  const drafts = new Map<string, Draft>();
  if (json.dataset !== undefined) takeNamed(json.dataset, listing, drafts, notes);
  else {
    takeImages(listing, "imagesTr", "train", json, drafts, notes);
    takeLabels(listing, "labelsTr", "train", drafts, notes);
  }
  takeImages(listing, "imagesTs", "test", json, drafts, notes);
  takeLabels(listing, "labelsTs", "test", drafts, notes);
  const tables = await readTables(source, [...drafts.keys()]);
  const licences = await readLicenceFiles(source);
  const licence = json.licence ?? json.license;
  const folds = await readFolds(source, listing);
  return {
    format: "nnunet",
    name: json.name ?? source.name,
    description: json.description ?? "",
    reference: json.reference ?? "",
    release: json.release ?? "",
    licences: licence === undefined ? licences : [{ source: documentFile, value: licence }, ...licences],
    channels: readChannels(json.channel_names ?? json.modality),
    ...readLabels(json.labels, documentFile),
    cases: finishCases(drafts.values(), tables),
    folds,
    declared: json.numTraining === undefined ? {} : { training: json.numTraining },
    documentFile,
    tables,
    notes,
    otherKeys: Object.fromEntries([
      ...Object.entries(json).filter(([key]) => !modelKeys.has(key)),
      ...(json.regions_class_order === undefined ? [] : [["regions_class_order", json.regions_class_order]]),
    ]),
  };
}

/** The case and the channel number of an image file, `CASE_0001.nii.gz`. */
function channelFile(path: string): { id: string; channel: number } | undefined {
  const match = /^(.+)_(\d{4})$/.exec(stem(path));
  return match ? { id: match[1] as string, channel: Number(match[2]) } : undefined;
}

function takeImages(
  listing: Listing,
  folder: string,
  split: SplitName,
  json: DatasetJson,
  drafts: Map<string, Draft>,
  notes: ReadingNote[],
): void {
  const found = new Map<string, string[]>();
  for (const file of volumesIn(listing, folder)) {
    const parsed = channelFile(file);
    if (parsed === undefined) {
      notes.push({
        kind: "unused-file",
        file,
        message: `${file} has no channel number`,
        expected: `${stem(file)}_0000${json.file_ending ?? ""}`,
        found: baseName(file),
      });
      continue;
    }
    const files = found.get(parsed.id) ?? [];
    if (files[parsed.channel] !== undefined) {
      notes.push({
        kind: "unused-file",
        file,
        case: parsed.id,
        message: `${file} is a second channel ${parsed.channel} of ${parsed.id}`,
      });
      continue;
    }
    files[parsed.channel] = file;
    found.set(parsed.id, files);
  }
  const channels = Object.keys(json.channel_names ?? json.modality ?? {}).length;
  for (const [id, files] of found) {
    for (let channel = 0; channel < Math.max(channels, files.length); channel += 1) {
      if (files[channel] !== undefined) continue;
      const name = `${folder}/${id}_${String(channel).padStart(4, "0")}${json.file_ending ?? ".nii.gz"}`;
      notes.push({
        kind: "missing-file",
        file: name,
        case: id,
        message: `${id} has no file for channel ${channel}`,
        expected: name,
      });
    }
    put(drafts, notes, {
      id,
      split,
      listed: true,
      image: { kind: "file-per-channel", files: files.filter((file) => file !== undefined) },
    });
  }
}

function put(drafts: Map<string, Draft>, notes: ReadingNote[], draft: Draft): void {
  const before = drafts.get(draft.id);
  if (before === undefined) drafts.set(draft.id, draft);
  else
    notes.push({
      kind: "duplicate-case",
      file: documentFile,
      case: draft.id,
      message: `${draft.id} stands in ${before.split} and in ${draft.split}`,
    });
}

function takeLabels(
  listing: Listing,
  folder: string,
  split: SplitName,
  drafts: Map<string, Draft>,
  notes: ReadingNote[],
): void {
  for (const file of volumesIn(listing, folder)) {
    const id = stem(file);
    const draft = drafts.get(id) ?? { id, split, listed: true };
    if (draft.label !== undefined) {
      notes.push({ kind: "unused-file", file, case: id, message: `${file} is a second label map of ${id}` });
      continue;
    }
    draft.label = { kind: "label-map", file };
    drafts.set(id, draft);
    if (split === "test")
      notes.push({ kind: "test-labels", file, case: id, message: `${file} is the label map of a test case` });
  }
}

/** The explicit form: `dataset: { case: { images: [...], label } }`. */
function takeNamed(
  named: NonNullable<DatasetJson["dataset"]>,
  listing: Listing,
  drafts: Map<string, Draft>,
  notes: ReadingNote[],
): void {
  const present = (id: string, path: string): string | undefined => {
    const file = documentPath(path);
    if (file !== undefined && listing.paths.has(file)) return file;
    notes.push({
      kind: "missing-file",
      file: path,
      case: id,
      message: `${documentFile} lists ${path}, which is not there`,
    });
    return undefined;
  };
  for (const [id, { images, label }] of Object.entries(named)) {
    const files = images.map((path) => present(id, path)).filter((file) => file !== undefined);
    const labelFile = label === undefined ? undefined : present(id, label);
    put(drafts, notes, {
      id,
      split: "train",
      listed: true,
      ...(files.length > 0 ? { image: { kind: "file-per-channel", files } as const } : {}),
      ...(labelFile === undefined ? {} : { label: { kind: "label-map", file: labelFile } as const }),
    });
  }
}

async function readFolds(source: DatasetSource, listing: Listing): Promise<Dataset["folds"]> {
  if (!listing.paths.has(splitsFile)) return [];
  const bytes = await source.read(splitsFile, maxDocumentBytes);
  try {
    return splitsSchema
      .parse(JSON.parse(new TextDecoder().decode(bytes)))
      .map((fold) => ({ train: fold.train, validation: fold.val }));
  } catch (error) {
    throw new SegathlonError("SEG201", `${splitsFile}: expected a list of { "train": [...], "val": [...] }`, {
      where: { file: splitsFile },
      cause: error,
    });
  }
}

/** Where the files of a case lie. nnU-Net keeps validation cases with the training cases; folds tell them apart. */
export function nnunetPaths(
  id: string,
  split: SplitName,
  channels: number,
  extension: string,
): { images: string[]; label: string } {
  const part = split === "test" ? "Ts" : "Tr";
  return {
    images: Array.from({ length: channels }, (_, n) => `images${part}/${id}_${String(n).padStart(4, "0")}${extension}`),
    label: `labels${part}/${id}${extension}`,
  };
}

/** nnU-Net v2's `dataset.json`: labels by name, regions where there are any. */
export function nnunetDocument(
  dataset: Omit<Dataset, "cases">,
  cases: readonly Pick<DatasetCase, "split">[],
  extension: string,
): Record<string, unknown> {
  const labels: Record<string, number | readonly number[]> = { background: 0 };
  if (dataset.regions.length > 0) for (const { name, values } of dataset.regions) labels[name] = values;
  else for (const { name, value } of dataset.labels) labels[name] = value;
  if (dataset.ignoreLabel !== undefined) labels.ignore = dataset.ignoreLabel;
  const order = dataset.labels.map((label) => label.value);
  return {
    channel_names: Object.fromEntries(dataset.channels.map((name, n) => [String(n), name])),
    labels,
    ...(dataset.regions.length > 0 ? { regions_class_order: dataset.otherKeys.regions_class_order ?? order } : {}),
    numTraining: cases.filter((one) => one.split !== "test").length,
    file_ending: extension,
    name: dataset.name,
    description: dataset.description,
    reference: dataset.reference,
    licence: dataset.licences[0]?.value ?? "",
    release: dataset.release,
    ...Object.fromEntries(Object.entries(dataset.otherKeys).filter(([key]) => key !== "regions_class_order")),
  };
}

/** Whether a `dataset.json` is nnU-Net's: it speaks of `channel_names` and does not list its cases. */
export function isNnunetDocument(json: DatasetJson): boolean {
  return json.channel_names !== undefined && json.training === undefined;
}

/** Cases that lie in training folders, in natural order. */
export function trainingIds(cases: readonly Pick<DatasetCase, "id" | "split">[]): string[] {
  return cases
    .filter((one) => one.split !== "test")
    .map((one) => one.id)
    .sort(naturalOrder);
}
