/** The decoder against zlib: every level and strategy, members, header fields, and the place where a stream ends. */
import { constants, deflateRawSync, deflateSync, gzipSync, crc32 as zlibCrc32 } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32 } from "./crc32.ts";
import { gunzipExactly, inflatePrefix, memberBody } from "./gzip.ts";
import { inflate } from "./inflate.ts";
import { adler32, unzlibExactly } from "./zlib-stream.ts";

/** Runs, copies and noise in one: what label maps and images are made of. */
const content = fc
  .array(
    fc.oneof(
      fc.tuple(fc.constant("run"), fc.nat(255), fc.nat(3000)),
      fc.tuple(fc.constant("noise"), fc.nat(2 ** 31), fc.nat(800)),
      fc.tuple(fc.constant("copy"), fc.integer({ min: 1, max: 40_000 }), fc.nat(3000)),
    ),
    { maxLength: 30 },
  )
  .map((parts) => {
    const bytes: number[] = [];
    for (const [kind, value, length] of parts) {
      let state = value | 1;
      for (let index = 0; index < length; index += 1) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        bytes.push(kind === "run" ? value : kind === "noise" ? state >>> 24 : (bytes[bytes.length - value] ?? 7));
      }
    }
    return Uint8Array.from(bytes);
  });

test("inflate gives back what zlib packed, at every level and strategy, and knows where the stream ends", () => {
  const settings = fc.record({
    level: fc.integer({ min: 0, max: 9 }),
    strategy: fc.constantFrom(
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FILTERED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
      constants.Z_FIXED,
    ),
    memLevel: fc.integer({ min: 1, max: 9 }),
  });
  fc.assert(
    fc.property(content, settings, fc.nat(20), (bytes, options, tail) => {
      const packed = new Uint8Array([...deflateRawSync(bytes, options), ...new Array<number>(tail).fill(0xab)]);
      const output = new Uint8Array(bytes.length);
      expect(inflate(packed, 0, output)).toEqual({
        stop: "end",
        consumed: packed.length - tail,
        produced: bytes.length,
      });
      expect(Buffer.compare(output, bytes)).toBe(0);
      // A smaller buffer holds the beginning and nothing is written past it.
      const half = new Uint8Array(bytes.length >> 1);
      if (bytes.length > 1) expect(inflate(packed, 0, half).stop).toBe("output-full");
      expect(Buffer.compare(half, bytes.subarray(0, half.length))).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test("a stream that is cut anywhere is never taken for complete", () => {
  const bytes = Uint8Array.from({ length: 3000 }, (_, index) => (index * index) >> 7);
  const packed = new Uint8Array(deflateRawSync(bytes));
  for (let length = 0; length < packed.length; length += 1) {
    expect(inflate(packed.subarray(0, length), 0, new Uint8Array(3000)).stop).toBe("input-ended");
  }
});

test("checksums are zlib's, at every alignment", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(7), (bytes, shift) => {
      const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
      shifted.set(bytes);
      expect(crc32(shifted)).toBe(zlibCrc32(bytes));
      expect(adler32(bytes)).toBe(new DataView(new Uint8Array(deflateSync(bytes)).slice(-4).buffer).getUint32(0));
    }),
  );
  const large = Uint8Array.from({ length: 100_003 }, (_, index) => (index * 31) >> 3);
  expect(crc32(large)).toBe(zlibCrc32(large));
  expect(adler32(large.fill(255))).toBe(new DataView(new Uint8Array(deflateSync(large)).slice(-4).buffer).getUint32(0));
});

/** A member whose header carries every optional field of RFC 1952. */
function fullMember(bytes: Uint8Array): Uint8Array {
  const plain = gzipSync(bytes);
  const header = Buffer.from([0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 1, 2, 3, 4, 0, 3, 4, 0, 65, 66, 67, 68]);
  return new Uint8Array(
    Buffer.concat([header, Buffer.from("name.nii\0a comment\0"), Buffer.from([9, 9]), plain.subarray(10)]),
  );
}

test("members with names, extra fields and comments, one after the other, and zero padding", () => {
  const first = Uint8Array.from({ length: 500 }, (_, index) => index % 7);
  const second = Uint8Array.from({ length: 700 }, (_, index) => index % 11);
  const both = new Uint8Array([...first, ...second]);
  const packed = new Uint8Array([...fullMember(first), ...gzipSync(new Uint8Array(0)), ...gzipSync(second), 0, 0, 0]);
  expect(memberBody(packed, 0)).toBe(16 + 19 + 2);
  expect(gunzipExactly(packed, 1200)).toEqual(both);
  // A header may reach over the border of two members.
  expect(inflatePrefix(packed, 600)).toEqual(both.subarray(0, 600));
  expect(inflatePrefix(packed, 5000)).toEqual(both);
});

test("every member's size and checksum count", () => {
  const packed = new Uint8Array([...gzipSync(new Uint8Array(50)), ...gzipSync(new Uint8Array(70).fill(1))]);
  expect(gunzipExactly(packed, 120).length).toBe(120);
  expect(() => gunzipExactly(packed, 121)).toThrow(/holds 120 bytes of data, but its header announces 121/);
  expect(() => gunzipExactly(packed, 119)).toThrow(/more data than the 119 bytes/);
  const wrong = packed.slice();
  wrong[packed.length - 1]! ^= 64;
  expect(() => gunzipExactly(wrong, 120)).toThrow(/checksum/);
  expect(() => gunzipExactly(Uint8Array.of(0x1f, 0x8b, 8, 0xe0, 0, 0, 0, 0, 0, 0), 1)).toThrow(/gzip header/);
});

test("zlib streams of exactly the announced size", () => {
  const bytes = Uint8Array.from({ length: 999 }, (_, index) => index % 13);
  const packed = new Uint8Array(deflateSync(bytes));
  expect(unzlibExactly(packed, 999)).toEqual(bytes);
  expect(() => unzlibExactly(packed, 998)).toThrow(/more data/);
  expect(() => unzlibExactly(packed, 1000)).toThrow(/announces 1000/);
  expect(() => unzlibExactly(packed.subarray(0, packed.length - 5), 999)).toThrow(/ends early/);
  expect(() => unzlibExactly(Uint8Array.of(1, 2, 3, 4, 5, 6), 1)).toThrow(/zlib header/);
  const wrong = packed.slice();
  wrong[packed.length - 1]! ^= 1;
  expect(() => unzlibExactly(wrong, 999)).toThrow(/checksum/);
});
