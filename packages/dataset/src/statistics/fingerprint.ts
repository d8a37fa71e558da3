/**
 * The dataset fingerprint as nnU-Net v2 defines it (`nnunetv2/experiment_planning/dataset_fingerprint/fingerprint_extractor.py`): spacings
 * and shapes after cropping to non-zero voxels, both in the order of its arrays (z, y, x), and intensities of the foreground, each case with
 * the same weight.
 *
 * nnU-Net draws foreground voxels at random with replacement (seed 1234); here the distribution that it draws from is summarised without
 * drawing: every case gives up to 10,000 evenly spaced order statistics. Numbers agree up to its sampling error.
 */
import type { CaseFacts } from "../check/case-facts.ts";

export interface ForegroundProperties {
  readonly max: number;
  readonly mean: number;
  readonly median: number;
  readonly min: number;
  readonly percentile_00_5: number;
  readonly percentile_99_5: number;
  readonly std: number;
}

export interface Fingerprint {
  readonly spacings: readonly (readonly number[])[];
  readonly shapes_after_crop: readonly (readonly number[])[];
  readonly foreground_intensity_properties_per_channel: Readonly<Record<string, ForegroundProperties>>;
  readonly median_relative_size_after_cropping: number;
}

/** Fingerprint of the training cases (those with image, label map and statistics); null when there is none. */
export function makeFingerprint(facts: readonly CaseFacts[]): Fingerprint | null {
  const used = facts.filter(
    (one) => one.split !== "test" && one.label !== undefined && one.images.length > 0 && one.statistics !== undefined,
  );
  if (used.length === 0) return null;
  const zyx = (values: readonly number[]): number[] => [...values].reverse();
  const product = (values: readonly number[]): number => values.reduce((all, n) => all * n, 1);
  const channels = new Set(used.flatMap((one) => one.statistics?.foreground.map((sample) => sample.channel) ?? []));
  const properties: Record<string, ForegroundProperties> = {};
  for (const channel of [...channels].sort((a, b) => a - b)) {
    const samples = used.flatMap(
      (one) => one.statistics?.foreground.filter((sample) => sample.channel === channel && sample.voxels > 0) ?? [],
    );
    if (samples.length > 0) properties[String(channel)] = foregroundProperties(samples);
  }
  const relative = used
    .map((one) => product(one.statistics?.croppedShape ?? []) / product(one.images[0]?.geometry.shape ?? [1]))
    .sort((a, b) => a - b);
  const half = Math.floor(relative.length / 2);
  const median =
    relative.length % 2 === 1 ? (relative[half] ?? 1) : ((relative[half - 1] ?? 1) + (relative[half] ?? 1)) / 2;
  return {
    spacings: used.map((one) => zyx(one.images[0]?.geometry.spacingMm ?? [])),
    shapes_after_crop: used.map((one) => zyx(one.statistics?.croppedShape ?? [])),
    foreground_intensity_properties_per_channel: properties,
    median_relative_size_after_cropping: median,
  };
}

function foregroundProperties(
  samples: readonly { readonly mean: number; readonly squares: number; readonly values: readonly number[] }[],
): ForegroundProperties {
  const mean = samples.reduce((sum, one) => sum + one.mean, 0) / samples.length;
  const squares = samples.reduce((sum, one) => sum + one.squares, 0) / samples.length;
  // Every case weighs the same, however many values it gives.
  const total = samples.reduce((sum, one) => sum + one.values.length, 0);
  const values = new Float64Array(total);
  const weights = new Float64Array(total);
  let at = 0;
  for (const one of samples) {
    for (const value of one.values) {
      values[at] = value;
      weights[at] = 1 / (one.values.length * samples.length);
      at += 1;
    }
  }
  const order = Uint32Array.from(values.keys()).sort((a, b) => (values[a] as number) - (values[b] as number));
  const wanted = [0.005, 0.5, 0.995];
  const found: number[] = [];
  let before = 0;
  for (const n of order) {
    before += weights[n] as number;
    while (found.length < wanted.length && before >= (wanted[found.length] as number)) found.push(values[n] as number);
  }
  const last = values[order[order.length - 1] as number] as number;
  while (found.length < wanted.length) found.push(last);
  return {
    max: last,
    mean,
    median: found[1] as number,
    min: values[order[0] as number] as number,
    percentile_00_5: found[0] as number,
    percentile_99_5: found[2] as number,
    std: Math.sqrt(Math.max(0, squares - mean * mean)),
  };
}
