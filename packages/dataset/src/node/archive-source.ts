/**
 * A dataset out of a .zip, .tar or .tar.gz: unpacked into a temporary folder that goes away with the source. Every entry is checked
 * before a byte of it is written: plain files and folders only, relative names, bounded number and size.
 */
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { SegathlonError } from "@segathlon/errors";
import { extract } from "tar-stream";
import { hasControlCharacter } from "../file-name.ts";
import { type FolderSource, folderSource } from "./folder-source.ts";
import { type Entry, openPromise, type ZipFile } from "./zip-reading.ts";

export interface ArchiveLimits {
  readonly maxEntries: number;
  readonly maxTotalBytes: number;
}

export const defaultArchiveLimits: ArchiveLimits = { maxEntries: 500_000, maxTotalBytes: 512 * 1024 ** 3 };

const archiveName = /\.(zip|tar|tar\.gz|tgz)$/i;

/**
 * Opens a folder or an archive.
 *
 * @throws SegathlonError SEG001 when it cannot be read, SEG203 for a damaged archive, SEG204 for one that is not accepted
 *
 * @example
 * ```ts
 * const source = await openSource("Task09_Spleen.tar");
 * try { const dataset = await readDataset(source); } finally { await source.close(); }
 * ```
 */
export async function openSource(path: string, limits: ArchiveLimits = defaultArchiveLimits): Promise<FolderSource> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new SegathlonError("SEG001", `${path} is not there`, { where: { file: path }, cause });
  });
  if (info.isDirectory()) return folderSource(path);
  if (!archiveName.test(path)) {
    throw new SegathlonError("SEG203", `${path} is neither a folder nor a .zip, .tar or .tar.gz`, {
      where: { file: path },
    });
  }
  const folder = await mkdtemp(join(tmpdir(), "segathlon-archive-"));
  try {
    const unpacker = new Unpacker(path, folder, limits);
    if (/\.zip$/i.test(path)) await unpackZip(path, unpacker);
    else await unpackTar(path, unpacker);
    const source = await folderSource(await commonParent(folder));
    return {
      ...source,
      name: basename(path).replace(archiveName, ""),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    if (error instanceof SegathlonError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new SegathlonError("SEG203", `${path} cannot be unpacked: ${reason}`, {
      where: { file: path },
      cause: error,
    });
  }
}

/** Archives often hold one folder with everything in it. */
async function commonParent(folder: string): Promise<string> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(
    (entry) => entry.name !== "__MACOSX" && !entry.name.startsWith("._"),
  );
  const [only] = entries;
  const layout = /^(images|labels)(Tr|Ts|Va)?$|^sub-|^derivatives$/;
  return entries.length === 1 && only?.isDirectory() === true && !layout.test(only.name)
    ? join(folder, only.name)
    : folder;
}

class Unpacker {
  private readonly seen = new Set<string>();
  private total = 0;
  private readonly archive: string;
  private readonly folder: string;
  private readonly limits: ArchiveLimits;

  constructor(archive: string, folder: string, limits: ArchiveLimits) {
    this.archive = archive;
    this.folder = folder;
    this.limits = limits;
  }

  /** The safe path of an entry. @throws SegathlonError SEG204 */
  private place(name: string): string {
    const parts = name.split("/").filter((part) => part !== "" && part !== ".");
    const bad =
      name.startsWith("/") ||
      name.includes("\\") ||
      hasControlCharacter(name) ||
      parts.some((part) => part === ".." || part.length > 255 || /^[A-Za-z]:/.test(part));
    if (bad || parts.length === 0 || parts.length > 64)
      throw this.refuse(`entry "${printable(name)}" has a name that is not accepted`);
    const key = parts.join("/").normalize("NFC").toLowerCase();
    if (this.seen.has(key))
      throw this.refuse(`entry "${printable(name)}" occurs twice (names that differ only in case count as one)`);
    this.seen.add(key);
    if (this.seen.size > this.limits.maxEntries) throw this.refuse(`more than ${this.limits.maxEntries} entries`);
    return join(this.folder, ...parts);
  }

  refuse(what: string): SegathlonError {
    return new SegathlonError("SEG204", `${this.archive}: ${what}`, { where: { file: this.archive } });
  }

  async file(name: string, content: Readable): Promise<void> {
    const target = this.place(name);
    await mkdir(dirname(target), { recursive: true });
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        this.total += chunk.length;
        if (this.total > this.limits.maxTotalBytes)
          done(this.refuse(`more than ${this.limits.maxTotalBytes} bytes when unpacked`));
        else done(null, chunk);
      },
    });
    await pipeline(content, count, createWriteStream(target, { flags: "wx" }));
  }
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 120)).slice(1, -1);
}

async function unpackTar(path: string, unpacker: Unpacker): Promise<void> {
  const reading = extract();
  const bytes = createReadStream(path);
  const feeding = /\.(tar\.gz|tgz)$/i.test(path) ? pipeline(bytes, createGunzip(), reading) : pipeline(bytes, reading);
  // The reading loop below reports the failure; this only keeps it from being unhandled meanwhile.
  feeding.catch(() => undefined);
  for await (const entry of reading) {
    const { name } = entry.header;
    // tar-stream's type declaration lacks the pax headers, which hold metadata of the next entry or of all.
    const type: string = entry.header.type ?? "special file";
    if (type === "file" || type === "contiguous-file") await unpacker.file(name, Readable.from(entry));
    else if (type === "directory" || type === "pax-header" || type === "pax-global-header") entry.resume();
    else throw unpacker.refuse(`entry "${printable(name)}" is a ${type}; only files and folders are accepted`);
  }
  await feeding;
}

async function unpackZip(path: string, unpacker: Unpacker): Promise<void> {
  const zip: ZipFile = await openPromise(path);
  try {
    for await (const entry of zip.entries()) {
      if (entry.fileName.endsWith("/")) continue;
      const kind = (entry.externalFileAttributes >>> 28) & 0xf;
      if (kind !== 0 && kind !== 8)
        throw unpacker.refuse(`entry "${printable(entry.fileName)}" is a link or special file`);
      if ((entry.generalPurposeBitFlag & 1) !== 0)
        throw unpacker.refuse(`entry "${printable(entry.fileName)}" is encrypted`);
      await unpacker.file(entry.fileName, await zip.open(entry as Entry));
    }
  } finally {
    zip.close();
  }
}
