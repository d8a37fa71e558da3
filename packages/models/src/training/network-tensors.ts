/** Writing images and labels into a sample's arena (space to depth) and reading logits or probabilities back (depth to space). */
import { type Triple, voxelCount } from "../grid3.ts";
import type { NetworkDesign } from "./network-design.ts";
import type { SampleArena } from "./network-memory.ts";

/** Calls `visit(full, half, sub)` for each full-resolution voxel: its index, its half-resolution voxel's (d, h, w) row index, its subvoxel. */
function forVoxels(patch: Triple, visit: (full: number, x: number, y: number, z: number, sub: number) => void): void {
  const [nx, ny, nz] = patch;
  let full = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const sub = 4 * (z & 1) + 2 * (y & 1);
      for (let x = 0; x < nx; x++, full++) visit(full, x >> 1, y >> 1, z >> 1, sub + (x & 1));
    }
  }
}

/** Image channels of a patch, one block after the other, to the input tensor. */
export function writeInput(
  buffer: ArrayBufferLike,
  design: NetworkDesign,
  sample: SampleArena,
  window: Float32Array,
): void {
  const [hx, hy, hz] = design.patch.map((size) => size / 2) as [number, number, number];
  const channels = 8 * design.channels;
  const input = new Float32Array(buffer, sample.input, (hx + 2) * (hy + 2) * (hz + 2) * channels);
  const size = voxelCount(design.patch);
  forVoxels(design.patch, (full, x, y, z, sub) => {
    const at = (((z + 1) * (hy + 2) + y + 1) * (hx + 2) + x + 1) * channels + sub;
    for (let c = 0; c < design.channels; c++) input[at + 8 * c] = window[c * size + full] ?? 0;
  });
}

/** Class indices of a patch to the arena; 255 is left out of the loss. */
export function writeLabels(
  buffer: ArrayBufferLike,
  design: NetworkDesign,
  sample: SampleArena,
  classes: Uint8Array,
): void {
  const [hx, hy] = design.patch.map((size) => size / 2) as [number, number, number];
  const labels = new Uint8Array(buffer, sample.labels, voxelCount(design.patch));
  forVoxels(design.patch, (full, x, y, z, sub) => {
    labels[((z * hy + y) * hx + x) * 8 + sub] = classes[full] ?? 255;
  });
}

/** Logits (or probabilities after the loss) as blocks per class, x fastest. */
export function readOutputs(buffer: ArrayBufferLike, design: NetworkDesign, sample: SampleArena): Float32Array {
  const [hx, hy, hz] = design.patch.map((size) => size / 2) as [number, number, number];
  const channels = 8 * design.classes;
  const logits = new Float32Array(buffer, sample.logits, (hx + 2) * (hy + 2) * (hz + 2) * channels);
  const size = voxelCount(design.patch);
  const result = new Float32Array(design.classes * size);
  forVoxels(design.patch, (full, x, y, z, sub) => {
    const at = (((z + 1) * (hy + 2) + y + 1) * (hx + 2) + x + 1) * channels + sub;
    for (let k = 0; k < design.classes; k++) result[k * size + full] = logits[at + 8 * k] ?? 0;
  });
  return result;
}
