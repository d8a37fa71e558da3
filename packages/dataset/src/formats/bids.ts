/**
 * BIDS with derivatives: images `sub-X[_ses-Y]_<suffix>.nii.gz`, label maps `..._dseg.nii.gz` (also `_seg-manual`, as the spinal cord
 * community names them) under `derivatives/`, label names in `*dseg.tsv`. Source: BIDS specification 1.10, imaging derivatives.
 */
import { SegathlonError } from "@segathlon/errors";
import { z } from "zod";
import type { Dataset, DatasetCase, DatasetLabel, ReadingNote, SplitName } from "../dataset.ts";
import type { DatasetSource } from "../dataset-source.ts";
import { baseName, naturalOrder, stem } from "../file-name.ts";
import { parseTable } from "../metadata-table.ts";
import { type Draft, finishCases, type Listing, listFiles, readLicenceFiles, readTables } from "./folder-layout.ts";

const descriptionSchema = z.looseObject({
  Name: z.string().optional(),
  Description: z.string().optional(),
  Reference: z.string().optional(),
  Version: z.string().optional(),
  License: z.string().optional(),
  Licence: z.string().optional(),
  Channels: z.array(z.string()).optional(),
});
const maxText = 16 * 1024 * 1024;

/** Whether folders are named after subjects. */
export function looksLikeBids(listing: Listing): boolean {
  return (
    listing.paths.has("dataset_description.json") ||
    listing.volumes.some((path) => /(^|\/)sub-[A-Za-z0-9]+\//.test(path))
  );
}

/** Subject and session of a file. */
function caseName(path: string): string | undefined {
  const match = /^(sub-[A-Za-z0-9+]+(?:_ses-[A-Za-z0-9+]+)?)(?:_|$)/.exec(stem(path));
  return match?.[1];
}

function suffix(path: string): string {
  return stem(path).split("_").at(-1) ?? "";
}

/** Reads a BIDS dataset with label maps under `derivatives/`. @throws SegathlonError SEG201 */
export async function readBids(source: DatasetSource): Promise<Dataset> {
  const listing = listFiles(source);
  const notes: ReadingNote[] = [...listing.notes];
  const drafts = new Map<string, Draft>();
  const images = new Map<string, string[]>();
  const channels: string[] = [];
  for (const file of listing.volumes) {
    const id = caseName(file);
    if (id === undefined) {
      notes.push({ kind: "unused-file", file, message: `${file} is not named after a subject` });
      continue;
    }
    const draft = drafts.get(id) ?? { id, split: "train", listed: true };
    drafts.set(id, draft);
    const isLabel = /(^|\/)derivatives\//.test(file);
    if (!isLabel) {
      images.set(id, [...(images.get(id) ?? []), file]);
      if (!channels.includes(suffix(file))) channels.push(suffix(file));
    } else if (/(_dseg|_seg-manual|_seg|_mask)$/.test(stem(file)) && draft.label === undefined) {
      draft.label = { kind: "label-map", file };
    } else {
      notes.push({ kind: "unused-file", file, case: id, message: `${file} is not the first label map of ${id}` });
    }
  }
  const description = await readDescription(source, listing);
  // BIDS has no order of channels; our own writer says it, otherwise it is that of the names.
  const told = description.Channels ?? [];
  const toldSuffixes = bidsSuffixes(told);
  const sameChannels = told.length === channels.length && toldSuffixes.every((one) => channels.includes(one));
  if (sameChannels) channels.splice(0, channels.length, ...toldSuffixes);
  else channels.sort(naturalOrder);
  for (const [id, files] of images) {
    const draft = drafts.get(id);
    if (draft === undefined) continue;
    const ordered = [...files].sort((a, b) => channels.indexOf(suffix(a)) - channels.indexOf(suffix(b)));
    draft.image =
      ordered.length === 1
        ? { kind: "one-file", file: ordered[0] ?? "" }
        : { kind: "file-per-channel", files: ordered };
  }
  const tables = await readTables(source, [...drafts.keys()]);
  const participants = tables.find((table) => table.file === "participants.tsv");
  const cases = finishCases(drafts.values(), tables).map((one) => restored(one));
  const licence = description.License ?? description.Licence;
  const licences = await readLicenceFiles(source);
  return {
    format: "bids",
    name: description.Name ?? source.name,
    description: description.Description ?? "",
    reference: description.Reference ?? "",
    release: description.Version ?? "",
    licences: licence === undefined ? licences : [{ source: "dataset_description.json", value: licence }, ...licences],
    channels: sameChannels ? told : channels,
    labels: await readLabelTable(source, listing),
    regions: [],
    cases: [...cases].sort((a, b) => naturalOrder(a.id, b.id)),
    folds: [],
    declared: {},
    ...(listing.paths.has("dataset_description.json") ? { documentFile: "dataset_description.json" } : {}),
    tables: participants === undefined ? tables : [participants, ...tables.filter((table) => table !== participants)],
    notes,
    otherKeys: {},
  };
}

/** The id and the split that our own writer kept in `participants.tsv`. */
function restored(one: DatasetCase): DatasetCase {
  const { source_case: id, split, ...attributes } = one.attributes;
  const known: SplitName = split === "validation" || split === "test" ? split : one.split;
  return {
    ...one,
    id: typeof id === "string" ? id : one.id,
    split: known,
    attributes: id === undefined ? one.attributes : attributes,
  };
}

async function readDescription(source: DatasetSource, listing: Listing): Promise<z.infer<typeof descriptionSchema>> {
  const file = "dataset_description.json";
  if (!listing.paths.has(file)) return {};
  try {
    return descriptionSchema.parse(JSON.parse(new TextDecoder().decode(await source.read(file, maxText))));
  } catch (error) {
    throw new SegathlonError(
      "SEG201",
      `${file}: ${error instanceof SyntaxError ? error.message : "does not follow BIDS"}`,
      {
        where: { file },
        cause: error,
      },
    );
  }
}

async function readLabelTable(source: DatasetSource, listing: Listing): Promise<DatasetLabel[]> {
  const file = [...listing.paths]
    .filter((path) => /(^|\/)([^/]*_)?dseg\.tsv$/.test(path))
    .sort((a, b) => a.split("/").length - b.split("/").length || naturalOrder(a, b))[0];
  if (file === undefined) return [];
  const table = parseTable(file, new TextDecoder().decode(await source.read(file, maxText)));
  const [index, name] = [table.columns.indexOf("index"), table.columns.indexOf("name")];
  return table.rows
    .map((row) => ({ value: Number(row[index]), name: row[name] ?? "" }))
    .filter(({ value }) => Number.isInteger(value) && value > 0)
    .sort((a, b) => a.value - b.value);
}

/** A case id as a BIDS subject label: letters and digits only. */
export function bidsSubject(id: string): string {
  return id.replace(/^sub-/, "").replace(/[^A-Za-z0-9]/g, "") || "x";
}

/** A channel as a BIDS suffix. */
export function bidsSuffix(channel: string): string {
  const known: Readonly<Record<string, string>> = {
    t1: "T1w",
    t1w: "T1w",
    t2: "T2w",
    t2w: "T2w",
    flair: "FLAIR",
    ct: "ct",
    pet: "pet",
    t1gd: "T1gd",
  };
  const plain = channel.replace(/[^A-Za-z0-9]/g, "");
  return known[plain.toLowerCase()] ?? (plain || "image");
}

/** Suffixes of all channels, different from each other. */
export function bidsSuffixes(channels: readonly string[]): string[] {
  const plain = channels.map(bidsSuffix);
  return plain.map((suffix, n) => (plain.indexOf(suffix) === n ? suffix : `${suffix}${n}`));
}

/** Where a case's files lie. */
export function bidsPaths(
  id: string,
  channels: readonly string[],
  extension: string,
): { images: string[]; label: string } {
  const subject = `sub-${bidsSubject(id)}`;
  return {
    images: bidsSuffixes(channels).map((suffix) => `${subject}/anat/${subject}_${suffix}${extension}`),
    label: `derivatives/labels/${subject}/anat/${baseName(subject)}_dseg${extension}`,
  };
}
