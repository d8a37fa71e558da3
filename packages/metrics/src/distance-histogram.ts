/** Counts surface elements by squared distance and area class while they are found, and puts them in order at the end. */
import type { DistanceHistogram } from "./case-comparison.ts";

const scratch = new Float64Array(1);
const scratchWords = new Uint32Array(scratch.buffer);

/** Squared distances take few distinct values (hundreds, rarely thousands), so an open-addressing table finds the row of one. */
export class DistanceHistogramBuilder {
  readonly #areas: Float64Array;
  #squared = new Float64Array(256);
  #counts: Uint32Array<ArrayBuffer>;
  #size = 0;
  /** Row number + 1 by hash of the squared distance; 0 is free. */
  #slots = new Int32Array(1024);
  #lastSquared = Number.NaN;
  #lastRow = 0;

  constructor(areas: Float64Array) {
    this.#areas = areas;
    this.#counts = new Uint32Array(256 * areas.length);
  }

  /** Counts one element. */
  add(squaredDistance: number, areaClass: number): void {
    const row = squaredDistance === this.#lastSquared ? this.#lastRow : this.#row(squaredDistance);
    this.#lastSquared = squaredDistance;
    this.#lastRow = row;
    const at = row * this.#areas.length + areaClass;
    this.#counts[at] = (this.#counts[at] as number) + 1;
  }

  #row(squaredDistance: number): number {
    let slot = this.#hash(squaredDistance);
    for (;;) {
      const row = (this.#slots[slot] as number) - 1;
      if (row < 0) break;
      if (this.#squared[row] === squaredDistance) return row;
      slot = (slot + 1) & (this.#slots.length - 1);
    }
    if (this.#size === this.#squared.length) {
      this.#grow();
      return this.#row(squaredDistance);
    }
    const row = this.#size;
    this.#size += 1;
    this.#squared[row] = squaredDistance;
    this.#slots[slot] = row + 1;
    return row;
  }

  #hash(squaredDistance: number): number {
    scratch[0] = squaredDistance;
    const mixed = Math.imul((scratchWords[0] as number) ^ Math.imul(scratchWords[1] as number, 0x9e3779b1), 0x85ebca6b);
    return (mixed ^ (mixed >>> 15)) & (this.#slots.length - 1);
  }

  #grow(): void {
    const squared = new Float64Array(this.#squared.length * 2);
    squared.set(this.#squared);
    this.#squared = squared;
    const counts = new Uint32Array(squared.length * this.#areas.length);
    counts.set(this.#counts);
    this.#counts = counts;
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let row = 0; row < this.#size; row += 1) {
      let slot = this.#hash(squared[row] as number);
      while (this.#slots[slot] !== 0) slot = (slot + 1) & (this.#slots.length - 1);
      this.#slots[slot] = row + 1;
    }
  }

  /** Ascending distances. Squared distances that differ in the last bit may have one root: their counts are added. */
  finish(): DistanceHistogram {
    const classes = this.#areas.length;
    const rows = Array.from({ length: this.#size }, (_, row) => row).sort(
      (a, b) => (this.#squared[a] as number) - (this.#squared[b] as number),
    );
    const distances: number[] = [];
    const counts = new Uint32Array(rows.length * classes);
    for (const row of rows) {
      const distance = Math.sqrt(this.#squared[row] as number);
      if (distances.at(-1) !== distance) distances.push(distance);
      const to = (distances.length - 1) * classes;
      for (let c = 0; c < classes; c += 1) {
        counts[to + c] = (counts[to + c] as number) + (this.#counts[row * classes + c] as number);
      }
    }
    return {
      distancesMm: Float64Array.from(distances),
      areas: this.#areas,
      counts: counts.slice(0, distances.length * classes),
    };
  }
}
