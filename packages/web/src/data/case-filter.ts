/** Filters and distributions of a task's cases. */
import type { Case } from "@segathlon/server/api";

export interface CaseFilter {
  readonly split?: string | undefined;
  /** Part of the case's name. */
  readonly find?: string | undefined;
  readonly attribute?: string | undefined;
  readonly value?: string | undefined;
}

/** Cases that meet every condition that is given. */
export function filterCases(cases: readonly Case[], filter: CaseFilter): Case[] {
  const find = filter.find?.toLowerCase();
  return cases.filter(
    (item) =>
      (filter.split === undefined || item.split === filter.split) &&
      (find === undefined || item.case.toLowerCase().includes(find)) &&
      (filter.attribute === undefined ||
        filter.value === undefined ||
        String(item.attributes[filter.attribute]) === filter.value),
  );
}

/** Names of attributes, those that most cases have first. */
export function attributeNames(cases: readonly Case[]): string[] {
  const counts = new Map<string, number>();
  for (const item of cases)
    for (const name of Object.keys(item.attributes)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

/** Distinct values of an attribute with their number of cases, most frequent first. */
export function attributeValues(
  cases: readonly Case[],
  name: string,
): { readonly value: string; readonly n: number }[] {
  const counts = new Map<string, number>();
  for (const item of cases) {
    const value = item.attributes[name];
    if (value !== undefined) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, n]) => ({ value, n }))
    .sort((a, b) => b.n - a.n || a.value.localeCompare(b.value, "en", { numeric: true }));
}
