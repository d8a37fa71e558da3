/** A folder on disk as the source of a dataset. */
import { opendir, readFile, realpath, stat } from "node:fs/promises";
import { basename, join, resolve, sep } from "node:path";
import { SegathlonError } from "@segathlon/errors";
import type { DatasetSource, SourceFile } from "../dataset-source.ts";

/** A source whose files lie on disk, so that worker threads can read them by themselves. */
export interface FolderSource extends DatasetSource {
  readonly folder: string;
}

const maxEntries = 2_000_000;
const maxDepth = 24;

/**
 * Lists a folder and everything below it. Links are followed as long as they stay inside the folder or lead to single files.
 *
 * @throws SegathlonError SEG001 when the folder cannot be read
 */
export async function folderSource(folder: string): Promise<FolderSource> {
  const root = resolve(folder);
  const files: SourceFile[] = [];
  const seen = new Set<string>();
  const walk = async (path: string, relative: string, depth: number): Promise<void> => {
    const real = await realpath(path);
    // A link to a folder above would never end.
    if (seen.has(real) || depth > maxDepth) return;
    seen.add(real);
    for await (const entry of await opendir(path)) {
      const name = relative === "" ? entry.name : `${relative}/${entry.name}`;
      const info = entry.isSymbolicLink() ? await stat(join(path, entry.name)).catch(() => undefined) : entry;
      if (info === undefined) continue;
      if (info.isDirectory()) {
        if (entry.name !== ".git") await walk(join(path, entry.name), name, depth + 1);
      } else if (info.isFile()) {
        const { size } = await stat(join(path, entry.name));
        files.push({ path: name, bytes: size });
        if (files.length > maxEntries)
          throw new SegathlonError("SEG202", `${folder} holds more than ${maxEntries} files`);
      }
    }
  };
  try {
    await walk(root, "", 0);
  } catch (error) {
    if (error instanceof SegathlonError) throw error;
    const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
    throw new SegathlonError("SEG001", `${folder} cannot be read as a folder (${code})`, {
      where: { file: folder },
      cause: error,
    });
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    name: basename(root),
    folder: root,
    files,
    async read(path, maxBytes = 8 * 1024 ** 3) {
      const target = resolve(root, ...path.split("/"));
      if (!target.startsWith(root + sep))
        throw new SegathlonError("SEG001", `${path} lies outside of ${folder}`, { where: { file: path } });
      try {
        const { size } = await stat(target);
        if (size > maxBytes)
          throw new SegathlonError("SEG005", `${path} has ${size} bytes, more than the limit of ${maxBytes}`, {
            where: { file: path },
          });
        return await readFile(target);
      } catch (error) {
        if (error instanceof SegathlonError) throw error;
        const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
        throw new SegathlonError("SEG001", `${path} cannot be read (${code})`, { where: { file: path }, cause: error });
      }
    },
    close: () => Promise.resolve(),
  };
}
