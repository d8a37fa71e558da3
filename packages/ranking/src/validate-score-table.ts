/** What is wrong with a score table, as data: nothing is dropped or repaired silently. */
import type { MetricColumn, ScoreRow, ScoreTable } from "./score-table.ts";

export type ScoreTableProblemCode =
  | "empty-table"
  | "empty-name"
  | "duplicate-metric"
  | "unknown-metric"
  | "not-a-number"
  | "not-finite"
  | "value-and-status-disagree"
  | "unknown-status"
  | "duplicate-row"
  | "wrong-direction"
  | "worst-is-not-worst"
  | "too-large";

/** One problem; `error` tables cannot be ranked, a `warning` is shown beside the ranking. */
export interface ScoreTableProblem {
  readonly code: ScoreTableProblemCode;
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint: string;
  readonly where: {
    readonly task?: string;
    readonly case?: string;
    readonly algorithm?: string;
    readonly region?: string;
    readonly metric?: string;
    /** Zero-based index into `table.rows`. */
    readonly row?: number;
  };
}

/** Most scores of one table; a dense table of them takes 9 bytes each. */
export const scoreLimit = 100_000_000;

/** Metrics whose good direction is not a matter of opinion, by the beginning of their name. */
const knownDirections: readonly (readonly [RegExp, MetricColumn["direction"]])[] = [
  [
    /^(dice|dsc|iou|jaccard|nsd|precision|recall|sensitivity|specificity|boundary_iou|cldice|lesion_f1|lesion_pq)\b/i,
    "higher-is-better",
  ],
  [/^(hd|hd\d+|asd|assd|masd|asd_.*|hausdorff.*|fp_volume_ml|fn_volume_ml|fpv|fnv)$/i, "lower-is-better"],
];

/** The direction that a metric's name says, or null where the name says nothing. */
export function directionByName(key: string): MetricColumn["direction"] | null {
  for (const [pattern, direction] of knownDirections) if (pattern.test(key)) return direction;
  return null;
}

function metricProblems(metrics: readonly MetricColumn[]): ScoreTableProblem[] {
  const problems: ScoreTableProblem[] = [];
  const seen = new Set<string>();
  for (const metric of metrics) {
    const where = { metric: metric.key };
    if (seen.has(metric.key))
      problems.push({
        code: "duplicate-metric",
        severity: "error",
        message: `metric ${metric.key} is listed twice`,
        hint: "List every metric once.",
        where,
      });
    seen.add(metric.key);
    if (typeof metric.worst !== "number" || !Number.isFinite(metric.worst))
      problems.push({
        code: "not-finite",
        severity: "error",
        message: `metric ${metric.key}: the worst value must be a finite number, found ${String(metric.worst)}`,
        hint: "Give the value that a failed prediction gets: 0 for Dice, the image diagonal for distances.",
        where,
      });
    const known = directionByName(metric.key);
    if (known !== null && known !== metric.direction)
      problems.push({
        code: "wrong-direction",
        severity: "error",
        message: `metric ${metric.key}: ${known} by its name, but the table says ${metric.direction}`,
        hint: "Correct the direction, or rename the metric if it is another quantity.",
        where,
      });
  }
  return problems;
}

