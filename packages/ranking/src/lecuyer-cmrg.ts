/**
 * R's generator "L'Ecuyer-CMRG" with "Rejection" sampling (R >= 3.6), so that a run of challengeR can be replayed with its seed.
 * MRG32k3a (L'Ecuyer 1999) behind R's seed scrambling (a linear congruential generator, 50 steps and one for each of six words).
 */

const m1 = 4_294_967_087;
const m2 = 4_294_944_443;

export interface LecuyerState {
  readonly words: Float64Array;
}

/** The state after R's `set.seed(seed, kind = "L'Ecuyer-CMRG")`. */
export function lecuyerSeed(seed: number): LecuyerState {
  let word = seed >>> 0;
  const step = () => {
    word = (Math.imul(69_069, word) + 1) >>> 0;
  };
  for (let i = 0; i < 50; i++) step();
  const words = new Float64Array(6);
  for (let i = 0; i < 6; i++) {
    do step();
    while (word >= m2);
    words[i] = word;
  }
  return { words };
}

function modulo(value: number, modulus: number): number {
  const rest = value % modulus;
  return rest < 0 ? rest + modulus : rest;
}

/** The next uniform number in (0, 1); advances the state. */
export function lecuyerUniform(state: LecuyerState): number {
  const s = state.words;
  // Every product stays below 2^53: the multipliers have at most 21 bits and the words 32.
  const p1 = modulo(1_403_580 * (s[1] as number) - 810_728 * (s[0] as number), m1);
  s[0] = s[1] as number;
  s[1] = s[2] as number;
  s[2] = p1;
  const p2 = modulo(527_612 * (s[5] as number) - 1_370_589 * (s[3] as number), m2);
  s[3] = s[4] as number;
  s[4] = s[5] as number;
  s[5] = p2;
  return (p1 > p2 ? p1 - p2 : p1 - p2 + m1) * 2.328306549295728e-10;
}

/** A whole number from 0 to `count` - 1: R's rejection sampling on blocks of 16 bits; advances the state. */
export function lecuyerIndex(state: LecuyerState, count: number): number {
  if (count <= 1) return 0;
  const bits = Math.ceil(Math.log2(count));
  const limit = 2 ** bits;
  for (;;) {
    let value = 0;
    for (let n = 0; n <= bits; n += 16) value = 65_536 * value + Math.floor(lecuyerUniform(state) * 65_536);
    value %= limit;
    if (value < count) return value;
  }
}
