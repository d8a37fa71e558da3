/** Saving what a page shows as a file. */
import { csvText, type DataTable } from "@segathlon/plots";

export function saveBlob(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export function saveText(text: string, name: string, type: string): void {
  saveBlob(new Blob([text], { type: `${type};charset=utf-8` }), name);
}

export function saveCsv(table: DataTable, name: string): void {
  saveText(csvText(table), `${name}.csv`, "text/csv");
}

/** Writes `value` as indented JSON. */
export function saveJson(value: unknown, name: string): void {
  saveText(`${JSON.stringify(value, null, 2)}\n`, `${name}.json`, "application/json");
}
