/** Tables beside a dataset (CSV, TSV): which column names the case, and what the others say about it. */
import type { CaseAttributes, MetadataTable } from "./dataset.ts";

const maxRows = 1_000_000;

/** Splits CSV (RFC 4180) or TSV text into rows; the separator is the one that the first line uses most. */
export function parseTable(file: string, text: string): MetadataTable {
  const body = text.replace(/^\uFEFF/, "");
  const firstLine = body.slice(0, body.search(/\r?\n|$/));
  const separator = ["\t", ";", ","].reduce((best, one) =>
    firstLine.split(one).length > firstLine.split(best).length ? one : best,
  );
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < body.length; i += 1) {
    const c = body[i] as string;
    if (quoted) {
      if (c !== '"') cell += c;
      else if (body[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (c === '"' && cell === "") quoted = true;
    else if (c === separator) {
      row.push(cell);
      cell = "";
    } else if (c === "\n" || c === "\r") {
      if (c === "\r" && body[i + 1] === "\n") i += 1;
      row.push(cell);
      if (row.some((value) => value !== "")) rows.push(row);
      row = [];
      cell = "";
      if (rows.length > maxRows) break;
    } else cell += c;
  }
  if (cell !== "" || row.length > 0) rows.push([...row, cell]);
  const [columns = [], ...data] = rows;
  return { file, columns: columns.map((name) => name.trim()), rows: data };
}

/** The case of every row, for the column that names most of the cases; undefined when none names any. */
export function findCaseColumn(table: MetadataTable, caseIds: readonly string[]): number | undefined {
  const known = caseKeys(caseIds);
  let best: { column: number; hits: number } | undefined;
  table.columns.forEach((_, column) => {
    const hits = table.rows.filter((row) => caseOf(row[column], known) !== undefined).length;
    if (hits > (best?.hits ?? 0)) best = { column, hits };
  });
  const found = best as { column: number; hits: number } | undefined;
  // A column of small numbers (ages) must not pass for case numbers.
  const distinct = found === undefined ? 0 : new Set(table.rows.map((row) => row[found.column])).size;
  if (found === undefined) return undefined;
  const named = /(^|[\W_])(id|case|subject|participant|file|filename|image|scan)($|[\W_])/i.test(
    table.columns[found.column] ?? "",
  );
  return named || distinct >= 0.9 * table.rows.length ? found.column : undefined;
}

/** Case ids by themselves and, where it is unambiguous, by their number alone (AMOS: `1` is `amos_0001`). */
function caseKeys(caseIds: readonly string[]): Map<string, string | null> {
  const keys = new Map<string, string | null>();
  for (const id of caseIds) {
    keys.set(id, id);
    const number = /(\d+)$/.exec(id)?.[1];
    if (number === undefined) continue;
    const key = String(Number(number));
    keys.set(key, keys.has(key) && keys.get(key) !== id ? null : id);
  }
  return keys;
}

function caseOf(value: string | undefined, keys: ReadonlyMap<string, string | null>): string | undefined {
  if (value === undefined) return undefined;
  const trimmed = value.trim().replace(/\.nii(\.gz)?$/i, "");
  return keys.get(trimmed) ?? (/^\d+$/.test(trimmed) ? keys.get(String(Number(trimmed))) : undefined) ?? undefined;
}

/** Attributes by case id. A case that two rows name (AMOS: id 500) keeps none of the columns in which they disagree. */
export function tableAttributes(table: MetadataTable, caseIds: readonly string[]): Map<string, CaseAttributes> {
  const column = table.caseColumn;
  const result = new Map<string, Record<string, string | number | null>>();
  if (column === undefined) return result;
  const keys = caseKeys(caseIds);
  for (const row of table.rows) {
    const id = caseOf(row[column], keys);
    if (id === undefined) continue;
    const before = result.get(id);
    const attributes: Record<string, string | number | null> = {};
    table.columns.forEach((name, c) => {
      if (c === column || name === "") return;
      const value = attributeValue(row[c] ?? "");
      attributes[name] = before !== undefined && before[name] !== value ? null : value;
    });
    result.set(id, attributes);
  }
  return result;
}

function attributeValue(cell: string): string | number | null {
  const trimmed = cell.trim();
  if (trimmed === "" || /^(na|n\/a|nan|null|-)$/i.test(trimmed)) return null;
  // DICOM ages: 057Y.
  const age = /^0*(\d{1,3})Y$/.exec(trimmed);
  if (age) return Number(age[1]);
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
}
