/**
 * Writes a copy of a dataset without what may identify a person: header texts and extensions emptied, columns of tables kept by an
 * allow-list only. Voxels, geometry and label values stay as they are, bit for bit.
 */

import { randomBytes } from "node:crypto";
import { mkdir, readdir, rename, rm, rmdir, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { SegathlonError } from "@segathlon/errors";
import { identifierKind } from "../check/check-privacy.ts";
import { niftiTextFields } from "../check/header-text.ts";
import { caseFiles, type Dataset, type MetadataTable } from "../dataset.ts";
import { volumeExtension } from "../file-name.ts";
import { csvText } from "../formats/sidecar.ts";
import type { FolderSource } from "./folder-source.ts";

export interface DeidentifyOptions {
  /** Columns that are kept beside those of {@link defaultColumns}; compared without case. */
  readonly keepColumns?: readonly string[];
  /** Header fields that keep their text, such as `descrip`. */
  readonly keepFields?: readonly string[];
  readonly onFile?: (done: number, total: number) => void;
}

/** Columns that describe groups rather than persons. */
export const defaultColumns: readonly string[] = [
  "case",
  "split",
  "sex",
  "gender",
  "age",
  "modality",
  "site",
  "centre",
  "center",
  "scanner",
  "manufacturer",
  "model",
  "phase",
  "disease",
  "pathology",
  "distribution",
  "fold",
];

export interface DeidentifyReport {
  readonly schema: "segathlon/deidentify@1";
  /** Header fields that were emptied, by file. */
  readonly headers: readonly { readonly file: string; readonly emptied: readonly string[] }[];
  readonly tables: readonly {
    readonly file: string;
    readonly kept: readonly string[];
    readonly removed: readonly string[];
    readonly changedCells: number;
  }[];
  /** Files of the source that were not copied, because nothing vouches for what is in them. */
  readonly leftOut: readonly string[];
  /** What only people can judge. */
  readonly remarks: readonly string[];
}

/**
 * @throws SegathlonError SEG205 when the folder holds something; SEG007 for a volume format whose header cannot be cleaned. Nothing is left
 * behind then.
 */
export async function deidentifyDataset(
  source: FolderSource,
  dataset: Dataset,
  folder: string,
  options: DeidentifyOptions = {},
): Promise<DeidentifyReport> {
  const target = resolve(folder);
  const present = await readdir(target).catch(() => []);
  if (present.length > 0)
    throw new SegathlonError("SEG205", `${folder} already holds ${present.length} entries`, {
      where: { file: folder },
    });
  const work = join(dirname(target), `.${basename(target)}.${randomBytes(6).toString("hex")}.partial`);
  const put = async (file: string, bytes: Uint8Array): Promise<void> => {
    const path = join(work, ...file.split("/"));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  };
  const volumes = [...new Set(dataset.cases.flatMap(caseFiles))];
  const present2 = new Set(source.files.map(({ path }) => path));
  const done = new Set<string>();
  const headers: { file: string; emptied: readonly string[] }[] = [];
  const keepFields = new Set(options.keepFields ?? []);
  try {
    for (const [n, file] of volumes.entries()) {
      const { bytes, emptied } = cleanVolume(await source.read(file), file, keepFields);
      await put(file, bytes);
      done.add(file);
      if (emptied.length > 0) headers.push({ file, emptied });
      const pair = file.replace(/\.hdr(\.gz)?$/i, ".img$1");
      if (pair !== file && present2.has(pair)) {
        await put(pair, await source.read(pair));
        done.add(pair);
      }
      options.onFile?.(n + 1, volumes.length);
    }
    const tables: DeidentifyReport["tables"][number][] = [];
    for (const table of dataset.tables) {
      const cleaned = cleanTable(table, options.keepColumns ?? []);
      await put(table.file, Buffer.from(cleaned.text));
      done.add(table.file);
      tables.push({
        file: table.file,
        kept: cleaned.kept,
        removed: cleaned.removed,
        changedCells: cleaned.changedCells,
      });
    }
    for (const { path } of source.files) {
      if (done.has(path)) continue;
      const known =
        path === dataset.documentFile ||
        /^(splits_final\.json|labels\.csv|channels\.csv|cases\.csv|derivatives\/labels\/(dseg\.tsv|dataset_description\.json)|licen[cs]e[^/]*)$/i.test(
          path,
        );
      if (!known) continue;
      await put(path, await source.read(path));
      done.add(path);
    }
    const leftOut = source.files.map(({ path }) => path).filter((path) => !done.has(path));
    const report: DeidentifyReport = {
      schema: "segathlon/deidentify@1",
      headers,
      tables,
      leftOut,
      remarks: remarks(dataset),
    };
    await put("deidentify.json", Buffer.from(`${JSON.stringify(report, null, 1)}\n`));
    await rmdir(target).catch(() => undefined);
    await rename(work, target);
    return report;
  } catch (error) {
    await rm(work, { recursive: true, force: true });
    throw error;
  }
}

function remarks(dataset: Dataset): string[] {
  const list = [
    "Faces: a head scan shows the face of its owner in 3D. Remove it where that matters; this program does not.",
    "Pixels: text burnt into images is not looked for.",
  ];
  const named = dataset.cases.filter((one) => identifierKind(one.id) !== undefined).length;
  if (named > 0) list.push(`${named} case names look like identifiers; files keep their names.`);
  return list;
}

const maxVolumeBytes = 16 * 1024 ** 3;

/** The same volume with an empty header text; voxels are not touched. */
export function cleanVolume(
  bytes: Uint8Array,
  file: string,
  keepFields: ReadonlySet<string>,
): { readonly bytes: Uint8Array; readonly emptied: string[] } {
  const extension = volumeExtension(file) ?? "";
  if (/\.nrrd$/.test(extension)) return cleanNrrd(bytes, keepFields);
  if (!/^\.(nii|hdr)(\.gz)?$/.test(extension)) {
    throw new SegathlonError("SEG007", `${file}: headers of ${extension || "this kind"} cannot be cleaned`, {
      where: { file },
      hint: "Convert the dataset first: segathlon convert.",
    });
  }
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const raw = packed ? gunzipSync(bytes, { maxOutputLength: maxVolumeBytes }) : Buffer.from(bytes);
  const cleaned = cleanNifti(raw, file, keepFields);
  // A gzip header may hold the file's old name and time; a new one holds neither.
  return { bytes: packed ? gzipSync(cleaned.bytes) : cleaned.bytes, emptied: cleaned.emptied };
}

function cleanNifti(raw: Buffer, file: string, keepFields: ReadonlySet<string>): { bytes: Buffer; emptied: string[] } {
  const sizes = [raw.length >= 4 ? raw.readInt32LE(0) : 0, raw.length >= 4 ? raw.readInt32BE(0) : 0];
  const size = sizes.find((one) => one === 348 || one === 540);
  if (size === undefined || raw.length < size)
    throw new SegathlonError("SEG006", `${file} has no NIfTI header`, { where: { file } });
  const little = sizes[0] === size;
  const header = Buffer.from(raw.subarray(0, size));
  const emptied: string[] = [];
  for (const [field, start, length] of niftiTextFields(header)) {
    if (keepFields.has(field)) continue;
    const area = header.subarray(start, start + length);
    if (area.some((byte) => byte !== 0)) emptied.push(field);
    area.fill(0);
  }
  const second = size === 540;
  const magic = header.toString("latin1", second ? 4 : 344, second ? 6 : 346);
  const singleFile = magic === "n+";
  const read = (): number =>
    second
      ? Number(little ? header.readBigInt64LE(168) : header.readBigInt64BE(168))
      : little
        ? header.readFloatLE(108)
        : header.readFloatBE(108);
  const offset = singleFile ? read() : raw.length;
  const start = second ? 544 : 352;
  if (!Number.isInteger(offset) || offset < start - 4 || offset > raw.length) {
    if (singleFile)
      throw new SegathlonError("SEG006", `${file}: the voxel offset ${offset} lies outside of the file`, {
        where: { file },
      });
  }
  if (raw.length > size + 4 && (singleFile ? offset > start : raw.length > size + 4)) emptied.push("extensions");
  if (!singleFile) return { bytes: Buffer.concat([header, Buffer.alloc(Math.min(4, raw.length - size))]), emptied };
  if (second) {
    if (little) header.writeBigInt64LE(BigInt(start), 168);
    else header.writeBigInt64BE(BigInt(start), 168);
  } else if (little) header.writeFloatLE(start, 108);
  else header.writeFloatBE(start, 108);
  return { bytes: Buffer.concat([header, Buffer.alloc(4), raw.subarray(offset)]), emptied };
}

/** NRRD: comments, key/value pairs and the `content` line go. */
function cleanNrrd(bytes: Uint8Array, keepFields: ReadonlySet<string>): { bytes: Uint8Array; emptied: string[] } {
  const raw = Buffer.from(bytes);
  const end = /\r?\n\r?\n/.exec(raw.toString("latin1", 0, Math.min(raw.length, 1024 * 1024)));
  const headerEnd = end === null ? raw.length : end.index + end[0].length;
  const emptied: string[] = [];
  const lines = raw.toString("latin1", 0, headerEnd).split(/\r?\n/);
  const kept = lines.filter((line, n) => {
    if (n === 0 || line === "") return true;
    const field = /^#/.test(line)
      ? "comment"
      : (/^([^:]+):=/.exec(line)?.[1] ?? (/^content:/i.test(line) ? "content" : undefined));
    if (field === undefined || keepFields.has(field)) return true;
    emptied.push(field);
    return false;
  });
  return { bytes: Buffer.concat([Buffer.from(kept.join("\n"), "latin1"), raw.subarray(headerEnd)]), emptied };
}

/** Columns of the allow-list; ages above 89 become 90, cells that look like dates or names become empty. */
function cleanTable(
  table: MetadataTable,
  keep: readonly string[],
): { text: string; kept: string[]; removed: string[]; changedCells: number } {
  const allowed = new Set([...defaultColumns, ...keep].map((name) => name.toLowerCase()));
  const plain = (name: string): string =>
    name
      .toLowerCase()
      .replace(/^patient's\s+/, "")
      .replace(/^manufacturer's model name$/, "model");
  const columns = table.columns
    .map((name, column) => ({ name, column }))
    .filter(
      ({ name, column }) => column === table.caseColumn || allowed.has(plain(name)) || allowed.has(name.toLowerCase()),
    );
  let changedCells = 0;
  const rows = table.rows.map((row) =>
    columns.map(({ name, column }) => {
      const cell = row[column] ?? "";
      if (column === table.caseColumn) return cell;
      const age = /\bage\b/i.test(name) ? /^0*(\d{1,3})(Y?)$/.exec(cell.trim()) : null;
      if (age !== null && Number(age[1]) > 89) {
        changedCells += 1;
        return age[2] === "Y" ? "090Y" : "90";
      }
      if (identifierKind(cell) !== undefined) {
        changedCells += 1;
        return "";
      }
      return cell;
    }),
  );
  const names = columns.map(({ name }) => name);
  const tabs = /\.tsv$/i.test(table.file);
  const text = tabs ? [names, ...rows].map((row) => `${row.join("\t")}\n`).join("") : csvText(names, rows);
  return { text, kept: names, removed: table.columns.filter((name) => !names.includes(name)), changedCells };
}
