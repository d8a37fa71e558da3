/**
 * The stored form of a surface histogram: what a server keeps to score again with another tolerance or percentile, without voxels.
 *
 * Bytes: "SGH1", then for each direction (reference to prediction first): number of areas and of distances (LEB128), areas and
 * distances (float64, little-endian), counts row by row (LEB128; a 0 is followed by how many more zeros come). Nothing is rounded.
 */
import type { DistanceHistogram, SurfaceHistogram } from "./case-comparison.ts";

const MAGIC = [0x53, 0x47, 0x48, 0x31];
/** More than any spacing has; keeps a forged header from asking for memory. */
const MOST_AREAS = 256;
const MOST_COUNTS = 1 << 25;

function pushNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
}

function pushFloats(bytes: number[], values: Float64Array): void {
  const view = new DataView(new ArrayBuffer(8));
  for (const value of values) {
    view.setFloat64(0, value, true);
    for (let at = 0; at < 8; at += 1) bytes.push(view.getUint8(at));
  }
}

function pushHistogram(bytes: number[], { areas, distancesMm, counts }: DistanceHistogram): void {
  pushNumber(bytes, areas.length);
  pushNumber(bytes, distancesMm.length);
  pushFloats(bytes, areas);
  pushFloats(bytes, distancesMm);
  for (let at = 0; at < counts.length; ) {
    const count = counts[at] as number;
    pushNumber(bytes, count);
    at += 1;
    if (count !== 0) continue;
    const from = at;
    while (at < counts.length && counts[at] === 0) at += 1;
    pushNumber(bytes, at - from);
  }
}

/**
 * Packs both directions; a few kilobytes for an organ.
 *
 * @example
 * decodeSurface(encodeSurface(comparison.surface)); // the same numbers, bit for bit
 */
export function encodeSurface(surface: SurfaceHistogram): Uint8Array {
  const bytes = [...MAGIC];
  pushHistogram(bytes, surface.referenceToPrediction);
  pushHistogram(bytes, surface.predictionToReference);
  return Uint8Array.from(bytes);
}

/** Reads forward; every step is checked against the end. */
class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#view.byteLength - this.#at;
  }

  byte(): number {
    if (this.left < 1) throw new RangeError("surface histogram: the bytes end too early");
    this.#at += 1;
    return this.#view.getUint8(this.#at - 1);
  }

  number(): number {
    let value = 0;
    for (let scale = 1; scale < 2 ** 35; scale *= 0x80) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) break;
        return value;
      }
    }
    throw new RangeError("surface histogram: a number does not fit 32 bits");
  }

  floats(count: number): Float64Array<ArrayBuffer> {
    if (this.left < count * 8) throw new RangeError("surface histogram: the bytes end too early");
    const values = new Float64Array(count);
    for (let index = 0; index < count; index += 1) {
      values[index] = this.#view.getFloat64(this.#at, true);
      this.#at += 8;
    }
    return values;
  }
}

function requireAscending(values: Float64Array, what: string, above: number): void {
  let last = above;
  for (const value of values) {
    if (!(value > last) || !Number.isFinite(value)) {
      throw new RangeError(`surface histogram: ${what} are not ascending finite numbers`);
    }
    last = value;
  }
}

function readHistogram(reader: Reader): DistanceHistogram {
  const classes = reader.number();
  const rows = reader.number();
  if (classes > MOST_AREAS || rows * classes > MOST_COUNTS) {
    throw new RangeError(`surface histogram: ${rows} distances of ${classes} areas are more than can be`);
  }
  const areas = reader.floats(classes);
  requireAscending(areas, "areas", 0);
  const distancesMm = reader.floats(rows);
  requireAscending(distancesMm, "distances", -1);
  if (rows > 0 && (distancesMm[0] as number) < 0) throw new RangeError("surface histogram: a distance is below 0");
  const counts = new Uint32Array(rows * classes);
  for (let at = 0; at < counts.length; ) {
    const count = reader.number();
    counts[at] = count;
    at += 1;
    if (count === 0) at += reader.number();
    if (at > counts.length) throw new RangeError("surface histogram: more counts than distances and areas");
  }
  return { distancesMm, areas, counts };
}

/**
 * Unpacks what `encodeSurface` packed.
 *
 * @throws RangeError for bytes that are no surface histogram, end early or go on too long.
 */
export function decodeSurface(bytes: Uint8Array): SurfaceHistogram {
  const reader = new Reader(bytes);
  for (const expected of MAGIC) {
    if (reader.byte() !== expected) throw new RangeError("surface histogram: the bytes do not begin with SGH1");
  }
  const referenceToPrediction = readHistogram(reader);
  const predictionToReference = readHistogram(reader);
  if (reader.left > 0) throw new RangeError(`surface histogram: ${reader.left} bytes too many`);
  return { referenceToPrediction, predictionToReference };
}
