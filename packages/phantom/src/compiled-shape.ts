/** Shapes turned into functions: signed distance in mm and a box that holds the shape. */
import { growLoops, growTree, placeBlobs } from "./grown-shape.ts";
import type { Random } from "./random.ts";
import type { Level, Point, Shape, TubePoint } from "./shape.ts";
import type { Box, CompiledShape } from "./signed-distance.ts";

/** What a shape may refer to while it is compiled. */
export interface ShapeContext {
  readonly random: Random;
  /** A structure that stands earlier in the document; undefined when this case lacks it. */
  readonly structure: (name: string) => CompiledShape | undefined;
}

/** Beyond this distance nobody asks how far: it is wider than any voxel plus any roughness. */
const farMm = 24;
const everywhere = 1e4;

/** A shape that is nowhere. */
export const nothing: CompiledShape = {
  distance: () => farMm,
  box: { low: [everywhere, everywhere, everywhere], high: [-everywhere, -everywhere, -everywhere] },
};

/** The function of a shape. A shape that refers to a structure which this case lacks is {@link nothing}. */
export function compileShape(shape: Shape, context: ShapeContext): CompiledShape {
  switch (shape.kind) {
    case "ellipsoid":
      return ellipsoid(shape.centre, shape.radii, shape.rotation ?? [0, 0, 0]);
    case "tube":
      return tubes([smoothCurve(shape.points)]);
    case "column":
      return column(shape.levels, shape.squareness, shape.ends ?? "open");
    case "halfspace":
      return halfspace(shape.normal, shape.through);
    case "union":
      return union(
        shape.parts.map((part) => compileShape(part, context)),
        shape.smoothMm ?? 0,
      );
    case "intersection":
      return intersection(shape.parts.map((part) => compileShape(part, context)));
    case "difference":
      return difference(
        compileShape(shape.from, context),
        shape.minus.map((part) => compileShape(part, context)),
      );
    case "offset":
      return offset(compileShape(shape.of, context), shape.marginMm);
    case "structure":
      return offset(context.structure(shape.name) ?? nothing, shape.marginMm ?? 0);
    case "tree": {
      const host = context.structure(shape.within);
      return host === undefined ? nothing : tubes(growTree(shape, host, context.random));
    }
    case "loops":
      return tubes(growLoops(shape, context.random).map(smoothCurve));
    case "blobs": {
      const host = context.structure(shape.within);
      if (host === undefined) return nothing;
      const blobs = placeBlobs(shape, host, context.random);
      return union(
        blobs.map((blob) => ellipsoid(blob.centre, blob.radii, blob.rotation)),
        4,
      );
    }
  }
}

function ellipsoid(centre: Point, radii: Point, rotationDegrees: Point): CompiledShape {
  const [cx, cy, cz] = centre;
  const [rx, ry, rz] = radii;
  const m = rotationMatrix(rotationDegrees);
  const [m0, m1, m2, m3, m4, m5, m6, m7, m8] = m;
  const reach: Point = [
    Math.hypot(m0 * rx, m1 * ry, m2 * rz),
    Math.hypot(m3 * rx, m4 * ry, m5 * rz),
    Math.hypot(m6 * rx, m7 * ry, m8 * rz),
  ];
  const smallest = Math.min(rx, ry, rz);
  const [ux, uy, uz] = [1 / rx, 1 / ry, 1 / rz];
  const [limitX, limitY, limitZ] = [reach[0] + farMm, reach[1] + farMm, reach[2] + farMm];
  return {
    distance(x, y, z) {
      const dx = x - cx;
      const dy = y - cy;
      const dz = z - cz;
      if (dx > limitX || dx < -limitX || dy > limitY || dy < -limitY || dz > limitZ || dz < -limitZ) return farMm;
      // The rotation's transpose brings the point into the ellipsoid's own axes.
      const a = (m0 * dx + m3 * dy + m6 * dz) * ux;
      const b = (m1 * dx + m4 * dy + m7 * dz) * uy;
      const c = (m2 * dx + m5 * dy + m8 * dz) * uz;
      const norm = Math.sqrt(a * a + b * b + c * c);
      const slope = Math.sqrt(a * a * ux * ux + b * b * uy * uy + c * c * uz * uz);
      return slope < 1e-9 ? -smallest : (norm * (norm - 1)) / slope;
    },
    box: {
      low: [cx - reach[0], cy - reach[1], cz - reach[2]],
      high: [cx + reach[0], cy + reach[1], cz + reach[2]],
    },
  };
}

