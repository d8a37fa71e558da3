/**
 * One augmented sample of a training case: where the patch lies (foreground oversampling), one pass of trilinear interpolation for all
 * spatial changes (labels nearest), then intensity changes. Everything is drawn from one generator that is seeded by (seed, step, slot),
 * so a run is the same whatever number of workers shares it, and can go on from any step.
 */

import { gaussianFilter } from "../gaussian-filter.ts";
import { type Triple, voxelCount } from "../grid3.ts";
import { type SeededRandom, seededRandom } from "../seeded-random.ts";
import type { TrainingRecipe } from "./training-recipe.ts";

/** A preprocessed case: normalised channels (blocks) and class indices on the working grid. */
export interface PreparedTrainingCase {
  readonly shape: Triple;
  readonly channels: number;
  readonly image: Float32Array;
  /** Class index per voxel; 255 is left out of the loss. */
  readonly classes: Uint8Array;
}

export interface TrainingSample {
  readonly image: Float32Array;
  readonly classes: Uint8Array;
}

/** Generator of one sample: nearby seeds, steps and slots give unrelated streams. */
export function sampleRandom(seed: number, step: number, slot: number): SeededRandom {
  let hash = 0x811c9dc5;
  for (const part of [seed, step, slot]) {
    for (let byte = 0; byte < 4; byte++) hash = Math.imul(hash ^ ((part >>> (8 * byte)) & 255), 0x01000193);
    hash ^= hash >>> 15;
    hash = Math.imul(hash, 0x2c1b3c6d);
    hash ^= hash >>> 12;
  }
  return seededRandom(hash >>> 0);
}

/** Which case sample `index` of the run takes: every epoch is a fresh order of all cases without replacement. */
export function caseOfSample(seed: number, cases: number, index: number): number {
  const epoch = Math.floor(index / cases);
  const random = sampleRandom(seed, epoch, 0xffff);
  const order = Uint32Array.from({ length: cases }, (_, i) => i);
  for (let i = cases - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const held = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = held;
  }
  return order[index % cases] ?? 0;
}

function centreOf(entry: PreparedTrainingCase, recipe: TrainingRecipe, random: SeededRandom): [number, number, number] {
  const foreground = random.uniform() < recipe.foregroundSamples;
  const picked: [number, number, number] = [0, 0, 0];
  if (foreground) {
    // A class at random, then a voxel of it: rare labels are seen as often as common ones.
    const present = [...new Set(entry.classes)].filter((value) => value > 0 && value < 255).sort((a, b) => a - b);
    const wanted = present[random.integer(present.length)];
    if (wanted !== undefined) {
      let count = 0;
      for (const value of entry.classes) if (value === wanted) count += 1;
      let nth = random.integer(count);
      for (let i = 0; i < entry.classes.length; i++) {
        if (entry.classes[i] !== wanted || nth-- > 0) continue;
        picked[0] = i % entry.shape[0];
        picked[1] = Math.floor(i / entry.shape[0]) % entry.shape[1];
        picked[2] = Math.floor(i / (entry.shape[0] * entry.shape[1]));
        break;
      }
    }
  }
  return ([0, 1, 2] as const).map((axis) => {
    const size = entry.shape[axis];
    const patch = recipe.patch[axis];
    // An axis that fits into the patch is centred as prediction centres it: padding half before, half after.
    if (size <= patch) return patch / 2 - Math.floor((patch - size) / 2);
    const low = patch / 2;
    const high = size - patch / 2;
    const at = foreground ? picked[axis] + 0.5 : low + random.uniform() * (high - low);
    return Math.min(high, Math.max(low, Math.round(at)));
  }) as [number, number, number];
}

/** Rotation about z, y and x in turn, each scaled: a 3x3 matrix from patch to image coordinates. */
function spatialMatrix(recipe: TrainingRecipe, random: SeededRandom): Float64Array {
  const { rotation, scale, axisScale, mirrorAxes } = recipe.augmentation;
  const symmetric = (): number => 2 * random.uniform() - 1;
  const angles =
    random.uniform() < 0.7
      ? [symmetric(), symmetric(), symmetric()].map((value) => (value * rotation * Math.PI) / 180)
      : [0, 0, 0];
  const common = random.uniform() < 0.7 ? symmetric() * scale : 0;
  const scales = [0, 1, 2].map(
    (axis) =>
      Math.exp(common + symmetric() * axisScale) * (mirrorAxes.includes(axis) && random.uniform() < 0.5 ? -1 : 1),
  );
  const [a = 0, b = 0, c = 0] = angles;
  const [sx = 1, sy = 1, sz = 1] = scales;
  const [ca, sa, cb, sb, cc, sc] = [Math.cos(a), Math.sin(a), Math.cos(b), Math.sin(b), Math.cos(c), Math.sin(c)];
  return Float64Array.of(
    cc * cb * sx,
    (cc * sb * sa - sc * ca) * sy,
    (cc * sb * ca + sc * sa) * sz,
    sc * cb * sx,
    (sc * sb * sa + cc * ca) * sy,
    (sc * sb * ca - cc * sa) * sz,
    -sb * sx,
    cb * sa * sy,
    cb * ca * sz,
  );
}

