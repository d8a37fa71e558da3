/** The text encodings of NRRD: numbers separated by white space or commas (`ascii`), and hexadecimal bytes (`hex`). */
import type { VoxelArray, VoxelType } from "./volume.ts";
import { volumeError } from "./volume-error.ts";
import type { VoxelLayout } from "./voxel-layout.ts";
import { bytesAsVoxels, makeVoxelArray, voxelBytes } from "./voxel-type.ts";

const integerRange: Readonly<Partial<Record<VoxelType, readonly [number, number]>>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 4_294_967_295],
  int32: [-2_147_483_648, 2_147_483_647],
};

/**
 * Decodes a text block.
 *
 * @throws SegathlonError SEG003 too few numbers, SEG005 too many, SEG006 text that is not a number of the type
 */
export function decodeText(text: Uint8Array, layout: VoxelLayout, type: VoxelType, file?: string): VoxelArray {
  return layout.encoding === "hex" ? decodeHex(text, layout, type, file) : decodeNumbers(text, layout, type, file);
}

function isSeparator(byte: number): boolean {
  return byte === 32 || byte === 44 || (byte >= 9 && byte <= 13);
}

function decodeNumbers(text: Uint8Array, { voxelCount }: VoxelLayout, type: VoxelType, file?: string): VoxelArray {
  // At least one digit and one separator for every number: checked before the array is made.
  if (text.length < 2 * voxelCount - 1) throw tooFew(file, "too few", voxelCount);
  const result = makeVoxelArray(type, voxelCount);
  const decoder = new TextDecoder("latin1");
  let count = 0;
  let at = 0;
  while (at < text.length) {
    while (at < text.length && isSeparator(text[at] as number)) at += 1;
    if (at >= text.length) break;
    const start = at;
    while (at < text.length && !isSeparator(text[at] as number)) at += 1;
    if (count >= voxelCount) throw volumeError("SEG005", file, `holds more than the ${voxelCount} numbers announced`);
    const word = decoder.decode(text.subarray(start, Math.min(at, start + 64)));
    result[count] = parseNumber(word, type, file) as number & bigint;
    count += 1;
  }
  if (count < voxelCount) throw tooFew(file, `only ${count}`, voxelCount);
  return result;
}

function tooFew(file: string | undefined, found: string, announced: number): Error {
  return volumeError("SEG003", file, `holds ${found} numbers; its header announces ${announced}`);
}

function parseNumber(word: string, type: VoxelType, file: string | undefined): number | bigint {
  const bad = (): Error => volumeError("SEG006", file, `"${word.slice(0, 40)}" is not a number of type ${type}`);
  if (type === "int64" || type === "uint64") {
    if (!/^[+-]?\d{1,20}$/.test(word)) throw bad();
    const value = BigInt(word.replace(/^\+/, ""));
    if (value !== (type === "int64" ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value))) throw bad();
    return value;
  }
  if (/^[+-]?nan$/i.test(word) && !(type in integerRange)) return Number.NaN;
  const infinity = /^([+-]?)inf(inity)?$/i.exec(word);
  if (infinity !== null && !(type in integerRange)) return infinity[1] === "-" ? -Infinity : Infinity;
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(word)) throw bad();
  const value = Number(word);
  const range = integerRange[type];
  if (range !== undefined && !(Number.isInteger(value) && value >= range[0] && value <= range[1])) throw bad();
  return value;
}

function decodeHex(text: Uint8Array, layout: VoxelLayout, type: VoxelType, file?: string): VoxelArray {
  const size = layout.voxelCount * voxelBytes[type];
  if (text.length < 2 * size) throw volumeError("SEG003", file, `holds fewer than the ${size} bytes announced`);
  const bytes = new Uint8Array(size);
  let digits = 0;
  for (const byte of text) {
    if (isSeparator(byte)) continue;
    const digit = Number.parseInt(String.fromCharCode(byte), 16);
    if (Number.isNaN(digit)) throw volumeError("SEG006", file, "the hexadecimal voxels hold another character");
    if (digits >= 2 * size) throw volumeError("SEG005", file, `holds more than the ${size} bytes announced`);
    const at = digits >> 1;
    bytes[at] = ((bytes[at] as number) << 4) | digit;
    digits += 1;
  }
  if (digits < 2 * size) throw volumeError("SEG003", file, `holds fewer than the ${size} bytes announced`);
  return bytesAsVoxels(bytes, type, layout.byteOrder);
}
