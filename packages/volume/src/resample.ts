/**
 * Resampling onto another grid: nearest, linear and cubic (B-spline) interpolation at the positions of the target's voxels.
 *
 * A position belongs to the image up to the outer faces of its border voxels (half a voxel beyond their centres), as in ITK; there the
 * nearest sample counts. Farther out lies `outside`. No smoothing is done before reducing the resolution.
 */
import { affineSpacing, applyAffine, composeAffines, invertAffine, voxelCount } from "./affine.ts";
import type { Affine, Geometry, Shape, SpacingMm } from "./geometry.ts";
import { defaultMaxVoxelBytes } from "./limits.ts";
import { scaledValues } from "./scaled-values.ts";
import { fillTaps, type Interpolation, makeTaps, splinePrefilter, tapCount } from "./spline.ts";
import type { LabelMap, Volume, VoxelArray } from "./volume.ts";
import { byteText, volumeError } from "./volume-error.ts";
import { makeVoxelArray, voxelTypeOf } from "./voxel-type.ts";

export interface ResampleOptions {
  readonly interpolation: Interpolation;
  /** Value of target voxels that lie outside the volume, in scaled units. Default 0; CT often wants -1024. */
  readonly outside?: number;
  /** Most bytes that the result may take. Default 2 GiB. */
  readonly maxVoxelBytes?: number;
}

/**
 * A volume's values on the voxels of another grid.
 *
 * The result holds scaled values (slope 1, intercept 0): float32, or float64 where the input has float64 or integers beyond 16 bits;
 * with `nearest` an unscaled volume keeps its own type.
 *
 * @param target grid to sample on; need not overlap the volume
 * @throws SegathlonError SEG009 when the result is larger than the limit, SEG015 when the volume's affine cannot be inverted
 *
 * Checked against scipy 1.10 (`ndimage.map_coordinates`, order 0, 1 and 3).
 *
 * @example
 * ```ts
 * const oneMillimetre = resampleVolume(ct, geometryWithSpacing(ct.geometry, [1, 1, 1]), {
 *   interpolation: "cubic",
 *   outside: -1024,
 * });
 * ```
 */
export function resampleVolume(volume: Volume, target: Geometry, options: ResampleOptions): Volume {
  const { interpolation, outside = 0 } = options;
  const unscaled = volume.slope === 1 && volume.intercept === 0;
  const keepsType = interpolation === "nearest" && unscaled && fitsType(volume.data, outside);
  const type = keepsType ? volume.voxelType : wideType(volume.data) ? "float64" : "float32";
  const size = voxelCount(target.shape);
  checkSize(size * volume.channels * (type === "float32" ? 4 : 8), options.maxVoxelBytes);
  const map = indexMap(volume.geometry, target);
  const data = makeVoxelArray(type, size * volume.channels);
  const sourceSize = voxelCount(volume.geometry.shape);
  for (let channel = 0; channel < volume.channels; channel += 1) {
    const part = volume.data.subarray(channel * sourceSize, (channel + 1) * sourceSize) as VoxelArray;
    const result = data.subarray(channel * size, (channel + 1) * size) as VoxelArray;
    if (keepsType) {
      sampleNearest(part, volume.geometry.shape, { target: target.shape, map, outside, result });
    } else {
      const values = scaledValues({ data: part, slope: volume.slope, intercept: volume.intercept });
      const sampled = sample(values, volume.geometry.shape, { target: target.shape, map, interpolation, outside });
      (result as Float32Array | Float64Array).set(sampled);
    }
  }
  return {
    format: volume.format,
    geometry: target,
    channels: volume.channels,
    voxelType: type,
    slope: 1,
    intercept: 0,
    data,
  };
}

/**
 * A label map on the voxels of another grid: every target voxel takes the label of the voxel that it lies in (nearest), background
 * outside. Labels are never mixed.
 *
 * @example
 * ```ts
 * const onReferenceGrid = resampleLabelMap(prediction, reference.geometry);
 * ```
 */
