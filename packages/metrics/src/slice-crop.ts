/** FLARE's rule for long structures: compare only on the slices of the reference, its last slice left out. */
import type { LabelVolume, Region } from "./label-volume.ts";

/** A name without the differences that people make. */
function plainName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, "");
}

/** true when a profile's list names the region. */
export function isCropped(region: Region, names: readonly string[] | null): boolean {
  return names?.some((name) => plainName(name) === plainName(region.name)) ?? false;
}

/**
 * First slice along z of a region, and the one before its last as an exclusive end; null when the region is not there.
 */
export function croppedSlices(reference: LabelVolume, region: Region): readonly [number, number] | null {
  const wanted = new Set(region.labels);
  const [nx, ny, nz] = reference.shape;
  const slice = nx * ny;
  const occupied = (z: number): boolean => {
    for (let at = z * slice; at < (z + 1) * slice; at += 1) if (wanted.has(reference.data[at] as number)) return true;
    return false;
  };
  let first = 0;
  while (first < nz && !occupied(first)) first += 1;
  if (first === nz) return null;
  let last = nz - 1;
  while (!occupied(last)) last -= 1;
  return [first, last];
}

/** Slices `from` to `to` (exclusive) of a volume; shares its voxels. */
export function slices(volume: LabelVolume, from: number, to: number): LabelVolume {
  const [nx, ny] = volume.shape;
  return { ...volume, data: volume.data.subarray(from * nx * ny, to * nx * ny), shape: [nx, ny, to - from] };
}
