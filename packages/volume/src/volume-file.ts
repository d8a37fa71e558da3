/**
 * From the bytes of a file to its header and to the place of its voxels: format detection and every check that has to happen
 * before memory is asked for. Inflating is left to the entries (zlib in Node, the platform's stream in a browser), so this file
 * is the same for both.
 */
import { inflatePrefix, isGzip } from "./gzip.ts";
import { defaultMaxVoxelBytes, maxHeaderBytes, type ReadOptions } from "./limits.ts";
import { looksLikeMetaImage, parseMetaImage } from "./meta-image.ts";
import { parseNifti } from "./nifti.ts";
import { looksLikeNifti } from "./nifti-fields.ts";
import { looksLikeNrrd, parseNrrd } from "./nrrd.ts";
import type { VolumeHeader, VoxelArray } from "./volume.ts";
import { byteText, volumeError } from "./volume-error.ts";
import type { HeaderParse, VoxelLayout } from "./voxel-layout.ts";
import { decodeText } from "./voxel-text.ts";
import { bytesAsVoxels, makeVoxelArray, voxelBytes } from "./voxel-type.ts";

/** A file whose header is read. */
export interface OpenedVolume {
  readonly header: VolumeHeader;
  readonly layout: VoxelLayout;
}

/** Where the voxels are, and what has to be inflated to get at them. */
export interface VoxelSource {
  readonly bytes: Uint8Array;
  readonly compression: "none" | "gzip" | "zlib";
  /** Exact number of bytes that inflating has to give (or that `bytes` has). */
  readonly totalBytes: number;
  /** Bytes before the voxels in those. */
  readonly skip: number;
  readonly file: string | undefined;
}

/** Enough for a NIfTI header without extensions; most files need no second look. */
const firstLook = 1024;

/**
 * Parses the header from the first bytes of a file.
 *
 * @param bytes the file, or its beginning
 * @param whole "whole" when `bytes` is all there is
 * @returns `incomplete` when more of the file is needed
 */
export function openHeader(bytes: Uint8Array, whole: "whole" | "beginning", file?: string): HeaderParse {
  if (!isGzip(bytes)) return parseByMagic({ bytes, complete: whole === "whole", file });
  for (let wanted = firstLook; ; ) {
    const prefix = inflatePrefix(bytes, wanted, file);
    const ended = prefix.length < wanted;
    if (ended && whole === "beginning") return { kind: "incomplete", needBytes: bytes.length * 4 };
    const parse = parseByMagic({ bytes: prefix, complete: ended, file });
    if (parse.kind === "parsed") return withGzip(parse);
    if (ended) return parse;
    wanted = Math.max(parse.needBytes, wanted * 2);
    checkHeaderSize(wanted, file);
  }
}

/** A whole file as an opened volume. */
export function openVolume(bytes: Uint8Array, file?: string): OpenedVolume {
  const parse = openHeader(bytes, "whole", file);
  if (parse.kind === "parsed") return parse;
  throw volumeError("SEG003", file, `the file ends inside its header (${byteText(bytes.length)})`);
}

/** Refuses to look at more header bytes than the limit. */
export function checkHeaderSize(wanted: number, file: string | undefined): void {
  if (wanted <= 2 * maxHeaderBytes) return;
  throw volumeError("SEG009", file, `the header is larger than ${byteText(maxHeaderBytes)}`);
}

function withGzip(parse: HeaderParse & { kind: "parsed" }): HeaderParse {
  const { header } = parse;
  if (header.details === undefined) return parse;
  return { ...parse, header: { ...header, details: { ...header.details, encoding: "gzip" } } };
}

function parseByMagic(input: { bytes: Uint8Array; complete: boolean; file: string | undefined }): HeaderParse {
  const { bytes, complete, file } = input;
  if (looksLikeNrrd(bytes)) return parseNrrd(input);
  if (looksLikeNifti(bytes)) return parseNifti(input);
  if (looksLikeMetaImage(bytes)) return parseMetaImage(input);
  if (bytes.length < 348 && !complete) return { kind: "incomplete", needBytes: firstLook };
  throw unknownFormat(bytes, file);
}

function unknownFormat(bytes: Uint8Array, file: string | undefined): Error {
  if (bytes.length === 0) return volumeError("SEG003", file, "the file is empty");
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 24));
  const has = (text: string, at: number): boolean =>
    new TextDecoder("latin1").decode(bytes.subarray(at, at + text.length)) === text;
  if (has("DICM", 128)) {
    return volumeError("SEG002", file, "is a DICOM file", {
      hint: "Read DICOM in Node, by path; or convert it to NIfTI.",
    });
  }
  const named = file !== undefined && /\.gz$/i.test(file) && !isGzip(bytes) ? ", although its name ends in .gz" : "";
  const printable = /^[\x20-\x7e\s]+$/.test(start);
  const shown = printable
    ? `text ("${start.trim().replaceAll(/\s+/g, " ")}...")`
    : `the bytes ${Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join(" ")}`;
  const short = bytes.length < 348 ? ` (${byteText(bytes.length)}; a NIfTI header has 348)` : "";
  return volumeError(
    "SEG002",
    file,
    `is neither NIfTI, Analyze, NRRD nor MetaImage${named}: it begins with ${shown}${short}`,
  );
}

