/** Tables that the compiled kernel is given with a case: which rows to search first, and the area class of eight voxels. */
import type { AreaClasses } from "./area-classes.ts";

/** Rows of the dual grid around a point, nearest first. */
export interface RowSteps {
  /** For each step float64 bound (mm^2), int32 dy, int32 dz. */
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Every row whose bound is below this is among the steps. */
  readonly reach: number;
}

const WINDOW = 16;
const MOST_STEPS = 96;

/** Rows by the least squared distance that a point in them can have, ascending, up to about a hundred. */
export function rowSteps(spacingMm: readonly [number, number, number]): RowSteps {
  const [, spacingY, spacingZ] = spacingMm;
  const square = (n: number, spacing: number) => n * spacing * (n * spacing);
  const reach = Math.min(square(WINDOW, spacingY), square(WINDOW, spacingZ));
  const candidates: { bound: number; dy: number; dz: number }[] = [];
  for (let dy = 0; dy < WINDOW; dy += 1) {
    for (let dz = 0; dz < WINDOW; dz += 1) {
      const bound = square(dy, spacingY) + square(dz, spacingZ);
      if (bound < reach) candidates.push({ bound, dy, dz });
    }
  }
  candidates.sort((a, b) => a.bound - b.bound || a.dy - b.dy);
  const steps: { bound: number; dy: number; dz: number }[] = [];
  for (const { bound, dy, dz } of candidates) {
    if (steps.length >= MOST_STEPS) return pack(steps, bound);
    steps.push({ bound, dy, dz });
    if (dy > 0) steps.push({ bound, dy: -dy, dz });
    if (dz > 0) steps.push({ bound, dy, dz: -dz });
    if (dy > 0 && dz > 0) steps.push({ bound, dy: -dy, dz: -dz });
  }
  return pack(steps, reach);
}

function pack(steps: readonly { bound: number; dy: number; dz: number }[], reach: number): RowSteps {
  const bytes = new Uint8Array(steps.length * 16);
  const view = new DataView(bytes.buffer);
  steps.forEach(({ bound, dy, dz }, n) => {
    view.setFloat64(n * 16, bound, true);
    view.setInt32(n * 16 + 8, dy, true);
    view.setInt32(n * 16 + 12, dz, true);
  });
  return { bytes, count: steps.length, reach };
}

/** Offsets within which 64 queries are answered at once. */
export interface Shells {
  /** For each offset float64 squared distance (mm^2), int32 |dx|, dy, dz, padding; ascending. */
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly reachY: number;
  readonly reachZ: number;
}

const SHELL_WINDOW = 5;

/** The nearest offsets on the dual grid without (0, 0, 0), up to `most`, none left out before the last. */
export function nearShells([spacingX, spacingY, spacingZ]: readonly [number, number, number], most: number): Shells {
  const square = (n: number, spacing: number) => n * spacing * (n * spacing);
  const window = Math.min(
    square(SHELL_WINDOW, spacingX),
    square(SHELL_WINDOW, spacingY),
    square(SHELL_WINDOW, spacingZ),
  );
  const offsets: { squared: number; dx: number; dy: number; dz: number }[] = [];
  for (let dz = 1 - SHELL_WINDOW; dz < SHELL_WINDOW; dz += 1) {
    for (let dy = 1 - SHELL_WINDOW; dy < SHELL_WINDOW; dy += 1) {
      for (let dx = 0; dx < SHELL_WINDOW; dx += 1) {
        // The order of these additions is part of the definition of a distance.
        const squared = square(dx, spacingX) + square(dy, spacingY) + square(dz, spacingZ);
        if (squared > 0 && squared < window) offsets.push({ squared, dx, dy, dz });
      }
    }
  }
  offsets.sort((a, b) => a.squared - b.squared);
  const kept = offsets.slice(0, most);
  const bytes = new Uint8Array(kept.length * 24);
  const view = new DataView(bytes.buffer);
  kept.forEach(({ squared, dx, dy, dz }, n) => {
    view.setFloat64(n * 24, squared, true);
    view.setInt32(n * 24 + 8, dx, true);
    view.setInt32(n * 24 + 12, dy, true);
    view.setInt32(n * 24 + 16, dz, true);
  });
  const reach = (of: "dy" | "dz") => Math.max(0, ...kept.map((offset) => Math.abs(offset[of])));
  return { bytes, count: kept.length, reachY: reach("dy"), reachZ: reach("dz") };
}

/** Bits of a neighbour code in the order in which the compiled kernel gathers the eight voxels (`assembly/measure.ts`). */
const CODE_BITS = [128, 8, 32, 2, 64, 4, 16, 1];

/** Area class by the gathered voxels. */
export function gatheredClasses({ classOf }: AreaClasses): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, key) => {
    const code = CODE_BITS.reduce((sum, bit, n) => sum + ((key >> n) & 1) * bit, 0);
    return classOf[code] ?? 0;
  });
}
