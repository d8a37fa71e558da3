/**
 * "Ranking and statistics" in words, from the document itself: the paragraph for a paper, the items of the BIAS checklist on ranking
 * (Maier-Hein et al., MedIA 66:101796, 2020), and a citation.
 */
import type { RankingDocument } from "./ranking-document.ts";
import type { RankingScheme, Statistic } from "./scheme.ts";

const statisticText = (statistic: Statistic): string =>
  typeof statistic === "string" ? statistic : `${100 * statistic.quantile} % quantile`;

const testText = {
  "wilcoxon-normal":
    "one-sided Wilcoxon signed-rank test (zero differences dropped, normal approximation with continuity correction and correction for ties)",
  "wilcoxon-exact": "one-sided Wilcoxon signed-rank test (zero differences dropped, exact permutation distribution)",
  "sign-flip": "one-sided sign-flip permutation test of the mean paired difference",
  "rank-sum-two-sided": "two-sided unpaired rank-sum test (normal approximation) with the sign of the statistic",
} as const;

const tieText = {
  min: "Equal values share the best place",
  max: "Equal values share the worst place",
  average: "Equal values share the mean of their places",
  first: "Equal values keep the order of the names",
  last: "Equal values take the reverse order of the names",
  random: "Equal values take a random order",
} as const;

/** How the ranking is computed, in one paragraph. */
export function rankingMethodText(scheme: RankingScheme): string {
  const { method } = scheme;
  const metrics =
    scheme.metrics === "all"
      ? "every metric"
      : scheme.metrics.map(({ metric, weight }) => (weight === 1 ? metric : `${metric} (weight ${weight})`)).join(", ");
  const unit =
    scheme.regions === "mean-per-case"
      ? `For ${metrics}, scores were averaged over the regions of each case`
      : `${metrics[0]?.toUpperCase()}${metrics.slice(1)} ${scheme.metrics === "all" || scheme.metrics.length === 1 ? "was" : "were"} ranked for each region separately`;
  const how =
    method.kind === "aggregate-then-rank"
      ? `algorithms were ranked by their ${statisticText(method.statistic)} over the cases`
      : method.kind === "rank-then-aggregate"
        ? `algorithms were ranked in each case, and the ${statisticText(method.statistic)} of these ranks was taken`
        : `all ordered pairs of algorithms were compared by a ${testText[method.test]} at ${method.alpha}${method.adjust === "none" ? ", without adjustment for the number of pairs" : `, adjusted by ${method.adjust} over all pairs`}, and algorithms were ranked by their number of significant wins`;
  const subsets =
    scheme.subsets === undefined || scheme.subsets.length === 0
      ? ""
      : ` within each combination of ${scheme.subsets.join(" and ")}`;
  const combined = {
    ranks: `The ${scheme.combine.statistic} of these ranks over regions, metrics and subsets is the value of a task`,
    scores: `Their mean over regions and metrics is the value of a task`,
    "linear-rank-scores": `Ranks were mapped linearly to 0.1 (last) to 1 (first), and their ${scheme.combine.statistic} over metrics is the value of a task`,
  }[scheme.combine.of];
  const across =
    scheme.tasks.across === "mean-of-task-scores"
      ? "tasks were combined by the mean of their values"
      : "tasks were combined by the mean of their ranks, shared ranks averaged";
  const broken =
    scheme.tie_break === undefined
      ? ""
      : `; remaining ties were broken by the mean ${scheme.tie_break.metric}${scheme.tie_break.region === undefined ? "" : ` of ${scheme.tie_break.region}`}`;
  return `${unit}; ${how}${subsets}. ${combined}; ${across}. ${tieText[scheme.ties]}${broken}.`;
}

/** What happened to scores that are not there. */
export function missingText(scheme: RankingScheme): string {
  const { failed, not_submitted } = scheme.missing;
  const failure =
    typeof failed === "object"
      ? `got the value ${failed.value}`
      : {
          worst: "got the worst value of its metric",
          "rank-last": "took the last place of its case",
          ignore: "was left out for that algorithm only",
        }[failed];
  const entry = {
    "not-ranked": "An algorithm without a result for some case was listed without a rank",
    worst: "A case without a result counted as failed",
    "common-cases": "Only cases for which every algorithm has a result were used",
  }[not_submitted];
  return `A region that is absent in the reference left the comparison for every algorithm. A failed prediction ${failure}. ${entry}.`;
}

