/**
 * `evaluate --html`: an evaluation as one page that needs nothing else. Summary, distributions, worst cases, what failed, how
 * everything was computed, and the whole of evaluation.json inside.
 */
import { type CaseResult, type EvaluationDocument, metricDefinition, type RegionResult } from "@segathlon/benchmark";
import { findProfile, type Profile } from "@segathlon/metrics";
import {
  type DistributionGroup,
  distributionFigure,
  type Html,
  html,
  intervalText,
  numberText,
  type ReportSection,
  regionColours,
  reportShell,
  type TableColumn,
  tableHtml,
} from "@segathlon/plots";
import { figureHtml } from "@segathlon/plots/node";
import { regionStatuses } from "./evaluation-table.ts";

type Metric = EvaluationDocument["metrics"][number];

/** Rows of the table of cases; the rest is in the data of the page. */
const mostRows = 1500;

interface CaseRow {
  readonly case: CaseResult;
  readonly region: string;
  readonly result: RegionResult;
}

function decimals(unit: Metric["unit"]): number {
  if (unit === "count") return 0;
  return unit === "" ? 4 : 2;
}

function unitLabel(label: string, unit: Metric["unit"]): string {
  return unit === "mm" || unit === "ml" ? `${label} (${unit})` : label;
}

/** An anchor from a metric key: `nsd@0.5` -> `how-nsd-0-5`. */
function anchor(key: string): string {
  return `how-${key.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`;
}

const badges: Readonly<Record<RegionResult["status"], "good" | "warn" | "bad" | "">> = {
  ok: "good",
  "both-empty": "",
  missed: "bad",
  spurious: "bad",
  "missing-file": "bad",
  invalid: "bad",
};

function badge(status: RegionResult["status"], count?: number): Html {
  const text = count === undefined ? status : `${count} ${status}`;
  return html`<span class="badge ${badges[status]}">${text}</span> `;
}

function metricColumns<Row>(
  report: EvaluationDocument,
  profile: Profile,
  value: (row: Row, metric: Metric) => number | null,
  cell?: (row: Row, metric: Metric) => Html | string,
): TableColumn<Row>[] {
  return report.metrics.map((metric) => {
    const { label, definition } = metricDefinition(metric.key, profile);
    return {
      key: metric.key,
      label: unitLabel(label, metric.unit),
      explanation: definition,
      definedAt: `#${anchor(metric.key)}`,
      align: "end",
      value: (row) => value(row, metric),
      cell: (row) => cell?.(row, metric) ?? numberText(value(row, metric), decimals(metric.unit)),
    };
  });
}

function summarySection(report: EvaluationDocument, profile: Profile): ReportSection {
  const names = Object.keys(report.regions);
  const colours = regionColours(names);
  const rows = names.map((region) => ({ region, summaries: report.aggregate[region] ?? {} }));
  type Row = (typeof rows)[number];
  const columns: TableColumn<Row>[] = [
    {
      key: "region",
      label: "Region",
      align: "start",
      value: ({ region }) => region,
      cell: ({ region }) =>
        html`<span class="swatch" style="background:${colours.get(region) ?? ""}"></span> ${region}`,
    },
    {
      key: "n",
      label: "n",
      explanation: "Cases that count; in brackets those that the policy leaves out of a metric",
      align: "end",
      value: ({ summaries }) => Math.max(0, ...Object.values(summaries).map((summary) => summary.n)),
      cell: ({ summaries }) => {
        const all = Object.values(summaries);
        const excluded = Math.max(0, ...all.map((summary) => summary.excluded));
        return `${Math.max(0, ...all.map((summary) => summary.n))}${excluded > 0 ? ` (${excluded})` : ""}`;
      },
    },
    ...metricColumns<Row>(
      report,
      profile,
      ({ summaries }, { key }) => summaries[key]?.mean ?? null,
      ({ summaries }, { key, unit }) => {
        const summary = summaries[key];
        if (!summary) return "–";
        const digits = unit === "count" ? 2 : decimals(unit);
        const interval =
          summary.ci95 === null ? "" : html`<br><span class="muted">${intervalText(summary.ci95, digits)}</span>`;
        return html`${numberText(summary.mean, digits)}${interval}`;
      },
    ),
    {
      key: "statuses",
      label: "Statuses",
      align: "start",
      value: ({ region }) =>
        [...regionStatuses(report.cases, region)].map(([status, count]) => `${count} ${status}`).join(", "),
      cell: ({ region }) =>
        html`${[...regionStatuses(report.cases, region)].map(([status, count]) => badge(status, count))}`,
    },
  ];
  const rejected = report.rejected
    ? html`<p class="note bad">Rejected: ${report.rejected.reason} (${report.rejected.cases.join(", ")}). There is no summary.</p>`
    : "";
  const table = tableHtml({
    id: "summary-table",
    caption: "Mean score of every region with its 95 % interval",
    columns,
    rows,
    whenEmpty: "No region was scored. The section Faults says why.",
  });
  return { id: "summary", title: "Summary", body: html`${rejected}${table}` };
}

