/**
 * What may identify a person: dates, names and numbers in headers and tables; and cases of one person in two splits. Found values are
 * never repeated in a message: a report is passed around more freely than the data.
 */
import type { Dataset, MetadataTable } from "../dataset.ts";
import { tableAttributes } from "../metadata-table.ts";
import type { CaseFacts } from "./case-facts.ts";
import { type Finding, finding } from "./finding.ts";

/** What kind of identifier a text holds; undefined when none is recognised. */
export function identifierKind(text: string): string | undefined {
  if (/\b(19|20)\d{2}([-/.]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])\b/.test(text)) return "a date";
  if (/\b(0?[1-9]|[12]\d|3[01])[-/.](0?[1-9]|1[0-2])[-/.](19|20)\d{2}\b/.test(text)) return "a date";
  if (/[A-Za-z]{2,}\^[A-Za-z]+/.test(text)) return "a name";
  if (/[\w.+-]+@[\w-]+\.[A-Za-z]{2,}/.test(text)) return "an e-mail address";
  if (/\b\d+(\.\d+){6,}\b/.test(text)) return "a DICOM identifier";
  if (/\b(patient|subject)\s*(name|id)\b|\bPatient(Name|ID|BirthDate)\b|\bMRN\b|\baccession\b/i.test(text))
    return "a patient field";
  return undefined;
}

const identifyingColumn =
  /birth|\bdob\b|(^|[\s_])date|(first|last|family|given|patient|physician|operator)[\s_']*s?[\s_]*name|address|phone|e-?mail|\bmrn\b|\bssn\b|accession|\buid\b|patient[\s_]*id|institution/i;
const emptyCell = /^(|unknown|-|n\/?a|nan|none|null|anonymi[sz]ed|0)$/i;

/** Columns of a table that may identify a person, and why. */
export function identifyingColumns(
  table: MetadataTable,
): { readonly column: number; readonly name: string; readonly why: string }[] {
  return table.columns.flatMap((name, column) => {
    const cells = table.rows.map((row) => (row[column] ?? "").trim()).filter((cell) => !emptyCell.test(cell));
    if (cells.length === 0) return [];
    const kinds = cells.map((cell) => identifierKind(cell));
    const most = kinds.find((kind) => kind !== undefined);
    if (most !== undefined && kinds.filter((kind) => kind !== undefined).length >= 0.3 * cells.length)
      return [{ column, name, why: `holds ${most} in most rows` }];
    return identifyingColumn.test(name.replace(/manufacturer.*name|model.*name/i, ""))
      ? [{ column, name, why: "is named after one" }]
      : [];
  });
}

/** Identifiers in headers and tables. */
export function checkPrivacy(facts: readonly CaseFacts[], tables: readonly MetadataTable[]): Finding[] {
  const findings: Finding[] = [];
  const found = new Map<string, { kind: string; field: string; files: string[]; cases: string[] }>();
  for (const one of facts) {
    for (const file of [...one.images, ...(one.label === undefined ? [] : [one.label])]) {
      for (const { field, text } of file.texts) {
        const kind = identifierKind(text);
        if (kind === undefined) continue;
        const key = `${kind}/${field}`;
        const group = found.get(key) ?? { kind, field, files: [], cases: [] };
        group.files.push(file.file);
        if (!group.cases.includes(one.id)) group.cases.push(one.id);
        found.set(key, group);
      }
    }
  }
  for (const { kind, field, files, cases } of found.values()) {
    const [first = ""] = files;
    const [id = "", ...others] = cases;
    findings.push(
      finding(
        "quasi-identifier",
        `header field ${field} holds ${kind} in ${files.length === 1 ? first : `${files.length} files, the first is ${first}`}`,
        {
          case: id,
          file: first,
          otherCases: others,
          found: kind,
        },
      ),
    );
  }
  for (const table of tables) {
    for (const { name, why } of identifyingColumns(table)) {
      findings.push(
        finding("quasi-identifier", `${table.file}: column "${name}" ${why}`, { file: table.file, found: name }),
      );
    }
    const age = table.columns.findIndex((name) => /\bage\b/i.test(name));
    const old = table.rows.filter(
      (row) => Number(/^0*(\d{1,3})Y?$/.exec((row[age] ?? "").trim())?.[1] ?? 0) > 89,
    ).length;
    if (age >= 0 && old > 0) {
      findings.push(
        finding(
          "quasi-identifier",
          `${table.file}: ${old} ${old === 1 ? "age is" : "ages are"} above 89, which some rules count as identifying`,
          {
            file: table.file,
            severity: "note",
          },
        ),
      );
    }
  }
  return findings;
}

/** Groups of cases that are one person: by a patient number, by birth date with sex, or by BIDS subject. */
export function patientGroups(
  dataset: Pick<Dataset, "cases" | "tables">,
): { readonly cases: readonly string[]; readonly by: string }[] {
  const groups: { cases: readonly string[]; by: string }[] = [];
  const add = (by: string, keyOf: (id: string) => string | undefined): void => {
    const byKey = new Map<string, string[]>();
    for (const { id } of dataset.cases) {
      const key = keyOf(id);
      if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), id]);
    }
    for (const cases of byKey.values()) if (cases.length > 1) groups.push({ cases, by });
  };
  add("the same BIDS subject", (id) => /^(sub-[A-Za-z0-9]+)_ses-/.exec(id)?.[1]);
  const ids = dataset.cases.map((one) => one.id);
  for (const table of dataset.tables) {
    const attributes = tableAttributes(table, ids);
    const column = (pattern: RegExp): string | undefined =>
      table.columns.find((name, n) => n !== table.caseColumn && pattern.test(name));
    const value = (id: string, name: string | undefined): string | undefined => {
      const cell = name === undefined ? undefined : attributes.get(id)?.[name];
      return cell === undefined || cell === null || emptyCell.test(String(cell)) ? undefined : String(cell);
    };
    const patient = column(/^(patient|subject|participant)[\s_-]*(id|number|no)?$|^pid$|\bmrn\b/i);
    if (patient !== undefined) add(`the same value of "${patient}" in ${table.file}`, (id) => value(id, patient));
    const birth = column(/birth|\bdob\b/i);
    const sex = column(/\bsex\b|gender/i);
    const site = column(/^(site|centre|center|hospital)$/i);
    if (birth !== undefined) {
      add(`the same ${[birth, sex, site].filter((name) => name !== undefined).join(", ")} in ${table.file}`, (id) => {
        const date = value(id, birth);
        return date === undefined ? undefined : `${date}/${value(id, sex) ?? ""}/${value(id, site) ?? ""}`;
      });
    }
  }
  return groups;
}

/** The same person in two splits. */
export function checkPatients(dataset: Pick<Dataset, "cases" | "tables">): Finding[] {
  const splitOf = new Map(dataset.cases.map((one) => [one.id, one.split]));
  return patientGroups(dataset).flatMap(({ cases, by }) => {
    if (new Set(cases.map((id) => splitOf.get(id))).size < 2) return [];
    const [first = "", ...others] = cases;
    const names = cases.map((id) => `${id} (${splitOf.get(id)})`).join(", ");
    return [
      finding("patient-across-splits", `${names} seem to be one patient: they have ${by}`, {
        case: first,
        otherCases: others,
      }),
    ];
  });
}
