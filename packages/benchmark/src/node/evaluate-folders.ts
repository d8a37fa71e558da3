/**
 * Evaluation of files: two folders of label maps, two trees with one mask per structure, or two files. Finds what belongs
 * together, scores it in worker threads and assembles the report.
 */
import { stat } from "node:fs/promises";
import path from "node:path";
import { type Problem, SegathlonError } from "@segathlon/errors";
import { attributesForCases, type CaseAttributes } from "../case-attributes.ts";
import { type MatchedFiles, type MatchedStructures, matchLabelMaps, matchStructureTrees } from "../case-matching.ts";
import { labelMapDraft } from "../case-outcome.ts";
import { failedRegion } from "../evaluate-case.ts";
import type { EvaluationDocument, FailedSide, GeometryStatus, RegionResult } from "../evaluation-document.ts";
import { assembleEvaluation, type CaseDraft } from "../evaluation-report.ts";
import { type GeometryRule, geometryOrder } from "../geometry-rule.ts";
import type { ScoringProtocol } from "../scoring-protocol.ts";
import { caseNameOf, looseName } from "../volume-file-name.ts";
import { evaluateUnits, type PoolOptions } from "./evaluation-pool.ts";
import type { EvaluationUnit, LabelFile, UnitContext, UnitResult } from "./evaluation-unit.ts";
import { type LabelFiles, listLabelFiles } from "./label-files.ts";

/** How far a run is. */
export interface EvaluationProgress {
  /** Units done and to do; a unit is a case, or one structure of a case. */
  readonly done: number;
  readonly total: number;
  /** Bytes of the files done and to do: a better clock than units where cases differ in size. */
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly case: string;
}

export interface EvaluationRunOptions {
  readonly protocol: ScoringProtocol;
  readonly geometry?: GeometryRule;
  readonly method?: string;
  readonly attributes?: ReadonlyMap<string, CaseAttributes>;
  /** Threads; 0: this one. Default: one per core. */
  readonly workers?: number;
  readonly maxVoxelBytes?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: EvaluationProgress) => void;
}

/** One case for {@link evaluateCases}. */
export interface CasePair {
  readonly case: string;
  readonly reference: LabelFile;
  /** null: there is no prediction. */
  readonly prediction: LabelFile | null;
  /** A case that cannot be scored whatever its files hold. */
  readonly problem?: Problem;
  readonly failedSide?: FailedSide;
}

/** Fills `unit.problem` results without work: two files for one case. */
interface Planned {
  readonly unit: EvaluationUnit | null;
  readonly case: string;
  readonly region: string | null;
  readonly problem?: Problem;
  readonly failedSide?: FailedSide;
}

async function fileBytes(file: LabelFile | null | undefined): Promise<number> {
  if (!file) return 0;
  return stat(file.path).then(
    (found) => found.size,
    () => 0,
  );
}

function unitFiles(unit: EvaluationUnit): (LabelFile | null)[] {
  return unit.kind === "structure" ? [...unit.reference, ...unit.prediction] : [unit.reference, unit.prediction];
}

async function runPlan(planned: readonly Planned[], options: EvaluationRunOptions): Promise<Map<Planned, UnitResult>> {
  const withUnit = planned.filter((plan) => plan.unit !== null);
  const units = withUnit.flatMap((plan) => (plan.unit ? [plan.unit] : []));
  const sizes = await Promise.all(
    units.map(async (unit) => (await Promise.all(unitFiles(unit).map(fileBytes))).reduce((sum, size) => sum + size, 0)),
  );
  const totalBytes = sizes.reduce((sum, size) => sum + size, 0);
  const sizeOf = new Map(units.map((unit, index) => [unit, sizes[index] ?? 0] as const));
  let doneBytes = 0;
  const context: UnitContext = {
    protocol: options.protocol,
    geometry: options.geometry ?? "standard",
    ...(options.maxVoxelBytes === undefined ? {} : { maxVoxelBytes: options.maxVoxelBytes }),
  };
  const pool: PoolOptions = {
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(options.signal ? { signal: options.signal } : {}),
    onUnit: (unit, _result, done) => {
      doneBytes += sizeOf.get(unit) ?? 0;
      options.onProgress?.({ done, total: units.length, doneBytes, totalBytes, case: unit.case });
    },
  };
  const results = await evaluateUnits(units, sizes, context, pool);
  const byPlan = new Map<Planned, UnitResult>();
  for (const [index, plan] of withUnit.entries()) {
    const result = results[index];
    if (result) byPlan.set(plan, result);
  }
  return byPlan;
}

