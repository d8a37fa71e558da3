/**
 * From what was measured to what counts: the policy of a protocol, applied above the kernel and visibly.
 *
 * A measured value always stands. The policy speaks only where the profile leaves a metric undefined (null) because a region is
 * empty on one or both sides, and where nothing could be measured because the prediction is missing or unusable. What it gives
 * is written to `scores`, beside the untouched `metrics` and the status that says why.
 *
 * The trap this closes: 0 mm is the best Hausdorff distance, so "undefined counts as 0" crowns a missed organ. A rule of a plain
 * 0 for distances is refused (`checkPolicy`).
 */
import { SegathlonError } from "@segathlon/errors";
import type { EvaluationDocument, FailedSide, Policy, RegionResult } from "./evaluation-document.ts";

/** A metric column as `evaluation.json` lists it. */
export type MetricColumn = EvaluationDocument["metrics"][number];

type EmptyRule = Policy["both_empty"];

/** Size of the reference grid, for the worst value of distances and volumes. */
export interface GridSize {
  readonly shape: readonly [number, number, number];
  readonly spacingMm: readonly [number, number, number];
}

/** The policy of an evaluation that names none: undefined on both sides counts as best, on one side as worst. */
export const defaultPolicy: Policy = {
  both_empty: "best",
  one_empty: "worst",
  missing_prediction: "worst",
  worst: {},
};

/** Length of the diagonal of the grid, from outer corner to outer corner, in mm: no distance inside it is longer. */
export function imageDiagonalMm({ shape, spacingMm }: GridSize): number {
  const [x, y, z] = [shape[0] * spacingMm[0], shape[1] * spacingMm[1], shape[2] * spacingMm[2]];
  return Math.sqrt(x * x + y * y + z * z);
}

/** The best possible value: 1 for shares, 0 for what should be small; null for a column without direction. */
export function bestScore(column: MetricColumn): number | null {
  if (column.direction === "none") return null;
  return column.direction === "higher-is-better" ? 1 : 0;
}

/** The entry of `worst` for a metric key: the key itself, or the token it comes from (`nsd` for `nsd@1`, `asd` for both). */
function statedWorst(worst: Policy["worst"], key: string): number | "image-diagonal" | undefined {
  if (Object.hasOwn(worst, key)) return worst[key];
  const token = Object.keys(worst)
    .filter((name) => key.startsWith(`${name}@`) || key.startsWith(`${name}_`))
    .sort((a, b) => b.length - a.length)[0];
  return token === undefined ? undefined : worst[token];
}

/**
 * The worst value of a metric on this grid: the policy's own, else 0 for shares, the image diagonal for distances and the image
 * volume for millilitres. null for columns without direction and for counts, which have no upper bound (the policy may give one).
 */
export function worstScore(policy: Policy, column: MetricColumn, grid: GridSize | null): number | null {
  if (column.direction === "none") return null;
  const stated = statedWorst(policy.worst, column.key);
  if (typeof stated === "number") return stated;
  if (stated === undefined && column.direction === "higher-is-better") return 0;
  if (grid === null) return null;
  if (stated === "image-diagonal" || column.unit === "mm") return imageDiagonalMm(grid);
  if (column.unit !== "ml") return null;
  const { shape, spacingMm } = grid;
  return (shape[0] * shape[1] * shape[2] * (spacingMm[0] * spacingMm[1] * spacingMm[2])) / 1000;
}

function ruleScore(rule: EmptyRule, policy: Policy, column: MetricColumn, grid: GridSize | null): number | null {
  if (rule === "best") return bestScore(column);
  if (rule === "worst") return worstScore(policy, column, grid);
  return rule === "exclude" || column.direction === "none" ? null : rule;
}

/** Scores of a measured region: the metrics, with the policy's value where the profile left one undefined. */
export function scoreRegion(
  measured: Pick<RegionResult, "status" | "metrics">,
  policy: Policy,
  columns: readonly MetricColumn[],
  grid: GridSize,
): Record<string, number | null> {
  const scores: Record<string, number | null> = {};
  for (const column of columns) {
    const value = measured.metrics[column.key];
    if (value === undefined) continue;
    if (value !== null) scores[column.key] = value;
    else if (measured.status === "both-empty") scores[column.key] = ruleScore(policy.both_empty, policy, column, grid);
    else if (measured.status === "missed" || measured.status === "spurious") {
      scores[column.key] = ruleScore(policy.one_empty, policy, column, grid);
    } else scores[column.key] = null;
  }
  return scores;
}

/**
 * Scores where nothing was measured. A prediction that is missing or unusable gets the worst values (null under
 * `missing_prediction: reject`, where the whole set is refused); a missing or unusable reference leaves the case out.
 */
export function scoreFailure(
  side: FailedSide,
  policy: Policy,
  columns: readonly MetricColumn[],
  grid: GridSize | null,
): Record<string, number | null> {
  const counts = side === "prediction" && policy.missing_prediction === "worst";
  return Object.fromEntries(
    columns.map((column) => [column.key, counts ? worstScore(policy, column, grid) : null] as const),
  );
}

/**
 * Refuses rules that would reward a failure.
 *
 * @throws SegathlonError `SEG107` when one empty side counts as 0 (or less) for a metric where small is good, or a worst value is
 * not worse than the best one.
 */
export function checkPolicy(policy: Policy, columns: readonly MetricColumn[]): void {
  for (const column of columns) {
    const best = bestScore(column);
    if (best === null) continue;
    const better = (value: number): boolean =>
      column.direction === "higher-is-better" ? value >= best : value <= best;
    if (typeof policy.one_empty === "number" && better(policy.one_empty)) {
      throw new SegathlonError(
        "SEG107",
        `policy one_empty: ${policy.one_empty} would be the best value of ${column.key}, given to a structure that was missed`,
        {
          hint: "Use `worst`, `exclude`, or a value that is bad for every metric.",
          where: { field: "policy.one_empty" },
        },
      );
    }
    const stated = statedWorst(policy.worst, column.key);
    if (typeof stated === "number" && better(stated)) {
      throw new SegathlonError("SEG107", `policy worst: ${stated} is not a bad value of ${column.key}`, {
        hint: "Give a value that no usable prediction gets, or `image-diagonal`.",
        where: { field: `policy.worst.${column.key}` },
      });
    }
    if (stated === "image-diagonal" && column.unit !== "mm") {
      throw new SegathlonError("SEG107", `policy worst: image-diagonal is a distance, ${column.key} is not`, {
        where: { field: `policy.worst.${column.key}` },
      });
    }
  }
}
