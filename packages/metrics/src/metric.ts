/** Metric tokens, as protocols and the command line write them, and the JSON keys they yield. */

/** Tolerances in mm: the same for all regions, or by region name. */
export type Tolerances = readonly number[] | Readonly<Record<string, readonly number[]>>;

/** One thing to measure. */
export type Metric =
  | { readonly kind: "dice" | "iou" | "precision" | "recall" | "specificity" }
  | { readonly kind: "hd"; readonly percentile: number }
  | { readonly kind: "asd" | "assd" | "masd" }
  | { readonly kind: "nsd" | "overlap"; readonly tolerancesMm: Tolerances }
  | { readonly kind: "volume" | "boundary_iou" | "cldice" | "lesions" };

export type MetricKind = Metric["kind"];

const PLAIN_KINDS = [
  "dice",
  "iou",
  "precision",
  "recall",
  "specificity",
  "asd",
  "assd",
  "masd",
  "volume",
  "boundary_iou",
  "cldice",
  "lesions",
] as const;
const TOLERANCE_KINDS = ["nsd", "overlap"] as const;

const LESION_KEYS = [
  "lesion_f1",
  "lesion_pq",
  "lesion_tp",
  "lesion_fp",
  "lesion_fn",
  "fp_volume_ml",
  "fn_volume_ml",
] as const;

/** Every token, for messages: `hdNN` stands for any percentile. */
export const METRIC_TOKENS: readonly string[] = [
  "dice",
  "iou",
  "precision",
  "recall",
  "specificity",
  "nsd",
  "hd",
  "hdNN",
  "asd",
  "assd",
  "masd",
  "overlap",
  "volume",
  "boundary_iou",
  "cldice",
  "lesions",
];

function isOneOf<T extends string>(list: readonly T[], token: string): token is T {
  return (list as readonly string[]).includes(token);
}

function requireTolerances(token: string, tolerances: Tolerances | undefined): Tolerances {
  if (tolerances === undefined) throw new RangeError(`metric "${token}" needs a tolerance in mm`);
  const lists = Array.isArray(tolerances) ? [tolerances] : Object.values(tolerances as Record<string, number[]>);
  for (const list of lists) {
    if (list.length === 0) throw new RangeError(`metric "${token}" needs at least one tolerance in mm`);
    for (const tolerance of list) {
      if (!(Number.isFinite(tolerance) && tolerance >= 0)) {
        throw new RangeError(`metric "${token}": tolerance ${tolerance} is not a finite number of mm from 0 up`);
      }
    }
  }
  return tolerances;
}

/**
 * Reads metric tokens.
 *
 * `hd` is the maximum, `hd95` the 95th percentile; any percentile above 0 and up to 100 is one (`hd99`, `hd99.9`). `nsd` and
 * `overlap` take every tolerance given.
 *
 * @param tokens a comma-separated list or an array; a token given twice counts once.
 * @param options.tolerances mm, for `nsd` and `overlap`: a list for all regions, or lists by region name.
 * @throws RangeError for an unknown token, a percentile outside (0, 100], an impossible or absent tolerance, or no token at all.
 * @example
 * parseMetrics("dice,nsd,hd95", { tolerances: [1, 2] });
 */
export function parseMetrics(
  tokens: string | readonly string[],
  options: { readonly tolerances?: Tolerances } = {},
): readonly Metric[] {
  const list = typeof tokens === "string" ? tokens.split(",") : tokens;
  const unique = [...new Set(list.map((token) => token.trim()).filter((token) => token !== ""))];
  if (unique.length === 0) throw new RangeError("no metric given");
  return unique.map((token): Metric => {
    if (isOneOf(PLAIN_KINDS, token)) return { kind: token };
    if (isOneOf(TOLERANCE_KINDS, token)) {
      return { kind: token, tolerancesMm: requireTolerances(token, options.tolerances) };
    }
    const percentile = /^hd(\d{1,3}(?:\.\d{1,6})?)?$/.exec(token);
    if (percentile === null) {
      throw new RangeError(`unknown metric "${token}"; known: ${METRIC_TOKENS.join(", ")}`);
    }
    const value = percentile[1] === undefined ? 100 : Number(percentile[1]);
    if (!(value > 0 && value <= 100))
      throw new RangeError(`metric "${token}": a percentile lies above 0 and up to 100`);
    return { kind: "hd", percentile: value };
  });
}

/**
 * Reads tolerances as the command line writes them: `1`, `1,2,3` (several for all regions) or `liver=7,tumour=5` (by region; the
 * same name again adds another).
 *
 * @throws RangeError naming the part that is not a tolerance.
 */
export function parseTolerances(text: string): Tolerances {
  const everywhere: number[] = [];
  const byRegion: Record<string, number[]> = {};
  for (const part of text.split(",").map((piece) => piece.trim())) {
    const at = part.lastIndexOf("=");
    const digits = part.slice(at + 1).trim();
    const value = digits === "" ? Number.NaN : Number(digits);
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new RangeError(`"${part}" is not a tolerance: a number of mm from 0 up, or region=number`);
    }
    if (at < 0) everywhere.push(value);
    else {
      const name = part.slice(0, at).trim();
      const list = Object.hasOwn(byRegion, name) ? byRegion[name] : undefined;
      byRegion[name] = [...(list ?? []), value];
    }
  }
  const named = Object.keys(byRegion).length > 0;
  if (named && everywhere.length > 0) throw new RangeError(`"${text}" mixes tolerances with and without a region`);
  return named ? byRegion : everywhere;
}

/** The tolerances that hold for a region, each once. */
export function tolerancesFor(
  metric: { readonly kind: string; readonly tolerancesMm: Tolerances },
  region: string,
): readonly number[] {
  const { tolerancesMm } = metric;
  if (Array.isArray(tolerancesMm)) return [...new Set(tolerancesMm as readonly number[])];
  const byRegion = tolerancesMm as Readonly<Record<string, readonly number[]>>;
  const own = Object.hasOwn(byRegion, region) ? byRegion[region] : undefined;
  if (own === undefined) {
    throw new RangeError(
      `metric "${metric.kind}": no tolerance for region "${region}"; given for ${Object.keys(byRegion).join(", ")}`,
    );
  }
  return [...new Set(own)];
}

/**
 * JSON keys that a metric yields for a region, in order: `nsd@0.5`, `hd95`, `overlap_reference@1` ...
 *
 * @param profile with it, `lesions` also names the lesion-wise means that only some profiles (BraTS) have.
 * @throws RangeError when the metric has no tolerance for the region.
 */
export function metricKeys(
  metric: Metric,
  region: string,
  profile?: { readonly lesions: { readonly penaltyMm: number | null } },
): readonly string[] {
  switch (metric.kind) {
    case "hd":
      return [metric.percentile === 100 ? "hd" : `hd${metric.percentile}`];
    case "asd":
      return ["asd_reference_to_prediction", "asd_prediction_to_reference"];
    case "nsd":
      return tolerancesFor(metric, region).map((tolerance) => `nsd@${tolerance}`);
    case "overlap":
      return tolerancesFor(metric, region).flatMap((tolerance) => [
        `overlap_reference@${tolerance}`,
        `overlap_prediction@${tolerance}`,
      ]);
    case "volume":
      return ["volume_reference_ml", "volume_prediction_ml", "volume_error_ml", "volume_similarity"];
    case "lesions":
      return profile === undefined || profile.lesions.penaltyMm === null
        ? LESION_KEYS
        : [...LESION_KEYS, "lesion_dice", "lesion_hd95"];
    default:
      return [metric.kind];
  }
}
