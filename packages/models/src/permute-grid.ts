/** Bringing array axes into another order, with some of them reversed: lossless, and undone by {@link unpermuteLabels}. */
import { type Grid3, type Triple, voxelCount } from "./grid3.ts";

export interface AxisOrder {
  /** Axis k of the result is axis `from[k]` of the source. */
  readonly from: Triple;
  /** Axis k of the result runs against the source's direction. */
  readonly flipped: readonly [boolean, boolean, boolean];
}

interface Walk {
  readonly shape: Triple;
  readonly origin: number;
  readonly strides: Triple;
}

function walk(shape: Triple, order: AxisOrder): Walk {
  const stride = [1, shape[0], shape[0] * shape[1]] as const;
  const sizes = order.from.map((axis) => shape[axis] ?? 0);
  let origin = 0;
  const strides = order.from.map((axis, k) => {
    const step = stride[axis] ?? 0;
    if (!order.flipped[k]) return step;
    origin += step * ((sizes[k] ?? 1) - 1);
    return -step;
  });
  return {
    shape: [sizes[0] ?? 0, sizes[1] ?? 0, sizes[2] ?? 0],
    origin,
    strides: [strides[0] ?? 0, strides[1] ?? 0, strides[2] ?? 0],
  };
}

/** Whether the order changes nothing. */
export function isIdentity(order: AxisOrder): boolean {
  return order.from.every((axis, k) => axis === k) && !order.flipped.includes(true);
}

/** The grid with its axes in another order. */
export function permuteGrid(grid: Grid3, order: AxisOrder): Grid3 {
  if (isIdentity(order)) return grid;
  const { shape, origin, strides } = walk(grid.shape, order);
  const values = new Float32Array(voxelCount(shape));
  let target = 0;
  for (let z = 0; z < shape[2]; z++) {
    for (let y = 0; y < shape[1]; y++) {
      let source = origin + y * strides[1] + z * strides[2];
      for (let x = 0; x < shape[0]; x++, source += strides[0]) values[target++] = grid.values[source] ?? 0;
    }
  }
  return { shape, values };
}

/** Labels on the permuted grid, back on the source's axes; `shape` is the source's. */
export function unpermuteLabels<T extends Uint8Array | Uint16Array>(labels: T, shape: Triple, order: AxisOrder): T {
  if (isIdentity(order)) return labels;
  const { shape: permuted, origin, strides } = walk(shape, order);
  const result = labels.slice() as T;
  let source = 0;
  for (let z = 0; z < permuted[2]; z++) {
    for (let y = 0; y < permuted[1]; y++) {
      let target = origin + y * strides[1] + z * strides[2];
      for (let x = 0; x < permuted[0]; x++, target += strides[0]) result[target] = labels[source++] ?? 0;
    }
  }
  return result;
}