function problemResult(plan: Planned): UnitResult | undefined {
  if (!plan.problem) return undefined;
  return {
    outcome: { status: "failed", side: plan.failedSide ?? "both", problem: plan.problem, grid: null },
    hashes: { reference: null, prediction: null },
  };
}

const noHashes = { reference: null, prediction: null };

function structureDraft(
  name: string,
  parts: readonly { readonly region: string; readonly result: UnitResult | undefined }[],
  protocol: ScoringProtocol,
  attributes: CaseAttributes,
): CaseDraft {
  const outcomes = parts.map(({ region, result }) => ({ region, outcome: result?.outcome }));
  const grid = outcomes.map(({ outcome }) => outcome?.grid ?? null).find((found) => found !== null) ?? null;
  const regions: Record<string, RegionResult> = {};
  // The least exact way in which any structure was brought onto its grid.
  let geometry: GeometryStatus | null = null;
  for (const { region, outcome } of outcomes) {
    if (outcome?.status === "ok") {
      Object.assign(regions, outcome.regions);
      if (geometry === null || geometryOrder.indexOf(outcome.geometry) > geometryOrder.indexOf(geometry))
        geometry = outcome.geometry;
    } else {
      const side = outcome?.side ?? "both";
      const failure =
        outcome?.status === "failed"
          ? ({ status: "invalid", side, grid, problem: outcome.problem } as const)
          : ({ status: "missing-file", side, grid } as const);
      regions[region] = failedRegion(protocol, region, failure);
    }
  }
  const base = { case: name, attributes, hashes: noHashes, geometry, regions, grid };
  const absent = outcomes.filter(({ outcome }) => outcome?.status === "missing" && outcome.side !== "reference");
  const scorable = outcomes.filter(({ outcome }) => outcome?.status !== "missing" || outcome.side === "prediction");
  if (geometry === null && scorable.length > 0 && absent.length >= scorable.length) {
    return { ...base, status: "missing-prediction", failed_side: "prediction" };
  }
  const first = outcomes.find(({ outcome }) => outcome?.status === "failed")?.outcome;
  if (geometry === null && first?.status === "failed") {
    return { ...base, status: "invalid", failed_side: first.side, problem: first.problem };
  }
  return { ...base, status: "ok" };
}

function kernelOf(results: Iterable<UnitResult>): EvaluationDocument["evaluator"]["kernel"] {
  for (const { outcome } of results) if (outcome.status === "ok") return outcome.kernel;
  return "typescript";
}

/**
 * Scores cases whose files are known: a submission on a server, or the cases of two folders.
 *
 * @returns the report; cases that fail are in it with their status. Rejects when `signal` aborts.
 */
export async function evaluateCases(
  pairs: readonly CasePair[],
  options: EvaluationRunOptions & { readonly notes?: readonly string[] },
): Promise<EvaluationDocument> {
  const planned = pairs.map((pair): Planned => {
    const { case: name, problem, failedSide } = pair;
    if (problem) return { unit: null, case: name, region: null, problem, ...(failedSide ? { failedSide } : {}) };
    const { reference, prediction } = pair;
    return { unit: { kind: "label-maps", case: name, reference, prediction }, case: name, region: null };
  });
  const results = await runPlan(planned, options);
  const { byCase, notes } = attributesForCases(
    pairs.map((pair) => pair.case),
    options.attributes ?? new Map(),
  );
  const drafts = planned.map((plan) =>
    labelMapDraft(plan.case, results.get(plan) ?? problemResult(plan), byCase.get(plan.case) ?? {}),
  );
  return assembleEvaluation(drafts, {
    protocol: options.protocol,
    method: options.method ?? "unnamed",
    kernel: kernelOf(results.values()),
    notes: [...(options.notes ?? []), ...notes],
  });
}

function at(side: LabelFiles, file: string): LabelFile {
  const full = path.join(side.root, ...file.split("/"));
  return { path: full, name: full };
}

/** Masks of a region in one case: with a task, the files of all its labels; without, the file of its own name. */
function regionUnit(
  matched: MatchedStructures,
  name: string,
  groups: readonly (readonly string[])[],
  sides: Sides,
): Planned {
  const wanted = groups.map((names) => new Set(names.map(looseName)));
  const files = wanted.map((names) => matched.structures.find((structure) => names.has(looseName(structure.name))));
  const bad = files.find((file): file is MatchedFiles => file?.problem !== undefined);
  if (bad?.problem) {
    const side = bad.failedSide ? { failedSide: bad.failedSide } : {};
    return { unit: null, case: matched.case, region: name, problem: bad.problem, ...side };
  }
  // A union with a part missing is not the union: the region then has no file on that side.
  const side = (key: "reference" | "prediction"): LabelFile[] => {
    const found = files.map((file) => file?.[key] ?? null);
    return found.every((file) => file !== null) ? found.map((file) => at(sides[key], file)) : [];
  };
  const unit: EvaluationUnit = {
    kind: "structure",
    case: matched.case,
    region: name,
    reference: side("reference"),
    prediction: side("prediction"),
  };
  return { unit, case: matched.case, region: name };
}

