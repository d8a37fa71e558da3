/**
 * The ranking schemes that Segathlon knows, as documents. Rules that could not be read in the primary source are marked in `certainty`,
 * which every page and report shows.
 */
import type { Certainty, RankingMethod, RankingScheme } from "./scheme.ts";

const certain: Certainty = { level: "certain", notes: [] };
const notCertain = (...notes: string[]): Certainty => ({ level: "not-certain", notes });

const challengerSource =
  "Wiesenfarth et al., Methods and open-source toolkit for analyzing and visualizing challenge results, Sci Rep 11:2369 (2021); behaviour of challengeR 1.0.5";

function challengerScheme(id: string, title: string, description: string, method: RankingMethod): RankingScheme {
  return {
    id,
    title,
    description,
    metrics: "all",
    regions: "mean-per-case",
    method,
    ties: "min",
    combine: { of: "ranks", statistic: "mean" },
    tasks: { across: "mean-of-average-ranks" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    certainty: certain,
    source: challengerSource,
  };
}

const signedRank: RankingMethod = { kind: "test-then-rank", test: "wilcoxon-normal", alpha: 0.05, adjust: "none" };

const msdPhases = [
  {
    id: "development",
    title: "Phase 1: development tasks",
    tasks: ["BrainTumour", "Heart", "Liver", "Hippocampus", "Prostate", "Lung", "Pancreas"],
  },
  { id: "mystery", title: "Phase 2: mystery tasks", tasks: ["Colon", "HepaticVessel", "Spleen"] },
] as const;

const msd2018: RankingScheme = {
  id: "msd-2018",
  title: "Medical Segmentation Decathlon 2018",
  description:
    "For each task, region and metric (DSC, NSD) all pairs of algorithms are compared by Wilcoxon's signed-rank test at 0.05, without adjustment for the number of pairs. An algorithm's score is the number of algorithms that are significantly worse; scores are ranked, ties share a rank. The task's value is the mean rank over regions and metrics, the phase's the mean over its tasks.",
  metrics: [
    { metric: "dice", weight: 1 },
    { metric: "nsd", weight: 1 },
  ],
  regions: "separate",
  method: { ...signedRank, score: "win-count" },
  ties: "min",
  combine: { of: "ranks", statistic: "mean" },
  tasks: { across: "mean-of-task-scores", phases: msdPhases },
  missing: { failed: { value: 0 }, not_submitted: "not-ranked" },
  certainty: notCertain(
    "The sidedness of the test is not spelled out in the paper: one-sided tests with the normal approximation are used here, as challengeR does.",
    "The value 0 for undefined scores and the mean of task ranks per phase are recalled from the paper's supplement; counting significant wins is confirmed by two official re-uses.",
  ),
  source: "Antonelli et al., The Medical Segmentation Decathlon, Nat Commun 13:4128 (2022)",
};

const presets: readonly RankingScheme[] = [
  challengerScheme(
    "mean-then-rank",
    "Mean, then rank",
    "Algorithms are ranked by their mean over the cases (challengeR aggregateThenRank, mean).",
    { kind: "aggregate-then-rank", statistic: "mean" },
  ),
  challengerScheme(
    "median-then-rank",
    "Median, then rank",
    "Algorithms are ranked by their median over the cases (challengeR aggregateThenRank, median).",
    { kind: "aggregate-then-rank", statistic: "median" },
  ),
  challengerScheme(
    "rank-then-mean",
    "Rank, then mean",
    "Algorithms are ranked in each case; the mean of these ranks is ranked (challengeR rankThenAggregate, mean).",
    { kind: "rank-then-aggregate", statistic: "mean" },
  ),
  challengerScheme(
    "rank-then-median",
    "Rank, then median",
    "Algorithms are ranked in each case; the median of these ranks is ranked (challengeR rankThenAggregate, median).",
    { kind: "rank-then-aggregate", statistic: "median" },
  ),
  challengerScheme(
    "test-then-rank",
    "Test, then rank",
    "Algorithms are ranked by the share of the others that they beat in a one-sided signed-rank test at 0.05, without adjustment (challengeR testThenRank).",
    { ...signedRank, score: "win-fraction" },
  ),
  challengerScheme(
    "test-then-rank-holm",
    "Test, then rank (Holm)",
    "As test-then-rank, with Holm's adjustment over all ordered pairs.",
    { ...signedRank, adjust: "holm", score: "win-fraction" },
  ),
  msd2018,
  {
    id: "amos-2022-validation",
    title: "AMOS 2022, validation leaderboard",
    description:
      "DSC and NSD are averaged over the organs of each case and over the cases; algorithms are ranked on each average, and the mean of the two ranks is ranked.",
    metrics: [
      { metric: "dice", weight: 1 },
      { metric: "nsd", weight: 1 },
    ],
    regions: "mean-per-case",
    method: { kind: "aggregate-then-rank", statistic: "mean" },
    ties: "min",
    combine: { of: "ranks", statistic: "mean" },
    tasks: { across: "mean-of-task-scores" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    certainty: notCertain("How the two validation ranks are combined is not stated; their mean is used."),
    source: "Ji et al., AMOS, NeurIPS 2022; amos22.grand-challenge.org",
  },
  {
    id: "amos-2022-test",
    title: "AMOS 2022, test phase",
    description:
      "DSC and NSD per organ and case are averaged over the organs; algorithms are ranked per metric on the mean over the cases, and the mean of the two ranks is ranked. Every case needs a prediction, otherwise the submission is not ranked.",
    metrics: [
      { metric: "dice", weight: 1 },
      { metric: "nsd", weight: 1 },
    ],
    regions: "mean-per-case",
    method: { kind: "aggregate-then-rank", statistic: "mean" },
    ties: "min",
    combine: { of: "ranks", statistic: "mean" },
    tasks: { across: "mean-of-task-scores" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    certainty: notCertain(
      "The page's sentence on the test phase was truncated; the mean of the two ranks is recalled.",
    ),
    source: "amos22.grand-challenge.org",
  },
  {
    id: "brats",
    title: "BraTS (per-case cumulative ranks)",
    description:
      "In each case teams are ranked for each region and metric (Dice, HD95); the mean of these ranks is the team's cumulative rank of the case; the mean over the cases is ranked.",
    metrics: [
      { metric: "dice", weight: 1 },
      { metric: "hd95", weight: 1 },
    ],
    regions: "separate",
    method: { kind: "rank-then-aggregate", statistic: "mean", case_ties: "average" },
    ties: "min",
    combine: { of: "scores", statistic: "mean" },
    tasks: { across: "mean-of-task-scores" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    certainty: notCertain(
      "Recalled from the challenge reports; the tie rule within a case is not stated, shared ranks are averaged here.",
      "Since 2023 lesion-wise scores with their own penalties (0 and 374 mm) are ranked; the scores in the table decide which edition this is.",
    ),
    source: "Bakas et al., arXiv:1811.02629; BraTS challenge pages",
  },
  {
    id: "flare21",
    title: "FLARE 2021",
    description:
      "Organ means of DSC and NSD, running time and largest GPU memory: teams are ranked for each case and metric; the mean of all ranks is divided by the number of teams.",
    metrics: [
      { metric: "dice", weight: 1 },
      { metric: "nsd", weight: 1 },
      { metric: "time_s", weight: 1 },
      { metric: "gpu_memory_mb", weight: 1 },
    ],
    regions: "mean-per-case",
    method: { kind: "rank-then-aggregate", statistic: "mean", case_ties: "min" },
    ties: "min",
    combine: { of: "scores", statistic: "mean", divide_by: "algorithms" },
    tasks: { across: "mean-of-task-scores" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    certainty: notCertain("The tie rule within a case is not stated; the best place is shared here."),
    source:
      "Ma et al., Fast and Low-GPU-memory abdomen CT organ segmentation: the FLARE challenge, MedIA 82 (2022); flare.grand-challenge.org",
  },
  {
    id: "flare22",
    title: "FLARE 2022",
    description:
      "DSC, NSD, running time, and the areas under the GPU and CPU curves: teams are ranked for each case and metric; the mean of the ranks, GPU and CPU at half weight, is ranked. GPU memory counts above 2,048 MB only (already so in the table's values).",
    metrics: [
      { metric: "dice", weight: 1 },
      { metric: "nsd", weight: 1 },
      { metric: "time_s", weight: 1 },
      { metric: "gpu_auc", weight: 0.5 },
      { metric: "cpu_auc", weight: 0.5 },
    ],
    regions: "mean-per-case",
    method: { kind: "rank-then-aggregate", statistic: "mean", case_ties: "min" },
    ties: "min",
    combine: { of: "scores", statistic: "mean" },
    tasks: { across: "mean-of-task-scores" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    certainty: notCertain("The tie rule within a case is not stated; the best place is shared here."),
    source: "Ma et al., arXiv:2308.05862; flare22.grand-challenge.org",
  },
  {
    id: "autopet",
    title: "autoPET I and II",
    description:
      "Teams are ranked on mean Dice, mean false positive volume and mean false negative volume; the ranks are weighted 0.5, 0.25, 0.25. Ties are broken by Dice. Cases without lesions count for the volumes only.",
    metrics: [
      { metric: "dice", weight: 0.5 },
      { metric: "fp_volume_ml", weight: 0.25 },
      { metric: "fn_volume_ml", weight: 0.25 },
    ],
    regions: "mean-per-case",
    method: { kind: "aggregate-then-rank", statistic: "mean" },
    ties: "min",
    combine: { of: "ranks", statistic: "mean" },
    tasks: { across: "mean-of-task-scores" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    tie_break: { metric: "dice" },
    certainty: certain,
    source: "autopet.grand-challenge.org, autopet-ii.grand-challenge.org",
  },
  {
    id: "autopet-3",
    title: "autoPET III",
    description:
      "Means of Dice, false positive and false negative volume within each subset (centre and tracer) are ranked; ranks are averaged over the subsets and weighted 0.5, 0.25, 0.25 over the metrics. Needs the case attributes centre and tracer.",
    metrics: [
      { metric: "dice", weight: 0.5 },
      { metric: "fp_volume_ml", weight: 0.25 },
      { metric: "fn_volume_ml", weight: 0.25 },
    ],
    regions: "mean-per-case",
    subsets: ["centre", "tracer"],
    method: { kind: "aggregate-then-rank", statistic: "mean" },
    ties: "min",
    combine: { of: "ranks", statistic: "mean" },
    tasks: { across: "mean-of-task-scores" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    tie_break: { metric: "dice" },
    certainty: notCertain(
      "The announced mixed model was replaced by this rule after the challenge; that ties are broken by Dice is taken over from the earlier editions.",
    ),
    source: "autopet-iii.grand-challenge.org; autoPET III report",
  },
  {
    id: "kits",
    title: "KiTS 2021 and 2023",
    description:
      "Dice and surface Dice are averaged over cases and over the three hierarchical classes; teams are ranked on each, the mean of the two ranks is ranked, ties are broken by the Dice of the tumour.",
    metrics: [
      { metric: "dice", weight: 1 },
      { metric: "nsd", weight: 1 },
    ],
    regions: "mean-per-case",
    method: { kind: "aggregate-then-rank", statistic: "mean" },
    ties: "min",
    combine: { of: "ranks", statistic: "mean" },
    tasks: { across: "mean-of-task-scores" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    tie_break: { metric: "dice", region: "tumor" },
    certainty: notCertain("Recalled from the challenge pages. The tie-break needs a region named `tumor`."),
    source: "kits-challenge.org",
  },
  {
    id: "learn2reg",
    title: "Learn2Reg (as its code does)",
    description:
      "For each metric all pairs are compared by an unpaired two-sided rank-sum test at p < 0.05; the number of wins is ranked (ties averaged) and mapped linearly to 0.1 to 1; the task's score is the geometric mean over metrics, the final score the geometric mean's mean over tasks.",
    metrics: "all",
    regions: "mean-per-case",
    method: {
      kind: "test-then-rank",
      test: "rank-sum-two-sided",
      alpha: 0.05,
      adjust: "none",
      significant: "below-alpha",
      score: "win-count",
    },
    ties: "min",
    combine: { of: "linear-rank-scores", statistic: "geometric-mean" },
    tasks: { across: "mean-of-task-scores" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    certainty: notCertain(
      "The readme says Wilcoxon signed-rank, the code calls the unpaired rank-sum test: this scheme follows the code, `learn2reg-signed-rank` the readme.",
      "A missing task scores 0.1 in the challenge; here an incomplete entry is listed without a rank. How tasks are combined is recalled.",
    ),
    source: "Hering et al., Learn2Reg, IEEE TMI 42 (2023); evaluation code of the challenge",
  },
  {
    id: "learn2reg-signed-rank",
    title: "Learn2Reg (as its readme says)",
    description: "As learn2reg, with the one-sided signed-rank test for each pair.",
    metrics: "all",
    regions: "mean-per-case",
    method: { ...signedRank, significant: "below-alpha", score: "win-count" },
    ties: "min",
    combine: { of: "linear-rank-scores", statistic: "geometric-mean" },
    tasks: { across: "mean-of-task-scores" },
    missing: { failed: "worst", not_submitted: "not-ranked" },
    certainty: notCertain(
      "The readme says Wilcoxon signed-rank, the code calls another test; sides and ties are not stated.",
    ),
    source: "Hering et al., Learn2Reg, IEEE TMI 42 (2023); readme of the challenge's evaluation",
  },
  ...(["mean", "median"] as const).map(
    (statistic): RankingScheme => ({
      id: `grand-challenge-${statistic}`,
      title: `grand-challenge.org, ${statistic} of ranks`,
      description: `Every metric of every region is averaged over the cases and ranked (equal scores share the best place); the ${statistic} of the ranks is ranked. Results that lack a metric are not ranked. No tests, no intervals in the original.`,
      metrics: "all",
      regions: "separate",
      method: { kind: "aggregate-then-rank", statistic: "mean" },
      ties: "min",
      combine: { of: "ranks", statistic },
      tasks: { across: "mean-of-task-scores" },
      missing: { failed: "worst", not_submitted: "not-ranked" },
      certainty: notCertain(
        "Read in an older stored version of the platform's code. Which columns count is configured by each challenge; here every region and metric is one.",
      ),
      source: "grand-challenge.org, leaderboard code",
    }),
  ),
];

/** Every preset, in the order in which lists show them. */
export const schemePresets: readonly RankingScheme[] = presets;

/** challengeR's five methods: what the scheme-robustness view compares. */
export const challengerFive: readonly string[] = [
  "test-then-rank",
  "mean-then-rank",
  "median-then-rank",
  "rank-then-mean",
  "rank-then-median",
];

/** The preset with this id; undefined when there is none. */
export function schemePreset(id: string): RankingScheme | undefined {
  return schemePresets.find((scheme) => scheme.id === id);
}
