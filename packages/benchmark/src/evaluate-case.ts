/**
 * One prediction against one reference, from label maps in memory to a scored result. Pure: the same code runs in a worker of the
 * server, in the command line and in a browser, and gives the same numbers.
 */
import { type Problem, SegathlonError } from "@segathlon/errors";
import {
  compareCase,
  comparePreparedCase,
  findProfile,
  type Kernel,
  metricKeys,
  metricsFromSurface,
  needsBoundary,
  needsVoxels,
  type PreparedLabels,
  type RegionComparison,
  type SurfaceHistogram,
  type WasmKernel,
} from "@segathlon/metrics";
import { compareGeometry, type Geometry, type LabelMap } from "@segathlon/volume";
import type { FailedSide, GeometryStatus, RegionResult } from "./evaluation-document.ts";
import { alignPrediction, type GeometryRule } from "./geometry-rule.ts";
import { labelsPresent } from "./labels-present.ts";
import { cutPart, jointBox, type MaskPart, withMargin } from "./mask-content.ts";
import { type GridSize, scoreFailure, scoreRegion } from "./scoring-policy.ts";
import { regionColumns, type ScoringProtocol } from "./scoring-protocol.ts";

/** Regions of a pair that could be compared. */
export interface ComparedPair {
  readonly status: "ok";
  readonly geometry: GeometryStatus;
  readonly grid: GridSize;
  readonly regions: Readonly<Record<string, RegionResult>>;
  readonly kernel: Kernel["name"];
}

/** A pair that could not: which side is to blame, and why. */
export interface FailedPair {
  readonly status: "failed";
  readonly side: FailedSide;
  readonly problem: Problem;
  /** Of the reference, where it could be read; the worst distances are taken from it. */
  readonly grid: GridSize | null;
}

export interface PairOptions {
  readonly protocol: ScoringProtocol;
  readonly geometry?: GeometryRule;
  readonly kernel?: Kernel;
  /** Case name, for messages. */
  readonly case: string;
  /** Is given the histogram of each region that has one, to be kept for {@link scoreStoredRegion}. */
  readonly onSurface?: (region: string, surface: SurfaceHistogram) => void;
}

/** Largest number of distinct labels that becomes regions when none are named; more is an image, not a label map. */
const maxRegions = 4000;

function gridOf(labelMap: LabelMap): GridSize {
  return { shape: labelMap.geometry.shape, spacingMm: labelMap.geometry.spacingMm };
}

/** Largest label that can be scored: those of atlases go to 1605, a larger one than this is an intensity or an accident. */
const largestScoredLabel = 65_535;

/** Refuses labels that the task does not know, and values that no task can have. */
export function checkLabels(
  present: readonly number[],
  knownLabels: readonly number[] | null,
  where: { readonly case: string; readonly file?: string },
): void {
  const largest = present.at(-1) ?? 0;
  if (largest > largestScoredLabel) {
    throw new SegathlonError(
      "SEG104",
      `case ${where.case}: ${where.file ?? "the label map"} holds the label ${largest}; expected at most ${largestScoredLabel}`,
      { hint: "Give label maps, not images; renumber labels that are larger.", where },
    );
  }
  if (knownLabels === null) return;
  const unknown = present.filter((label) => label !== 0 && !knownLabels.includes(label));
  if (unknown.length === 0) return;
  const shown =
    unknown.length > 5 ? `${unknown.slice(0, 5).join(", ")} and ${unknown.length - 5} more` : unknown.join(", ");
  throw new SegathlonError(
    "SEG104",
    `case ${where.case}: ${where.file ?? "the label map"} holds labels outside the task: expected ${[...knownLabels].sort((a, b) => a - b).join(", ")}, found ${shown}`,
    { where },
  );
}

function scored(comparison: RegionComparison, protocol: ScoringProtocol, name: string, grid: GridSize): RegionResult {
  const { status, counts, metrics } = comparison;
  const measured = { status, counts: { ...counts }, metrics: { ...metrics } };
  return { ...measured, scores: scoreRegion(measured, protocol.policy, regionColumns(protocol, name), grid) };
}

