/**
 * Findings from comparing the cases with each other: what is far from the rest, what occurs twice, what is missing where others have it.
 *
 * "Far" is measured with median and median absolute deviation (MAD): the modified z-score of Iglewicz and Hoaglin (1993), with limits
 * well above their 3.5, because anatomy has long tails; a factor must be exceeded as well, so that uniform data do not raise alarms.
 */
import type { Dataset, DatasetCase } from "../dataset.ts";
import type { CaseFacts } from "./case-facts.ts";
import { type Finding, finding } from "./finding.ts";

/** Fewer cases than this say nothing about what is usual. */
const fewestCases = 10;

/** How far a value lies from the median, in robust standard deviations. */
export function modifiedZ(values: readonly number[]): {
  readonly median: number;
  readonly z: (value: number) => number;
} {
  const median = middle(values);
  const spread = middle(values.map((value) => Math.abs(value - median)));
  return {
    median,
    z: (value) =>
      spread === 0 ? (value === median ? 0 : Number.POSITIVE_INFINITY) : (0.6745 * (value - median)) / spread,
  };
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[half] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2;
}

/** All comparisons between cases. */
export function checkFamily(facts: readonly CaseFacts[], dataset: Dataset): Finding[] {
  return [
    ...checkPresence(facts, dataset),
    ...checkLabelOutliers(facts, dataset),
    ...checkGeometryOutliers(facts),
    ...checkIntensityOutliers(facts, dataset),
    ...checkDuplicates(facts),
    ...checkMixtures(facts),
  ];
}

const labelName = (dataset: Dataset, value: number): string =>
  dataset.labels.find((label) => label.value === value)?.name ?? `label ${value}`;

function checkPresence(facts: readonly CaseFacts[], dataset: Dataset): Finding[] {
  const annotated = facts.filter((one) => one.label !== undefined && one.label.labels.length > 0);
  if (annotated.length === 0) return [];
  const findings: Finding[] = [];
  for (const { value, name } of dataset.labels) {
    const without = annotated.filter((one) => !one.label?.labels.some((label) => label.value === value));
    if (without.length === annotated.length) {
      findings.push(
        finding("unused-label", `label ${value} (${name}) occurs in none of ${annotated.length} label maps`, {
          label: name,
        }),
      );
      continue;
    }
    const share = 1 - without.length / annotated.length;
    if (share < 0.9 || annotated.length < fewestCases) continue;
    for (const one of without) {
      findings.push(
        finding(
          "missing-label",
          `${one.id}: label ${value} (${name}) is missing; ${annotated.length - without.length} of ${annotated.length} cases have it`,
          {
            case: one.id,
            file: one.label?.file ?? "",
            label: name,
          },
        ),
      );
    }
  }
  return findings;
}

function checkLabelOutliers(facts: readonly CaseFacts[], dataset: Dataset): Finding[] {
  const findings: Finding[] = [];
  const modality = new Map(dataset.cases.map((one) => [one.id, modalityOf(one, dataset) ?? ""]));
  const values = new Set(facts.flatMap((one) => one.label?.labels.map((label) => label.value) ?? []));
  for (const value of [...values].sort((a, b) => a - b)) {
    const rows = facts.flatMap((one) => {
      const label = one.label?.labels.find((found) => found.value === value);
      return label === undefined || one.label === undefined
        ? []
        : [{ one, file: one.label.file, label, geometry: one.label.geometry, orientation: one.label.orientation }];
    });
    if (rows.length < fewestCases) continue;
    const name = labelName(dataset, value);
    const volumes = modifiedZ(rows.map((row) => Math.log(row.label.volumeMl)));
    const places = placesByModality(rows, modality);
    const pieces = rows.map((row) => row.label.components ?? 0);
    const usuallyOne = pieces.filter((n) => n === 1).length >= 0.8 * rows.length;
    for (const row of rows) {
      const place = { case: row.one.id, file: row.file, label: name };
      const z = volumes.z(Math.log(row.label.volumeMl));
      const ratio = row.label.volumeMl / Math.exp(volumes.median);
      if (Math.abs(z) > 6 && (ratio > 3 || ratio < 1 / 3)) {
        findings.push(
          finding(
            "label-volume-outlier",
            `${row.one.id}: ${name} has ${round(row.label.volumeMl)} ml, ${ratio > 1 ? `${round(ratio)} times` : `1/${round(1 / ratio)} of`} the median of ${rows.length} cases`,
            {
              ...place,
              expected: `about ${round(Math.exp(volumes.median))} ml`,
              found: `${round(row.label.volumeMl)} ml`,
            },
          ),
        );
      }
      const axis = [0, 1, 2].find((n) => {
        const where = relativePlace(row, n);
        const usual = places.get(modality.get(row.one.id) ?? "")?.[n];
        return usual !== undefined && Math.abs(usual.z(where)) > 8 && Math.abs(where - usual.median) > 0.2;
      });
      if (axis !== undefined) {
        const [along, usual] = [
          relativePlace(row, axis),
          places.get(modality.get(row.one.id) ?? "")?.[axis]?.median ?? 0,
        ];
        findings.push(
          finding(
            "label-position-outlier",
            `${row.one.id}: ${name} lies at ${percent(along)} of the field of view (${["left to right", "back to front", "feet to head"][axis]}), elsewhere at about ${percent(usual)}`,
            {
              ...place,
              expected: percent(usual),
              found: percent(along),
            },
          ),
        );
      }
      const n = row.label.components ?? 0;
      if (usuallyOne && n > 5) {
        findings.push(
          finding("label-islands", `${row.one.id}: ${name} falls into ${n} pieces; it is one piece in most cases`, {
            ...place,
            expected: "1",
            found: String(n),
          }),
        );
      }
    }
  }
  return findings;
}

