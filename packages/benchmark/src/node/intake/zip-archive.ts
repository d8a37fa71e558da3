/**
 * Reading .zip (PKWARE APPNOTE 6.3.10; stored and deflated entries, zip64) for files that strangers send. The central directory
 * decides; local headers must agree with it; entries must lie side by side without overlap; nothing may stand before the first or
 * after the last record. Encrypted, split and self-extracting archives are refused. Nothing is unpacked by name.
 */
import { createReadStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream";
import { crc32, createInflateRaw } from "node:zlib";
import { EntryNames, unsafeEntry } from "../../archive-entry-name.ts";
import { type ArchiveEntry, brokenArchive } from "./archive-entry.ts";
import { type ArchiveLimits, ExpansionMeter } from "./archive-limits.ts";

const endRecord = 0x06054b50;
const zip64Locator = 0x07064b50;
const zip64EndRecord = 0x06064b50;
const centralHeader = 0x02014b50;
const localHeader = 0x04034b50;
const maxDirectoryBytes = 64 * 1024 * 1024;

interface DirectoryEntry {
  readonly name: string;
  readonly nameBytes: Buffer;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
  readonly attributes: number;
  readonly madeBy: number;
}

async function readAt(handle: FileHandle, archive: string, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  const { bytesRead } = await handle.read(buffer, 0, length, offset);
  if (bytesRead !== length) throw brokenArchive(archive, `ends inside a record (byte ${offset + bytesRead})`);
  return buffer;
}

function safeNumber(value: bigint, archive: string): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw brokenArchive(archive, "a size or offset is out of range");
  return Number(value);
}

interface Directory {
  readonly entries: number;
  readonly offset: number;
  readonly bytes: number;
}

/** Finds the end record; its comment must reach exactly to the end of the file, and the directory exactly to the record. */
async function findDirectory(handle: FileHandle, archive: string, fileBytes: number): Promise<Directory> {
  const tailBytes = Math.min(fileBytes, 22 + 0xffff);
  const tail = await readAt(handle, archive, fileBytes - tailBytes, tailBytes);
  let at = -1;
  for (let i = tailBytes - 22; i >= 0; i -= 1) {
    if (tail.readUInt32LE(i) === endRecord && i + 22 + tail.readUInt16LE(i + 20) === tailBytes) {
      at = i;
      break;
    }
  }
  if (at < 0) throw brokenArchive(archive, "no end record of a zip archive: it is cut off, or something follows it");
  const end = fileBytes - tailBytes + at;
  const split = tail.readUInt16LE(at + 4) !== 0 || tail.readUInt16LE(at + 6) !== 0;
  let entries = tail.readUInt16LE(at + 10);
  let bytes = tail.readUInt32LE(at + 12);
  let offset = tail.readUInt32LE(at + 16);
  let directoryEnd = end;
  if (entries === 0xffff || bytes === 0xffff_ffff || offset === 0xffff_ffff) {
    if (end < 20) throw brokenArchive(archive, "the zip64 locator is missing");
    const locator = await readAt(handle, archive, end - 20, 20);
    if (locator.readUInt32LE(0) === zip64Locator) {
      directoryEnd = safeNumber(locator.readBigUInt64LE(8), archive);
      if (directoryEnd + 56 > end - 20) throw brokenArchive(archive, "the zip64 locator points behind itself");
      const record = await readAt(handle, archive, directoryEnd, 56);
      if (
        record.readUInt32LE(0) !== zip64EndRecord ||
        directoryEnd + 12 + safeNumber(record.readBigUInt64LE(4), archive) !== end - 20
      ) {
        throw brokenArchive(archive, "the zip64 end record is not where the locator says");
      }
      entries = safeNumber(record.readBigUInt64LE(32), archive);
      bytes = safeNumber(record.readBigUInt64LE(40), archive);
      offset = safeNumber(record.readBigUInt64LE(48), archive);
    } else if (bytes === 0xffff_ffff || offset === 0xffff_ffff) {
      throw brokenArchive(archive, "the zip64 locator is missing");
    }
  }
  if (split) throw brokenArchive(archive, "it is a part of a split archive");
  if (offset + bytes !== directoryEnd) throw brokenArchive(archive, "bytes stand before or after its records");
  return { entries, offset, bytes };
}

