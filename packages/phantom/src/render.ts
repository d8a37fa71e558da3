/**
 * Paints placed structures on a grid, slice by slice: label map and ideal image from the same signed distances.
 *
 * At a surface a voxel's value is the mix of both sides by the share of the voxel that lies inside (a box crossed by a plane), so
 * that thick slices show partial volume. A voxel gets the label when its centre lies inside.
 */
import type { Geometry } from "@segathlon/volume";
import type { PlacedStructure } from "./anatomy.ts";
import { type NoiseField, noiseField } from "./noise-field.ts";
import type { TissueTable } from "./phantom-document.ts";
import type { Random } from "./random.ts";
import type { Point } from "./shape.ts";

/** From scanner millimetres to the millimetres in which the anatomy is drawn. */
export interface BodyFrame {
  readonly scale: Point;
  /** Amplitude and wavelength, in mm. */
  readonly bending: readonly (readonly [number, number])[];
}

export interface RenderInput {
  readonly geometry: Geometry;
  readonly structures: readonly PlacedStructure[];
  readonly tissues: TissueTable;
  /** One contrast per channel. */
  readonly contrasts: readonly string[];
  /** Value of empty space. */
  readonly emptyValue: number;
  readonly frame: BodyFrame;
  readonly random: Random;
}

/** One rendered slice: ideal values by channel and labels. The arrays are used again for the next slice. */
export interface RenderedSlice {
  readonly k: number;
  readonly channels: readonly Float32Array[];
  readonly labels: Uint8Array;
  /** 1 where a structure of the body was painted. */
  readonly body: Uint8Array;
}

interface Painter {
  readonly placed: PlacedStructure;
  /** First and last voxel along each axis that the structure may touch. */
  readonly low: Point;
  readonly high: Point;
  readonly layers: readonly {
    readonly insetMm: number;
    readonly values: readonly number[];
    readonly texture: number;
  }[];
  /** Distances of the slice being painted and of the next one, over the box. */
  here: Float32Array;
  next: Float32Array;
}

/** Anatomical coordinates of the voxels of one slice, bent and as they are. */
interface SliceCoordinates {
  readonly bent: Coordinates;
  readonly raw: Coordinates;
}

type Coordinates = readonly [Float32Array, Float32Array, Float32Array];

/** Yields every slice of the grid in file order. */
export function* renderSlices(input: RenderInput): Generator<RenderedSlice> {
  const { geometry, contrasts, frame, random } = input;
  const [nx, ny, nz] = geometry.shape;
  const _a = geometry.affine;
  const pixels = nx * ny;
  const bend = bending(frame, random.stream("bending"));
  const fine: NoiseField = noiseField(random.stream("texture/fine"));
  const coarse: NoiseField = noiseField(random.stream("texture/coarse"));
  const painters = input.structures.map((placed) => painter(placed, input));
  const coordinates = (): Coordinates => [new Float32Array(pixels), new Float32Array(pixels), new Float32Array(pixels)];
  let here: SliceCoordinates = { bent: coordinates(), raw: coordinates() };
  let next: SliceCoordinates = { bent: coordinates(), raw: coordinates() };
  const channels = contrasts.map(() => new Float32Array(pixels));
  const texture = new Float32Array(pixels);
  const labels = new Uint8Array(pixels);
  const body = new Uint8Array(pixels);
  // Texture finer than a voxel would be noise: it grows with the voxels.
  const grainMm = Math.max(3, 1.3 * Math.max(...geometry.spacingMm));
  const locate = locator(geometry, bend, bendingStep(geometry, frame));
  locate(here, 0);
  for (let k = 0; k < nz; k += 1) {
    locate(next, k + 1);
    for (const channel of channels) channel.fill(input.emptyValue);
    texture.fill(0);
    labels.fill(0);
    body.fill(0);
    for (const one of painters) {
      if (k < one.low[2] || k > one.high[2]) continue;
      const frameOf = one.placed.structure.outside === true ? "raw" : "bent";
      if (k === Math.max(0, one.low[2])) measure(one, here[frameOf], nx, one.here);
      measure(one, next[frameOf], nx, one.next);
      paint(one, geometry, channels, texture, labels, body);
      [one.here, one.next] = [one.next, one.here];
    }
    const [x, y, z] = here.bent;
    for (let p = 0; p < pixels; p += 1) {
      const amplitude = texture[p] as number;
      if (amplitude < 0.5) continue;
      const px = x[p] as number;
      const py = y[p] as number;
      const pz = z[p] as number;
      const n =
        amplitude * (0.8 * fine(px / grainMm, py / grainMm, pz / grainMm) + 0.7 * coarse(px / 14, py / 14, pz / 14));
      for (const channel of channels) channel[p] = (channel[p] as number) + n;
    }
    yield { k, channels, labels, body };
    [here, next] = [next, here];
  }
}

