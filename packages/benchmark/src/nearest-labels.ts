/** Nearest-neighbour resampling of a label map onto another grid. No label is invented; outside the source is background. */
import { applyAffine, composeAffines, type Geometry, invertAffine, type LabelMap } from "@segathlon/volume";

/**
 * The labels of `source` at the voxel centres of `target`. A centre halfway between two voxels takes the higher index.
 *
 * @throws RangeError when the source's affine cannot be inverted (readers refuse such files).
 */
export function nearestLabels(source: LabelMap, target: Geometry): LabelMap {
  const inverse = invertAffine(source.geometry.affine);
  if (inverse === null) throw new RangeError("the affine of the source is singular");
  const toSource = composeAffines(inverse, target.affine);
  const [nx, ny, nz] = target.shape;
  const [mx, my, mz] = source.geometry.shape;
  const LabelArray = source.labels.constructor as new (length: number) => LabelMap["labels"];
  const result = new LabelArray(nx * ny * nz);
  let to = 0;
  for (let k = 0; k < nz; k += 1) {
    for (let j = 0; j < ny; j += 1) {
      for (let i = 0; i < nx; i += 1, to += 1) {
        const [x, y, z] = applyAffine(toSource, [i, j, k]);
        const [a, b, c] = [Math.floor(x + 0.5), Math.floor(y + 0.5), Math.floor(z + 0.5)];
        if (a < 0 || b < 0 || c < 0 || a >= mx || b >= my || c >= mz) continue;
        result[to] = source.labels[a + mx * (b + my * c)] as number;
      }
    }
  }
  return { geometry: target, labels: result };
}
