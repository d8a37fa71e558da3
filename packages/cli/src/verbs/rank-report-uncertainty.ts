/** Sections of the ranking report: stability, significance, dependence on the scheme. */
import {
  blobFigure,
  type Html,
  html,
  intervalText,
  numberText,
  percentText,
  pText,
  schemeLinesFigure,
  significanceFigure,
  tableHtml,
  tauViolinFigure,
} from "@segathlon/plots";
import { caseInfluence, compareAllPairs, friedmanTest, rankStability, schemeRobustness } from "@segathlon/ranking";
import { caseScores, drawnRanks, type ReportModel, rankedOf } from "./rank-report-model.ts";
import type { Draw } from "./rank-report-ranking.ts";

/** Above this many algorithms the pairwise part is left to the command line. */
const mostPairwise = 60;
/** Most rankings that the influence of single cases may take. */
const mostCaseRankings = 2000;

/** Blob plot of bootstrap ranks, violins of Kendall's tau, and the cases that decide. */
export function stabilitySection(model: ReportModel, draw: Draw): Html {
  const drawn = drawnRanks(model);
  const entries = rankedOf(model);
  if (entries.length < 2) return html`<p class="empty">Stability needs at least two ranked algorithms.</p>`;
  const { document, draws } = model;
  if (drawn === null || draws === null)
    return html`<p class="empty" data-waiting>${
      model.bootstrap === null
        ? "No bootstrap was asked for: write the report with --bootstrap 1000."
        : "The bootstrap is running; the plots come with the first draws."
    }</p>${influenceTable(model)}`;
  const rankOf = new Map(entries.map((entry) => [entry.algorithm, entry.rank ?? Number.NaN]));
  const observed = document.algorithms.map((name) => rankOf.get(name) ?? Number.NaN);
  const stability = rankStability(drawn, observed);
  const groups = document.tasks.map((task, index) => {
    const own = new Map(task.ranking.map((entry) => [entry.algorithm, entry.rank ?? Number.NaN]));
    const { tau } = rankStability(
      draws.tasks[index] ?? new Float64Array(0),
      document.algorithms.map((name) => own.get(name) ?? Number.NaN),
    );
    return violin(task.task, tau);
  });
  if (document.tasks.length > 1)
    groups.unshift(violin("all tasks", rankStability(draws.overall, overallRanks(model)).tau));
  return html`${draw(
    blobFigure({
      name: "bootstrap-ranks",
      title: `Ranks in ${stability.draws} bootstrap draws: ${model.scopeTitle}`,
      methods: entries.map((entry) => {
        const own = stability.algorithms[document.algorithms.indexOf(entry.algorithm)];
        return {
          name: entry.algorithm,
          draws: [...(own?.counts ?? [])].map(([rank, count]) => ({ rank, count })).sort((a, b) => a.rank - b.rank),
          medianRank: own?.median ?? 0,
          interval: [own?.low ?? 0, own?.high ?? 0],
        };
      }),
    }),
  )}
${draw(tauViolinFigure({ name: "bootstrap-tau", title: "Agreement of the bootstrap rankings with this ranking", groups }))}
${influenceTable(model)}`;
}

function overallRanks({ document }: ReportModel): number[] {
  const ranks = new Map(document.overall.ranking.map((entry) => [entry.algorithm, entry.rank ?? Number.NaN]));
  return document.algorithms.map((name) => ranks.get(name) ?? Number.NaN);
}

function violin(name: string, tau: Float64Array) {
  const values = [...tau].filter((value) => !Number.isNaN(value));
  return { name, values, undefinedDraws: tau.length - values.length };
}

function influenceTable(model: ReportModel): Html {
  const cases = model.document.tasks.reduce((total, task) => total + task.cases, 0);
  const algorithms = model.document.algorithms.length;
  const isTest = model.choice.scheme.method.kind === "test-then-rank";
  if (cases > mostCaseRankings || (isTest && cases * cases * algorithms * algorithms > 200_000_000))
    return html`<p class="muted">The influence of single cases is left out: ${cases} cases would need as many rankings.</p>`;
  const all = caseInfluence(model.table, model.choice.scheme);
  const deciding = all.filter((item) => item.changesWinner).length;
  const changing = all.filter((item) => item.changedRanks > 0).length;
  return html`<h3>Single cases</h3><p>Without one case at a time: ${changing} of ${all.length} cases change some rank, ${deciding} change the first place.</p>${tableHtml(
    {
      id: "case-influence",
      caption: "Cases with the largest influence",
      rows: all.filter((item) => item.changedRanks > 0).slice(0, 10),
      whenEmpty: "No single case changes any rank.",
      columns: [
        { key: "case", label: "Left out", align: "start", value: (item) => item.case },
        { key: "task", label: "Task", align: "start", value: (item) => item.task },
        {
          key: "first_place",
          label: "First place",
          align: "start",
          value: (item) => (item.changesWinner ? "changes" : "stays"),
        },
        { key: "changed", label: "Ranks changed", align: "end", value: (item) => item.changedRanks },
        { key: "largest_move", label: "Largest move", align: "end", value: (item) => item.largestMove },
        {
          key: "tau",
          label: "Kendall's tau",
          align: "end",
          value: (item) => item.tau,
          cell: (item) => numberText(item.tau, 3),
        },
      ],
    },
  )}`;
}

