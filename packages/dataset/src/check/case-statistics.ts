/** Numbers of one case for `segathlon stats`: intensities inside labels, the foreground sample of the fingerprint, the crop. */
import type { LabelMap, Volume } from "@segathlon/volume";
import { voxelCount } from "@segathlon/volume";
import type { ForegroundSample, LabelIntensities, StatisticsFacts } from "./case-facts.ts";

/** Values kept of the foreground of one case and channel: evenly spaced order statistics. */
const keptValues = 10_000;
const quantiles = [0.005, 0.05, 0.25, 0.5, 0.75, 0.95, 0.995] as const;

/** Linear interpolation between order statistics, as numpy's default percentile. */
export function sortedQuantile(sorted: ArrayLike<number>, q: number): number {
  if (sorted.length === 0) return 0;
  const rank = q * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (rank - below);
}

/**
 * Statistics of a case whose label map lies on the grid of its image (equal number of voxels); without a label map only the crop.
 * `images` are the channels in order; a volume may hold several.
 */
export function caseStatistics(images: readonly Volume[], labelMap: LabelMap | undefined): StatisticsFacts {
  const labelIntensities: LabelIntensities[] = [];
  const foreground: ForegroundSample[] = [];
  let channel = 0;
  for (const image of images) {
    const voxels = voxelCount(image.geometry.shape);
    for (let c = 0; c < image.channels; c += 1, channel += 1) {
      if (labelMap === undefined || labelMap.labels.length !== voxels) continue;
      const byLabel = valuesByLabel(image, c * voxels, labelMap);
      for (const [value, values] of byLabel) labelIntensities.push(describe(value, channel, values.sort()));
      const all = new Float64Array([...byLabel.values()].reduce((sum, values) => sum + values.length, 0));
      let at = 0;
      for (const values of byLabel.values()) {
        all.set(values, at);
        at += values.length;
      }
      foreground.push(sample(channel, all.sort()));
    }
  }
  return { croppedShape: nonZeroShape(images), labelIntensities, foreground };
}

/** Finite scaled values of one channel, by label, ascending labels. */
function valuesByLabel(image: Volume, offset: number, { labels }: LabelMap): Map<number, Float64Array<ArrayBuffer>> {
  const counts = new Map<number, number>();
  for (let p = 0; p < labels.length; p += 1) {
    const value = labels[p] as number;
    if (value !== 0) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const result = new Map(
    [...counts].sort(([a], [b]) => a - b).map(([value, count]) => [value, new Float64Array(count)]),
  );
  const filled = new Map<number, number>();
  for (let p = 0; p < labels.length; p += 1) {
    const label = labels[p] as number;
    if (label === 0) continue;
    const value = Number(image.data[offset + p]) * image.slope + image.intercept;
    if (!Number.isFinite(value)) continue;
    const at = filled.get(label) ?? 0;
    (result.get(label) as Float64Array)[at] = value;
    filled.set(label, at + 1);
  }
  for (const [label, values] of result) result.set(label, values.subarray(0, filled.get(label) ?? 0));
  return result;
}

function describe(value: number, channel: number, sorted: Float64Array): LabelIntensities {
  const n = sorted.length;
  const mean = n === 0 ? 0 : sorted.reduce((sum, x) => sum + x, 0) / n;
  const squares = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return {
    value,
    channel,
    voxels: n,
    mean,
    sd: n === 0 ? 0 : Math.sqrt(squares / n),
    min: sorted[0] ?? 0,
    max: sorted[n - 1] ?? 0,
    percentiles: quantiles.map((q) => sortedQuantile(sorted, q)),
  };
}

function sample(channel: number, sorted: Float64Array): ForegroundSample {
  const n = sorted.length;
  const kept = Math.min(n, keptValues);
  const mean = n === 0 ? 0 : sorted.reduce((sum, x) => sum + x, 0) / n;
  return {
    channel,
    voxels: n,
    mean,
    squares: n === 0 ? 0 : sorted.reduce((sum, x) => sum + x * x, 0) / n,
    values: Array.from({ length: kept }, (_, i) =>
      kept === n ? (sorted[i] as number) : sortedQuantile(sorted, (i + 0.5) / kept),
    ),
  };
}

function nonZeroShape(images: readonly Volume[]): readonly [number, number, number] {
  const [nx, ny, nz] = images[0]?.geometry.shape ?? [0, 0, 0];
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  for (const image of images) {
    const { data } = image;
    // Zero is what nnU-Net crops away: the scaled value, so an offset makes everything count.
    const zero = image.slope === 0 ? Number.NaN : -image.intercept / image.slope;
    for (let row = 0; row < data.length / Math.max(1, nx); row += 1) {
      const at = row * nx;
      let first = 0;
      while (first < nx && Number(data[at + first]) === zero) first += 1;
      if (first === nx) continue;
      let last = nx - 1;
      while (Number(data[at + last]) === zero) last -= 1;
      const j = row % ny;
      const k = Math.floor(row / ny) % nz;
      [first, j, k].forEach((value, axis) => {
        low[axis] = Math.min(low[axis] as number, value);
      });
      [last, j, k].forEach((value, axis) => {
        high[axis] = Math.max(high[axis] as number, value);
      });
    }
  }
  if ((high[0] as number) < 0) return [nx, ny, nz];
  return [0, 1, 2].map((axis) => (high[axis] as number) - (low[axis] as number) + 1) as [number, number, number];
}
