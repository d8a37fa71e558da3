/** Reading volumes from bytes that are already in memory, without waiting: for workers that have read and hashed a file. */
import { checkOneChannel, toLabelMap } from "../label-map.ts";
import type { ReadOptions } from "../limits.ts";
import type { LabelMap, Volume } from "../volume.ts";
import { decodeVoxels, locateVoxels, type OpenedVolume, openVolume } from "../volume-file.ts";
import { inflateKnownSize } from "./inflate-known-size.ts";

/** As `readVolume` of the browser-safe entry, at once and with zlib. */
export function decodeVolume(bytes: Uint8Array, options: ReadOptions = {}): Volume {
  return decodeOpened(bytes, openVolume(bytes, options.fileName), options);
}

/**
 * As `readLabelMap` of the browser-safe entry, at once and with zlib. An unscaled uint8 file that is not compressed gives a view of
 * `bytes`, not a copy.
 *
 * @example
 * ```ts
 * const bytes = await readFile(path);
 * const sha256 = createHash("sha256").update(bytes).digest("hex");
 * const labelMap = decodeLabelMap(bytes, { fileName: path });
 * ```
 */
export function decodeLabelMap(bytes: Uint8Array, options: ReadOptions = {}): LabelMap {
  const opened = openVolume(bytes, options.fileName);
  checkOneChannel(opened.header, options.fileName);
  return toLabelMap(decodeOpened(bytes, opened, options), options.fileName);
}

function decodeOpened(bytes: Uint8Array, opened: OpenedVolume, options: ReadOptions): Volume {
  const source = locateVoxels(bytes, opened, options);
  const inflated = source.compression === "none" ? source.bytes : inflateKnownSize(source);
  return { ...opened.header, data: decodeVoxels(opened, source, inflated) };
}
