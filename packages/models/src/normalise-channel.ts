/**
 * Intensity normalisation as nnU-Net v2 defines it (nnunetv2/preprocessing/normalization/default_normalization_schemes.py, 2.8.1):
 * it happens before resampling, in float32 voxels with float64 sums here.
 */
import type { Normalisation } from "./model-document.ts";

/**
 * Normalises one channel in place.
 *
 * @param values voxels of one channel (HU for CT, any unit for MR)
 * @param mask non-zero region, same length, needed by a masked z-score; voxels outside become 0
 * @returns the same array
 * @throws RangeError when a masked z-score has no mask
 *
 * @example
 * ```ts
 * normaliseChannel(Float32Array.of(1, 3), { scheme: "z-score", masked: false }); // [-1, 1]
 * ```
 */
export function normaliseChannel(values: Float32Array, normalisation: Normalisation, mask?: Uint8Array): Float32Array {
  switch (normalisation.scheme) {
    case "none":
      return values;
    case "ct": {
      const { lower, upper, mean } = normalisation;
      const sd = Math.max(normalisation.sd, 1e-8);
      for (let i = 0; i < values.length; i++) {
        const value = values[i] ?? 0;
        values[i] = (Math.min(Math.max(value, lower), upper) - mean) / sd;
      }
      return values;
    }
    case "rescale-0-1": {
      let min = Number.POSITIVE_INFINITY;
      let max = Number.NEGATIVE_INFINITY;
      for (const value of values) {
        if (value < min) min = value;
        if (value > max) max = value;
      }
      const range = Math.max(max - min, 1e-8);
      for (let i = 0; i < values.length; i++) values[i] = ((values[i] ?? 0) - min) / range;
      return values;
    }
    case "z-score": {
      if (normalisation.masked && mask === undefined)
        throw new RangeError("a masked z-score needs the mask of the non-zero region");
      const inside = normalisation.masked ? mask : undefined;
      let count = 0;
      let sum = 0;
      for (let i = 0; i < values.length; i++) {
        if (inside !== undefined && inside[i] === 0) continue;
        count += 1;
        sum += values[i] ?? 0;
      }
      // An image without a voxel to measure has nothing to normalise by; its values stay as they are.
      if (count === 0) return values;
      const mean = sum / count;
      let squares = 0;
      for (let i = 0; i < values.length; i++) {
        if (inside !== undefined && inside[i] === 0) continue;
        const difference = (values[i] ?? 0) - mean;
        squares += difference * difference;
      }
      const sd = Math.max(Math.sqrt(squares / count), 1e-8);
      for (let i = 0; i < values.length; i++) {
        values[i] = inside !== undefined && inside[i] === 0 ? 0 : ((values[i] ?? 0) - mean) / sd;
      }
      return values;
    }
  }
}