function rowProblem(row: ScoreRow, index: number, metrics: ReadonlyMap<string, MetricColumn>): ScoreTableProblem[] {
  const where = {
    task: row.task,
    case: row.case,
    algorithm: row.algorithm,
    region: row.region,
    metric: row.metric,
    row: index,
  };
  const place = `${row.task}, case ${row.case}, ${row.algorithm}, ${row.region}, ${row.metric}`;
  const error = (code: ScoreTableProblemCode, message: string, hint: string): ScoreTableProblem[] => [
    { code, severity: "error", message: `${place}: ${message}`, hint, where },
  ];
  for (const field of ["task", "case", "algorithm", "region", "metric"] as const)
    if (typeof row[field] !== "string" || row[field] === "")
      return error("empty-name", `the ${field} has no name`, `Give every row a ${field}.`);
  const metric = metrics.get(row.metric);
  if (metric === undefined)
    return error("unknown-metric", "the metric is not among the table's metrics", "List it with its direction.");
  if (row.status !== "ok") {
    if (!["reference-absent", "prediction-failed", "not-submitted"].includes(row.status))
      return error("unknown-status", `status ${String(row.status)} is not known`, "Use one of the four statuses.");
    if (row.worst !== undefined && !Number.isFinite(row.worst))
      return error(
        "not-finite",
        `expected a finite worst value, found ${row.worst}`,
        "Give the diagonal of the image, or leave it out.",
      );
    if (row.value !== null)
      return error(
        "value-and-status-disagree",
        `status ${row.status} with value ${String(row.value)}; expected null`,
        "A score that is there has status ok; one that is not has the value null.",
      );
    return [];
  }
  if (row.value === null)
    return error(
      "value-and-status-disagree",
      "status ok without a value",
      "Say why the value is missing: reference-absent, prediction-failed or not-submitted.",
    );
  if (typeof row.value !== "number")
    return error(
      "not-a-number",
      `expected a number, found ${JSON.stringify(row.value)}`,
      "Give the score as a number.",
    );
  if (!Number.isFinite(row.value))
    return error(
      "not-finite",
      `expected a finite number, found ${row.value}`,
      "A distance to nothing is prediction-failed (it gets the metric's worst value) or reference-absent, never Infinity or NaN.",
    );
  const isBeyond = metric.direction === "higher-is-better" ? row.value < metric.worst : row.value > metric.worst;
  if (isBeyond)
    return [
      {
        code: "worst-is-not-worst",
        severity: "error",
        message: `${place}: ${row.value} is worse than the metric's worst value ${metric.worst}`,
        hint: "A failed prediction must never be better than a bad one: choose a worst value beyond every score.",
        where,
      },
    ];
  return [];
}

/**
 * Everything that is wrong with a table, in row order; an empty list means that it can be ranked.
 *
 * Not a problem, but a stated rule of the scheme: unequal case sets (rows that are not there count as `not-submitted`), one algorithm,
 * one case, equal values everywhere.
 *
 * @param options.limit most problems returned (default 100); the last one then says how many were left out
 *
 * @example
 * ```ts
 * validateScoreTable({ metrics: [], rows: [] })[0]?.code; // "empty-table"
 * ```
 */
export function validateScoreTable(table: ScoreTable, options: { readonly limit?: number } = {}): ScoreTableProblem[] {
  const limit = options.limit ?? 100;
  const problems = metricProblems(table.metrics);
  if (table.rows.length === 0)
    problems.push({
      code: "empty-table",
      severity: "error",
      message: "the table holds no scores",
      hint: "Give at least one score.",
      where: {},
    });
  const metrics = new Map(table.metrics.map((metric) => [metric.key, metric]));
  const seen = new Map<string, number>();
  let found = problems.length;
  const add = (list: readonly ScoreTableProblem[]) => {
    for (const problem of list) {
      found++;
      if (problems.length < limit) problems.push(problem);
    }
  };
  for (const [index, row] of table.rows.entries()) {
    add(rowProblem(row, index, metrics));
    const key = `${row.task}\u0000${row.case}\u0000${row.algorithm}\u0000${row.region}\u0000${row.metric}`;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else
      add([
        {
          code: "duplicate-row",
          severity: "error",
          message: `${row.task}, case ${row.case}, ${row.algorithm}, ${row.region}, ${row.metric}: rows ${first + 1} and ${index + 1} both give this score`,
          hint: "Keep one row for each score; two results of one algorithm need two names.",
          where: {
            task: row.task,
            case: row.case,
            algorithm: row.algorithm,
            region: row.region,
            metric: row.metric,
            row: index,
          },
        },
      ]);
  }
  const last = problems.at(-1);
  if (found > problems.length && last !== undefined)
    problems[problems.length - 1] = {
      ...last,
      message: `${last.message} (and ${found - problems.length} more problems)`,
    };
  return problems;
}
