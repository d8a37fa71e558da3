/** zlib streams (RFC 1950), as MetaImage stores them: two header bytes, DEFLATE, Adler-32. */
import { checkPlausibleSize, damaged, endsEarly, holdsMore, tooShort } from "./gzip.ts";
import { inflate } from "./inflate.ts";
import { byteText } from "./volume-error.ts";

/** Checksum of RFC 1950 section 8.2, as an unsigned 32-bit number. */
export function adler32(bytes: Uint8Array): number {
  let a = 1;
  let b = 0;
  // 5552 is the most steps after which b still fits 32 bits.
  for (let start = 0; start < bytes.length; start += 5552) {
    const end = Math.min(bytes.length, start + 5552);
    for (let at = start; at < end; at += 1) {
      a += bytes[at] as number;
      b += a;
    }
    a %= 65_521;
    b %= 65_521;
  }
  return b * 65_536 + a;
}

/** Inflates a zlib stream; exactly `expectedBytes` must come out and nothing may follow. */
export function unzlibExactly(bytes: Uint8Array, expectedBytes: number, file?: string): Uint8Array {
  checkPlausibleSize(bytes.length, expectedBytes, file);
  const [method = 0, flags = 0] = bytes;
  if ((method & 15) !== 8 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0) {
    throw damaged(file, "the zlib header of the voxels is damaged");
  }
  const output = new Uint8Array(expectedBytes);
  const part = inflate(bytes, 2, output);
  if (part.stop === "output-full") throw holdsMore(file, expectedBytes);
  if (part.stop === "input-ended") throw endsEarly(file, part.produced, expectedBytes);
  if (part.stop === "damaged") throw damaged(file, `the zlib stream is damaged after ${byteText(part.produced)}`);
  if (part.consumed + 4 > bytes.length) throw endsEarly(file, part.produced, expectedBytes);
  if (part.produced < expectedBytes) throw tooShort(file, part.produced, expectedBytes);
  const checksum = new DataView(bytes.buffer, bytes.byteOffset + part.consumed, 4).getUint32(0);
  if (checksum !== adler32(output)) throw damaged(file, "the checksum of the zlib data is wrong");
  const rest = bytes.subarray(part.consumed + 4);
  if (rest.some((byte) => byte !== 0)) throw damaged(file, `${byteText(rest.length)} follow the zlib data`);
  return output;
}
