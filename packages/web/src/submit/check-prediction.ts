/**
 * Looks at one prediction before it is sent: can it be read, are its labels those of the task, does it lie on the image's grid. The
 * same functions and the same rules as on the server, so what passes here passes there.
 */
import { labelsPresent } from "@segathlon/benchmark";
import { errorTable, type Problem, SegathlonError } from "@segathlon/errors";
import { compareGeometry, describeComparison, type Geometry, readLabelMap } from "@segathlon/volume";

export interface ExpectedPrediction {
  readonly case: string;
  readonly file: string;
  /** Labels of the task, background included. */
  readonly knownLabels: readonly number[];
  /** Grid of the image; null where the image is not open to the reader. */
  readonly geometry: Geometry | null;
  readonly maxVoxelBytes: number;
}

/** The first thing that is wrong with a prediction, or null. Never throws for what the file holds. */
export async function checkPrediction(bytes: Uint8Array, expected: ExpectedPrediction): Promise<Problem | null> {
  const where = { case: expected.case, file: expected.file };
  try {
    const map = await readLabelMap(bytes, { fileName: expected.file, maxVoxelBytes: expected.maxVoxelBytes });
    const unknown = labelsPresent(map.labels).filter((label) => label !== 0 && !expected.knownLabels.includes(label));
    if (unknown.length > 0)
      throw new SegathlonError(
        "SEG104",
        `case ${expected.case}: labels outside the task: expected ${[...expected.knownLabels].sort((a, b) => a - b).join(", ")}, found ${unknown.slice(0, 5).join(", ")}${unknown.length > 5 ? ` and ${unknown.length - 5} more` : ""}`,
      );
    if (expected.geometry !== null) {
      const comparison = compareGeometry(expected.geometry, map.geometry);
      if (comparison.kind === "mismatch")
        throw new SegathlonError("SEG014", `case ${expected.case}: ${describeComparison(comparison)}`);
    }
    return null;
  } catch (error) {
    if (error instanceof SegathlonError) return { ...error.toProblem(), where: { ...error.where, ...where } };
    return {
      code: "SEG004",
      name: errorTable.SEG004.name,
      message: `case ${expected.case}: ${expected.file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      hint: errorTable.SEG004.hint,
      where,
    };
  }
}