/** What {@link comparePair} takes: the label maps and the names that people know them by. */
export interface LabelMapPair {
  readonly reference: LabelMap;
  readonly prediction: LabelMap;
  readonly referenceFile?: string;
  readonly predictionFile?: string;
}

/**
 * Compares two label maps under a protocol. Without named regions every label present on either side is one, named by its number.
 *
 * @throws SegathlonError `SEG104` labels outside the task, `SEG014` grids that do not match, each with the side to blame as
 * {@link failedSideOf} tells it.
 */
export function comparePair(pair: LabelMapPair, options: PairOptions): ComparedPair {
  const { protocol, case: name } = options;
  const place = (file: string | undefined): { case: string; file?: string } => ({
    case: name,
    ...(file ? { file } : {}),
  });
  const inReference = labelsPresent(pair.reference.labels);
  blame("reference", () => checkLabels(inReference, protocol.knownLabels, place(pair.referenceFile)));
  const inPrediction = labelsPresent(pair.prediction.labels);
  blame("prediction", () => checkLabels(inPrediction, protocol.knownLabels, place(pair.predictionFile)));
  const aligned = blame("prediction", () =>
    alignPrediction(pair.reference, pair.prediction, options.geometry ?? "standard", place(pair.predictionFile)),
  );
  const regions = protocol.regions ?? regionsFromLabels([...inReference, ...inPrediction], protocol, name);
  const grid = gridOf(pair.reference);
  const results = compareRegions(pair.reference, aligned.prediction, regions, options);
  return { status: "ok", geometry: aligned.status, grid, ...results };
}

/** The regions of one pair on one grid. */
function compareRegions(
  reference: LabelMap,
  prediction: LabelMap,
  regions: readonly { readonly name: string; readonly labels: readonly number[] }[],
  { protocol, kernel, onSurface }: Pick<PairOptions, "protocol" | "kernel" | "onSurface">,
): Pick<ComparedPair, "regions" | "kernel"> {
  const grid = gridOf(reference);
  const comparison = compareCase(
    { data: reference.labels, ...grid },
    { data: prediction.labels, ...grid },
    {
      regions: regions.map(({ name, labels }) => ({ name, labels })),
      metrics: protocol.metrics,
      profile: findProfile(protocol.profile),
      ...(kernel ? { kernel } : {}),
    },
  );
  const results = Object.entries(comparison.regions).map(([name, region]) => {
    if (region.surface !== undefined) onSurface?.(name, region.surface);
    return [name, scored(region, protocol, name, grid)] as const;
  });
  return { regions: Object.fromEntries(results), kernel: comparison.kernel };
}

/** What is kept of a compared region. */
export interface StoredRegion {
  readonly status: RegionComparison["status"];
  readonly counts: RegionComparison["counts"];
  /** null: none was given to `onSurface`. */
  readonly surface: SurfaceHistogram | null;
}

/**
 * Scores a region again from what was kept of it: other tolerances, percentiles or policies, the same bits as from the voxels.
 *
 * @returns null where the protocol asks for more than was kept: a metric that needs voxels, a boundary metric without histogram, a profile
 * that looks at slices of its own. The profile must be that of the stored comparison.
 */
export function scoreStoredRegion(
  stored: StoredRegion,
  region: string,
  protocol: ScoringProtocol,
  grid: GridSize,
): RegionResult | null {
  const profile = findProfile(protocol.profile);
  if (profile.sliceCrop !== null || protocol.metrics.some(needsVoxels)) return null;
  if (stored.status === "ok" && stored.surface === null && protocol.metrics.some(needsBoundary)) return null;
  const request = { region, metrics: protocol.metrics, profile, spacingMm: grid.spacingMm };
  const metrics = metricsFromSurface(stored.surface, stored.counts, request);
  return scored({ status: stored.status, counts: stored.counts, metrics }, protocol, region, grid);
}

