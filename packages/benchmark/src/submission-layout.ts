/**
 * Which file of a submission is which case of which task, from names alone: a folder, an archive, or what was dropped on a page.
 * Folders around the files do not matter (`results/`, `TEAM/labelsTs/`), except that a folder with a task's id assigns its files
 * to that task, as MSD submissions do (`Task09_Spleen/spleen_15.nii.gz`).
 */
import { type Problem, SegathlonError } from "@segathlon/errors";
import type { Task } from "./benchmark-document.ts";
import {
  baseName,
  caseNameOf,
  compareNames,
  isJunkName,
  isVolumeName,
  looseName,
  withoutVoxelHalves,
} from "./volume-file-name.ts";

/** Where one file goes. */
export type FilePlace =
  | { readonly kind: "prediction"; readonly task: string; readonly case: string }
  /** Left behind by archivers and file managers; not worth a word. */
  | { readonly kind: "junk" }
  | { readonly kind: "ignored"; readonly why: string };

/** The part of a task that layouts look at. */
export type TaskNames = Pick<Task, "id" | "file_prefix">;

/**
 * The place of one file.
 *
 * With several tasks, a folder of the task's id decides, then the longest file prefix that fits. With one task every volume is
 * its, unless it lies in a folder of another MSD task.
 */
export function placeFile(file: string, tasks: readonly TaskNames[]): FilePlace {
  const parts = file.split("/");
  if (parts.some(isJunkName)) return { kind: "junk" };
  const name = baseName(file);
  if (!isVolumeName(name)) return { kind: "ignored", why: "not a volume" };
  const folders = parts.slice(0, -1).map((part) => looseName(part).toLowerCase());
  const inFolder = tasks.find((task) => folders.includes(looseName(task.id).toLowerCase()));
  const prediction = (task: TaskNames): FilePlace => ({ kind: "prediction", task: task.id, case: caseNameOf(file) });
  if (inFolder) return prediction(inFolder);
  const other = parts.slice(0, -1).find((part) => /^Task\d{2,3}_/i.test(part));
  if (other !== undefined) return { kind: "ignored", why: `${other} is not a task of this phase` };
  const [only] = tasks;
  if (only && tasks.length === 1) return prediction(only);
  const byPrefix = tasks
    .filter((task) => task.file_prefix !== undefined && looseName(name).startsWith(looseName(task.file_prefix)))
    .sort((a, b) => (b.file_prefix?.length ?? 0) - (a.file_prefix?.length ?? 0));
  const [first, second] = byPrefix;
  if (first && first.file_prefix?.length !== second?.file_prefix?.length) return prediction(first);
  return {
    kind: "ignored",
    why: `belongs to no task; expected a folder named ${tasks.map((task) => task.id).join(" or ")}`,
  };
}

/** A prediction of a submission. */
export interface PlacedFile {
  readonly task: string;
  readonly case: string;
  readonly file: string;
}

export interface SubmissionLayout {
  /** One file per case, in natural order. */
  readonly predictions: readonly PlacedFile[];
  readonly ignored: readonly { readonly file: string; readonly why: string }[];
  /** Cases with two files; neither is taken. */
  readonly problems: readonly Problem[];
}

/**
 * Lays out a whole submission.
 *
 * @example
 * ```ts
 * layoutSubmission(["sub/Task09_Spleen/spleen_15.nii.gz", "sub/readme.txt"], [{ id: "Task09_Spleen" }]).predictions;
 * // [{ task: "Task09_Spleen", case: "spleen_15", file: "sub/Task09_Spleen/spleen_15.nii.gz" }]
 * ```
 */
export function layoutSubmission(files: readonly string[], tasks: readonly TaskNames[]): SubmissionLayout {
  const ignored: { file: string; why: string }[] = [];
  const byCase = new Map<string, PlacedFile[]>();
  for (const file of withoutVoxelHalves(files)) {
    const place = placeFile(file, tasks);
    if (place.kind === "ignored") ignored.push({ file, why: place.why });
    if (place.kind !== "prediction") continue;
    const key = `${place.task}/${place.case}`;
    byCase.set(key, [...(byCase.get(key) ?? []), { task: place.task, case: place.case, file }]);
  }
  const predictions: PlacedFile[] = [];
  const problems: Problem[] = [];
  for (const placed of byCase.values()) {
    const [first] = placed;
    if (!first) continue;
    if (placed.length === 1) {
      predictions.push(first);
      continue;
    }
    const found = placed.map(({ file }) => file).join(", ");
    problems.push(
      new SegathlonError("SEG103", `case ${first.case}: expected one file, found ${placed.length}: ${found}`, {
        where: { task: first.task, case: first.case, file: first.file },
      }).toProblem(),
    );
  }
  predictions.sort((a, b) => compareNames(a.task, b.task) || compareNames(a.case, b.case));
  return { predictions, ignored, problems };
}
