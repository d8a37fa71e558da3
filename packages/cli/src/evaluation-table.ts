/** An evaluation on the terminal: a block per region, then what did not go as it should. */
import type { Aggregate, CaseResult, EvaluationDocument } from "@segathlon/benchmark";
import pc from "picocolors";
import { type TextColumn, terminalText, textTable, textWidth } from "./text-table.ts";

type Column = EvaluationDocument["metrics"][number];

/** Four decimals for shares, three for millimetres and millilitres; never more digits than help a reader. */
export function metricText(value: number | null, unit: Column["unit"]): string {
  if (value === null) return "-";
  if (unit === "count") return Number.isInteger(value) ? String(value) : value.toFixed(2);
  return value.toFixed(unit === "" ? 4 : 3);
}

/** The key with its unit, unless it says its unit itself. */
function metricTitle({ key, unit }: Column): string {
  return unit === "mm" || (unit === "count" && !key.startsWith("lesion_")) ? `${key} (${unit})` : key;
}

function intervalText({ ci95 }: Aggregate, unit: Column["unit"]): string {
  return ci95 === null ? "-" : `${metricText(ci95[0], unit)} .. ${metricText(ci95[1], unit)}`;
}

/** From fine to faulty: the order in which counts are shown. */
const statusOrder = ["ok", "both-empty", "missed", "spurious", "missing-file", "invalid"] as const;

/** How often each status occurs in a region over the cases; those that do not occur are left out. */
export function regionStatuses(
  cases: readonly CaseResult[],
  region: string,
): (readonly [(typeof statusOrder)[number], number])[] {
  const found = cases.map((result) => result.regions[region]?.status);
  return statusOrder
    .map((status) => [status, found.filter((own) => own === status).length] as const)
    .filter(([, count]) => count > 0);
}

/** `12 ok, 1 missed`. */
function statusCounts(cases: readonly CaseResult[], region: string): string {
  return regionStatuses(cases, region)
    .map(([status, count]) => `${count} ${status}`)
    .join(", ");
}

/** Rows of the table: one per region and metric; the region and its statuses stand on its first row only. */
function tableRows(report: EvaluationDocument): string[][] {
  return Object.keys(report.regions).flatMap((region) => {
    const summaries = report.aggregate[region] ?? {};
    return report.metrics
      .filter(({ key }) => summaries[key] !== undefined)
      .map((column, index) => {
        const { key, unit } = column;
        const summary = summaries[key] as Aggregate;
        return [
          index === 0 ? region : "",
          metricTitle(column),
          metricText(summary.mean, unit),
          intervalText(summary, unit),
          metricText(summary.median, unit),
          metricText(summary.sd, unit),
          String(summary.n),
          summary.excluded > 0 ? String(summary.excluded) : "",
          index === 0 ? statusCounts(report.cases, region) : "",
        ];
      });
  });
}

/** The means of all regions with equal weight, as challenges report them. */
function overallRows(report: EvaluationDocument): string[][] {
  const regions = Object.keys(report.regions);
  if (regions.length < 2) return [];
  return report.metrics
    .filter(({ direction }) => direction !== "none")
    .flatMap((column) => {
      const { key, unit } = column;
      const means = regions
        .map((region) => report.aggregate[region]?.[key]?.mean ?? null)
        .filter((mean) => mean !== null);
      if (means.length === 0) return [];
      const mean = means.reduce((sum, value) => sum + value, 0) / means.length;
      const note = means.length === regions.length ? "" : `${means.length} of ${regions.length} regions`;
      return [["", metricTitle(column), metricText(mean, unit), "", "", "", "", "", note]];
    })
    .map((row, index) => (index === 0 ? ["mean of regions", ...row.slice(1)] : row));
}

function caseCounts(cases: readonly CaseResult[]): string {
  const count = (status: CaseResult["status"]): number => cases.filter((result) => result.status === status).length;
  const parts = [`${cases.length} case${cases.length === 1 ? "" : "s"}`];
  for (const status of ["missing-prediction", "invalid"] as const) {
    if (count(status) > 0) parts.push(`${count(status)} ${status}`);
  }
  return parts.join(", ");
}

/** Lines about cases and structures that could not be scored, with what to do. */
function faultLines(cases: readonly CaseResult[]): string[] {
  return cases.flatMap((result) => {
    const name = terminalText(result.case);
    const lines: string[] = [];
    if (result.status === "missing-prediction") lines.push(`case ${name}: no prediction`);
    if (result.problem)
      lines.push(
        `${result.problem.code} ${terminalText(result.problem.message)}`,
        `  what to do: ${result.problem.hint}`,
      );
    if (result.status === "ok") {
      for (const [region, { status, failed_side, problem }] of Object.entries(result.regions)) {
        if (status === "missing-file") lines.push(`case ${name}: ${terminalText(region)}: no file (${failed_side})`);
        if (problem) lines.push(`${problem.code} ${terminalText(problem.message)}`, `  what to do: ${problem.hint}`);
      }
    }
    return lines;
  });
}

