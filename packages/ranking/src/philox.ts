/**
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011): a counter-based generator. The numbers of draw k depend on the seed and on k
 * alone, never on what was drawn before, so that a bootstrap gives the same result in one thread, in many, and in any order.
 */

const weylLow = 0x9e3779b9;
const weylHigh = 0xbb67ae85;

/** High 32 bits of the 64-bit product of two unsigned 32-bit words, by halves. */
function highProduct(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle = aLow * bHigh + (cross & 0xffff);
  return aHigh * bHigh + Math.floor(cross / 65_536) + Math.floor(middle / 65_536);
}

/** One block: four 32-bit words from a counter of four words and a key of two; written to `out`. */
export function philoxBlock(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
  out: Uint32Array,
): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const high0 = highProduct(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = highProduct(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0 >>> 0;
    k0 = (k0 + weylLow) >>> 0;
    k1 = (k1 + weylHigh) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

/** A stream of numbers that belongs to one place: seed, draw, and a further key such as the task. */
export interface CounterStream {
  /** Uniform in [0, 1), 32 bits. */
  readonly uniform: () => number;
  /** A whole number from 0 to `count` - 1, without bias. */
  readonly index: (count: number) => number;
}

/**
 * The stream of numbers of (`seed`, `draw`, `key`). Streams of different places are independent.
 *
 * @param seed a whole number from 0 to 2^53 - 1
 * @throws RangeError when the seed is not such a number
 */
export function counterStream(seed: number, draw: number, key: number): CounterStream {
  if (!Number.isSafeInteger(seed) || seed < 0) throw new RangeError(`seed must be a whole number >= 0, found ${seed}`);
  const block = new Uint32Array(4);
  const keys: readonly [number, number] = [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
  let position = 0;
  let used = 4;
  const next = (): number => {
    if (used === 4) {
      philoxBlock([position, 0, draw >>> 0, key >>> 0], keys, block);
      position++;
      used = 0;
    }
    return block[used++] as number;
  };
  const index = (count: number): number => {
    if (!(count >= 1 && count <= 2 ** 21)) throw new RangeError(`index: count must be from 1 to 2^21, found ${count}`);
    // Lemire 2019: the high word of word * count; words in the incomplete last stretch are drawn again.
    const threshold = 2 ** 32 % count;
    for (;;) {
      const product = next() * count;
      const low = product % 2 ** 32;
      if (low >= threshold) return (product - low) / 2 ** 32;
    }
  };
  return { uniform: () => next() / 2 ** 32, index };
}
