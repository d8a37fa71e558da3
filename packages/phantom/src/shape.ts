/**
 * Shapes as data: what an organ looks like, in millimetres of a standing patient (RAS+: x to the right, y anterior, z superior).
 *
 * A shape is a signed distance (negative inside). Distances of ellipsoids and columns are first-order approximations, which is
 * enough for surfaces that are bent and roughened afterwards; labels are exact by construction, because label and image are made
 * from the same distance.
 */

/** x, y, z in mm. */
export type Point = readonly [number, number, number];

/** x, y, z and radius in mm. */
export type TubePoint = readonly [number, number, number, number];

/** z, centre x, centre y, radius x, radius y in mm. */
export type Level = readonly [number, number, number, number, number];

export type Shape =
  /** Rotation in degrees about x, then y, then z. */
  | { readonly kind: "ellipsoid"; readonly centre: Point; readonly radii: Point; readonly rotation?: Point }
  /** A curve through the points (Catmull-Rom), round, its radius interpolated. */
  | { readonly kind: "tube"; readonly points: readonly TubePoint[] }
  /**
   * Cross-sections stacked along z, between ellipses (squareness 0) and rectangles (1). Beyond the ends they stay as they are
   * ("open", the default) or there is nothing ("closed").
   */
  | {
      readonly kind: "column";
      readonly levels: readonly Level[];
      readonly squareness: number;
      readonly ends?: "open" | "closed";
    }
  /** The side to which the normal does not point. */
  | { readonly kind: "halfspace"; readonly normal: Point; readonly through: Point }
  | { readonly kind: "union"; readonly parts: readonly Shape[]; readonly smoothMm?: number }
  | { readonly kind: "intersection"; readonly parts: readonly Shape[] }
  | { readonly kind: "difference"; readonly from: Shape; readonly minus: readonly Shape[] }
  /** The shape made larger (positive) or smaller (negative) by a margin. */
  | { readonly kind: "offset"; readonly of: Shape; readonly marginMm: number }
  /** The surface of another structure of the document, made larger or smaller. */
  | { readonly kind: "structure"; readonly name: string; readonly marginMm?: number }
  /** A branching tree that stays inside another structure; another tree for every case. */
  | {
      readonly kind: "tree";
      readonly within: string;
      readonly root: Point;
      readonly towards: Point;
      readonly radiusMm: number;
      readonly lengthMm: number;
      readonly generations: number;
    }
  /** Winding tubes inside a box; another winding for every case. */
  | {
      readonly kind: "loops";
      readonly centre: Point;
      readonly extent: Point;
      readonly count: number;
      readonly radiusMm: number;
    }
  /** Rounded blobs at random places inside another structure. */
  | {
      readonly kind: "blobs";
      readonly within: string;
      readonly count: readonly [number, number];
      readonly radiusMm: readonly [number, number];
      /** How deep the middle lies under the surface at least, in mm; negative lets it stick out. */
      readonly depthMm: number;
      readonly flattening?: number;
    };
