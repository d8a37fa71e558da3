/** Label maps that can be scanned while they are inflated: whole-file gzip around plain little-endian whole numbers. */

import type { Geometry } from "./geometry.ts";
import { isGzip } from "./gzip.ts";
import type { ReadOptions } from "./limits.ts";
import { locateVoxels, openVolume } from "./volume-file.ts";

const wholeNumbers = ["uint8", "int8", "uint16", "int16", "uint32", "int32"] as const;

/** A gzip file that inflates to `headerBytes` of header and then one voxel after the other, x fastest, and nothing more. */
export interface GzipLabels {
  readonly geometry: Geometry;
  readonly bytes: Uint8Array;
  readonly headerBytes: number;
  readonly voxelType: (typeof wholeNumbers)[number];
}

/**
 * Where the voxels of a label map lie in its gzip file; only the header is inflated.
 *
 * @returns null where the voxels are stored in any other way (not gzip, scaled, floating point, big-endian, several channels, two
 *   files): `readLabelMap` reads those.
 * @throws SegathlonError as `readHeader`, and SEG003, SEG005, SEG009 for sizes that cannot be
 */
export function locateGzipLabels(bytes: Uint8Array, options: ReadOptions = {}): GzipLabels | null {
  if (!isGzip(bytes)) return null;
  const opened = openVolume(bytes, options.fileName);
  const { header, layout } = opened;
  const voxelType = wholeNumbers.find((type) => type === header.voxelType);
  const littleEndian = layout.byteOrder === "little" || voxelType === "uint8" || voxelType === "int8";
  const plain = header.channels === 1 && header.slope === 1 && header.intercept === 0 && littleEndian;
  const asStored =
    layout.encoding === "raw" && layout.place === "same-file" && layout.lineSkip === 0 && layout.byteSkip >= 0;
  if (voxelType === undefined || !plain || !asStored) return null;
  const { skip } = locateVoxels(bytes, opened, options);
  return { geometry: header.geometry, bytes, headerBytes: skip, voxelType };
}
