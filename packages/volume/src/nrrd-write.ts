/** Writing NRRD (version 4: one file, left-posterior-superior, little-endian). */
import type { Affine } from "./geometry.ts";
import type { Volume, VoxelType } from "./volume.ts";
import { volumeError } from "./volume-error.ts";
import { voxelsAsBytes, voxelTypeOf } from "./voxel-type.ts";

const typeNames: Readonly<Record<VoxelType, string>> = {
  uint8: "uint8",
  int8: "int8",
  uint16: "uint16",
  int16: "int16",
  uint32: "uint32",
  int32: "int32",
  uint64: "uint64",
  int64: "int64",
  float32: "float",
  float64: "double",
};

/**
 * Header (with its closing blank line) and voxels of an NRRD file; the caller compresses the voxels (`encoding: gzip`). Numbers are
 * written in full, so that the affine comes back to the bit. The spacing is what the affine says: NRRD has no field of its own.
 *
 * @throws SegathlonError SEG006 for a scaled volume, which NRRD cannot say; RangeError when the voxels do not fill the shape
 */
export function encodeNrrd(volume: Volume): { readonly header: Uint8Array; readonly voxels: Uint8Array } {
  const { geometry, channels, data, details, voxelType } = volume;
  const { shape, affine } = geometry;
  if (data.length !== shape[0] * shape[1] * shape[2] * channels) {
    throw new RangeError(`${data.length} voxels do not fill ${channels} grids of ${shape.join("x")}`);
  }
  if (voxelTypeOf(data) !== voxelType) throw new TypeError(`the voxels are ${voxelTypeOf(data)}, not ${voxelType}`);
  if (volume.slope !== 1 || volume.intercept !== 0) {
    throw volumeError("SEG006", undefined, "NRRD has no field for a slope and an intercept", {
      hint: "Write the scaled values, or write NIfTI.",
    });
  }
  const lps = affine.map((value, index) => (index < 8 && value !== 0 ? -value : value)) as unknown as Affine;
  const vector = (axis: 0 | 1 | 2 | 3): string => `(${lps[axis]},${lps[axis + 4]},${lps[axis + 8]})`;
  const many = channels > 1;
  const lines = [
    "NRRD0004",
    `type: ${typeNames[voxelType]}`,
    `dimension: ${many ? 4 : 3}`,
    "space: left-posterior-superior",
    `sizes: ${shape.join(" ")}${many ? ` ${channels}` : ""}`,
    `space directions: ${vector(0)} ${vector(1)} ${vector(2)}${many ? " none" : ""}`,
    `kinds: domain domain domain${many ? " list" : ""}`,
    "endian: little",
    "encoding: gzip",
    `space origin: ${vector(3)}`,
    ...Object.entries(details?.keyValues ?? {}).map(([key, value]) => `${key}:=${value}`),
  ];
  return { header: new TextEncoder().encode(`${lines.join("\n")}\n\n`), voxels: voxelsAsBytes(data, "little") };
}
