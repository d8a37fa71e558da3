/**
 * Predictions checked before anything is uploaded: names, geometry, types, labels. No reference is needed; of the images, only the
 * headers. The server checks with this same code, so what passes here is not refused there.
 */
import { type Problem, SegathlonError } from "@segathlon/errors";
import { compareGeometry, describeComparison, type Geometry, type LabelMap } from "@segathlon/volume";
import type { Task } from "./benchmark-document.ts";
import { checkLabels } from "./evaluate-case.ts";
import { labelsPresent } from "./labels-present.ts";
import { layoutSubmission, type PlacedFile } from "./submission-layout.ts";
import { baseName, caseNameOf, compareNames, isVolumeName, looseName } from "./volume-file-name.ts";

/** `error`: would be refused or scored as missing. `warning`: can be scored, but look at it. */
export interface ValidationFinding extends Problem {
  readonly severity: "error" | "warning";
}

/** What a prediction is checked against. */
export type ValidationTask = Pick<Task, "id" | "labels" | "file_prefix">;

function finding(severity: ValidationFinding["severity"], error: SegathlonError): ValidationFinding {
  return { severity, ...error.toProblem() };
}

/**
 * Cases that a folder of images stands for, with one file of each. In nnU-Net's layout (`case_0000.nii.gz`, one file per channel)
 * every name ends in a channel number and each case has a channel 0000; `amos_0008.nii.gz` is a name, not a channel.
 */
export function imageCases(files: readonly string[]): Map<string, string> {
  const volumes = files.filter((file) => isVolumeName(baseName(file))).toSorted(compareNames);
  const names = new Set(volumes.map(caseNameOf));
  const stem = (name: string): string => name.replace(/_\d{4}$/, "");
  const channelled = [...names].every((name) => stem(name) !== name && names.has(`${stem(name)}_0000`));
  const cases = new Map<string, string>();
  for (const file of volumes) {
    const name = channelled ? stem(caseNameOf(file)) : caseNameOf(file);
    if (!cases.has(name)) cases.set(name, file);
  }
  return cases;
}

export interface NamesValidation {
  readonly predictions: readonly PlacedFile[];
  readonly findings: readonly ValidationFinding[];
}

/**
 * Checks the names of a set of predictions for one task.
 *
 * @param files names relative to the folder or archive.
 * @param expected case names that must be there, where they are known (from the images, from the server).
 */
export function validateNames(
  files: readonly string[],
  task: ValidationTask,
  expected: readonly string[] | null,
): NamesValidation {
  const { predictions, ignored, problems } = layoutSubmission(files, [task]);
  const findings: ValidationFinding[] = problems.map((problem) => ({ severity: "error", ...problem }));
  if (ignored.length > 0) {
    const shown = ignored
      .slice(0, 3)
      .map(({ file, why }) => `${file} (${why})`)
      .join(", ");
    const more = ignored.length > 3 ? ` and ${ignored.length - 3} more` : "";
    findings.push(finding("warning", new SegathlonError("SEG119", `not looked at: ${shown}${more}`)));
  }
  if (predictions.length === 0 && problems.length === 0) {
    findings.push(
      finding("error", new SegathlonError("SEG108", "there is no prediction: expected label maps such as case.nii.gz")),
    );
  }
  if (expected !== null) {
    const given = new Set(
      [...predictions.map((placed) => placed.case), ...problems.map((problem) => problem.where.case ?? "")].map(
        looseName,
      ),
    );
    const known = new Set(expected.map(looseName));
    for (const name of expected.filter((candidate) => !given.has(looseName(candidate)))) {
      findings.push(
        finding(
          "error",
          new SegathlonError("SEG106", `case ${name}: there is no prediction`, {
            where: { task: task.id, case: name },
          }),
        ),
      );
    }
    for (const placed of predictions.filter((candidate) => !known.has(looseName(candidate.case)))) {
      const where = { task: task.id, case: placed.case, file: placed.file };
      findings.push(
        finding("error", new SegathlonError("SEG119", `${placed.file}: no case is called ${placed.case}`, { where })),
      );
    }
  } else if (task.file_prefix !== undefined) {
    const prefix = task.file_prefix;
    const odd = predictions.filter((placed) => !looseName(placed.case).startsWith(looseName(prefix)));
    for (const placed of odd) {
      const where = { task: task.id, case: placed.case, file: placed.file };
      findings.push(
        finding(
          "warning",
          new SegathlonError("SEG120", `${placed.file}: cases of ${task.id} are called ${prefix}...`, { where }),
        ),
      );
    }
  }
  return { predictions, findings };
}

