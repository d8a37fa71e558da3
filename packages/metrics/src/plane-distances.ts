/** Distances from every point of one surface to another on the same grid. */
import { sweepDistances } from "./distance-sweep.ts";
import { NearestSurfel } from "./nearest-surfel.ts";
import type { SurfacePlane } from "./surface-plane.ts";

/** Words that the search may look at for each point of the grid; about what the sweep would cost. */
const LOOKS_PER_POINT = 2;

/**
 * Calls `visit` once for every 32-bit word of `from` that has points. The order of the words is not fixed.
 *
 * @param from, to surfaces on one grid; `to` is not empty.
 * @param visit gets the word number in its row, the row (j, k) and the squared distances in mm^2 of the word's 32 columns; those of
 *   columns without a point mean nothing. 0 where the surfaces coincide.
 */
export function forEachDistance(
  from: SurfacePlane,
  to: SurfacePlane,
  spacingMm: readonly [number, number, number],
  visit: (word: number, j: number, k: number, squared: Float64Array) => void,
): void {
  const { width, height, depth, wordsPerRow } = from;
  const nearest = new NearestSurfel(to, spacingMm);
  const mostLooks = LOOKS_PER_POINT * width * height * depth;
  const squared = new Float64Array(32);
  for (let k = 0, at = 0; k < depth; k += 1) {
    for (let j = 0; j < height; j += 1) {
      if (nearest.looks > mostLooks) {
        sweepDistances(from, to, spacingMm, at, visit);
        return;
      }
      for (let word = 0; word < wordsPerRow; word += 1, at += 1) {
        const points = from.bits[at] as number;
        if (points === 0) continue;
        const coincident = points & (to.bits[at] as number);
        squared.fill(0);
        for (let rest = points ^ coincident; rest !== 0; rest &= rest - 1) {
          const bit = 31 - Math.clz32(rest & -rest);
          squared[bit] = nearest.squaredDistance(word * 32 + bit, j, k);
        }
        visit(word, j, k, squared);
      }
    }
  }
}