/** Every how many voxels the bending is computed: an eighth of its shortest wave, since it is smooth between. */
function bendingStep({ spacingMm }: Geometry, { bending: waves }: BodyFrame): number {
  const shortest = Math.min(...waves.map(([, wavelength]) => wavelength));
  return Math.max(1, Math.min(16, Math.floor(shortest / 8 / Math.max(spacingMm[0], spacingMm[1]))));
}

type Bend = (x: number, y: number, z: number, out: [number, number, number]) => void;

/** Fills the coordinates of a slice: the bending at the corners of squares of `step` voxels, blended between. */
function locator(
  { shape: [nx, ny], affine: a }: Geometry,
  bend: Bend,
  step: number,
): (slice: SliceCoordinates, k: number) => void {
  const columns = Math.ceil((nx - 1) / step) + 1;
  const rows = Math.ceil((ny - 1) / step) + 1;
  const corners = new Float64Array(3 * columns * rows);
  const point: [number, number, number] = [0, 0, 0];
  return ({ bent, raw }, k) => {
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const i = column * step;
        const j = row * step;
        const x = a[0] * i + a[1] * j + a[2] * k + a[3];
        const y = a[4] * i + a[5] * j + a[6] * k + a[7];
        const z = a[8] * i + a[9] * j + a[10] * k + a[11];
        bend(x, y, z, point);
        corners.set(point, 3 * (row * columns + column));
      }
    }
    for (let j = 0; j < ny; j += 1) {
      const row = Math.min(rows - 2, Math.floor(j / step));
      const v = rows < 2 ? 0 : j / step - row;
      const lower = Math.max(0, row) * columns;
      const upper = rows < 2 ? lower : lower + columns;
      for (let i = 0; i < nx; i += 1) {
        const p = j * nx + i;
        const column = Math.max(0, Math.min(columns - 2, Math.floor(i / step)));
        const u = i / step - column;
        const next = columns < 2 ? 0 : 1;
        for (let axis = 0; axis < 3; axis += 1) {
          const c00 = corners[3 * (lower + column) + axis] as number;
          const c10 = corners[3 * (lower + column + next) + axis] as number;
          const c01 = corners[3 * (upper + column) + axis] as number;
          const c11 = corners[3 * (upper + column + next) + axis] as number;
          const near = c00 + (c10 - c00) * u;
          (bent[axis] as Float32Array)[p] = near + (c01 + (c11 - c01) * u - near) * v;
        }
        raw[0][p] = a[0] * i + a[1] * j + a[2] * k + a[3];
        raw[1][p] = a[4] * i + a[5] * j + a[6] * k + a[7];
        raw[2][p] = a[8] * i + a[9] * j + a[10] * k + a[11];
      }
    }
  };
}

function bending(
  { scale, bending: waves }: BodyFrame,
  random: Random,
): (x: number, y: number, z: number, out: [number, number, number]) => void {
  const fields = waves.map(([amplitude, wavelength], n) => ({
    amplitude,
    f: 1 / wavelength,
    x: noiseField(random.stream(`${n}/x`)),
    y: noiseField(random.stream(`${n}/y`)),
    z: noiseField(random.stream(`${n}/z`)),
  }));
  return (wx, wy, wz, out) => {
    const x = wx / scale[0];
    const y = wy / scale[1];
    const z = wz / scale[2];
    out[0] = x;
    out[1] = y;
    out[2] = z;
    for (const field of fields) {
      // The half step keeps lattice points of the fields off each other's places.
      const u = x * field.f + 0.5;
      const v = y * field.f + 0.5;
      const w = z * field.f + 0.5;
      out[0] += field.amplitude * field.x(u, v, w);
      out[1] += field.amplitude * field.y(u, v, w);
      out[2] += field.amplitude * field.z(u, v, w);
    }
  };
}

