/**
 * Axis transforms: the 48 ways to store one voxel grid along permuted and flipped axes. They move voxels and never change one,
 * so going there and back gives the same bytes.
 */
import type { Affine, Geometry, Shape, SpacingMm } from "./geometry.ts";
import type { LabelMap, Volume, VoxelArray } from "./volume.ts";
import { makeVoxelArray, voxelTypeOf } from "./voxel-type.ts";

export type Axis = 0 | 1 | 2;

/** How to read a new grid from an old one. */
export interface AxisTransform {
  /** New axis `t` runs along old axis `axes[t]`. */
  readonly axes: readonly [Axis, Axis, Axis];
  /** New axis `t` runs against the direction of the old axis. */
  readonly flips: readonly [boolean, boolean, boolean];
}

export const identityTransform: AxisTransform = { axes: [0, 1, 2], flips: [false, false, false] };

/** True when nothing moves. */
export function isIdentityTransform({ axes, flips }: AxisTransform): boolean {
  return axes[0] === 0 && axes[1] === 1 && axes[2] === 2 && !flips.includes(true);
}

/** The transform that undoes another. */
export function invertTransform({ axes, flips }: AxisTransform): AxisTransform {
  const inverse: [Axis, Axis, Axis] = [0, 1, 2];
  const back: [boolean, boolean, boolean] = [false, false, false];
  for (const target of [0, 1, 2] as const) {
    inverse[axes[target]] = target;
    back[axes[target]] = flips[target];
  }
  return { axes: inverse, flips: back };
}

/** In words, for reports: `j, -i, k` means that the new first axis is the old second one, the new second the old first reversed. */
export function describeTransform({ axes, flips }: AxisTransform): string {
  return axes.map((axis, target) => `${flips[target] ? "-" : ""}${"ijk"[axis]}`).join(", ");
}

/** Shape after a transform. */
export function transformShape(shape: Shape, { axes }: AxisTransform): Shape {
  return [shape[axes[0]], shape[axes[1]], shape[axes[2]]];
}

/** Geometry after a transform: every voxel keeps its place in the patient. */
export function transformGeometry(geometry: Geometry, transform: AxisTransform): Geometry {
  const { axes, flips } = transform;
  const { shape, spacingMm, affine } = geometry;
  const rows: number[] = [];
  for (const row of [0, 4, 8] as const) {
    const at = (axis: Axis): number => affine[row + axis] as number;
    let offset = affine[row + 3] as number;
    for (const target of [0, 1, 2] as const) {
      const axis = axes[target];
      if (flips[target]) offset += at(axis) * (shape[axis] - 1);
      // Not `-value` for an unflipped axis and no `value * -1` either: 0 stays 0, so that exact matrices stay exactly equal.
      rows.push(flips[target] && at(axis) !== 0 ? -at(axis) : at(axis));
    }
    rows.push(offset);
  }
  const spacing: SpacingMm = [spacingMm[axes[0]], spacingMm[axes[1]], spacingMm[axes[2]]];
  return { shape: transformShape(shape, transform), spacingMm: spacing, affine: rows as unknown as Affine };
}

/**
 * Voxels after a transform, in a new array of the same type; `channels` grids one after the other are moved alike.
 *
 * @param shape shape of the input grid
 */
export function transformVoxels<Data extends VoxelArray>(
  data: Data,
  shape: Shape,
  transform: AxisTransform,
  channels = 1,
): Data {
  const size = shape[0] * shape[1] * shape[2];
  if (data.length !== size * channels) {
    throw new RangeError(`${data.length} voxels do not fill ${channels} grids of ${shape.join("x")}`);
  }
  const result = makeVoxelArray(voxelTypeOf(data), data.length) as Data;
  const steps = [1, shape[0], shape[0] * shape[1]] as const;
  const [nx, ny, nz] = transformShape(shape, transform);
  const { axes, flips } = transform;
  let origin = 0;
  const step = [0, 0, 0];
  for (const target of [0, 1, 2] as const) {
    const axis = axes[target];
    step[target] = flips[target] ? -steps[axis] : steps[axis];
    if (flips[target]) origin += steps[axis] * (shape[axis] - 1);
  }
  const [sx, sy, sz] = step as [number, number, number];
  let to = 0;
  for (let channel = 0; channel < channels; channel += 1) {
    for (let z = 0; z < nz; z += 1) {
      for (let y = 0; y < ny; y += 1) {
        let from = channel * size + origin + z * sz + y * sy;
        for (let x = 0; x < nx; x += 1) {
          result[to] = data[from] as number & bigint;
          to += 1;
          from += sx;
        }
      }
    }
  }
  return result;
}

/**
 * A label map brought onto other axes without loss: same labels at the same places in the patient.
 *
 * @example
 * ```ts
 * const comparison = compareGeometry(reference.geometry, prediction.geometry);
 * const matched = comparison.kind === "reoriented" ? reorientLabelMap(prediction, comparison.transform) : prediction;
 * ```
 */
export function reorientLabelMap(labelMap: LabelMap, transform: AxisTransform): LabelMap {
  return {
    geometry: transformGeometry(labelMap.geometry, transform),
    labels: transformVoxels(labelMap.labels, labelMap.geometry.shape, transform),
  };
}

/**
 * A volume brought onto other axes without loss. What its header says beyond the grid (description, extensions, further dimensions)
 * stays; a writer makes new transforms for the new axes.
 */
export function reorientVolume(volume: Volume, transform: AxisTransform): Volume {
  const { details } = volume;
  const geometry = transformGeometry(volume.geometry, transform);
  const turned = (values: readonly number[], spatial: readonly number[]): number[] => [...spatial, ...values.slice(3)];
  return {
    ...volume,
    geometry,
    ...(details === undefined
      ? {}
      : {
          details: {
            ...details,
            dimensions: turned(details.dimensions, geometry.shape),
            steps: turned(details.steps, geometry.spacingMm),
          },
        }),
    data: transformVoxels(volume.data, volume.geometry.shape, transform, volume.channels),
  };
}
