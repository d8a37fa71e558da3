/** Shapes that grow from the random stream of a case: vessel trees, bowel loops, lesions. */
import type { Random } from "./random.ts";
import type { Point, Shape, TubePoint } from "./shape.ts";
import type { CompiledShape } from "./signed-distance.ts";

type Of<Kind extends Shape["kind"]> = Extract<Shape, { kind: Kind }>;

/** How deep a branch stays under the surface of its host, in mm. */
const marginMm = 3;

function unit([x, y, z]: Point): Point {
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}

/**
 * Branches of a tree: each ends in two thinner ones whose radii keep the flow (r^3 = r1^3 + r2^3, Murray's law), turned away
 * from each other and from the surface of the host.
 */
export function growTree(shape: Of<"tree">, host: CompiledShape, random: Random): TubePoint[][] {
  const branches: TubePoint[][] = [];
  const grow = (from: TubePoint, direction: Point, lengthMm: number, generation: number): void => {
    const steps = 3;
    const branch: TubePoint[] = [from];
    let [x, y, z, r] = from;
    let heading = direction;
    for (let step = 0; step < steps; step += 1) {
      const bend = 0.22;
      heading = unit([
        heading[0] + bend * random.normal(),
        heading[1] + bend * random.normal(),
        heading[2] + bend * random.normal(),
      ]);
      const stride = lengthMm / steps;
      const next: Point = [x + heading[0] * stride, y + heading[1] * stride, z + heading[2] * stride];
      if (generation > 0 && host.distance(...next) > -marginMm) break;
      [x, y, z] = next;
      r *= 0.96;
      branch.push([x, y, z, r]);
    }
    if (branch.length > 1) branches.push(branch);
    if (generation + 1 >= shape.generations || branch.length < 2) return;
    const axis = unit(cross(heading, unit([random.normal(), random.normal(), random.normal()])));
    const share = random.between(0.35, 0.65);
    for (const [sign, part] of [
      [1, share],
      [-1, 1 - share],
    ] as const) {
      const spread = sign * random.between(0.45, 0.8);
      const turned = unit([
        heading[0] + axis[0] * spread,
        heading[1] + axis[1] * spread,
        heading[2] + axis[2] * spread,
      ]);
      grow([x, y, z, r * Math.cbrt(part)], turned, lengthMm * random.between(0.7, 0.9), generation + 1);
    }
  };
  const start = unit([
    shape.towards[0] - shape.root[0],
    shape.towards[1] - shape.root[1],
    shape.towards[2] - shape.root[2],
  ]);
  grow([...shape.root, shape.radiusMm], start, shape.lengthMm, 0);
  return branches;
}

function cross([ax, ay, az]: Point, [bx, by, bz]: Point): Point {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

/** Curves that wander through a box and turn back at its walls. */
export function growLoops(shape: Of<"loops">, random: Random): TubePoint[][] {
  const loops: TubePoint[][] = [];
  for (let loop = 0; loop < shape.count; loop += 1) {
    const curve: TubePoint[] = [];
    let p: Point = [random.between(-0.9, 0.9), random.between(-0.8, 0.8), random.between(-0.9, 0.9)];
    let heading = unit([random.normal(), random.normal() * 0.6, random.normal()]);
    for (let step = 0; step < 6; step += 1) {
      curve.push([
        shape.centre[0] + p[0] * shape.extent[0],
        shape.centre[1] + p[1] * shape.extent[1],
        shape.centre[2] + p[2] * shape.extent[2],
        shape.radiusMm * random.between(0.8, 1.15),
      ]);
      heading = unit([
        heading[0] + 0.9 * random.normal() - 1.2 * p[0] ** 3,
        heading[1] + 0.9 * random.normal() - 1.2 * p[1] ** 3,
        heading[2] + 0.9 * random.normal() - 1.2 * p[2] ** 3,
      ]);
      const stride = 2.1 * shape.radiusMm;
      const clamp = (value: number): number => Math.max(-1, Math.min(1, value));
      p = [
        clamp(p[0] + (heading[0] * stride) / shape.extent[0]),
        clamp(p[1] + (heading[1] * stride) / shape.extent[1]),
        clamp(p[2] + (heading[2] * stride) / shape.extent[2]),
      ];
    }
    loops.push(curve);
  }
  return loops;
}

interface Blob {
  readonly centre: Point;
  readonly radii: Point;
  readonly rotation: Point;
}

/** Ellipsoids of random size at random places of the host; small ones are commoner than large ones. */
export function placeBlobs(shape: Of<"blobs">, host: CompiledShape, random: Random): Blob[] {
  const count = random.integer(shape.count[0], shape.count[1]);
  const { low, high } = host.box;
  const blobs: Blob[] = [];
  for (let blob = 0; blob < count; blob += 1) {
    const [smallest, largest] = shape.radiusMm;
    const radius = smallest * (largest / smallest) ** random.next();
    const squash = shape.flattening ?? 0.25;
    for (let attempt = 0; attempt < 400; attempt += 1) {
      const centre: Point = [
        random.between(low[0], high[0]),
        random.between(low[1], high[1]),
        random.between(low[2], high[2]),
      ];
      // After many failures (a thin host) any point inside will do.
      const depth = attempt < 250 ? shape.depthMm : 0.5;
      if (host.distance(...centre) > -depth) continue;
      blobs.push({
        centre,
        radii: [
          radius,
          radius * random.between(1 - squash, 1 + squash),
          radius * random.between(1 - squash, 1 + squash),
        ],
        rotation: [random.between(0, 180), random.between(0, 180), random.between(0, 180)],
      });
      break;
    }
  }
  return blobs;
}
