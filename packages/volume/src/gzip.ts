/**
 * gzip (RFC 1952): members one after the other, each with a header that may carry a name, extra fields, a comment and a checksum.
 *
 * The expected size is always known from the image header, so output is written once into a buffer of that size and a stream that
 * holds more (a bomb) or less (a truncated copy) is refused.
 */
import type { SegathlonError } from "@segathlon/errors";
import { crc32 } from "./crc32.ts";
import { type InflateStop, inflate } from "./inflate.ts";
import { deflateExpansion } from "./limits.ts";
import { byteText, volumeError } from "./volume-error.ts";

/** True for bytes that begin as a gzip stream. */
export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** First byte after the member header that begins at `start`; null when it is damaged or cut off. */
export function memberBody(bytes: Uint8Array, start: number): number | null {
  if (bytes[start] !== 0x1f || bytes[start + 1] !== 0x8b || bytes[start + 2] !== 8) return null;
  const flags = bytes[start + 3] ?? 0;
  // Reserved flags must be zero (RFC 1952 section 2.3.1.2).
  if ((flags & 0xe0) !== 0) return null;
  let at = start + 10;
  if (flags & 4) at += 2 + ((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
  for (const text of [8, 16]) {
    if ((flags & text) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end < 0) return null;
    at = end + 1;
  }
  if (flags & 2) at += 2;
  return at <= bytes.length ? at : null;
}

/**
 * The first `wanted` inflated bytes, or fewer where the stream holds fewer. Checksums are not looked at: this reads headers.
 *
 * @throws SegathlonError SEG004 when the stream is damaged before that
 */
export function inflatePrefix(bytes: Uint8Array, wanted: number, file?: string): Uint8Array {
  // `wanted` may come from a header's claim: no more is set aside than the bytes could ever give.
  const output = new Uint8Array(Math.min(wanted, bytes.length * deflateExpansion + 1024));
  let produced = 0;
  let at = 0;
  while (produced < output.length && at < bytes.length) {
    const body = memberBody(bytes, at);
    if (body === null) {
      if (at === 0) throw damaged(file, "the gzip header is damaged or cut off");
      break;
    }
    const part = inflate(bytes, body, output, produced);
    if (part.stop === "damaged") throw damaged(file, "the gzip stream is damaged in its first bytes");
    produced = part.produced;
    if (part.stop !== "end") break;
    at = part.consumed + 8;
  }
  return output.subarray(0, produced);
}

/**
 * Refuses a claim that the compressed bytes cannot possibly hold, before a buffer of that size is made.
 *
 * @throws SegathlonError SEG003
 */
export function checkPlausibleSize(compressedBytes: number, expectedBytes: number, file?: string): void {
  if (expectedBytes <= compressedBytes * deflateExpansion + 1024) return;
  throw volumeError(
    "SEG003",
    file,
    `the header announces ${byteText(expectedBytes)}, but ${byteText(compressedBytes)} of gzip data cannot hold more than ${byteText(compressedBytes * deflateExpansion)}`,
  );
}

/** Inflates all members, checks every checksum and that exactly `expectedBytes` come out. */
export function gunzipExactly(bytes: Uint8Array, expectedBytes: number, file?: string): Uint8Array {
  checkPlausibleSize(bytes.length, expectedBytes, file);
  const output = new Uint8Array(expectedBytes);
  let produced = 0;
  let at = 0;
  while (at < bytes.length) {
    const body = memberBody(bytes, at);
    if (body === null) {
      if (at > 0 && bytes.subarray(at).every((byte) => byte === 0)) break;
      throw damaged(
        file,
        at === 0
          ? "the gzip header is damaged or cut off"
          : `${byteText(bytes.length - at)} that are not gzip follow the data`,
      );
    }
    const part = inflate(bytes, body, output, produced);
    checkStop(part.stop, { expectedBytes, producedBytes: part.produced, file });
    if (part.consumed + 8 > bytes.length) throw endsEarly(file, part.produced, expectedBytes);
    const trailer = new DataView(bytes.buffer, bytes.byteOffset + part.consumed, 8);
    const member = output.subarray(produced, part.produced);
    if (trailer.getUint32(0, true) !== crc32(member) || trailer.getUint32(4, true) !== member.length % 2 ** 32) {
      throw damaged(file, "the checksum of the gzip data is wrong");
    }
    produced = part.produced;
    at = part.consumed + 8;
  }
  if (produced < expectedBytes) throw tooShort(file, produced, expectedBytes);
  return output;
}

function checkStop(
  stop: InflateStop,
  { expectedBytes, producedBytes, file }: { expectedBytes: number; producedBytes: number; file: string | undefined },
): void {
  if (stop === "end") return;
  if (stop === "output-full") throw holdsMore(file, expectedBytes);
  if (stop === "input-ended") throw endsEarly(file, producedBytes, expectedBytes);
  throw damaged(file, `the gzip stream is damaged after ${byteText(producedBytes)}`);
}

/** SEG004: the stream itself is wrong. */
export function damaged(file: string | undefined, message: string, cause?: unknown): SegathlonError {
  return volumeError("SEG004", file, message, { cause });
}

/** SEG003: the compressed stream is cut off. */
export function endsEarly(file: string | undefined, produced: number, expected: number): SegathlonError {
  const got = Number.isFinite(produced) ? ` after ${byteText(produced)}` : "";
  return volumeError("SEG003", file, `the gzip data ends early${got}; the header announces ${byteText(expected)}`);
}

/** SEG003: a complete stream holds fewer bytes than announced. */
export function tooShort(file: string | undefined, found: number, expected: number): SegathlonError {
  return volumeError(
    "SEG003",
    file,
    `holds ${byteText(found)} of data, but its header announces ${byteText(expected)}`,
  );
}

/** SEG005: more bytes come out than announced. */
export function holdsMore(file: string | undefined, expected: number): SegathlonError {
  return volumeError("SEG005", file, `holds more data than the ${byteText(expected)} that its header announces`);
}
