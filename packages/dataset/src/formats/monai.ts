/**
 * MONAI's datalist: a JSON file whose `training`, `validation` and `testing` entries name image files (one, or one per channel) and
 * a label file, with an optional fold. Source: `monai.data.load_decathlon_datalist` (MONAI 1.5).
 */
import { SegathlonError } from "@segathlon/errors";
import type { Dataset, DatasetCase, ReadingNote, SplitName } from "../dataset.ts";
import { type DatasetJson, maxDocumentBytes, parseDatasetJson, readChannels, readLabels } from "../dataset-json.ts";
import type { DatasetSource } from "../dataset-source.ts";
import { documentPath, stem } from "../file-name.ts";
import { type Draft, finishCases, listFiles, readLicenceFiles, readTables } from "./folder-layout.ts";

const modelKeys = new Set([
  "name",
  "description",
  "reference",
  "licence",
  "license",
  "release",
  "modality",
  "channel_names",
  "labels",
  "numTraining",
  "numTest",
  "training",
  "validation",
  "test",
  "testing",
  "tensorImageSize",
]);

/** The JSON file at the root that is a datalist, if there is one. */
export async function findDatalist(source: DatasetSource): Promise<string | undefined> {
  const candidates = source.files
    .filter(({ path, bytes }) => /^[^/]+\.json$/i.test(path) && bytes <= maxDocumentBytes)
    .map(({ path }) => path)
    .sort((a, b) => Number(/datalist/i.test(b)) - Number(/datalist/i.test(a)) || (a < b ? -1 : 1));
  for (const path of candidates) {
    try {
      const json = parseDatasetJson(await source.read(path, maxDocumentBytes), path);
      if (json.training !== undefined) return path;
    } catch (error) {
      // Other JSON files may lie beside the datalist; only SEG201 says that this is not one.
      if (!(error instanceof SegathlonError)) throw error;
    }
  }
  return undefined;
}

/** Reads a MONAI datalist. @throws SegathlonError SEG201 */
export async function readMonai(source: DatasetSource): Promise<Dataset> {
  const documentFile = await findDatalist(source);
  if (documentFile === undefined) {
    throw new SegathlonError("SEG200", `${source.name}: no JSON file at the root has a "training" list`);
  }
  const json = parseDatasetJson(await source.read(documentFile, maxDocumentBytes), documentFile);
  const listing = listFiles(source);
  const notes: ReadingNote[] = [...listing.notes];
  const drafts = new Map<string, Draft>();
  const foldOf = new Map<string, number>();
  const take = (entries: NonNullable<DatasetJson["training"]>, split: SplitName): void => {
    for (const entry of entries) {
      const record = typeof entry === "string" ? { image: entry } : entry;
      const images = Array.isArray(record.image) ? record.image : [record.image];
      const label = "label" in record ? record.label : undefined;
      const first = images[0] ?? "";
      const id = Array.isArray(record.image)
        ? stem(documentPath(first) ?? first).replace(/_0000$/, "")
        : stem(documentPath(first) ?? first);
      if (drafts.has(id)) {
        notes.push({
          kind: "duplicate-case",
          file: documentFile,
          case: id,
          message: `${documentFile} lists ${id} twice`,
        });
        continue;
      }
      const present = (path: string): string | undefined => {
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
      const files = images.map(present).filter((file) => file !== undefined);
      const labelFile = label === undefined ? undefined : present(label);
      const image = Array.isArray(record.image)
        ? ({ kind: "file-per-channel", files } as const)
        : ({ kind: "one-file", file: files[0] ?? "" } as const);
      drafts.set(id, {
        id,
        split,
        listed: true,
        ...(files.length === images.length ? { image } : {}),
        ...(labelFile === undefined ? {} : { label: { kind: "label-map", file: labelFile } as const }),
      });
      if ("fold" in record && typeof record.fold === "number") foldOf.set(id, record.fold);
    }
  };
  take(json.training ?? [], "train");
  take(json.validation ?? [], "validation");
  take(json.testing ?? json.test ?? [], "test");
  const tables = await readTables(source, [...drafts.keys()]);
  const licences = await readLicenceFiles(source);
  const licence = json.licence ?? json.license;
  return {
    format: "monai",
    name: json.name ?? source.name,
    description: json.description ?? "",
    reference: json.reference ?? "",
    release: json.release ?? "",
    licences: licence === undefined ? licences : [{ source: documentFile, value: licence }, ...licences],
    channels: readChannels(json.modality ?? json.channel_names),
    ...readLabels(json.labels, documentFile),
    cases: finishCases(drafts.values(), tables),
    folds: foldsOf(
      foldOf,
      [...drafts.values()].filter((draft) => draft.split === "train").map((draft) => draft.id),
    ),
    declared: {},
    documentFile,
    tables,
    notes,
    otherKeys: Object.fromEntries(Object.entries(json).filter(([key]) => !modelKeys.has(key))),
  };
}

/** MONAI names for each case the fold in which it validates. */
function foldsOf(foldOf: ReadonlyMap<string, number>, training: readonly string[]): Dataset["folds"] {
  const numbers = [...new Set(foldOf.values())].sort((a, b) => a - b);
  return numbers.map((fold) => ({
    train: training.filter((id) => foldOf.get(id) !== fold),
    validation: training.filter((id) => foldOf.get(id) === fold),
  }));
}

/** The datalist of cases whose files lie at `filesOf`. A case of several validation folds keeps the first. */
export function monaiDocument(
  dataset: Omit<Dataset, "cases">,
  cases: readonly Pick<DatasetCase, "id" | "split">[],
  filesOf: (id: string) => { readonly images: readonly string[]; readonly label?: string },
): Record<string, unknown> {
  const entry = ({ id }: Pick<DatasetCase, "id">): Record<string, unknown> => {
    const { images, label } = filesOf(id);
    const fold = dataset.folds.findIndex((one) => one.validation.includes(id));
    return {
      image: images.length === 1 ? images[0] : images,
      ...(label === undefined ? {} : { label }),
      ...(fold < 0 ? {} : { fold }),
    };
  };
  const of = (split: SplitName): Record<string, unknown>[] => cases.filter((one) => one.split === split).map(entry);
  return {
    name: dataset.name,
    description: dataset.description,
    reference: dataset.reference,
    licence: dataset.licences[0]?.value ?? "",
    release: dataset.release,
    modality: Object.fromEntries(dataset.channels.map((name, n) => [String(n), name])),
    labels: Object.fromEntries([
      ["0", "background"],
      ...dataset.labels.map(({ value, name }) => [String(value), name]),
    ]),
    training: of("train"),
    validation: of("validation"),
    testing: of("test"),
    ...dataset.otherKeys,
  };
}
