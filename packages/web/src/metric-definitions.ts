/** What every number on the pages means, in one place: tool tips, the protocol of a benchmark and the page of definitions read it. */

export interface Definition {
  /** Anchor on the page of definitions. */
  readonly id: string;
  readonly name: string;
  readonly short: string;
  readonly text: string;
}

export const metricDefinitions: readonly Definition[] = [
  {
    id: "dice",
    name: "Dice",
    short: "Overlap: 2 TP / (2 TP + FP + FN). 1 is perfect.",
    text: "The Dice similarity coefficient counts voxels: twice the voxels that reference and prediction share, divided by the sum of both. It weighs large structures by their volume and says little about the boundary.",
  },
  {
    id: "iou",
    name: "IoU",
    short: "Overlap: TP / (TP + FP + FN).",
    text: "Intersection over union, also called Jaccard index. It orders predictions of one case as Dice does, with smaller values.",
  },
  {
    id: "precision",
    name: "Precision",
    short: "TP / (TP + FP).",
    text: "The share of predicted voxels that belong to the reference.",
  },
  {
    id: "recall",
    name: "Recall",
    short: "TP / (TP + FN), also called sensitivity.",
    text: "The share of reference voxels that were predicted.",
  },
  {
    id: "specificity",
    name: "Specificity",
    short: "TN / (TN + FP).",
    text: "The share of voxels outside the reference that were left out. Close to 1 whenever the structure is small in the image.",
  },
  {
    id: "nsd",
    name: "NSD",
    short: "Share of both surfaces within the tolerance of the other one.",
    text: "The normalised surface distance (surface Dice) at a tolerance in millimetres: the area of the reference's surface that lies within the tolerance of the prediction's surface plus the same the other way round, divided by the area of both surfaces. The number after @ is the tolerance.",
  },
  {
    id: "hd",
    name: "HD",
    short: "Largest distance between the two surfaces, in mm.",
    text: "The Hausdorff distance: how far the farthest point of one surface is from the other. One stray voxel decides it.",
  },
  {
    id: "hd95",
    name: "HD95",
    short: "95th percentile of the surface distances, in mm.",
    text: "The robust Hausdorff distance: the larger of the two directions' 95th percentiles of surface distances, weighted by area in the profile deepmind.",
  },
  {
    id: "asd",
    name: "ASD",
    short: "Mean distance of one surface to the other, in mm.",
    text: "The average surface distance, one value per direction.",
  },
  {
    id: "assd",
    name: "ASSD",
    short: "Mean of the distances of both surfaces, in mm.",
    text: "The average symmetric surface distance, pooled over both surfaces.",
  },
  {
    id: "masd",
    name: "MASD",
    short: "Mean of the two directions' ASD, in mm.",
    text: "The mean of the two average surface distances.",
  },
  {
    id: "volume",
    name: "Volume",
    short: "Volumes in ml, their difference and similarity.",
    text: "Volume of reference and prediction in millilitres, their signed difference, and 1 minus its absolute value over the sum.",
  },
  {
    id: "lesion",
    name: "Lesions",
    short: "Counts and F1 of connected components that were found.",
    text: "Connected components of the reference that were found, missed, or predicted where there is none, and the F1 score of finding them.",
  },
];

export const rankingDefinitions: readonly Definition[] = [
  {
    id: "rank",
    name: "Rank",
    short: "Place under the ranking scheme; ties share the smaller rank.",
    text: "The place of an entry under the benchmark's ranking scheme. Entries that tie share the smaller rank and are written with an equals sign. An entry without results for some cases is listed without a rank where the scheme says so.",
  },
  {
    id: "rank-interval",
    name: "Rank interval",
    short: "95 % of bootstrap draws of the cases give a rank in this range.",
    text: "The cases are drawn again with replacement, the whole ranking is computed for each draw, and the interval spans from the 2.5 % to the 97.5 % quantile of the ranks. A wide interval means that other cases could have given another order.",
  },
  {
    id: "p-first",
    name: "P(1st)",
    short: "Share of bootstrap draws in which the entry is first.",
    text: "The share of bootstrap draws in which the entry has rank 1; ties for the first place count for each of them, so the column may add up to more than 100 %.",
  },
  {
    id: "ci95",
    name: "95 % interval",
    short: "95 % confidence interval of the mean over cases.",
    text: "The confidence interval of the mean over cases by the t distribution. It says how well the mean is known from this number of cases, not how much cases differ.",
  },
  {
    id: "leading-group",
    name: "Not separable from the first",
    short: "Rank 1 lies within the rank interval.",
    text: "Entries whose 95 % rank interval over the bootstrap draws reaches rank 1. Their order among each other should not be read as a result.",
  },
  {
    id: "significance",
    name: "Significance map",
    short: "One-sided Wilcoxon signed-rank test for each ordered pair.",
    text: "For every ordered pair of entries, the one-sided Wilcoxon signed-rank test on the paired differences per case. By default p is adjusted by Holm's method over all ordered pairs together. Below six cases no pair can be significant after adjustment.",
  },
  {
    id: "n",
    name: "n and missing",
    short: "Cases behind the mean; cases without a usable prediction.",
    text: "n counts the cases behind the mean. A case without a usable prediction gets the worst value of the metric where the protocol says so, and is counted as missing; it is never left out silently.",
  },
  {
    id: "heat",
    name: "Heat table",
    short: "Mean per region and metric; dark is worst, light is best of the column group.",
    text: "The mean over cases for each entry and region. The colour compares values of one metric: dark for the worst, light for the best.",
  },
];

/** The definition of a metric key such as `nsd@2` or `asd_reference_to_prediction`; undefined for a metric that is not ours. */
export function definitionOf(metric: string): Definition | undefined {
  const name = metric.toLowerCase().split("@")[0] ?? "";
  return (
    metricDefinitions.find((definition) => definition.id === name) ??
    metricDefinitions.find((definition) => name.startsWith(`${definition.id}_`)) ??
    (/^hd\d/.test(name) ? metricDefinitions.find((definition) => definition.id === "hd95") : undefined) ??
    (/_volume_ml$/.test(name) ? metricDefinitions.find((definition) => definition.id === "lesion") : undefined)
  );
}

/** How a metric is headed: `Dice`, `NSD 2 mm`, `HD95 (mm)`. */
export function metricLabel(metric: string, unit: string): string {
  const [name = "", tolerance] = metric.split("@");
  const words = /^hd\d+$/.test(name)
    ? name.toUpperCase()
    : (metricDefinitions.find(({ id }) => id === name)?.name ?? name.replaceAll("_", " "));
  if (tolerance !== undefined) return `${words} ${tolerance} mm`;
  return unit === "" || unit === "count" ? words : `${words} (${unit})`;
}

/** Decimals that a metric is shown with when its phase does not say. */
export function metricDecimals(unit: string): number {
  return unit === "" ? 3 : unit === "count" ? 1 : 2;
}
