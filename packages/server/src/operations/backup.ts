/**
 * Backup and restore of a data directory: one tar file with the database, the blobs and a manifest of checksums. The server must not
 * run meanwhile (the lock sees to it). The sealing key is not in it, on purpose: whoever has the backup alone cannot open references.
 */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream, existsSync, readdirSync } from "node:fs";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join, relative, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { defaultArchiveLimits, tarEntries } from "@segathlon/benchmark/node";
import { SegathlonError } from "@segathlon/errors";
import { openDataFolder } from "../data-folder.ts";
import { type TarFile, tarBytes } from "./tar-writer.ts";

const manifestName = "segathlon-backup.json";
const folders = ["database", "blobs"] as const;

interface Manifest {
  readonly schema: "segathlon/backup@1";
  readonly made: string;
  /** Path -> size and sha256. */
  readonly files: Readonly<Record<string, { readonly bytes: number; readonly sha256: string }>>;
}

export interface BackupResult {
  readonly file: string;
  readonly files: number;
  readonly bytes: number;
  /** Where the key is that the backup does not hold. */
  readonly sealingKey: string;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}

async function filesBelow(root: string): Promise<{ files: string[]; emptyFolders: string[] }> {
  const files: string[] = [];
  const emptyFolders: string[] = [];
  for (const folder of folders) {
    if (!existsSync(join(root, folder))) continue;
    for (const entry of await readdir(join(root, folder), { recursive: true, withFileTypes: true })) {
      const path = relative(root, join(entry.parentPath, entry.name)).split(sep).join("/");
      if (entry.isFile() && !entry.name.endsWith(".part")) files.push(path);
      else if (entry.isDirectory() && readdirSync(join(entry.parentPath, entry.name)).length === 0)
        emptyFolders.push(path);
    }
  }
  return { files: files.sort(), emptyFolders: emptyFolders.sort() };
}

/** PostgreSQL wants its empty folders; they travel as a file of this name. */
const folderMark = ".empty-folder";

/**
 * Writes a backup and reads it back to check it.
 *
 * @throws SegathlonError `SEG416` while the server runs, `SEG423` when the written file does not agree with what was read.
 */
export async function backupDataFolder(
  dataDir: string,
  file: string,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<BackupResult> {
  if (!existsSync(join(dataDir, "database")))
    throw new SegathlonError("SEG001", `${dataDir} is not a data directory of a server`, { where: { file: dataDir } });
  const folder = await openDataFolder(dataDir, hostname());
  try {
    const { files, emptyFolders } = await filesBelow(dataDir);
    const listed: Record<string, { bytes: number; sha256: string }> = {};
    const entries = async function* (): AsyncGenerator<TarFile> {
      for (const [done, name] of files.entries()) {
        onProgress(done, files.length * 2);
        const path = join(dataDir, name);
        const hash = createHash("sha256");
        const { size } = await stat(path);
        yield {
          name,
          bytes: size,
          content: async function* () {
            for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
              hash.update(chunk);
              yield chunk;
            }
          },
        };
        listed[name] = { bytes: size, sha256: hash.digest("hex") };
      }
      for (const name of emptyFolders)
        yield { name: `${name}/${folderMark}`, bytes: 0, content: async function* () {} };
      const manifest = Buffer.from(
        JSON.stringify({
          schema: "segathlon/backup@1",
          made: new Date().toISOString(),
          files: listed,
        } satisfies Manifest),
      );
      yield {
        name: manifestName,
        bytes: manifest.length,
        content: async function* () {
          yield manifest;
        },
      };
    };
    const temporary = `${file}.part`;
    await mkdir(dirname(resolve(file)), { recursive: true });
    await pipeline(Readable.from(tarBytes(entries())), createWriteStream(temporary, { mode: 0o600 }));
    const handle = await open(temporary, "r+");
    await handle.sync();
    await handle.close();
    await checkBackup(temporary, (done) => onProgress(files.length + done, files.length * 2));
    await rename(temporary, file);
    return { file, files: files.length, bytes: (await stat(file)).size, sealingKey: `${resolve(dataDir)}.sealing-key` };
  } finally {
    folder.release();
  }
}

function limitsFor(bytes: number): typeof defaultArchiveLimits {
  return {
    ...defaultArchiveLimits,
    maxEntries: 50_000_000,
    maxEntryBytes: bytes,
    maxExpandedBytes: bytes,
    ratioFromBytes: bytes,
  };
}

/** Reads a whole backup and compares every file with the manifest at its end. */
export async function checkBackup(file: string, onFile: (done: number) => void = () => {}): Promise<Manifest> {
  const found: Record<string, { bytes: number; sha256: string }> = {};
  let manifest: Manifest | null = null;
  let done = 0;
  for await (const entry of tarEntries(file, file, limitsFor((await stat(file)).size))) {
    const hash = createHash("sha256");
    const kept: Uint8Array[] = [];
    for await (const chunk of entry.content()) {
      hash.update(chunk);
      if (entry.name === manifestName) kept.push(Uint8Array.from(chunk));
    }
    if (entry.name === manifestName) manifest = JSON.parse(Buffer.concat(kept).toString("utf8")) as Manifest;
    else if (!entry.name.endsWith(`/${folderMark}`))
      found[entry.name] = { bytes: entry.bytes, sha256: hash.digest("hex") };
    done += 1;
    onFile(done);
  }
  if (manifest === null || manifest.schema !== "segathlon/backup@1")
    throw new SegathlonError("SEG423", `${file} has no manifest: it is not a whole backup`);
  for (const [name, expected] of Object.entries(manifest.files)) {
    if (found[name]?.sha256 !== expected.sha256)
      throw new SegathlonError("SEG423", `${file}: ${name} is missing or damaged`, { where: { file: name } });
  }
  if (Object.keys(found).length !== Object.keys(manifest.files).length)
    throw new SegathlonError("SEG423", `${file} holds files that its manifest does not name`);
  return manifest;
}

/**
 * Restores a backup into a new data directory. Checked first, written aside, then renamed: the directory is whole or not there.
 *
 * @throws SegathlonError `SEG423` for a damaged backup, `SEG405` when the directory has something in it.
 */
export async function restoreDataFolder(
  file: string,
  dataDir: string,
  onProgress: (done: number) => void = () => {},
): Promise<{ readonly files: number }> {
  if (existsSync(dataDir) && (await readdir(dataDir)).length > 0)
    throw new SegathlonError("SEG405", `${dataDir} is not empty`, {
      hint: "Restore into a new folder, then start the server with it.",
    });
  const manifest = await checkBackup(file);
  const aside = `${resolve(dataDir)}.restoring`;
  await rm(aside, { recursive: true, force: true });
  let done = 0;
  for await (const entry of tarEntries(file, file, limitsFor((await stat(file)).size))) {
    if (entry.name === manifestName) continue;
    const [top] = entry.name.split("/");
    if (!folders.some((folder) => folder === top))
      throw new SegathlonError("SEG423", `${file}: ${entry.name} does not belong in a backup`);
    const target = join(aside, entry.name);
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    if (entry.name.endsWith(`/${folderMark}`)) continue;
    await pipeline(Readable.from(entry.content()), createWriteStream(target, { mode: 0o600 }));
    done += 1;
    onProgress(done);
  }
  for (const [name, expected] of Object.entries(manifest.files)) {
    if ((await hashOf(join(aside, name))) !== expected.sha256)
      throw new SegathlonError("SEG423", `${name} was not written as it is in the backup`);
  }
  await rm(dataDir, { recursive: true, force: true });
  await rename(aside, dataDir);
  return { files: Object.keys(manifest.files).length };
}
