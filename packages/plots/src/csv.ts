/** Comma-separated values after RFC 4180, safe to open in a spreadsheet. */

export type Cell = string | number | null;

/** Data behind a plot or a table. `null` cells are empty in CSV. */
export interface DataTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

function field(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") {
    if (!Number.isFinite(cell)) throw new RangeError(`csv: ${cell} is not a number that can be written`);
    return String(cell);
  }
  // A spreadsheet would run a cell that starts with one of these as a formula; a quote in front keeps it text.
  const text = /^[=+\-@\t\r]/.test(cell) && !/^-?\d/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Writes a table as CSV: a header line, CRLF line ends, numbers in their shortest exact form.
 *
 * @throws RangeError when a number is not finite.
 * @example
 * ```ts
 * csvText({ columns: ["case", "dice"], rows: [["a", 0.5]] }); // "case,dice\r\na,0.5\r\n"
 * ```
 */
export function csvText(table: DataTable): string {
  return [table.columns, ...table.rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
}
