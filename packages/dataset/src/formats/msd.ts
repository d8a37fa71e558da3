/**
 * The layout of the Medical Segmentation Decathlon (and AMOS, which adds `validation`): `dataset.json` with imagesTr, labelsTr,
 * imagesTs; several channels in one 4D file. Facts and their sources: the `dataset.json` files themselves.
 */
import type { Dataset, DatasetCase, ReadingNote, SplitName } from "../dataset.ts";
import { type DatasetJson, maxDocumentBytes, parseDatasetJson, readChannels, readLabels } from "../dataset-json.ts";
import type { DatasetSource } from "../dataset-source.ts";
import { documentPath, folderName, stem } from "../file-name.ts";
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
const folders: readonly (readonly [SplitName, string, string])[] = [
  ["train", "imagesTr", "labelsTr"],
  ["validation", "imagesVa", "labelsVa"],
  ["test", "imagesTs", "labelsTs"],
];
const modelKeys = new Set([
  "name",
  "description",
  "reference",
  "licence",
  "license",
  "release",
  "relase",
  "tensorImageSize",
  "modality",
  "labels",
  "numTraining",
  "numTest",
  "training",
  "validation",
  "test",
]);

/**
 * Reads an MSD or AMOS folder. Cases that only the document or only the disk knows are kept and noted.
 *
 * @throws SegathlonError SEG201 when `dataset.json` cannot be understood
 */
export async function readMsd(source: DatasetSource): Promise<Dataset> {
  const json = parseDatasetJson(await source.read(documentFile, maxDocumentBytes), documentFile);
  const listing = listFiles(source);
  const notes: ReadingNote[] = [...listing.notes, ...spellingNotes(json)];
  const drafts = new Map<string, Draft>();
  const amos = json.validation !== undefined;
  takeListed(json.training ?? [], "train", listing, drafts, notes);
  takeListed(json.validation ?? [], "validation", listing, drafts, notes);
  takeListed(json.test ?? json.testing ?? [], "test", listing, drafts, notes);
  takeUnlisted(listing, drafts, notes);
  const tables = await readTables(source, [...drafts.keys()]);
  const licences = await readLicenceFiles(source);
  const licence = json.licence ?? json.license;
  return {
    format: amos ? "amos" : "msd",
    name: json.name ?? source.name,
    description: json.description ?? "",
    reference: json.reference ?? "",
    release: json.release ?? json.relase ?? "",
    licences: licence === undefined ? licences : [{ source: documentFile, value: licence }, ...licences],
    channels: readChannels(json.modality ?? json.channel_names),
    ...readLabels(json.labels, documentFile),
    cases: finishCases(drafts.values(), tables),
    folds: [],
    declared: {
      ...(json.numTraining === undefined ? {} : { training: json.numTraining }),
      ...(json.numTest === undefined ? {} : { test: json.numTest }),
      ...(typeof json.tensorImageSize === "string" ? { tensorImageSize: json.tensorImageSize } : {}),
    },
    documentFile,
    tables,
    notes,
    otherKeys: Object.fromEntries(Object.entries(json).filter(([key]) => !modelKeys.has(key))),
  };
}

function spellingNotes(json: DatasetJson): ReadingNote[] {
  const notes: ReadingNote[] = [];
  if (json.relase !== undefined) {
    notes.push({
      kind: "misspelt-key",
      file: documentFile,
      message: `${documentFile}: the release is spelt "relase"`,
      expected: "release",
      found: "relase",
    });
  }
  for (const [value, name] of Object.entries(json.labels ?? {})) {
    if (name === "arota") {
      notes.push({
        kind: "misspelt-key",
        file: documentFile,
        message: `${documentFile}: label ${value} is spelt "arota"`,
        expected: "aorta",
        found: "arota",
      });
    }
  }
  return notes;
}

/** A listed path as it lies on disk: as written, or with the extension that the dialect left out (`.nii` for `.nii.gz`). */
function onDisk(path: string, listing: Listing): string | undefined {
  const wanted = documentPath(path);
  if (wanted === undefined) return undefined;
  return [wanted, `${wanted}.gz`, wanted.replace(/\.gz$/i, "")].find((one) => listing.paths.has(one));
}

