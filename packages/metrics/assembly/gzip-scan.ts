/**
 * From a gzip file (RFC 1952, one member) to the runs of its label map, without the label map: inflated bytes live in a window that stays in the
 * processor's cache, where they are checked (CRC-32) and scanned. Whatever is unusual - several members, a damaged stream, more or
 * fewer bytes than announced, too many runs or labels - is refused; the caller then reads the file the plain way, which names the fault.
 */
import { beginCrc, crcOf } from "./crc32";
import {
  buildCode,
  CODE_BYTES,
  END,
  LITERAL,
  longCode,
  setDistanceMeanings,
  setLiteralMeanings,
  setPlainMeanings,
  TABLE_BITS,
} from "./huffman";
import { allocate } from "./memory";
import { endSide, scanBlock } from "./runs";

const HISTORY: usize = 1 << 15;
const CHUNK: usize = 1 << 17;
/** Copies may write beyond what they mean to write. */
const SLACK: usize = 512;

const codeLengthOrder = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);
const codeLengths = memory.data(512);

let literals: usize = 0;
let distances: usize = 0;
let plain: usize = 0;

// Input.
let input: usize = 0;
let inputEnd: usize = 0;
let bits: u64 = 0;
let bitCount: u32 = 0;

// Output window and what has become of it.
let windowStart: usize = 0;
let out: usize = 0;
let flushAt: usize = 0;
let flushedEnd: usize = 0;
let scanned: usize = 0;
let producedBefore: u64 = 0;
let expected: u64 = 0;
let crc: u32 = 0;
let voxelBytes: u32 = 1;
let headerLeft: u64 = 0;

/** Checks and scans what is new in the window and keeps the last 32 KiB of it for copies. False where there are too many runs. */
function flush(): bool {
  crc = crcOf(crc, flushedEnd, out);
  if (headerLeft > 0) {
    const skipped = min<u64>(headerLeft, <u64>(out - scanned));
    headerLeft -= skipped;
    scanned += <usize>skipped;
  }
  const voxels = <u32>(out - scanned) / voxelBytes;
  if (voxels > 0) {
    if (!scanBlock(scanned, voxels, voxelBytes)) return false;
    scanned += <usize>(voxels * voxelBytes);
  }
  flushedEnd = out;
  if (out - windowStart <= HISTORY) return true;
  const shift = out - HISTORY - windowStart;
  memory.copy(windowStart, windowStart + shift, HISTORY);
  producedBefore += shift;
  out -= shift;
  flushedEnd -= shift;
  scanned -= shift;
  return true;
}

// @ts-ignore: decorator
@inline
function refill(): void {
  bits |= load<u64>(input) << <u64>bitCount;
  input += <usize>((63 - bitCount) >> 3);
  bitCount |= 56;
}

// @ts-ignore: decorator
@inline
function take(count: u32): u32 {
  const value = <u32>bits & ((1 << count) - 1);
  bits >>= <u64>count;
  bitCount -= count;
  return value;
}

/** Bytes of the input that were read into `bits` and not used. */
// @ts-ignore: decorator
@inline
function unread(): usize {
  return <usize>(bitCount >> 3);
}

function storedBlock(): bool {
  input -= unread();
  bits = 0;
  bitCount = 0;
  if (input + 4 > inputEnd) return false;
  let length = <usize>load<u16>(input);
  if ((length ^ <usize>load<u16>(input, 2)) != 0xffff) return false;
  input += 4;
  if (input + length > inputEnd) return false;
  while (length > 0) {
    const part = min(length, flushAt - out);
    memory.copy(out, input, part);
    out += part;
    input += part;
    length -= part;
    if (producedBefore + <u64>(out - windowStart) > expected) return false;
    if (out >= flushAt && !flush()) return false;
  }
  return true;
}

function dynamicCodes(): bool {
  refill();
  const literalCount = take(5) + 257;
  const distanceCount = take(5) + 1;
  const lengthCount = take(4) + 4;
  if (literalCount > 286 || distanceCount > 30) return false;
  memory.fill(codeLengths, 0, 512);
  for (let n: u32 = 0; n < lengthCount; n++) {
    refill();
    store<u8>(codeLengths + <usize>load<u8>(codeLengthOrder + n), <u8>take(3));
  }
  if (!buildCode(plain, codeLengths, 19)) return false;
  memory.fill(codeLengths, 0, 512);
  const all = literalCount + distanceCount;
  let filled: u32 = 0;
  while (filled < all) {
    if (input > inputEnd + 8) return false;
    refill();
    const entry = load<u32>(plain + (<usize>(bits & ((1 << TABLE_BITS) - 1)) << 2));
    if (entry == 0) return false;
    take(entry & 255);
    const symbol = (entry >> 16) & 0x7fff;
    if (symbol < 16) {
      store<u8>(codeLengths + filled++, <u8>symbol);
      continue;
    }
    let repeat: u32;
    let value: u8 = 0;
    if (symbol == 16) {
      if (filled == 0) return false;
      value = load<u8>(codeLengths + filled - 1);
      repeat = 3 + take(2);
    } else repeat = symbol == 17 ? 3 + take(3) : 11 + take(7);
    if (filled + repeat > all) return false;
    memory.fill(codeLengths + filled, value, repeat);
    filled += repeat;
  }
  // A block without an end could never end.
  if (load<u8>(codeLengths + 256) == 0) return false;
  return buildCode(literals, codeLengths, literalCount) && buildCode(distances, codeLengths + literalCount, distanceCount);
}

