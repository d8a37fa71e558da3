/**
 * A frame brings images of different size and position onto one another without registration: relative coordinates in which 0..1
 * spans a box on each axis. Three boxes can be taken: the whole grid, the box of the body, or the spread of the body around its
 * centre (first and second moments), which a single bright voxel cannot pull about.
 */
import type { Grid3, Triple } from "../grid3.ts";

export type FrameKind = "grid" | "body-box" | "body-moments";
export const frameKinds: readonly FrameKind[] = ["grid", "body-box", "body-moments"];

/** Relative coordinate of voxel i on an axis: (i + 0.5 - origin) / extent. */
export interface Frame {
  readonly origin: Triple;
  readonly extent: Triple;
}

/**
 * Otsu's threshold over 256 bins of the range between the 0.5th and 99.5th percentile (Otsu 1979); the brighter class is the body.
 * Images hold few bright outliers (metal, contrast agent), which would otherwise stretch the bins.
 */
export function otsuThreshold(values: Float32Array): number {
  const step = Math.max(1, Math.floor(values.length / 100_000));
  const sample = new Float32Array(Math.ceil(values.length / step));
  for (let i = 0; i < sample.length; i++) sample[i] = values[i * step] ?? 0;
  sample.sort();
  const low = sample[Math.floor(0.005 * (sample.length - 1))] ?? 0;
  const high = sample[Math.ceil(0.995 * (sample.length - 1))] ?? 0;
  if (!(high > low)) return low;
  const bins = new Float64Array(256);
  for (const value of sample) {
    const bin = Math.min(255, Math.max(0, Math.floor(((value - low) / (high - low)) * 256)));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  let total = 0;
  for (let b = 0; b < 256; b++) total += b * (bins[b] ?? 0);
  let count = 0;
  let sum = 0;
  let best = -1;
  let bestBin = 0;
  for (let b = 0; b < 255; b++) {
    count += bins[b] ?? 0;
    sum += b * (bins[b] ?? 0);
    const rest = sample.length - count;
    if (count === 0 || rest === 0) continue;
    const between = count * rest * (sum / count - (total - sum) / rest) ** 2;
    if (between > best) {
      best = between;
      bestBin = b;
    }
  }
  return low + ((bestBin + 1) / 256) * (high - low);
}

/** The frame of one image. */
export function frameOf(channel: Grid3, kind: FrameKind): Frame {
  const [nx, ny, nz] = channel.shape;
  const whole: Frame = { origin: [0, 0, 0], extent: [nx, ny, nz] };
  if (kind === "grid") return whole;
  const threshold = otsuThreshold(channel.values);
  // One count per plane along each axis is enough for boxes and moments.
  const profiles = [new Float64Array(nx), new Float64Array(ny), new Float64Array(nz)] as const;
  let index = 0;
  let count = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      let row = 0;
      for (let x = 0; x < nx; x++, index++) {
        if ((channel.values[index] ?? 0) < threshold) continue;
        row += 1;
        profiles[0][x] = (profiles[0][x] ?? 0) + 1;
      }
      profiles[1][y] = (profiles[1][y] ?? 0) + row;
      profiles[2][z] = (profiles[2][z] ?? 0) + row;
      count += row;
    }
  }
  if (count === 0) return whole;
  const origin: [number, number, number] = [0, 0, 0];
  const extent: [number, number, number] = [1, 1, 1];
  for (const axis of [0, 1, 2] as const) {
    const profile = profiles[axis];
    if (kind === "body-box") {
      // Planes with under 1 % of the mean count are stray voxels.
      const floor = (0.01 * count) / profile.length;
      const first = profile.findIndex((value) => value > floor);
      const last = profile.findLastIndex((value) => value > floor);
      origin[axis] = first;
      extent[axis] = last + 1 - first;
    } else {
      let mean = 0;
      for (let i = 0; i < profile.length; i++) mean += ((i + 0.5) * (profile[i] ?? 0)) / count;
      let variance = 0;
      for (let i = 0; i < profile.length; i++) variance += ((i + 0.5 - mean) ** 2 * (profile[i] ?? 0)) / count;
      // A uniform box has a standard deviation of extent / sqrt(12); the frame is that box.
      const span = Math.max(1, Math.sqrt(12 * variance));
      origin[axis] = mean - span / 2;
      extent[axis] = span;
    }
  }
  return { origin, extent };
}
