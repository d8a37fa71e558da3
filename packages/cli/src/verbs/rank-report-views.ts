/** Sections of the ranking report: regions, slices, tasks, and how it was computed. */
import {
  type Cell,
  dendrogramFigure,
  goodness,
  type Html,
  heatColour,
  heatMapFigure,
  html,
  intervalText,
  numberText,
  pText,
  slicesFigure,
  type TableColumn,
  tableHtml,
} from "@segathlon/plots";
import {
  attributeSides,
  biasItems,
  citationText,
  completeLinkage,
  consensus,
  type Generalisation,
  type GeneralisationSide,
  generalisation,
  methodsParagraph,
  phaseSides,
  SchemeMismatchError,
  sliceAttributes,
  sliceView,
  symmetricDifference,
} from "@segathlon/ranking";
import { metricAxis, type ReportModel, rankedOf } from "./rank-report-model.ts";
import { type Draw, decimalsOf, scoreText } from "./rank-report-ranking.ts";

interface RegionRow {
  readonly name: string;
  readonly means: readonly (number | null)[];
  readonly n: readonly number[];
}

/** `n = 40 in each`, or the number of each region where they differ. */
function countsText(names: readonly string[], counts: readonly number[]): string {
  if (new Set(counts).size === 1) return `n = ${counts[0]}${counts.length === 1 ? "" : " in each"}.`;
  return `n: ${names.map((name, index) => `${name} ${counts[index]}`).join(", ")}.`;
}

/** Means of every algorithm in every region, for the metric of the plots; shaded per region. */
export function regionsSection(model: ReportModel, draw: Draw): Html {
  const metric = model.choice.metric;
  const sections = model.document.regions.filter(
    (region) =>
      region.metric === metric &&
      (model.document.tasks.length === 1 || !model.choice.scope.startsWith("task:") || region.task === model.task),
  );
  const entries = rankedOf(model);
  if (sections.length === 0 || entries.length === 0) return html`<p class="empty">There are no regions to show.</p>`;
  const isSeveral = new Set(sections.map(({ task }) => task)).size > 1;
  const names = sections.map(({ task, region }) => (isSeveral ? `${region} (${task})` : region));
  const rows = entries.map((entry): RegionRow => {
    const index = model.document.algorithms.indexOf(entry.algorithm);
    return {
      name: entry.algorithm,
      means: sections.map((section) => section.mean[index] ?? null),
      n: sections.map((section) => section.n[index] ?? 0),
    };
  });
  const ends = sections.map((section): readonly [number, number] => {
    const present = section.mean.filter((value): value is number => value !== null);
    return [Math.min(...present), Math.max(...present)];
  });
  const columns: TableColumn<RegionRow>[] = [
    { key: "algorithm", label: "Algorithm", align: "start", value: ({ name }) => name },
    ...sections.map(
      (section, index): TableColumn<RegionRow> => ({
        key: `${section.task}/${section.region}`,
        label: names[index] ?? "",
        explanation: `Mean ${metric} of ${section.region}, ${section.n[0] ?? 0} cases.`,
        align: "end",
        value: ({ means }) => means[index] ?? null,
        cell: ({ means }) => scoreText(means[index] ?? null),
        shade: ({ means }) => {
          const value = means[index];
          return value === null || value === undefined
            ? null
            : heatColour(goodness(value, ends[index] ?? [0, 1], section.direction));
        },
      }),
    ),
  ];
  return html`<p class="muted">Mean ${metric} by region; in each column light is the best algorithm, dark the worst. ${countsText(
    names,
    sections.map((section) => section.n[0] ?? 0),
  )}</p>
${tableHtml({ id: "regions-table", caption: `Mean ${metric} by region`, columns, rows, whenEmpty: "" })}
${draw(
  heatMapFigure({
    name: "regions",
    title: `Mean ${metric} by region`,
    description: "One row per region, one column per algorithm in rank order.",
    rows: names,
    columns: entries.map(({ algorithm }) => algorithm),
    rowKind: "region",
    columnKind: "algorithm",
    values: sections.map((_, region) => rows.map(({ means }) => means[region] ?? null)),
    metric: metricAxis(model),
    decimals: Math.min(3, decimalsOf(Math.max(0, ...ends.map(([, high]) => Math.abs(high))))),
  }),
)}`;
}

