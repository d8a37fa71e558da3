/** Which case a file of a submission is for. */
import { caseNameOf, isJunkName, isVolumeName, looseName } from "@segathlon/benchmark";
import type { PhaseCase } from "../domain/phase-state.ts";

export type FilePlace =
  | { readonly kind: "case"; readonly task: string; readonly case: string }
  | { readonly kind: "ignored"; readonly reason: string }
  | { readonly kind: "unknown"; readonly reason: string };

/**
 * Makes the matcher of a phase. A file belongs to the case whose name it has (file name without its ending; `-` and `_` are equal).
 * Where several tasks have a case of that name, a folder on its path must name the task. Files that are not volumes are passed over
 * with a note; a volume that belongs to no case is a fault, because a misspelt name would otherwise cost the case its score.
 */
export function matchSubmissionFiles(
  tasks: readonly string[],
  cases: readonly PhaseCase[],
): (file: { readonly name: string }) => FilePlace {
  const byName = new Map<string, PhaseCase[]>();
  for (const entry of cases) {
    const key = looseName(entry.case);
    byName.set(key, [...(byName.get(key) ?? []), entry]);
  }
  const folders = new Map(tasks.map((task) => [looseName(task), task]));
  return ({ name }) => {
    const parts = name.split("/");
    if (parts.some((part) => isJunkName(part)))
      return { kind: "ignored", reason: `${name} is a leftover of an operating system` };
    if (!isVolumeName(parts.at(-1) ?? "")) return { kind: "ignored", reason: `${name} is not a volume` };
    const candidates = byName.get(looseName(caseNameOf(name))) ?? [];
    const task = parts
      .slice(0, -1)
      .map((part) => folders.get(looseName(part)))
      .find((found) => found !== undefined);
    const fitting = task === undefined ? candidates : candidates.filter((entry) => entry.task === task);
    const [only] = fitting;
    if (only === undefined) return { kind: "unknown", reason: `${name} belongs to no case of ${task ?? "this phase"}` };
    if (fitting.length > 1)
      return {
        kind: "unknown",
        reason: `${name} may belong to ${fitting.map((entry) => entry.task).join(" or ")}: put it in a folder named after its task`,
      };
    return { kind: "case", task: only.task, case: only.case };
  };
}
