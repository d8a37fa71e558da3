/** Findings from documents and the list of files, before any voxel is read. */
import type { Dataset, ReadingNote } from "../dataset.ts";
import { type Finding, type FindingName, finding } from "./finding.ts";

const noteKinds: Readonly<Record<ReadingNote["kind"], FindingName>> = {
  "misspelt-key": "misspelt-key",
  "junk-file": "junk-file",
  "missing-file": "missing-file",
  "unused-file": "unused-file",
  "duplicate-case": "duplicate-case",
  "duplicate-entry": "duplicate-case",
  "test-labels": "test-labels",
};

/** Pairs, counts, licences, labels, names. */
export function checkDocument(dataset: Dataset): Finding[] {
  return [
    ...notesAsFindings(dataset),
    ...checkPairs(dataset),
    ...checkCounts(dataset),
    ...checkLabelNames(dataset),
    ...checkLicences(dataset),
    ...checkNames(dataset),
  ];
}

function notesAsFindings({ notes }: Dataset): Finding[] {
  const testLabels = notes.filter((note) => note.kind === "test-labels");
  const findings = notes
    .filter((note) => note.kind !== "test-labels")
    .map(({ kind, file, message, expected, found, case: id }) =>
      finding(noteKinds[kind], message, {
        file,
        ...(id === undefined ? {} : { case: id }),
        ...(expected === undefined ? {} : { expected }),
        ...(found === undefined ? {} : { found }),
      }),
    );
  const first = testLabels[0];
  if (first !== undefined) {
    findings.push(
      finding(
        "test-labels",
        `label maps of ${testLabels.length} test cases lie beside the images, the first is ${first.file}`,
        {
          file: first.file,
          otherCases: testLabels.map((note) => note.case ?? "").filter((id) => id !== ""),
        },
      ),
    );
  }
  return findings;
}

function checkPairs({ cases, notes }: Dataset): Finding[] {
  const findings: Finding[] = [];
  // A listed file that is missing is named already.
  const named = new Set(notes.filter((note) => note.kind === "missing-file").map((note) => note.case));
  for (const one of cases) {
    const place = { case: one.id };
    if (one.image === undefined && one.label !== undefined && !named.has(one.id)) {
      const file = one.label.kind === "label-map" ? one.label.file : Object.values(one.label.files)[0];
      findings.push(
        finding("label-without-image", `${one.id} has a label map but no image`, {
          ...place,
          ...(file === undefined ? {} : { file }),
        }),
      );
    }
    if (one.image !== undefined && one.label === undefined && one.split === "train" && !named.has(one.id)) {
      const file = one.image.kind === "one-file" ? one.image.file : one.image.files[0];
      findings.push(
        finding("image-without-label", `${one.id} is a training case without a label map`, {
          ...place,
          ...(file === undefined ? {} : { file }),
        }),
      );
    }
    if (!one.listed) {
      findings.push(
        finding(
          "unlisted-case",
          `${one.id} lies in the folders (${one.split}) but the document does not list it`,
          place,
        ),
      );
    }
  }
  return findings;
}

function checkCounts({ declared, cases, documentFile, notes }: Dataset): Finding[] {
  const findings: Finding[] = [];
  const count = (split: "train" | "test"): number => cases.filter((one) => one.split === split && one.listed).length;
  const place = documentFile === undefined ? {} : { file: documentFile };
  for (const [what, split, stated] of [
    ["numTraining", "train", declared.training],
    ["numTest", "test", declared.test],
  ] as const) {
    // nnU-Net counts its validation cases among the training cases.
    const found = count(split);
    if (stated === undefined || stated === found) continue;
    const repeated = notes.filter((note) => note.kind === "duplicate-entry").length;
    findings.push(
      finding(
        "count-mismatch",
        `${what} is ${stated}, but ${found} ${split} cases are listed${repeated > 0 ? ` (${repeated} twice)` : ""}`,
        {
          ...place,
          expected: String(found),
          found: String(stated),
        },
      ),
    );
  }
  return findings;
}

function checkLabelNames({ labels, cases, documentFile, regions }: Dataset): Finding[] {
  const findings: Finding[] = [];
  const place = documentFile === undefined ? {} : { file: documentFile };
  if (labels.length === 0 && regions.length === 0 && cases.some((one) => one.label !== undefined)) {
    findings.push(finding("undeclared-labels", "the dataset does not say what its labels mean", place));
  }
  const values = labels.map((label) => label.value);
  const gap = values.find((value, n) => value !== n + 1);
  if (gap !== undefined) {
    findings.push(
      finding("labels-not-consecutive", `label values are ${values.join(", ")}`, {
        ...place,
        expected: `1 to ${values.length}`,
        found: values.join(", "),
      }),
    );
  }
  return findings;
}

/** A licence in SPDX's spelling as far as it can be told: `CC-BY-SA 4.0 (https://...)` becomes `CC-BY-SA-4.0`. */
export function normalisedLicence(text: string): string {
  const upper = text
    .toUpperCase()
    .replace(/CREATIVE COMMONS/g, "CC")
    .replace(/ATTRIBUTION/g, "BY")
    .replace(/NON-?COMMERCIAL/g, "NC")
    .replace(/SHARE-?ALIKE/g, "SA")
    .replace(/NO-?DERIVATIVES/g, "ND");
  const zero = /\bCC[- ]?0\b/.test(upper);
  if (zero) return "CC0-1.0";
  const match = /\bCC[- ]+BY((?:[- ]+(?:NC|SA|ND))*)(?:[^0-9]{0,20}(\d\.\d))?/.exec(upper);
  if (match) return `CC-BY${(match[1] ?? "").replace(/[- ]+/g, "-")}${match[2] === undefined ? "" : `-${match[2]}`}`;
  if (/APACHE/.test(upper)) return "Apache-2.0";
  return upper.replace(/\s+/g, " ").trim();
}

function checkLicences({ licences, documentFile }: Dataset): Finding[] {
  const stated = licences.filter((one) => one.value.trim() !== "");
  if (stated.length === 0) {
    return [
      finding(
        "licence-missing",
        "no licence is stated in the document or in a LICENSE file",
        documentFile === undefined ? {} : { file: documentFile },
      ),
    ];
  }
  const kinds = new Set(stated.map((one) => normalisedLicence(one.value)));
  if (kinds.size < 2) return [];
  const text = stated.map((one) => `${one.source} says "${one.value}"`).join(", ");
  return [finding("licence-conflict", `licence statements disagree: ${text}`, { found: [...kinds].join(", ") })];
}

function checkNames({ cases }: Dataset): Finding[] {
  const seen = new Map<string, string>();
  const findings: Finding[] = [];
  for (const { id } of cases) {
    const folded = id.normalize("NFC").toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) {
      findings.push(
        finding("name-collision", `cases ${other} and ${id} differ only in case or in Unicode form`, {
          case: id,
          otherCases: [other],
        }),
      );
    }
    seen.set(folded, id);
  }
  return findings;
}
