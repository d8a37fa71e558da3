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

/** Replaces the samples of a grid (x fastest) by their cubic B-spline coefficients, in place, with mirrored ends. */
export function splinePrefilter(data: Float64Array, shape: readonly [number, number, number]): void {
  const strides = [1, shape[0], shape[0] * shape[1]] as const;
  for (const axis of [0, 1, 2] as const) {
    const size = shape[axis];
    if (size < 2) continue;
    const stride = strides[axis];
    const block = stride * size;
    for (let outer = 0; outer < data.length; outer += block) {
      for (let inner = 0; inner < stride; inner += 1) filterLine(data, outer + inner, stride, size);
    }
  }
}

function filterLine(data: Float64Array, start: number, stride: number, size: number): void {
  const at = (index: number): number => data[start + index * stride] as number;
  for (let index = 0; index < size; index += 1) data[start + index * stride] = at(index) * gain;
  // Causal start for mirrored ends: the exact sum over one period.
  const end = pole ** (size - 1);
  let sum = at(0) + end * at(size - 1);
  let forward = pole;
  let backward = end * end * (1 / pole);
  for (let index = 1; index < size - 1; index += 1) {
    sum += (forward + backward) * at(index);
    forward *= pole;
    backward /= pole;
  }
  data[start] = sum / (1 - end * end);
  for (let index = 1; index < size; index += 1) {
    data[start + index * stride] = at(index) + pole * at(index - 1);
  }
  data[start + (size - 1) * stride] = (pole / (pole * pole - 1)) * (pole * at(size - 2) + at(size - 1));
  for (let index = size - 2; index >= 0; index -= 1) {
    data[start + index * stride] = pole * (at(index + 1) - at(index));
  }
}
