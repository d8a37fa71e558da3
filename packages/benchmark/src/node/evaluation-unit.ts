/**
 * The unit of parallel work: one pair of label maps, or one structure of one case. A unit carries paths, never voxels; what comes
 * back is plain data. Every failure becomes a result: one bad case never stops the others.
 */
import { createHash } from "node:crypto";
import { errorTable, SegathlonError } from "@segathlon/errors";
import type { LabelMap } from "@segathlon/volume";
import { decodeLabelMap, readFileBytes, readHeaderFile, readLabelMapFile } from "@segathlon/volume/node";
import {
  blame,
  type ComparedPair,
  comparePair,
  compareRegions,
  type FailedPair,
  failedSideOf,
} from "../evaluate-case.ts";
import type { FailedSide } from "../evaluation-document.ts";
import { alignPrediction, type GeometryRule } from "../geometry-rule.ts";
import { labelsPresent } from "../labels-present.ts";
import type { GridSize } from "../scoring-policy.ts";
import type { ScoringProtocol } from "../scoring-protocol.ts";
import { evaluationKernel } from "./evaluation-kernel.ts";

/** A file and the name that people know it by, which may be another one (an archive entry, a submission). */
export interface LabelFile {
  readonly path: string;
  readonly name: string;
}

export interface LabelMapUnit {
  readonly kind: "label-maps";
  readonly case: string;
  readonly reference: LabelFile;
  /** null: there is no prediction. */
  readonly prediction: LabelFile | null;
}

export interface StructureUnit {
  readonly kind: "structure";
  readonly case: string;
  readonly region: string;
  /** Masks whose union is the structure; empty: there is no file. */
  readonly reference: readonly LabelFile[];
  readonly prediction: readonly LabelFile[];
}

export type EvaluationUnit = LabelMapUnit | StructureUnit;

/** What all units of a run share. */
export interface UnitContext {
  readonly protocol: ScoringProtocol;
  readonly geometry: GeometryRule;
  /** Most bytes that the voxels of one file may take. */
  readonly maxVoxelBytes?: number;
}

/** A pair without a prediction, or a structure without a file. */
export interface MissingPair {
  readonly status: "missing";
  readonly side: FailedSide;
  readonly grid: GridSize | null;
}

export interface UnitResult {
  readonly outcome: ComparedPair | FailedPair | MissingPair;
  readonly hashes: { readonly reference: string | null; readonly prediction: string | null };
}

interface ReadLabels {
  readonly labelMap: LabelMap;
  readonly sha256: string | null;
}

async function readLabels(file: LabelFile, context: UnitContext): Promise<ReadLabels> {
  const options = {
    fileName: file.name,
    ...(context.maxVoxelBytes === undefined ? {} : { maxVoxelBytes: context.maxVoxelBytes }),
  };
  try {
    if (/\.(hdr|img|nhdr|mhd)(\.gz)?$/i.test(file.path)) {
      return { labelMap: await readLabelMapFile(file.path, options), sha256: null };
    }
    const bytes = await readFileBytes(file.path);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    return { labelMap: decodeLabelMap(bytes, options), sha256 };
  } catch (error) {
    throw underName(error, file);
  }
}

/** The error with the name that people know in place of a path of ours. */
function underName(error: unknown, file: LabelFile): unknown {
  if (!(error instanceof SegathlonError) || file.path === file.name) return error;
  return new SegathlonError(error.code, error.message.replaceAll(file.path, file.name), {
    hint: error.hint,
    where: { ...error.where, file: file.name },
    cause: error,
    failure: error.failure,
  });
}

async function gridOfFile(file: LabelFile | undefined): Promise<GridSize | null> {
  if (file === undefined) return null;
  const { geometry } = await readHeaderFile(file.path, { fileName: file.name });
  return { shape: geometry.shape, spacingMm: geometry.spacingMm };
}

