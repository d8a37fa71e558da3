/** A prediction looked at before it costs quota. What it says depends on the public image's grid and the task's labels only. */
import { labelsPresent } from "@segathlon/benchmark";
import { errorTable, type Problem, SegathlonError } from "@segathlon/errors";
import { compareGeometry, describeComparison } from "@segathlon/volume";
import { decodeLabelMap } from "@segathlon/volume/node";
import type { ValidateTask } from "./thread-task.ts";

/** The first thing that is wrong with a prediction, or null. Never throws for what the file holds. */
export function validatePrediction(task: ValidateTask): Problem | null {
  const where = { case: task.case, file: task.name };
  try {
    const labelMap = decodeLabelMap(task.bytes, { fileName: task.name, maxVoxelBytes: task.maxVoxelBytes });
    if (task.knownLabels !== null) {
      const unknown = labelsPresent(labelMap.labels).filter(
        (label) => label !== 0 && !task.knownLabels?.includes(label),
      );
      if (unknown.length > 0)
        throw new SegathlonError(
          "SEG104",
          `case ${task.case}: labels outside the task: expected ${[...task.knownLabels].sort((a, b) => a - b).join(", ")}, found ${unknown.slice(0, 5).join(", ")}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ""}`,
          { where },
        );
    }
    if (task.geometry !== null) {
      const comparison = compareGeometry(task.geometry, labelMap.geometry);
      if (comparison.kind === "mismatch")
        throw new SegathlonError("SEG014", `case ${task.case}: ${describeComparison(comparison)}`, { where });
    }
    return null;
  } catch (error) {
    if (error instanceof SegathlonError) return { ...error.toProblem(), where: { ...error.where, ...where } };
    return {
      code: "SEG413",
      name: errorTable.SEG413.name,
      message: `case ${task.case}: ${task.name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      hint: errorTable.SEG413.hint,
      where,
    };
  }
}
