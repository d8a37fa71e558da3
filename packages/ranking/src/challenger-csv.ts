/**
 * challengeR's long CSV: one score in a line (`task,case,algorithm,value`), one metric in a file. Read and written as text.
 *
 * Separator comma or semicolon, RFC 4180 quotes, a header line that names the columns in any order; `alg_name`, `algo`, `algorithm`
 * and `method` name the algorithm. A blank or `NA` value is a failed prediction.
 */
import type { MetricColumn, ScoreRow, ScoreTable } from "./score-table.ts";
import type { ScoreTableProblem } from "./validate-score-table.ts";

export interface ChallengerCsvOptions {
  readonly metric: MetricColumn["key"];
  readonly direction: MetricColumn["direction"];
  /** What a failed prediction gets; default: 0 or the worst score of the file, whichever is worse. */
  readonly worst?: number;
  /** Region that the scores belong to; default `all`. Used when the file has no column `region`. */
  readonly region?: string;
  /** Name of the task when the file has no column `task`; default `task`. */
  readonly task?: string;
}

export type ChallengerCsvResult =
  | { readonly status: "ok"; readonly table: ScoreTable }
  | { readonly status: "refused"; readonly problems: readonly ScoreTableProblem[] };

const columnNames = {
  task: ["task"],
  case: ["case", "image", "case_id"],
  algorithm: ["alg_name", "algo", "algorithm", "method", "team"],
  value: ["value", "score"],
  region: ["region"],
} as const;

/** Splits RFC 4180 text into lines of fields. */
function fieldsOf(text: string, separator: string): string[][] {
  const lines: string[][] = [];
  let fields: string[] = [];
  let field = "";
  let isQuoted = false;
  for (let i = 0; i < text.length; i++) {
    const sign = text[i] as string;
    if (isQuoted) {
      if (sign !== '"') field += sign;
      else if (text[i + 1] === '"') {
        field += '"';
        i++;
      } else isQuoted = false;
    } else if (sign === '"' && field === "") isQuoted = true;
    else if (sign === separator) {
      fields.push(field);
      field = "";
    } else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[i + 1] === "\n") i++;
      fields.push(field);
      field = "";
      lines.push(fields);
      fields = [];
    } else field += sign;
  }
  if (field !== "" || fields.length > 0) lines.push([...fields, field]);
  return lines.filter((line) => line.length > 1 || line[0]?.trim() !== "");
}

/**
 * Reads challengeR's CSV. Values that are neither numbers nor blank are problems, never dropped.
 *
 * @example
 * ```ts
 * parseChallengerCsv("case,algo,value\nc1,A,0.9\n", { metric: "dice", direction: "higher-is-better" }).status; // "ok"
 * ```
 */
export function parseChallengerCsv(text: string, options: ChallengerCsvOptions): ChallengerCsvResult {
  const plain = text.startsWith("\uFEFF") ? text.slice(1) : text;
  const firstLine = plain.split(/\r?\n/, 1)[0] ?? "";
  const separator = firstLine.includes(";") && !firstLine.includes(",") ? ";" : firstLine.includes("\t") ? "\t" : ",";
  const [header, ...lines] = fieldsOf(plain, separator);
  const names = (header ?? []).map((name) => name.trim().toLowerCase());
  const column = (key: keyof typeof columnNames): number =>
    names.findIndex((name) => (columnNames[key] as readonly string[]).includes(name));
  const place = {
    task: column("task"),
    case: column("case"),
    algorithm: column("algorithm"),
    value: column("value"),
    region: column("region"),
  };
  const problems: ScoreTableProblem[] = [];
  const problem = (message: string, hint: string): void => {
    if (problems.length < 100) problems.push({ code: "not-a-number", severity: "error", message, hint, where: {} });
  };
  for (const key of ["case", "algorithm", "value"] as const)
    if (place[key] === -1)
      problem(
        `line 1: no column for the ${key}; expected one of ${columnNames[key].join(", ")}, found ${names.join(", ") || "nothing"}`,
        "Name the columns task, case, algorithm, value in the first line.",
      );
  if (problems.length > 0) return { status: "refused", problems };
  const rows: ScoreRow[] = [];
  for (const [index, fields] of lines.entries()) {
    const line = index + 2;
    const field = (key: keyof typeof place): string => (place[key] === -1 ? "" : (fields[place[key]] ?? "").trim());
    if (fields.length !== names.length) {
      problem(`line ${line}: expected ${names.length} fields, found ${fields.length}`, "Check quotes and separators.");
      continue;
    }
    const written = field("value");
    const isMissing = written === "" || /^(na|nan|null)$/i.test(written);
    const value = isMissing ? null : Number(written);
    if (value !== null && !Number.isFinite(value)) {
      problem(
        `line ${line}: expected a number, found ${JSON.stringify(written)}`,
        "Leave the value blank when a prediction failed; use a point as decimal separator.",
      );
      continue;
    }
    rows.push({
      task: place.task === -1 ? (options.task ?? "task") : field("task"),
      case: field("case"),
      algorithm: field("algorithm"),
      region: place.region === -1 ? (options.region ?? "all") : field("region"),
      metric: options.metric,
      value,
      status: isMissing ? "prediction-failed" : "ok",
    });
  }
  if (problems.length > 0) return { status: "refused", problems };
  const isHigher = options.direction === "higher-is-better";
  let worst = 0;
  for (const { value } of rows) if (value !== null) worst = isHigher ? Math.min(worst, value) : Math.max(worst, value);
  return {
    status: "ok",
    table: { metrics: [{ key: options.metric, direction: options.direction, worst: options.worst ?? worst }], rows },
  };
}

const quoted = (text: string): string => (/[",;\r\n\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/**
 * Writes one metric of one region as challengeR's CSV (`task,case,alg_name,value`); a missing score is blank. Numbers are written so
 * that they read back to the same double.
 */
export function writeChallengerCsv(
  table: ScoreTable,
  select: { readonly metric: string; readonly region: string },
): string {
  const lines = table.rows
    .filter((row) => row.metric === select.metric && row.region === select.region)
    .map((row) =>
      [row.task, row.case, row.algorithm, row.value === null ? "" : String(row.value)].map(quoted).join(","),
    );
  return `${["task,case,alg_name,value", ...lines].join("\n")}\n`;
}