export function resampleLabelMap(
  labelMap: LabelMap,
  target: Geometry,
  options: Pick<ResampleOptions, "maxVoxelBytes"> = {},
): LabelMap {
  const size = voxelCount(target.shape);
  checkSize(size * labelMap.labels.BYTES_PER_ELEMENT, options.maxVoxelBytes);
  const labels = makeVoxelArray(voxelTypeOf(labelMap.labels), size) as LabelMap["labels"];
  const map = indexMap(labelMap.geometry, target);
  sampleNearest(labelMap.labels, labelMap.geometry.shape, { target: target.shape, map, outside: 0, result: labels });
  return { geometry: target, labels };
}

/**
 * A grid over the same box with another spacing: the outer faces of the first voxels stay where they are, and each axis gets as many
 * voxels as fit its length (rounded, at least one).
 */
export function geometryWithSpacing(geometry: Geometry, spacingMm: SpacingMm): Geometry {
  const { shape, affine } = geometry;
  const old = affineSpacing(affine);
  const newShape = shape.map((size, axis) =>
    Math.max(1, Math.round((size * (old[axis] as number)) / (spacingMm[axis] as number))),
  ) as unknown as Shape;
  const scale = [0, 1, 2].map((axis) => (spacingMm[axis] as number) / (old[axis] as number));
  // The centre of the first new voxel, in old indices: half a new voxel from the old outer face.
  const first = applyAffine(affine, [
    ((scale[0] as number) - 1) / 2,
    ((scale[1] as number) - 1) / 2,
    ((scale[2] as number) - 1) / 2,
  ]);
  const rows = [0, 1, 2].flatMap((row) => [
    ...[0, 1, 2].map((axis) => (affine[row * 4 + axis] as number) * (scale[axis] as number)),
    first[row] as number,
  ]);
  return { shape: newShape, spacingMm, affine: rows as unknown as Affine };
}

function checkSize(bytes: number, limit = defaultMaxVoxelBytes): void {
  if (bytes <= limit) return;
  throw volumeError(
    "SEG009",
    undefined,
    `the resampled volume would take ${byteText(bytes)}; the limit is ${byteText(limit)}`,
  );
}

function wideType(data: VoxelArray): boolean {
  return data.BYTES_PER_ELEMENT > 2 && !(data instanceof Float32Array);
}

/** Whether the value for "outside" can be stored in the volume's own type. */
function fitsType(data: VoxelArray, outside: number): boolean {
  if (data instanceof Float32Array || data instanceof Float64Array) return true;
  if (!Number.isInteger(outside)) return false;
  const unsigned =
    data instanceof Uint8Array ||
    data instanceof Uint16Array ||
    data instanceof Uint32Array ||
    data instanceof BigUint64Array;
  const bits = data.BYTES_PER_ELEMENT * 8;
  return unsigned ? outside >= 0 && outside < 2 ** bits : outside >= -(2 ** (bits - 1)) && outside < 2 ** (bits - 1);
}

/** Target voxel index -> continuous source voxel index. */
function indexMap(source: Geometry, target: Geometry): Affine {
  const inverse = invertAffine(source.affine);
  if (inverse === null) throw volumeError("SEG015", undefined, "the affine of the volume cannot be inverted");
  const map = composeAffines(inverse, target.affine);
  // Rounding noise of the two affines must not decide which side of a border a voxel falls on.
  return map.map((value) => {
    const near = Math.round(value * 1024) / 1024;
    return Math.abs(value - near) < 1e-9 ? near : value;
  }) as unknown as Affine;
}

interface Sampling {
  readonly target: Shape;
  readonly map: Affine;
  readonly outside: number;
}

