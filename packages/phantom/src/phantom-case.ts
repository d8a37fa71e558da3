/** One synthetic case: image channels, exact label map, geometry and attributes, from nothing but document, index and seed. */
import { SegathlonError } from "@segathlon/errors";
import type { Affine, Geometry } from "@segathlon/volume";
import { addCtNoise, addRicianNoise, blurSlice, grainSource, type ReceiveField, receiveField } from "./acquisition.ts";
import { drawPatient, placeAnatomy, weighted } from "./anatomy.ts";
import type { PhantomDocument, Scanner } from "./phantom-document.ts";
import { type Random, seededRandom } from "./random.ts";
import { renderSlices } from "./render.ts";

export type PhantomSplit = "train" | "validation" | "test";

export interface PhantomOptions {
  /** Same seed, same bytes; 1 when absent. */
  readonly seed?: number;
  /** Voxels along the longest axis of a standard grid, 8..1024; the document's own size when absent. */
  readonly size?: number;
  /** Number of cases of the whole dataset (it decides the splits); the document's number when absent. */
  readonly cases?: number;
}

export interface PhantomCase {
  readonly id: string;
  readonly split: PhantomSplit;
  readonly geometry: Geometry;
  /** One array per channel, x fastest. CT in Hounsfield units. */
  readonly channels: readonly { readonly name: string; readonly data: Int16Array }[];
  readonly labels: Uint8Array;
  /** Scanner, site, phase, sex, age and disease, all invented. */
  readonly attributes: Readonly<Record<string, string | number>>;
}

/** How many cases go where: the last ones are test cases, those before them validation cases. */
export function splitOfCase(document: PhantomDocument, index: number, cases: number): PhantomSplit {
  const test = document.testShare > 0 ? Math.max(1, Math.round(cases * document.testShare)) : 0;
  const validation = document.validationShare > 0 ? Math.max(1, Math.round(cases * document.validationShare)) : 0;
  if (index >= cases - test) return "test";
  return index >= cases - test - validation ? "validation" : "train";
}

/**
 * Makes case number `index` (from 0) of a phantom dataset. Pure: no file, no clock.
 *
 * @returns channels as int16 (CT in HU, MR in arbitrary units from 0), labels as uint8, both of `shape[0] * shape[1] * shape[2]`.
 * @throws SegathlonError SEG602 when `size`, `cases` or `index` cannot be used; SEG601 when the document refers to a structure
 * that it does not have.
 *
 * @example
 * ```ts
 * const one = generatePhantomCase(phantoms.liver, 0, { seed: 7, size: 64 });
 * one.geometry.shape; // [64, 64, 43]
 * ```
 */
export function generatePhantomCase(
  document: PhantomDocument,
  index: number,
  options: PhantomOptions = {},
): PhantomCase {
  const { seed = 1, size = document.size, cases = document.cases } = options;
  requireInteger(document, "size", size, 8, 1024);
  requireInteger(document, "cases", cases, 2, 100_000);
  requireInteger(document, "index", index, 0, cases - 1);
  requireInteger(document, "seed", seed, 0, Number.MAX_SAFE_INTEGER);
  const random = seededRandom(`${document.name}/${seed}/${index}`);
  const split = splitOfCase(document, index, cases);
  const patient = drawPatient(document, random.stream("patient"));
  const scanner = chooseScanner(document, split, index, random.stream("scanner"));
  const phase = scanner.phases[random.stream("phase").integer(0, scanner.phases.length - 1)];
  if (phase === undefined) throw new RangeError(`scanner ${scanner.id} has no phase`);
  const geometry = gridGeometry(scanner, size / document.size, random.stream("grid"));
  const structures = placeAnatomy(document, patient, random.stream("anatomy"));
  const habitus = random.stream("habitus");
  const width = Math.exp(document.habitus * clip(habitus.normal()));
  const frame = {
    scale: [
      width,
      width * Math.exp(0.4 * document.habitus * clip(habitus.normal())),
      Math.exp(0.6 * document.habitus * clip(habitus.normal())),
    ] as const,
    bending: document.bending,
  };
  const [nx, ny, nz] = geometry.shape;
  const pixels = nx * ny;
  const labels = new Uint8Array(pixels * nz);
  const images = document.channels.map(() => new Int16Array(pixels * nz));
  const finish = acquisition(
    scanner,
    geometry,
    size / document.size,
    document.channels.length,
    random.stream("acquisition"),
  );
  const ct = scanner.modality === "CT";
  for (const slice of renderSlices({
    geometry,
    structures,
    tissues: document.tissues,
    contrasts: phase.contrasts,
    emptyValue: ct ? -1000 : 0,
    frame,
    random: random.stream("render"),
  })) {
    const at = slice.k * pixels;
    labels.set(slice.labels, at);
    slice.channels.forEach((channel, c) => {
      finish(channel, c, slice.k, slice.body);
      const image = images[c] as Int16Array;
      const [low, high] = ct ? [-1024, 3071] : [0, 32767];
      for (let p = 0; p < pixels; p += 1) {
        image[at + p] = Math.max(low, Math.min(high, Math.round(channel[p] as number)));
      }
    });
  }
  return {
    id: `${document.filePrefix}_${String(index + 1).padStart(3, "0")}`,
    split,
    geometry,
    channels: images.map((data, c) => ({ name: document.channels[c] as string, data })),
    labels,
    attributes: {
      sex: patient.sex,
      age: patient.age,
      disease: patient.disease,
      modality: scanner.modality,
      site: scanner.site,
      manufacturer: scanner.manufacturer,
      model: scanner.model,
      phase: phase.name,
      distribution: scanner.outOfDistribution === true ? "out" : "in",
    },
  };
}

