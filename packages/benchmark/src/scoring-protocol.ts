/**
 * What is scored and how: regions, metrics, profile, policy, in one plain object that can be sent to a worker, hashed and shown.
 * It comes from a task document or from the options of a single evaluation.
 */
import { SegathlonError } from "@segathlon/errors";
import {
  findProfile,
  type Metric,
  metricKeys,
  type Profile,
  parseMetrics,
  type Tolerances,
  twoDimensional,
  unsupportedMetrics,
} from "@segathlon/metrics";
import type { TaskInBenchmark } from "./catalogue.ts";
import type { EvaluationDocument, Policy } from "./evaluation-document.ts";
import { checkPolicy, defaultPolicy, type MetricColumn } from "./scoring-policy.ts";
import { sha256Hex } from "./sha256.ts";

/** A region that is scored. */
export interface ScoredRegion {
  readonly name: string;
  /** Label values whose union it is. */
  readonly labels: readonly number[];
  /** Names that files of it may have where every structure is a file of its own: one inner list per label. */
  readonly structures: readonly (readonly string[])[];
}

export interface ScoringProtocol {
  /** `msd/Task03_Liver`, or null without a task. */
  readonly task: string | null;
  /** Profile id, such as `deepmind`. */
  readonly profile: string;
  readonly metrics: readonly Metric[];
  /** null: every label that occurs in any case is a region of its own. */
  readonly regions: readonly ScoredRegion[] | null;
  /** Labels that may occur; null: any. */
  readonly knownLabels: readonly number[] | null;
  readonly policy: Policy;
}

/** What a person may say about one evaluation; what is left out comes from the task, or from the defaults. */
export interface ProtocolOptions {
  readonly profile?: string;
  /** 2: the two-dimensional rules of the profile, for volumes of one slice. */
  readonly dims?: 2 | 3;
  /** Metric tokens. Default `dice`, `nsd`, `hd95`. */
  readonly metrics?: string | readonly string[];
  /** NSD and overlap tolerances in mm. Default 1 mm without a task. */
  readonly tolerances?: Tolerances;
  /** Regions by name, as unions of labels. */
  readonly regions?: Readonly<Record<string, readonly number[]>>;
  readonly policy?: Partial<Policy>;
}

const defaultMetrics = ["dice", "nsd", "hd95"];
const defaultToleranceMm = 1;

function optionError(field: string, cause: unknown): SegathlonError {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = /metric "|unknown metric|no metric/.test(message) ? "SEG105" : "SEG107";
  return new SegathlonError(code, `${field}: ${message}`, { where: { field }, cause });
}

/** The profile by id; with `dims` 2 its two-dimensional sibling. */
function resolveProfile(id: string, dims: 2 | 3): Profile {
  try {
    const profile = findProfile(id);
    return dims === 2 ? twoDimensional(profile) : profile;
  } catch (cause) {
    throw optionError("profile", cause);
  }
}

function resolveMetrics(
  tokens: string | readonly string[],
  tolerances: Tolerances | null,
  profile: Profile,
): readonly Metric[] {
  let metrics: readonly Metric[];
  try {
    metrics = parseMetrics(tokens, tolerances === null ? {} : { tolerances });
  } catch (cause) {
    throw optionError("metrics", cause);
  }
  const missing = unsupportedMetrics(profile, metrics);
  if (missing.length === 0) return metrics;
  throw new SegathlonError("SEG105", `the profile ${profile.id} does not have ${missing.join(", ")}`, {
    hint: `It has ${profile.metrics.join(", ")}.`,
    where: { field: "metrics" },
  });
}

function ownRegions(regions: Readonly<Record<string, readonly number[]>>): ScoredRegion[] {
  return Object.entries(regions).map(([name, labels]) => ({ name, labels: [...labels], structures: [] }));
}

/** Region names known before any case is read; where regions are whatever labels occur, one stands for all. */
function namedRegions({ regions, metrics }: ScoringProtocol): string[] {
  if (regions) return regions.map((region) => region.name);
  for (const metric of metrics) {
    if ("tolerancesMm" in metric && !Array.isArray(metric.tolerancesMm)) return Object.keys(metric.tolerancesMm);
  }
  return ["1"];
}

/**
 * A protocol from options alone, without a task.
 *
 * @throws SegathlonError `SEG105` for an unknown metric, `SEG107` for another option that cannot be used.
 *
 * @example
 * ```ts
 * const protocol = protocolFromOptions({ metrics: "dice,nsd", tolerances: [1, 2], regions: { tumour: [2, 3] } });
 * ```
 */
export function protocolFromOptions(options: ProtocolOptions = {}): ScoringProtocol {
  const profile = resolveProfile(options.profile ?? "deepmind", options.dims ?? 3);
  const metrics = resolveMetrics(
    options.metrics ?? defaultMetrics,
    options.tolerances ?? [defaultToleranceMm],
    profile,
  );
  const protocol: ScoringProtocol = {
    task: null,
    profile: profile.id,
    metrics,
    regions: options.regions ? ownRegions(options.regions) : null,
    knownLabels: null,
    policy: { ...defaultPolicy, ...options.policy },
  };
  checkPolicy(protocol.policy, metricColumns(protocol, namedRegions(protocol)));
  return protocol;
}

