/** Groups of cases by an attribute, for slices. */

export interface CaseGroup {
  readonly value: string;
  readonly cases: readonly string[];
}

/** Cases grouped by an attribute: by its values, or by thirds where it is a number with many of them. */
export function caseGroups(attributes: readonly (readonly [string, string | number | undefined])[]): CaseGroup[] {
  const present = attributes.filter((item): item is readonly [string, string | number] => item[1] !== undefined);
  const numbers = present.map(([, value]) => value).filter((value) => typeof value === "number");
  const distinct = new Set(present.map(([, value]) => value));
  if (numbers.length === present.length && distinct.size > 6) {
    const ascending = [...numbers].sort((a, b) => a - b);
    const cut = (share: number): number => ascending[Math.floor((ascending.length - 1) * share)] ?? 0;
    const [low, high] = [cut(1 / 3), cut(2 / 3)];
    const groups = [
      { value: `up to ${low}`, test: (v: number) => v <= low },
      { value: `above ${low}, up to ${high}`, test: (v: number) => v > low && v <= high },
      { value: `above ${high}`, test: (v: number) => v > high },
    ];
    return groups
      .map(({ value, test }) => ({
        value,
        cases: present.filter(([, v]) => typeof v === "number" && test(v)).map(([name]) => name),
      }))
      .filter(({ cases }) => cases.length > 0);
  }
  return [...Map.groupBy(present, ([, value]) => String(value))]
    .sort(([a], [b]) => a.localeCompare(b, "en", { numeric: true }))
    .map(([value, list]) => ({ value, cases: list.map(([name]) => name) }));
}