function distributionSection(report: EvaluationDocument, profile: Profile): ReportSection {
  const names = Object.keys(report.regions);
  const colours = regionColours(names);
  const figures = report.metrics
    .filter((metric) => !metric.key.startsWith("volume_reference") && !metric.key.startsWith("volume_prediction"))
    .map((metric) => {
      const { label } = metricDefinition(metric.key, profile);
      const groups = names
        .filter((region) =>
          report.cases.some((result) => Object.hasOwn(result.regions[region]?.metrics ?? {}, metric.key)),
        )
        .map((region): DistributionGroup => {
          const values = report.cases.flatMap((result) => {
            const value = result.regions[region]?.metrics[metric.key] ?? null;
            return value === null ? [] : [{ label: result.case, value }];
          });
          return {
            name: region,
            colour: colours.get(region) ?? "#808080",
            values,
            withoutValue: report.cases.length - values.length,
          };
        });
      const bounded = metric.unit === "" && metric.direction === "higher-is-better";
      return figureHtml(
        distributionFigure({
          name: `distribution-${metric.key.replace(/[^a-z0-9]+/gi, "-")}`,
          title: `${unitLabel(label, metric.unit)} by region`,
          groupedBy: "region",
          metric: {
            key: metric.key,
            label: unitLabel(label, metric.unit),
            direction: metric.direction,
            ...(bounded ? { domain: [0, 1] as const } : {}),
          },
          groups,
        }),
      );
    });
  const body = html`<p>Measured values, before the policy. Cases in which a metric is undefined are counted beside n.</p>${figures}`;
  return { id: "distributions", title: "Distributions", body };
}

/** Rows from worst to best by the first metric; what was never measured comes first. */
function rankedRows(report: EvaluationDocument): CaseRow[] {
  const first = report.metrics.find((metric) => metric.direction !== "none");
  const rows = report.cases.flatMap((result) =>
    Object.entries(result.regions)
      .filter(([, region]) => region.status !== "both-empty")
      .map(([region, regionResult]) => ({ case: result, region, result: regionResult })),
  );
  if (!first) return rows;
  const badness = ({ result }: CaseRow): number => {
    const score = result.scores[first.key] ?? null;
    if (result.status === "invalid" || result.status === "missing-file") return Number.POSITIVE_INFINITY;
    if (score === null) return Number.MAX_VALUE;
    return first.direction === "higher-is-better" ? -score : score;
  };
  return rows.toSorted((a, b) => (badness(a) === badness(b) ? 0 : badness(b) > badness(a) ? 1 : -1));
}

function casesSection(report: EvaluationDocument, profile: Profile): ReportSection {
  const rows = rankedRows(report);
  const columns: TableColumn<CaseRow>[] = [
    { key: "case", label: "Case", align: "start", value: (row) => row.case.case },
    { key: "region", label: "Region", align: "start", value: (row) => row.region },
    {
      key: "status",
      label: "Status",
      align: "start",
      value: (row) => row.result.status,
      cell: (row) => badge(row.result.status),
    },
    ...metricColumns<CaseRow>(report, profile, (row, { key }) => row.result.metrics[key] ?? null),
  ];
  const first = report.metrics.find((metric) => metric.direction !== "none");
  const order = first ? `worst ${metricDefinition(first.key, profile).label} first` : "in order of names";
  const cut =
    rows.length > mostRows
      ? html`<p class="note">Shown are ${mostRows} of ${rows.length} rows; all are in the report file (--out) and in the table file (--csv).</p>`
      : "";
  const table = tableHtml({
    id: "case-table",
    caption: `Measured values of every case and region, ${order}`,
    columns,
    rows: rows.slice(0, mostRows),
    whenEmpty: "Every region is empty on both sides in every case.",
  });
  return { id: "cases", title: "Worst cases", body: html`${cut}${table}` };
}

