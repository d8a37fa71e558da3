/** One case of a submission: two files in memory to the case's part of an evaluation. Pure but for decoding. */
import { type CaseDraft, comparePair, failedSideOf, type GridSize } from "@segathlon/benchmark";
import { errorTable, type Problem, SegathlonError } from "@segathlon/errors";
import type { Kernel, SurfaceHistogram } from "@segathlon/metrics";
import type { LabelMap } from "@segathlon/volume";
import { decodeLabelMap } from "@segathlon/volume/node";
import { writeArtefact } from "./stored-surfaces.ts";
import type { ScoreAnswer, ScoreTask } from "./thread-task.ts";

function gridOf({ geometry }: LabelMap): GridSize {
  return { shape: geometry.shape, spacingMm: geometry.spacingMm };
}

function problemOf(error: unknown, caseName: string): Problem {
  if (error instanceof SegathlonError) return error.toProblem();
  return {
    code: "SEG118",
    name: errorTable.SEG118.name,
    message: `case ${caseName}: the evaluation failed: ${error instanceof Error ? error.message : String(error)}`,
    hint: errorTable.SEG118.hint,
    where: { case: caseName },
  };
}

/**
 * Scores one case. A prediction that cannot be used gives an `invalid` case with the policy's values; it never throws for it.
 *
 * @throws SegathlonError `SEG415` when the reference is at fault: that is the organiser's to mend, and no score at all is better
 *   than one over fewer cases.
 */
export function scoreCase(task: ScoreTask, kernel: Kernel): ScoreAnswer {
  const shared = {
    case: task.case,
    attributes: task.attributes,
    hashes: { reference: task.reference.sha256, prediction: task.prediction?.sha256 ?? null },
    regions: {},
  };
  let reference: LabelMap;
  try {
    reference = decodeLabelMap(task.reference.bytes, { fileName: task.reference.name });
  } catch (cause) {
    throw new SegathlonError("SEG415", `case ${task.case}: the reference cannot be read: ${(cause as Error).message}`, {
      where: { case: task.case },
      cause,
    });
  }
  const grid = gridOf(reference);
  if (task.prediction === null) {
    const draft: CaseDraft = {
      ...shared,
      grid,
      status: "missing-prediction",
      failed_side: "prediction",
      geometry: null,
    };
    return { draft, kernel: kernel.name, artefact: null };
  }
  try {
    const surfaces = new Map<string, SurfaceHistogram>();
    const prediction = decodeLabelMap(task.prediction.bytes, { fileName: task.prediction.name });
    const compared = comparePair(
      { reference, prediction, referenceFile: "the reference", predictionFile: task.prediction.name },
      {
        protocol: task.protocol,
        case: task.case,
        kernel,
        onSurface: (region, surface) => surfaces.set(region, surface),
      },
    );
    const draft: CaseDraft = { ...shared, grid, status: "ok", geometry: compared.geometry, regions: compared.regions };
    return { draft, kernel: compared.kernel, artefact: writeArtefact(task.protocol, surfaces) };
  } catch (error) {
    if (failedSideOf(error) === "reference")
      throw new SegathlonError("SEG415", `case ${task.case}: ${(error as Error).message}`, {
        where: { case: task.case },
        cause: error,
      });
    const draft: CaseDraft = {
      ...shared,
      grid,
      status: "invalid",
      failed_side: "prediction",
      problem: problemOf(error, task.case),
      geometry: null,
    };
    return { draft, kernel: kernel.name, artefact: null };
  }
}
