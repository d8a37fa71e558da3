/**
 * The model of the interactive ranking report: the scores in the file, what the reader chose, and everything that follows from both.
 * Runs in Node, when the report is written, and in the reader's browser, when the choice changes.
 */
import {
  type BootstrapDraws,
  type BootstrapOptions,
  type CaseAttributes,
  type MetricColumn,
  type PreparedTable,
  plainAttributes,
  type RankedAlgorithm,
  type RankingDocument,
  type RankingScheme,
  type RankingSection,
  type RankingUnit,
  rankingUnits,
  rankTable,
  selectTable,
  type TableSelection,
} from "@segathlon/ranking";

/** A prepared table as JSON: scores and statuses of a layer in one list each, instead of an object per score. */
export interface TableJson {
  readonly algorithms: readonly string[];
  readonly metrics: readonly MetricColumn[];
  readonly hash: string;
  readonly tasks: readonly {
    readonly id: string;
    readonly cases: readonly string[];
    readonly appearance: readonly number[];
    readonly regions: readonly string[];
    readonly attributes: readonly CaseAttributes[];
    readonly layers: readonly {
      readonly region: number;
      readonly metric: number;
      readonly values: readonly (number | null)[];
      /** One digit per score. */
      readonly status: string;
    }[];
  }[];
}

/** What the report's file holds. */
export interface ReportData {
  readonly table: TableJson;
  /** The scheme of the report first, then those that the table has the metrics for. */
  readonly schemes: readonly RankingScheme[];
  readonly bootstrap: BootstrapOptions | null;
  readonly seed: number;
  readonly selection: TableSelection | null;
}

export function tableToJson(table: PreparedTable): TableJson {
  return {
    algorithms: table.algorithms,
    metrics: table.metrics,
    hash: table.hash,
    tasks: table.tasks.map((task) => ({
      ...task,
      appearance: [...task.appearance],
      layers: task.layers.map((layer) => ({
        region: layer.region,
        metric: layer.metric,
        values: Array.from(layer.values, (value) => (Number.isNaN(value) ? null : value)),
        status: layer.status.join(""),
      })),
    })),
  };
}

export function tableFromJson(json: TableJson): PreparedTable {
  return {
    kind: "prepared",
    algorithms: json.algorithms,
    metrics: json.metrics,
    hash: json.hash,
    tasks: json.tasks.map((task) => ({
      ...task,
      attributes: task.attributes.map(plainAttributes),
      appearance: Int32Array.from(task.appearance),
      layers: task.layers.map((layer) => ({
        region: layer.region,
        metric: layer.metric,
        values: Float64Array.from(layer.values, (value) => value ?? Number.NaN),
        status: Uint8Array.from(layer.status, Number),
      })),
    })),
  };
}

/** What the reader can choose. */
export interface ReportChoice {
  readonly scheme: RankingScheme;
  readonly selection: TableSelection;
  /** `overall`, `phase:ID` or `task:ID`. */
  readonly scope: string;
  /** Metric of the plots of scores. */
  readonly metric: string;
  readonly adjustment: "holm" | "none";
  /** Attribute of the slices. */
  readonly attribute: string | null;
}

export interface ReportModel {
  readonly choice: ReportChoice;
  readonly table: PreparedTable;
  readonly document: RankingDocument;
  readonly section: RankingSection;
  /** Title of the scope. */
  readonly scopeTitle: string;
  /** Task of the plots that show single cases. */
  readonly task: string;
  /** What is drawn, or will be; null: nothing. */
  readonly bootstrap: BootstrapOptions | null;
  readonly draws: BootstrapDraws | null;
}

/** Merges the selection that the report was made with and the reader's own. */
export function mergedSelection(fixed: TableSelection | null, own: TableSelection): TableSelection {
  return { ...fixed, ...own, attributes: { ...fixed?.attributes, ...own.attributes } };
}

