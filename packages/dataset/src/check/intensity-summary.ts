/** Intensities of an image channel: range, moments, percentiles, and the hash of its voxels, in as few passes as possible. */
import type { Volume, VoxelArray } from "@segathlon/volume";
import type { VoxelHash } from "./voxel-hash.ts";

export interface IntensitySummary {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly sd: number;
  /** Percentiles 0.5, 50 and 99.5; of all voxels for 8- and 16-bit integers, of an even sample for other types. */
  readonly p005: number;
  readonly median: number;
  readonly p995: number;
  /** NaN and infinite voxels; they take no part in the numbers above. */
  readonly nonFinite: number;
}

const chunk = 1 << 20;
const sampleSize = 250_000;

/**
 * Summary of the voxels `from..to` of a volume, scaled, and their contribution to `hash`.
 *
 * With no finite voxel all numbers are 0 and `nonFinite` is the number of voxels.
 */
export function summariseIntensities(
  volume: Pick<Volume, "data" | "slope" | "intercept">,
  from: number,
  to: number,
  hash: VoxelHash,
): IntensitySummary {
  const { data, slope, intercept } = volume;
  const buffer = new Float32Array(Math.min(chunk, to - from));
  for (let start = from; start < to; start += chunk) {
    const end = Math.min(to, start + chunk);
    const part = buffer.subarray(0, end - start);
    if (data instanceof BigInt64Array || data instanceof BigUint64Array) {
      for (let i = start; i < end; i += 1) part[i - start] = Number(data[i]) * slope + intercept;
    } else if (slope === 1 && intercept === 0) {
      part.set(data.subarray(start, end));
    } else {
      for (let i = start; i < end; i += 1) part[i - start] = (data[i] as number) * slope + intercept;
    }
    hash.update(part);
  }
  const small =
    data instanceof Uint8Array ||
    data instanceof Int8Array ||
    data instanceof Uint16Array ||
    data instanceof Int16Array;
  return small ? fromHistogram(data, from, to, slope, intercept) : fromSample(data, from, to, slope, intercept);
}

/** Exact, through a table of 65,536 counters. */
function fromHistogram(
  data: Uint8Array | Int8Array | Uint16Array | Int16Array,
  from: number,
  to: number,
  slope: number,
  intercept: number,
): IntensitySummary {
  const counts = new Uint32Array(65536);
  // Four counters would cost more than they bring: neighbouring voxels of one value stall on each other only in the background.
  for (let i = from; i < to; i += 1) {
    const at = ((data[i] as number) + 32768) & 65535;
    counts[at] = (counts[at] as number) + 1;
  }
  const unsigned = data instanceof Uint16Array;
  const n = to - from;
  // Unsigned 16-bit values above 32767 have wrapped around to the front of the table.
  const levelOf = (at: number): number => (unsigned ? (at + 32768) & 65535 : at - 32768);
  const start = unsigned ? 32768 : 0;
  let [low, high, sum, squares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (let at = 0; at < 65536; at += 1) {
    const count = counts[at] as number;
    if (count === 0) continue;
    const value = levelOf(at);
    low = Math.min(low, value);
    high = Math.max(high, value);
    sum += count * value;
  }
  const mean = n === 0 ? 0 : sum / n;
  for (let at = 0; at < 65536; at += 1) squares += (counts[at] as number) * (levelOf(at) - mean) ** 2;
  const quantile = (q: number): number => {
    const rank = Math.round(q * (n - 1));
    let before = 0;
    for (let step = 0; step < 65536; step += 1) {
      const at = (start + step) & 65535;
      before += counts[at] as number;
      if (before > rank) return levelOf(at);
    }
    return 0;
  };
  if (n === 0) return { min: 0, max: 0, mean: 0, sd: 0, p005: 0, median: 0, p995: 0, nonFinite: 0 };
  return scaled(
    {
      min: low,
      max: high,
      mean,
      sd: Math.sqrt(squares / n),
      p005: quantile(0.005),
      median: quantile(0.5),
      p995: quantile(0.995),
      nonFinite: 0,
    },
    slope,
    intercept,
  );
}

function fromSample(data: VoxelArray, from: number, to: number, slope: number, intercept: number): IntensitySummary {
  let [low, high, sum, squares, n] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0, 0];
  const step = Math.max(1, Math.floor((to - from) / sampleSize));
  const sample: number[] = [];
  // A first value near the others keeps the sum of squares from cancelling.
  let shift: number | undefined;
  for (let i = from; i < to; i += 1) {
    const value = Number(data[i]);
    if (!Number.isFinite(value)) continue;
    shift ??= value;
    if (value < low) low = value;
    if (value > high) high = value;
    sum += value - shift;
    squares += (value - shift) ** 2;
    n += 1;
    if ((i - from) % step === 0) sample.push(value);
  }
  if (n === 0) return { min: 0, max: 0, mean: 0, sd: 0, p005: 0, median: 0, p995: 0, nonFinite: to - from };
  const sorted = Float64Array.from(sample.length > 0 ? sample : [low]).sort();
  const quantile = (q: number): number => sorted[Math.round(q * (sorted.length - 1))] as number;
  const offset = sum / n;
  return scaled(
    {
      min: low,
      max: high,
      mean: (shift ?? 0) + offset,
      sd: Math.sqrt(Math.max(0, squares / n - offset * offset)),
      p005: quantile(0.005),
      median: quantile(0.5),
      p995: quantile(0.995),
      nonFinite: to - from - n,
    },
    slope,
    intercept,
  );
}

function scaled(summary: IntensitySummary, slope: number, intercept: number): IntensitySummary {
  if (slope === 1 && intercept === 0) return summary;
  const apply = (value: number): number => value * slope + intercept;
  const [min, max, p005, p995] =
    slope < 0
      ? [summary.max, summary.min, summary.p995, summary.p005]
      : [summary.min, summary.max, summary.p005, summary.p995];
  return {
    min: apply(min),
    max: apply(max),
    mean: apply(summary.mean),
    sd: Math.abs(slope) * summary.sd,
    p005: apply(p005),
    median: apply(summary.median),
    p995: apply(p995),
    nonFinite: summary.nonFinite,
  };
}
