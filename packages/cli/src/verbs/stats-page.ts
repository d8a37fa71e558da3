/** The page of `segathlon stats`: figures and tables of a dataset. */
import type { DatasetStatistics, LabelStatistics, SummaryNumbers } from "@segathlon/dataset";
import {
  barsFigure,
  distributionFigure,
  type Html,
  histogramFigure,
  html,
  numberText,
  regionColour,
  reportShell,
  tableHtml,
} from "@segathlon/plots";
import { figureHtml } from "@segathlon/plots/node";

/** The page as one file. */
export function statsPage(statistics: DatasetStatistics, version: string): string {
  const { dataset, fingerprint } = statistics;
  return reportShell({
    title: `Statistics of ${dataset.name}`,
    subtitle: `${dataset.cases} cases: ${Object.entries(dataset.bySplit)
      .map(([split, n]) => `${n} ${split}`)
      .join(", ")}`,
    sections: [
      { id: "labels", title: "Labels", body: labelSection(statistics) },
      { id: "grid", title: "Size and spacing", body: gridSection(statistics) },
      { id: "intensity", title: "Intensities", body: intensitySection(statistics) },
      { id: "people", title: "Patients and scanners", body: attributeSection(statistics) },
      { id: "splits", title: "Are the splits alike?", body: splitSection(statistics) },
      ...(statistics.unreadable.length > 0
        ? [
            {
              id: "unreadable",
              title: "Not read",
              body: html`<ul>${statistics.unreadable.map((one) => html`<li>${one.case}: ${one.message}</li>`)}</ul>`,
            },
          ]
        : []),
    ],
    data: { schema: statistics.schema, dataset, fingerprint },
    footer: `segathlon stats ${version}`,
  });
}

function short(value: number): string {
  return numberText(value, Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);
}

function range(numbers: SummaryNumbers | null): string {
  return numbers === null ? "–" : `${short(numbers.median)} (${short(numbers.min)} to ${short(numbers.max)})`;
}

function labelSection({ labels, cases }: DatasetStatistics): Html {
  const withVolumes = labels.filter((label) => label.present > 0);
  return html`${tableHtml<LabelStatistics>({
    id: "label-table",
    caption: "Labels: median (smallest to largest) over the cases that have them",
    whenEmpty: "No label map could be read.",
    rows: labels,
    columns: [
      { key: "label", label: "Label", align: "start", value: (row) => row.name },
      { key: "value", label: "Value", align: "end", value: (row) => row.value },
      {
        key: "present",
        label: "Present in",
        align: "end",
        value: (row) => row.present,
        cell: (row) => `${row.present} of ${row.labelMaps}`,
      },
      {
        key: "median_ml",
        label: "Volume (ml)",
        align: "end",
        value: (row) => row.volumeMl?.median ?? null,
        cell: (row) => range(row.volumeMl),
      },
      {
        key: "median_share",
        label: "Share of voxels (%)",
        align: "end",
        value: (row) => row.voxelShare?.median ?? null,
        cell: (row) => (row.voxelShare === null ? "–" : short(100 * row.voxelShare.median)),
      },
      {
        key: "median_pieces",
        label: "Pieces",
        align: "end",
        value: (row) => row.components?.median ?? null,
        cell: (row) => range(row.components),
      },
    ],
  })}
${
  withVolumes.length === 0
    ? ""
    : figureHtml(
        distributionFigure({
          name: "volumes",
          title: "Volume of every label",
          groupedBy: "label",
          metric: { key: "volume_ml", label: "volume (ml)", direction: "none" },
          groups: withVolumes.map((label) => ({
            name: label.name,
            colour: regionColour(labels.indexOf(label)),
            values: cases.flatMap((one) =>
              one.volumesMl[label.name] === undefined
                ? []
                : [{ label: one.case, value: one.volumesMl[label.name] ?? 0 }],
            ),
            withoutValue: label.labelMaps - label.present,
          })),
        }),
      )
}
${
  withVolumes.length === 0
    ? ""
    : figureHtml(
        barsFigure({
          name: "presence",
          title: "How often a label occurs",
          description: "Label maps in which the label occurs at least once.",
          itemKind: "label",
          label: "label maps",
          items: labels.map((label, n) => ({ name: label.name, value: label.present, colour: regionColour(n) })),
        }),
      )
}`;
}

function gridSection({ geometry, cases }: DatasetStatistics): Html {
  const rows = ["first", "second", "third"].map((axis, n) => ({ axis, n }));
  const counts = (tally: Readonly<Record<string, number>>): string =>
    Object.entries(tally)
      .map(([key, n]) => `${key} ${n}`)
      .join(", ") || "–";
  return html`${tableHtml({
    id: "grid-table",
    caption: "Axes of the stored arrays: median (smallest to largest)",
    whenEmpty: "No image could be read.",
    rows: cases.length === 0 ? [] : rows,
    columns: [
      { key: "axis", label: "Axis", align: "start", value: (row) => row.axis },
      {
        key: "voxels",
        label: "Voxels",
        align: "end",
        value: (row) => geometry.shape[row.n]?.median ?? null,
        cell: (row) => range(geometry.shape[row.n] ?? null),
      },
      {
        key: "spacing_mm",
        label: "Spacing (mm)",
        align: "end",
        value: (row) => geometry.spacingMm[row.n]?.median ?? null,
        cell: (row) => range(geometry.spacingMm[row.n] ?? null),
      },
      {
        key: "extent_mm",
        label: "Field of view (mm)",
        align: "end",
        value: (row) => geometry.extentMm[row.n]?.median ?? null,
        cell: (row) => range(geometry.extentMm[row.n] ?? null),
      },
    ],
  })}<p>Axes: ${counts(geometry.orientations)}. Voxel types: ${counts(geometry.voxelTypes)}.</p>
${figureHtml(histogramFigure({ name: "slices", title: "Voxels along the third axis", label: "voxels", values: cases.map((one) => one.shape[2] ?? 0) }))}
${figureHtml(histogramFigure({ name: "slice-spacing", title: "Spacing along the third axis", label: "spacing (mm)", values: cases.map((one) => one.spacingMm[2] ?? 0) }))}`;
}

