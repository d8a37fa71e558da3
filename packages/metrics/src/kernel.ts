/**
 * The seam between the two implementations of the expensive part: the AssemblyScript kernel (WASM SIMD) and the plain
 * TypeScript reference. Both return the same integers and the same float64 bits; everything after the histogram (percentiles,
 * means, NSD) is one shared piece of code.
 */
import type { Counts, SurfaceHistogram } from "./case-comparison.ts";
import type { LabelVolume, Region } from "./label-volume.ts";

export interface KernelRequest {
  readonly reference: LabelVolume;
  /** Same shape as the reference; distances use the reference's spacing. */
  readonly prediction: LabelVolume;
  readonly regions: readonly Region[];
  /**
   * `none`: counts only. `surfels`: closed surfaces on the dual grid with marching-cubes areas (surface-distance, 3D).
   * Other boundary rules (erosion edges, 2D contours) live in their own files and take counts from here.
   */
  readonly boundary: "none" | "surfels";
}

export interface KernelRegion {
  readonly counts: Counts;
  /**
   * null with boundary `none` and where one or both masks are empty. Both implementations give the same arrays: `areas` are
   * the distinct areas of neighbour codes 1 to 254 at the reference's spacing, ascending (also those that do not occur: see
   * `areaClasses`), `distancesMm` the distinct distances that do occur, strictly ascending. A distance is sqrt of the minimum over the other surface of ((dx s0)^2 + (dy s1)^2) + (dz s2)^2, each
   * operation rounded to float64 in this order, dx, dy, dz whole numbers.
   */
  readonly surface: SurfaceHistogram | null;
}

export interface Kernel {
  readonly name: "wasm-simd" | "typescript";
  /** One entry per region, in the order of the request. */
  compare(request: KernelRequest): readonly KernelRegion[];
}