export interface PredictionToValidate {
  readonly case: string;
  readonly file: string;
  readonly labelMap: LabelMap;
  /** Grid of the image, where it is at hand. */
  readonly image?: Geometry;
}

/**
 * Checks one prediction that could be read: labels and grid. (What could not be read is an error of the reader, see
 * {@link unreadablePrediction}.)
 *
 * @example
 * ```ts
 * const labelMap = await readLabelMap(bytes, { fileName: "spleen_15.nii.gz" });
 * validatePrediction({ case: "spleen_15", file: "spleen_15.nii.gz", labelMap }, catalogueTask("msd/Task09_Spleen").task);
 * ```
 */
export function validatePrediction(prediction: PredictionToValidate, task: ValidationTask): ValidationFinding[] {
  const { case: name, file, labelMap, image } = prediction;
  const where = { task: task.id, case: name, file };
  const findings: ValidationFinding[] = [];
  const present = labelsPresent(labelMap.labels);
  try {
    checkLabels(present, Object.values(task.labels), { case: name, file });
  } catch (error) {
    if (!(error instanceof SegathlonError)) throw error;
    findings.push(finding("error", error));
  }
  if (present.every((label) => label === 0)) {
    findings.push(
      finding("warning", new SegathlonError("SEG120", `case ${name}: ${file} holds background only`, { where })),
    );
  }
  if (image) {
    // The rule's messages name the reference; here the image stands for it.
    const comparison = compareGeometry(image, labelMap.geometry);
    const text = describeComparison(comparison).replaceAll("reference", "image");
    if (comparison.kind === "mismatch") {
      findings.push(
        finding(
          "error",
          new SegathlonError("SEG014", `case ${name}: ${text}`, {
            hint: "Write predictions with the header of the image; resample onto its grid where the shapes differ.",
            where,
          }),
        ),
      );
    } else if (comparison.kind === "reoriented") {
      findings.push(
        finding(
          "warning",
          new SegathlonError("SEG120", `case ${name}: ${text}`, {
            hint: "It is turned without loss when it is scored. Some benchmarks refuse it (--strict-geometry).",
            where,
          }),
        ),
      );
    }
  }
  return findings;
}

/** The finding for a prediction that could not be read; errors that are not ours are thrown on. */
export function unreadablePrediction(error: unknown, placed: PlacedFile): ValidationFinding {
  if (!(error instanceof SegathlonError)) throw error;
  const problem = error.toProblem();
  return {
    severity: "error",
    ...problem,
    where: { task: placed.task, case: placed.case, file: placed.file, ...problem.where },
  };
}

/** Labels of the task that no prediction holds: usually a mapping that was forgotten. */
export function validateLabelUse(
  labelsSeen: ReadonlySet<number>,
  task: ValidationTask,
  cases: number,
): ValidationFinding[] {
  if (cases < 2) return [];
  const unused = Object.entries(task.labels).filter(([, value]) => value !== 0 && !labelsSeen.has(value));
  if (unused.length === 0) return [];
  const names = unused.map(([name, value]) => `${value} ${name}`).join(", ");
  const error = new SegathlonError("SEG120", `no prediction of ${cases} holds ${names}`, { where: { task: task.id } });
  return [finding("warning", error)];
}