function uncertaintyText(document: RankingDocument): string {
  const { bootstrap } = document;
  const means =
    "Intervals of means are 95 % intervals from Student's t distribution over cases (over several tasks, of the mean of the tasks' means, with Welch-Satterthwaite degrees of freedom).";
  if (bootstrap === null) return `${means} No bootstrap was done.`;
  const what = {
    cases: "cases with replacement, the same for all algorithms",
    stratified: `cases with replacement within each ${bootstrap.group}`,
    "groups-then-cases": `${bootstrap.group}s with replacement, then cases within them`,
  }[bootstrap.resampling ?? "cases"];
  const replay =
    bootstrap.compat === undefined
      ? ""
      : " The draws and the treatment of cases drawn repeatedly are those of challengeR 1.0.5.";
  const generator = bootstrap.generator === "lecuyer-cmrg" ? "L'Ecuyer-CMRG as in R" : "Philox4x32-10";
  return `${means} Ranking stability was assessed by ${bootstrap.draws_done} bootstrap draws of ${what}, repeating the whole ranking (${generator}, seed ${bootstrap.seed}); rank intervals are the 2.5 % and 97.5 % quantiles (type 7), agreement is Kendall's tau-b.${replay}`;
}

const softwareText = ({ software }: RankingDocument): string =>
  `Computed with Segathlon (${software.name} ${software.version})`;

/** What part of the table was ranked; empty for all of it. */
function selectionText({ data }: RankingDocument): string {
  const { selection } = data;
  if (selection === null) return "";
  const parts = [
    ...(["regions", "metrics", "algorithms"] as const).flatMap((key) =>
      selection[key] === undefined ? [] : [`${key} ${selection[key].join(", ")}`],
    ),
    ...Object.entries(selection.attributes ?? {}).map(([key, value]) => `cases with ${key} ${value}`),
    ...(selection.cases === undefined ? [] : [`${selection.cases.length} chosen cases`]),
  ];
  return parts.length === 0 ? "" : ` Only a part was ranked: ${parts.join("; ")}.`;
}

/** The paragraph "ranking and statistics" for a paper or a challenge design document. */
export function methodsParagraph(document: RankingDocument): string {
  const { scheme, data } = document;
  const cases = data.tasks.map(({ task, cases: n }) => `${task} (${n} cases)`).join(", ");
  return [
    `${document.algorithms.length} algorithms were ranked on ${cases} by the scheme "${scheme.title}".${selectionText(document)}`,
    rankingMethodText(scheme),
    missingText(scheme),
    uncertaintyText(document),
    `${softwareText(document)}; data ${data.hash}.`,
  ].join(" ");
}

export interface BiasItem {
  readonly item: string;
  readonly text: string;
}

/** The items of the BIAS checklist that concern ranking and statistics, filled from the document. */
export function biasItems(document: RankingDocument): readonly BiasItem[] {
  const { scheme } = document;
  const metrics = [...new Set(document.data.tasks.flatMap((task) => task.metrics))].join(", ");
  const uncertain = scheme.certainty.level === "not-certain" ? ` Not certain: ${scheme.certainty.notes.join(" ")}` : "";
  return [
    {
      item: "Metrics",
      text: `Scored: ${metrics}. Ranked by: ${scheme.metrics === "all" ? "all of them, equally weighted" : scheme.metrics.map(({ metric, weight }) => `${metric} (weight ${weight})`).join(", ")}.`,
    },
    { item: "Ranking method", text: `${rankingMethodText(scheme)} Source: ${scheme.source}.${uncertain}` },
    { item: "Handling of missing results", text: missingText(scheme) },
    { item: "Ranking variability", text: uncertaintyText(document) },
    { item: "Statistical tests", text: testsText(document) },
    {
      item: "Software",
      text: `${softwareText(document)}. Scheme ${scheme.id}, seed ${document.seed}, data ${document.data.hash}.`,
    },
    {
      item: "Limitations",
      text: document.notes.length === 0 ? "None noted." : document.notes.map((note) => note.text).join(" "),
    },
  ];
}

function testsText({ scheme }: RankingDocument): string {
  const own =
    scheme.method.kind === "test-then-rank" ? `The ranking itself rests on a ${testText[scheme.method.test]}. ` : "";
  return `${own}Beside the ranking, all ordered pairs of algorithms are compared on each task by a ${testText["wilcoxon-normal"]}, adjusted by Holm over all pairs at 0.05; effects are mean paired differences with 95 % t intervals and win rates.`;
}

/** BibTeX of the software and of the scheme's source. */
export function citationText(document: RankingDocument): string {
  const year = "2026";
  return `@software{segathlon,
  title   = {Segathlon: benchmarks for medical image segmentation},
  version = {${document.software.version}},
  year    = {${year}},
  note    = {Ranking scheme ${document.scheme.id}; data ${document.data.hash}}
}
% The scheme: ${document.scheme.source}
`;
}
