/** Annotated image datasets: formats, checks, statistics. Runs in browsers and in Node; files and archives are in `./node`. */

export type {
  CaseFacts,
  FileFacts,
  ForegroundSample,
  GridFacts,
  ImageFacts,
  LabelFacts,
  LabelIntensities,
  StatisticsFacts,
  Thumbnail,
} from "./check/case-facts.ts";
export { patientGroups } from "./check/check-privacy.ts";
export { type CheckReport, makeCheckReport } from "./check/check-report.ts";
export { type Finding, type FindingKind, type FindingName, findingKinds, type Severity } from "./check/finding.ts";
export {
  type CaseInput,
  type InspectOptions,
  inspectCase,
  type LabelVolume,
  type ReadFile,
} from "./check/inspect-case.ts";
export type { IntensitySummary } from "./check/intensity-summary.ts";
export { type LabelSummary, summariseLabels } from "./check/label-summary.ts";
export * from "./dataset.ts";
export { type DatasetSource, memorySource, type SourceFile } from "./dataset-source.ts";
export { datasetFormats, detectFormat, readDataset } from "./read-dataset.ts";
export { type FrozenSplit, freezeSplit, splitText } from "./release/frozen-split.ts";
export {
  type AttributeStatistics,
  type CaseRow,
  type DatasetStatistics,
  type LabelStatistics,
  makeStatistics,
  type SplitComparison,
} from "./statistics/dataset-statistics.ts";
export { type Fingerprint, makeFingerprint } from "./statistics/fingerprint.ts";
export type { SummaryNumbers } from "./statistics/summary-numbers.ts";
export { whatIsLost } from "./what-is-lost.ts";
