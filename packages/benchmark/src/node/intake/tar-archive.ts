/**
 * Reading .tar and .tar.gz (POSIX.1-2001 pax and ustar, GNU long names) as a stream, for files that strangers send. Only plain
 * files and folders are accepted; links, devices and sparse files are refused.
 */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { EntryNames, unsafeEntry, withoutDotSlash } from "../../archive-entry-name.ts";
import { type ArchiveEntry, brokenArchive } from "./archive-entry.ts";
import { type ArchiveLimits, ExpansionMeter } from "./archive-limits.ts";

const blockBytes = 512;
/** Longest pax or GNU long-name record that is looked at. */
const maxHeaderBytes = 64 * 1024;

/** Takes exact numbers of bytes from a stream of chunks. */
class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source;
  }

  /** Up to `limit` bytes, at least one; null at the end. */
  async some(limit: number): Promise<Buffer | null> {
    while (this.#chunk.length === 0) {
      const next = await this.#source.next();
      if (next.done) return null;
      this.#chunk = next.value;
    }
    const part = this.#chunk.subarray(0, limit);
    this.#chunk = this.#chunk.subarray(part.length);
    return part;
  }

  /** Exactly `length` bytes (small), or fewer at the end. */
  async exactly(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let missing = length;
    while (missing > 0) {
      const part = await this.some(missing);
      if (part === null) break;
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }
}

function textField(block: Buffer, start: number, length: number): string {
  const field = block.subarray(start, start + length);
  const end = field.indexOf(0);
  return field.subarray(0, end < 0 ? length : end).toString("utf8");
}

/** Octal text, or base-256 where the first bit is set. NaN where it is neither. */
function numberField(block: Buffer, start: number, length: number): number {
  const field = block.subarray(start, start + length);
  if (((field[0] ?? 0) & 0x80) !== 0) {
    let value = (field[0] ?? 0) & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
    return value;
  }
  const text = field
    .toString("latin1")
    .replace(/[\0 ]+$/, "")
    .trim();
  return /^[0-7]*$/.test(text) ? Number.parseInt(text || "0", 8) : Number.NaN;
}

function checksumMatches(block: Buffer): boolean {
  let sum = 0;
  for (let i = 0; i < blockBytes; i += 1) sum += i >= 148 && i < 156 ? 0x20 : (block[i] ?? 0);
  return sum === numberField(block, 148, 8);
}

/** `length key=value\n` records; `path` and `size` are what matters here. */
function paxRecords(content: Buffer, archive: string): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < content.length; ) {
    const space = content.indexOf(0x20, at);
    const length = Number(content.subarray(at, space).toString("latin1"));
    if (space < 0 || !Number.isInteger(length) || length < 5 || at + length > content.length) {
      throw brokenArchive(archive, "a pax header is damaged");
    }
    const record = content.subarray(space + 1, at + length - 1).toString("utf8");
    const equals = record.indexOf("=");
    if (equals < 1) throw brokenArchive(archive, "a pax header is damaged");
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

async function isGzip(file: string): Promise<boolean> {
  for await (const chunk of createReadStream(file, { end: 1 }) as AsyncIterable<Buffer>) {
    return chunk[0] === 0x1f && chunk[1] === 0x8b;
  }
  return false;
}

/** Counts what a gzip stream gives, so that a bomb is stopped whatever lies in it. */
async function* metered(source: AsyncIterable<Buffer>, meter: ExpansionMeter, archive: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of source) {
      meter.add(chunk.length);
      yield chunk;
    }
  } catch (error) {
    if (error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_")) {
      throw brokenArchive(archive, `the gzip stream is damaged: ${error.message}`, error);
    }
    throw error;
  }
}

/**
 * The files of a tar archive, in order. An entry must be read before the next is asked for; one that is not is passed over.
 *
 * @throws SegathlonError `SEG111` damaged, `SEG112` unsafe entry, `SEG113` too large.
 */