/**
 * Finds the voxels and checks every size that the header claims against what is there.
 *
 * @throws SegathlonError SEG003 too few bytes, SEG005 too many, SEG009 more than the limit, SEG001 the second file is missing
 */
export function locateVoxels(
  bytes: Uint8Array,
  { header, layout }: OpenedVolume,
  options: ReadOptions = {},
): VoxelSource {
  const file = options.fileName;
  const size = layout.voxelCount * voxelBytes[header.voxelType];
  const limit = options.maxVoxelBytes ?? defaultMaxVoxelBytes;
  if (size > limit) {
    const shape = (header.details?.dimensions ?? header.geometry.shape).join(" x ");
    throw volumeError(
      "SEG009",
      file,
      `the header announces ${byteText(size)} of voxels (${shape}, ${header.voxelType}); the limit is ${byteText(limit)}`,
    );
  }
  if (layout.place === "separate-file" && options.voxelFile === undefined) {
    const name = layout.dataFileName === undefined ? "an .img file" : `the file "${layout.dataFileName}"`;
    throw volumeError("SEG001", file, `is a header only; its voxels are in ${name}, which was not given`, {
      hint: "Give both files, or save the volume as one .nii.gz file.",
    });
  }
  const stored = layout.place === "separate-file" ? (options.voxelFile as Uint8Array) : bytes;
  if (layout.encoding === "ascii" || layout.encoding === "hex") {
    if (isGzip(stored)) throw volumeError("SEG002", file, "a gzip file around a text encoding cannot be read");
    return {
      bytes: afterLines(stored, layout, file),
      compression: "none",
      totalBytes: -1,
      skip: layout.byteSkip,
      file,
    };
  }
  if (layout.encoding === "gzip" || layout.encoding === "zlib") {
    if (isGzip(stored) && layout.place === "same-file") {
      throw volumeError("SEG002", file, "a gzip file around a file with compressed voxels cannot be read");
    }
    const block = afterLines(stored, layout, file);
    const { encoding: compression, byteSkip: skip } = layout;
    return { bytes: block, compression, totalBytes: skip + size, skip, file };
  }
  if (isGzip(stored)) {
    if (layout.lineSkip > 0 || layout.byteSkip < 0) {
      throw volumeError("SEG002", file, "a gzip file around a file with line skip cannot be read");
    }
    const skip = layout.blockStart + layout.byteSkip;
    return { bytes: stored, compression: "gzip", totalBytes: skip + size, skip, file };
  }
  return locateRaw(stored, layout, size, file);
}

function locateRaw(stored: Uint8Array, layout: VoxelLayout, size: number, file: string | undefined): VoxelSource {
  const block = afterLines(stored, layout, file);
  const skip = layout.byteSkip < 0 ? block.length - size : layout.byteSkip;
  const found = block.length - skip;
  if (skip < 0 || found < size) {
    const have = byteText(Math.max(0, layout.byteSkip < 0 ? block.length : found));
    throw volumeError("SEG003", file, `holds ${have} of voxels, but its header announces ${byteText(size)}`);
  }
  if (found > size) {
    throw volumeError("SEG005", file, `holds ${byteText(found)} of voxels, but its header announces ${byteText(size)}`);
  }
  return { bytes: block, compression: "none", totalBytes: block.length, skip, file };
}

/** The voxel block after the lines that the header asks to skip. */
function afterLines(stored: Uint8Array, layout: VoxelLayout, file: string | undefined): Uint8Array {
  let at = layout.blockStart;
  for (let line = 0; line < layout.lineSkip; line += 1) {
    const newline = stored.indexOf(10, at);
    if (newline < 0) throw volumeError("SEG003", file, `has fewer than ${layout.lineSkip} lines before its voxels`);
    at = newline + 1;
  }
  return stored.subarray(Math.min(at, stored.length));
}

/**
 * The stored voxels, channels last.
 *
 * @param inflated the bytes of {@link VoxelSource}, inflated where it is compressed
 */
export function decodeVoxels({ header, layout }: OpenedVolume, source: VoxelSource, inflated: Uint8Array): VoxelArray {
  const stored =
    layout.encoding === "ascii" || layout.encoding === "hex"
      ? decodeText(inflated.subarray(source.skip), layout, header.voxelType, source.file)
      : bytesAsVoxels(inflated.subarray(source.skip), header.voxelType, layout.byteOrder);
  return layout.channelsFirst && header.channels > 1 ? channelsLast(stored, header) : stored;
}

function channelsLast(stored: VoxelArray, header: VolumeHeader): VoxelArray {
  const { channels } = header;
  const size = stored.length / channels;
  const result = makeVoxelArray(header.voxelType, stored.length);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let voxel = 0; voxel < size; voxel += 1) {
      result[channel * size + voxel] = stored[voxel * channels + channel] as number & bigint;
    }
  }
  return result;
}
