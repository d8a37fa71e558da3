/**
 * In or out of distribution, computed from the metadata that a user has (AMOS: site and scanner). Nothing is shipped about single
 * cases: a case is in distribution when its combination of attributes occurs among the training cases.
 */
import type { CaseAttributes } from "./case-attributes.ts";

export type DistributionGroup = "in-distribution" | "out-of-distribution" | "unknown";

/**
 * The group of every case that is not a training case. A case that lacks one of the attributes is `unknown`.
 *
 * @param by attribute names, such as a task's `distribution_by`.
 *
 * @example
 * ```ts
 * const attributes = readCaseAttributes("case,Site,Scanner\na,center,X\nb,center,X\nc,people,Y\n");
 * distributionGroups(attributes, new Set(["a"]), ["Site", "Scanner"]); // Map { b: "in-distribution", c: "out-of-distribution" }
 * ```
 */
export function distributionGroups(
  attributes: ReadonlyMap<string, CaseAttributes>,
  training: ReadonlySet<string>,
  by: readonly string[],
): Map<string, DistributionGroup> {
  const keyOf = (own: CaseAttributes): string | null => {
    const values = by.map((name) => own[name]);
    return values.includes(undefined) ? null : JSON.stringify(values);
  };
  const seen = new Set([...attributes].filter(([name]) => training.has(name)).map(([, own]) => keyOf(own)));
  const groups = new Map<string, DistributionGroup>();
  for (const [name, own] of attributes) {
    if (training.has(name)) continue;
    const key = keyOf(own);
    groups.set(name, key === null ? "unknown" : seen.has(key) ? "in-distribution" : "out-of-distribution");
  }
  return groups;
}