/** Means by a case attribute, with the worst slice of every algorithm. */
export function slicesSection(model: ReportModel, draw: Draw): Html {
  const attributes = sliceAttributes(model.table);
  const { attribute } = model.choice;
  if (attributes.length === 0 || attribute === null)
    return html`<p class="empty">No case has attributes. Give them when evaluating or ranking: <code>--cases attributes.csv</code> with the columns case, centre, scanner ...</p>`;
  const view = sliceView(model.table, model.choice.scheme, attribute, model.choice.metric);
  const order = rankedOf(model).map((entry) => view.algorithms.indexOf(entry.algorithm));
  const names = order.map((index) => view.algorithms[index] ?? "");
  return html`<p class="muted">${model.choice.metric} by ${attribute}, mean over the regions of a case. Fewer than 10 cases: no claim is made, and the slice cannot be the worst.</p>
<div class="switch">${attributes.map(
    (own) =>
      html`<button type="button" data-attribute="${own.attribute}" aria-pressed="${String(own.attribute === attribute)}">${own.attribute}</button>`,
  )}</div>
${draw(
  slicesFigure({
    name: `slices-${attribute.replaceAll(/[^A-Za-z0-9]+/g, "-")}`,
    title: `${model.choice.metric} by ${attribute}`,
    metric: metricAxis(model),
    methods: names,
    slices: view.slices.map(({ slice, cases, means }) => ({
      slice,
      n: cases,
      values: order.map((index) => means[index] ?? null),
    })),
  }),
)}
${tableHtml({
  id: "slices-table",
  caption: `${model.choice.metric} by ${attribute}`,
  rows: order,
  whenEmpty: "No algorithm is ranked.",
  columns: [
    { key: "algorithm", label: "Algorithm", align: "start", value: (index) => view.algorithms[index] ?? "" },
    ...view.slices.map(
      ({ slice, cases, means, isTooSmall }): TableColumn<number> => ({
        key: slice,
        label: `${slice} (n ${cases})`,
        explanation: isTooSmall ? "Fewer than 10 cases: no claim." : "Mean with its 95 % interval.",
        align: "end",
        value: (index): Cell => means[index]?.mean ?? null,
        cell: (index) => {
          const own = means[index] ?? null;
          if (own === null) return "–";
          const decimals = decimalsOf(own.mean);
          return html`${numberText(own.mean, decimals)} <span class="muted">${isTooSmall ? "no claim" : intervalText(own.ci95, decimals)}</span>`;
        },
      }),
    ),
    { key: "worst", label: "Worst slice", align: "start", value: (index) => view.worst[index] ?? null },
  ],
})}
${attributes.some((own) => own.attribute === attribute && own.values === 2) ? generalisationHtml(model, attributeSides(model.table, attribute)) : ""}`;
}

/** Ranks by task, consensus, the dendrogram, and what carries over from one phase to the other. */
export function tasksSection(model: ReportModel, draw: Draw): Html {
  const { document } = model;
  if (document.tasks.length < 2)
    return html`<p class="empty">There is one task, so there is nothing to compare across tasks.</p>`;
  const ranksOf = document.tasks.map((task) => {
    const own = new Map(task.ranking.map((entry) => [entry.algorithm, entry.rank]));
    return document.algorithms.map((name) => own.get(name) ?? Number.NaN);
  });
  const methods = [
    { key: "mean_rank", label: "Mean rank", result: consensus(ranksOf, "mean-rank") },
    { key: "borda", label: "Borda", result: consensus(ranksOf, "borda") },
    { key: "copeland", label: "Copeland", result: consensus(ranksOf, "copeland") },
    { key: "majority", label: "Majority", result: consensus(ranksOf, "majority") },
  ] as const;
  const order = rankedOf(model).map((entry) => document.algorithms.indexOf(entry.algorithm));
  const distances = ranksOf.map((a) => ranksOf.map((b) => symmetricDifference(a, b)));
  return html`${tableHtml({
    id: "consensus",
    caption: "Ranks by task and consensus",
    rows: order,
    whenEmpty: "No algorithm is ranked.",
    columns: [
      { key: "algorithm", label: "Algorithm", align: "start", value: (row) => document.algorithms[row] ?? "" },
      ...document.tasks.map(
        (task, index): TableColumn<number> => ({
          key: task.task,
          label: task.task,
          explanation: `Rank in ${task.task}, ${task.cases} cases.`,
          align: "end",
          value: (row) => ranksOf[index]?.[row] ?? null,
        }),
      ),
      ...methods.map(
        ({ key, label, result }): TableColumn<number> => ({
          key,
          label,
          explanation: `Consensus by ${label.toLowerCase()}: its rank; shared ranks averaged.`,
          align: "end",
          value: (row) => result.rank[row] ?? null,
        }),
      ),
    ],
  })}
${draw(
  dendrogramFigure({
    name: "tasks-dendrogram",
    title: "Which tasks rank the algorithms alike",
    items: document.tasks.map(({ task }) => task),
    ...completeLinkage(distances),
    distance: "symmetric difference of the rankings",
  }),
)}
${generalisationHtml(model, phaseSides(model.table, model.choice.scheme))}`;
}

