/**
 * Seeded random numbers in named streams.
 *
 * Every stream is made from text (`"seed/case/structure"`), so that adding a structure to a document leaves the others as they
 * were. Text is hashed with FNV-1a into the state of sfc32 (C. Doty-Humphrey, PractRand), which passes the usual test batteries.
 */

/** A stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Standard normal, by Box and Muller. */
  normal(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** Uniform integer in low..high, both included. */
  integer(low: number, high: number): number;
  /** An independent stream; the same name gives the same stream, whatever was drawn before. */
  stream(name: string): Random;
}

function hash(text: string, offset: number): number {
  let h = offset >>> 0;
  for (let i = 0; i < text.length; i += 1) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  h ^= h >>> 12;
  return h >>> 0;
}

/**
 * A stream of random numbers that depends on nothing but `seed`.
 *
 * @example
 * ```ts
 * const random = seededRandom("liver/1");
 * const radiusMm = 20 + 3 * random.normal();
 * ```
 */
export function seededRandom(seed: string | number): Random {
  const text = String(seed);
  // The state lives in a typed array: numbers above 2^31 in closure variables would be boxed at every draw.
  const state = Uint32Array.of(hash(text, 0x811c9dc5), hash(text, 0x9e3779b9), hash(text, 0x85ebca6b), 1);
  let spare: number | undefined;
  const word = (): number => {
    const a = state[0] as number;
    const b = state[1] as number;
    const c = state[2] as number;
    const t = (a + b + (state[3] as number)) >>> 0;
    state[3] = (state[3] as number) + 1;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = ((c << 21) | (c >>> 11)) + t;
    return t;
  };
  for (let i = 0; i < 12; i += 1) word();
  const next = (): number => word() / 4294967296;
  return {
    next,
    normal() {
      if (spare !== undefined) {
        const value = spare;
        spare = undefined;
        return value;
      }
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
    between: (low, high) => low + (high - low) * next(),
    integer: (low, high) => low + Math.floor((high - low + 1) * next()),
    stream: (name) => seededRandom(`${text}/${name}`),
  };
}