function sampleNearest(
  data: VoxelArray,
  shape: Shape,
  { target, map, outside, result }: Sampling & { result: VoxelArray },
): void {
  const big = data instanceof BigInt64Array || data instanceof BigUint64Array;
  const empty = (big ? BigInt(outside) : outside) as number & bigint;
  if (isDiagonal(map, target)) {
    // Aligned grids: one index a row, a column and a slice instead of three a voxel.
    const [xs, ys, zs] = ([0, 1, 2] as const).map((axis) =>
      Int32Array.from({ length: target[axis] }, (_, index) =>
        nearestIndex((map[axis * 5] as number) * index + (map[axis * 4 + 3] as number), shape[axis]),
      ),
    ) as [Int32Array, Int32Array, Int32Array];
    let to = 0;
    for (const k of zs) {
      for (const j of ys) {
        const row = shape[0] * (j + shape[1] * k);
        for (const i of xs) {
          result[to] = i < 0 || j < 0 || k < 0 ? empty : (data[row + i] as number & bigint);
          to += 1;
        }
      }
    }
    return;
  }
  const [a, b, c, d, e, f, g, h, l, m, n, o] = map;
  const [nx, ny, nz] = shape;
  let to = 0;
  for (let z = 0; z < target[2]; z += 1) {
    for (let y = 0; y < target[1]; y += 1) {
      for (let x = 0; x < target[0]; x += 1) {
        const i = nearestIndex(a * x + b * y + c * z + d, nx);
        const j = nearestIndex(e * x + f * y + g * z + h, ny);
        const k = nearestIndex(l * x + m * y + n * z + o, nz);
        result[to] = i < 0 || j < 0 || k < 0 ? empty : (data[i + nx * (j + ny * k)] as number & bigint);
        to += 1;
      }
    }
  }
}

function nearestIndex(position: number, size: number): number {
  if (!(position >= -0.5 && position <= size - 0.5)) return -1;
  const index = Math.floor(position + 0.5);
  return index < size ? index : size - 1;
}

function isDiagonal(map: Affine, target: Shape): boolean {
  const rows = [0, 4, 8];
  return rows.every((row, axis) =>
    [0, 1, 2].every(
      (column) => column === axis || Math.abs(map[row + column] as number) * (target[column] as number) < 1e-9,
    ),
  );
}

function sample(
  values: Float64Array,
  shape: Shape,
  sampling: Sampling & { readonly interpolation: Interpolation },
): Float64Array {
  if (sampling.interpolation === "cubic") splinePrefilter(values, shape);
  return isDiagonal(sampling.map, sampling.target)
    ? sampleAlongAxes(values, shape, sampling)
    : sampleAnywhere(values, shape, sampling);
}

/** Aligned grids: one axis after the other, which needs 3 x taps instead of taps^3 samples a voxel. */
function sampleAlongAxes(
  values: Float64Array,
  shape: Shape,
  { target, map, interpolation, outside }: Sampling & { readonly interpolation: Interpolation },
): Float64Array {
  let current = values;
  const size: [number, number, number] = [...shape];
  const inside: boolean[][] = [];
  for (const axis of [0, 1, 2] as const) {
    const table = tapTable(
      target[axis],
      (index) => (map[axis * 5] as number) * index + (map[axis * 4 + 3] as number),
      size[axis],
      interpolation,
    );
    const stride = axis === 0 ? 1 : axis === 1 ? size[0] : size[0] * size[1];
    current =
      axis === 0
        ? sampleRows(current, size[0], target[0], table)
        : samplePlanes(current, { stride, size: size[axis], target: target[axis] }, table);
    inside.push(table.inside);
    size[axis] = target[axis];
  }
  fillOutside(current, target, inside, outside);
  return current;
}

interface TapTable {
  /** `count` source indices and weights for every target index; weight 0 outside. */
  readonly count: number;
  readonly indices: Int32Array;
  readonly weights: Float64Array;
  readonly inside: boolean[];
}

function tapTable(
  length: number,
  position: (index: number) => number,
  size: number,
  interpolation: Interpolation,
): TapTable {
  const count = tapCount[interpolation];
  const taps = makeTaps(interpolation);
  const table = { count, indices: new Int32Array(length * count), weights: new Float64Array(length * count) };
  const inside = Array.from({ length }, (_, index) => {
    const within = fillTaps(taps, position(index), size, interpolation);
    if (within) {
      table.indices.set(taps.indices, index * count);
      table.weights.set(taps.weights, index * count);
    }
    return within;
  });
  return { ...table, inside };
}

