/**
 * Interpolation weights along one axis, and the prefilter of cubic B-splines.
 *
 * Cubic interpolation is that of scipy.ndimage (`order=3, mode="mirror"`): the samples are turned into B-spline coefficients by a
 * recursive filter with pole sqrt(3) - 2 (Unser, "Splines: a perfect fit", 1999), so that the spline passes through them.
 */

export type Interpolation = "nearest" | "linear" | "cubic";

/** Samples that one interpolated value is made of. */
export const tapCount: Readonly<Record<Interpolation, 1 | 2 | 4>> = { nearest: 1, linear: 2, cubic: 4 };

/** Indices and weights of one position. */
export interface Taps {
  readonly indices: Int32Array;
  readonly weights: Float64Array;
}

export function makeTaps(interpolation: Interpolation): Taps {
  const count = tapCount[interpolation];
  return { indices: new Int32Array(count), weights: new Float64Array(count) };
}

/** An index reflected about the first and last sample (..., 2, 1, 0, 1, 2, ...). */
function mirrored(index: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * size - 2;
  const wrapped = ((index % period) + period) % period;
  return wrapped < size ? wrapped : period - wrapped;
}

/**
 * Fills `taps` for a continuous index, which is first clamped to the samples (0 to size - 1).
 *
 * @returns false when the index lies outside the image, that is beyond the outer faces of the first or last voxel
 */
export function fillTaps(taps: Taps, position: number, size: number, interpolation: Interpolation): boolean {
  if (!(position >= -0.5 && position <= size - 0.5)) return false;
  const at = Math.max(0, Math.min(size - 1, position));
  const { indices, weights } = taps;
  if (interpolation === "nearest") {
    indices[0] = Math.min(size - 1, Math.floor(at + 0.5));
    weights[0] = 1;
    return true;
  }
  const base = Math.floor(at);
  const t = at - base;
  if (interpolation === "linear") {
    indices[0] = base;
    indices[1] = Math.min(size - 1, base + 1);
    weights[0] = 1 - t;
    weights[1] = t;
    return true;
  }
  for (let tap = 0; tap < 4; tap += 1) indices[tap] = mirrored(base - 1 + tap, size);
  const u = 1 - t;
  weights[0] = (u * u * u) / 6;
  weights[1] = (t * t * (t - 2) * 3 + 4) / 6;
  weights[2] = (u * u * (u - 2) * 3 + 4) / 6;
  weights[3] = 1 - (weights[0] as number) - (weights[1] as number) - (weights[2] as number);
  return true;
}

const pole = Math.sqrt(3) - 2;
const gain = (1 - pole) * (1 - 1 / pole);
/** Beyond this many samples the start of the recursion is not felt: pole^60 is below 1e-34. */
const horizon = 60;

/** Replaces the samples of a grid (x fastest) by their cubic B-spline coefficients, in place, with mirrored ends. */
export function splinePrefilter(data: Float64Array, shape: readonly [number, number, number]): void {
  const strides = [1, shape[0], shape[0] * shape[1]] as const;
  for (const axis of [0, 1, 2] as const) {
    const size = shape[axis];
    if (size < 2) continue;
    const stride = strides[axis];
    for (let start = 0; start < data.length; start += stride * size) filterBlock(data, start, stride, size);
  }
}

/** Filters `stride` neighbouring lines of `size` samples at once: sample `i` of all lines lies together. */
function filterBlock(data: Float64Array, start: number, stride: number, size: number): void {
  const end = start + stride * size;
  for (let at = start; at < end; at += 1) data[at] = (data[at] as number) * gain;
  startRecursion(data, start, stride, size);
  for (let at = start + stride; at < end; at += 1) {
    data[at] = (data[at] as number) + pole * (data[at - stride] as number);
  }
  const last = pole / (pole * pole - 1);
  for (let at = end - stride; at < end; at += 1) {
    data[at] = last * (pole * (data[at - stride] as number) + (data[at] as number));
  }
  for (let at = end - stride - 1; at >= start; at -= 1) {
    data[at] = pole * ((data[at + stride] as number) - (data[at] as number));
  }
}

/** First coefficient of the causal pass, for mirrored ends: the sum over one period, or over what matters of it. */
function startRecursion(data: Float64Array, start: number, stride: number, size: number): void {
  const whole = size <= horizon;
  const end = whole ? pole ** (size - 1) : 0;
  const weights = Array.from({ length: whole ? size : horizon }, (_, index) =>
    index === 0 ? 1 : index === size - 1 ? end : pole ** index + (end * end) / pole ** index,
  );
  const scale = 1 / (1 - end * end);
  for (let line = start; line < start + stride; line += 1) {
    let sum = 0;
    for (let index = 0; index < weights.length; index += 1) {
      sum += (weights[index] as number) * (data[line + index * stride] as number);
    }
    data[line] = sum * scale;
  }
}
