/** The anatomy of one patient: the structures of a document, moved, scaled and grown by the random stream of the case. */
import type { ErrorPlace } from "@segathlon/errors";
import { SegathlonError } from "@segathlon/errors";
import { compileShape, nothing, rotationMatrix } from "./compiled-shape.ts";
import { type NoiseField, noiseField } from "./noise-field.ts";
import type { PhantomDocument, Structure } from "./phantom-document.ts";
import type { Random } from "./random.ts";
import type { Point, Shape } from "./shape.ts";
import type { Box, CompiledShape } from "./signed-distance.ts";

/** A structure ready to be painted. */
export interface PlacedStructure {
  readonly structure: Structure;
  /** Label value to write where the distance is negative; undefined keeps what is there. */
  readonly label: number | undefined;
  readonly shape: CompiledShape;
}

export interface Patient {
  readonly sex: "F" | "M";
  readonly age: number;
  readonly disease: string;
}

/** Chooses sex, age and disease. */
export function drawPatient(document: PhantomDocument, random: Random): Patient {
  const sex = document.sexes[random.integer(0, document.sexes.length - 1)] ?? "F";
  const age = random.integer(document.ages[0], document.ages[1]);
  const disease = weighted(document.diseases, random)?.name ?? "none";
  return { sex, age, disease };
}

/** One of the options, as often as its weight says. */
export function weighted<T extends { readonly weight: number }>(options: readonly T[], random: Random): T | undefined {
  const total = options.reduce((sum, option) => sum + option.weight, 0);
  let left = random.next() * total;
  for (const option of options) {
    left -= option.weight;
    if (left < 0) return option;
  }
  return options.at(-1);
}

/**
 * The structures that this patient has, in painting order.
 *
 * @throws SegathlonError SEG601 when a shape or a `within` names a structure that does not stand earlier in the document.
 */
export function placeAnatomy(document: PhantomDocument, patient: Patient, random: Random): PlacedStructure[] {
  const known = new Set<string>();
  const placed = new Map<string, CompiledShape>();
  const moves = new Map<string, (shape: CompiledShape) => CompiledShape>();
  const roughness: NoiseField = noiseField(random.stream("roughness"));
  const labelOf = new Map(
    document.labels.flatMap((label) => label.structures.map((name) => [name, label.value] as const)),
  );
  const result: PlacedStructure[] = [];
  for (const structure of document.anatomy) {
    const { name, within } = structure;
    const refer = (other: string): CompiledShape | undefined => {
      if (!known.has(other)) throw unknownStructure(document, structure, other);
      return placed.get(other);
    };
    const host = within === undefined ? undefined : refer(within);
    known.add(name);
    const stream = random.stream(name);
    if (!isPresent(structure, patient, stream)) continue;
    if (within !== undefined && host === undefined) continue;
    let shape = compileShape(structure.shape, { random: stream.stream("shape"), structure: refer });
    if (!refersToStructure(structure.shape)) {
      const group = structure.group ?? name;
      const move = moves.get(group) ?? mover(structure, shape.box, random.stream(`group/${group}`));
      moves.set(group, move);
      shape = move(shape);
    }
    shape = roughen(fold(shape, structure, roughness, stream), structure, roughness, stream);
    if (host !== undefined) shape = inside(shape, host);
    shape = remembering(shape);
    placed.set(name, shape);
    result.push({ structure, shape, label: labelOf.get(name) ?? (within === undefined ? 0 : undefined) });
  }
  return result;
}

function isPresent(structure: Structure, patient: Patient, random: Random): boolean {
  if (structure.sex !== undefined && structure.sex !== patient.sex) return false;
  if (structure.disease !== undefined && structure.disease !== patient.disease) return false;
  return random.stream("presence").next() < (structure.presence ?? 1);
}

function unknownStructure(document: PhantomDocument, structure: Structure, other: string): SegathlonError {
  const where: ErrorPlace = { file: document.name, field: `anatomy.${structure.name}` };
  return new SegathlonError(
    "SEG601",
    `phantom ${document.name}: structure "${structure.name}" refers to "${other}", which does not stand before it`,
    { where },
  );
}

function refersToStructure(shape: Shape): boolean {
  switch (shape.kind) {
    case "structure":
    case "tree":
    case "blobs":
      return true;
    case "union":
    case "intersection":
      return shape.parts.some(refersToStructure);
    case "difference":
      return refersToStructure(shape.from) || shape.minus.some(refersToStructure);
    case "offset":
      return refersToStructure(shape.of);
    default:
      return false;
  }
}

/** A similarity (shift, scale, rotation about the middle of the box) drawn for one group. */
function mover(structure: Structure, box: Box, random: Random): (shape: CompiledShape) => CompiledShape {
  const { shiftMm = 0, scale = 0, rotateDegrees = 0 } = structure.vary ?? {};
  const draw = (sd: number): number => sd * Math.max(-2, Math.min(2, random.normal()));
  const shift: Point = [draw(shiftMm), draw(shiftMm), draw(shiftMm)];
  const factor = Math.exp(draw(scale));
  const m = rotationMatrix([draw(rotateDegrees), draw(rotateDegrees), draw(rotateDegrees)]);
  if (shiftMm === 0 && scale === 0 && rotateDegrees === 0) return (shape) => shape;
  const pivot = middle(box);
  return (shape) => moved(shape, pivot, shift, factor, m);
}

