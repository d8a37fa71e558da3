/** Datasets on disk, for Node. The browser-safe part is `@segathlon/dataset`. */
export { type ArchiveLimits, defaultArchiveLimits, openSource } from "./archive-source.ts";
export { type CheckOptions, type CheckResult, checkDataset } from "./check-dataset.ts";
export { type ConvertOptions, convertDataset } from "./convert-dataset.ts";
export {
  type CaseVolume,
  createDatasetWriter,
  type DatasetHead,
  type DatasetWriter,
  type WritableCase,
} from "./dataset-writer.ts";
export {
  type DeidentifyOptions,
  type DeidentifyReport,
  deidentifyDataset,
} from "./deidentify-dataset.ts";
export { applyFixes, type FixAction, type FixPlan, fixNames, planFixes } from "./fix-dataset.ts";
export { type FolderSource, folderSource } from "./folder-source.ts";
export { type ImportDicomOptions, type ImportedDicom, importDicom } from "./import-dicom.ts";
export { type InspectDatasetOptions, inspectDataset } from "./inspect-dataset.ts";
export { type PackageOptions, packageDataset, type ReleaseManifest } from "./package-dataset.ts";
export { openSealedLabels, readSealingKey } from "./sealed-labels.ts";