function geometryLine(cases: readonly CaseResult[]): string[] {
  const counts = new Map<string, number>();
  for (const { geometry } of cases) if (geometry !== null) counts.set(geometry, (counts.get(geometry) ?? 0) + 1);
  if (counts.size === 0 || (counts.size === 1 && counts.has("exact"))) return [];
  return [`grids: ${[...counts].map(([status, count]) => `${count} ${status}`).join(", ")}`];
}

const columns: readonly TextColumn[] = [
  { title: "region", align: "left" },
  { title: "metric", align: "left" },
  { title: "mean", align: "right" },
  { title: "95 % interval", align: "right" },
  { title: "median", align: "right" },
  { title: "sd", align: "right" },
  { title: "n", align: "right" },
  { title: "excluded", align: "right" },
  { title: "statuses", align: "left" },
];

/** Widest line that every terminal shows without breaking it. */
const narrowTerminal = 80;

/**
 * One line per region and metric. Where that is wider than a terminal, the region and its statuses stand on a line of their own,
 * with the metrics below. The column of excluded cases is left out when there are none.
 */
function summaryTable(rows: readonly (readonly string[])[]): string[] {
  const shown = columns.map(({ title }) => title !== "excluded" || rows.some((row) => row[7] !== ""));
  const keep = <T>(cells: readonly T[]): T[] => cells.filter((_, index) => shown[index]);
  const wide = textTable(keep(columns), rows.map(keep));
  if (wide.every((line) => textWidth(line) <= narrowTerminal)) return wide;
  const inner = <T>(cells: readonly T[]): T[] =>
    keep(cells.map((cell, index) => ({ cell, index })))
      .filter(({ index }) => index > 0 && index < columns.length - 1)
      .map(({ cell }) => cell);
  const [titles = "", ...lines] = textTable(inner(columns), rows.map(inner));
  const blocks = lines.flatMap((line, index) => {
    const [region = "", statuses = ""] = [rows[index]?.[0], rows[index]?.at(-1)];
    if (region === "") return [` ${line}`];
    const heading = `${terminalText(region)}${statuses === "" ? "" : `: ${statuses}`}`;
    return [pc.bold(heading), ` ${line}`];
  });
  return [` ${titles}`, ...blocks];
}

/** How a rule of the policy reads after "counts as". */
function ruleText(rule: EvaluationDocument["policy"]["both_empty"] | "reject"): string {
  if (rule === "exclude") return "left out";
  if (rule === "reject") return "a reason to reject the set";
  return String(rule);
}

/** The whole text for stdout. */
export function evaluationText(report: EvaluationDocument): string {
  const { policy, profile, evaluator } = report;
  const of = report.task === null ? "" : ` on ${report.task}`;
  const lines = [pc.bold(`${terminalText(report.method)}${of}: ${caseCounts(report.cases)}`), ""];
  const [titles = "", ...rows] = summaryTable([...tableRows(report), ...overallRows(report)]);
  lines.push(pc.dim(titles), ...rows, "");
  if (report.rejected) {
    lines.push(pc.red(`rejected: ${report.rejected.reason}: ${report.rejected.cases.map(terminalText).join(", ")}`));
  }
  const faults = faultLines(report.cases);
  const shown = 40;
  lines.push(...faults.slice(0, shown));
  if (faults.length > shown) lines.push(`... and ${faults.length - shown} more lines; all are in the report (--out)`);
  lines.push(...geometryLine(report.cases), ...report.notes.map((note) => `note: ${terminalText(note)}`));
  lines.push(
    pc.dim(
      `profile ${profile}; empty on both sides counts as ${ruleText(policy.both_empty)}, on one side as ${ruleText(policy.one_empty)}, a missing prediction as ${ruleText(policy.missing_prediction)}`,
    ),
    pc.dim(`evaluator ${evaluator.version}, ${evaluator.kernel} kernel; ${report.protocol_hash.slice(0, 19)}`),
  );
  return `${lines.join("\n")}\n`;
}

/** Whether everything was scored: no case or structure failed on the side of the prediction or the reference. */
export function isClean(report: EvaluationDocument): boolean {
  if (report.rejected) return false;
  return report.cases.every(
    (result) =>
      result.status === "ok" &&
      Object.values(result.regions).every(({ status }) => status !== "invalid" && status !== "missing-file"),
  );
}
