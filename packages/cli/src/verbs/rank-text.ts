/** A ranking on the terminal, and as a CSV of its table. */
import { writeCsv } from "@segathlon/benchmark";
import type { MetricSummary, NumberPair, RankedAlgorithm, RankingDocument, RankingSection } from "@segathlon/ranking";
import pc from "picocolors";
import { type TextColumn, terminalText, textTable, textWidth } from "../text-table.ts";

const number = (value: number | null, digits = 4): string => (value === null ? "-" : trimmed(value, digits));

/** Enough digits for a share and for millimetres, without noise. */
function trimmed(value: number, digits: number): string {
  const places = Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : digits;
  return value.toFixed(places);
}

const interval = (pair: NumberPair | null, digits: number): string =>
  pair === null ? "-" : `${trimmed(pair[0], digits)} .. ${trimmed(pair[1], digits)}`;
const ranks = (pair: NumberPair | null): string =>
  pair === null ? "-" : pair[0] === pair[1] ? rankText(pair[0]) : `${rankText(pair[0])}-${rankText(pair[1])}`;
const rankText = (rank: number): string => (Number.isInteger(rank) ? String(rank) : rank.toFixed(1));
const percent = (share: number | null): string => (share === null ? "-" : `${(100 * share).toFixed(0)} %`);
const missingOf = ({ missing }: RankedAlgorithm): number => missing.prediction_failed + missing.not_submitted;

function metricsOf(section: RankingSection): readonly string[] {
  return (section.ranking.find((entry) => entry.metrics.length > 0)?.metrics ?? []).map(({ metric }) => metric);
}

/** A column with the text of its cells; `metric`: which pair of value and interval it belongs to. */
interface Column extends TextColumn {
  readonly cells: readonly string[];
  readonly metric?: string;
}

const widest = 80;
const linesOf = (columns: readonly Column[]): string[] => {
  const rows = (columns[0]?.cells ?? []).map((_, row) => columns.map(({ cells }) => cells[row] ?? ""));
  return textTable(columns, rows);
};
const fits = (lines: readonly string[]): boolean => lines.every((line) => textWidth(line) <= widest);

/** One table; where that is wider than a terminal the ranking without the metrics, then the metrics, as many abreast as fit. */
function sectionLines(section: RankingSection, hasBootstrap: boolean): string[] {
  const columns = sectionColumns(section, hasBootstrap);
  const wide = linesOf(columns);
  if (fits(wide)) return wide;
  const lines = linesOf(columns.filter(({ metric }) => metric === undefined));
  const names = columns.filter(({ title }) => title === "algorithm");
  let abreast: Column[] = [];
  for (const metric of metricsOf(section)) {
    const own = columns.filter((column) => column.metric === metric);
    if (abreast.length > 0 && !fits(linesOf([...names, ...abreast, ...own]))) {
      lines.push("", ...linesOf([...names, ...abreast]));
      abreast = [];
    }
    abreast.push(...own);
  }
  return [...lines, "", ...linesOf([...names, ...abreast])];
}

function sectionColumns(section: RankingSection, hasBootstrap: boolean): Column[] {
  const metrics = metricsOf(section);
  // The mean that is ranked by stands among the metrics already, with its interval.
  const hasOwnScore = !metrics.some((metric) => section.score_label === `mean ${metric}`);
  const column = (title: string, align: Column["align"], cell: (entry: RankedAlgorithm) => string): Column => ({
    title,
    align,
    cells: section.ranking.map(cell),
  });
  const columns = [column("rank", "right", (entry) => entry.display)];
  if (hasBootstrap) {
    columns.push(
      column("95 %", "right", (entry) => ranks(entry.rank_interval)),
      column("P(1st)", "right", (entry) => percent(entry.p_first)),
    );
  }
  columns.push(column("algorithm", "left", (entry) => entry.algorithm));
  if (hasOwnScore) columns.push(column(section.score_label, "right", (entry) => number(entry.score)));
  for (const metric of metrics) {
    const own = (entry: RankedAlgorithm) => entry.metrics.find((summary) => summary.metric === metric);
    columns.push(
      { ...column(`mean ${metric}`, "right", (entry) => number(own(entry)?.mean ?? null)), metric },
      { ...column("95 % interval", "right", (entry) => interval(own(entry)?.ci95 ?? null, 4)), metric },
    );
  }
  columns.push(
    column("cases", "right", (entry) => String(entry.cases)),
    column("missing", "right", (entry) => (missingOf(entry) === 0 ? "" : String(missingOf(entry)))),
  );
  return columns;
}

