/** Benchmarks as documents, evaluation runs, evaluation reports. Browser-safe; files and workers are in `@segathlon/benchmark/node`. */
export { aggregateCases, summarise } from "./aggregate.ts";
export * from "./benchmark-document.ts";
export { parseBenchmark } from "./benchmark-reader.ts";
export { attributesForCases, type CaseAttributes, readCaseAttributes } from "./case-attributes.ts";
export { type MatchedFiles, type MatchedStructures, matchLabelMaps, matchStructureTrees } from "./case-matching.ts";
export {
  catalogueBenchmark,
  catalogueBenchmarks,
  catalogueTask,
  catalogueTaskIds,
  type TaskInBenchmark,
  taskOf,
} from "./catalogue.ts";
export { type CsvCell, type CsvRow, readCsv, writeCsv } from "./csv.ts";
export { type DistributionGroup, distributionGroups } from "./distribution-groups.ts";
export { documentSchemas } from "./document-schemas.ts";
export {
  type ComparedPair,
  comparePair,
  type FailedPair,
  failedSideOf,
  type LabelMapPair,
  type PairOptions,
  type StoredRegion,
  scoreStoredRegion,
} from "./evaluate-case.ts";
export {
  type CaseBytes,
  type CaseBytesOptions,
  evaluateCaseFromBytes,
  evaluationFromCases,
  type NamedBytes,
} from "./evaluate-case-from-bytes.ts";
export { evaluationCsv } from "./evaluation-csv.ts";
export * from "./evaluation-document.ts";
export { assembleEvaluation, type CaseDraft, parseEvaluation, type ReportOptions } from "./evaluation-report.ts";
export { evaluatorVersion } from "./evaluator-version.ts";
export { type AlignedPrediction, alignPrediction, type GeometryRule } from "./geometry-rule.ts";
export { labelsPresent } from "./labels-present.ts";
export { type MetricDefinition, metricDefinition } from "./metric-definition.ts";
export { parsePythonJson, readNnunetSummary, writeNnunetSummary } from "./nnunet-summary.ts";
export { type EvaluationSource, scoreTableFromEvaluations, unnamedTask } from "./score-table-from-evaluations.ts";
export {
  bestScore,
  checkPolicy,
  defaultPolicy,
  type GridSize,
  imageDiagonalMm,
  type MetricColumn,
  worstScore,
} from "./scoring-policy.ts";
export {
  canonicalJson,
  metricColumns,
  type ProtocolOptions,
  protocolFromOptions,
  protocolHash,
  protocolOfTask,
  regionColumns,
  type ScoredRegion,
  type ScoringProtocol,
} from "./scoring-protocol.ts";
export {
  type FilePlace,
  layoutSubmission,
  type PlacedFile,
  placeFile,
  type SubmissionLayout,
  type TaskNames,
} from "./submission-layout.ts";
export {
  imageCases,
  type NamesValidation,
  type PredictionToValidate,
  unreadablePrediction,
  type ValidationFinding,
  type ValidationTask,
  validateLabelUse,
  validateNames,
  validatePrediction,
} from "./validate-prediction.ts";
export { caseNameOf, compareNames, isJunkName, isVolumeName, looseName } from "./volume-file-name.ts";