/** The section of a document that a scope names. */
export function sectionOfScope(document: RankingDocument, scope: string): { section: RankingSection; title: string } {
  const task = document.tasks.find((own) => scope === `task:${own.task}`);
  if (task !== undefined) return { section: task, title: task.task };
  const phase = document.phases.find((own) => scope === `phase:${own.phase}`);
  if (phase !== undefined) return { section: phase, title: phase.title };
  const only = document.tasks[0];
  if (document.tasks.length === 1 && only !== undefined) return { section: only, title: only.task };
  return { section: document.overall, title: `All ${document.tasks.length} tasks` };
}

/** The ranks that belong to a scope, draws x algorithms. */
export function drawnRanks(model: ReportModel): Float64Array | null {
  const { draws, document, choice } = model;
  if (draws === null) return null;
  const task = document.tasks.findIndex((own) => choice.scope === `task:${own.task}`);
  if (task >= 0) return draws.tasks[task] ?? null;
  const phase = document.phases.findIndex((own) => choice.scope === `phase:${own.phase}`);
  return phase >= 0 ? (draws.phases[phase] ?? null) : draws.overall;
}

/** Ranks the table as chosen; no bootstrap yet. */
export function reportModel(
  table: PreparedTable,
  choice: ReportChoice,
  bootstrap: BootstrapOptions | null,
  seed: number,
): ReportModel {
  const document = rankTable(table, choice.scheme, { selection: choice.selection, seed });
  const selected = selectTable(table, choice.selection);
  const { section, title } = sectionOfScope(document, choice.scope);
  const first =
    document.phases.find((phase) => choice.scope === `phase:${phase.phase}`)?.tasks[0] ?? document.tasks[0]?.task;
  const task = choice.scope.startsWith("task:") ? choice.scope.slice("task:".length) : (first ?? "");
  const drawn = document.algorithms.length === 0 ? null : bootstrap;
  return { choice, table: selected, document, section, scopeTitle: title, task, bootstrap: drawn, draws: null };
}

/** The same model with a document that holds draws. */
export function withDraws(model: ReportModel, document: RankingDocument, draws: BootstrapDraws): ReportModel {
  return { ...model, document, draws, section: sectionOfScope(document, model.choice.scope).section };
}

/** Ranked algorithms of the scope, in rank order. */
export const rankedOf = (model: ReportModel): readonly RankedAlgorithm[] =>
  model.section.ranking.filter((entry) => entry.rank !== null);

/** The metric as the plots want it. */
export function metricAxis(model: ReportModel, metric: string = model.choice.metric) {
  const column = model.table.metrics.find(({ key }) => key === metric);
  const direction = column?.direction ?? "higher-is-better";
  const isDistance = /^(hd|asd|assd|masd)/i.test(metric);
  const hasUnitRange =
    /^(dice|dsc|iou|nsd|precision|recall|specificity|boundary_iou|cldice|lesion_f1|lesion_pq|surface_dice)/i.test(
      metric,
    );
  return {
    key: metric,
    label: `${metric}${isDistance ? " (mm)" : ""}`,
    direction,
    ...(hasUnitRange ? { domain: [0, 1] as const } : {}),
  };
}

/** Per-case scores of the plot metric in the model's task, regions averaged per case, in the order of `document.algorithms`. */
export function caseScores(model: ReportModel): RankingUnit | null {
  const { scheme } = model.choice;
  const metric = model.choice.metric;
  const { ranked } = rankingUnits(model.table, scheme);
  const describing: RankingScheme = {
    ...scheme,
    metrics: [{ metric, weight: 1 }],
    regions: "mean-per-case",
    subsets: [],
    missing: { ...scheme.missing, failed: scheme.missing.failed === "ignore" ? "ignore" : "worst" },
  };
  const { units } = rankingUnits(model.table, describing, ranked);
  return units.find((unit) => model.table.tasks[unit.task]?.id === model.task) ?? null;
}