/** Along x, where the samples of a row lie together. */
function sampleRows(
  values: Float64Array,
  size: number,
  target: number,
  { count, indices, weights }: TapTable,
): Float64Array {
  const rows = values.length / size;
  const result = new Float64Array(rows * target);
  let to = 0;
  for (let row = 0; row < values.length; row += size) {
    for (let tap = 0; tap < indices.length; tap += count) {
      let sum = 0;
      for (let at = tap; at < tap + count; at += 1) {
        sum += (weights[at] as number) * (values[row + (indices[at] as number)] as number);
      }
      result[to] = sum;
      to += 1;
    }
  }
  return result;
}

/** Along y or z: whole rows or slices are weighted and added. */
function samplePlanes(
  values: Float64Array,
  { stride, size, target }: { readonly stride: number; readonly size: number; readonly target: number },
  { count, indices, weights }: TapTable,
): Float64Array {
  const blocks = values.length / (stride * size);
  const result = new Float64Array(blocks * stride * target);
  for (let block = 0; block < blocks; block += 1) {
    for (let index = 0; index < target; index += 1) {
      const to = (block * target + index) * stride;
      for (let tap = index * count; tap < (index + 1) * count; tap += 1) {
        const weight = weights[tap] as number;
        if (weight === 0) continue;
        const from = (block * size + (indices[tap] as number)) * stride;
        for (let step = 0; step < stride; step += 1) {
          result[to + step] = (result[to + step] as number) + weight * (values[from + step] as number);
        }
      }
    }
  }
  return result;
}

function fillOutside(values: Float64Array, [nx, ny, nz]: Shape, inside: readonly boolean[][], outside: number): void {
  const [xs = [], ys = [], zs = []] = inside;
  if (inside.every((axis) => !axis.includes(false))) return;
  for (let z = 0; z < nz; z += 1) {
    for (let y = 0; y < ny; y += 1) {
      const row = nx * (y + ny * z);
      if (zs[z] === false || ys[y] === false) {
        values.fill(outside, row, row + nx);
        continue;
      }
      for (let x = 0; x < nx; x += 1) if (xs[x] === false) values[row + x] = outside;
    }
  }
}

/** Grids at any angle: all taps of every voxel. */
function sampleAnywhere(
  values: Float64Array,
  shape: Shape,
  { target, map, interpolation, outside }: Sampling & { readonly interpolation: Interpolation },
): Float64Array {
  const result = new Float64Array(voxelCount(target));
  const count = tapCount[interpolation];
  const [along, across, through] = [makeTaps(interpolation), makeTaps(interpolation), makeTaps(interpolation)];
  const [a, b, c, d, e, f, g, h, l, m, n, o] = map;
  const [nx, ny, nz] = shape;
  let to = 0;
  for (let z = 0; z < target[2]; z += 1) {
    for (let y = 0; y < target[1]; y += 1) {
      for (let x = 0; x < target[0]; x += 1) {
        const within =
          fillTaps(along, a * x + b * y + c * z + d, nx, interpolation) &&
          fillTaps(across, e * x + f * y + g * z + h, ny, interpolation) &&
          fillTaps(through, l * x + m * y + n * z + o, nz, interpolation);
        let sum = within ? 0 : outside;
        for (let k = 0; within && k < count; k += 1) {
          const slice = ny * (through.indices[k] as number);
          for (let j = 0; j < count; j += 1) {
            const row = nx * ((across.indices[j] as number) + slice);
            const weight = (through.weights[k] as number) * (across.weights[j] as number);
            for (let i = 0; i < count; i += 1) {
              sum += weight * (along.weights[i] as number) * (values[row + (along.indices[i] as number)] as number);
            }
          }
        }
        result[to] = sum;
        to += 1;
      }
    }
  }
  return result;
}
