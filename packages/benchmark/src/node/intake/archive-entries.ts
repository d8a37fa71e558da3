/** The files of an archive, whatever its format; told by its first bytes, not by its name. */
import { open } from "node:fs/promises";
import { type ArchiveEntry, brokenArchive } from "./archive-entry.ts";
import type { ArchiveLimits } from "./archive-limits.ts";
import { tarEntries } from "./tar-archive.ts";
import { zipEntries } from "./zip-archive.ts";

export type ArchiveFormat = "zip" | "tar";

/** The format of an archive, or null where the bytes are those of none. */
export async function archiveFormat(file: string): Promise<ArchiveFormat | null> {
  const handle = await open(file, "r");
  try {
    const start = Buffer.alloc(512);
    const { bytesRead } = await handle.read(start, 0, 512, 0);
    const magic = bytesRead >= 4 ? start.readUInt32LE(0) : 0;
    // A local header, or the end record of an empty archive.
    if (magic === 0x04034b50 || magic === 0x06054b50) return "zip";
    if (start[0] === 0x1f && start[1] === 0x8b) return "tar";
    const isTar = bytesRead === 512 && /^\d[0-7 \0]{7}$/.test(start.subarray(148, 156).toString("latin1"));
    return isTar || start.subarray(257, 262).toString("latin1") === "ustar" ? "tar" : null;
  } finally {
    await handle.close();
  }
}

/**
 * Entries of a zip, tar or tar.gz archive.
 *
 * @param archive name for messages.
 * @throws SegathlonError `SEG111` damaged or no archive, `SEG112` unsafe entry, `SEG113` too large.
 */
export async function* archiveEntries(
  file: string,
  archive: string,
  limits: ArchiveLimits,
): AsyncGenerator<ArchiveEntry> {
  const format = await archiveFormat(file);
  if (format === null) throw brokenArchive(archive, "is neither a zip nor a tar archive");
  yield* format === "zip" ? zipEntries(file, archive, limits) : tarEntries(file, archive, limits);
}
