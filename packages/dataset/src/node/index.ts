/** Datasets on disk, for Node. The browser-safe part is `@segathlon/dataset`. */
export { type ArchiveLimits, defaultArchiveLimits, openSource } from "./archive-source.ts";
export { type CheckOptions, checkDataset } from "./check-dataset.ts";
export {
  type CaseVolume,
  createDatasetWriter,
  type DatasetHead,
  type DatasetWriter,
  type WritableCase,
} from "./dataset-writer.ts";
export { applyFixes, type FixAction, type FixPlan, fixNames, planFixes } from "./fix-dataset.ts";
export { type FolderSource, folderSource } from "./folder-source.ts";
export { type InspectDatasetOptions, inspectDataset } from "./inspect-dataset.ts";
