/** What each JSON key means: title, direction, unit, formula, source. Pages and reports show it as "how computed". */
import { keyStem } from "./metric-key.ts";
import type { Profile } from "./profile.ts";

/** Which values are better. `zero`: nearer to 0 from either side. `none`: neither, a plain quantity. */
export type MetricDirection = "higher" | "lower" | "zero" | "none";

export interface MetricDefinition {
  readonly key: string;
  readonly title: string;
  readonly direction: MetricDirection;
  /** "" for a share from 0 to 1. */
  readonly unit: "" | "mm" | "ml" | "lesions";
  /** Best value there is; null where there is none. */
  readonly best: number | null;
  /** Worst value there is; null where there is none, as for distances. */
  readonly worst: number | null;
  /** One sentence: how it is computed under the profile. */
  readonly computed: string;
  readonly source: string;
}

type Entry = Omit<MetricDefinition, "key" | "computed"> & {
  readonly computed: string | ((parameter: string, profile: Profile) => string);
};

const share = { direction: "higher", unit: "", best: 1, worst: 0 } as const;
const distance = { direction: "lower", unit: "mm", best: 0, worst: null } as const;
const plain = { direction: "none", best: null, worst: null } as const;
const counted = { direction: "lower", unit: "lesions", best: 0, worst: null } as const;

const nikolov = "Nikolov et al., J Med Internet Res 2021; google-deepmind/surface-distance";

/** What a boundary is made of, in words. */
function elements({ boundary, edgeNeighbours }: Profile): string {
  if (boundary === "edges") return `edge voxels (removed by one erosion with ${edgeNeighbours} neighbours)`;
  if (boundary === "contours-2d") return "contour elements on pixel corners, by length";
  return "surface elements on voxel corners, by area";
}

function percentileText(parameter: string, profile: Profile): string {
  const { percentile, hausdorffPooling } = profile;
  const ofDistances = `of the distances from the ${elements(profile)} to the other boundary`;
  const which = parameter === "" ? "Largest" : `${parameter}th percentile`;
  if (percentile === "cumulative-weight") {
    const rank = parameter === "" ? "100" : parameter;
    return `Larger of the two directed distances at which ${rank} % of the boundary is reached, without interpolation, ${ofDistances}.`;
  }
  if (hausdorffPooling === "pooled")
    return `${which} ${ofDistances}, both directions pooled, interpolated between ranks.`;
  return `Larger of the two directions: ${which.toLowerCase()} ${ofDistances}, interpolated between ranks.`;
}

function matchText({ lesions }: Profile): string {
  const dilated = lesions.dilation > 0 ? ` after ${lesions.dilation} dilation steps` : "";
  const match =
    lesions.matching === "touch"
      ? "matched to a lesion that they touch"
      : "matched one to one where intersection over union is above 0.5";
  return `Lesions are ${lesions.connectivity}-connected components of the reference${dilated}; predicted components are ${match}.`;
}