function takeListed(
  entries: NonNullable<DatasetJson["training"]>,
  split: SplitName,
  listing: Listing,
  drafts: Map<string, Draft>,
  notes: ReadingNote[],
): void {
  for (const entry of entries) {
    const image = typeof entry === "string" ? entry : Array.isArray(entry.image) ? (entry.image[0] ?? "") : entry.image;
    const label = typeof entry === "string" ? undefined : entry.label;
    const id = stem(documentPath(image) ?? image);
    const before = drafts.get(id);
    if (before !== undefined) {
      notes.push({
        kind: before.split === split ? "duplicate-entry" : "duplicate-case",
        file: documentFile,
        case: id,
        message: `${documentFile} lists ${id} twice (${before.split} and ${split})`,
      });
      continue;
    }
    const draft: Draft = { id, split, listed: true };
    const imageFile = onDisk(image, listing);
    if (imageFile === undefined) notes.push(missing(id, image));
    else draft.image = { kind: "one-file", file: imageFile };
    const labelFile = label === undefined ? undefined : onDisk(label, listing);
    if (label !== undefined && labelFile === undefined) notes.push(missing(id, label));
    if (labelFile !== undefined) draft.label = { kind: "label-map", file: labelFile };
    drafts.set(id, draft);
  }
}

function missing(id: string, file: string): ReadingNote {
  return { kind: "missing-file", file, case: id, message: `${documentFile} lists ${file}, which is not there` };
}

/** Files of the usual folders that the document does not list; also labels of test cases, which MSD withholds. */
function takeUnlisted(listing: Listing, drafts: Map<string, Draft>, notes: ReadingNote[]): void {
  const used = new Set<string>();
  for (const draft of drafts.values()) {
    if (draft.image?.kind === "one-file") used.add(draft.image.file);
    if (draft.label?.kind === "label-map") used.add(draft.label.file);
  }
  for (const [split, images, labels] of folders) {
    for (const file of [...volumesIn(listing, images), ...volumesIn(listing, labels)]) {
      if (used.has(file)) continue;
      used.add(file);
      const id = stem(file);
      const isImage = folderName(file) === images;
      const draft = drafts.get(id) ?? { id, split, listed: false };
      if (isImage ? draft.image !== undefined : draft.label !== undefined) {
        notes.push({
          kind: "unused-file",
          file,
          case: id,
          message: `${file} is a second ${isImage ? "image" : "label map"} of ${id}`,
        });
        continue;
      }
      if (isImage) draft.image = { kind: "one-file", file };
      else draft.label = { kind: "label-map", file };
      drafts.set(id, draft);
      if (!isImage && split === "test") {
        notes.push({ kind: "test-labels", file, case: id, message: `${file} is the label map of a test case` });
      }
    }
  }
}

/** Where a case's files lie in the layout that is written. */
export function msdPaths(id: string, split: SplitName, extension: string): { image: string; label: string } {
  const [, images, labels] = folders.find(([name]) => name === split) ?? (folders[0] as (typeof folders)[0]);
  return { image: `${images}/${id}${extension}`, label: `${labels}/${id}${extension}` };
}

/** The `dataset.json` of a dataset whose files lie as {@link msdPaths} says. Test labels are not listed, as in the decathlon. */
export function msdDocument(
  dataset: Omit<Dataset, "cases">,
  cases: readonly Pick<DatasetCase, "id" | "split" | "label">[],
  extension: string,
): Record<string, unknown> {
  const of = (split: SplitName): readonly Pick<DatasetCase, "id" | "split" | "label">[] =>
    cases.filter((one) => one.split === split);
  const pair = (one: Pick<DatasetCase, "id" | "split" | "label">): Record<string, string> => {
    const paths = msdPaths(one.id, one.split, extension);
    return one.label === undefined
      ? { image: `./${paths.image}` }
      : { image: `./${paths.image}`, label: `./${paths.label}` };
  };
  const validation = of("validation");
  return {
    name: dataset.name,
    description: dataset.description,
    reference: dataset.reference,
    licence: dataset.licences[0]?.value ?? "",
    release: dataset.release,
    tensorImageSize: dataset.channels.length > 1 ? "4D" : "3D",
    modality: Object.fromEntries(dataset.channels.map((name, n) => [String(n), name])),
    labels: Object.fromEntries([
      ["0", "background"],
      ...dataset.labels.map(({ value, name }) => [String(value), name]),
    ]),
    numTraining: of("train").length,
    numTest: of("test").length,
    training: of("train").map(pair),
    ...(validation.length > 0 ? { validation: validation.map(pair) } : {}),
    test: of("test").map((one) => `./${msdPaths(one.id, "test", extension).image}`),
    ...dataset.otherKeys,
  };
}