interface Sides {
  readonly reference: LabelFiles;
  readonly prediction: LabelFiles;
}

async function evaluateTrees(
  sides: Sides,
  options: EvaluationRunOptions,
  listNotes: readonly string[],
): Promise<EvaluationDocument> {
  const { cases, notes } = matchStructureTrees(sides.reference.files, sides.prediction.files);
  const own = cases[0]?.structures.map((structure) => ({ name: structure.name, structures: [[structure.name]] })) ?? [];
  const regions = (options.protocol.regions ?? own).map(({ name, structures }) => ({
    name,
    // Without label names (--regions), a region is the structure of its own name.
    structures: structures.length > 0 ? structures : [[name]],
  }));
  const planned = cases.flatMap((matched) =>
    regions.map((region) => regionUnit(matched, region.name, region.structures, sides)),
  );
  const results = await runPlan(planned, options);
  const attributes = attributesForCases(
    cases.map((matched) => matched.case),
    options.attributes ?? new Map(),
  );
  const byCase = Map.groupBy(planned, (plan) => plan.case);
  const drafts = cases.map((matched) => {
    const parts = (byCase.get(matched.case) ?? []).map((plan) => ({
      region: plan.region ?? "",
      result: results.get(plan) ?? problemResult(plan),
    }));
    return structureDraft(matched.case, parts, options.protocol, attributes.byCase.get(matched.case) ?? {});
  });
  return assembleEvaluation(drafts, {
    protocol: options.protocol,
    method: options.method ?? "unnamed",
    kernel: kernelOf(results.values()),
    structures: regions.map((region) => region.name),
    notes: [...listNotes, ...notes, ...attributes.notes],
  });
}

/**
 * Evaluates predictions against references: two folders of label maps, two trees with one mask per structure, or two files.
 *
 * @throws SegathlonError when nothing can be evaluated at all: `SEG001` a path that does not exist, `SEG108` a folder without
 * volumes, `SEG109` sides of different layout, `SEG102` no common case. Whatever befalls single cases is in the report.
 *
 * @example
 * ```ts
 * const report = await evaluateFolders("labelsVal", "predictions", { protocol: protocolOfTask(catalogueTask("msd/Task09_Spleen")) });
 * ```
 */
export async function evaluateFolders(
  reference: string,
  prediction: string,
  options: EvaluationRunOptions,
): Promise<EvaluationDocument> {
  const sides: Sides = { reference: await listLabelFiles(reference), prediction: await listLabelFiles(prediction) };
  if (sides.reference.layout !== sides.prediction.layout) {
    const words = {
      file: "one file",
      "label-maps": "a folder of label maps",
      structures: "a tree with one mask per structure",
    };
    throw new SegathlonError(
      "SEG109",
      `the reference is ${words[sides.reference.layout]} (${reference}), the prediction is ${words[sides.prediction.layout]} (${prediction})`,
    );
  }
  const method = options.method ?? caseNameOf(path.basename(path.resolve(prediction)));
  const run = { ...options, method };
  const listNotes = [...sides.reference.notes, ...sides.prediction.notes];
  if (sides.reference.layout === "structures") return evaluateTrees(sides, run, listNotes);
  if (sides.reference.layout === "file") {
    const [referenceFile = "", predictionFile = ""] = [sides.reference.files[0], sides.prediction.files[0]];
    const name = caseNameOf(referenceFile);
    const pair = {
      case: name,
      reference: at(sides.reference, referenceFile),
      prediction: at(sides.prediction, predictionFile),
    };
    return evaluateCases([pair], run);
  }
  const { cases, notes } = matchLabelMaps(sides.reference.files, sides.prediction.files);
  const pairs = cases.map((matched): CasePair => {
    const file = matched.prediction === null ? null : at(sides.prediction, matched.prediction);
    return {
      case: matched.name,
      reference: at(sides.reference, matched.reference ?? matched.name),
      prediction: file,
      ...(matched.problem ? { problem: matched.problem } : {}),
      ...(matched.failedSide ? { failedSide: matched.failedSide } : {}),
    };
  });
  return evaluateCases(pairs, { ...run, notes: [...listNotes, ...notes] });
}
