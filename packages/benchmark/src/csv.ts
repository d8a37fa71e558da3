/**
 * Comma-separated values (RFC 4180): read and written. A text that a spreadsheet would run as a formula is written with a leading
 * apostrophe, because case, structure and method names come from other people's files.
 */
import { SegathlonError } from "@segathlon/errors";

/** A cell: numbers are written with all their digits, null as an empty cell. */
export type CsvCell = string | number | null;

function csvCell(cell: CsvCell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as CSV text, each ended by a line feed. */
export function writeCsv(rows: readonly (readonly CsvCell[])[]): string {
  return rows.map((row) => `${row.map(csvCell).join(",")}\n`).join("");
}

/** A row of a CSV file and the line it starts on (from 1). */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Rows of a CSV text; comma or, when the first line has a semicolon and no comma, semicolon. A byte-order mark and empty lines
 * are passed over.
 *
 * @throws SegathlonError `SEG110` when a quote is never closed or stands in the middle of a cell.
 */
export function readCsv(text: string, file = "CSV"): CsvRow[] {
  const source = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const firstLine = source.slice(0, source.search(/[\r\n]|$/));
  const separator = firstLine.includes(";") && !firstLine.includes(",") ? ";" : ",";
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = "";
  let quoted = false;
  let closed = false;
  let line = 1;
  let start = 1;
  const fail = (what: string): SegathlonError =>
    new SegathlonError("SEG110", `${file}, line ${line}: ${what}`, { where: { file, line } });
  const endCell = (): void => {
    cells.push(cell);
    cell = "";
    closed = false;
  };
  const endRow = (): void => {
    endCell();
    if (cells.length > 1 || cells[0] !== "") rows.push({ line: start, cells });
    cells = [];
    start = line + 1;
  };
  for (let i = 0; i < source.length; i += 1) {
    const char = source.charAt(i);
    if (quoted) {
      if (char === "\n") line += 1;
      if (char !== '"') cell += char;
      else if (source.charAt(i + 1) === '"') {
        cell += '"';
        i += 1;
      } else {
        quoted = false;
        closed = true;
      }
    } else if (char === '"') {
      if (cell !== "" || closed) throw fail("a quotation mark inside a cell must be doubled and the cell quoted");
      quoted = true;
    } else if (char === separator) endCell();
    else if (char === "\n") {
      endRow();
      line += 1;
    } else if (char !== "\r") {
      if (closed) throw fail("text after the closing quotation mark of a cell");
      cell += char;
    }
  }
  if (quoted) throw fail("a quotation mark is never closed");
  if (cell !== "" || cells.length > 0) endRow();
  return rows;
}
