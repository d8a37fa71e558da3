/** Voxel types: size, array, and the way from stored bytes to a typed array. */
import type { ByteOrder, VoxelArray, VoxelType } from "./volume.ts";

/** Bytes of one voxel. */
export const voxelBytes: Readonly<Record<VoxelType, 1 | 2 | 4 | 8>> = {
  uint8: 1,
  int8: 1,
  uint16: 2,
  int16: 2,
  uint32: 4,
  int32: 4,
  uint64: 8,
  int64: 8,
  float32: 4,
  float64: 8,
};

const arrays = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

const hostOrder: ByteOrder = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "little" : "big";

/** A zeroed array for `count` voxels. */
export function makeVoxelArray(type: VoxelType, count: number): VoxelArray {
  return new arrays[type](count);
}

/** The voxel type of a typed array. */
export function voxelTypeOf(data: VoxelArray): VoxelType {
  for (const [type, array] of Object.entries(arrays)) if (data instanceof array) return type as VoxelType;
  throw new TypeError("not a voxel array");
}

/**
 * Stored bytes as voxels: a view without copying where byte order and alignment allow it, a copy otherwise.
 *
 * @param bytes exactly the voxels' bytes
 */
export function bytesAsVoxels(bytes: Uint8Array, type: VoxelType, order: ByteOrder): VoxelArray {
  const size = voxelBytes[type];
  const count = Math.floor(bytes.byteLength / size);
  const swap = size > 1 && order !== hostOrder;
  if (!swap && bytes.byteOffset % size === 0)
    return new arrays[type](bytes.buffer as ArrayBuffer, bytes.byteOffset, count);
  // Not `slice`: Node's Buffer has one that does not copy.
  const copy = new Uint8Array(bytes);
  if (swap) reverseBytes(copy, size);
  return new arrays[type](copy.buffer, 0, count);
}

/** Voxels as bytes in the given order; a view without copying where the host's order is asked. */
export function voxelsAsBytes(data: VoxelArray, order: ByteOrder): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  if (order === hostOrder || data.BYTES_PER_ELEMENT === 1) return bytes;
  const copy = bytes.slice();
  reverseBytes(copy, data.BYTES_PER_ELEMENT);
  return copy;
}

function reverseBytes(bytes: Uint8Array, size: number): void {
  for (let start = 0; start + size <= bytes.length; start += size) {
    for (let low = start, high = start + size - 1; low < high; low += 1, high -= 1) {
      const value = bytes[low] as number;
      bytes[low] = bytes[high] as number;
      bytes[high] = value;
    }
  }
}
