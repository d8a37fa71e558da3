/**
 * Sums in the order in which numpy 1.24 adds: `np.sum` of a one-dimensional float64 array adds blocks of 8,192 elements one after
 * the other; within a block it halves recursively down to 128 elements, which eight accumulators take in turn. Rounding makes the
 * order part of the result.
 */

/** Elements of one block: numpy's default buffer size. */
export const NUMPY_BLOCK = 8192;

/** Sum of `values[from]` to `values[from + count - 1]` within one block. */
export function pairwiseSum(values: Float64Array, from: number, count: number): number {
  if (count < 8) {
    let sum = 0;
    for (let at = from; at < from + count; at += 1) sum += values[at] as number;
    return sum;
  }
  if (count > 128) {
    const half = Math.floor(count / 2);
    const left = half - (half % 8);
    return pairwiseSum(values, from, left) + pairwiseSum(values, from + left, count - left);
  }
  let r0 = values[from] as number;
  let r1 = values[from + 1] as number;
  let r2 = values[from + 2] as number;
  let r3 = values[from + 3] as number;
  let r4 = values[from + 4] as number;
  let r5 = values[from + 5] as number;
  let r6 = values[from + 6] as number;
  let r7 = values[from + 7] as number;
  const eights = count - (count % 8);
  for (let at = from + 8; at < from + eights; at += 8) {
    r0 += values[at] as number;
    r1 += values[at + 1] as number;
    r2 += values[at + 2] as number;
    r3 += values[at + 3] as number;
    r4 += values[at + 4] as number;
    r5 += values[at + 5] as number;
    r6 += values[at + 6] as number;
    r7 += values[at + 7] as number;
  }
  let sum = r0 + r1 + (r2 + r3) + (r4 + r5 + (r6 + r7));
  for (let at = from + eights; at < from + count; at += 1) sum += values[at] as number;
  return sum;
}

/** `pairwiseSum` over `count` times the same value. */
export function pairwiseSumOf(value: number, count: number): number {
  if (count < 8) {
    let sum = 0;
    for (let n = 0; n < count; n += 1) sum += value;
    return sum;
  }
  if (count > 128) {
    const half = Math.floor(count / 2);
    const left = half - (half % 8);
    const sum = pairwiseSumOf(value, left);
    return sum + (left * 2 === count ? sum : pairwiseSumOf(value, count - left));
  }
  // All eight accumulators hold the same.
  let accumulator = value;
  const eights = count - (count % 8);
  for (let at = 8; at < eights; at += 8) accumulator += value;
  const pair = accumulator + accumulator;
  let sum = pair + pair + (pair + pair);
  for (let at = eights; at < count; at += 1) sum += value;
  return sum;
}

/**
 * Values of one block, given as runs of equal values, and their sum as `pairwiseSum` gives it. A part of the recursion that lies within one run is not
 * added element by element: surface elements come in long runs.
 */
export class RunBlock {
  readonly #values = new Float64Array(NUMPY_BLOCK);
  readonly #starts = new Int32Array(NUMPY_BLOCK + 1);
  #runs = 0;
  #filled = 0;
  #run = 0;

  get filled(): number {
    return this.#filled;
  }

  /** Adds `count` times `value`; the block must have room for them. */
  push(value: number, count: number): void {
    this.#starts[this.#runs] = this.#filled;
    this.#runs += 1;
    this.#values.fill(value, this.#filled, this.#filled + count);
    this.#filled += count;
  }

  clear(): void {
    this.#runs = 0;
    this.#filled = 0;
  }

  /** Sum of the first `count` values. */
  sum(count: number): number {
    this.#starts[this.#runs] = this.#filled;
    this.#run = 0;
    return this.#sum(0, count);
  }

  /** Parts are visited from left to right, so the run of their first value is found by going on. */
  #sum(from: number, count: number): number {
    const starts = this.#starts;
    while (this.#run + 1 < this.#runs && (starts[this.#run + 1] as number) <= from) this.#run += 1;
    if ((starts[this.#run + 1] as number) >= from + count) return pairwiseSumOf(this.#values[from] as number, count);
    if (count <= 128) return pairwiseSum(this.#values, from, count);
    const half = Math.floor(count / 2);
    const left = half - (half % 8);
    const sum = this.#sum(from, left);
    return sum + this.#sum(from + left, count - left);
  }
}
