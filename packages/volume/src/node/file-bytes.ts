/** Bytes of files, with limits: regular files only, never more than allowed, errors that say which file and why. */
import { constants } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { byteText, volumeError } from "../volume-error.ts";

/** Largest file that is read unless the caller says otherwise. */
export const defaultMaxFileBytes = 4 * 1024 ** 3;

/**
 * Runs `use` on an opened regular file and closes it afterwards.
 *
 * @throws SegathlonError SEG001 when there is no such file, it cannot be read, or it is not a regular file
 */
export async function withFile<Result>(
  path: string,
  use: (handle: FileHandle, size: number) => Promise<Result>,
): Promise<Result> {
  let handle: FileHandle;
  try {
    // Without O_NONBLOCK, opening a pipe would wait for a writer that may never come.
    handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw unreadable(path, error);
  }
  try {
    const status = await handle.stat();
    if (!status.isFile())
      throw volumeError("SEG001", path, status.isDirectory() ? "is a folder" : "is not a regular file");
    return await use(handle, status.size);
  } catch (error) {
    throw error instanceof Error && "syscall" in error ? unreadable(path, error) : error;
  } finally {
    await handle.close();
  }
}

function unreadable(path: string, error: unknown): Error {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: "does not exist",
    EACCES: "may not be read (permissions)",
    EPERM: "may not be read (permissions)",
    EISDIR: "is a folder",
    ENOTDIR: "does not exist (a part of the path is not a folder)",
    EMFILE: "cannot be opened: too many open files",
    ELOOP: "cannot be opened: its links run in a circle",
  };
  const reason = typeof code === "string" ? (reasons[code] ?? `cannot be read (${code})`) : "cannot be read";
  return volumeError("SEG001", path, reason, { cause: error });
}

/** The first `length` bytes, or all where the file is shorter. */
export async function readBeginning(handle: FileHandle, length: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(bytes, filled, length - filled, filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled === length ? bytes : bytes.subarray(0, filled);
}

/**
 * A whole file in memory.
 *
 * @throws SegathlonError SEG001 unreadable, SEG009 larger than `maxFileBytes`
 */
export async function readFileBytes(path: string, maxFileBytes = defaultMaxFileBytes): Promise<Uint8Array> {
  return withFile(path, async (handle, size) => {
    if (size > maxFileBytes) {
      throw volumeError("SEG009", path, `the file has ${byteText(size)}; the limit is ${byteText(maxFileBytes)}`);
    }
    return readBeginning(handle, size);
  });
}
