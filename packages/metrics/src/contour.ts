/**
 * The two-dimensional case of google-deepmind/surface-distance: contour elements on pixel corners, each with a length. The
 * neighbour code of dual point (i, j) is 8 m[i-1,j-1] + 4 m[i-1,j] + 2 m[i,j-1] + m[i,j].
 */
import type { BitMask } from "./bit-mask.ts";
import type { SurfaceHistogram } from "./case-comparison.ts";
import { type BoundaryPoints, boundaryDistances } from "./element-distances.ts";
import type { LabelVolume } from "./label-volume.ts";

/**
 * Length in mm of the contour in the cell of each of the 16 neighbour codes: half a pixel diagonal for one or three corners, a
 * whole one for two opposite corners, a pixel side for two adjacent corners.
 */
export function contourLengths(spacingMm: readonly [number, number]): Float64Array {
  const [s0, s1] = spacingMm;
  const half = 0.5 * Math.sqrt(s0 * s0 + s1 * s1);
  const twice = 2 * half;
  return Float64Array.of(0, half, half, s1, half, s0, twice, half, half, twice, s0, half, s1, half, half, 0);
}

/** The axis to drop from a volume of one slice. Where several axes have one voxel, the last. */
function flatAxis(shape: LabelVolume["shape"]): number {
  const axis = shape.lastIndexOf(1);
  if (axis < 0) {
    throw new RangeError(`two-dimensional rules need a volume of one slice; this one has shape [${shape.join(", ")}]`);
  }
  return axis;
}

/**
 * The same voxels as an image along the first two axes. An axis of one voxel does not change the order of the voxels.
 *
 * @throws RangeError when no axis has one voxel.
 */
export function asImage(volume: LabelVolume): LabelVolume {
  const flat = flatAxis(volume.shape);
  const kept = [0, 1, 2].filter((axis) => axis !== flat);
  const pick = (values: readonly number[], last: number): [number, number, number] => [
    values[kept[0] as number] as number,
    values[kept[1] as number] as number,
    last,
  ];
  return {
    data: volume.data,
    shape: pick(volume.shape, 1),
    spacingMm: pick(volume.spacingMm, volume.spacingMm[flat] as number),
  };
}

function contourPoints(mask: BitMask, classOf: Uint8Array): BoundaryPoints {
  const { wordsPerRow } = mask;
  // Slice 1 of the padded mask holds the image; row j of it is image row j - 1.
  const image = (mask.height + 2) * wordsPerRow;
  const voxel = (i: number, j: number): number =>
    i < 0 ? 0 : ((mask.bits[image + (j + 1) * wordsPerRow + (i >>> 5)] as number) >>> (i & 31)) & 1;
  const code = (i: number, j: number): number =>
    8 * voxel(i - 1, j - 1) + 4 * voxel(i - 1, j) + 2 * voxel(i, j - 1) + voxel(i, j);
  const width = mask.width + 1;
  const height = mask.height + 1;
  const bits = new Int32Array(height * wordsPerRow);
  for (let j = 0; j < height; j += 1) {
    for (let i = 0; i < width; i += 1) {
      const own = code(i, j);
      if (own === 0 || own === 15) continue;
      const word = j * wordsPerRow + (i >>> 5);
      bits[word] = (bits[word] as number) | (1 << (i & 31));
    }
  }
  return {
    plane: { width, height, depth: 1, wordsPerRow, bits },
    classAt: (i, j) => classOf[code(i, j)] as number,
  };
}

/** Distances between the contours of two one-slice masks, both not empty. */
export function contourDistances(
  reference: BitMask,
  prediction: BitMask,
  spacingMm: readonly [number, number, number],
): SurfaceHistogram {
  const lengths = contourLengths([spacingMm[0], spacingMm[1]]);
  const distinct = Float64Array.from(new Set(lengths.subarray(1, 15))).sort();
  const classOf = Uint8Array.from(lengths, (length) => Math.max(0, distinct.indexOf(length)));
  return boundaryDistances(contourPoints(reference, classOf), contourPoints(prediction, classOf), distinct, spacingMm);
}
