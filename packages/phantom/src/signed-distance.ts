/** A shape as a function: how far a point lies from its surface. */
import type { Point } from "./shape.ts";

/** Low and high corner, in mm. */
export interface Box {
  readonly low: Point;
  readonly high: Point;
}

export interface CompiledShape {
  /** Signed distance in mm, negative inside; values above 24 mm are not told apart. */
  readonly distance: (x: number, y: number, z: number) => number;
  readonly box: Box;
}