/** Tokens and tolerances of a protocol document for one task; the task's own tolerance stands above the protocol's. */
function documentMetrics({ benchmark, task }: TaskInBenchmark): { tokens: string[]; tolerances: Tolerances | null } {
  const tokens: string[] = [];
  let tolerance: number | readonly number[] | Readonly<Record<string, number>> | undefined;
  for (const entry of benchmark.protocol.metrics) {
    tokens.push(typeof entry === "string" ? entry : "nsd");
    if (typeof entry !== "string") tolerance = entry.nsd.tolerance_mm;
  }
  tolerance = task.tolerance_mm ?? tolerance;
  if (tolerance === undefined) return { tokens, tolerances: null };
  if (typeof tolerance === "number") return { tokens, tolerances: [tolerance] };
  if (Array.isArray(tolerance)) return { tokens, tolerances: [...tolerance] };
  const byRegion = tolerance as Readonly<Record<string, number>>;
  const lists = Object.entries(byRegion)
    .filter(([region]) => Object.hasOwn(task.regions, region))
    .map(([region, value]) => [region, [value]] as const);
  return { tokens, tolerances: Object.fromEntries(lists) };
}

/**
 * The protocol of a task. Options override it where a person asks for something else; the result then is no longer the task's
 * own protocol, and its hash says so.
 *
 * @throws SegathlonError as {@link protocolFromOptions}.
 */
export function protocolOfTask(found: TaskInBenchmark, options: ProtocolOptions = {}): ScoringProtocol {
  const { benchmark, task } = found;
  const stated = documentMetrics(found);
  const profile = resolveProfile(options.profile ?? benchmark.protocol.profile, options.dims ?? 3);
  const metrics = resolveMetrics(options.metrics ?? stated.tokens, options.tolerances ?? stated.tolerances, profile);
  const labelName = new Map(Object.entries(task.labels).map(([name, value]) => [value, name] as const));
  const regions = Object.entries(task.regions).map(([name, labels]): ScoredRegion => {
    const structures = labels.map((label) => {
      const own = labelName.get(label) ?? String(label);
      return [own, ...(task.label_aliases?.[own] ?? [])];
    });
    return { name, labels, structures };
  });
  const protocol: ScoringProtocol = {
    task: `${benchmark.benchmark}/${task.id}`,
    profile: profile.id,
    metrics,
    regions: options.regions ? ownRegions(options.regions) : regions,
    knownLabels: Object.values(task.labels),
    policy: { ...benchmark.protocol.policy, ...options.policy },
  };
  checkPolicy(protocol.policy, metricColumns(protocol, namedRegions(protocol)));
  return protocol;
}

type Column = EvaluationDocument["metrics"][number];

const noDirection = new Set(["volume_reference_ml", "volume_prediction_ml", "volume_error_ml", "lesion_tp"]);
const lowerIsBetter = new Set(["lesion_fp", "lesion_fn", "fp_volume_ml", "fn_volume_ml"]);

/** Direction and unit of a metric key. */
function metricColumn(key: string): Column {
  const stem = key.split("@")[0] ?? key;
  if (/^(hd[\d.]*|assd|masd|asd_.*|lesion_hd95)$/.test(stem)) return { key, direction: "lower-is-better", unit: "mm" };
  const unit = stem.endsWith("_ml") ? "ml" : /^lesion_(tp|fp|fn)$/.test(stem) ? "count" : "";
  if (noDirection.has(stem)) return { key, direction: "none", unit };
  return { key, direction: lowerIsBetter.has(stem) ? "lower-is-better" : "higher-is-better", unit };
}

/** Columns of one region, in the order of the request. */
export function regionColumns(protocol: ScoringProtocol, region: string): MetricColumn[] {
  try {
    const profile = findProfile(protocol.profile);
    return protocol.metrics.flatMap((metric) => metricKeys(metric, region, profile)).map(metricColumn);
  } catch (cause) {
    throw optionError("tolerance", cause);
  }
}

/** Columns of all regions together: those of the first region, then what others add (tolerances by region). */
export function metricColumns(protocol: ScoringProtocol, regionNames: readonly string[]): MetricColumn[] {
  const columns = new Map<string, MetricColumn>();
  for (const region of regionNames) {
    for (const column of regionColumns(protocol, region)) if (!columns.has(column.key)) columns.set(column.key, column);
  }
  // Keys of one metric side by side: nsd@5 and nsd@7 before hd95.
  const order = protocol.metrics.map((metric) => metric.kind);
  const rank = (key: string): number => order.findIndex((kind) => key.startsWith(kind));
  return protocol.metrics.some((metric) => "tolerancesMm" in metric && !Array.isArray(metric.tolerancesMm))
    ? [...columns.values()].sort((a, b) => rank(a.key) - rank(b.key))
    : [...columns.values()];
}

/** JSON with sorted keys and no spaces (RFC 8785 for the values that occur here). */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(",")}}`;
}

/**
 * Identity of what was asked: profile, metrics, tolerances, regions and policy. Two evaluations with one hash may be ranked
 * together. `regionLabels` are the regions that were scored, as the report lists them.
 */
export function protocolHash(
  protocol: ScoringProtocol,
  regionLabels: Readonly<Record<string, readonly number[] | null>>,
): string {
  const { profile, metrics, policy } = protocol;
  return `sha256:${sha256Hex(canonicalJson({ profile, metrics, policy, regions: regionLabels }))}`;
}