/** Sizes and offset of an entry, from its zip64 field where the 32-bit fields are full. */
function zip64Sizes(
  extra: Buffer,
  plain: { size: number; packed: number; offset: number },
  archive: string,
): { size: number; packed: number; offset: number } {
  const wanted = (["size", "packed", "offset"] as const).filter((key) => plain[key] === 0xffff_ffff);
  if (wanted.length === 0) return plain;
  for (let at = 0; at + 4 <= extra.length; at += 4 + extra.readUInt16LE(at + 2)) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) !== 1) continue;
    if (length < 8 * wanted.length || at + 4 + length > extra.length) break;
    const values = wanted.map(
      (key, index) => [key, safeNumber(extra.readBigUInt64LE(at + 4 + 8 * index), archive)] as const,
    );
    return { ...plain, ...Object.fromEntries(values) };
  }
  throw brokenArchive(archive, "a zip64 field is missing");
}

function decodeName(bytes: Buffer, flags: number, archive: string): string {
  // Without the UTF-8 flag the code page is unknown: only ASCII is the same in all of them.
  if ((flags & 0x800) === 0 && bytes.some((byte) => byte > 0x7f)) {
    const text = bytes.toString("utf8");
    if (text.includes("\ufffd"))
      throw unsafeEntry(archive, bytes.toString("latin1"), "the name is in an unknown code page");
    return text;
  }
  return bytes.toString("utf8");
}

function parseDirectory(buffer: Buffer, count: number, archive: string): DirectoryEntry[] {
  const entries: DirectoryEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > buffer.length || buffer.readUInt32LE(at) !== centralHeader) {
      throw brokenArchive(archive, `its directory holds fewer entries than it says (${index} of ${count})`);
    }
    const nameLength = buffer.readUInt16LE(at + 28);
    const extraLength = buffer.readUInt16LE(at + 30);
    const next = at + 46 + nameLength + extraLength + buffer.readUInt16LE(at + 32);
    if (next > buffer.length) throw brokenArchive(archive, "its directory is cut off");
    const flags = buffer.readUInt16LE(at + 8);
    const nameBytes = buffer.subarray(at + 46, at + 46 + nameLength);
    const extra = buffer.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength);
    const plain = {
      packed: buffer.readUInt32LE(at + 20),
      size: buffer.readUInt32LE(at + 24),
      offset: buffer.readUInt32LE(at + 42),
    };
    entries.push({
      name: decodeName(nameBytes, flags, archive),
      nameBytes,
      flags,
      method: buffer.readUInt16LE(at + 10),
      crc: buffer.readUInt32LE(at + 16),
      attributes: buffer.readUInt32LE(at + 38),
      madeBy: buffer.readUInt8(at + 5),
      ...zip64Sizes(extra, plain, archive),
    });
    at = next;
  }
  if (at !== buffer.length) throw brokenArchive(archive, `its directory holds more entries than it says (${count})`);
  return entries;
}

function checkEntry(entry: DirectoryEntry, archive: string): void {
  if ((entry.flags & 0x2041) !== 0) throw brokenArchive(archive, `entry ${entry.name} is encrypted`);
  if (entry.method !== 0 && entry.method !== 8) {
    throw brokenArchive(
      archive,
      `entry ${entry.name} uses compression method ${entry.method}; expected stored or deflated`,
    );
  }
  if (entry.method === 0 && entry.size !== entry.packed) {
    throw brokenArchive(archive, `entry ${entry.name} is stored but states two sizes`);
  }
  // Made on Unix: the upper half of the attributes is the file mode.
  const type = entry.madeBy === 3 ? (entry.attributes >>> 16) & 0o170000 : 0;
  if (type !== 0 && type !== 0o100000 && type !== 0o040000) {
    throw unsafeEntry(archive, entry.name, "it is a link or a device, not a file");
  }
}