/** The union of masks on one grid. A file with several labels is not a mask of one structure. */
async function readMask(
  files: readonly LabelFile[],
  unit: StructureUnit,
  context: UnitContext,
): Promise<LabelMap & { label: number }> {
  let union: LabelMap | null = null;
  let label = 1;
  for (const file of files) {
    const { labelMap } = await readLabels(file, context);
    const present = labelsPresent(labelMap.labels).filter((value) => value !== 0);
    if (present.length > 1) {
      const found = present.slice(0, 5).join(", ");
      throw new SegathlonError(
        "SEG104",
        `case ${unit.case}: ${file.name}: expected a mask of one structure, found the labels ${found}`,
        { hint: "Give one file per structure, or folders of label maps.", where: { case: unit.case, file: file.name } },
      );
    }
    if (union === null) {
      union = labelMap;
      label = present[0] ?? 1;
      continue;
    }
    const added = alignPrediction(union, labelMap, context.geometry, { case: unit.case, file: file.name }).prediction;
    const sum: Uint8Array = Uint8Array.from(union.labels, (value, voxel) =>
      value !== 0 || added.labels[voxel] !== 0 ? 1 : 0,
    );
    union = { geometry: union.geometry, labels: sum };
    label = 1;
  }
  if (union === null) throw new RangeError("a structure without files");
  return { ...union, label };
}

async function evaluateStructure(unit: StructureUnit, context: UnitContext): Promise<UnitResult> {
  const hashes = { reference: null, prediction: null };
  const none = { reference: unit.reference.length === 0, prediction: unit.prediction.length === 0 };
  if (none.reference || none.prediction) {
    const side = none.reference && none.prediction ? "both" : none.reference ? "reference" : "prediction";
    const grid = await blame("reference", () => gridOfFile(unit.reference[0]));
    return { outcome: { status: "missing", side, grid }, hashes };
  }
  const kernel = await evaluationKernel();
  const reference = await blame("reference", () => readMask(unit.reference, unit, context));
  const grid = { shape: reference.geometry.shape, spacingMm: reference.geometry.spacingMm };
  try {
    const prediction = await blame("prediction", () => readMask(unit.prediction, unit, context));
    const file = unit.prediction[0]?.name;
    const aligned = blame("prediction", () =>
      alignPrediction(reference, prediction, context.geometry, { case: unit.case, ...(file ? { file } : {}) }),
    );
    // Masks may be stored as 1 on one side and 255 on the other.
    const regions = [{ name: unit.region, labels: [...new Set([reference.label, prediction.label])] }];
    const results = compareRegions(reference, aligned.prediction, regions, { protocol: context.protocol, kernel });
    return { outcome: { status: "ok", geometry: aligned.status, grid, ...results }, hashes };
  } catch (error) {
    return { outcome: failure(error, unit.case, grid), hashes };
  }
}

async function evaluateLabelMaps(unit: LabelMapUnit, context: UnitContext): Promise<UnitResult> {
  if (unit.prediction === null) {
    const grid = await blame("reference", () => gridOfFile(unit.reference));
    return { outcome: { status: "missing", side: "prediction", grid }, hashes: { reference: null, prediction: null } };
  }
  const file = unit.prediction;
  const kernel = await evaluationKernel();
  const reference = await blame("reference", () => readLabels(unit.reference, context));
  const { geometry } = reference.labelMap;
  const grid = { shape: geometry.shape, spacingMm: geometry.spacingMm };
  let hashes = { reference: reference.sha256, prediction: null as string | null };
  try {
    const prediction = await blame("prediction", () => readLabels(file, context));
    hashes = { ...hashes, prediction: prediction.sha256 };
    const outcome = comparePair(
      {
        reference: reference.labelMap,
        prediction: prediction.labelMap,
        referenceFile: unit.reference.name,
        predictionFile: file.name,
      },
      { ...context, case: unit.case, kernel },
    );
    return { outcome, hashes };
  } catch (error) {
    return { outcome: failure(error, unit.case, grid), hashes };
  }
}

function failure(error: unknown, name: string, grid: GridSize | null): FailedPair {
  const side = failedSideOf(error) ?? "both";
  if (error instanceof SegathlonError) {
    const problem = error.toProblem();
    return { status: "failed", side, grid, problem: { ...problem, where: { case: name, ...problem.where } } };
  }
  const message = error instanceof Error ? error.message : String(error);
  const problem = {
    code: "SEG118",
    name: errorTable.SEG118.name,
    message: `case ${name}: the evaluation failed: ${message}`,
    hint: errorTable.SEG118.hint,
    where: { case: name },
  };
  return { status: "failed", side: "both", grid, problem };
}

/** Evaluates one unit. Never rejects. */
export async function evaluateUnit(unit: EvaluationUnit, context: UnitContext): Promise<UnitResult> {
  try {
    return unit.kind === "structure" ? await evaluateStructure(unit, context) : await evaluateLabelMaps(unit, context);
  } catch (error) {
    return { outcome: failure(error, unit.case, null), hashes: { reference: null, prediction: null } };
  }
}