function clip(value: number): number {
  return Math.max(-2, Math.min(2, value));
}

function requireInteger(document: PhantomDocument, name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw new SegathlonError(
    "SEG602",
    `phantom ${document.name}: ${name} must be a whole number from ${low} to ${high}, got ${value}`,
    {
      where: { field: name },
    },
  );
}

/** Every second test case comes from a scanner that training never saw, where the document has such scanners. */
function chooseScanner(document: PhantomDocument, split: PhantomSplit, index: number, random: Random): Scanner {
  const strange = document.scanners.filter((scanner) => scanner.outOfDistribution === true);
  const usual = document.scanners.filter((scanner) => scanner.outOfDistribution !== true);
  const pool = split === "test" && strange.length > 0 && index % 2 === 0 ? strange : usual;
  const scanner = weighted(pool, random);
  if (scanner === undefined) throw new RangeError(`phantom ${document.name} has no scanner`);
  return scanner;
}

const directions: Readonly<Record<string, readonly [number, number]>> = {
  R: [0, 1],
  L: [0, -1],
  A: [1, 1],
  P: [1, -1],
  S: [2, 1],
  I: [2, -1],
};

function gridGeometry(scanner: Scanner, factor: number, random: Random): Geometry {
  const { grid } = scanner;
  const count = (n: number): number => Math.max(4, Math.round(n * factor));
  const shape = [count(grid.shape[0]), count(grid.shape[1]), count(grid.shape[2])] as const;
  // Patients are not all scanned with one field of view.
  const zoom = 1 + 0.04 * clip(random.normal());
  const [i, j, k] = [...grid.orientation].map((code) => directions[code]);
  if (i === undefined || j === undefined || k === undefined) {
    throw new RangeError(`scanner ${scanner.id}: orientation ${grid.orientation} is not three of R L A P S I`);
  }
  const step = (axis: number, n: number): number => Math.fround(((grid.fieldOfViewMm[axis] ?? 1) * zoom) / n);
  const spacing = [step(i[0], shape[0]), step(j[0], shape[1]), step(k[0], shape[2])] as const;
  const tilt = ((grid.tiltDegrees ?? 0) * clip(random.normal()) * Math.PI) / 360;
  const [c, s] = [Math.cos(tilt), Math.sin(tilt)];
  // Rotation about x: anatomy axis -> world column.
  const turn = [
    [1, 0, 0],
    [0, c, s],
    [0, -s, c],
  ] as const;
  const columnOf = (axis: readonly [number, number], mm: number): readonly number[] =>
    (turn[axis[0]] as readonly number[]).map((value) => value * axis[1] * mm);
  const columns = [columnOf(i, spacing[0]), columnOf(j, spacing[1]), columnOf(k, spacing[2])];
  const row = (r: 0 | 1 | 2): readonly [number, number, number, number] => {
    const parts = columns.map((values) => values[r] as number);
    const middle = (grid.centreMm[r] as number) + grid.shiftMm * clip(random.normal());
    const back = parts.reduce((sum, value, axis) => sum + (value * ((shape[axis] as number) - 1)) / 2, 0);
    return [
      Math.fround(parts[0] ?? 0),
      Math.fround(parts[1] ?? 0),
      Math.fround(parts[2] ?? 0),
      Math.fround(middle - back),
    ];
  };
  const affine: Affine = [...row(0), ...row(1), ...row(2)];
  return { shape, spacingMm: spacing, affine };
}

type Finish = (channel: Float32Array, c: number, k: number, body: Uint8Array) => void;

function acquisition(
  scanner: Scanner,
  { shape: [nx, ny, nz] }: Geometry,
  factor: number,
  channels: number,
  random: Random,
): Finish {
  const pixels = nx * ny;
  const noise = new Float32Array(pixels);
  const scratch = new Float32Array(pixels);
  const grain = grainSource(random.stream("noise"));
  // Smaller voxels catch less signal; the square root keeps small phantoms from becoming too clean.
  const sd = scanner.noise * Math.sqrt(factor);
  if (scanner.modality === "CT") {
    return (channel) => {
      blurSlice(channel, nx, ny, scanner.blur, scratch);
      addCtNoise(channel, nx, ny, sd, grain, noise, scratch);
    };
  }
  const fields = Array.from({ length: channels }, (_, c) =>
    receiveField(scanner.bias ?? 0, random.stream(`field/${c}`)),
  );
  const [low, high] = scanner.gain ?? [1, 1];
  const gain = random.stream("gain").between(low, high);
  return (channel, c, k, body) => {
    (fields[c] as ReceiveField).apply(channel, nx, ny, (2 * k) / nz - 1, gain);
    blurSlice(channel, nx, ny, scanner.blur, scratch);
    addRicianNoise(channel, gain * sd, grain);
    if (scanner.masked === true) for (let p = 0; p < pixels; p += 1) if (body[p] === 0) channel[p] = 0;
  };
}