/** The values of a structure's layers and the box of voxels that it may touch. */
function painter(placed: PlacedStructure, input: RenderInput): Painter {
  const { structure, shape } = placed;
  const { geometry, frame } = input;
  const layers = [{ insetMm: 0, tissue: structure.tissue }, ...(structure.layers ?? [])].map(({ insetMm, tissue }) => {
    const found = input.tissues[tissue];
    if (found === undefined) throw new RangeError(`structure ${structure.name}: no tissue "${tissue}"`);
    const values = input.contrasts.map((contrast) => {
      const value = found.values[contrast];
      if (value === undefined) throw new RangeError(`tissue ${tissue}: no value for contrast "${contrast}"`);
      return value;
    });
    return { insetMm, values, texture: found.texture };
  });
  const outside = structure.outside === true;
  const wander = outside ? 0 : frame.bending.reduce((sum, [amplitude]) => sum + 2.5 * amplitude, 0);
  const margin = wander + Math.max(...geometry.spacingMm);
  const scale = outside ? ([1, 1, 1] as const) : frame.scale;
  const inverse = invert(geometry);
  const low: [number, number, number] = [Infinity, Infinity, Infinity];
  const high: [number, number, number] = [-Infinity, -Infinity, -Infinity];
  for (let corner = 0; corner < 8; corner += 1) {
    const index = inverse([
      ((corner & 1 ? shape.box.high[0] + margin : shape.box.low[0] - margin) as number) * scale[0],
      ((corner & 2 ? shape.box.high[1] + margin : shape.box.low[1] - margin) as number) * scale[1],
      ((corner & 4 ? shape.box.high[2] + margin : shape.box.low[2] - margin) as number) * scale[2],
    ]);
    for (const axis of [0, 1, 2] as const) {
      low[axis] = Math.min(low[axis], index[axis]);
      high[axis] = Math.max(high[axis], index[axis]);
    }
  }
  const empty = shape.box.low.some((value, axis) => value > (shape.box.high[axis] as number));
  const first = (axis: 0 | 1 | 2): number => Math.max(0, Math.floor(low[axis]));
  const last = (axis: 0 | 1 | 2): number => (empty ? -1 : Math.min(geometry.shape[axis] - 1, Math.ceil(high[axis])));
  const box = { low: [first(0), first(1), first(2)], high: [last(0), last(1), last(2)] } as const;
  const area = Math.max(0, box.high[0] - box.low[0] + 1) * Math.max(0, box.high[1] - box.low[1] + 1);
  const outOfView = area === 0 || box.high[2] < box.low[2];
  return {
    placed,
    low: box.low,
    high: outOfView ? [-1, -1, -1] : box.high,
    layers,
    here: new Float32Array(outOfView ? 0 : area),
    next: new Float32Array(outOfView ? 0 : area),
  };
}

/** World millimetres to voxel indices. */
function invert({ affine: a }: Geometry): (p: Point) => Point {
  const c00 = a[5] * a[10] - a[6] * a[9];
  const c01 = a[6] * a[8] - a[4] * a[10];
  const c02 = a[4] * a[9] - a[5] * a[8];
  const determinant = a[0] * c00 + a[1] * c01 + a[2] * c02;
  const f = 1 / determinant;
  return ([px, py, pz]) => {
    const x = px - a[3];
    const y = py - a[7];
    const z = pz - a[11];
    return [
      f * (c00 * x + (a[2] * a[9] - a[1] * a[10]) * y + (a[1] * a[6] - a[2] * a[5]) * z),
      f * (c01 * x + (a[0] * a[10] - a[2] * a[8]) * y + (a[2] * a[4] - a[0] * a[6]) * z),
      f * (c02 * x + (a[1] * a[8] - a[0] * a[9]) * y + (a[0] * a[5] - a[1] * a[4]) * z),
    ];
  };
}

/** The structure's distance at every voxel of its box in one slice. */
function measure({ placed, low, high }: Painter, [x, y, z]: Coordinates, nx: number, out: Float32Array): void {
  const { distance } = placed.shape;
  let n = 0;
  for (let j = low[1]; j <= high[1]; j += 1) {
    for (let i = low[0]; i <= high[0]; i += 1) {
      const p = j * nx + i;
      out[n] = distance(x[p] as number, y[p] as number, z[p] as number);
      n += 1;
    }
  }
}

function paint(
  { placed, low, high, layers, here, next }: Painter,
  { shape: [nx], spacingMm }: Geometry,
  channels: readonly Float32Array[],
  texture: Float32Array,
  labels: Uint8Array,
  body: Uint8Array,
): void {
  const { label, structure } = placed;
  // Half the length of a voxel's edges: beyond it a plane cannot cut the voxel.
  const reach = 0.5 * (spacingMm[0] + spacingMm[1] + spacingMm[2]);
  const width = high[0] - low[0] + 1;
  const rows = high[1] - low[1] + 1;
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < width; column += 1) {
      const n = row * width + column;
      const d = here[n] as number;
      if (d >= reach) continue;
      const p = (low[1] + row) * nx + low[0] + column;
      if (d < 0) {
        if (label !== undefined) labels[p] = label;
        if (structure.outside !== true) body[p] = 1;
      }
      // How far the distance runs across this voxel, from its neighbours.
      const across = Math.abs((here[column + 1 < width ? n + 1 : Math.max(0, n - 1)] as number) - d);
      const along = Math.abs((here[row + 1 < rows ? n + width : Math.max(0, n - width)] as number) - d);
      const extent = Math.min(2 * reach, across + along + Math.abs((next[n] as number) - d));
      for (const layer of layers) {
        const depth = d + layer.insetMm;
        let share = depth < 0 ? 1 : 0;
        if (extent > 1e-6) {
          share = 0.5 - depth / extent;
          share = share < 0 ? 0 : Math.min(share, 1);
        }
        if (share === 0) break;
        for (let c = 0; c < channels.length; c += 1) {
          const channel = channels[c] as Float32Array;
          const value = channel[p] as number;
          channel[p] = value + share * ((layer.values[c] as number) - value);
        }
        texture[p] = (texture[p] as number) + share * (layer.texture - (texture[p] as number));
      }
    }
  }
}
