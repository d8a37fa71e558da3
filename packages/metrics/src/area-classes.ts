/** The distinct surfel areas at one spacing: what a distance histogram counts by. */
import { surfelAreas } from "./surfel-areas.ts";

export interface AreaClasses {
  /** Distinct areas of neighbour codes 1 to 254 in mm^2, ascending. 12 at 1 mm isotropic, at most 127. */
  readonly areas: Float64Array;
  /** Index into `areas` by neighbour code; 0 for codes 0 and 255, which are no surface. */
  readonly classOf: Uint8Array;
}

/**
 * Area classes at a spacing, in the order in which `DistanceHistogram.areas` lists them.
 *
 * @param spacingMm millimetres per voxel along each axis, positive and finite.
 */
export function areaClasses(spacingMm: readonly [number, number, number]): AreaClasses {
  const byCode = surfelAreas(spacingMm);
  const areas = Float64Array.from(new Set(byCode.subarray(1, 255))).sort();
  const classOf = Uint8Array.from(byCode, (area) => Math.max(0, areas.indexOf(area)));
  return { areas, classOf };
}
