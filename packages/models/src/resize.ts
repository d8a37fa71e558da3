/**
 * Resizing a grid to another shape as `skimage.transform.resize(order, mode="edge", anti_aliasing=False)` does it (scikit-image 0.19;
 * it calls scipy.ndimage.zoom with grid_mode): voxel centres of the new grid are spread over the same physical extent, and values
 * beyond the border repeat the border. Orders 0, 1 and 3; order 3 is an interpolating cubic B-spline whose result is clipped to the
 * range of the input, as skimage does by default.
 *
 * The interpolation is separable: one axis after the other, each with at most four taps per voxel, in float64 along the line.
 */
import { type Grid3, type Triple, voxelCount } from "./grid3.ts";

export type ResizeOrder = 0 | 1 | 3;

/** scipy pads a line by 12 repeated border samples before it computes spline coefficients (mode "nearest"). */
const SPLINE_PADDING = 12;
const POLE = Math.sqrt(3) - 2;
const GAIN = (1 - POLE) * (1 - 1 / POLE);

/** Taps of every output sample along one axis: `taps` source indices and weights each. */
export interface AxisTaps {
  readonly taps: 1 | 2 | 4;
  readonly index: Int32Array;
  readonly weight: Float64Array;
  /** Samples that are added at each end of a line before the taps are applied. */
  readonly padding: number;
}

/** Which samples of a line of `from` make each sample of a line of `to`, and with which weights. */
export function axisTaps(from: number, to: number, order: ResizeOrder): AxisTaps {
  const scale = from / to;
  const taps = order === 0 ? 1 : order === 1 ? 2 : 4;
  const index = new Int32Array(to * taps);
  const weight = new Float64Array(to * taps);
  for (let i = 0; i < to; i++) {
    const centre = (i + 0.5) * scale - 0.5;
    if (order === 0) {
      // scipy rounds half up: floor(x + 0.5).
      index[i] = Math.min(from - 1, Math.max(0, Math.floor(centre + 0.5)));
      weight[i] = 1;
    } else if (order === 1) {
      const inside = Math.min(from - 1, Math.max(0, centre));
      const low = Math.min(from - 1, Math.floor(inside));
      index[2 * i] = low;
      index[2 * i + 1] = Math.min(from - 1, low + 1);
      weight[2 * i] = 1 - (inside - low);
      weight[2 * i + 1] = inside - low;
    } else {
      const padded = centre + SPLINE_PADDING;
      const low = Math.floor(padded);
      const t = padded - low;
      const u = 1 - t;
      index.set([low - 1, low, low + 1, low + 2], 4 * i);
      // The cubic B-spline at distances 1 + t, t, 1 - t and 2 - t.
      weight.set(
        [(u * u * u) / 6, (4 - 3 * t * t * (2 - t)) / 6, (4 - 3 * u * u * (2 - u)) / 6, (t * t * t) / 6],
        4 * i,
      );
    }
  }
  return { taps, index, weight, padding: order === 3 ? SPLINE_PADDING : 0 };
}

/** Cubic spline coefficients of a line in place, with mirror boundaries at the ends of the padded line (scipy's ni_splines.c). */
function splineCoefficients(line: Float64Array, length: number): void {
  if (length === 1) return;
  for (let i = 0; i < length; i++) line[i] = (line[i] ?? 0) * GAIN;
  // Causal start: the exact sum over the mirrored, periodic signal.
  let power = POLE;
  const full = POLE ** (length - 1);
  let sum = (line[0] ?? 0) + full * (line[length - 1] ?? 0);
  let back = full * full * (1 / POLE);
  for (let i = 1; i < length - 1; i++) {
    sum += (power + back) * (line[i] ?? 0);
    power *= POLE;
    back /= POLE;
  }
  line[0] = sum / (1 - full * full);
  for (let i = 1; i < length; i++) line[i] = (line[i] ?? 0) + POLE * (line[i - 1] ?? 0);
  line[length - 1] = (POLE / (POLE * POLE - 1)) * ((line[length - 1] ?? 0) + POLE * (line[length - 2] ?? 0));
  for (let i = length - 2; i >= 0; i--) line[i] = POLE * ((line[i + 1] ?? 0) - (line[i] ?? 0));
}

