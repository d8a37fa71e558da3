/** What readers of folder layouts share: files by role, pairing of images and labels, notes on what was passed over. */
import type {
  CaseAttributes,
  DatasetCase,
  ImageSource,
  LabelSource,
  MetadataTable,
  ReadingNote,
  SplitName,
} from "../dataset.ts";
import type { DatasetSource } from "../dataset-source.ts";
import { baseName, folderName, isHiddenFile, isJunkFile, naturalOrder, volumeExtension } from "../file-name.ts";
import { findCaseColumn, parseTable, tableAttributes } from "../metadata-table.ts";

/** The useful files of a source; junk becomes notes. */
export interface Listing {
  readonly paths: ReadonlySet<string>;
  readonly volumes: readonly string[];
  readonly notes: readonly ReadingNote[];
}

export function listFiles(source: DatasetSource): Listing {
  const notes: ReadingNote[] = [];
  const paths = new Set<string>();
  for (const { path } of source.files) {
    if (isJunkFile(path)) notes.push({ kind: "junk-file", file: path, message: `${path} is not part of the data` });
    else if (!isHiddenFile(path)) paths.add(path);
  }
  const volumes = [...paths]
    .filter((path) => {
      const extension = volumeExtension(path);
      // Of a .hdr/.img pair the header stands for both.
      return extension !== undefined && !extension.startsWith(".img");
    })
    .sort(naturalOrder);
  return { paths, volumes, notes };
}

/** Volumes directly inside one of these folders. */
export function volumesIn(listing: Listing, folder: string): string[] {
  return listing.volumes.filter((path) => folderName(path) === folder);
}

/** A case under construction. */
export interface Draft {
  id: string;
  split: SplitName;
  image?: ImageSource;
  label?: LabelSource;
  listed: boolean;
}

/** Largest table that is read as metadata. */
const maxTableBytes = 32 * 1024 * 1024;

/** Tables at the root or one folder below it. */
export async function readTables(source: DatasetSource, caseIds: readonly string[]): Promise<MetadataTable[]> {
  const tables: MetadataTable[] = [];
  for (const { path, bytes } of source.files) {
    if (!/\.(csv|tsv)$/i.test(path) || path.split("/").length > 2 || isJunkFile(path) || isHiddenFile(path)) continue;
    if (bytes > maxTableBytes) continue;
    const table = parseTable(path, new TextDecoder().decode(await source.read(path, maxTableBytes)));
    const caseColumn = findCaseColumn(table, caseIds);
    tables.push(caseColumn === undefined ? table : { ...table, caseColumn });
  }
  return tables;
}

/** Finished cases in natural order, with the attributes of all tables. */
export function finishCases(drafts: Iterable<Draft>, tables: readonly MetadataTable[]): DatasetCase[] {
  const list = [...drafts].sort((a, b) => naturalOrder(a.id, b.id));
  const ids = list.map((draft) => draft.id);
  const perTable = tables.map((table) => tableAttributes(table, ids));
  return list.map((draft) => {
    const attributes: CaseAttributes = Object.assign({}, ...perTable.map((table) => table.get(draft.id) ?? {}));
    return { ...draft, attributes };
  });
}

/** Licence texts that stand beside the data: the first line that names a licence. */
export async function readLicenceFiles(source: DatasetSource): Promise<{ source: string; value: string }[]> {
  const found: { source: string; value: string }[] = [];
  for (const { path, bytes } of source.files) {
    if (!/^(licen[cs]e|copying|readme)(\.(txt|md|rst))?$/i.test(baseName(path)) || path.includes("/")) continue;
    if (bytes > 1024 * 1024) continue;
    const text = new TextDecoder().decode(await source.read(path, 1024 * 1024));
    const value =
      /(CC[- ]BY[- ]?(?:NC|SA|ND)?[-A-Z0-9. ]{0,12}\d\.\d|CC0|Creative Commons[^\n]{0,80}|Apache License[^\n]{0,40}|MIT License|BSD[^\n]{0,30}License)/i.exec(
        text,
      )?.[1];
    if (value !== undefined) found.push({ source: path, value: value.trim().replace(/\s+/g, " ") });
  }
  return found;
}
