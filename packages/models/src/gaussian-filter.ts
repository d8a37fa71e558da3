/** Gaussian smoothing as scipy.ndimage.gaussian_filter does it with mode "nearest": separable, cut off at 4 standard deviations. */
import { type Grid3, voxelCount } from "./grid3.ts";

/**
 * Smooths a grid.
 *
 * @param sigma standard deviation in voxels, the same on all axes; 0 gives a copy
 */
export function gaussianFilter(grid: Grid3, sigma: number): Grid3 {
  const values = grid.values.slice();
  if (!(sigma > 0)) return { shape: grid.shape, values };
  const radius = Math.floor(4 * sigma + 0.5);
  const kernel = Float64Array.from({ length: radius + 1 }, (_, k) => Math.exp((-0.5 * k * k) / (sigma * sigma)));
  let total = kernel[0] ?? 1;
  for (let k = 1; k <= radius; k++) total += 2 * (kernel[k] ?? 0);
  for (let k = 0; k <= radius; k++) kernel[k] = (kernel[k] ?? 0) / total;
  const strides = [1, grid.shape[0], grid.shape[0] * grid.shape[1]] as const;
  for (const axis of [0, 1, 2] as const) {
    const size = grid.shape[axis];
    const stride = strides[axis];
    const outer = voxelCount(grid.shape) / (size * stride);
    const line = new Float64Array(size + 2 * radius);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < stride; i++) {
        const start = o * size * stride + i;
        for (let k = 0; k < size; k++) line[radius + k] = values[start + k * stride] ?? 0;
        line.fill(line[radius] ?? 0, 0, radius);
        line.fill(line[radius + size - 1] ?? 0, radius + size);
        for (let k = 0; k < size; k++) {
          let sum = (kernel[0] ?? 0) * (line[radius + k] ?? 0);
          for (let t = 1; t <= radius; t++)
            sum += (kernel[t] ?? 0) * ((line[radius + k - t] ?? 0) + (line[radius + k + t] ?? 0));
          values[start + k * stride] = sum;
        }
      }
    }
  }
  return { shape: grid.shape, values };
}