/** One side of {@link comparePreparedPair}: the runs of every label, the grid and the name of the file. */
export interface PreparedSide {
  readonly geometry: Geometry;
  readonly prepared: PreparedLabels;
  readonly file: string;
}

/**
 * As {@link comparePair}, from runs. Only for grids that are taken as they are: null where the prediction would have to be turned,
 * resampled or refused.
 *
 * @throws SegathlonError `SEG104` as {@link comparePair}.
 */
export function comparePreparedPair(
  reference: PreparedSide,
  prediction: PreparedSide,
  options: PairOptions & { readonly kernel: WasmKernel },
): ComparedPair | null {
  const { protocol, case: name, kernel } = options;
  const { kind } = compareGeometry(reference.geometry, prediction.geometry);
  if (kind !== "exact" && kind !== "noise") return null;
  for (const side of [reference, prediction]) {
    checkLabels([...side.prepared.labels], protocol.knownLabels, { case: name, file: side.file });
  }
  const present = [...reference.prepared.labels, ...prediction.prepared.labels];
  const regions = protocol.regions ?? regionsFromLabels(present, protocol, name);
  const grid = { shape: reference.geometry.shape, spacingMm: reference.geometry.spacingMm };
  const comparison = comparePreparedCase(reference.prepared, prediction.prepared, {
    regions: regions.map(({ name: region, labels }) => ({ name: region, labels })),
    metrics: protocol.metrics,
    profile: findProfile(protocol.profile),
    kernel,
  });
  const results = Object.entries(comparison.regions).map(
    ([region, compared]) => [region, scored(compared, protocol, region, grid)] as const,
  );
  return { status: "ok", geometry: kind, grid, regions: Object.fromEntries(results), kernel: comparison.kernel };
}

/** Two masks of one structure on one grid, each cut down to its content. */
export interface MaskPair {
  readonly region: string;
  readonly grid: GridSize;
  readonly reference: MaskPart;
  readonly prediction: MaskPart;
  /** Values that mean "inside": 1 on one side may be 255 on the other. */
  readonly labels: readonly number[];
}

/**
 * Compares two masks of one structure, of which only the parts around their content are in memory. The result is that of the
 * whole grid: outside both parts there are only true negatives, which are added here.
 */
export function compareMaskParts(
  pair: MaskPair,
  { protocol, kernel }: Pick<PairOptions, "protocol" | "kernel">,
): Pick<ComparedPair, "regions" | "kernel"> {
  const { region: name, grid } = pair;
  const profile = findProfile(protocol.profile);
  // A profile that picks slices of its own looks at the whole grid.
  const box =
    profile.sliceCrop === null
      ? withMargin(jointBox(pair.reference.box, pair.prediction.box), grid.shape)
      : { from: [0, 0, 0] as const, to: grid.shape };
  const [reference, prediction] = [cutPart(pair.reference, box), cutPart(pair.prediction, box)];
  const shape = [box.to[0] - box.from[0], box.to[1] - box.from[1], box.to[2] - box.from[2]] as const;
  const compared = compareCase(
    { data: reference.data, shape, spacingMm: grid.spacingMm },
    { data: prediction.data, shape, spacingMm: grid.spacingMm },
    { regions: [{ name, labels: pair.labels }], metrics: protocol.metrics, profile, ...(kernel ? { kernel } : {}) },
  );
  const [part] = Object.values(compared.regions);
  if (!part) throw new RangeError(`no result for region ${name}`);
  const voxels = (size: readonly [number, number, number]): number => size[0] * size[1] * size[2];
  const counts = { ...part.counts, tn: part.counts.tn + voxels(grid.shape) - voxels(shape) };
  // Of all metrics only specificity looks at true negatives.
  const ofNegatives = protocol.metrics.filter((metric) => metric.kind === "specificity");
  const request = { region: name, metrics: ofNegatives, profile, spacingMm: grid.spacingMm };
  const metrics = { ...part.metrics, ...(ofNegatives.length > 0 ? metricsFromSurface(null, counts, request) : {}) };
  return {
    regions: { [name]: scored({ status: part.status, counts, metrics }, protocol, name, grid) },
    kernel: compared.kernel,
  };
}

