/**
 * Huffman codes of DEFLATE (RFC 1951 section 3.2.2), decoded by one look-up of the next `TABLE_BITS` bits; longer codes, which
 * are rare, bit by bit. What a symbol stands for is part of its entry: bits 0-7 length of the code, bits 8-15 extra bits, bits
 * 16-31 value, of which LITERAL and END mark what is no length and no distance.
 */

export const TABLE_BITS: u32 = 11;
export const LITERAL: u32 = 0x80000000;
export const END: u32 = 0x40000000;

/** A code: table, then 16 counts (u16), then symbols in the order of their codes (u16), then what symbols stand for (u32). */
export const CODE_BYTES: usize = (4 << 11) + 32 + 2 * 288 + 4 * 288;
const COUNTS: usize = 4 << 11;
const SYMBOLS: usize = COUNTS + 32;
const MEANINGS: usize = SYMBOLS + 2 * 288;

const next = memory.data(64);
const starts = memory.data(64);

const lengthBase = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const lengthExtra = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]);
const distanceBase = memory.data<u16>([
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193,
  12289, 16385, 24577,
]);
const distanceExtra = memory.data<u8>([
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
]);

/** Says what the symbols of the three kinds of codes stand for; 0 is no symbol. */
export function setLiteralMeanings(code: usize): void {
  for (let symbol: usize = 0; symbol < 288; symbol++) {
    let meaning: u32 = 0;
    if (symbol < 256) meaning = LITERAL | (<u32>symbol << 16);
    else if (symbol == 256) meaning = END;
    else if (symbol < 286) {
      const n = symbol - 257;
      meaning = (<u32>load<u16>(lengthBase + (n << 1)) << 16) | (<u32>load<u8>(lengthExtra + n) << 8);
    }
    store<u32>(code + MEANINGS + (symbol << 2), meaning);
  }
}

export function setDistanceMeanings(code: usize): void {
  for (let symbol: usize = 0; symbol < 288; symbol++) {
    let meaning: u32 = 0;
    if (symbol < 30) meaning = (<u32>load<u16>(distanceBase + (symbol << 1)) << 16) | (<u32>load<u8>(distanceExtra + symbol) << 8);
    store<u32>(code + MEANINGS + (symbol << 2), meaning);
  }
}

export function setPlainMeanings(code: usize): void {
  for (let symbol: usize = 0; symbol < 288; symbol++) store<u32>(code + MEANINGS + (symbol << 2), LITERAL | (<u32>symbol << 16));
}

/** Builds the canonical code of these lengths. False where they make none (zlib's rule: one code of one bit may stand alone). */
export function buildCode(code: usize, lengths: usize, count: u32): bool {
  const counts = code + COUNTS;
  memory.fill(counts, 0, 32);
  for (let n: u32 = 0; n < count; n++) {
    const at = counts + (<usize>load<u8>(lengths + n) << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  store<u16>(counts, 0);
  let left: i32 = 1;
  let used: i32 = 0;
  for (let length: usize = 1; length < 16; length++) {
    const here = <i32>load<u16>(counts + (length << 1));
    left = (left << 1) - here;
    used += here;
    if (left < 0) return false;
  }
  if (left > 0 && (used > 1 || (used == 1 && load<u16>(counts, 2) != 1))) return false;

  let value: u32 = 0;
  store<u32>(starts, 0, 4);
  for (let length: usize = 1; length < 16; length++) {
    value = (value + <u32>load<u16>(counts + ((length - 1) << 1))) << 1;
    store<u32>(next + (length << 2), value);
    if (length < 15) {
      store<u32>(starts + ((length + 1) << 2), load<u32>(starts + (length << 2)) + <u32>load<u16>(counts + (length << 1)));
    }
  }
  memory.fill(code, 0, 4 << TABLE_BITS);
  for (let symbol: u32 = 0; symbol < count; symbol++) {
    const length = <u32>load<u8>(lengths + symbol);
    if (length == 0) continue;
    const place = starts + (<usize>length << 2);
    store<u16>(code + SYMBOLS + (<usize>load<u32>(place) << 1), <u16>symbol);
    store<u32>(place, load<u32>(place) + 1);
    const own = next + (<usize>length << 2);
    const bits = load<u32>(own);
    store<u32>(own, bits + 1);
    if (length > TABLE_BITS) continue;
    let reversed: u32 = 0;
    for (let bit: u32 = 0; bit < length; bit++) reversed |= ((bits >> bit) & 1) << (length - 1 - bit);
    const meaning = load<u32>(code + MEANINGS + (<usize>symbol << 2));
    if (meaning == 0) continue;
    for (let at = reversed; at < 1 << TABLE_BITS; at += 1 << length) store<u32>(code + (<usize>at << 2), meaning | length);
  }
  return true;
}

/** Entry of the next symbol of a code that the table does not hold; 0 for bits that are none. */
export function longCode(code: usize, bits: u64): u32 {
  let value: i32 = 0;
  let first: i32 = 0;
  let index: i32 = 0;
  for (let length: u32 = 1; length < 16; length++) {
    value |= <i32>(bits & 1);
    bits >>= 1;
    const count = <i32>load<u16>(code + COUNTS + (<usize>length << 1));
    if (value - count < first) {
      const symbol = <usize>load<u16>(code + SYMBOLS + (<usize>(index + value - first) << 1));
      const meaning = load<u32>(code + MEANINGS + (symbol << 2));
      return meaning == 0 ? 0 : meaning | length;
    }
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  return 0;
}