function faultsSection(report: EvaluationDocument): ReportSection {
  const faults = report.cases.flatMap((result) => {
    const own =
      result.status === "missing-prediction" ? [html`<li><strong>${result.case}</strong>: no prediction</li>`] : [];
    const problems = [
      ...(result.problem ? [{ region: "", problem: result.problem }] : []),
      ...(result.status === "ok"
        ? Object.entries(result.regions).flatMap(([region, { problem }]) => (problem ? [{ region, problem }] : []))
        : []),
    ];
    const missing =
      result.status === "ok"
        ? Object.entries(result.regions).flatMap(([region, { status, failed_side }]) =>
            status === "missing-file"
              ? [html`<li><strong>${result.case}</strong>, ${region}: no file (${failed_side})</li>`]
              : [],
          )
        : [];
    return [
      ...own,
      ...problems.map(
        ({ problem }) =>
          html`<li><strong>${result.case}</strong>: ${problem.message} <span class="badge">${problem.code} ${problem.name}</span><br><span class="muted">${problem.hint}</span></li>`,
      ),
      ...missing,
    ];
  });
  const geometry = new Map<string, number>();
  for (const result of report.cases)
    if (result.geometry) geometry.set(result.geometry, (geometry.get(result.geometry) ?? 0) + 1);
  const grids = [...geometry].map(([status, count]) => `${count} ${status}`).join(", ");
  const list =
    faults.length === 0
      ? html`<p class="note good">Every case and structure was scored.</p>`
      : html`<ul>${faults}</ul>`;
  const notes =
    report.notes.length === 0 ? "" : html`<h3>Notes</h3><ul>${report.notes.map((note) => html`<li>${note}</li>`)}</ul>`;
  const grid = grids === "" ? "" : html`<p>Grids of predictions and references: ${grids}.</p>`;
  return { id: "faults", title: "Faults and notes", body: html`${list}${grid}${notes}` };
}

const rules: Readonly<Record<string, string>> = {
  best: "counts as the best value",
  worst: "counts as the worst value",
  exclude: "leaves the metric out of the summary",
};

function ruleText(rule: EvaluationDocument["policy"]["both_empty"]): string {
  return typeof rule === "number" ? `counts as ${rule}` : (rules[rule] ?? rule);
}

function howSection(report: EvaluationDocument, profile: Profile): ReportSection {
  const { policy } = report;
  const missing =
    policy.missing_prediction === "worst" ? "counts as the worst value in every region" : "rejects the whole set";
  const regions = Object.entries(report.regions).map(([name, labels]) =>
    labels === null
      ? html`<li>${name}: its own mask files</li>`
      : html`<li>${name}: ${labels.length === 1 ? "label" : "labels"} ${labels.join(", ")}</li>`,
  );
  const body = html`<dl>${report.metrics.map(({ key, unit }) => {
    const { label, definition } = metricDefinition(key, profile);
    return html`<dt id="${anchor(key)}"><strong>${unitLabel(label, unit)}</strong> <code>${key}</code></dt><dd>${definition}</dd>`;
  })}</dl>
<h3>Profile ${profile.title}</h3>
<p>${profile.source}</p>
<p>${profile.verified === true ? "Verified against reference values of that implementation." : "By definition only: no reference values were at hand to verify it."}</p>
<ul>${profile.notes.map((note) => html`<li>${note}</li>`)}</ul>
<h3>What an empty or missing structure counts</h3>
<p>A measured value always stands. Where the profile leaves a metric undefined: a region that is empty on both sides ${ruleText(policy.both_empty)}; one that is empty on one side ${ruleText(policy.one_empty)}. A missing or unusable prediction ${missing}. The worst distance is the diagonal of the image unless stated otherwise${
    Object.keys(policy.worst).length === 0
      ? ""
      : html` (stated: ${Object.entries(policy.worst)
          .map(([key, value]) => `${key} ${value}`)
          .join(", ")})`
  }.</p>
<h3>Regions</h3>
<ul>${regions}</ul>
<h3>Intervals</h3>
<p>95 % intervals are t intervals of the mean over cases. They say how sure the mean is, not how the cases spread.</p>
<p>Protocol <code>${report.protocol_hash}</code>. Two evaluations with this hash were asked the same and may be ranked together.</p>`;
  return { id: "how", title: "How this is computed", body };
}

/** The page as the text of an HTML file. */
export function evaluationPage(report: EvaluationDocument): string {
  const profile = findProfile(report.profile);
  const failed = report.cases.filter((result) => result.status !== "ok").length;
  return reportShell({
    title: `Evaluation of ${report.method}`,
    subtitle: report.task === null ? "Predictions against references" : `Task ${report.task}`,
    facts: [
      ["Cases", String(report.cases.length)],
      ["Not scored", String(failed)],
      ["Regions", String(Object.keys(report.regions).length)],
      ["Profile", report.profile],
      ["Evaluator", `${report.evaluator.version}, ${report.evaluator.kernel} kernel`],
      ["Protocol", report.protocol_hash.slice(0, 15)],
    ],
    sections: [
      summarySection(report, profile),
      distributionSection(report, profile),
      casesSection(report, profile),
      faultsSection(report),
      howSection(report, profile),
    ],
    data: report,
    footer: `Segathlon ${report.evaluator.version}. The whole report is in this file as JSON (element report-data).`,
  });
}
