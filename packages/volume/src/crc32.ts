/** CRC-32 of gzip (RFC 1952 section 8; polynomial 0xEDB88320), sixteen bytes a step ("slicing by 16"). */

const slices = 16;

/** Table `s` at 256 * s: the effect of a byte that lies `s` bytes before the end of a step. */
const tables = makeTables();

function makeTables(): Int32Array {
  const all = new Int32Array(256 * slices);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    all[byte] = value;
  }
  for (let at = 256; at < all.length; at += 1) {
    const previous = all[at - 256] as number;
    all[at] = (previous >>> 8) ^ (all[previous & 255] as number);
  }
  return all;
}

/** The contribution of four bytes (as a little-endian word) whose first byte belongs to table `table`. */
function word(value: number, table: number): number {
  return (
    (tables[table + (value & 255)] as number) ^
    (tables[table - 256 + ((value >>> 8) & 255)] as number) ^
    (tables[table - 512 + ((value >>> 16) & 255)] as number) ^
    (tables[table - 768 + (value >>> 24)] as number)
  );
}

function bytewise(bytes: Uint8Array, start: number, end: number, from: number): number {
  let crc = from;
  for (let at = start; at < end; at += 1) {
    crc = (crc >>> 8) ^ (tables[(crc ^ (bytes[at] as number)) & 255] as number);
  }
  return crc;
}

/** The checksum of `bytes`, as an unsigned 32-bit number. */
export function crc32(bytes: Uint8Array): number {
  // Words are read in the host's order; the rare big-endian host takes the plain way.
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  const aligned = littleEndian ? Math.min(bytes.length, -bytes.byteOffset & 3) : bytes.length;
  let crc = bytewise(bytes, 0, aligned, -1);
  const steps = Math.floor((bytes.length - aligned) / slices);
  const words = steps === 0 ? new Int32Array(0) : new Int32Array(bytes.buffer, bytes.byteOffset + aligned, steps * 4);
  for (let at = 0; at < words.length; at += 4) {
    crc =
      word(crc ^ (words[at] as number), 256 * 15) ^
      word(words[at + 1] as number, 256 * 11) ^
      word(words[at + 2] as number, 256 * 7) ^
      word(words[at + 3] as number, 256 * 3);
  }
  crc = bytewise(bytes, aligned + steps * slices, bytes.length, crc);
  return ~crc >>> 0;
}
