/**
 * Orientation: which way the array axes run in the patient.
 *
 * Codes name the positive direction of each axis, as in nibabel's `aff2axcodes`: `RAS` runs to the right, to the front and up.
 */
import { affineSpacing } from "./affine.ts";
import { type Axis, type AxisTransform, invertTransform, reorientLabelMap, reorientVolume } from "./axis-transform.ts";
import type { Affine } from "./geometry.ts";
import type { LabelMap, Volume } from "./volume.ts";

type Matrix = [number, number, number, number, number, number, number, number, number];

function inverseTranspose(m: Matrix): Matrix | null {
  const [a, b, c, d, e, f, g, h, i] = m;
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  if (det === 0 || !Number.isFinite(det)) return null;
  const cofactors: Matrix = [
    e * i - f * h,
    f * g - d * i,
    d * h - e * g,
    c * h - b * i,
    a * i - c * g,
    b * g - a * h,
    b * f - c * e,
    c * d - a * f,
    a * e - b * d,
  ];
  return cofactors.map((value) => value / det) as Matrix;
}

/** The rotation (or reflection) nearest to the affine's directions: polar decomposition by Newton's iteration (Higham 1986). */
function nearestRotation(affine: Affine): Matrix | null {
  const lengths = affineSpacing(affine);
  let matrix = [0, 4, 8].flatMap((row) =>
    [0, 1, 2].map((axis) => (affine[row + axis] as number) / (lengths[axis] as number)),
  ) as Matrix;
  for (let step = 0; step < 60; step += 1) {
    const inverse = inverseTranspose(matrix);
    if (inverse === null) return null;
    const next = matrix.map((value, index) => (value + (inverse[index] as number)) / 2) as Matrix;
    const change = Math.max(...next.map((value, index) => Math.abs(value - (matrix[index] as number))));
    matrix = next;
    if (change < 1e-15) break;
  }
  return matrix.every(Number.isFinite) ? matrix : null;
}

interface AxisDirection {
  /** World axis (0 right, 1 anterior, 2 superior) that the array axis follows most. */
  readonly world: Axis;
  readonly positive: boolean;
}

/** World direction of each array axis, every world axis used once; first come, first served, as in nibabel's `io_orientation`. */
function axisDirections(affine: Affine): readonly [AxisDirection, AxisDirection, AxisDirection] {
  const rotation = nearestRotation(affine);
  if (rotation === null) throw new RangeError("the affine cannot be inverted, so its axes have no directions");
  const used = new Set<Axis>();
  const directions = ([0, 1, 2] as const).map((axis) => {
    const along = (world: Axis): number => rotation[world * 3 + axis] as number;
    const free = ([0, 1, 2] as const).filter((world) => !used.has(world));
    const world = free.reduce((best, candidate) =>
      Math.abs(along(candidate)) > Math.abs(along(best)) ? candidate : best,
    );
    used.add(world);
    return { world, positive: along(world) >= 0 };
  });
  return directions as unknown as readonly [AxisDirection, AxisDirection, AxisDirection];
}

/**
 * Axis codes of an affine, such as `RAS` or `LPS`.
 *
 * @throws RangeError when the affine cannot be inverted (readers refuse such files)
 *
 * @example
 * ```ts
 * orientationCodes([-1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0]); // "LPS"
 * ```
 */
export function orientationCodes(affine: Affine): string {
  return axisDirections(affine)
    .map(({ world, positive }) => (positive ? "RAS" : "LPI")[world])
    .join("");
}

/** The axis transform that brings a grid to the axes nearest to RAS; its inverse ({@link invertTransform}) brings it back. */
export function toRasTransform(affine: Affine): AxisTransform {
  const directions = axisDirections(affine);
  // Old axis a follows world axis w: new axis w is old axis a.
  const axes: [Axis, Axis, Axis] = [0, 1, 2];
  const flips: [boolean, boolean, boolean] = [false, false, false];
  for (const axis of [0, 1, 2] as const) {
    const { world, positive } = directions[axis];
    axes[world] = axis;
    flips[world] = !positive;
  }
  return { axes, flips };
}

/**
 * A label map in the axes nearest to RAS, and the transform that undoes it. Voxels are moved, never changed.
 *
 * @example
 * ```ts
 * const { labelMap, back } = labelMapToRas(prediction);
 * const original = reorientLabelMap(labelMap, back);
 * ```
 */
export function labelMapToRas(labelMap: LabelMap): { readonly labelMap: LabelMap; readonly back: AxisTransform } {
  const transform = toRasTransform(labelMap.geometry.affine);
  return { labelMap: reorientLabelMap(labelMap, transform), back: invertTransform(transform) };
}

/** A volume in the axes nearest to RAS (nibabel's `as_closest_canonical`), and the transform that undoes it. */
export function volumeToRas(volume: Volume): { readonly volume: Volume; readonly back: AxisTransform } {
  const transform = toRasTransform(volume.geometry.affine);
  return { volume: reorientVolume(volume, transform), back: invertTransform(transform) };
}