export async function* tarEntries(file: string, archive: string, limits: ArchiveLimits): AsyncGenerator<ArchiveEntry> {
  const { size: fileBytes } = await stat(file);
  const raw = createReadStream(file, { highWaterMark: 1 << 18 });
  try {
    const plain = (await isGzip(file)) ? pipeline(raw, createGunzip({ chunkSize: 1 << 18 }), () => {}) : raw;
    // The whole stream may be as long as all entries with their headers.
    const whole: ArchiveLimits = { ...limits, maxEntryBytes: limits.maxExpandedBytes + limits.maxEntries * 4096 };
    const meter = new ExpansionMeter(archive, fileBytes, { ...whole, maxExpandedBytes: whole.maxEntryBytes });
    const reader = new ByteReader(metered(plain as AsyncIterable<Buffer>, meter, archive)[Symbol.asyncIterator]());
    yield* entriesOf(reader, archive, limits, fileBytes);
  } finally {
    raw.destroy();
  }
}

/** Behind the end mark only zeros may follow: what else stands there was meant for another reader. */
async function expectZeros(reader: ByteReader, archive: string): Promise<void> {
  for (let part = await reader.some(1 << 16); part !== null; part = await reader.some(1 << 16)) {
    if (part.some((byte) => byte !== 0)) throw brokenArchive(archive, "something follows its end mark");
  }
}

async function* entriesOf(
  reader: ByteReader,
  archive: string,
  limits: ArchiveLimits,
  fileBytes: number,
): AsyncGenerator<ArchiveEntry> {
  const names = new EntryNames(archive, limits.maxEntries);
  const meter = new ExpansionMeter(archive, fileBytes, { ...limits, ratioFromBytes: Number.POSITIVE_INFINITY });
  let pax = new Map<string, string>();
  let longName: string | null = null;
  for (let seen = 0; ; seen += 1) {
    const block = await reader.exactly(blockBytes);
    if (block.length === 0 && seen > 0) throw brokenArchive(archive, "it is cut off: the end mark is missing");
    if (block.length < blockBytes) throw brokenArchive(archive, "it is not a tar archive, or it is cut off");
    if (block.every((byte) => byte === 0)) return expectZeros(reader, archive);
    if (!checksumMatches(block))
      throw brokenArchive(archive, "a header's checksum does not match: not a tar archive, or damaged");
    const type = String.fromCharCode(block[156] || 0x30);
    const size = pax.has("size") ? Number(pax.get("size")) : numberField(block, 124, 12);
    if (!Number.isSafeInteger(size) || size < 0) throw brokenArchive(archive, "an entry has no valid size");
    const padding = (blockBytes - (size % blockBytes)) % blockBytes;
    if ("xgL".includes(type)) {
      if (size > maxHeaderBytes)
        throw brokenArchive(archive, `a header record of ${size} bytes; expected at most ${maxHeaderBytes}`);
      const content = await reader.exactly(size + padding);
      if (content.length < size + padding) throw brokenArchive(archive, "it is cut off inside a header");
      if (type === "x") pax = paxRecords(content.subarray(0, size), archive);
      if (type === "L") longName = textField(content, 0, size);
      continue;
    }
    const prefix = block.subarray(257, 262).toString("latin1") === "ustar" ? textField(block, 345, 155) : "";
    const short = textField(block, 0, 100);
    const stated = pax.get("path") ?? longName ?? (prefix === "" ? short : `${prefix}/${short}`);
    const sparse = [...pax.keys()].some((key) => key.startsWith("GNU.sparse"));
    pax = new Map();
    longName = null;
    const name = withoutDotSlash(type === "5" && !stated.endsWith("/") ? `${stated}/` : stated);
    if (type === "5" && (name === "" || name === "/")) continue;
    names.add(name);
    if (type === "5") continue;
    if (!"0\u00007".includes(type) || sparse)
      throw unsafeEntry(archive, name, "it is a link, a device or a sparse file, not a plain file");
    meter.start(name);
    let left = size;
    const content = async function* (): AsyncGenerator<Uint8Array> {
      while (left > 0) {
        const part = await reader.some(left);
        if (part === null) throw brokenArchive(archive, `it is cut off inside ${name}`);
        left -= part.length;
        meter.add(part.length);
        yield part;
      }
    };
    yield { name, bytes: size, content };
    for await (const _ of content()) {
      // Passed over: whatever was not read of this entry.
    }
    const pad = await reader.exactly(padding);
    if (pad.length < padding) throw brokenArchive(archive, `it is cut off behind ${name}`);
  }
}
