/** From a task's archive in a benchmark document to its files in a folder: download, verify, unpack. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { SegathlonError } from "@segathlon/errors";
import type { TaskInBenchmark } from "../catalogue.ts";
import { type DownloadOptions, downloadFile } from "./download.ts";
import { extractArchive } from "./extract-archive.ts";

export interface DatasetDownloadOptions extends Omit<DownloadOptions, "onProgress"> {
  /** Addresses to use in place of the document's: a mirror of one's own. The checksums stay the document's. */
  readonly urls?: readonly string[];
  /** `keep`: the archive stays beside what was unpacked. Default: it is deleted after unpacking. */
  readonly archive?: "keep" | "delete";
  readonly onProgress?: (progress: {
    readonly step: "downloading" | "verifying" | "unpacking";
    readonly bytes: number;
    readonly totalBytes: number | null;
    readonly text: string;
  }) => void;
}

export interface DatasetDownload {
  /** Top-level folders or files that now lie in the target folder. */
  readonly entries: readonly string[];
  readonly files: number;
  /** false: the document has no checksum for this archive. */
  readonly verified: boolean;
}

/**
 * Fetches the data of a task into `folder`.
 *
 * @throws SegathlonError `SEG101` when the document names no archive; otherwise as {@link downloadFile} and {@link extractArchive}.
 */
export async function downloadDataset(
  { benchmark, task }: TaskInBenchmark,
  folder: string,
  options: DatasetDownloadOptions = {},
): Promise<DatasetDownload> {
  const { archive } = task;
  if (!archive) {
    throw new SegathlonError("SEG101", `${benchmark.benchmark}/${task.id} names no archive to download`, {
      where: { task: task.id },
    });
  }
  const { urls, archive: afterwards, onProgress, ...rest } = options;
  const file = path.join(folder, path.basename(archive.name));
  const source = { ...archive, urls: urls ?? archive.urls, sha256: archive.sha256 ?? null };
  const { verified } = await downloadFile(source, file, {
    ...rest,
    onProgress: ({ step, bytes, totalBytes }) => onProgress?.({ step, bytes, totalBytes, text: archive.name }),
  });
  const { entries, files } = await extractArchive(file, folder, {
    ...(options.signal ? { signal: options.signal } : {}),
    onFile: (name, _files, bytes) => onProgress?.({ step: "unpacking", bytes, totalBytes: null, text: name }),
  });
  if (afterwards !== "keep") await rm(file);
  return { entries, files, verified };
}
