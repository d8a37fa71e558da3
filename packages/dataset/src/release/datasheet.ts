/**
 * A datasheet with the seven sections of Gebru et al., "Datasheets for Datasets" (CACM 2021), filled with what the data say about
 * themselves. What only people know is marked as a gap; nothing is made up.
 */
import type { Dataset } from "../dataset.ts";
import type { DatasetStatistics } from "../statistics/dataset-statistics.ts";

const gap = (question: string): string => `> **To be answered by the owner:** ${question}`;

/** The datasheet as Markdown. Test labels take no part in its numbers when `statistics` was made without them. */
export function makeDatasheet(dataset: Dataset, statistics: DatasetStatistics, splitHash: string): string {
  const number = (value: number | undefined): string =>
    value === undefined ? "unknown" : String(Number(value.toPrecision(3)));
  const range = (
    values: { readonly median: number; readonly min: number; readonly max: number } | null | undefined,
  ): string =>
    values === null || values === undefined
      ? "unknown"
      : `${number(values.median)} (${number(values.min)} to ${number(values.max)})`;
  const bySplit = Object.entries(statistics.dataset.bySplit)
    .map(([split, n]) => `${n} ${split}`)
    .join(", ");
  const { geometry } = statistics;
  return `# Datasheet: ${oneLine(dataset.name)}

Sections after Gebru et al., "Datasheets for Datasets". Numbers come from the files of this release.

## 1. Motivation

${dataset.description === "" ? gap("For what purpose was the dataset made?") : `Description in the dataset's own words: ${oneLine(dataset.description)}`}

${gap("Who made it, on behalf of whom, and who paid for it?")}

## 2. Composition

- ${statistics.dataset.cases} cases (${bySplit}); each case is one examination. Split frozen, SHA-256 \`${splitHash}\`.
- Channels: ${dataset.channels.length === 0 ? "not stated" : dataset.channels.map(oneLine).join(", ")}.
- Voxels along the axes, median (smallest to largest): ${geometry.shape.map(range).join("; ")}.
- Spacing in mm: ${geometry.spacingMm.map(range).join("; ")}.
- Axes: ${Object.entries(geometry.orientations)
    .map(([axes, n]) => `${axes} ${n}`)
    .join(", ")}.

| label | value | present in | volume (ml), median (smallest to largest) |
| --- | --- | --- | --- |
${statistics.labels.map((label) => `| ${cell(label.name)} | ${label.value} | ${label.present} of ${label.labelMaps} | ${range(label.volumeMl)} |`).join("\n")}

The labels of test cases are sealed and take no part in the table.

${attributes(statistics)}

${gap("Are there relations between cases (same patient, follow-up)? Is anything missing on purpose?")}

## 3. Collection process

${dataset.reference === "" ? gap("Where, when, with which scanners and protocols were the images acquired, and how were patients chosen?") : `Source in the dataset's own words: ${oneLine(dataset.reference)}`}

${gap("Was there ethical review? Did patients consent?")}

## 4. Preprocessing, cleaning, labelling

${gap("Who drew the labels, with which training and tools, how many people per case, and how were disagreements settled?")}

${gap("Were images resampled, cropped, normalised or anonymised? Are the raw data kept?")}

## 5. Uses

${gap("For what has the dataset been used, and for what should it not be used?")}

## 6. Distribution

${dataset.licences.length === 0 ? gap("Under which licence may the data be used?") : `Licence: ${dataset.licences.map((one) => `${oneLine(one.value)} (${oneLine(one.source)})`).join("; ")}`}

Release: ${dataset.release === "" ? "not stated" : oneLine(dataset.release)}. Files and checksums: \`release.json\`.

## 7. Maintenance

${gap("Who answers questions, how are errors reported, and how are corrected versions published?")}
`;
}

function attributes(statistics: DatasetStatistics): string {
  if (statistics.attributes.length === 0)
    return gap("Age, sex, site and scanner of the cases are not part of the release. Are they known?");
  const lines = statistics.attributes.map((one) =>
    one.kind === "number"
      ? `- ${cell(one.name)}: ${one.numbers === null ? "no values" : `median ${Number(one.numbers.median.toPrecision(3))} (${Number(one.numbers.min.toPrecision(3))} to ${Number(one.numbers.max.toPrecision(3))})`}`
      : `- ${cell(one.name)}: ${Object.entries(one.counts)
          .slice(0, 12)
          .map(([key, n]) => `${cell(key)} ${n}`)
          .join(", ")}`,
  );
  return `Attributes of the cases:\n\n${lines.join("\n")}`;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function cell(text: string): string {
  return oneLine(text).replaceAll("|", "\\|");
}
