/**
 * Taking a submission in: a zip, tar or tar.gz, a folder, or one file. Entries are streamed to files that we name, hashed on the
 * way; the names inside an archive only decide which case a file is. What cannot be placed is named, not dropped in silence.
 */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Problem } from "@segathlon/errors";
import { layoutSubmission, placeFile, type TaskNames } from "../../submission-layout.ts";
import { baseName, isJunkName, isVolumeName, volumeEnding } from "../../volume-file-name.ts";
import { archiveEntries, archiveFormat } from "./archive-entries.ts";
import { brokenArchive } from "./archive-entry.ts";
import { type ArchiveLimits, defaultArchiveLimits } from "./archive-limits.ts";

/** A prediction that has been taken in. */
export interface ReceivedPrediction {
  readonly task: string;
  readonly case: string;
  /** Name in the submission, for messages. */
  readonly name: string;
  /** Where it lies now. */
  readonly path: string;
  readonly bytes: number;
  /** Of the file's bytes; null for a folder's files, which stay where they are. */
  readonly sha256: string | null;
}

export interface Submission {
  readonly predictions: readonly ReceivedPrediction[];
  readonly ignored: readonly { readonly file: string; readonly why: string }[];
  /** Cases with two files. */
  readonly problems: readonly Problem[];
}

export interface IntakeOptions {
  readonly tasks: readonly TaskNames[];
  /** Folder for the files of an archive; made when it is not there. */
  readonly to: string;
  /** Name of the submission, for messages. Default: its file name. */
  readonly name?: string;
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
  readonly onEntry?: (name: string, entries: number) => void;
}

interface Written {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string | null;
}

async function receiveArchive(file: string, options: IntakeOptions): Promise<Map<string, Written>> {
  const written = new Map<string, Written>();
  const archive = options.name ?? path.basename(file);
  await mkdir(options.to, { recursive: true });
  // Files of one stem share a number, so that `.hdr` and `.img` stay a pair.
  const numbers = new Map<string, number>();
  let entries = 0;
  try {
    for await (const entry of archiveEntries(file, archive, options.limits ?? defaultArchiveLimits)) {
      options.signal?.throwIfAborted();
      entries += 1;
      options.onEntry?.(entry.name, entries);
      if (placeFile(entry.name, options.tasks).kind !== "prediction") {
        written.set(entry.name, { path: "", bytes: entry.bytes, sha256: null });
        continue;
      }
      const ending = volumeEnding(baseName(entry.name)) ?? "";
      const stem = entry.name.slice(0, entry.name.length - ending.length);
      const number = numbers.get(stem) ?? numbers.size + 1;
      numbers.set(stem, number);
      const target = path.join(options.to, `${String(number).padStart(6, "0")}${ending}`);
      const hash = createHash("sha256");
      const hashing = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          hash.update(chunk);
          done(null, chunk);
        },
      });
      const content = Readable.from(entry.content(), { objectMode: false });
      await pipeline(
        content,
        hashing,
        createWriteStream(target, { flags: "wx" }),
        options.signal ? { signal: options.signal } : {},
      );
      written.set(entry.name, { path: target, bytes: entry.bytes, sha256: hash.digest("hex") });
    }
    return written;
  } catch (error) {
    for (const { path: target } of written.values()) if (target !== "") await rm(target, { force: true });
    for (const name of await readdir(options.to))
      if (/^\d{6}\./.test(name)) await rm(path.join(options.to, name), { force: true });
    throw error;
  }
}

async function receiveFolder(folder: string, limits: ArchiveLimits): Promise<Map<string, Written>> {
  const files = new Map<string, Written>();
  const walk = async (inside: string, depth: number): Promise<void> => {
    for (const entry of await readdir(path.join(folder, inside), { withFileTypes: true })) {
      if (isJunkName(entry.name)) continue;
      const name = inside === "" ? entry.name : `${inside}/${entry.name}`;
      if (entry.isDirectory() && depth < 12) await walk(name, depth + 1);
      if (!entry.isFile()) continue;
      const full = path.join(folder, ...name.split("/"));
      files.set(name, { path: full, bytes: (await stat(full)).size, sha256: null });
      if (files.size > limits.maxEntries) throw brokenArchive(folder, `more than ${limits.maxEntries} files`);
    }
  };
  await walk("", 0);
  return files;
}

/**
 * Takes a submission in.
 *
 * @param source an archive, a folder, or one label map.
 * @throws SegathlonError `SEG111` damaged or no archive, `SEG112` unsafe entry, `SEG113` too large; nothing is left in `to` then.
 */
export async function receiveSubmission(source: string, options: IntakeOptions): Promise<Submission> {
  const found = await stat(source);
  let files: Map<string, Written>;
  if (found.isDirectory()) files = await receiveFolder(source, options.limits ?? defaultArchiveLimits);
  else if (isVolumeName(path.basename(source)) && (await archiveFormat(source)) !== "zip") {
    files = new Map([[path.basename(source), { path: source, bytes: found.size, sha256: null }]]);
  } else files = await receiveArchive(source, options);
  const layout = layoutSubmission([...files.keys()].sort(), options.tasks);
  const predictions = layout.predictions.flatMap((placed): ReceivedPrediction[] => {
    const written = files.get(placed.file);
    return written ? [{ task: placed.task, case: placed.case, name: placed.file, ...written }] : [];
  });
  return { predictions, ignored: layout.ignored, problems: layout.problems };
}
