/** Tasks by what a person types: a catalogue id, a document's path, or `path#task`. */
import { readFile, stat } from "node:fs/promises";
import { SegathlonError } from "@segathlon/errors";
import type { BenchmarkDocument } from "../benchmark-document.ts";
import { maxDocumentLength, parseBenchmark } from "../benchmark-reader.ts";
import { catalogueTask, type TaskInBenchmark, taskOf } from "../catalogue.ts";

/** Reads a text file of at most `maxBytes`; `SEG001` when it cannot be read, `SEG100` when it is larger. */
export async function readTextFile(file: string, maxBytes = 4 * maxDocumentLength): Promise<string> {
  try {
    const target = await stat(file);
    if (target.isDirectory()) throw new Error("is a folder, not a file");
    const { size } = target;
    if (size > maxBytes) {
      throw new SegathlonError("SEG100", `${file}: expected at most ${maxBytes} bytes, found ${size}`, {
        where: { file },
      });
    }
    return await readFile(file, "utf8");
  } catch (cause) {
    if (cause instanceof SegathlonError) throw cause;
    const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    const reason = missing ? "does not exist" : cause instanceof Error ? cause.message : String(cause);
    throw new SegathlonError("SEG001", `${file}: ${reason}`, { where: { file }, cause });
  }
}

/** Reads a benchmark document from a file. */
export async function loadBenchmark(file: string): Promise<BenchmarkDocument> {
  return parseBenchmark(await readTextFile(file), file);
}

/**
 * The task that a specification names: `msd/Task09_Spleen`, `spleen.yaml`, `challenge.yaml#liver`.
 *
 * @throws SegathlonError `SEG001`, `SEG100` or `SEG101`.
 */
export async function loadTask(specification: string): Promise<TaskInBenchmark> {
  const [, file, id] = /^(.*\.(?:ya?ml|json))(?:#(.*))?$/i.exec(specification) ?? [];
  if (file === undefined) return catalogueTask(specification);
  return taskOf(await loadBenchmark(file), id ?? null, file);
}
