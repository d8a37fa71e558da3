/** Where and how a file stores its voxels: what a header parser hands to the reader. */
import type { ByteOrder, VolumeHeader } from "./volume.ts";

export interface VoxelLayout {
  readonly byteOrder: ByteOrder;
  /** Encoding of the voxel block itself; a gzip wrapper around a whole file does not count. */
  readonly encoding: "raw" | "gzip" | "zlib" | "ascii" | "hex";
  /** Whether the voxels lie in the file of the header; then `offset` counts from its (inflated) start. */
  readonly place: "same-file" | "separate-file";
  /** First byte of the voxel block in its file, before lines are skipped. */
  readonly blockStart: number;
  /** Text lines to skip from `blockStart` on (NRRD `line skip`), before decompression. */
  readonly lineSkip: number;
  /** Bytes to skip after that, after decompression; -1: the voxels are the last bytes of the file (NRRD `byte skip: -1`). */
  readonly byteSkip: number;
  /** Name of the separate file where the header gives one. */
  readonly dataFileName?: string;
  /** Voxels of all channels. */
  readonly voxelCount: number;
  /** Channel-first storage (NRRD vector axis in front); the reader brings channels last. */
  readonly channelsFirst: boolean;
}

/** What a header parser is given. */
export interface HeaderBytes {
  /** The file from its beginning (inflated where the whole file is gzip), as much as is at hand. */
  readonly bytes: Uint8Array;
  /** True when `bytes` is the whole file. */
  readonly complete: boolean;
  /** Name for messages. */
  readonly file: string | undefined;
}

export type HeaderParse =
  | { readonly kind: "parsed"; readonly header: VolumeHeader; readonly layout: VoxelLayout }
  /** The bytes given end inside the header; at least that many are needed. */
  | { readonly kind: "incomplete"; readonly needBytes: number };
