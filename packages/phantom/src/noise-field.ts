/**
 * Smooth random fields: values on a lattice that repeats, blended with a smooth step (value noise). They bend anatomy, roughen
 * surfaces and give tissue its texture.
 */
import type { Random } from "./random.ts";

const side = 32;
const mask = side - 1;

/** A smooth field with zero mean and about unit variance at the lattice points; one unit of length is one lattice step. */
export type NoiseField = (x: number, y: number, z: number) => number;

/** A field that repeats every 32 units along each axis. */
export function noiseField(random: Random): NoiseField {
  const values = new Float32Array(side ** 3);
  for (let i = 0; i < values.length; i += 1) values[i] = random.normal();
  return (x, y, z) => {
    const xf = Math.floor(x);
    const yf = Math.floor(y);
    const zf = Math.floor(z);
    let u = x - xf;
    let v = y - yf;
    let w = z - zf;
    u = u * u * (3 - 2 * u);
    v = v * v * (3 - 2 * v);
    w = w * w * (3 - 2 * w);
    const x0 = xf & mask;
    const x1 = (xf + 1) & mask;
    const y0 = (yf & mask) * side;
    const y1 = ((yf + 1) & mask) * side;
    const z0 = (zf & mask) * side * side;
    const z1 = ((zf + 1) & mask) * side * side;
    const a = values[x0 + y0 + z0] as number;
    const b = values[x0 + y1 + z0] as number;
    const c = values[x0 + y0 + z1] as number;
    const d = values[x0 + y1 + z1] as number;
    const ab = a + ((values[x1 + y0 + z0] as number) - a) * u;
    const bb = b + ((values[x1 + y1 + z0] as number) - b) * u;
    const cb = c + ((values[x1 + y0 + z1] as number) - c) * u;
    const db = d + ((values[x1 + y1 + z1] as number) - d) * u;
    const near = ab + (bb - ab) * v;
    return near + (cb + (db - cb) * v - near) * w;
  };
}
