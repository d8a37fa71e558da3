/**
 * One mask per structure, as TotalSegmentator and 3D Slicer exports have it: `CASE/segmentations/liver.nii.gz` beside
 * `CASE/ct.nii.gz`. Label values are the positions of the names in natural order, unless `labels.csv` says otherwise.
 */
import type { Dataset, DatasetLabel, LabelSource, ReadingNote } from "../dataset.ts";
import type { DatasetSource } from "../dataset-source.ts";
import { baseName, folderName, hasControlCharacter, naturalOrder, stem } from "../file-name.ts";
import {
  type Draft,
  finishCases,
  type Listing,
  listFiles,
  readLicenceFiles,
  readTables,
  volumesIn,
} from "./folder-layout.ts";
import { channelsFile, labelsFile, readChannelsFile, readLabelsFile, readSplits } from "./sidecar.ts";

const maskFolder = /(^|\/)(segmentations|structures|masks)$/i;

/** Whether folders of masks are there. */
export function looksLikeStructures(listing: Listing): boolean {
  return listing.volumes.some((path) => maskFolder.test(folderName(path)));
}

/** Reads a folder of cases with one mask per structure. */
export async function readStructures(source: DatasetSource): Promise<Dataset> {
  const listing = listFiles(source);
  const notes: ReadingNote[] = [...listing.notes];
  const folders = [...new Set(listing.volumes.map(folderName).filter((folder) => maskFolder.test(folder)))].sort(
    naturalOrder,
  );
  const caseFolders = folders.map(folderName);
  const short = caseFolders.map(baseName);
  const unique = new Set(short).size === short.length;
  const splits = await readSplits(source);
  const channels = await readChannelsFile(source);
  const order = structureFileNames(channels);
  const place = (file: string): number => (order.includes(stem(file)) ? order.indexOf(stem(file)) : order.length);
  const named = await readLabelsFile(source);
  const files = structureFileNames(named.map((label) => label.name));
  const structureNames = new Set<string>();
  const channelNames = new Set<string>();
  const drafts: Draft[] = folders.map((folder, n) => {
    const caseFolder = caseFolders[n] ?? "";
    const id = (unique ? short[n] : caseFolder.replaceAll("/", "_")) || source.name;
    const masks: Record<string, string> = {};
    for (const file of volumesIn(listing, folder)) {
      const name = named[files.indexOf(stem(file))]?.name ?? stem(file);
      masks[name] = file;
      structureNames.add(name);
    }
    const images = volumesIn(listing, caseFolder).sort((a, b) => place(a) - place(b));
    for (const image of images) channelNames.add(stem(image));
    const label: LabelSource = { kind: "file-per-structure", files: masks };
    const draft: Draft = { id, split: splits.get(id) ?? "train", listed: true, label };
    const [first] = images;
    if (first !== undefined)
      draft.image =
        images.length === 1 ? { kind: "one-file", file: first } : { kind: "file-per-channel", files: images };
    return draft;
  });
  // Cases without masks: folders beside the others that hold images only.
  const parents = new Set(caseFolders.map(folderName));
  for (const file of listing.volumes) {
    const folder = folderName(file);
    if (folder === "" || caseFolders.includes(folder) || maskFolder.test(folder) || !parents.has(folderName(folder)))
      continue;
    const id = baseName(folder);
    const images = volumesIn(listing, folder).sort((a, b) => place(a) - place(b));
    if (drafts.some((draft) => draft.id === id)) continue;
    drafts.push({
      id,
      split: splits.get(id) ?? "test",
      listed: true,
      image: images.length === 1 ? { kind: "one-file", file } : { kind: "file-per-channel", files: images },
    });
  }
  const tables = (
    await readTables(
      source,
      drafts.map((draft) => draft.id),
    )
  ).filter((table) => table.file !== labelsFile && table.file !== channelsFile);
  const labels: DatasetLabel[] =
    named.length > 0 ? named : [...structureNames].sort(naturalOrder).map((name, n) => ({ value: n + 1, name }));
  return {
    format: "structures",
    name: source.name,
    description: "",
    reference: "",
    release: "",
    licences: await readLicenceFiles(source),
    channels: channels.length > 0 ? channels : [...channelNames].sort(naturalOrder),
    labels,
    regions: [],
    cases: finishCases(drafts, tables),
    folds: [],
    declared: {},
    tables,
    notes,
    otherKeys: {},
  };
}

/** A structure's name as a file name: no separators, no control characters, no leading dot. */
export function structureFileName(name: string): string {
  const safe = [...name].map((c) => (hasControlCharacter(c) ? "_" : c)).join("");
  return safe.replace(/[\\/:*?"<>|]/g, "_").replace(/^\.+/, "_") || "_";
}

/** File names for a list of names, each different from the others also where case does not count. */
export function structureFileNames(names: readonly string[]): string[] {
  const plain = names.map(structureFileName);
  const folded = plain.map((name) => name.toLowerCase());
  return plain.map((name, n) => (folded.indexOf(name.toLowerCase()) === n ? name : `${name}_${n}`));
}
