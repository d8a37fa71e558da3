/** The order of the sections of the ranking report, and its controls. */
import { type Html, html, trustedHtml } from "@segathlon/plots";
import {
  type PhaseOfTasks,
  type PreparedTable,
  plainTaskName,
  type RankingScheme,
  sliceAttributes,
} from "@segathlon/ranking";
import type { ReportChoice, ReportModel } from "./rank-report-model.ts";
import { casesSection, type Draw, rankingSection } from "./rank-report-ranking.ts";
import { schemesSection, significanceSection, stabilitySection } from "./rank-report-uncertainty.ts";
import { methodsSection, regionsSection, slicesSection, tasksSection } from "./rank-report-views.ts";

export interface ReportView {
  readonly id: string;
  readonly title: string;
  /** Written again when bootstrap draws arrive. */
  readonly showsDraws: boolean;
  readonly render: (model: ReportModel, draw: Draw) => Html;
}

export const reportViews: readonly ReportView[] = [
  { id: "ranking", title: "Ranking", showsDraws: true, render: rankingSection },
  { id: "cases", title: "Scores", showsDraws: false, render: casesSection },
  { id: "stability", title: "Stability", showsDraws: true, render: stabilitySection },
  { id: "significance", title: "Significance", showsDraws: false, render: significanceSection },
  { id: "schemes", title: "Other schemes", showsDraws: false, render: schemesSection },
  { id: "regions", title: "Regions", showsDraws: false, render: regionsSection },
  { id: "slices", title: "Slices", showsDraws: false, render: slicesSection },
  { id: "tasks", title: "Across tasks", showsDraws: false, render: tasksSection },
  { id: "methods", title: "Methods", showsDraws: true, render: methodsSection },
];

/** Styles that only this report needs. */
export const reportExtraCss = `
.controls{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:var(--space-3) var(--space-4);align-items:start;padding:var(--space-3) var(--space-4);background:var(--surface);border:1px solid var(--line);border-radius:var(--radius);margin:0}
.controls[hidden]{display:none}
.controls label,.controls legend{display:block;font-size:var(--text-xs);color:var(--ink-2);padding:0;margin-bottom:.15rem}
.controls select{font:inherit;font-size:var(--text-s);color:var(--ink);background:var(--raised);border:1px solid var(--line-strong);border-radius:var(--radius);padding:.25rem .4rem;width:100%;min-height:1.9rem}
.controls fieldset{border:0;padding:0;margin:0;min-width:0}
.controls .checks{display:flex;flex-wrap:wrap;gap:.1rem .8rem;max-height:9.5rem;overflow-y:auto}
.controls .checks label{display:inline-flex;align-items:center;gap:.3rem;font-size:var(--text-s);color:var(--ink);margin:0;min-height:1.5rem}
.controls .wide{grid-column:1/-1}
.controls output{font-size:var(--text-xs);color:var(--ink-2);grid-column:1/-1}
.switch{display:flex;flex-wrap:wrap;gap:var(--space-1);margin:0 0 var(--space-3)}
.switch button[aria-pressed=true]{background:var(--accent);border-color:var(--accent);color:var(--accent-ink)}
.bias{display:grid;grid-template-columns:minmax(8rem,12rem) minmax(0,1fr);gap:var(--space-2) var(--space-4);max-width:none}
.bias dt{font-weight:600}.bias dd{margin:0}
@media (max-width:47rem){.bias{grid-template-columns:minmax(0,1fr);gap:0}.bias dd{margin-bottom:var(--space-3)}}
.cite{background:var(--surface);border:1px solid var(--line);border-radius:var(--radius);padding:var(--space-3);overflow-x:auto;white-space:pre-wrap;overflow-wrap:anywhere}
main p,main dd,.report-footer{overflow-wrap:anywhere}
[data-pending]{opacity:.55}
`;

const option = (value: string, label: string, chosen: string): Html =>
  value === chosen
    ? html`<option value="${value}" selected>${label}</option>`
    : html`<option value="${value}">${label}</option>`;

function checks(legend: string, name: string, values: readonly string[], chosen: readonly string[] | undefined): Html {
  if (values.length < 2) return html``;
  return html`<fieldset class="${values.length > 4 ? "wide" : ""}"><legend>${legend}</legend><div class="checks" data-checks="${name}">${values.map(
    (value) =>
      html`<label><input type="checkbox" value="${value}"${chosen === undefined || chosen.includes(value) ? html` checked` : ""}>${value}</label>`,
  )}</div></fieldset>`;
}

/** Values of attributes that single cases can be chosen by; attributes with many values are left to the slices. */
export function sliceChoices(
  table: PreparedTable,
): readonly { readonly attribute: string; readonly value: string | number; readonly cases: number }[] {
  return sliceAttributes(table)
    .filter(({ values }) => values >= 2 && values <= 12)
    .flatMap(({ attribute }) => {
      const counts = new Map<string | number, number>();
      for (const task of table.tasks)
        for (const own of task.attributes) {
          const value = own[attribute];
          if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
        }
      return [...counts].map(([value, cases]) => ({ attribute, value, cases }));
    });
}

/** Phases of any scheme that have a task here; under a scheme without phases the whole ranking is shown. */
function phaseChoices(table: PreparedTable, schemes: readonly RankingScheme[]): readonly PhaseOfTasks[] {
  const plain = table.tasks.map(({ id }) => plainTaskName(id));
  const found = new Map<string, PhaseOfTasks>();
  for (const scheme of schemes)
    for (const phase of scheme.tasks.phases ?? [])
      if (!found.has(phase.id) && phase.tasks.some((task) => plain.includes(task))) found.set(phase.id, phase);
  return [...found.values()];
}

/** The controls; hidden until the report's script runs. `table` is the whole table. */
export function controlsHtml(table: PreparedTable, schemes: readonly RankingScheme[], choice: ReportChoice): Html {
  const metrics = table.metrics.map(({ key }) => key);
  const regions = [...new Set(table.tasks.flatMap((task) => [...task.regions]))];
  const slices = sliceChoices(table);
  const phases = phaseChoices(table, schemes);
  return html`<style>${trustedHtml(reportExtraCss)}</style>
<form class="controls" hidden aria-label="What is ranked, and how">
<div><label for="choose-scheme">Scheme</label><select id="choose-scheme">${schemes.map((scheme) =>
    option(scheme.id, `${scheme.title}${scheme.certainty.level === "certain" ? "" : " *"}`, choice.scheme.id),
  )}</select></div>
${
  table.tasks.length > 1
    ? html`<div><label for="choose-scope">Tasks</label><select id="choose-scope">${option("overall", `All ${table.tasks.length} tasks`, choice.scope)}${phases.map(
        (phase) => option(`phase:${phase.id}`, phase.title, choice.scope),
      )}${table.tasks.map(({ id }) => option(`task:${id}`, id, choice.scope))}</select></div>`
    : ""
}
<div><label for="choose-metric">Metric of the plots</label><select id="choose-metric">${metrics.map((key) => option(key, key, choice.metric))}</select></div>
${
  slices.length === 0
    ? ""
    : html`<div><label for="choose-slice">Cases</label><select id="choose-slice">${option("", "All cases", "")}${slices.map(
        ({ attribute, value, cases }) =>
          option(JSON.stringify([attribute, value]), `${attribute}: ${value} (${cases})`, ""),
      )}</select></div>`
}
${checks("Metrics that are ranked", "metrics", metrics, choice.selection.metrics)}
${checks("Regions", "regions", regions, choice.selection.regions)}
<output aria-live="polite">Everything below is computed in this page from the scores in the file. * some rule is not certain.</output>
</form>`;
}
