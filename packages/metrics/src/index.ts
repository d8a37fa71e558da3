/** Exact segmentation metrics. Pure: typed arrays in, numbers out; no file, no clock, no network. */
export type {
  CaseComparison,
  Counts,
  DistanceHistogram,
  RegionComparison,
  RegionStatus,
  SurfaceHistogram,
} from "./case-comparison.ts";
export { type ComparisonRequest, compareCase, compareMasks } from "./compare-case.ts";
export { comparePreparedCase, runsAreEnough } from "./compare-prepared.ts";
export type { Kernel, KernelRegion, KernelRequest } from "./kernel.ts";
export type { LabelVolume, Region } from "./label-volume.ts";
export { loadKernel, loadWasmKernel, wasmKernelModule } from "./load-kernel.ts";
export {
  METRIC_TOKENS,
  type Metric,
  type MetricKind,
  metricKeys,
  parseMetrics,
  parseTolerances,
  type Tolerances,
  tolerancesFor,
} from "./metric.ts";
export { type MetricDefinition, type MetricDirection, metricDefinition } from "./metric-definition.ts";
export type { PreparedLabels } from "./prepared-labels.ts";
export type { EmptyRules, LesionRules, Profile } from "./profile.ts";
export { findProfile, PROFILES, twoDimensional } from "./profiles/index.ts";
export {
  metricsFromSurface,
  needsBoundary,
  needsVoxels,
  type RegionRequest,
  regionStatus,
  unsupportedMetrics,
} from "./region-metrics.ts";
export { decodeSurface, encodeSurface } from "./surface-codec.ts";
export { surfelAreas } from "./surfel-areas.ts";
export { typeScriptKernel } from "./typescript-kernel.ts";
export type { GzipLabelMap } from "./wasm-case.ts";
export { createWasmKernel, type WasmKernel } from "./wasm-kernel.ts";
