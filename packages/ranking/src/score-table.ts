/**
 * What rankings are computed from: algorithms x cases x regions x metrics, over one or more tasks, with a status for every score
 * that is not there. Three kinds of missing are kept apart, because they must be treated differently:
 * `reference-absent` (nothing to find in this case: it leaves the comparison for every algorithm),
 * `prediction-failed` (the algorithm gave nothing usable: the worst value) and `not-submitted` (the entry is incomplete).
 */

export type ScoreStatus = "ok" | "reference-absent" | "prediction-failed" | "not-submitted";

/** Which direction of a metric is good. */
export type Direction = "higher-is-better" | "lower-is-better";

export interface MetricColumn {
  /** Key as in evaluation.json, such as `dice` or `nsd@1`. */
  readonly key: string;
  readonly direction: Direction;
  /** The value that a failed prediction gets; never Infinity or NaN. */
  readonly worst: number;
}

/** One score. `value` is a finite number when the status is `ok`, else null. */
export interface ScoreRow {
  readonly task: string;
  readonly case: string;
  readonly algorithm: string;
  readonly region: string;
  readonly metric: string;
  readonly value: number | null;
  readonly status: ScoreStatus;
  /** With `prediction-failed`: the worst value in this case (the diagonal of its image); default: the metric's. Finite. */
  readonly worst?: number;
}

/** Case attributes for slices: centre, scanner, modality, phase, sex, age ... */
export type CaseAttributes = Readonly<Record<string, string | number>>;

export interface ScoreTable {
  readonly metrics: readonly MetricColumn[];
  readonly rows: readonly ScoreRow[];
  /** By task, then case. */
  readonly attributes?: Readonly<Record<string, Readonly<Record<string, CaseAttributes>>>>;
}