/**
 * Where a label usually lies along the three axes, for every modality with enough cases: CT and MR of one organ have different fields of
 * view, and a mixture of both has no usual place.
 */
function placesByModality(
  rows: readonly (PlacedLabel & { readonly one: CaseFacts })[],
  modality: ReadonlyMap<string, string>,
): Map<string, readonly ReturnType<typeof modifiedZ>[]> {
  const groups = new Map<string, PlacedLabel[]>();
  for (const row of rows) {
    const key = modality.get(row.one.id) ?? "";
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return new Map(
    [...groups]
      .filter(([, group]) => group.length >= fewestCases)
      .map(([key, group]) => [key, [0, 1, 2].map((axis) => modifiedZ(group.map((row) => relativePlace(row, axis))))]),
  );
}

interface PlacedLabel {
  readonly label: { readonly centre: readonly [number, number, number] };
  readonly geometry: { readonly shape: readonly [number, number, number] };
  readonly orientation: string;
}

/** The label's centre along left-right, back-front, feet-head, as a share of the field of view. */
function relativePlace({ label, geometry, orientation }: PlacedLabel, axis: number): number {
  const pair = ["RL", "AP", "SI"][axis] ?? "";
  const at = [...orientation].findIndex((code) => pair.includes(code));
  if (at < 0) return 0.5;
  const share = ((label.centre[at] ?? 0) + 0.5) / (geometry.shape[at] ?? 1);
  return orientation[at] === pair[0] ? share : 1 - share;
}

function checkGeometryOutliers(facts: readonly CaseFacts[]): Finding[] {
  const files = facts.flatMap((one) => {
    const file = one.images[0] ?? one.label;
    return file === undefined ? [] : [{ id: one.id, file }];
  });
  if (files.length < fewestCases) return [];
  const findings: Finding[] = [];
  const measures = [
    ["spacing", (axis: number) => (file: (typeof files)[0]["file"]) => file.geometry.spacingMm[axis] ?? 1],
    ["shape", (axis: number) => (file: (typeof files)[0]["file"]) => file.geometry.shape[axis] ?? 1],
  ] as const;
  for (const { id, file } of files) {
    const odd: string[] = [];
    for (const [what, measureOf] of measures) {
      for (const axis of [0, 1, 2]) {
        const measure = measureOf(axis);
        const usual = modifiedZ(files.map((one) => Math.log(measure(one.file))));
        const ratio = measure(file) / Math.exp(usual.median);
        // The number of slices differs far more between scans than anything else.
        const limit = axis === 2 ? 10 : 4;
        if (Math.abs(usual.z(Math.log(measure(file)))) > 10 && (ratio > limit || ratio < 1 / limit)) {
          odd.push(
            `${what} ${round(measure(file))} along axis ${axis}, elsewhere about ${round(Math.exp(usual.median))}`,
          );
        }
      }
    }
    if (odd.length > 0) {
      findings.push(
        finding("geometry-outlier", `${id}: ${odd.join("; ")}`, {
          case: id,
          file: file.file,
          found: `${file.geometry.shape.join("x")} at ${file.geometry.spacingMm.map(round).join("x")} mm`,
        }),
      );
    }
  }
  return findings;
}

/** CT only: MR intensities have no common scale. Cases are compared within their modality. */
function checkIntensityOutliers(facts: readonly CaseFacts[], dataset: Dataset): Finding[] {
  const modality = new Map(dataset.cases.map((one) => [one.id, modalityOf(one, dataset)]));
  const findings: Finding[] = [];
  const rows = facts.flatMap((one) => {
    const summary = one.images[0]?.intensities[0];
    return summary === undefined || modality.get(one.id) !== "CT" ? [] : [{ one, summary }];
  });
  if (rows.length < fewestCases) return [];
  const air = rows.filter((row) => row.summary.min <= -500).length >= 0.8 * rows.length;
  // The brightest tissue (bone, contrast medium) shows the scale; the median would show how much air is around the patient.
  const bright = modifiedZ(rows.map((row) => Math.log(Math.max(1, row.summary.p995))));
  for (const { one, summary } of rows) {
    const place = { case: one.id, file: one.images[0]?.file ?? "" };
    const usual = Math.exp(bright.median);
    const ratio = Math.max(1, summary.p995) / usual;
    if (air && summary.min > -500) {
      findings.push(
        finding(
          "intensity-outlier",
          `${one.id}: no voxel is below ${round(summary.min)}; the other CT images reach air (-1000 HU)`,
          { ...place, found: `${round(summary.min)} to ${round(summary.max)}` },
        ),
      );
    } else if (Math.abs(bright.z(Math.log(Math.max(1, summary.p995)))) > 8 && (ratio > 4 || ratio < 1 / 4)) {
      findings.push(
        finding(
          "intensity-outlier",
          `${one.id}: 99.5 % of the voxels are below ${round(summary.p995)}, elsewhere below about ${round(usual)}`,
          { ...place, expected: `about ${round(usual)}`, found: String(round(summary.p995)) },
        ),
      );
    }
  }
  return findings;
}

/** CT or MR, by the case's own metadata or by the name of the only channel. */
export function modalityOf(one: DatasetCase, dataset: Dataset): string | undefined {
  for (const [key, value] of Object.entries(one.attributes)) {
    if (/^modality$/i.test(key) && typeof value === "string") return value.toUpperCase();
  }
  const [channel] = dataset.channels;
  return dataset.channels.length === 1 && channel !== undefined && /^ct$/i.test(channel) ? "CT" : undefined;
}

function checkDuplicates(facts: readonly CaseFacts[]): Finding[] {
  const findings: Finding[] = [];
  const groups = (keyOf: (one: CaseFacts) => string | undefined): CaseFacts[][] => {
    const byKey = new Map<string, CaseFacts[]>();
    for (const one of facts) {
      const key = keyOf(one);
      if (key !== undefined) byKey.set(key, [...(byKey.get(key) ?? []), one]);
    }
    return [...byKey.values()].filter((group) => group.length > 1);
  };
  for (const group of groups((one) =>
    one.images.length === 0 ? undefined : one.images.map((image) => image.voxelHash).join("/"),
  )) {
    const [first, ...others] = group;
    if (first === undefined) continue;
    const splits = new Set(group.map((one) => one.split));
    const names = group.map((one) => `${one.id} (${one.split})`).join(", ");
    findings.push(
      finding(
        splits.size > 1 ? "duplicate-across-splits" : "duplicate-image",
        `${names} have the same image, voxel for voxel`,
        {
          case: first.id,
          file: first.images[0]?.file ?? "",
          otherCases: others.map((one) => one.id),
        },
      ),
    );
  }
  for (const group of groups((one) =>
    one.label === undefined || one.label.labels.length === 0 ? undefined : one.label.voxelHash,
  )) {
    const [first, ...others] = group;
    if (first === undefined) continue;
    findings.push(
      finding(
        "duplicate-label-map",
        `${group.map((one) => one.id).join(", ")} have the same label map, voxel for voxel`,
        {
          case: first.id,
          file: first.label?.file ?? "",
          otherCases: others.map((one) => one.id),
        },
      ),
    );
  }
  return findings;
}

function checkMixtures(facts: readonly CaseFacts[]): Finding[] {
  const findings: Finding[] = [];
  const images = facts.flatMap((one) => one.images);
  const types = tally(images.map((image) => image.voxelType));
  if (types.size > 1)
    findings.push(
      finding("mixed-types", `images are stored as ${describeTally(types)}`, { found: describeTally(types) }),
    );
  const orientations = tally(images.map((image) => image.orientation));
  if (orientations.size > 1) {
    findings.push(
      finding("mixed-orientations", `images are stored along ${describeTally(orientations)}`, {
        found: describeTally(orientations),
      }),
    );
  }
  return findings;
}

function tally(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function describeTally(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([value, n]) => `${value} (${n})`)
    .join(", ");
}

function round(value: number): number {
  return Number(value.toPrecision(3));
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
