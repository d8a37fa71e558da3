/** `evaluation.json` as a flat table: one row per case and region, for spreadsheets and statistics packages. */
import { type CsvCell, writeCsv } from "./csv.ts";
import type { EvaluationDocument } from "./evaluation-document.ts";

/**
 * CSV text. Columns: case, its status and attributes, region and its status, voxel counts, every metric as measured, and every
 * score after the policy (`score dice`). What is undefined is an empty cell.
 */
export function evaluationCsv({ cases, metrics, method, task }: EvaluationDocument): string {
  const keys = metrics.map((metric) => metric.key);
  const attributes = [...new Set(cases.flatMap((result) => Object.keys(result.attributes)))];
  const header: CsvCell[] = [
    "method",
    "task",
    "case",
    "case_status",
    "region",
    "region_status",
    "tp",
    "fp",
    "fn",
    "tn",
    ...keys,
    ...keys.map((key) => `score ${key}`),
    ...attributes,
  ];
  const rows = cases.flatMap((result) =>
    Object.entries(result.regions).map(([region, { status, counts, metrics: measured, scores }]): CsvCell[] => [
      method,
      task,
      result.case,
      result.status,
      region,
      status,
      counts?.tp ?? null,
      counts?.fp ?? null,
      counts?.fn ?? null,
      counts?.tn ?? null,
      ...keys.map((key) => measured[key] ?? null),
      ...keys.map((key) => scores[key] ?? null),
      ...attributes.map((name) => result.attributes[name] ?? null),
    ]),
  );
  return writeCsv([header, ...rows]);
}
