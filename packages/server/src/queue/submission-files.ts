/** The files of an uploaded archive, read one after the other. What an archive may hold and how large it may grow is checked there. */
import { open } from "node:fs/promises";
import { type ArchiveEntry, defaultArchiveLimits, tarEntries, zipEntries } from "@segathlon/benchmark/node";
import { SegathlonError } from "@segathlon/errors";

export interface SubmissionFile {
  /** Name inside the archive, with `/`. */
  readonly name: string;
  readonly bytes: number;
  /** The whole content; call it once, before the next file is asked for. */
  readonly read: () => Promise<Uint8Array>;
}

async function firstBytes(path: string): Promise<Buffer> {
  const file = await open(path, "r");
  try {
    const buffer = Buffer.alloc(512);
    const { bytesRead } = await file.read(buffer, 0, 512, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

async function contentOf(entry: ArchiveEntry, maxBytes: number): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of entry.content()) {
    bytes += part.length;
    if (bytes > maxBytes) throw new SegathlonError("SEG411", `${entry.name} holds more than ${maxBytes} bytes`);
    parts.push(part);
  }
  const whole = new Uint8Array(bytes);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/**
 * Reads a zip, tar or tar.gz by its first bytes, whatever its name says.
 *
 * @throws SegathlonError `SEG413` for something else; what the archive readers refuse passes through.
 */
export async function* readSubmissionFiles(
  path: string,
  name: string,
  maxFileBytes: number,
): AsyncGenerator<SubmissionFile> {
  const first = await firstBytes(path);
  const isZip = first.length >= 4 && first.readUInt32LE(0) === 0x04034b50;
  const isGzip = first.length >= 2 && first[0] === 0x1f && first[1] === 0x8b;
  const isTar = first.length >= 262 && first.toString("latin1", 257, 262) === "ustar";
  if (!isZip && !isGzip && !isTar)
    throw new SegathlonError("SEG413", `${name} is not a zip, tar or tar.gz archive`, {
      hint: "Pack the folder of predictions as .zip, .tar or .tar.gz.",
    });
  const limits = { ...defaultArchiveLimits, maxEntryBytes: maxFileBytes };
  const entries = isZip ? zipEntries(path, name, limits) : tarEntries(path, name, limits);
  for await (const entry of entries)
    yield { name: entry.name, bytes: entry.bytes, read: () => contentOf(entry, maxFileBytes) };
}
