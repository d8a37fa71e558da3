/** Result files: complete or not there. Written under a temporary name in the same folder, flushed, then renamed. */
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { SegathlonError } from "@segathlon/errors";

let counter = 0;

/**
 * Writes a file so that readers see the old one, the new one, never a part. Missing folders are made.
 *
 * @throws SegathlonError `SEG117` when it cannot be written; nothing is left behind then.
 */
export async function writeOutputFile(file: string, content: string | Uint8Array): Promise<void> {
  counter += 1;
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.${counter}.part`);
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw outputError(file, cause);
  }
}

/** What a failed write means for the person who named the file. */
export function outputError(file: string, cause: unknown): SegathlonError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SegathlonError("SEG117", `${file}: cannot be written: ${reason}`, { where: { file }, cause });
}