function intensitySection({ labels, fingerprint }: DatasetStatistics): Html {
  const rows = labels.flatMap((label) => label.intensities.map((one) => ({ label: label.name, ...one })));
  const properties = Object.entries(fingerprint?.foreground_intensity_properties_per_channel ?? {});
  return html`${tableHtml({
    id: "intensity-table",
    caption: "Intensities inside labels: medians over the cases",
    whenEmpty: "No case has an image and a label map on one grid.",
    rows,
    columns: [
      { key: "label", label: "Label", align: "start", value: (row) => row.label },
      { key: "channel", label: "Channel", align: "start", value: (row) => row.channel },
      {
        key: "mean",
        label: "Mean",
        align: "end",
        value: (row) => row.mean?.median ?? null,
        cell: (row) => (row.mean === null ? "–" : short(row.mean.median)),
      },
      ...["0.5 %", "5 %", "25 %", "median", "75 %", "95 %", "99.5 %"].map((name, n) => ({
        key: name,
        label: name,
        align: "end" as const,
        value: (row: (typeof rows)[0]) => row.percentiles[n] ?? null,
        cell: (row: (typeof rows)[0]) => short(row.percentiles[n] ?? 0),
      })),
    ],
  })}${tableHtml({
    id: "fingerprint-table",
    caption: "Foreground of the training cases, as nnU-Net's fingerprint defines it",
    whenEmpty: "There is no training case with image and label map.",
    rows: properties,
    columns: [
      { key: "channel", label: "Channel", align: "start", value: ([channel]) => channel },
      ...(["mean", "std", "median", "min", "max", "percentile_00_5", "percentile_99_5"] as const).map((key) => ({
        key,
        label: key,
        align: "end" as const,
        value: ([, one]: (typeof properties)[0]) => one[key],
        cell: ([, one]: (typeof properties)[0]) => short(one[key]),
      })),
    ],
  })}`;
}

function attributeSection({ attributes }: DatasetStatistics): Html {
  if (attributes.length === 0) return html`<p class="empty">No table of cases (CSV, TSV) lies beside the images.</p>`;
  const figures = attributes.flatMap((one) => {
    if (one.kind === "category") {
      const items = Object.entries(one.counts).sort((a, b) => b[1] - a[1]);
      if (items.length === 0 || items.length > 30) return [];
      return [
        figureHtml(
          barsFigure({
            name: `attribute-${one.name}`,
            title: one.name,
            description: one.missing > 0 ? `${one.missing} cases without a value.` : "All cases have a value.",
            itemKind: one.name,
            label: "cases",
            items: items.map(([name, value]) => ({ name, value })),
          }),
        ),
      ];
    }
    return [];
  });
  return html`${tableHtml({
    id: "attribute-table",
    caption: "Attributes of the cases",
    whenEmpty: "",
    rows: attributes,
    columns: [
      { key: "attribute", label: "Attribute", align: "start", value: (row) => row.name },
      {
        key: "summary",
        label: "Values",
        align: "start",
        value: (row) =>
          row.kind === "number"
            ? range(row.numbers)
            : Object.entries(row.counts)
                .slice(0, 12)
                .map(([key, n]) => `${key} ${n}`)
                .join(", "),
      },
      { key: "missing", label: "Missing", align: "end", value: (row) => row.missing },
    ],
  })}${figures}`;
}

function splitSection({ splits }: DatasetStatistics): Html {
  return html`<p>Kolmogorov-Smirnov for numbers, chi-square for categories, not adjusted: among ${splits.length} comparisons about ${Math.round(splits.length * 0.05)} p-values below 0.05 are expected by chance alone.</p>${tableHtml(
    {
      id: "split-table",
      caption: "Splits compared",
      whenEmpty: "There is only one split.",
      rows: [...splits].sort((a, b) => a.p - b.p),
      columns: [
        { key: "quantity", label: "Quantity", align: "start", value: (row) => row.quantity },
        { key: "splits", label: "Splits", align: "start", value: (row) => `${row.first}, ${row.second}` },
        { key: "text", label: "Found", align: "start", value: (row) => row.text },
        { key: "test", label: "Test", align: "start", value: (row) => row.test },
        {
          key: "statistic",
          label: "Statistic",
          align: "end",
          value: (row) => row.statistic,
          cell: (row) => short(row.statistic),
        },
        {
          key: "p",
          label: "p",
          align: "end",
          value: (row) => row.p,
          cell: (row) => (row.p < 0.001 ? "< 0.001" : numberText(row.p, 3)),
        },
      ],
    },
  )}`;
}
