/** The worst case for us: every voxel one of five values at random, so that everything is surface. */
import { existsSync } from "node:fs";
import path from "node:path";
import type { LabelMap } from "@segathlon/volume";
import { writeLabelMapFile } from "@segathlon/volume/node";

const NOISE_SHAPE = [96, 96, 96] as const;
export const NOISE_LABELS: readonly number[] = [1, 2, 3, 4];

/** A reproducible random stream (mulberry32). */
function stream(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Writes `noise_gt.nii.gz` and `noise_pred.nii.gz` where they are not there yet. */
export async function makeNoisePair(folder: string): Promise<void> {
  const random = stream(11);
  const [nx, ny, nz] = NOISE_SHAPE;
  const affine = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] as const;
  for (const side of ["gt", "pred"]) {
    const file = path.join(folder, `noise_${side}.nii.gz`);
    const labels = Uint8Array.from({ length: nx * ny * nz }, () => Math.floor(random() * 5));
    const labelMap: LabelMap = { geometry: { shape: NOISE_SHAPE, spacingMm: [1, 1, 1], affine }, labels };
    if (!existsSync(file)) await writeLabelMapFile(file, labelMap);
  }
}
