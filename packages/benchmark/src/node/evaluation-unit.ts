/**
 * The unit of parallel work: one pair of label maps, or one structure of one case. A unit carries paths, never voxels; what comes
 * back is plain data. Every failure becomes a result: one bad case never stops the others.
 */
import { createHash } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import type { Geometry, LabelMap } from "@segathlon/volume";
import { decodeLabelMap, readFileBytes, readHeaderFile, readLabelMapFile } from "@segathlon/volume/node";
import { failedPair, type PairResult } from "../case-outcome.ts";
import { blame, checkLabels, compareMaskParts, comparePair } from "../evaluate-case.ts";
import type { GeometryStatus } from "../evaluation-document.ts";
import { alignPrediction, type GeometryRule, geometryOrder } from "../geometry-rule.ts";
import {
  cutPart,
  jointBox,
  type MaskPart,
  maskContent,
  type VoxelBox,
  wholePart,
  withMargin,
} from "../mask-content.ts";
import type { GridSize } from "../scoring-policy.ts";
import type { ScoringProtocol } from "../scoring-protocol.ts";
import { evaluateFromRuns } from "./evaluate-from-runs.ts";
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

/** A unit gives what a pair gives. */
export type UnitResult = PairResult;

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
    if (/\.(hdr|img|nhdr|mhd|dcm)(\.gz)?$/i.test(file.path)) {
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

/** One structure on one side: the part of its mask that matters, and the grid that it lies on. */
interface StructureMask extends MaskPart {
  readonly geometry: Geometry;
  /** The value that means "inside". */
  readonly label: number;
}

/** Reads one mask. A file with several labels is not a mask of one structure. */
async function readMask(
  file: LabelFile,
  unit: StructureUnit,
  context: UnitContext,
): Promise<{ mask: LabelMap; label: number; box: VoxelBox | null }> {
  const { labelMap } = await readLabels(file, context);
  const { labels, box } = maskContent(labelMap);
  checkLabels(labels, null, { case: unit.case, file: file.name });
  if (labels.length > 1) {
    throw new SegathlonError(
      "SEG104",
      `case ${unit.case}: ${file.name}: expected a mask of one structure, found the labels ${labels.slice(0, 5).join(", ")}`,
      { hint: "Give one file per structure, or folders of label maps.", where: { case: unit.case, file: file.name } },
    );
  }
  return { mask: labelMap, label: labels[0] ?? 1, box };
}

/** The union of the masks of one side, on the grid of `target` where there is one, cut down to what it holds. */
async function readStructure(
  files: readonly LabelFile[],
  unit: StructureUnit,
  context: UnitContext,
  target: Geometry | null,
): Promise<{ mask: StructureMask; status: GeometryStatus }> {
  let union: StructureMask | null = null;
  let status: GeometryStatus = "exact";
  for (const file of files) {
    const read = await readMask(file, unit, context);
    const onto: Geometry = target ?? union?.geometry ?? read.mask.geometry;
    const where = { case: unit.case, file: file.name };
    // The rule compares grids only, so an empty reference on the target grid stands for it.
    const aligned = alignPrediction({ geometry: onto, labels: new Uint8Array(0) }, read.mask, context.geometry, where);
    if (geometryOrder.indexOf(aligned.status) > geometryOrder.indexOf(status)) status = aligned.status;
    // The extent is known already unless the mask had to be moved.
    const { box } = aligned.prediction.labels === read.mask.labels ? read : maskContent(aligned.prediction);
    const part = cutPart(wholePart(aligned.prediction), box ?? withMargin(null, onto.shape));
    release(read.mask);
    release(aligned.prediction);
    union = union === null ? { ...part, geometry: onto, label: read.label } : joined(union, part);
  }
  if (union === null) throw new RangeError("a structure without files");
  return { mask: union, status };
}

/**
 * Gives the voxels of a whole mask back at once. Left to the garbage collector, several scans of a hundred megabytes wait in
 * memory for a collection that small objects do not provoke.
 */
function release(mask: LabelMap): void {
  const { buffer } = mask.labels;
  // Small ones may share the pool of Node's buffers.
  if (buffer instanceof ArrayBuffer && !buffer.detached && buffer.byteLength > 1 << 20) buffer.transfer(0);
}

function joined(first: StructureMask, second: MaskPart): StructureMask {
  const box = jointBox(first.box, second.box) ?? first.box;
  const [a, b] = [cutPart(first, box), cutPart(second, box)];
  const data = Uint8Array.from(a.data, (value, voxel) => (value !== 0 || b.data[voxel] !== 0 ? 1 : 0));
  return { box, shape: first.shape, geometry: first.geometry, data, label: 1 };
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
  const { mask: reference } = await blame("reference", () => readStructure(unit.reference, unit, context, null));
  const { geometry } = reference;
  const grid = { shape: geometry.shape, spacingMm: geometry.spacingMm };
  try {
    const { mask: prediction, status } = await blame("prediction", () =>
      readStructure(unit.prediction, unit, context, geometry),
    );
    const labels = [...new Set([reference.label, prediction.label])];
    const results = compareMaskParts(
      { region: unit.region, grid, reference, prediction, labels },
      { protocol: context.protocol, kernel },
    );
    return { outcome: { status: "ok", geometry: status, grid, ...results }, hashes };
  } catch (error) {
    return { outcome: failedPair(error, unit.case, grid), hashes };
  }
}

async function evaluateLabelMaps(unit: LabelMapUnit, context: UnitContext): Promise<UnitResult> {
  if (unit.prediction === null) {
    const grid = await blame("reference", () => gridOfFile(unit.reference));
    return { outcome: { status: "missing", side: "prediction", grid }, hashes: { reference: null, prediction: null } };
  }
  const file = unit.prediction;
  const kernel = await evaluationKernel();
  const quick = await evaluateFromRuns({ ...unit, prediction: file }, context, kernel);
  if (quick !== null) return quick;
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
    release(prediction.labelMap);
    return { outcome, hashes };
  } catch (error) {
    return { outcome: failedPair(error, unit.case, grid), hashes };
  } finally {
    release(reference.labelMap);
  }
}

/** Evaluates one unit. Never rejects. */
export async function evaluateUnit(unit: EvaluationUnit, context: UnitContext): Promise<UnitResult> {
  try {
    return unit.kind === "structure" ? await evaluateStructure(unit, context) : await evaluateLabelMaps(unit, context);
  } catch (error) {
    return { outcome: failedPair(error, unit.case, null), hashes: { reference: null, prediction: null } };
  }
}