function middle({ low, high }: Box): Point {
  return [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2, (low[2] + high[2]) / 2];
}

function moved(
  shape: CompiledShape,
  pivot: Point,
  shift: Point,
  factor: number,
  m: ReturnType<typeof rotationMatrix>,
): CompiledShape {
  if (shape.box.low[0] > shape.box.high[0]) return nothing;
  const [px, py, pz] = pivot;
  const [qx, qy, qz] = [px + shift[0], py + shift[1], pz + shift[2]];
  const inverse = 1 / factor;
  const low: [number, number, number] = [1e4, 1e4, 1e4];
  const high: [number, number, number] = [-1e4, -1e4, -1e4];
  for (let corner = 0; corner < 8; corner += 1) {
    const x = ((corner & 1 ? shape.box.high[0] : shape.box.low[0]) - px) * factor;
    const y = ((corner & 2 ? shape.box.high[1] : shape.box.low[1]) - py) * factor;
    const z = ((corner & 4 ? shape.box.high[2] : shape.box.low[2]) - pz) * factor;
    const p: Point = [
      qx + m[0] * x + m[1] * y + m[2] * z,
      qy + m[3] * x + m[4] * y + m[5] * z,
      qz + m[6] * x + m[7] * y + m[8] * z,
    ];
    for (const axis of [0, 1, 2] as const) {
      low[axis] = Math.min(low[axis], p[axis]);
      high[axis] = Math.max(high[axis], p[axis]);
    }
  }
  return {
    distance(x, y, z) {
      const dx = (x - qx) * inverse;
      const dy = (y - qy) * inverse;
      const dz = (z - qz) * inverse;
      return (
        factor *
        shape.distance(
          px + m[0] * dx + m[3] * dy + m[6] * dz,
          py + m[1] * dx + m[4] * dy + m[7] * dz,
          pz + m[2] * dx + m[5] * dy + m[8] * dz,
        )
      );
    },
    box: { low, high },
  };
}

function roughen(shape: CompiledShape, structure: Structure, noise: NoiseField, random: Random): CompiledShape {
  const { roughness } = structure;
  if (roughness === undefined) return shape;
  const { mm, wavelengthMm } = roughness;
  const f = 1 / wavelengthMm;
  const [ox, oy, oz] = [random.between(0, 32), random.between(0, 32), random.between(0, 32)];
  const { low, high } = shape.box;
  return {
    distance(x, y, z) {
      const d = shape.distance(x, y, z);
      // Far from the surface the unevenness changes nothing; the noise is the expensive part.
      if (d > 3 * mm + 8 || d < -3 * mm - 40) return d;
      return d + mm * noise(x * f + ox, y * f + oy, z * f + oz);
    },
    box: {
      low: [low[0] - 2 * mm, low[1] - 2 * mm, low[2] - 2 * mm],
      high: [high[0] + 2 * mm, high[1] + 2 * mm, high[2] + 2 * mm],
    },
  };
}

/** Keeps the last answer: a structure is often asked twice for one point, as the host and as a part of another shape. */
function remembering(shape: CompiledShape): CompiledShape {
  let [lastX, lastY, lastZ, last] = [Number.NaN, 0, 0, 0];
  return {
    distance(x, y, z) {
      if (x === lastX && y === lastY && z === lastZ) return last;
      last = shape.distance(x, y, z);
      lastX = x;
      lastY = y;
      lastZ = z;
      return last;
    },
    box: shape.box,
  };
}

/** Cuts thin sheets (where a noise field crosses zero) out of the shape, down to a depth below its surface. */
function fold(shape: CompiledShape, structure: Structure, noise: NoiseField, random: Random): CompiledShape {
  if (structure.folds === undefined) return shape;
  const { depthMm, wavelengthMm, widthMm } = structure.folds;
  const f = 1 / wavelengthMm;
  const folds = random.stream("folds");
  const [ox, oy, oz] = [folds.between(0, 32), folds.between(0, 32), folds.between(0, 32)];
  // The field's slope near zero is about 1.2 per lattice step; this turns its value into millimetres.
  const mmPerUnit = 0.8 * wavelengthMm;
  return {
    distance(x, y, z) {
      const d = shape.distance(x, y, z);
      if (d > 4 || d < -depthMm - 8) return d;
      const sheet = Math.abs(noise(x * f + ox, y * f + oy, z * f + oz)) * mmPerUnit - widthMm / 2;
      return Math.max(d, -Math.max(sheet, -(d + depthMm)));
    },
    box: shape.box,
  };
}

function inside(shape: CompiledShape, host: CompiledShape): CompiledShape {
  const corner = (a: Point, b: Point, choose: (p: number, q: number) => number): Point => [
    choose(a[0], b[0]),
    choose(a[1], b[1]),
    choose(a[2], b[2]),
  ];
  return {
    distance(x, y, z) {
      const d = shape.distance(x, y, z);
      return d > 24 ? d : Math.max(d, host.distance(x, y, z));
    },
    box: { low: corner(shape.box.low, host.box.low, Math.max), high: corner(shape.box.high, host.box.high, Math.min) },
  };
}
