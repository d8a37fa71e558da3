/**
 * What a scanner does to a slice of ideal values: point spread, receive field, noise.
 *
 * CT: Gaussian noise with the grain of a reconstruction kernel, stronger where the X-rays cross more body. MR: a smooth receive
 * field multiplies the signal, and the magnitude of complex Gaussian noise makes it Rician.
 */
import type { Random } from "./random.ts";

/** Mixes every pixel with its four neighbours; `share` is the weight of the two neighbours along one axis. In place. */
export function blurSlice(slice: Float32Array, nx: number, ny: number, share: number, scratch: Float32Array): void {
  if (share <= 0) return;
  const side = share / 2;
  const centre = 1 - share;
  for (let j = 0; j < ny; j += 1) {
    const row = j * nx;
    for (let i = 0; i < nx; i += 1) {
      const left = slice[row + (i > 0 ? i - 1 : i)] as number;
      const right = slice[row + (i + 1 < nx ? i + 1 : i)] as number;
      scratch[row + i] = centre * (slice[row + i] as number) + side * (left + right);
    }
  }
  for (let j = 0; j < ny; j += 1) {
    const row = j * nx;
    const above = (j > 0 ? j - 1 : j) * nx;
    const below = (j + 1 < ny ? j + 1 : j) * nx;
    for (let i = 0; i < nx; i += 1) {
      slice[row + i] =
        centre * (scratch[row + i] as number) +
        side * ((scratch[above + i] as number) + (scratch[below + i] as number));
    }
  }
}

/** A source of normal numbers for one acquisition: fast, because millions are drawn. */
export type Grain = () => number;

/** Normal numbers out of a table, picked by a linear congruential walk (Numerical Recipes constants). */
export function grainSource(random: Random): Grain {
  const bits = 14;
  const table = new Float32Array(1 << bits);
  for (let i = 0; i < table.length; i += 1) table[i] = random.normal();
  const state = Uint32Array.of(Math.floor(random.next() * 4294967296));
  return () => {
    const next = Math.imul(state[0] as number, 1664525) + 1013904223;
    state[0] = next;
    return table[(next >>> (32 - bits)) & (table.length - 1)] as number;
  };
}

/** Adds CT noise of standard deviation `sd` in the middle of the slice, a little less towards the edge. In place. */
export function addCtNoise(
  slice: Float32Array,
  nx: number,
  ny: number,
  sd: number,
  grain: Grain,
  noise: Float32Array,
  scratch: Float32Array,
): void {
  for (let p = 0; p < noise.length; p += 1) noise[p] = grain();
  blurSlice(noise, nx, ny, 0.36, scratch);
  // The blur takes variance away: (0.64^2 + 2 * 0.18^2) per axis.
  const restore = sd / (0.64 ** 2 + 2 * 0.18 ** 2);
  for (let j = 0; j < ny; j += 1) {
    const v = (2 * j) / ny - 1;
    for (let i = 0; i < nx; i += 1) {
      const u = (2 * i) / nx - 1;
      const strength = 0.75 + 0.4 * Math.max(0, 1 - u * u - v * v);
      slice[j * nx + i] = (slice[j * nx + i] as number) + restore * strength * (noise[j * nx + i] as number);
    }
  }
}

/** Replaces the signal by the magnitude of signal plus complex noise of standard deviation `sd`. In place. */
export function addRicianNoise(slice: Float32Array, sd: number, grain: Grain): void {
  for (let p = 0; p < slice.length; p += 1) {
    const real = (slice[p] as number) + sd * grain();
    const imaginary = sd * grain();
    slice[p] = Math.sqrt(real * real + imaginary * imaginary);
  }
}

/** A smooth receive field along one axis of three: exp of a few waves with random directions, about 1 +- amplitude. */
export interface ReceiveField {
  /** Multiplies a slice, `w` in -1..1 along the third axis. In place. */
  readonly apply: (slice: Float32Array, nx: number, ny: number, w: number, gain: number) => void;
}

/** Draws a receive field. It is evaluated every fourth pixel and blended between, because it is smooth. */
export function receiveField(amplitude: number, random: Random): ReceiveField {
  const terms = Array.from({ length: 4 }, () => [
    random.between(-2.4, 2.4),
    random.between(-2.4, 2.4),
    random.between(-2.4, 2.4),
    random.between(0, 2 * Math.PI),
  ]);
  const at = (u: number, v: number, w: number): number => {
    let sum = 0;
    for (const [a = 0, b = 0, c = 0, phase = 0] of terms) sum += Math.cos(a * u + b * v + c * w + phase);
    return Math.exp((amplitude * sum) / 2);
  };
  const step = 4;
  return {
    apply(slice, nx, ny, w, gain) {
      for (let j = 0; j < ny; j += 1) {
        const v = (2 * j) / ny - 1;
        let [left, right] = [0, at(-1, v, w)];
        for (let i = 0; i < nx; i += 1) {
          const within = i % step;
          if (within === 0) [left, right] = [right, at((2 * (i + step)) / nx - 1, v, w)];
          const p = j * nx + i;
          slice[p] = gain * Math.max(0, slice[p] as number) * (left + ((right - left) * within) / step);
        }
      }
    },
  };
}
