/** Blobs as files: written beside their place, flushed to the disk, renamed. */
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname, join, relative, sep } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SegathlonError } from "@segathlon/errors";
import { type BlobStore, checkKey } from "./blob-store.ts";

function storageError(error: unknown, key: string): SegathlonError {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === "ENOSPC" || code === "EDQUOT")
    return new SegathlonError("SEG425", "the disk of the server is full", { cause: error });
  return new SegathlonError("SEG418", `the file storage failed (${code ?? "unknown"}) for ${key}`, { cause: error });
}

export function fileBlobStore(folder: string): BlobStore {
  const place = (key: string) => join(folder, checkKey(key));

  async function commit(temporary: string, target: string): Promise<void> {
    const file = await open(temporary, "r+");
    try {
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
    // The rename itself is durable only when its folder is flushed too.
    const parent = await open(dirname(target), "r");
    try {
      await parent.sync();
    } finally {
      await parent.close();
    }
  }

  async function write(key: string, fill: (temporary: string) => Promise<void>): Promise<void> {
    const target = place(key);
    const temporary = `${target}.${randomUUID()}.part`;
    try {
      await mkdir(dirname(target), { recursive: true });
      await fill(temporary);
      await commit(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error instanceof SegathlonError ? error : storageError(error, key);
    }
  }

  return {
    kind: "files",
    put: (key, bytes) =>
      write(key, async (temporary) => {
        const file = await open(temporary, "wx", 0o600);
        try {
          await file.writeFile(bytes);
        } finally {
          await file.close();
        }
      }),
    putStream: (key, source) =>
      write(key, (temporary) => pipeline(source, createWriteStream(temporary, { flags: "wx", mode: 0o600 }))),
    async get(key) {
      try {
        return await readFile(place(key));
      } catch (error) {
        throw storageError(error, key);
      }
    },
    async stream(key, range): Promise<Readable> {
      // Opened first, so that a missing file is an error here and not in the middle of an answer.
      try {
        const file = await open(place(key), "r");
        return file.createReadStream(range ?? {});
      } catch (error) {
        throw storageError(error, key);
      }
    },
    async size(key) {
      try {
        return (await stat(place(key))).size;
      } catch {
        return null;
      }
    },
    async remove(key) {
      await rm(place(key), { force: true });
    },
    async list(prefix) {
      const root = join(folder, prefix);
      const found: { key: string; bytes: number }[] = [];
      const entries = await readdir(root, { recursive: true, withFileTypes: true }).catch(() => []);
      for (const entry of entries) {
        if (!entry.isFile() || entry.name.endsWith(".part")) continue;
        const file = join(entry.parentPath, entry.name);
        found.push({ key: relative(folder, file).split(sep).join("/"), bytes: (await stat(file)).size });
      }
      return found.sort((a, b) => (a.key < b.key ? -1 : 1));
    },
    async freeBytes() {
      const { bavail, bsize } = await statfs(folder);
      return bavail * bsize;
    },
  };
}
