/**
 * Post-processing as nnU-Net defines it: of the voxels that carry one of the given labels, only the largest connected component
 * (26 neighbours taken as connected in nnU-Net's acvl_utils; ties keep the component met first) stays, the rest becomes background.
 */
import { type Triple, voxelCount } from "./grid3.ts";

/**
 * Keeps the largest component of the union of some labels, in place.
 *
 * @param labels label map, x fastest
 * @param kept labels that are taken together
 */
export function keepLargestComponent(labels: Uint8Array | Uint16Array, shape: Triple, kept: readonly number[]): void {
  const [nx, ny, nz] = shape;
  if (labels.length !== voxelCount(shape))
    throw new RangeError(`${labels.length} labels do not fill ${shape.join("x")} voxels`);
  const wanted = new Set(kept);
  const component = new Int32Array(labels.length);
  const stack: number[] = [];
  let components = 0;
  let best = 0;
  let bestSize = 0;
  for (let seed = 0; seed < labels.length; seed++) {
    if (component[seed] !== 0 || !wanted.has(labels[seed] ?? 0)) continue;
    components += 1;
    let size = 0;
    component[seed] = components;
    stack.push(seed);
    while (stack.length > 0) {
      const index = stack.pop() ?? 0;
      size += 1;
      const x = index % nx;
      const y = Math.floor(index / nx) % ny;
      const z = Math.floor(index / (nx * ny));
      for (let dz = -1; dz <= 1; dz++) {
        if (z + dz < 0 || z + dz >= nz) continue;
        for (let dy = -1; dy <= 1; dy++) {
          if (y + dy < 0 || y + dy >= ny) continue;
          for (let dx = -1; dx <= 1; dx++) {
            if (x + dx < 0 || x + dx >= nx) continue;
            const near = index + dx + nx * (dy + ny * dz);
            if (component[near] === 0 && wanted.has(labels[near] ?? 0)) {
              component[near] = components;
              stack.push(near);
            }
          }
        }
      }
    }
    if (size > bestSize) {
      bestSize = size;
      best = components;
    }
  }
  if (components < 2) return;
  for (let i = 0; i < labels.length; i++) if (component[i] !== 0 && component[i] !== best) labels[i] = 0;
}
