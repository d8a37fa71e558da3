/**
 * Result files: complete or not there. Written under a temporary name in the same folder, flushed, then renamed. What is not a
 * file (a pipe, /dev/stdout) is written to, never replaced.
 */
import { constants } from "node:fs";
import { access, mkdir, open, realpath, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { SegathlonError } from "@segathlon/errors";

let counter = 0;

/** `/dev/stdout`, `/dev/fd/63` of a shell's `>(...)`, a named pipe: there is no file that a rename could put in its place. */
async function isStream(file: string): Promise<boolean> {
  if (/^\/(dev|proc)\//.test(path.resolve(file))) return true;
  const target = await stat(file).catch(() => null);
  return target !== null && !target.isFile() && !target.isDirectory();
}

/**
 * Writes a file so that readers see the old one, the new one, never a part. Missing folders are made, a symbolic link is followed.
 *
 * @throws SegathlonError `SEG117` when it cannot be written; nothing is left behind then.
 */
export async function writeOutputFile(file: string, content: string | Uint8Array): Promise<void> {
  if (await isStream(file)) return writeToStream(file, content);
  const target = await realpath(file).catch(() => file);
  counter += 1;
  const temporary = path.join(path.dirname(target), `.${path.basename(target)}.${process.pid}.${counter}.part`);
  try {
    await mkdir(path.dirname(target), { recursive: true });
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw outputError(file, cause);
  }
}

/** By name, because a socket (as which some programs give their children an output) cannot be opened by its path. */
function standardStream(file: string): NodeJS.WriteStream | null {
  if (file === "/dev/stdout") return process.stdout;
  return file === "/dev/stderr" ? process.stderr : null;
}

async function writeToStream(file: string, content: string | Uint8Array): Promise<void> {
  try {
    const standard = standardStream(file);
    if (standard) {
      await new Promise<void>((resolve, reject) => {
        standard.write(content, (fault) => (fault ? reject(fault) : resolve()));
      });
      return;
    }
    const handle = await open(file, constants.O_WRONLY | constants.O_APPEND);
    try {
      await handle.writeFile(content);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw outputError(file, cause);
  }
}

/**
 * Finds out before the work, not after it, that a result could not be written, or would overwrite another result or an input.
 *
 * @param outputs the files by the option that names them; undefined: not asked for.
 * @param inputs files that are read.
 * @throws SegathlonError `SEG107` for one file named twice, `SEG117` for one that cannot be written.
 */
export async function checkOutputFiles(
  outputs: Readonly<Record<string, string | undefined>>,
  inputs: readonly string[],
): Promise<void> {
  const taken = new Map<string, string>();
  for (const input of inputs) taken.set(await placeOf(input), "an input");
  for (const [option, file] of Object.entries(outputs)) {
    if (file === undefined || (await isStream(file))) continue;
    await checkWritable(file);
    const place = await placeOf(file);
    const other = taken.get(place);
    if (other !== undefined) {
      throw new SegathlonError("SEG107", `${option}: expected a file of its own, found ${file}, which is ${other}`, {
        hint: "Name another file for the result.",
        where: { field: option, file },
      });
    }
    taken.set(place, `the file of ${option}`);
  }
}

/** One name for every way to write it: absolute, links followed as far as they exist. */
async function placeOf(file: string): Promise<string> {
  return realpath(file).catch(async () => {
    const folder = path.dirname(path.resolve(file));
    return path.join(await realpath(folder).catch(() => folder), path.basename(file));
  });
}

async function checkWritable(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    const target = await stat(file).catch(() => null);
    if (target?.isDirectory()) throw new Error("is a folder");
  } catch (cause) {
    throw outputError(file, cause);
  }
}

/** What a failed write means for the person who named the file. */
function outputError(file: string, cause: unknown): SegathlonError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SegathlonError("SEG117", `${file}: cannot be written: ${reason}`, { where: { file }, cause });
}
