/** How much a file may ask of the reader. Checked before anything is allocated. */

export interface ReadOptions {
  /** Name for messages, as the user knows the file. */
  readonly fileName?: string;
  /** The voxel bytes of a two-file volume (`.img` of `.hdr`, data file of a detached NRRD header). */
  readonly voxelFile?: Uint8Array;
  /** Most bytes that the voxels may take, after decompression. Default 2 GiB. */
  readonly maxVoxelBytes?: number;
}

export const defaultMaxVoxelBytes = 2 * 1024 ** 3;

/** Most bytes of header, extensions included, that are looked at. */
export const maxHeaderBytes = 16 * 1024 * 1024;

/** DEFLATE cannot expand more than this (258 bytes from 2 bits): a claim beyond it is false whatever the stream holds. */
export const deflateExpansion = 1032;
