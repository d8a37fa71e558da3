/** Decompression in Node: zlib with one output buffer of the known size, which halves its time on label maps. */
import { gunzipSync, inflateSync } from "node:zlib";
import { checkPlausibleSize, gunzipExactly, holdsMore, tooShort } from "../gzip.ts";
import type { VoxelSource } from "../volume-file.ts";
import { unzlibExactly } from "../zlib-stream.ts";

/**
 * Inflates a compressed source; exactly `totalBytes` must come out.
 *
 * @throws SegathlonError SEG003, SEG004 or SEG005, the same as the browser's path
 */
export function inflateKnownSize({ bytes, totalBytes, compression, file }: VoxelSource): Uint8Array {
  checkPlausibleSize(bytes.length, totalBytes, file);
  // A little more than needed, so that zlib sees the end of the stream without asking for a second buffer.
  const options = { chunkSize: Math.max(64, totalBytes + 64), maxOutputLength: totalBytes + 64, info: true } as const;
  const own = compression === "zlib" ? unzlibExactly : gunzipExactly;
  let inflated: Uint8Array;
  try {
    const run = compression === "zlib" ? inflateSync : gunzipSync;
    // With `info` zlib also says how much of the input it used; its types do not know that.
    const result = run(bytes, options) as unknown as { buffer: Uint8Array; engine: { bytesWritten: number } };
    inflated = result.buffer;
    if (result.engine.bytesWritten < bytes.length) return own(bytes, totalBytes, file);
  } catch (error) {
    if (error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      throw holdsMore(file, totalBytes);
    }
    // zlib says little about what is wrong; our own decoder names the fault, in the same words as in a browser.
    return own(bytes, totalBytes, file);
  }
  if (inflated.length > totalBytes) throw holdsMore(file, totalBytes);
  if (inflated.length < totalBytes) throw tooShort(file, inflated.length, totalBytes);
  return inflated;
}