/** `Phase 1: development tasks` is `Phase 1` in the head of a column. */
const shortTitle = (title: string): string => title.split(":")[0] as string;

function generalisationHtml(model: ReportModel, sides: readonly GeneralisationSide[]): Html {
  const [from, to] = sides;
  if (from === undefined || to === undefined) return html``;
  let result: Generalisation;
  try {
    result = generalisation(model.table, model.choice.scheme, from, to, model.choice.metric);
  } catch (error) {
    if (error instanceof SchemeMismatchError || error instanceof RangeError)
      return html`<p class="muted">${from.title} against ${to.title}: ${error.message}.</p>`;
    throw error;
  }
  const number = (value: number) => scoreText(Number.isNaN(value) ? null : value);
  return html`<h3>${from.title} against ${to.title}</h3>
<p>Kendall's tau between the two rankings: ${numberText(result.tau, 2)} (chance of at least this under random orders: ${pText(result.tauP)}).</p>
${tableHtml({
  id: `generalisation-${from.title.replaceAll(/[^A-Za-z0-9]+/g, "-").toLowerCase()}`,
  caption: `${from.title} against ${to.title}: ${result.metric}`,
  rows: result.algorithms,
  whenEmpty: "No algorithm is ranked on both sides.",
  columns: [
    { key: "algorithm", label: "Algorithm", align: "start", value: ({ algorithm }) => algorithm },
    { key: "rank_from", label: `Rank, ${shortTitle(from.title)}`, align: "end", value: (row) => row.from.rank },
    { key: "rank_to", label: `Rank, ${shortTitle(to.title)}`, align: "end", value: (row) => row.to.rank },
    {
      key: "mean_from",
      label: `Mean, ${shortTitle(from.title)} (n ${result.algorithms[0]?.from.n ?? 0})`,
      align: "end",
      value: (row) => row.from.mean,
      cell: (row) => number(row.from.mean),
    },
    {
      key: "mean_to",
      label: `Mean, ${shortTitle(to.title)} (n ${result.algorithms[0]?.to.n ?? 0})`,
      align: "end",
      value: (row) => row.to.mean,
      cell: (row) => number(row.to.mean),
    },
    {
      key: "change",
      label: "Change",
      explanation: "Negative: worse on the second side. 95 % interval by Welch's t.",
      align: "end",
      value: (row) => row.change,
      cell: (row) =>
        html`${number(row.change)} <span class="muted">${intervalText(row.changeInterval, decimalsOf(row.change))}</span>`,
    },
    { key: "p", label: "p (rank sum)", align: "end", value: (row) => row.p, cell: (row) => pText(row.p) },
  ],
})}`;
}

/** Methods paragraph, BIAS items, citation. */
export function methodsSection(model: ReportModel): Html {
  const { document } = model;
  return html`<p data-methods>${methodsParagraph(document)}</p>
<h3>BIAS checklist, items on ranking</h3>
<dl class="bias">${biasItems(document).map(({ item, text }) => html`<dt>${item}</dt><dd>${text}</dd>`)}</dl>
<h3>Cite</h3>
<pre class="cite">${citationText(document)}</pre>`;
}