function regionsFromLabels(
  labels: readonly number[],
  protocol: ScoringProtocol,
  name: string,
): { name: string; labels: number[] }[] {
  const distinct = [...new Set(labels)].filter((label) => label !== 0).sort((a, b) => a - b);
  if (distinct.length > maxRegions) {
    throw new SegathlonError(
      "SEG104",
      `case ${name}: ${distinct.length} distinct labels; expected at most ${maxRegions}`,
      {
        hint: "This looks like an image, not a label map. Name the labels to score with --labels or --regions.",
        where: { case: name },
      },
    );
  }
  const regions = distinct.map((label) => ({ name: String(label), labels: [label] }));
  for (const region of regions) checkTolerances(protocol, region.name, name);
  return regions;
}

/** Tolerances by region can be checked before any case is read, except where the regions are the labels that occur. */
function checkTolerances(protocol: ScoringProtocol, region: string, name: string): void {
  try {
    for (const metric of protocol.metrics) metricKeys(metric, region);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new SegathlonError("SEG107", `case ${name}: ${message}`, {
      hint: "Without --task, --labels or --regions every label that occurs is a region: give one tolerance for all, or name the regions.",
      where: { case: name, field: "--tolerance" },
      cause,
    });
  }
}

/** A region that is empty on both sides of a grid: what a case gets for a label that only other cases have. */
export function bothEmptyRegion(protocol: ScoringProtocol, name: string, grid: GridSize): RegionResult {
  const empty = { data: new Uint8Array(27), shape: [3, 3, 3], spacingMm: grid.spacingMm } as const;
  const { regions } = compareCase(empty, empty, {
    regions: [{ name, labels: [1] }],
    metrics: protocol.metrics,
    profile: findProfile(protocol.profile),
  });
  const [comparison] = Object.values(regions);
  if (!comparison) throw new RangeError(`no result for region ${name}`);
  const tn = grid.shape[0] * grid.shape[1] * grid.shape[2];
  return scored({ ...comparison, counts: { tp: 0, fp: 0, fn: 0, tn } }, protocol, name, grid);
}

/** A region for which nothing could be measured. */
export function failedRegion(
  protocol: ScoringProtocol,
  name: string,
  failure: { status: "missing-file" | "invalid"; side: FailedSide; grid: GridSize | null; problem?: Problem },
): RegionResult {
  const columns = regionColumns(protocol, name);
  return {
    status: failure.status,
    failed_side: failure.side,
    ...(failure.problem ? { problem: failure.problem } : {}),
    counts: null,
    metrics: Object.fromEntries(columns.map((column) => [column.key, null] as const)),
    scores: scoreFailure(failure.side, protocol.policy, columns, failure.grid),
  };
}

const sides = new WeakMap<object, FailedSide>();

/** Runs a step whose failure is the fault of one side. */
export function blame<Result>(side: FailedSide, step: () => Result): Result {
  try {
    const result = step();
    if (result instanceof Promise) {
      return result.catch((error: unknown) => {
        throw blamed(side, error);
      }) as Result;
    }
    return result;
  } catch (error) {
    throw blamed(side, error);
  }
}

function blamed(side: FailedSide, error: unknown): unknown {
  if (typeof error === "object" && error !== null && !sides.has(error)) sides.set(error, side);
  return error;
}

/** Which side an error of {@link comparePair} or {@link blame} belongs to; null for a fault of ours. */
export function failedSideOf(error: unknown): FailedSide | null {
  return typeof error === "object" && error !== null ? (sides.get(error) ?? null) : null;
}