/** Where the data of an entry starts, after checking its local header against the directory. */
async function dataStart(handle: FileHandle, entry: DirectoryEntry, archive: string): Promise<number> {
  const header = await readAt(handle, archive, entry.offset, 30);
  const nameLength = header.readUInt16LE(26);
  const name = await readAt(handle, archive, entry.offset + 30, nameLength);
  const disagree = (what: string): Error =>
    brokenArchive(archive, `entry ${entry.name}: directory and local header disagree in ${what}`);
  if (header.readUInt32LE(0) !== localHeader) throw disagree("place");
  if (!name.equals(entry.nameBytes)) throw disagree("name");
  if (header.readUInt16LE(8) !== entry.method) throw disagree("method");
  if (((header.readUInt16LE(6) ^ entry.flags) & 0x2049) !== 0) throw disagree("flags");
  const follows = (entry.flags & 8) !== 0;
  const [packed, size] = [header.readUInt32LE(18), header.readUInt32LE(22)];
  const agrees = (local: number, stated: number): boolean =>
    local === stated || local === 0xffff_ffff || (follows && local === 0);
  if (!agrees(packed, entry.packed) || !agrees(size, entry.size)) throw disagree("size");
  return entry.offset + 30 + nameLength + header.readUInt16LE(28);
}

async function* entryContent(
  file: string,
  archive: string,
  entry: DirectoryEntry,
  start: number,
  meter: ExpansionMeter,
): AsyncGenerator<Uint8Array> {
  meter.start(entry.name);
  if (entry.packed === 0 && entry.method === 0) return;
  const packed = createReadStream(file, { start, end: start + entry.packed - 1, highWaterMark: 1 << 18 });
  // The end of a broken stream is reported by the iteration below.
  const source = entry.method === 0 ? packed : pipeline(packed, createInflateRaw(), () => {});
  let size = 0;
  let crc = 0;
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > entry.size)
        throw brokenArchive(archive, `entry ${entry.name} is larger than it says (${entry.size} bytes)`);
      meter.add(chunk.length);
      crc = crc32(chunk, crc);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_")) {
      throw brokenArchive(archive, `entry ${entry.name} is damaged: ${error.message}`, error);
    }
    throw error;
  } finally {
    packed.destroy();
  }
  if (size !== entry.size) {
    throw brokenArchive(archive, `entry ${entry.name}: expected ${entry.size} bytes, found ${size}`);
  }
  if (crc !== entry.crc) throw brokenArchive(archive, `entry ${entry.name}: its checksum (CRC-32) does not match`);
}

/**
 * The files of a zip archive, in the order of their bytes. Everything that the directory can tell is checked before the first
 * entry is given.
 *
 * @throws SegathlonError `SEG111` damaged or not accepted, `SEG112` unsafe entry, `SEG113` too large.
 */
export async function* zipEntries(file: string, archive: string, limits: ArchiveLimits): AsyncGenerator<ArchiveEntry> {
  const handle = await open(file, "r");
  try {
    const { size: fileBytes } = await handle.stat();
    if (fileBytes < 22) throw brokenArchive(archive, "too short for a zip archive");
    const directory = await findDirectory(handle, archive, fileBytes);
    const names = new EntryNames(archive, limits.maxEntries);
    if (directory.bytes > maxDirectoryBytes || directory.entries * 46 > directory.bytes) {
      throw brokenArchive(archive, `its directory states ${directory.entries} entries in ${directory.bytes} bytes`);
    }
    const buffer = await readAt(handle, archive, directory.offset, directory.bytes);
    const entries = parseDirectory(buffer, directory.entries, archive);
    const meter = new ExpansionMeter(archive, fileBytes, limits);
    const stated = new ExpansionMeter(archive, fileBytes, limits);
    for (const entry of entries) {
      names.add(entry.name);
      checkEntry(entry, archive);
      stated.start(entry.name);
      stated.add(entry.size);
    }
    entries.sort((a, b) => a.offset - b.offset);
    if (entries.length > 0 && entries[0]?.offset !== 0)
      throw brokenArchive(archive, "bytes stand before its first entry");
    const starts: number[] = [];
    for (const [index, entry] of entries.entries()) {
      const start = await dataStart(handle, entry, archive);
      const limit = entries[index + 1]?.offset ?? directory.offset;
      if (start + entry.packed > limit) throw brokenArchive(archive, `entry ${entry.name} overlaps what follows it`);
      starts.push(start);
    }
    for (const [index, entry] of entries.entries()) {
      if (entry.name.endsWith("/")) continue;
      const start = starts[index] ?? 0;
      yield { name: entry.name, bytes: entry.size, content: () => entryContent(file, archive, entry, start, meter) };
    }
  } finally {
    await handle.close();
  }
}
