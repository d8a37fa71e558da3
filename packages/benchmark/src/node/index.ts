/** Benchmarks and evaluation runs on files: folders, archives, downloads, workers. */

export { type DatasetDownload, type DatasetDownloadOptions, downloadDataset } from "./dataset-download.ts";
export { type DownloadOptions, type DownloadProgress, type DownloadSource, downloadFile } from "./download.ts";
export {
  type CasePair,
  type EvaluationProgress,
  type EvaluationRunOptions,
  evaluateCases,
  evaluateFolders,
} from "./evaluate-folders.ts";
export {
  absentTasks,
  evaluateSubmission,
  type PhaseCase,
  type SubmissionEvaluation,
  submissionPairs,
} from "./evaluate-submission.ts";
export {
  type EvaluationUnit,
  evaluateUnit,
  type LabelFile,
  type UnitContext,
  type UnitResult,
} from "./evaluation-unit.ts";
export { type ExtractOptions, extractArchive } from "./extract-archive.ts";
export { sha256OfFile } from "./file-hash.ts";
export { type ArchiveFormat, archiveEntries, archiveFormat } from "./intake/archive-entries.ts";
export type { ArchiveEntry } from "./intake/archive-entry.ts";
export { type ArchiveLimits, defaultArchiveLimits } from "./intake/archive-limits.ts";
export {
  type IntakeOptions,
  type ReceivedPrediction,
  receiveSubmission,
  type Submission,
} from "./intake/submission-intake.ts";
export { tarEntries } from "./intake/tar-archive.ts";
export { zipEntries } from "./intake/zip-archive.ts";
export { type LabelFiles, type LabelLayout, listLabelFiles } from "./label-files.ts";
export { loadBenchmark, loadTask, readTextFile } from "./load-task.ts";
export { checkOutputFiles, writeOutputFile } from "./output-file.ts";
export { type ValidateOptions, type ValidationReport, validateFolder } from "./validate-folder.ts";