type Matrix = readonly [number, number, number, number, number, number, number, number, number];

/** Rotation about x, then y, then z, in degrees, row by row. */
export function rotationMatrix([ax, ay, az]: Point): Matrix {
  const f = Math.PI / 180;
  const [cx, sx, cy, sy, cz, sz] = [
    Math.cos(ax * f),
    Math.sin(ax * f),
    Math.cos(ay * f),
    Math.sin(ay * f),
    Math.cos(az * f),
    Math.sin(az * f),
  ];
  return [
    cz * cy,
    cz * sy * sx - sz * cx,
    cz * sy * cx + sz * sx,
    sz * cy,
    sz * sy * sx + cz * cx,
    sz * sy * cx - cz * sx,
    -sy,
    cy * sx,
    cy * cx,
  ];
}

/** A Catmull-Rom curve through the points, cut into straight pieces. */
function smoothCurve(points: readonly TubePoint[]): TubePoint[] {
  const curve: TubePoint[] = [];
  const at = (i: number): TubePoint => points[Math.min(Math.max(i, 0), points.length - 1)] as TubePoint;
  for (let i = 0; i + 1 < points.length; i += 1) {
    const [p0, p1, p2, p3] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const pieces = 4;
    for (let s = 0; s < pieces; s += 1) {
      const t = s / pieces;
      const along = (axis: 0 | 1 | 2 | 3): number =>
        0.5 *
        (2 * p1[axis] +
          (p2[axis] - p0[axis]) * t +
          (2 * p0[axis] - 5 * p1[axis] + 4 * p2[axis] - p3[axis]) * t * t +
          (3 * p1[axis] - p0[axis] - 3 * p2[axis] + p3[axis]) * t * t * t);
      curve.push([along(0), along(1), along(2), Math.max(0.3, along(3))]);
    }
  }
  curve.push(at(points.length - 1));
  return curve;
}

/** A piece of a tube: start, radius there, direction, change of radius, 1 / length^2. */
const pieceSize = 9;
const cellMm = 8;
/** Pieces are looked up within this distance of their surface; beyond it a point is "far". */
const lookupMm = 10;

