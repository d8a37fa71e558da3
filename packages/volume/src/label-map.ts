/**
 * Label maps: voxels that are labels.
 *
 * A label is a whole number from 0 (background) to 2^32 - 1. Files store them in every type, some as scaled numbers: a mask kept as
 * int32 with slope 2.3e-10 and intercept 0.5 holds 0.99999997. So labels are rounded after scaling, and a value farther than
 * {@link labelTolerance} from a whole number is refused by name, as are negative and non-finite ones. Nothing is clipped.
 */
import type { Shape } from "./geometry.ts";
import type { LabelMap, Volume, VoxelArray } from "./volume.ts";
import { volumeError } from "./volume-error.ts";

/** How far a scaled value may lie from a whole number and still be that label. Resampled (interpolated) masks lie far beyond. */
export const labelTolerance = 1e-3;

export const largestLabel = 0xffff_ffff;

export type LabelArray = LabelMap["labels"];

/**
 * The labels of a volume of one channel, in the narrowest of uint8, uint16 and uint32 that holds the largest one. An unscaled uint8
 * volume is taken as it is, without copying.
 *
 * @throws SegathlonError SEG008 for a value that is no label (value and voxel named), SEG010 for more than one channel
 *
 * @example
 * ```ts
 * const labelMap = toLabelMap(await readVolume(bytes));
 * ```
 */
export function toLabelMap(volume: Volume, file?: string): LabelMap {
  checkOneChannel(volume, file);
  return { geometry: volume.geometry, labels: labelArray(volume, file) };
}

/** @throws SegathlonError SEG010 */
export function checkOneChannel({ channels, details, geometry }: Omit<Volume, "data">, file?: string): void {
  if (channels === 1) return;
  const shape = (details?.dimensions ?? [...geometry.shape, channels]).join(" x ");
  throw volumeError("SEG010", file, `has ${channels} channels (${shape}); a label map has one`);
}

function labelArray({ data, slope, intercept, geometry }: Volume, file: string | undefined): LabelArray {
  const refuse = (value: number | bigint, voxel: number): Error => notALabel(value, voxel, geometry.shape, file);
  if (slope !== 1 || intercept !== 0) return scaledLabels(data, slope, intercept, refuse);
  if (data instanceof Uint8Array) return data;
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return bigLabels(data, refuse);
  if (data instanceof Float32Array || data instanceof Float64Array) return floatLabels(data, refuse);
  return integerLabels(data, refuse);
}

type Refuse = (value: number | bigint, voxel: number) => Error;
type IntegerArray = Exclude<VoxelArray, BigInt64Array | BigUint64Array | Float32Array | Float64Array>;

/** Signed and wide integers: one pass finds the range, a second narrows. */
function integerLabels(data: IntegerArray, refuse: Refuse): LabelArray {
  // A negative number sets the sign bit of the union of all bits; the union also bounds the largest label.
  let union = 0;
  const length = data.length;
  for (let voxel = 0; voxel < length; voxel += 1) union |= data[voxel] as number;
  if (union < 0 && !(data instanceof Uint32Array)) {
    const voxel = data.findIndex((value: number) => value < 0);
    throw refuse(data[voxel] as number, voxel);
  }
  const top = union >>> 0;
  if (top < 0x100) return data instanceof Uint8Array ? data : new Uint8Array(data);
  if (top < 0x1_0000) return data instanceof Uint16Array ? data : new Uint16Array(data);
  return data instanceof Uint32Array ? data : new Uint32Array(data);
}

function bigLabels(data: BigInt64Array | BigUint64Array, refuse: Refuse): LabelArray {
  const labels = new LabelWriter(data.length);
  for (let voxel = 0; voxel < data.length; voxel += 1) {
    const value = data[voxel] as bigint;
    if (value < 0n || value > 0xffff_ffffn) throw refuse(value, voxel);
    labels.set(voxel, Number(value));
  }
  return labels.array;
}

function floatLabels(data: Float32Array | Float64Array, refuse: Refuse): LabelArray {
  const labels = new LabelWriter(data.length);
  for (let voxel = 0; voxel < data.length; voxel += 1) {
    const value = data[voxel] as number;
    const label = roundedLabel(value);
    if (label < 0) throw refuse(value, voxel);
    labels.set(voxel, label);
  }
  return labels.array;
}

function scaledLabels(data: VoxelArray, slope: number, intercept: number, refuse: Refuse): LabelArray {
  const labels = new LabelWriter(data.length);
  // Label maps are long runs of one value: the last one is remembered.
  let last: number | bigint | undefined;
  let label = 0;
  for (let voxel = 0; voxel < data.length; voxel += 1) {
    const stored = data[voxel] as number | bigint;
    if (stored !== last) {
      const value = Number(stored) * slope + intercept;
      label = roundedLabel(value);
      if (label < 0) throw refuse(value, voxel);
      last = stored;
    }
    labels.set(voxel, label);
  }
  return labels.array;
}

/** The label that a value stands for, or -1. */
function roundedLabel(value: number): number {
  const label = Math.round(value);
  // NaN fails every comparison; -0 (from -0.0004) becomes 0.
  if (Math.abs(value - label) <= labelTolerance && label >= 0 && label <= largestLabel) return label + 0;
  return -1;
}

/** Writes labels into the narrowest array so far and widens it when a larger label comes. */
class LabelWriter {
  array: LabelArray;
  #limit = 0xff;

  constructor(length: number) {
    this.array = new Uint8Array(length);
  }

  set(voxel: number, label: number): void {
    if (label > this.#limit) {
      this.#limit = label > 0xffff ? largestLabel : 0xffff;
      this.array = label > 0xffff ? new Uint32Array(this.array) : new Uint16Array(this.array);
    }
    this.array[voxel] = label;
  }
}

function notALabel(value: number | bigint, voxel: number, shape: Shape, file: string | undefined): Error {
  const place = [voxel % shape[0], Math.floor(voxel / shape[0]) % shape[1], Math.floor(voxel / (shape[0] * shape[1]))];
  const what =
    typeof value === "number" && !Number.isFinite(value)
      ? "not a finite number"
      : value < 0
        ? "negative"
        : value > largestLabel
          ? `larger than ${largestLabel}`
          : "not a whole number";
  return volumeError(
    "SEG008",
    file,
    `voxel (${place.join(", ")}) holds ${value}, which is ${what}; labels are whole numbers from 0`,
  );
}

/** How many voxels each label has; labels in ascending order, background included. */
export function countLabels(labels: LabelArray): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  const perWord = 4 / labels.BYTES_PER_ELEMENT;
  // Label maps are mostly long runs: four bytes that all say "still the same" are passed over at once.
  const aligned = labels.byteOffset % 4 === 0;
  const words = new Uint32Array(labels.buffer, aligned ? labels.byteOffset : 0, aligned ? labels.byteLength >> 2 : 0);
  let voxel = 0;
  while (voxel < labels.length) {
    const label = labels[voxel] as number;
    const start = voxel;
    const same = perWord === 4 ? Math.imul(label, 0x0101_0101) >>> 0 : perWord === 2 ? (label * 0x1_0001) >>> 0 : label;
    voxel += 1;
    for (;;) {
      if (voxel % perWord === 0) {
        let word = voxel / perWord;
        while (word < words.length && words[word] === same) word += 1;
        voxel = word * perWord;
      }
      if (voxel >= labels.length || labels[voxel] !== label) break;
      voxel += 1;
    }
    counts.set(label, (counts.get(label) ?? 0) + voxel - start);
  }
  return new Map([...counts].sort(([first], [second]) => first - second));
}
