/** Volumes as files, for Node. The browser-safe part is `@segathlon/volume`. */

export { decodeLabelMap, decodeVolume } from "./decode.ts";
export {
  type DicomOptions,
  type DicomSegment,
  type DicomSegmentation,
  readDicomSegmentation,
  readDicomSeries,
} from "./dicom.ts";
export { defaultMaxFileBytes, readFileBytes } from "./file-bytes.ts";
export { type ReadFileOptions, readHeaderFile, readLabelMapFile, readVolumeFile } from "./read-file.ts";
export { type WriteFileOptions, writeLabelMapFile, writeVolumeFile } from "./write-file.ts";
