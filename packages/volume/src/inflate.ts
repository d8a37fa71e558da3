/**
 * DEFLATE decoder (RFC 1951) into a buffer of known size.
 *
 * Why our own: a header has to be read from the first bytes of a stream without inflating the voxels, gzip files may hold several
 * members (the browser's DecompressionStream refuses them and does not say where one ends), and the output must never grow beyond
 * what the header announced. In Node the voxels themselves go through zlib, which is faster.
 */

/** Why the decoder stopped. */
export type InflateStop =
  /** The final block ended; `consumed` is the first byte after the stream. */
  | "end"
  /** The output is full and there is more. */
  | "output-full"
  /** The input ended inside the stream. */
  | "input-ended"
  /** The bits are not DEFLATE. */
  | "damaged";

export interface InflateResult {
  readonly stop: InflateStop;
  /** First input byte that was not used. */
  readonly consumed: number;
  /** End of the output written so far. */
  readonly produced: number;
}

const lengthBase = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const lengthExtra = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const distanceBase = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
  8193, 12289, 16385, 24577,
];
const distanceExtra = [
  0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
];
const codeLengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Codes up to this many bits are decoded by one look-up; longer ones, which are rare, bit by bit. */
const quickBits = 10;

interface HuffmanCode {
  /** For the next `quickBits` bits: symbol << 4 | length, or 0 for a longer (or no) code. */
  readonly quick: Uint16Array;
  /** Number of codes of each length. */
  readonly counts: Uint16Array;
  /** Symbols in the order of their codes. */
  readonly symbols: Uint16Array;
}

