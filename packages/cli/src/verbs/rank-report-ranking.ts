/** Sections of the ranking report: the ranking with its intervals, the scores behind it, case by case. */
import {
  distributionFigure,
  type Figure,
  type Html,
  heatMapFigure,
  html,
  intervalText,
  numberText,
  percentText,
  podiumFigure,
  rankingIntervalsFigure,
  regionColour,
  type TableColumn,
  tableHtml,
} from "@segathlon/plots";
import { type RankedAlgorithm, ranks } from "@segathlon/ranking";
import { caseScores, metricAxis, type ReportModel, rankedOf } from "./rank-report-model.ts";

/** Draws a figure: in Node on jsdom, in the page on its document. */
export type Draw = (figure: Figure) => Html;

export const decimalsOf = (value: number): number => (Math.abs(value) >= 100 ? 1 : Math.abs(value) >= 10 ? 2 : 4);
export const scoreText = (value: number | null): string => numberText(value, value === null ? 0 : decimalsOf(value));
const rankText = (rank: number): string => (Number.isInteger(rank) ? String(rank) : rank.toFixed(1));

export function rankPairText(pair: readonly [number, number] | null): string {
  if (pair === null) return "–";
  return pair[0] === pair[1] ? rankText(pair[0]) : `${rankText(pair[0])}–${rankText(pair[1])}`;
}

function pairCell(pair: readonly [number, number] | null): string {
  return pair === null ? "–" : intervalText(pair, decimalsOf(Math.max(Math.abs(pair[0]), Math.abs(pair[1]))));
}

function missingText({ missing }: RankedAlgorithm): string {
  const parts = [
    missing.prediction_failed > 0 ? `${missing.prediction_failed} failed` : "",
    missing.not_submitted > 0 ? `${missing.not_submitted} not submitted` : "",
    missing.reference_absent > 0 ? `${missing.reference_absent} without reference` : "",
  ].filter((part) => part !== "");
  return parts.length === 0 ? "0" : parts.join(", ");
}

function rankingColumns(model: ReportModel): TableColumn<RankedAlgorithm>[] {
  const { section } = model;
  const metrics = section.ranking.find((entry) => entry.metrics.length > 0)?.metrics.map(({ metric }) => metric) ?? [];
  const hasTests = section.ranking.some((entry) => entry.rank_interval_tests !== null);
  const hasDraws = section.ranking.some((entry) => entry.rank_interval !== null);
  const hasOwnScore = !metrics.some((metric) => section.score_label === `mean ${metric}`);
  const columns: TableColumn<RankedAlgorithm>[] = [
    {
      key: "rank",
      label: "Rank",
      align: "end",
      value: ({ rank }) => rank,
      cell: ({ display, not_ranked }) => (not_ranked === null ? display : html`<span class="badge warn">n/a</span>`),
    },
    {
      key: "algorithm",
      label: "Algorithm",
      align: "start",
      value: ({ algorithm }) => algorithm,
      cell: (entry) =>
        html`${entry.algorithm}${entry.not_ranked === null ? "" : html` <span class="muted">${entry.not_ranked}</span>`}${
          entry.separable_from_first === false && entry.rank !== 1
            ? html` <span class="badge good">may be first</span>`
            : ""
        }`,
    },
    {
      key: "rank_interval",
      label: "Rank, 95 %",
      explanation: "From the 2.5 % to the 97.5 % quantile of the bootstrap ranks.",
      definedAt: "#methods",
      align: "end",
      value: ({ rank_interval }) => (rank_interval === null ? null : rankPairText(rank_interval)),
      cell: ({ rank_interval }) => (hasDraws ? rankPairText(rank_interval) : "…"),
    },
    {
      key: "p_first",
      label: "P(1st)",
      explanation: "Share of bootstrap draws with the first place, shared first places included.",
      align: "end",
      value: ({ p_first }) => p_first,
      cell: ({ p_first }) => (hasDraws ? percentText(p_first) : "…"),
    },
  ];
  if (hasTests)
    columns.push({
      key: "rank_interval_tests",
      label: "Rank, tests",
      explanation:
        "1 + number significantly better to number of algorithms - number significantly worse; signed-rank tests, Holm over all pairs.",
      align: "end",
      value: ({ rank_interval_tests }) => (rank_interval_tests === null ? null : rankPairText(rank_interval_tests)),
      cell: ({ rank_interval_tests }) => rankPairText(rank_interval_tests),
    });
  if (hasOwnScore)
    columns.push({
      key: "score",
      label: `${section.score_label[0]?.toUpperCase()}${section.score_label.slice(1)}`,
      explanation: section.score_direction === "lower-is-better" ? "Small is good." : "Large is good.",
      align: "end",
      value: ({ score }) => score,
      cell: ({ score }) => (/rank|wins/.test(section.score_label) ? numberText(score, 2) : scoreText(score)),
    });
  for (const metric of metrics) {
    const own = (entry: RankedAlgorithm) => entry.metrics.find((summary) => summary.metric === metric);
    columns.push({
      key: `${metric}_mean`,
      label: `Mean ${metric}`,
      explanation: `Mean ${metric} with its 95 % interval (Student's t).`,
      align: "end",
      value: (entry) => own(entry)?.mean ?? null,
      cell: (entry) =>
        html`${scoreText(own(entry)?.mean ?? null)} <span class="muted">${pairCell(own(entry)?.ci95 ?? null)}</span>`,
    });
  }
  columns.push(
    { key: "cases", label: "Cases", align: "end", value: ({ cases }) => cases },
    {
      key: "missing",
      label: "Missing",
      explanation: "Scores that are not there, counted in regions of cases, by reason.",
      align: "end",
      value: ({ missing }) => missing.prediction_failed + missing.not_submitted,
      cell: missingText,
    },
  );
  if (section.ranking.some(({ next }) => next !== null))
    columns.push({
      key: "p_false_claim",
      label: "P(false claim)",
      explanation:
        "Probability that a claim of superiority over the next of the list is false, from the paired scores of the first metric.",
      align: "end",
      value: ({ next }) => next?.p_false_claim ?? null,
      cell: ({ next }) => percentText(next?.p_false_claim ?? null),
    });
  return columns;
}

