/** Unpacking a verified dataset archive into a folder: checked names, plain files only, complete or not there. */
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SegathlonError } from "@segathlon/errors";
import { baseName, isJunkName } from "../volume-file-name.ts";
import { archiveEntries } from "./intake/archive-entries.ts";
import { type ArchiveLimits, defaultArchiveLimits } from "./intake/archive-limits.ts";

/** A dataset may be much larger than a submission. */
export const datasetArchiveLimits: ArchiveLimits = {
  ...defaultArchiveLimits,
  maxEntries: 500_000,
  maxEntryBytes: 16 * 1024 ** 3,
  maxExpandedBytes: 1024 ** 4,
};

export interface ExtractOptions {
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
  /** Called after every file with the expanded bytes so far. */
  readonly onFile?: (name: string, files: number, bytes: number) => void;
}

/**
 * Unpacks `.tar`, `.tar.gz` or `.zip` into `folder`. Junk of archivers (`._*`, `__MACOSX`, `.DS_Store`) is left out.
 *
 * @returns names of the top-level entries that now lie in `folder`, and how many files were written.
 * @throws SegathlonError `SEG111`, `SEG112`, `SEG113` as the archive readers; `SEG117` when something of that name is there
 * already. Nothing is left in `folder` then.
 */
export async function extractArchive(
  file: string,
  folder: string,
  options: ExtractOptions = {},
): Promise<{ readonly entries: readonly string[]; readonly files: number }> {
  await mkdir(folder, { recursive: true });
  // Beside the final place, so that moving it there is a rename.
  const partial = await mkdtemp(path.join(folder, ".extracting-"));
  let files = 0;
  let bytes = 0;
  try {
    for await (const entry of archiveEntries(file, path.basename(file), options.limits ?? datasetArchiveLimits)) {
      options.signal?.throwIfAborted();
      if (entry.name.split("/").some(isJunkName)) continue;
      const target = path.join(partial, ...entry.name.split("/"));
      await mkdir(path.dirname(target), { recursive: true });
      await pipeline(Readable.from(entry.content(), { objectMode: false }), createWriteStream(target, { flags: "wx" }));
      files += 1;
      bytes += entry.bytes;
      options.onFile?.(baseName(entry.name), files, bytes);
    }
    const entries = await readdir(partial);
    for (const name of entries) {
      const there = await stat(path.join(folder, name)).catch(() => null);
      if (!there) continue;
      throw new SegathlonError("SEG117", `${path.join(folder, name)} is there already`, {
        hint: "Move it away, or choose another folder with --to.",
        where: { file: path.join(folder, name) },
      });
    }
    for (const name of entries) await rename(path.join(partial, name), path.join(folder, name));
    return { entries, files };
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