/** The significance map with its switch, effects of neighbours, and Friedman's test of all together. */
export function significanceSection(model: ReportModel, draw: Draw): Html {
  const entries = rankedOf(model);
  if (entries.length < 2) return html`<p class="empty">Tests need at least two ranked algorithms.</p>`;
  if (entries.length > mostPairwise)
    return html`<p class="empty">${entries.length} algorithms make ${entries.length * (entries.length - 1)} tests: too many to show. Select fewer algorithms.</p>`;
  const { metric, adjustment } = model.choice;
  const pairs = compareAllPairs(model.table, model.choice.scheme, { task: model.task, metric });
  const order = entries.map((entry) => pairs.algorithms.indexOf(entry.algorithm));
  const p = pairs.adjusted(adjustment);
  const plain = pairs.p;
  const holm = pairs.adjusted("holm");
  const neighbours = entries.slice(0, -1).map((entry, k) => {
    const a = order[k] ?? 0;
    const b = order[k + 1] ?? 0;
    return {
      name: entry.algorithm,
      other: entries[k + 1]?.algorithm ?? "",
      effect: pairs.effect(a, b),
      p: plain[a]?.[b] ?? null,
      holm: holm[a]?.[b] ?? null,
    };
  });
  return html`<div class="switch"><button type="button" data-adjustment="holm" aria-pressed="${String(adjustment === "holm")}">Holm-adjusted</button><button type="button" data-adjustment="none" aria-pressed="${String(adjustment === "none")}">Not adjusted</button></div>
${
  pairs.canReachSignificance
    ? ""
    : html`<p class="note warn">With ${pairs.cases} cases the smallest p-value is ${pText(pairs.smallestP)}; Holm's adjustment over ${entries.length * (entries.length - 1)} tests cannot be passed. Nothing here can be significant after it.</p>`
}${draw(
  significanceFigure({
    name: `significance-${adjustment}`,
    title: `Significantly better: ${metric}, ${model.task}`,
    methods: entries.map(({ algorithm }) => algorithm),
    p: order.map((a) => order.map((b) => p[a]?.[b] ?? null)),
    alpha: 0.05,
    adjustment,
    test: "Wilcoxon signed-rank, one-sided",
  }),
)}
${friedmanText(model)}
${tableHtml({
  id: "neighbour-effects",
  caption: `Each algorithm against the next: ${metric}, ${model.task}`,
  rows: neighbours,
  whenEmpty: "There is one algorithm.",
  columns: [
    { key: "algorithm", label: "Algorithm", align: "start", value: (row) => row.name },
    { key: "next", label: "against", align: "start", value: (row) => row.other },
    {
      key: "difference",
      label: "Mean difference",
      explanation: "Mean of the paired differences; positive: the first is better.",
      align: "end",
      value: (row) => (Number.isNaN(row.effect.difference) ? null : row.effect.difference),
      cell: (row) => numberText(Number.isNaN(row.effect.difference) ? null : row.effect.difference, 4),
    },
    {
      key: "ci95_low",
      label: "95 % interval",
      align: "end",
      value: (row) => row.effect.interval?.[0] ?? null,
      cell: (row) => intervalText(row.effect.interval, 4),
    },
    {
      key: "win_rate",
      label: "Win rate",
      explanation: "Share of cases in which the first is better; equal cases count half.",
      align: "end",
      value: (row) => row.effect.winRate,
      cell: (row) => percentText(row.effect.winRate),
    },
    { key: "p", label: "p", align: "end", value: (row) => row.p, cell: (row) => pText(row.p) },
    { key: "p_holm", label: "p, Holm", align: "end", value: (row) => row.holm, cell: (row) => pText(row.holm) },
    {
      key: "p_false_claim",
      label: "P(false claim)",
      align: "end",
      value: (row) => row.effect.pFalseClaim,
      cell: (row) => percentText(row.effect.pFalseClaim),
    },
  ],
})}`;
}

function friedmanText(model: ReportModel): Html {
  const unit = caseScores(model);
  if (unit === null || !unit.complete || unit.cases.length < 2) return html``;
  const result = friedmanTest(unit.values, model.document.algorithms.length, unit.sign);
  if (Number.isNaN(result.chiSquare)) return html``;
  const f = Number.isFinite(result.f) ? numberText(result.f, 2) : "infinite";
  return html`<p>All algorithms alike? Friedman's chi-square ${numberText(result.chiSquare, 2)}, p ${pText(result.p)}; Iman and Davenport's F ${f}, p ${pText(result.pImanDavenport)} (${result.cases} cases).</p>`;
}

/** The ranks under challengeR's five methods and the scheme itself. */
export function schemesSection(model: ReportModel, draw: Draw): Html {
  const robustness = schemeRobustness(model.table, model.choice.scheme);
  const { algorithms, schemes, left } = robustness;
  const order = algorithms
    .map((name, index) => ({ name, index, rank: schemes[0]?.ranks[index] ?? null }))
    .filter((entry) => entry.rank !== null)
    .sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || (a.name < b.name ? -1 : 1));
  return html`<p><strong>${robustness.sentence}</strong></p>
${draw(
  schemeLinesFigure({
    name: "schemes",
    title: "Ranks under other schemes",
    schemes: schemes.map(({ title }) => title),
    methods: order.map(({ name, index }) => ({ name, ranks: schemes.map((scheme) => scheme.ranks[index] ?? null) })),
  }),
)}
${tableHtml({
  id: "schemes-table",
  caption: "Agreement with the chosen scheme",
  rows: schemes,
  whenEmpty: "No scheme fits.",
  columns: [
    { key: "scheme", label: "Scheme", align: "start", value: ({ title }) => title },
    {
      key: "tau",
      label: "Kendall's tau",
      explanation: "Agreement of the order with the chosen scheme; 1 is the same order.",
      align: "end",
      value: ({ tauToOfficial }) => tauToOfficial,
      cell: ({ tauToOfficial }) => numberText(tauToOfficial, 3),
    },
    { key: "first", label: "First", align: "start", value: ({ winners }) => winners.join(", ") },
  ],
})}${left.map(({ id, reason }) => html`<p class="muted">${id} is left out: ${reason}.</p>`)}`;
}