/** Notes first, because they say how far the table can be trusted; then the table, then the intervals as a figure. */
export function rankingSection(model: ReportModel, draw: Draw): Html {
  const { document, section } = model;
  const notes = document.notes.filter((note) => note.code !== "scheme-not-certain");
  const { certainty } = document.scheme;
  const bootstrap = document.bootstrap;
  const entries = rankedOf(model);
  const metric = model.choice.metric;
  return html`<p class="muted">${document.scheme.title}: ${document.scheme.description}</p>
${
  certainty.level === "not-certain"
    ? html`<div class="note warn" data-certainty><strong>Not certain that the challenge ranked exactly so.</strong> <ul>${certainty.notes.map((note) => html`<li>${note}</li>`)}</ul></div>`
    : ""
}${notes.map((note) => html`<p class="note${note.severity === "warning" ? " warn" : ""}">${note.text}</p>`)}
${tableHtml({
  id: "ranking-table",
  caption: `${model.scopeTitle}: ${document.scheme.title}`,
  columns: rankingColumns(model),
  rows: section.ranking,
  whenEmpty: "No algorithm has scores here. Choose other cases or regions.",
})}
<p class="muted" data-bootstrap-state>${
    bootstrap === null
      ? model.bootstrap === null
        ? "No bootstrap was asked for, so there are no rank intervals."
        : `Bootstrap: 0 of ${model.bootstrap.draws} draws so far.`
      : `Bootstrap: ${bootstrap.draws_done} of ${bootstrap.draws} draws, seed ${bootstrap.seed}. "May be first": the rank interval reaches 1.`
  }</p>
${
  entries.length === 0
    ? ""
    : draw(
        rankingIntervalsFigure({
          name: "ranking-intervals",
          title: `${metric} with 95 % intervals, in rank order`,
          metric: metricAxis(model),
          methods: entries.map((entry) => {
            const own = entry.metrics.find((summary) => summary.metric === metric);
            return {
              name: entry.algorithm,
              rank: entry.rank ?? 0,
              rankInterval: entry.rank_interval,
              value: own?.mean ?? null,
              ci95: own?.ci95 ?? null,
              leadingGroup: entry.separable_from_first === false,
            };
          }),
        }),
      )
}`;
}

/** Box and dots, podium, and the heat map of ranks: one task, one metric, regions averaged per case. */
export function casesSection(model: ReportModel, draw: Draw): Html {
  const unit = caseScores(model);
  const entries = rankedOf(model);
  if (unit === null || entries.length === 0)
    return html`<p class="empty">There are no scores of single cases here.</p>`;
  const m = unit.cases.length;
  const task = model.table.tasks[unit.task];
  const cases = Array.from(unit.cases, (index) => task?.cases[index] ?? "");
  const rows = entries.map((entry) => {
    const row = model.document.algorithms.indexOf(entry.algorithm);
    const values = Array.from(unit.values.subarray(row * m, (row + 1) * m), (value) =>
      Number.isNaN(value) ? null : value,
    );
    return { name: entry.algorithm, values };
  });
  const where = `${model.choice.metric}, ${model.task}`;
  return html`<p class="muted">${model.task}, ${model.choice.metric}, mean over the regions of a case; a failed prediction has the worst value.${
    model.document.tasks.length > 1 ? " Choose a task above to see another one." : ""
  }</p>
${draw(
  distributionFigure({
    name: "scores-by-algorithm",
    title: `Scores of single cases: ${where}`,
    groupedBy: "algorithm",
    metric: metricAxis(model),
    groups: rows.map(({ name, values }, index) => ({
      name,
      colour: regionColour(index),
      values: values.flatMap((value, c) => (value === null ? [] : [{ label: cases[c] ?? "", value }])),
      withoutValue: values.filter((value) => value === null).length,
    })),
  }),
)}
${draw(podiumFigure({ name: "podium", title: `Podium: ${where}`, metric: metricAxis(model), methods: rows, cases }))}
${draw(rankHeatMap(rows, cases.length, unit.sign, where))}`;
}

/** How often each algorithm takes each rank in a case; shared ranks take the best place. */
function rankHeatMap(
  rows: readonly { readonly name: string; readonly values: readonly (number | null)[] }[],
  cases: number,
  sign: 1 | -1,
  where: string,
): Figure {
  const counts = rows.map(() => new Array<number>(rows.length).fill(0));
  for (let c = 0; c < cases; c++) {
    const place = ranks(
      rows.map(({ values }) => -sign * (values[c] ?? Number.NaN)),
      "min",
    );
    for (const [row, rank] of place.entries()) {
      const own = counts[row];
      if (own !== undefined && !Number.isNaN(rank)) own[rank - 1] = (own[rank - 1] ?? 0) + 1;
    }
  }
  return heatMapFigure({
    name: "rank-heat-map",
    title: `Ranks in single cases: ${where}`,
    description: "Number of cases in which an algorithm took a rank; equal values share the best place.",
    rows: rows.map(({ name }) => name),
    columns: rows.map((_, rank) => String(rank + 1)),
    rowKind: "algorithm",
    columnKind: "rank",
    values: counts,
    metric: { key: "cases", label: "cases", direction: "none" },
    decimals: 0,
  });
}
