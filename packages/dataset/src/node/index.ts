/** Datasets on disk, for Node. The browser-safe part is `@segathlon/dataset`. */
export {
  type CaseVolume,
  createDatasetWriter,
  type DatasetHead,
  type DatasetWriter,
  type WritableCase,
} from "./dataset-writer.ts";
export { folderSource } from "./folder-source.ts";
