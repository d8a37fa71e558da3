/** Annotated image datasets: formats, checks, statistics. Runs in browsers and in Node; files and archives are in `./node`. */
export * from "./dataset.ts";
export { type DatasetSource, memorySource, type SourceFile } from "./dataset-source.ts";
export { datasetFormats, detectFormat, readDataset } from "./read-dataset.ts";
