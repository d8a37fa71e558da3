/** `segathlon check` as a function: reads a dataset from disk and reports what is wrong with it. */
import type { CaseFacts } from "../check/case-facts.ts";
import { type CheckReport, makeCheckReport } from "../check/check-report.ts";
import type { Dataset, DatasetFormat } from "../dataset.ts";
import { readDataset } from "../read-dataset.ts";
import type { FolderSource } from "./folder-source.ts";
import { type InspectDatasetOptions, inspectDataset } from "./inspect-dataset.ts";

export interface CheckOptions extends InspectDatasetOptions {
  readonly format?: DatasetFormat;
}

export interface CheckResult {
  readonly dataset: Dataset;
  readonly facts: readonly CaseFacts[];
  readonly report: CheckReport;
}

/**
 * Reads every file of a dataset once and reports all findings.
 *
 * @throws SegathlonError SEG201 or SEG202 when the source is no dataset; broken files inside it are findings
 *
 * @example
 * ```ts
 * const source = await openSource("Task04_Hippocampus");
 * const { report } = await checkDataset(source);
 * report.summary; // { errors: 0, warnings: 0, notes: 4 }
 * ```
 */
export async function checkDataset(source: FolderSource, options: CheckOptions = {}): Promise<CheckResult> {
  const { format, ...inspect } = options;
  const dataset = await readDataset(source, format);
  const facts = await inspectDataset(source, dataset, inspect);
  return { dataset, facts, report: makeCheckReport(dataset, facts) };
}