/** Straight pieces between consecutive points of every curve, found through a grid of cells. */
function tubes(curves: readonly (readonly TubePoint[])[]): CompiledShape {
  const pieces: number[] = [];
  const boxes: Box[] = [];
  for (const curve of curves) {
    for (let i = 0; i + 1 < curve.length; i += 1) {
      const [ax, ay, az, ar] = curve[i] as TubePoint;
      const [bx, by, bz, br] = curve[i + 1] as TubePoint;
      const r = Math.max(ar, br);
      const [dx, dy, dz] = [bx - ax, by - ay, bz - az];
      pieces.push(ax, ay, az, ar, dx, dy, dz, br - ar, 1 / Math.max(1e-9, dx * dx + dy * dy + dz * dz));
      boxes.push({
        low: [Math.min(ax, bx) - r, Math.min(ay, by) - r, Math.min(az, bz) - r],
        high: [Math.max(ax, bx) + r, Math.max(ay, by) + r, Math.max(az, bz) + r],
      });
    }
  }
  if (boxes.length === 0) return nothing;
  const box = boxAround(boxes, 0);
  const table = Float64Array.from(pieces);
  const origin: Point = [box.low[0] - lookupMm, box.low[1] - lookupMm, box.low[2] - lookupMm];
  const count = (axis: 0 | 1 | 2): number => Math.ceil((box.high[axis] + lookupMm - origin[axis]) / cellMm);
  const [nx, ny, nz] = [count(0), count(1), count(2)];
  const cells = new Array<number[] | undefined>(nx * ny * nz);
  boxes.forEach((one, n) => {
    const from = (axis: 0 | 1 | 2): number => Math.floor((one.low[axis] - lookupMm - origin[axis]) / cellMm);
    const to = (axis: 0 | 1 | 2): number => Math.floor((one.high[axis] + lookupMm - origin[axis]) / cellMm);
    for (let k = Math.max(0, from(2)); k <= Math.min(nz - 1, to(2)); k += 1) {
      for (let j = Math.max(0, from(1)); j <= Math.min(ny - 1, to(1)); j += 1) {
        for (let i = Math.max(0, from(0)); i <= Math.min(nx - 1, to(0)); i += 1) {
          const cell = i + nx * (j + ny * k);
          const list = cells[cell];
          if (list === undefined) cells[cell] = [n * pieceSize];
          else list.push(n * pieceSize);
        }
      }
    }
  });
  const [ox, oy, oz] = origin;
  return {
    distance(x, y, z) {
      const i = Math.floor((x - ox) / cellMm);
      const j = Math.floor((y - oy) / cellMm);
      const k = Math.floor((z - oz) / cellMm);
      if (i < 0 || j < 0 || k < 0 || i >= nx || j >= ny || k >= nz) return farMm;
      const list = cells[i + nx * (j + ny * k)];
      if (list === undefined) return farMm;
      let best = farMm;
      for (let n = 0; n < list.length; n += 1) {
        const at = list[n] as number;
        const px = x - (table[at] as number);
        const py = y - (table[at + 1] as number);
        const pz = z - (table[at + 2] as number);
        const dx = table[at + 4] as number;
        const dy = table[at + 5] as number;
        const dz = table[at + 6] as number;
        let t = (px * dx + py * dy + pz * dz) * (table[at + 8] as number);
        t = t < 0 ? 0 : Math.min(t, 1);
        const ex = px - t * dx;
        const ey = py - t * dy;
        const ez = pz - t * dz;
        const d = Math.sqrt(ex * ex + ey * ey + ez * ez) - (table[at + 3] as number) - t * (table[at + 7] as number);
        if (d < best) best = d;
      }
      return best;
    },
    box,
  };
}

function boxAround(boxes: readonly Box[], pad: number): Box {
  const low: [number, number, number] = [everywhere, everywhere, everywhere];
  const high: [number, number, number] = [-everywhere, -everywhere, -everywhere];
  for (const box of boxes) {
    for (const axis of [0, 1, 2] as const) {
      low[axis] = Math.min(low[axis], box.low[axis] - pad);
      high[axis] = Math.max(high[axis], box.high[axis] + pad);
    }
  }
  return { low, high };
}

/**
 * Cross-sections between circle and square: `u^2 + v^2 - s^2 u^2 v^2 = 1` (the squircle of Fernandez Guasti), which needs no
 * power function.
 */
