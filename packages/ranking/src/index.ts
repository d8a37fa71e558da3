/** Challenge rankings with honest statistics: schemes as documents, tests, bootstrap, intervals. No dependencies; Node, browsers, workers. */
export {
  type BootstrapDraws,
  type BootstrapOptions,
  type BootstrapPlan,
  drawLimit,
  joinDraws,
  planBootstrap,
  type Resampling,
  rankDraw,
  runBootstrap,
} from "./bootstrap.ts";
export {
  type BootstrapIntervalOptions,
  casesForIntervalWidth,
  meanIntervalBca,
  meanIntervalPercentile,
  medianIntervalOrderStatistic,
  medianIntervalPercentile,
} from "./bootstrap-interval.ts";
export { type CaseInfluence, caseInfluence } from "./case-influence.ts";
export {
  type ChallengerCsvOptions,
  type ChallengerCsvResult,
  parseChallengerCsv,
  writeChallengerCsv,
} from "./challenger-csv.ts";
export {
  type Consensus,
  type ConsensusMethod,
  completeLinkage,
  consensus,
  type Dendrogram,
  type DendrogramMerge,
  symmetricDifference,
} from "./consensus.ts";
export type { DocumentProblem } from "./document-check.ts";
export { mean } from "./double-double.ts";
export { type FriedmanResult, friedmanTest } from "./friedman.ts";
export {
  type AlgorithmGeneralisation,
  attributeSides,
  type Generalisation,
  type GeneralisationSide,
  generalisation,
  phaseSides,
} from "./generalisation.ts";
export {
  type Interval,
  meanIntervalT,
  meanOfMeansInterval,
  type PairedEffect,
  pairedEffect,
  type SampleSummary,
  standardDeviation,
} from "./interval.ts";
export { kendallTauB } from "./kendall-tau.ts";
export { type LecuyerState, lecuyerIndex, lecuyerSeed, lecuyerUniform } from "./lecuyer-cmrg.ts";
export {
  type BiasItem,
  biasItems,
  citationText,
  methodsParagraph,
  missingText,
  rankingMethodText,
} from "./methods-text.ts";
export { normalQuantile, normalUpperQuantile, normalUpperTail } from "./normal-distribution.ts";
export { type PAdjustMethod, pAdjust, pAdjustMethods } from "./p-adjust.ts";
export { compareAllPairs, type PairwiseComparison, type PairwiseOptions } from "./pairwise-comparison.ts";
export { type CounterStream, counterStream, philoxBlock } from "./philox.ts";
export {
  type PreparedTable,
  type PreparedTask,
  plainAttributes,
  prepareScoreTable,
  type ScoreLayer,
  ScoreTableError,
  statusCode,
  statusName,
} from "./prepared-table.ts";
export { median, quantile, quantileOfSorted } from "./quantile.ts";
export { rankIntervalsFromTests } from "./rank-interval-tests.ts";
export {
  type AlgorithmStability,
  type RankStability,
  rankStability,
  summariseTau,
  type TauSummary,
} from "./rank-stability.ts";
export { type RankSumOptions, type RankSumResult, rankSumTest } from "./rank-sum.ts";
export { addBootstrap, type RankOptions, rankDisplay, rankTable } from "./rank-table.ts";
export type { Multiplicity } from "./rank-then-aggregate.ts";
export {
  type MetricSummary,
  type MissingCounts,
  type NextComparison,
  type NumberPair,
  type PhaseSection,
  type RankedAlgorithm,
  type RankingDocument,
  type RankingNote,
  type RankingSection,
  type RegionSection,
  rankingDocumentProblems,
  type TaskSection,
  type TauSummaryDocument,
  type UnitSection,
} from "./ranking-document.ts";
export {
  type NotRanked,
  type RankingUnit,
  type RankingUnits,
  rankingUnits,
  SchemeMismatchError,
  schemeMetrics,
  type UnitRemark,
} from "./ranking-units.ts";
export { ranks, type TieMethod, tieMethods } from "./ranks.ts";
export {
  type Certainty,
  type FailedRule,
  type MetricUse,
  metricMatches,
  type NotSubmittedRule,
  type PairTest,
  type PhaseOfTasks,
  plainTaskName,
  type RankingMethod,
  type RankingScheme,
  type Statistic,
} from "./scheme.ts";
export {
  type EvaluatorOptions,
  fullWeights,
  type RankedScores,
  type SchemeEvaluator,
  type SchemePhase,
  type SchemeRanks,
  schemeEvaluator,
} from "./scheme-evaluator.ts";
export { challengerFive, schemePreset, schemePresets } from "./scheme-presets.ts";
export { parseScheme, type SchemeResult } from "./scheme-reader.ts";
export { type SchemeRobustness, schemeRobustness } from "./scheme-robustness.ts";
export type { CaseAttributes, Direction, MetricColumn, ScoreRow, ScoreStatus, ScoreTable } from "./score-table.ts";
export { selectTable, type TableSelection } from "./select-table.ts";
export { type SignFlipOptions, type SignFlipResult, signFlipTest } from "./sign-flip.ts";
export { type Slice, type SliceView, sliceAttributes, sliceClaimCases, sliceView } from "./slices.ts";
export { chiSquareUpperTail, fUpperTail, studentUpperQuantile, studentUpperTail } from "./special-functions.ts";
export { studentizedRangeUpperTail } from "./studentized-range.ts";
export { pairwiseLimit, pairwiseP, refuseTooMany } from "./test-then-rank.ts";
export {
  directionByName,
  type ScoreTableProblem,
  type ScoreTableProblemCode,
  scoreLimit,
  validateScoreTable,
} from "./validate-score-table.ts";
export { rankingVersion } from "./version.ts";
export {
  type Alternative,
  challengeSignedRank,
  exactSignedRankLimit,
  type SignedRankOptions,
  type SignedRankResult,
  signedRankOfDifferences,
  smallestSignedRankP,
  wilcoxonSignedRank,
  type ZeroRule,
} from "./wilcoxon-signed-rank.ts";