function resizeAxis(grid: Grid3, axis: 0 | 1 | 2, size: number, order: ResizeOrder): Grid3 {
  const from = grid.shape[axis];
  if (from === size) return grid;
  const { taps, index, weight, padding } = axisTaps(from, size, order);
  const shape: [number, number, number] = [grid.shape[0], grid.shape[1], grid.shape[2]];
  shape[axis] = size;
  const stride = axis === 0 ? 1 : axis === 1 ? grid.shape[0] : grid.shape[0] * grid.shape[1];
  const inner = stride;
  const outer = voxelCount(grid.shape) / (from * stride);
  const values = new Float32Array(voxelCount(shape));
  const length = from + 2 * padding;
  const line = new Float64Array(length);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const source = o * from * stride + i;
      for (let k = 0; k < from; k++) line[padding + k] = grid.values[source + k * stride] ?? 0;
      if (padding > 0) {
        line.fill(line[padding] ?? 0, 0, padding);
        line.fill(line[padding + from - 1] ?? 0, padding + from, length);
        splineCoefficients(line, length);
      }
      const target = o * size * stride + i;
      for (let k = 0; k < size; k++) {
        let value = 0;
        for (let t = 0; t < taps; t++) value += (weight[k * taps + t] ?? 0) * (line[index[k * taps + t] ?? 0] ?? 0);
        values[target + k * stride] = value;
      }
    }
  }
  return { shape, values };
}

function clipToRangeOf(source: Float32Array, values: Float32Array): void {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of source) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value < min) values[i] = min;
    else if (value > max) values[i] = max;
  }
}

function checkShape(shape: Triple): void {
  if (shape.some((size) => !Number.isInteger(size) || size < 1)) {
    throw new RangeError(`the new shape must be positive integers, got ${shape.join("x")}`);
  }
}

/**
 * Resizes a grid.
 *
 * @param shape new number of voxels along each axis, all positive
 * @param order 0 nearest, 1 linear, 3 cubic B-spline
 * @returns a new grid; the same object when the shape does not change
 * @throws RangeError when the new shape is not positive
 *
 * @example
 * ```ts
 * resizeGrid({ shape: [2, 1, 1], values: Float32Array.of(0, 1) }, [4, 1, 1], 1).values; // 0, 0.25, 0.75, 1
 * ```
 */
export function resizeGrid(grid: Grid3, shape: Triple, order: ResizeOrder): Grid3 {
  checkShape(shape);
  let result = grid;
  for (const axis of [0, 1, 2] as const) result = resizeAxis(result, axis, shape[axis], order);
  if (result !== grid && order === 3) clipToRangeOf(grid.values, result.values);
  return result;
}

/**
 * Resizes with one axis treated apart, as nnU-Net does for thick slices: every slice across that axis is resized by itself with
 * `order` (and clipped to its own range when the order is 3), then samples are taken along the axis with `axisOrder`.
 */
export function resizeSeparately(
  grid: Grid3,
  shape: Triple,
  axis: 0 | 1 | 2,
  order: ResizeOrder,
  axisOrder: 0 | 1,
): Grid3 {
  checkShape(shape);
  let plane = grid;
  for (const other of [0, 1, 2] as const) if (other !== axis) plane = resizeAxis(plane, other, shape[other], order);
  if (plane !== grid && order === 3) {
    for (let slice = 0; slice < grid.shape[axis]; slice++) clipSlice(grid, plane, axis, slice);
  }
  return resizeAxis(plane, axis, shape[axis], axisOrder);
}

/** Calls `visit` with the index of every voxel of one slice across `axis`. */
function forSlice(shape: Triple, axis: 0 | 1 | 2, slice: number, visit: (index: number) => void): void {
  const [nx, ny, nz] = shape;
  for (let z = axis === 2 ? slice : 0; z < (axis === 2 ? slice + 1 : nz); z++) {
    for (let y = axis === 1 ? slice : 0; y < (axis === 1 ? slice + 1 : ny); y++) {
      for (let x = axis === 0 ? slice : 0; x < (axis === 0 ? slice + 1 : nx); x++) visit(x + nx * (y + ny * z));
    }
  }
}

function clipSlice(source: Grid3, target: Grid3, axis: 0 | 1 | 2, slice: number): void {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  forSlice(source.shape, axis, slice, (index) => {
    const value = source.values[index] ?? 0;
    if (value < min) min = value;
    if (value > max) max = value;
  });
  forSlice(target.shape, axis, slice, (index) => {
    const value = target.values[index] ?? 0;
    if (value < min) target.values[index] = min;
    else if (value > max) target.values[index] = max;
  });
}

/**
 * Which axis is treated apart, as nnU-Net decides it: the ratio of the coarsest to the finest spacing of the current grid, else of the
 * new grid, exceeds the limit and one axis alone is coarsest.
 */
export function separateAxis(currentMm: Triple, newMm: Triple, limit: number): 0 | 1 | 2 | null {
  for (const spacing of [currentMm, newMm]) {
    const coarsest = Math.max(...spacing);
    if (coarsest / Math.min(...spacing) <= limit) continue;
    const axes = ([0, 1, 2] as const).filter((axis) => spacing[axis] === coarsest);
    return axes.length === 1 ? (axes[0] ?? null) : null;
  }
  return null;
}