const ENTRIES: Readonly<Record<string, Entry>> = {
  dice: {
    ...share,
    title: "Dice",
    computed: "2 TP / (2 TP + FP + FN) over voxels.",
    source: "Dice 1945; Zijdenbos et al. 1994",
  },
  iou: { ...share, title: "IoU", computed: "TP / (TP + FP + FN) over voxels.", source: "Jaccard 1912" },
  precision: { ...share, title: "Precision", computed: "TP / (TP + FP) over voxels.", source: "counts" },
  recall: { ...share, title: "Recall", computed: "TP / (TP + FN) over voxels.", source: "counts" },
  specificity: {
    ...share,
    title: "Specificity",
    computed: "TN / (TN + FP) over the voxels of the whole grid; depends on the field of view.",
    source: "counts",
  },
  nsd: {
    ...share,
    title: "Normalised surface distance",
    computed: (tolerance, profile) =>
      `Share of both boundaries that lies within ${tolerance} mm of the other: ${elements(profile)}; distance <= tolerance.`,
    source: nikolov,
  },
  overlap_reference: {
    ...share,
    title: "Surface overlap, reference",
    computed: (tolerance, profile) =>
      `Share of the reference's boundary within ${tolerance} mm of the prediction's: ${elements(profile)}.`,
    source: nikolov,
  },
  overlap_prediction: {
    ...share,
    title: "Surface overlap, prediction",
    computed: (tolerance, profile) =>
      `Share of the prediction's boundary within ${tolerance} mm of the reference's: ${elements(profile)}.`,
    source: nikolov,
  },
  hd: {
    ...distance,
    title: "Hausdorff distance",
    computed: percentileText,
    source: "Huttenlocher et al. 1993; percentile by profile",
  },
  asd_reference_to_prediction: {
    ...distance,
    title: "Average surface distance, reference to prediction",
    computed: (_, profile) => `Mean distance from the reference's ${elements(profile)} to the prediction's boundary.`,
    source: nikolov,
  },
  asd_prediction_to_reference: {
    ...distance,
    title: "Average surface distance, prediction to reference",
    computed: (_, profile) => `Mean distance from the prediction's ${elements(profile)} to the reference's boundary.`,
    source: nikolov,
  },
  assd: {
    ...distance,
    title: "Average symmetric surface distance",
    computed: (_, profile) =>
      profile.assd === "pooled"
        ? `Mean distance over both boundaries together: ${elements(profile)}.`
        : `Mean of the two directed mean distances: ${elements(profile)}.`,
    source: "Heimann et al., IEEE TMI 2009; pooling by profile",
  },
  masd: {
    ...distance,
    title: "Mean average surface distance",
    computed: (_, profile) => `Mean of the two directed mean distances: ${elements(profile)}.`,
    source: "Benes & Zitova 2015; Metrics Reloaded",
  },
  volume_reference_ml: {
    ...plain,
    unit: "ml",
    title: "Reference volume",
    computed: "Voxels of the reference times the volume of a voxel.",
    source: "counts",
  },
  volume_prediction_ml: {
    ...plain,
    unit: "ml",
    title: "Predicted volume",
    computed: "Voxels of the prediction times the volume of a voxel.",
    source: "counts",
  },
  volume_error_ml: {
    direction: "zero",
    unit: "ml",
    best: 0,
    worst: null,
    title: "Volume error",
    computed: "Predicted volume minus reference volume; negative when too little was segmented.",
    source: "counts",
  },
  volume_similarity: {
    ...share,
    title: "Volume similarity",
    computed: "1 - |V reference - V prediction| / (V reference + V prediction).",
    source: "Taha & Hanbury, BMC Med Imaging 2015",
  },
  boundary_iou: {
    ...share,
    title: "Boundary IoU",
    computed: "Edge voxels (removed by one erosion with 6 neighbours) of both masks over edge voxels of either.",
    source: "Cheng et al., CVPR 2021, boundary one voxel wide, as Metrics Reloaded",
  },
  cldice: {
    ...share,
    title: "clDice",
    computed:
      "Harmonic mean of the share of the prediction's skeleton inside the reference and of the reference's skeleton inside the prediction; skeletons by Lee's thinning.",
    source: "Shit et al., CVPR 2021; Lee, Kashyap & Chu 1994 in the order of scikit-image",
  },
  lesion_f1: {
    ...share,
    title: "Lesion F1",
    computed: (_, profile) => `2 TP / (2 TP + FP + FN) over lesions. ${matchText(profile)}`,
    source: "Kirillov et al., CVPR 2019 (recognition quality)",
  },
  lesion_pq: {
    ...share,
    title: "Lesion panoptic quality",
    computed: (_, profile) =>
      `Lesion F1 times the mean intersection over union of matched pairs. ${matchText(profile)}`,
    source: "Kirillov et al., CVPR 2019",
  },
  lesion_tp: {
    direction: "higher",
    unit: "lesions",
    best: null,
    worst: 0,
    title: "Lesions found",
    computed: (_, profile) => `Reference lesions with a match. ${matchText(profile)}`,
    source: "counts",
  },
  lesion_fp: {
    ...counted,
    title: "Spurious lesions",
    computed: (_, profile) => `Predicted components without a match. ${matchText(profile)}`,
    source: "counts",
  },
  lesion_fn: {
    ...counted,
    title: "Missed lesions",
    computed: (_, profile) => `Reference lesions without a match. ${matchText(profile)}`,
    source: "counts",
  },
  fp_volume_ml: {
    ...distance,
    unit: "ml",
    title: "False positive volume",
    computed: (_, { lesions }) =>
      `Volume of predicted ${lesions.connectivity}-connected components that share no voxel with the reference.`,
    source: "autoPET",
  },
  fn_volume_ml: {
    ...distance,
    unit: "ml",
    title: "False negative volume",
    computed: (_, { lesions }) =>
      `Volume of reference ${lesions.connectivity}-connected components that share no voxel with the prediction.`,
    source: "autoPET",
  },
  lesion_dice: {
    ...share,
    title: "Lesion-wise Dice",
    computed: (_, profile) => `Mean Dice over lesions; spurious components enter with 0. ${matchText(profile)}`,
    source: "BraTS 2023",
  },
  lesion_hd95: {
    ...distance,
    title: "Lesion-wise HD95",
    computed: (_, profile) =>
      `Mean HD95 over lesions; missed lesions and spurious components enter with ${profile.lesions.penaltyMm} mm. ${matchText(profile)}`,
    source: "BraTS 2023",
  },
};

/** `nsd@2` -> `2`, `hd95` -> `95`. */
function parameterOf(key: string): string {
  const at = key.indexOf("@");
  return at >= 0 ? key.slice(at + 1) : (/^hd([\d.]+)$/.exec(key)?.[1] ?? "");
}

/**
 * Definition of a JSON key under a profile.
 *
 * @throws RangeError for a key that no metric yields.
 * @example
 * metricDefinition("nsd@2", findProfile("deepmind")).direction; // "higher"
 */
export function metricDefinition(key: string, profile: Profile): MetricDefinition {
  const stem = keyStem(key);
  const entry = Object.hasOwn(ENTRIES, stem) ? ENTRIES[stem] : undefined;
  if (entry === undefined) throw new RangeError(`no metric yields "${key}"`);
  const parameter = parameterOf(key);
  const { computed, title } = entry;
  const suffix = stem === "hd" && parameter !== "" ? ` ${parameter} %` : parameter === "" ? "" : ` at ${parameter} mm`;
  return {
    ...entry,
    key,
    title: `${title}${suffix}`,
    computed: typeof computed === "string" ? computed : computed(parameter, profile),
  };
}
