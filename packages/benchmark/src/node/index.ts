/** Benchmarks and evaluation runs on files: folders, archives, downloads, workers. */
export { sha256OfFile } from "./file-hash.ts";
export { writeOutputFile } from "./output-file.ts";
