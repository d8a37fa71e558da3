/** Benchmarks as documents, evaluation runs, evaluation reports. Browser-safe; files and workers are in `@segathlon/benchmark/node`. */
export * from "./benchmark-document.ts";
export * from "./evaluation-document.ts";
