/** Tar archives of which the bytes depend on names and contents only: sorted, no times, no owners, fixed modes (POSIX ustar/pax). */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pack } from "tar-stream";

/** An entry: a file on disk or bytes in memory. */
export type TarEntry =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly bytes: Uint8Array };

/** The archive as a stream. Entries are sorted by name. */
export function tarStream(entries: readonly TarEntry[]): Readable {
  const archive = pack();
  const fill = async (): Promise<void> => {
    for (const entry of [...entries].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))) {
      const size = "bytes" in entry ? entry.bytes.length : (await stat(entry.path)).size;
      const header = { name: entry.name, size, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0, uname: "", gname: "" };
      if ("bytes" in entry) {
        await new Promise<void>((resolve, reject) => {
          archive.entry(header, Buffer.from(entry.bytes), (error) => (error ? reject(error) : resolve()));
        });
      } else {
        const sink = archive.entry(header);
        await pipeline(createReadStream(entry.path), sink);
      }
    }
    archive.finalize();
  };
  fill().catch((error: unknown) => archive.destroy(error instanceof Error ? error : new Error(String(error))));
  return archive as unknown as Readable;
}

export interface WrittenFile {
  readonly bytes: number;
  readonly sha256: string;
}

/** Writes a stream to a file through a temporary name, with its size and SHA-256. */
export async function writeHashed(path: string, content: Readable, ...transforms: Transform[]): Promise<WrittenFile> {
  const hash = createHash("sha256");
  let bytes = 0;
  const count = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const partial = `${path}.partial`;
  try {
    await pipeline([content, ...transforms, count, createWriteStream(partial)]);
    await rename(partial, path);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return { bytes, sha256: hash.digest("hex") };
}