/** The ranking as text: overall, phases, tasks, notes. */
export function rankingText(document: RankingDocument): string {
  const lines: string[] = [];
  const { scheme, bootstrap } = document;
  const hasBootstrap = bootstrap !== null;
  const title = (text: string) => lines.push("", pc.bold(terminalText(text)));
  lines.push(`${pc.bold(terminalText(scheme.title))} ${pc.dim(`(${terminalText(scheme.id)})`)}`);
  const isSingle = document.tasks.length === 1;
  title(isSingle ? (document.tasks[0]?.task ?? "ranking") : `All ${document.tasks.length} tasks`);
  lines.push(...sectionLines(isSingle ? (document.tasks[0] ?? document.overall) : document.overall, hasBootstrap));
  for (const phase of document.phases) {
    title(`${phase.title} (${phase.tasks.length} tasks)`);
    lines.push(...sectionLines(phase, hasBootstrap));
  }
  if (!isSingle)
    for (const task of document.tasks) {
      title(`${task.task} (${task.cases} cases)`);
      lines.push(...sectionLines(task, hasBootstrap));
    }
  lines.push("");
  if (bootstrap !== null) {
    const tau = document.overall.tau?.median;
    lines.push(
      pc.dim(
        `Bootstrap over ${bootstrap.resampling === "cases" || bootstrap.resampling === undefined ? "cases" : `${bootstrap.resampling} (${bootstrap.group})`}: ${bootstrap.draws_done} draws, seed ${bootstrap.seed}${tau === null || tau === undefined ? "" : `; median Kendall's tau to this ranking ${tau.toFixed(2)}`}.`,
      ),
    );
  }
  for (const note of document.notes)
    lines.push(`${note.severity === "warning" ? pc.yellow("note:") : pc.dim("note:")} ${terminalText(note.text)}`);
  return `${lines.join("\n")}\n`;
}

const summaryCells = (own: MetricSummary | undefined): (number | null)[] =>
  own === undefined
    ? [null, null, null, null, null]
    : [own.mean, own.ci95?.[0] ?? null, own.ci95?.[1] ?? null, own.median, own.n];

/** One row for each algorithm of each section: overall, phases, tasks. */
export function rankingCsv(document: RankingDocument): string {
  const metrics = [...new Set([document.overall, ...document.tasks].flatMap(metricsOf))];
  const header = [
    "section",
    "rank",
    "display",
    "algorithm",
    "score",
    "score_is",
    "rank_low",
    "rank_median",
    "rank_high",
    "p_first",
    "rank_low_tests",
    "rank_high_tests",
    "cases",
    "reference_absent",
    "prediction_failed",
    "not_submitted",
    "not_ranked",
    ...metrics.flatMap((metric) => ["mean", "ci_low", "ci_high", "median", "n"].map((what) => `${metric}_${what}`)),
  ];
  const rows = (name: string, section: RankingSection) =>
    section.ranking.map((entry) => [
      name,
      entry.rank,
      entry.display,
      entry.algorithm,
      entry.score,
      section.score_label,
      entry.rank_interval?.[0] ?? null,
      entry.rank_median,
      entry.rank_interval?.[1] ?? null,
      entry.p_first,
      entry.rank_interval_tests?.[0] ?? null,
      entry.rank_interval_tests?.[1] ?? null,
      entry.cases,
      entry.missing.reference_absent,
      entry.missing.prediction_failed,
      entry.missing.not_submitted,
      entry.not_ranked,
      ...metrics.flatMap((metric) => summaryCells(entry.metrics.find((own) => own.metric === metric))),
    ]);
  return writeCsv([
    header,
    ...rows("overall", document.overall),
    ...document.phases.flatMap((phase) => rows(`phase ${phase.phase}`, phase)),
    ...document.tasks.flatMap((task) => rows(`task ${task.task}`, task)),
  ]);
}
