/**
 * Turns a reference label map into what an imperfect algorithm might have drawn: shifted, bent, swollen or shrunk, sometimes with
 * a structure missed or an island too many. For demonstrations and tests: entries made this way must be named as such.
 */
import { SegathlonError } from "@segathlon/errors";
import type { Geometry } from "@segathlon/volume";
import { noiseField } from "./noise-field.ts";
import { type Random, seededRandom } from "./random.ts";

export interface DisturbOptions {
  /**
   * About the Dice that the result reaches on compact structures, above 0 and at most 1; 1 gives an equal copy. Thin and tiny
   * structures come out worse, as they do for real algorithms.
   */
  readonly quality: number;
  readonly seed: number;
  /** Text that makes this case differ from others with the same seed, such as its name. */
  readonly caseId?: string;
}

interface Found {
  readonly value: number;
  readonly voxels: number;
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
  readonly centre: readonly [number, number, number];
  /** Radius of a ball with the same ratio of volume to surface, in mm. */
  readonly radiusMm: number;
}

/**
 * A label map of the given quality; the input stays as it is. Same input and options, same result.
 *
 * @throws SegathlonError SEG602 when `quality` is not in (0, 1] or the number of voxels is not that of the geometry.
 *
 * @example
 * ```ts
 * const prediction = disturbLabels(one.labels, one.geometry, { quality: 0.85, seed: 3, caseId: one.id });
 * ```
 */
export function disturbLabels<Labels extends Uint8Array | Uint16Array | Uint32Array>(
  labels: Labels,
  geometry: Geometry,
  { quality, seed, caseId = "" }: DisturbOptions,
): Labels {
  const { shape, spacingMm } = geometry;
  const [nx, ny, nz] = shape;
  if (!(quality > 0 && quality <= 1)) {
    throw new SegathlonError("SEG602", `quality must lie above 0 and be at most 1, got ${quality}`);
  }
  if (labels.length !== nx * ny * nz) {
    throw new SegathlonError("SEG602", `${labels.length} labels do not fill a grid of ${shape.join("x")}`);
  }
  const result = labels.slice() as Labels;
  if (quality === 1) return result;
  const random = seededRandom(`disturb/${seed}/${caseId}`);
  const found = findLabels(labels, geometry);
  result.fill(0);
  // Large structures first, so that the small ones inside them survive.
  for (const one of [...found].sort((a, b) => b.voxels - a.voxels || a.value - b.value)) {
    const stream = random.stream(String(one.value));
    // Rarely, and only for poor algorithms, a structure is missed; small ones more often.
    const missed = (1 - quality) ** 2 * (one.radiusMm < 12 ? 0.8 : 0.15);
    if (stream.stream("missed").next() < missed) continue;
    bendLabel(labels, result, geometry, one, quality, stream);
    if (stream.stream("island").next() < 1.5 * (1 - quality))
      addIsland(result, shape, spacingMm, one, stream.stream("at"));
  }
  return result;
}

function findLabels(labels: Uint8Array | Uint16Array | Uint32Array, { shape, spacingMm }: Geometry): Found[] {
  const [nx, ny, nz] = shape;
  const [sx, sy, sz] = spacingMm;
  const faces = [sy * sz, sx * sz, sx * sy] as const;
  const sums = new Map<
    number,
    { n: number; area: number; at: [number, number, number]; low: number[]; high: number[] }
  >();
  for (let k = 0, p = 0; k < nz; k += 1) {
    for (let j = 0; j < ny; j += 1) {
      for (let i = 0; i < nx; i += 1, p += 1) {
        const value = labels[p] as number;
        if (value === 0) continue;
        let sum = sums.get(value);
        if (sum === undefined) {
          sum = { n: 0, area: 0, at: [0, 0, 0], low: [i, j, k], high: [i, j, k] };
          sums.set(value, sum);
        }
        sum.n += 1;
        const voxel = [i, j, k] as const;
        for (const axis of [0, 1, 2] as const) {
          sum.at[axis] += voxel[axis];
          sum.low[axis] = Math.min(sum.low[axis] as number, voxel[axis]);
          sum.high[axis] = Math.max(sum.high[axis] as number, voxel[axis]);
        }
        if (i === 0 || labels[p - 1] !== value) sum.area += faces[0];
        if (i === nx - 1 || labels[p + 1] !== value) sum.area += faces[0];
        if (j === 0 || labels[p - nx] !== value) sum.area += faces[1];
        if (j === ny - 1 || labels[p + nx] !== value) sum.area += faces[1];
        if (k === 0 || labels[p - nx * ny] !== value) sum.area += faces[2];
        if (k === nz - 1 || labels[p + nx * ny] !== value) sum.area += faces[2];
      }
    }
  }
  return [...sums].map(([value, { n, area, at, low, high }]) => ({
    value,
    voxels: n,
    low: [low[0] ?? 0, low[1] ?? 0, low[2] ?? 0],
    high: [high[0] ?? 0, high[1] ?? 0, high[2] ?? 0],
    centre: [at[0] / n, at[1] / n, at[2] / n],
    // Voxel faces overstate a smooth surface by a half.
    radiusMm: (1.5 * 3 * n * sx * sy * sz) / area,
  }));
}