function column(levels: readonly Level[], squareness: number, ends: "open" | "closed"): CompiledShape {
  const last = levels.length - 1;
  const bottom = levels[0]?.[0] ?? 0;
  const top = levels[last]?.[0] ?? 0;
  const closed = ends === "closed";
  const box = boxAround(
    levels.map(([, cx, cy, rx, ry]) => ({
      low: [cx - rx, cy - ry, closed ? bottom : -everywhere],
      high: [cx + rx, cy + ry, closed ? top : everywhere],
    })),
    0,
  );
  const s2 = 4 * squareness * squareness;
  const table = Float64Array.from(levels.flat());
  return {
    distance(x, y, z) {
      let i = 0;
      while (i + 1 < last && z > (table[5 * i + 5] as number)) i += 1;
      const at = 5 * i;
      const next = at + (last > 0 ? 5 : 0);
      const z0 = table[at] as number;
      const z1 = table[next] as number;
      let t = z1 === z0 ? 0 : (z - z0) / (z1 - z0);
      t = t < 0 ? 0 : Math.min(t, 1);
      t = t * t * (3 - 2 * t);
      const cx = table[at + 1] as number;
      const cy = table[at + 2] as number;
      const rx = (table[at + 3] as number) + ((table[next + 3] as number) - (table[at + 3] as number)) * t;
      const ry = (table[at + 4] as number) + ((table[next + 4] as number) - (table[at + 4] as number)) * t;
      const u = (x - cx - ((table[next + 1] as number) - cx) * t) / rx;
      const v = (y - cy - ((table[next + 2] as number) - cy) * t) / ry;
      const u2 = u * u;
      const v2 = v * v;
      const sum = u2 + v2;
      const norm = Math.sqrt(0.5 * (sum + Math.sqrt(Math.max(0, sum * sum - s2 * u2 * v2))));
      const d = sum < 1e-12 ? -Math.min(rx, ry) : (norm - 1) * Math.sqrt(sum / (u2 / (rx * rx) + v2 / (ry * ry)));
      return closed ? Math.max(d, bottom - z, z - top) : d;
    },
    box,
  };
}

function halfspace(normal: Point, through: Point): CompiledShape {
  const length = Math.hypot(...normal);
  const [nx, ny, nz] = [normal[0] / length, normal[1] / length, normal[2] / length];
  const level = nx * through[0] + ny * through[1] + nz * through[2];
  return {
    distance: (x, y, z) => nx * x + ny * y + nz * z - level,
    box: { low: [-everywhere, -everywhere, -everywhere], high: [everywhere, everywhere, everywhere] },
  };
}

function union(parts: readonly CompiledShape[], smoothMm: number): CompiledShape {
  const first = parts[0];
  if (first === undefined) return nothing;
  if (parts.length === 1) return first;
  const k = smoothMm;
  return {
    distance(x, y, z) {
      let d = first.distance(x, y, z);
      for (let i = 1; i < parts.length; i += 1) {
        const e = (parts[i] as CompiledShape).distance(x, y, z);
        // The polynomial smooth minimum rounds the seam where two parts meet.
        const h = k > 0 ? Math.max(k - Math.abs(d - e), 0) / k : 0;
        d = Math.min(d, e) - h * h * k * 0.25;
      }
      return d;
    },
    box: boxAround(
      parts.map((part) => part.box),
      k / 4,
    ),
  };
}

function intersection(parts: readonly CompiledShape[]): CompiledShape {
  const corner = (pick: (part: CompiledShape) => Point, choose: (...values: number[]) => number): Point => [
    choose(...parts.map((part) => pick(part)[0])),
    choose(...parts.map((part) => pick(part)[1])),
    choose(...parts.map((part) => pick(part)[2])),
  ];
  return {
    distance(x, y, z) {
      let d = -everywhere;
      for (const part of parts) d = Math.max(d, part.distance(x, y, z));
      return d;
    },
    box: { low: corner((part) => part.box.low, Math.max), high: corner((part) => part.box.high, Math.min) },
  };
}

function difference(from: CompiledShape, minus: readonly CompiledShape[]): CompiledShape {
  return {
    distance(x, y, z) {
      let d = from.distance(x, y, z);
      for (const part of minus) d = Math.max(d, -part.distance(x, y, z));
      return d;
    },
    box: from.box,
  };
}

function offset(of: CompiledShape, marginMm: number): CompiledShape {
  if (marginMm === 0) return of;
  const { low, high } = of.box;
  return {
    distance: (x, y, z) => of.distance(x, y, z) - marginMm,
    box: {
      low: [low[0] - marginMm, low[1] - marginMm, low[2] - marginMm],
      high: [high[0] + marginMm, high[1] + marginMm, high[2] + marginMm],
    },
  };
}
