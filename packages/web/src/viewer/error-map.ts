/** Where a prediction is wrong, voxel by voxel, and where it is most wrong. */
import type { Shape } from "@segathlon/volume";

/** Values of an error map. */
export const errorKinds = [
  { value: 1, name: "right", colour: "#9aa4b1" },
  { value: 2, name: "missed (reference only)", colour: "#4682fa" },
  { value: 3, name: "spurious (prediction only)", colour: "#e68c14" },
  { value: 4, name: "wrong label", colour: "#dc3214" },
] as const;

type Labels = Uint8Array | Uint16Array | Uint32Array;

/**
 * Compares two label maps on one grid.
 *
 * @param regionLabels The labels that are scored; others count as background.
 * @throws RangeError when the grids differ.
 */
export function errorMap(reference: Labels, prediction: Labels, regionLabels: ReadonlySet<number>): Uint8Array {
  if (reference.length !== prediction.length)
    throw new RangeError("errorMap: reference and prediction have different grids");
  const errors = new Uint8Array(reference.length);
  for (let voxel = 0; voxel < errors.length; voxel++) {
    const expected = reference[voxel] ?? 0;
    const found = prediction[voxel] ?? 0;
    const inReference = regionLabels.has(expected);
    const inPrediction = regionLabels.has(found);
    if (inReference) errors[voxel] = !inPrediction ? 2 : expected === found ? 1 : 4;
    else if (inPrediction) errors[voxel] = 3;
  }
  return errors;
}

export interface WorstSlice {
  /** Index along the third axis. */
  readonly slice: number;
  readonly wrongVoxels: number;
  /** Voxel at the middle of the errors in that slice. */
  readonly centre: readonly [number, number, number];
}

/** The slice along the third axis with the most wrong voxels; null when nothing is wrong. */
export function worstSlice(errors: Uint8Array, [nx, ny, nz]: Shape): WorstSlice | null {
  let worst: WorstSlice | null = null;
  for (let k = 0; k < nz; k++) {
    let wrong = 0;
    let sumI = 0;
    let sumJ = 0;
    for (let j = 0; j < ny; j++)
      for (let i = 0; i < nx; i++)
        if ((errors[i + nx * (j + ny * k)] ?? 0) > 1) {
          wrong += 1;
          sumI += i;
          sumJ += j;
        }
    if (wrong > (worst?.wrongVoxels ?? 0))
      worst = { slice: k, wrongVoxels: wrong, centre: [Math.round(sumI / wrong), Math.round(sumJ / wrong), k] };
  }
  return worst;
}
