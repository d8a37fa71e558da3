/** A label map reduced to what comparisons need of it: the runs of its labels. */
import type { Region } from "./label-volume.ts";

/**
 * The runs of a label map's labels, usually a hundredth of its size. Plain data: it can be posted to a worker, and its arrays
 * written to a file beside a reference that many predictions are compared with. Values are whole numbers in the host's byte order.
 */
export interface PreparedLabels {
  readonly shape: readonly [number, number, number];
  readonly spacingMm: readonly [number, number, number];
  /** `every-label`: a label that is not listed does not occur. `labels-asked`: only those of some regions were looked for. */
  readonly scope: "every-label" | "labels-asked";
  /** Distinct, ascending, without background. */
  readonly labels: Uint32Array;
  /** Runs of label n: three values each (x0, x1 exclusive, y + ny z), `runs[3 * starts[n]]` up to `runs[3 * starts[n + 1]]`. */
  readonly starts: Uint32Array;
  readonly runs: Uint32Array;
}

function requireAscending(values: Uint32Array, what: string): void {
  for (let n = 1; n < values.length; n += 1) {
    if ((values[n] ?? 0) < (values[n - 1] ?? 0)) throw new RangeError(`prepared labels: ${what} do not ascend`);
  }
}

/**
 * Checks that prepared labels are whole (they may come from a file) and know the labels of these regions.
 *
 * @throws RangeError naming what does not fit.
 */
export function requirePrepared(prepared: PreparedLabels, regions: readonly Region[]): void {
  const { shape } = prepared;
  if (shape.length !== 3 || shape.some((extent) => !Number.isInteger(extent) || extent < 1)) {
    throw new RangeError(`prepared labels: shape [${shape.join(", ")}] is not three whole numbers of at least 1`);
  }
  if (
    prepared.spacingMm.length !== 3 ||
    prepared.spacingMm.some((spacing) => !(spacing > 0 && Number.isFinite(spacing)))
  ) {
    throw new RangeError(`prepared labels: spacing [${prepared.spacingMm.join(", ")}] is not positive and finite`);
  }
  const { labels, starts, runs } = prepared;
  requireAscending(labels, "labels");
  requireAscending(starts, "starts");
  if (starts.length !== labels.length + 1 || starts[0] !== 0 || 3 * (starts.at(-1) ?? 0) !== runs.length) {
    throw new RangeError("prepared labels: its runs do not match its labels");
  }
  const rows = shape[1] * shape[2];
  for (let n = 0; n < labels.length; n += 1) {
    let lastRow = 0;
    let lastEnd = 0;
    for (let run = starts[n] ?? 0; run < (starts[n + 1] ?? 0); run += 1) {
      const from = runs[3 * run] ?? 0;
      const to = runs[3 * run + 1] ?? 0;
      const row = runs[3 * run + 2] ?? 0;
      const inOrder = row > lastRow || (row === lastRow && from >= lastEnd);
      if (from >= to || to > shape[0] || row >= rows || !inOrder) {
        throw new RangeError(`prepared labels: run ${run} (x ${from} to ${to}, row ${row}) is out of place`);
      }
      lastRow = row;
      lastEnd = to;
    }
  }
  if (prepared.scope === "every-label") return;
  const known = new Set(labels);
  for (const region of regions) {
    for (const label of region.labels) {
      if (!known.has(label)) {
        throw new RangeError(`region "${region.name}": the label map was not prepared for label ${label}`);
      }
    }
  }
}
