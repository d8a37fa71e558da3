/** `check.json`: findings and facts of a dataset. */
import type { Dataset } from "../dataset.ts";
import { naturalOrder } from "../file-name.ts";
import type { CaseFacts } from "./case-facts.ts";
import { checkCase } from "./check-case.ts";
import { checkDocument } from "./check-document.ts";
import { checkFamily } from "./check-family.ts";
import { checkPatients, checkPrivacy } from "./check-privacy.ts";
import { type Finding, sortFindings } from "./finding.ts";

export interface CheckReport {
  readonly schema: "segathlon/check@1";
  readonly dataset: {
    readonly name: string;
    readonly format: string;
    readonly cases: number;
    readonly bySplit: Readonly<Record<string, number>>;
    readonly labels: readonly { readonly value: number; readonly name: string }[];
    readonly channels: readonly string[];
    readonly licences: Dataset["licences"];
  };
  readonly summary: { readonly errors: number; readonly warnings: number; readonly notes: number };
  readonly findings: readonly Finding[];
  readonly cases: readonly Omit<CaseFacts, "thumbnail" | "statistics">[];
}

/**
 * Puts all findings together. Pure: the facts come from reading the cases.
 *
 * @example
 * ```ts
 * const report = makeCheckReport(dataset, facts);
 * report.summary.errors; // 0
 * ```
 */
export function makeCheckReport(dataset: Dataset, facts: readonly CaseFacts[]): CheckReport {
  const findings = sortFindings(
    [
      ...checkDocument(dataset),
      ...facts.flatMap((one) => checkCase(one, dataset)),
      ...checkFamily(facts, dataset),
      ...checkPrivacy(facts, dataset.tables),
      ...checkPatients(dataset),
    ],
    naturalOrder,
  );
  const count = (severity: Finding["severity"]): number => findings.filter((one) => one.severity === severity).length;
  const bySplit: Record<string, number> = {};
  for (const one of dataset.cases) bySplit[one.split] = (bySplit[one.split] ?? 0) + 1;
  return {
    schema: "segathlon/check@1",
    dataset: {
      name: dataset.name,
      format: dataset.format,
      cases: dataset.cases.length,
      bySplit,
      labels: dataset.labels,
      channels: dataset.channels,
      licences: dataset.licences,
    },
    summary: { errors: count("error"), warnings: count("warning"), notes: count("note") },
    findings,
    cases: facts.map(({ thumbnail: _thumbnail, statistics: _statistics, ...one }) => one),
  };
}
