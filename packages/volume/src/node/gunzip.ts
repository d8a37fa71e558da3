/** gzip in Node: zlib with one output buffer of the known size, which halves its time on label maps. */
import { gunzipSync } from "node:zlib";
import { checkPlausibleSize, gunzipExactly, holdsMore, tooShort } from "../gzip.ts";

/**
 * Inflates all members; exactly `expectedBytes` must come out.
 *
 * @throws SegathlonError SEG003, SEG004 or SEG005, the same as the browser's path
 */
export function gunzipKnownSize(bytes: Uint8Array, expectedBytes: number, file?: string): Uint8Array {
  checkPlausibleSize(bytes.length, expectedBytes, file);
  let inflated: Uint8Array;
  try {
    // A little more than needed, so that zlib sees the end of the stream without asking for a second buffer.
    inflated = gunzipSync(bytes, { chunkSize: Math.max(64, expectedBytes + 64), maxOutputLength: expectedBytes + 64 });
  } catch (error) {
    if (error instanceof RangeError && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE") {
      throw holdsMore(file, expectedBytes);
    }
    // zlib says little about what is wrong; our own decoder names the fault, in the same words as in a browser.
    return gunzipExactly(bytes, expectedBytes, file);
  }
  if (inflated.length > expectedBytes) throw holdsMore(file, expectedBytes);
  if (inflated.length < expectedBytes) throw tooShort(file, inflated.length, expectedBytes);
  return inflated;
}
