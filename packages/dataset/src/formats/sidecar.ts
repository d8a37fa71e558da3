/**
 * The small tables that layouts without a document of their own get: `labels.csv` (value, name), `channels.csv` (channel, name) and
 * `cases.csv` (case, split).
 */
import { SegathlonError } from "@segathlon/errors";
import type { DatasetLabel, MetadataTable, SplitName } from "../dataset.ts";
import type { DatasetSource } from "../dataset-source.ts";
import { parseTable } from "../metadata-table.ts";

export const labelsFile = "labels.csv";
export const channelsFile = "channels.csv";
export const casesFile = "cases.csv";

/** One CSV cell; quoted where it must be, and never the beginning of a spreadsheet formula. */
export function csvCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "string" && /^[=+@\t\r]|^-(?!\d)/.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** CSV text with a header line. */
export function csvText(
  columns: readonly string[],
  rows: readonly (readonly (string | number | null | undefined)[])[],
): string {
  return `${[columns, ...rows].map((row) => row.map(csvCell).join(",")).join("\n")}\n`;
}

async function readSidecar(source: DatasetSource, file: string): Promise<MetadataTable | undefined> {
  const found = source.files.find(({ path }) => path === file);
  if (found === undefined) return undefined;
  return parseTable(file, new TextDecoder().decode(await source.read(file, 32 * 1024 * 1024)));
}

/** Labels of `labels.csv`. @throws SegathlonError SEG201 for a value that is no label */
export async function readLabelsFile(source: DatasetSource): Promise<DatasetLabel[]> {
  const table = await readSidecar(source, labelsFile);
  return (table?.rows ?? [])
    .map(([value = "", name = ""], row) => {
      if (!/^\d+$/.test(value.trim())) {
        throw new SegathlonError("SEG201", `${labelsFile}: line ${row + 2}: "${value}" is no label value`, {
          where: { file: labelsFile, line: row + 2 },
        });
      }
      return { value: Number(value), name };
    })
    .filter((label) => label.value !== 0);
}

/** Splits of `cases.csv`, by case. */
export async function readSplits(source: DatasetSource): Promise<Map<string, SplitName>> {
  const table = await readSidecar(source, casesFile);
  const at = table?.columns.indexOf("split") ?? -1;
  const splits = new Map<string, SplitName>();
  for (const row of table?.rows ?? []) {
    const split = row[at];
    if (split === "train" || split === "validation" || split === "test") splits.set(row[0] ?? "", split);
  }
  return splits;
}

/** Channel names of `channels.csv`, in order; empty when there is none. */
export async function readChannelsFile(source: DatasetSource): Promise<string[]> {
  const table = await readSidecar(source, channelsFile);
  return [...(table?.rows ?? [])].sort((a, b) => Number(a[0]) - Number(b[0])).map((row) => row[1] ?? "");
}