function bendLabel(
  labels: Uint8Array | Uint16Array | Uint32Array,
  result: Uint8Array | Uint16Array | Uint32Array,
  { shape: [nx, ny, nz], spacingMm: [sx, sy, sz] }: Geometry,
  one: Found,
  quality: number,
  random: Random,
): void {
  // Two balls of radius r at distance s overlap with a Dice of about 1 - 0.75 s / r.
  const error = ((1 - quality) * one.radiusMm) / 0.75;
  const spread = error * random.between(0.75, 1.2);
  const direction = [random.normal(), random.normal(), random.normal()] as const;
  const length = Math.hypot(...direction) || 1;
  const share = random.between(0.25, 0.55);
  const [mx, my, mz] = direction.map((value) => (value / length) * share * spread) as [number, number, number];
  const swelling = random.normal() * 0.25 * spread;
  const bend = spread * 0.75;
  const wavelength = Math.max(1.6 * one.radiusMm, 3 * Math.max(sx, sy, sz));
  const fields = [
    noiseField(random.stream("x")),
    noiseField(random.stream("y")),
    noiseField(random.stream("z")),
  ] as const;
  const pad = 2.5 * spread;
  const from = (axis: 0 | 1 | 2, spacing: number): number => Math.max(0, Math.floor(one.low[axis] - pad / spacing));
  const to = (axis: 0 | 1 | 2, spacing: number, n: number): number =>
    Math.min(n - 1, Math.ceil(one.high[axis] + pad / spacing));
  for (let k = from(2, sz); k <= to(2, sz, nz); k += 1) {
    for (let j = from(1, sy); j <= to(1, sy, ny); j += 1) {
      for (let i = from(0, sx); i <= to(0, sx, nx); i += 1) {
        const u = (i * sx) / wavelength;
        const v = (j * sy) / wavelength;
        const w = (k * sz) / wavelength;
        const dx = (i - one.centre[0]) * sx;
        const dy = (j - one.centre[1]) * sy;
        const dz = (k - one.centre[2]) * sz;
        const outward = swelling / Math.max(1e-6, Math.sqrt(dx * dx + dy * dy + dz * dz));
        const si = Math.round(i + (mx + bend * fields[0](u, v, w) - outward * dx) / sx);
        const sj = Math.round(j + (my + bend * fields[1](u, v, w) - outward * dy) / sy);
        const sk = Math.round(k + (mz + bend * fields[2](u, v, w) - outward * dz) / sz);
        if (si < 0 || sj < 0 || sk < 0 || si >= nx || sj >= ny || sk >= nz) continue;
        if (labels[si + nx * (sj + ny * sk)] === one.value) result[i + nx * (j + ny * k)] = one.value;
      }
    }
  }
}

/** A small ball of the label beside the structure, where nothing else is. */
function addIsland(
  result: Uint8Array | Uint16Array | Uint32Array,
  [nx, ny, nz]: Geometry["shape"],
  [sx, sy, sz]: Geometry["spacingMm"],
  one: Found,
  random: Random,
): void {
  const radius = Math.max(1.2 * Math.max(sx, sy, sz), one.radiusMm * random.between(0.2, 0.4));
  const reach = 2.2 * Math.max(one.radiusMm, 2 * radius);
  const [ci, cj, ck] = [
    Math.round(one.centre[0] + (random.between(-1, 1) * reach) / sx),
    Math.round(one.centre[1] + (random.between(-1, 1) * reach) / sy),
    Math.round(one.centre[2] + (random.between(-1, 1) * reach) / sz),
  ];
  const range = (c: number, s: number, n: number): readonly [number, number] => [
    Math.max(0, Math.floor(c - radius / s)),
    Math.min(n - 1, Math.ceil(c + radius / s)),
  ];
  const [i0, i1] = range(ci, sx, nx);
  const [j0, j1] = range(cj, sy, ny);
  const [k0, k1] = range(ck, sz, nz);
  for (let k = k0; k <= k1; k += 1) {
    for (let j = j0; j <= j1; j += 1) {
      for (let i = i0; i <= i1; i += 1) {
        const p = i + nx * (j + ny * k);
        const inside = Math.hypot((i - ci) * sx, (j - cj) * sy, (k - ck) * sz) <= radius;
        if (inside && result[p] === 0) result[p] = one.value;
      }
    }
  }
}
