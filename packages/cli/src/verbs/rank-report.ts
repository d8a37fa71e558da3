/** The interactive ranking report of `segathlon rank --html`: one file that needs nothing else. */
import { existsSync, readFileSync } from "node:fs";
import { SegathlonError } from "@segathlon/errors";
import { reportShell } from "@segathlon/plots";
import { figureHtml } from "@segathlon/plots/node";
import {
  type BootstrapDraws,
  type BootstrapOptions,
  type PreparedTable,
  type RankingDocument,
  type RankingScheme,
  rankingUnits,
  SchemeMismatchError,
  schemeMetrics,
  schemePresets,
  selectTable,
  sliceAttributes,
} from "@segathlon/ranking";
import { controlsHtml, reportViews } from "./rank-report-layout.ts";
import { type ReportChoice, type ReportData, reportModel, tableToJson, withDraws } from "./rank-report-model.ts";

/** The bundled page script, made by `scripts/build-rank-report.ts`. */
const scriptFile = new URL("../../build/rank-report-page.js", import.meta.url);

function pageScript(): string {
  if (!existsSync(scriptFile))
    throw new SegathlonError("SEG701", "the script of the ranking report is not built", {
      hint: "Run `npm run prepare` in the checkout.",
    });
  return readFileSync(scriptFile, "utf8");
}

/** Presets that the table has the metrics for, the report's own first. */
function fittingSchemes(table: PreparedTable, own: RankingScheme): readonly RankingScheme[] {
  const fits = (scheme: RankingScheme): boolean => {
    try {
      return rankingUnits(table, scheme).units.length > 0;
    } catch (error) {
      if (error instanceof SchemeMismatchError) return false;
      throw error;
    }
  };
  return [own, ...schemePresets.filter((scheme) => scheme.id !== own.id && fits(scheme))];
}

export interface RankReportRequest {
  /** The whole table; the document's selection is applied here. */
  readonly table: PreparedTable;
  readonly document: RankingDocument;
  readonly draws: BootstrapDraws | null;
  readonly bootstrap: BootstrapOptions | null;
}

/**
 * Writes the report: everything is in the file already, for readers without scripts, and is computed again in the page when the reader
 * chooses something else.
 */
export function rankReport({ table, document, draws, bootstrap }: RankReportRequest): string {
  const { scheme } = document;
  const selection = document.data.selection ?? {};
  const selected = selectTable(table, selection);
  const metric = table.metrics[schemeMetrics(selected, scheme)[0]?.metric ?? 0]?.key ?? "";
  const attribute = sliceAttributes(selected)[0]?.attribute ?? null;
  const choice: ReportChoice = { scheme, selection, scope: "overall", metric, adjustment: "holm", attribute };
  const bare = reportModel(table, choice, bootstrap, document.seed);
  const model = draws === null ? bare : withDraws(bare, document, draws);
  const schemes = fittingSchemes(selected, scheme);
  const data: ReportData = {
    table: tableToJson(selected),
    schemes,
    bootstrap,
    seed: document.seed,
    selection: document.data.selection,
  };
  const tasks = document.data.tasks;
  const cases = tasks.reduce((total, task) => total + task.cases, 0);
  const first = document.overall.ranking.filter((entry) => entry.rank === 1).map(({ algorithm }) => algorithm);
  return reportShell({
    title: tasks.length === 1 ? `Ranking: ${tasks[0]?.task ?? ""}` : `Ranking over ${tasks.length} tasks`,
    subtitle: `${document.algorithms.length} algorithms, ${cases} cases, ${scheme.title}`,
    facts: [
      ["First", first.length === 0 ? "nobody" : first.join(", ")],
      ["Scheme", `${scheme.title}${scheme.certainty.level === "certain" ? "" : " (not certain)"}`],
      [
        "Bootstrap",
        document.bootstrap === null
          ? "none"
          : `${document.bootstrap.draws_done} draws, seed ${document.bootstrap.seed}`,
      ],
      ["Software", `${document.software.name} ${document.software.version}`],
      ["Data", document.data.hash.slice(0, 19)],
    ],
    sections: [
      { id: "choose", title: "Choose", body: controlsHtml(selected, schemes, choice) },
      ...reportViews.map((view) => ({ id: view.id, title: view.title, body: view.render(model, figureHtml) })),
    ],
    data,
    script: pageScript(),
    footer: `Made by Segathlon ${document.software.version}. Data ${document.data.hash}.`,
  });
}