/** Draws and augments one sample. Voxels outside the image are 0 and background. */
export function drawSample(entry: PreparedTrainingCase, recipe: TrainingRecipe, random: SeededRandom): TrainingSample {
  const { patch, augmentation } = recipe;
  const [px, py, pz] = patch;
  const size = voxelCount(patch);
  const image = new Float32Array(size * entry.channels);
  const classes = new Uint8Array(size);
  const centre = centreOf(entry, recipe, random);
  const m = spatialMatrix(recipe, random);
  const shift = [0, 1, 2].map(() => (2 * random.uniform() - 1) * augmentation.shift);
  const [nx, ny, nz] = entry.shape;
  const block = nx * ny * nz;
  const plane = nx * ny;
  const [m0 = 1, m1 = 0, m2 = 0, m3 = 0, m4 = 1, m5 = 0, m6 = 0, m7 = 0, m8 = 1] = m;
  const ox = centre[0] - 0.5 + (shift[0] ?? 0);
  const oy = centre[1] - 0.5 + (shift[1] ?? 0);
  const oz = centre[2] - 0.5 + (shift[2] ?? 0);
  let target = 0;
  for (let z = 0; z < pz; z++) {
    const dz = z + 0.5 - pz / 2;
    for (let y = 0; y < py; y++) {
      const dy = y + 0.5 - py / 2;
      for (let x = 0; x < px; x++, target++) {
        const dx = x + 0.5 - px / 2;
        const fx = ox + m0 * dx + m1 * dy + m2 * dz;
        const fy = oy + m3 * dx + m4 * dy + m5 * dz;
        const fz = oz + m6 * dx + m7 * dy + m8 * dz;
        if (!(fx > -1 && fx < nx && fy > -1 && fy < ny && fz > -1 && fz < nz)) continue;
        const x0 = Math.floor(fx);
        const y0 = Math.floor(fy);
        const z0 = Math.floor(fz);
        const tx = fx - x0;
        const ty = fy - y0;
        const tz = fz - z0;
        const nearX = Math.round(fx);
        const nearY = Math.round(fy);
        const nearZ = Math.round(fz);
        if (nearX >= 0 && nearX < nx && nearY >= 0 && nearY < ny && nearZ >= 0 && nearZ < nz)
          classes[target] = entry.classes[nearX + nx * (nearY + ny * nearZ)] ?? 0;
        const base = x0 + nx * y0 + plane * z0;
        const inX0 = x0 >= 0;
        const inX1 = x0 + 1 < nx;
        for (let c = 0; c < entry.channels; c++) {
          const at = c * block + base;
          let value = 0;
          for (let k = 0; k < 4; k++) {
            const yy = y0 + (k & 1);
            const zz = z0 + (k >> 1);
            if (yy < 0 || yy >= ny || zz < 0 || zz >= nz) continue;
            const row = at + (k & 1) * nx + (k >> 1) * plane;
            const weight = (k & 1 ? ty : 1 - ty) * (k >> 1 ? tz : 1 - tz);
            value +=
              weight *
              ((inX0 ? (entry.image[row] ?? 0) * (1 - tx) : 0) + (inX1 ? (entry.image[row + 1] ?? 0) * tx : 0));
          }
          image[c * size + target] = value;
        }
      }
    }
  }
  for (let c = 0; c < entry.channels; c++)
    changeIntensities(image.subarray(c * size, (c + 1) * size), patch, recipe, random);
  return { image, classes };
}

function changeIntensities(values: Float32Array, shape: Triple, recipe: TrainingRecipe, random: SeededRandom): void {
  const { gain, offset, gamma, noise, blur } = recipe.augmentation;
  const symmetric = (): number => 2 * random.uniform() - 1;
  if (random.uniform() < 0.5) {
    const factor = (1 + gain) ** symmetric();
    const addend = symmetric() * offset;
    for (let i = 0; i < values.length; i++) values[i] = (values[i] ?? 0) * factor + addend;
  }
  if (random.uniform() < 0.3) {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const value of values) {
      if (value < min) min = value;
      if (value > max) max = value;
    }
    const range = max - min;
    const power = Math.exp(symmetric() * gamma);
    if (range > 0) {
      // The stored minimum is float32: clamped, because a slightly negative base would give NaN.
      for (let i = 0; i < values.length; i++)
        values[i] = min + range * Math.min(1, Math.max(0, ((values[i] ?? 0) - min) / range)) ** power;
    }
  }
  if (blur > 0 && random.uniform() < 0.2) values.set(gaussianFilter({ shape, values }, random.uniform() * blur).values);
  if (random.uniform() < 0.3) {
    const sd = random.uniform() * noise * 1.7;
    for (let i = 0; i < values.length; i++)
      values[i] =
        (values[i] ?? 0) + sd * (random.uniform() + random.uniform() + random.uniform() + random.uniform() - 2);
  }
}
