/**
 * Case attributes: what is known about a case besides its voxels (centre, scanner, modality, phase, sex, age), from a CSV with a
 * column `case`. They are carried into the report, so that rankings can be sliced by them.
 */
import { SegathlonError } from "@segathlon/errors";
import { readCsv } from "./csv.ts";
import type { CaseResult } from "./evaluation-document.ts";
import { looseName } from "./volume-file-name.ts";

export type CaseAttributes = CaseResult["attributes"];

/** A cell that is a plain decimal number becomes one; identifiers such as `007` stay text. */
function attributeValue(cell: string): string | number {
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(cell) ? Number(cell) : cell;
}

/**
 * Attributes by case name. Empty cells are left out.
 *
 * @throws SegathlonError `SEG110` when there is no column `case`, a column has no name or comes twice, a case comes twice, or a
 * row has more cells than the header.
 *
 * @example
 * ```ts
 * readCaseAttributes("case,centre,age\nliver_0,A,61\n"); // Map { "liver_0" => { centre: "A", age: 61 } }
 * ```
 */
export function readCaseAttributes(text: string, file = "CSV"): Map<string, CaseAttributes> {
  const [header, ...rows] = readCsv(text, file);
  const columns = (header?.cells ?? []).map((cell) => cell.trim());
  const caseColumn = columns.indexOf("case");
  const fail = (line: number, what: string, hint?: string): SegathlonError =>
    new SegathlonError("SEG110", `${file}, line ${line}: ${what}`, {
      where: { file, line },
      ...(hint ? { hint } : {}),
    });
  if (caseColumn < 0) {
    throw fail(1, `expected a column "case", found ${columns.map((name) => `"${name}"`).join(", ") || "nothing"}`);
  }
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) throw fail(1, `the column "${twice}" comes twice`);
  const attributes = new Map<string, CaseAttributes>();
  for (const { line, cells } of rows) {
    const name = cells[caseColumn]?.trim() ?? "";
    if (name === "") throw fail(line, "the case has no name");
    if (attributes.has(name)) throw fail(line, `case ${name} comes twice`, "Keep one row per case.");
    if (cells.length > columns.length) {
      throw fail(line, `expected ${columns.length} cells, found ${cells.length}`, "Quote cells that hold a comma.");
    }
    const own: Record<string, string | number> = {};
    for (const [index, column] of columns.entries()) {
      const cell = cells[index]?.trim() ?? "";
      if (index === caseColumn || cell === "") continue;
      if (column === "") throw fail(1, `column ${index + 1} has values but no name`);
      own[column] = attributeValue(cell);
    }
    attributes.set(name, own);
  }
  return attributes;
}

/** The attributes of each case, matched by name (`-` and `_` equal), and a note on rows that belong to no case. */
export function attributesForCases(
  cases: readonly string[],
  attributes: ReadonlyMap<string, CaseAttributes>,
): { byCase: Map<string, CaseAttributes>; notes: string[] } {
  const byCase = new Map<string, CaseAttributes>();
  const used = new Set<string>();
  const loose = new Map([...attributes.keys()].map((name) => [looseName(name), name] as const));
  for (const name of cases) {
    const key = attributes.has(name) ? name : loose.get(looseName(name));
    const own = key === undefined ? undefined : attributes.get(key);
    if (key === undefined || own === undefined) continue;
    byCase.set(name, own);
    used.add(key);
  }
  const notes: string[] = [];
  const unused = attributes.size - used.size;
  if (unused > 0) notes.push(`${unused} of ${attributes.size} rows of case attributes belong to no case`);
  const without = cases.length - byCase.size;
  if (attributes.size > 0 && without > 0) notes.push(`${without} of ${cases.length} cases have no attributes`);
  return { byCase, notes };
}
