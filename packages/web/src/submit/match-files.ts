/** Which dropped file is the prediction of which case: the rules of the server, before a byte is sent. */
import { caseNameOf, isJunkName, isVolumeName, looseName } from "@segathlon/benchmark";
import type { Phase } from "@segathlon/server/api";
import type { DroppedFile } from "../frame/dropped-file.ts";

export interface MatchedFile {
  readonly task: string;
  readonly case: string;
  readonly dropped: DroppedFile;
}

export interface Matching {
  readonly matched: readonly MatchedFile[];
  /** Cases of the phase without a file. */
  readonly missing: readonly { readonly task: string; readonly case: string }[];
  /** Volumes that belong to no case, and why. */
  readonly faults: readonly string[];
  /** Passed over: not volumes. */
  readonly ignored: number;
}

/**
 * A file belongs to the case whose name it has (file name without its ending; `-` and `_` are equal). Where several tasks have a case
 * of that name, a folder on its path must name the task.
 */
export function matchFiles(phase: Pick<Phase, "expectedFiles" | "id">, files: readonly DroppedFile[]): Matching {
  const cases = Object.entries(phase.expectedFiles).flatMap(([task, names]) =>
    names.map((name) => ({ task, case: caseNameOf(name) })),
  );
  const byName = Map.groupBy(cases, (item) => looseName(item.case));
  const folders = new Map(Object.keys(phase.expectedFiles).map((task) => [looseName(task), task]));
  const matched = new Map<string, MatchedFile>();
  const faults: string[] = [];
  let ignored = 0;
  for (const dropped of files) {
    const parts = dropped.path.split("/");
    const name = parts.at(-1) ?? "";
    if (parts.some((part) => isJunkName(part)) || !isVolumeName(name)) {
      ignored += 1;
      continue;
    }
    const task = parts
      .slice(0, -1)
      .map((part) => folders.get(looseName(part)))
      .find((found) => found !== undefined);
    const candidates = (byName.get(looseName(caseNameOf(name))) ?? []).filter(
      (item) => task === undefined || item.task === task,
    );
    const [only] = candidates;
    if (only === undefined) faults.push(`${dropped.path} belongs to no case of ${task ?? `the phase ${phase.id}`}`);
    else if (candidates.length > 1)
      faults.push(
        `${dropped.path} may belong to ${candidates.map((item) => item.task).join(" or ")}: put it in a folder named after its task`,
      );
    else {
      const key = `${only.task}/${only.case}`;
      const before = matched.get(key);
      if (before === undefined) matched.set(key, { ...only, dropped });
      else faults.push(`${before.dropped.path} and ${dropped.path} are both named as ${only.case}: keep one of them`);
    }
  }
  return {
    matched: [...matched.values()],
    missing: cases.filter((item) => !matched.has(`${item.task}/${item.case}`)),
    faults,
    ignored,
  };
}