function fixedCodes(): bool {
  memory.fill(codeLengths, 8, 144);
  memory.fill(codeLengths + 144, 9, 112);
  memory.fill(codeLengths + 256, 7, 24);
  memory.fill(codeLengths + 280, 8, 8);
  if (!buildCode(literals, codeLengths, 288)) return false;
  memory.fill(codeLengths, 5, 32);
  return buildCode(distances, codeLengths, 32);
}

// @ts-ignore: decorator
@inline
function copy(to: usize, distance: usize, length: usize): void {
  const end = to + length;
  const from = to - distance;
  if (distance >= 16) {
    for (let p = to, q = from; p < end; p += 16, q += 16) v128.store(p, v128.load(q));
    return;
  }
  if (distance == 1 || distance == 2 || distance == 4 || distance == 8) {
    const pattern =
      distance == 1
        ? i8x16.splat(load<u8>(from))
        : distance == 2
          ? i16x8.splat(load<u16>(from))
          : distance == 4
            ? i32x4.splat(load<u32>(from))
            : i64x2.splat(load<u64>(from));
    for (let p = to; p < end; p += 16) v128.store(p, pattern);
    return;
  }
  for (let p = to, q = from; p < end; p++, q++) store<u8>(p, load<u8>(q));
}

function compressedBlock(): bool {
  while (true) {
    if (input > inputEnd + 8) return false;
    refill();
    let entry = load<u32>(literals + (<usize>(bits & ((1 << TABLE_BITS) - 1)) << 2));
    if (entry == 0) {
      entry = longCode(literals, bits);
      if (entry == 0) return false;
    }
    bits >>= <u64>(entry & 255);
    bitCount -= entry & 255;
    if (entry & LITERAL) {
      store<u8>(out++, <u8>(entry >> 16));
    } else {
      if (entry & END) return true;
      const length = <usize>(((entry >> 16) & 0x1ff) + take((entry >> 8) & 255));
      let far = load<u32>(distances + (<usize>(bits & ((1 << TABLE_BITS) - 1)) << 2));
      if (far == 0) {
        far = longCode(distances, bits);
        if (far == 0) return false;
      }
      bits >>= <u64>(far & 255);
      bitCount -= far & 255;
      const distance = <usize>((far >> 16) + take((far >> 8) & 255));
      if (<u64>distance > producedBefore + <u64>(out - windowStart)) return false;
      copy(out, distance, length);
      out += length;
    }
    if (out >= flushAt) {
      if (producedBefore + <u64>(out - windowStart) > expected || !flush()) return false;
    }
  }
}

/** First byte after the member header, or 0. */
function memberBody(file: usize, end: usize): usize {
  if (end - file < 18 || load<u16>(file) != 0x8b1f || load<u8>(file, 2) != 8) return 0;
  const flags = load<u8>(file, 3);
  if (flags & 0xe0) return 0;
  let p = file + 10;
  if (flags & 4) p += 2 + <usize>load<u16>(p);
  for (let text: u8 = 8; text <= 16; text <<= 1) {
    if (!(flags & text)) continue;
    while (p < end && load<u8>(p) != 0) p++;
    p++;
  }
  if (flags & 2) p += 2;
  return p < end ? p : 0;
}

/**
 * Scans a gzip file of `length` bytes, with at least 16 bytes of memory behind it, into the side that was begun last. It must hold
 * `headerBytes` and then `voxels` little-endian voxels and nothing more. False: read it the plain way.
 */
export function scanGzip(file: usize, length: u32, headerBytes: u32, voxels: f64, bytesPerVoxel: u32): bool {
  const end = file + <usize>length;
  input = memberBody(file, end);
  if (input == 0) return false;
  inputEnd = end - 8;
  bits = 0;
  bitCount = 0;
  beginCrc();
  literals = allocate(<u64>CODE_BYTES);
  distances = allocate(<u64>CODE_BYTES);
  plain = allocate(<u64>CODE_BYTES);
  setLiteralMeanings(literals);
  setDistanceMeanings(distances);
  setPlainMeanings(plain);
  windowStart = allocate(<u64>(HISTORY + CHUNK + SLACK));
  flushAt = windowStart + HISTORY + CHUNK;
  out = windowStart;
  flushedEnd = out;
  scanned = out;
  producedBefore = 0;
  headerLeft = <u64>headerBytes;
  voxelBytes = bytesPerVoxel;
  expected = <u64>headerBytes + <u64>voxels * <u64>bytesPerVoxel;
  crc = u32.MAX_VALUE;
  let last = false;
  while (!last) {
    if (input > inputEnd + 8) return false;
    refill();
    last = take(1) == 1;
    const kind = take(2);
    if (kind == 0) {
      if (!storedBlock()) return false;
    } else {
      if (kind == 3 || !(kind == 1 ? fixedCodes() : dynamicCodes())) return false;
      if (!compressedBlock()) return false;
    }
  }
  input -= unread();
  if (input != inputEnd) return false;
  const produced = producedBefore + <u64>(out - windowStart);
  if (produced != expected || !flush()) return false;
  return ~crc == load<u32>(input) && <u32>expected == load<u32>(input, 4) && endSide();
}