/** The canonical code of RFC 1951 section 3.2.2, or null where the lengths do not make one. */
function huffmanCode(lengths: Uint8Array): HuffmanCode | null {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  counts[0] = 0;
  let left = 1;
  let used = 0;
  for (let length = 1; length <= 15; length += 1) {
    left = left * 2 - (counts[length] as number);
    used += counts[length] as number;
    if (left < 0) return null;
  }
  // zlib's rule: an incomplete code is an error, unless it is a single code of one bit (one distance) or no code at all.
  if (left > 0 && (used > 1 || (used === 1 && counts[1] !== 1))) return null;

  const starts = new Uint16Array(17);
  const next = new Uint32Array(16);
  let code = 0;
  for (let length = 1; length <= 15; length += 1) {
    code = (code + (counts[length - 1] as number)) << 1;
    next[length] = code;
    starts[length + 1] = (starts[length] as number) + (counts[length] as number);
  }
  const symbols = new Uint16Array(used);
  const quick = new Uint16Array(1 << quickBits);
  for (let symbol = 0; symbol < lengths.length; symbol += 1) {
    const length = lengths[symbol] as number;
    if (length === 0) continue;
    const place = starts[length] as number;
    symbols[place] = symbol;
    starts[length] = place + 1;
    const own = next[length] as number;
    next[length] = own + 1;
    if (length > quickBits) continue;
    let reversed = 0;
    for (let bit = 0; bit < length; bit += 1) reversed |= ((own >>> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < quick.length; at += 1 << length) quick[at] = (symbol << 4) | length;
  }
  return { quick, counts, symbols };
}

function fixedLengths(): Uint8Array {
  const lengths = new Uint8Array(288).fill(8);
  lengths.fill(9, 144, 256);
  lengths.fill(7, 256, 280);
  return lengths;
}
let fixedCodes: readonly [HuffmanCode, HuffmanCode] | undefined;

/** Inflates `input` from byte `start` on into `output` from `outputStart` on; never writes past the end of `output`. */
export function inflate(input: Uint8Array, start: number, output: Uint8Array, outputStart = 0): InflateResult {
  let at = start;
  let produced = outputStart;
  let hold = 0;
  let bits = 0;
  const capacity = output.length;
  const end = input.length;

  const result = (stop: InflateStop): InflateResult => ({ stop, consumed: at - (bits >>> 3), produced });
  /** The next `count` (at most 16) bits, or -1 when the input ends. */
  const take = (count: number): number => {
    while (bits < count) {
      if (at >= end) return -1;
      hold |= (input[at] as number) << bits;
      at += 1;
      bits += 8;
    }
    const value = hold & ((1 << count) - 1);
    hold >>>= count;
    bits -= count;
    return value;
  };
  /** The next symbol; -1 when the input ends, -2 for bits that are no code. */
  const symbolOf = ({ quick, counts, symbols }: HuffmanCode): number => {
    while (bits < 15 && at < end) {
      hold |= (input[at] as number) << bits;
      at += 1;
      bits += 8;
    }
    const entry = quick[hold & ((1 << quickBits) - 1)] as number;
    if (entry !== 0) {
      const length = entry & 15;
      if (length > bits) return -1;
      hold >>>= length;
      bits -= length;
      return entry >>> 4;
    }
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= 15; length += 1) {
      if (length > bits) return -1;
      code |= (hold >>> (length - 1)) & 1;
      const count = counts[length] as number;
      if (code - count < first) {
        hold >>>= length;
        bits -= length;
        return symbols[index + (code - first)] as number;
      }
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return -2;
  };
  /** The two codes of a dynamic block, or why there are none. */
  const dynamicCodes = (): readonly [HuffmanCode, HuffmanCode] | InflateStop => {
    const literals = take(5);
    const distances = take(5);
    const codeLengths = take(4);
    if (codeLengths < 0) return "input-ended";
    if (literals > 29 || distances > 29) return "damaged";
    const lengthLengths = new Uint8Array(19);
    for (let index = 0; index < codeLengths + 4; index += 1) {
      const length = take(3);
      if (length < 0) return "input-ended";
      lengthLengths[codeLengthOrder[index] as number] = length;
    }
    const lengthCode = huffmanCode(lengthLengths);
    if (lengthCode === null) return "damaged";
    const literalCount = literals + 257;
    const lengths = new Uint8Array(literalCount + distances + 1);
    let filled = 0;
    while (filled < lengths.length) {
      const symbol = symbolOf(lengthCode);
      if (symbol === -1) return "input-ended";
      if (symbol < 0) return "damaged";
      if (symbol < 16) {
        lengths[filled] = symbol;
        filled += 1;
        continue;
      }
      const extra = take(symbol === 16 ? 2 : symbol === 17 ? 3 : 7);
      if (extra < 0) return "input-ended";
      const repeat = symbol === 18 ? 11 + extra : 3 + extra;
      if (filled + repeat > lengths.length || (symbol === 16 && filled === 0)) return "damaged";
      if (symbol === 16) lengths.fill(lengths[filled - 1] as number, filled, filled + repeat);
      filled += repeat;
    }
    // A block without an end-of-block code could never end.
    if (lengths[256] === 0) return "damaged";
    const literalCode = huffmanCode(lengths.subarray(0, literalCount));
    const distanceCode = huffmanCode(lengths.subarray(literalCount));
    return literalCode === null || distanceCode === null ? "damaged" : [literalCode, distanceCode];
  };

  for (;;) {
    const final = take(1);
    const type = take(2);
    if (final < 0 || type < 0) return result("input-ended");
    if (type === 3) return result("damaged");

    if (type === 0) {
      // Stored: back to a byte boundary; whole bytes already in `hold` are given back.
      at -= bits >>> 3;
      hold = 0;
      bits = 0;
      if (at + 4 > end) return result("input-ended");
      const length = (input[at] as number) | ((input[at + 1] as number) << 8);
      const complement = (input[at + 2] as number) | ((input[at + 3] as number) << 8);
      if ((length ^ complement) !== 0xffff) return result("damaged");
      at += 4;
      const copied = Math.min(length, end - at, capacity - produced);
      output.set(input.subarray(at, at + copied), produced);
      at += copied;
      produced += copied;
      if (copied < length) return result(at >= end ? "input-ended" : "output-full");
    } else {
      if (type === 1 && fixedCodes === undefined) {
        fixedCodes = [
          huffmanCode(fixedLengths()) as HuffmanCode,
          huffmanCode(new Uint8Array(32).fill(5)) as HuffmanCode,
        ];
      }
      const codes = type === 1 ? (fixedCodes as readonly [HuffmanCode, HuffmanCode]) : dynamicCodes();
      if (typeof codes === "string") return result(codes);
      const [literalCode, distanceCode] = codes;
      const { quick } = literalCode;
      for (;;) {
        // The common case, a literal with a short code, without a call.
        while (bits < 15 && at < end) {
          hold |= (input[at] as number) << bits;
          at += 1;
          bits += 8;
        }
        const entry = quick[hold & ((1 << quickBits) - 1)] as number;
        let symbol: number;
        if (entry !== 0 && (entry & 15) <= bits) {
          symbol = entry >>> 4;
          hold >>>= entry & 15;
          bits -= entry & 15;
        } else {
          symbol = symbolOf(literalCode);
          if (symbol < 0) return result(symbol === -1 ? "input-ended" : "damaged");
        }
        if (symbol < 256) {
          if (produced >= capacity) return result("output-full");
          output[produced] = symbol;
          produced += 1;
          continue;
        }
        if (symbol === 256) break;
        const lengthIndex = symbol - 257;
        if (lengthIndex > 28) return result("damaged");
        const lengthBits = take(lengthExtra[lengthIndex] as number);
        const distanceSymbol = lengthBits < 0 ? -1 : symbolOf(distanceCode);
        if (distanceSymbol < 0) return result(distanceSymbol === -1 ? "input-ended" : "damaged");
        if (distanceSymbol > 29) return result("damaged");
        const distanceBits = take(distanceExtra[distanceSymbol] as number);
        if (distanceBits < 0) return result("input-ended");
        const distance = (distanceBase[distanceSymbol] as number) + distanceBits;
        if (distance > produced - outputStart) return result("damaged");
        const wanted = (lengthBase[lengthIndex] as number) + lengthBits;
        const length = Math.min(wanted, capacity - produced);
        copyBack(output, produced, distance, length);
        produced += length;
        if (length < wanted) return result("output-full");
      }
    }
    if (final === 1) return result("end");
  }
}

/** `length` bytes from `distance` back, which may overlap what is being written. */
function copyBack(output: Uint8Array, to: number, distance: number, length: number): void {
  if (length < 24) {
    for (let index = 0; index < length; index += 1) output[to + index] = output[to + index - distance] as number;
    return;
  }
  if (distance === 1) {
    output.fill(output[to - 1] as number, to, to + length);
    return;
  }
  // The pattern of `distance` bytes doubles with every copy.
  let done = 0;
  while (done < length) {
    const piece = Math.min(length - done, distance + done);
    output.copyWithin(to + done, to - distance, to - distance + piece);
    done += piece;
  }
}
