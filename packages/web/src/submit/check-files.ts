/** Checks all matched files in a worker, case by case. */
import type { Problem } from "@segathlon/errors";
import type { Case, TaskSummary } from "@segathlon/server/api";
import { type Geometry, readHeader } from "@segathlon/volume";
import type { CheckJob, CheckReply } from "./check.worker.ts";
import type { MatchedFile } from "./match-files.ts";

/** Enough of a compressed volume to hold its header, extensions included in all but odd files. */
const headBytes = 65_536;

/** The grid of a case's image, from the head of the file; null where the image is not open or its head does not say. */
async function imageGeometry(item: Case | undefined, signal: AbortSignal): Promise<Geometry | null> {
  const image = item?.images[0];
  if (image === undefined) return null;
  const response = await fetch(image.url, { signal, headers: { range: `bytes=0-${headBytes - 1}` } });
  if (!response.ok || response.body === null) return null;
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let have = 0;
  while (have < headBytes) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    have += value.length;
  }
  await reader.cancel();
  const bytes = new Uint8Array(have);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  try {
    return (await readHeader(bytes)).geometry;
  } catch {
    // A head that is longer than what was asked for: the server compares the grids after the upload.
    return null;
  }
}

export interface CheckedFile {
  readonly file: MatchedFile;
  readonly problem: Problem | null;
  readonly gridCompared: boolean;
}

export async function checkFiles(
  files: readonly MatchedFile[],
  tasks: readonly TaskSummary[],
  cases: readonly Case[],
  onChecked: (checked: CheckedFile) => void,
  signal: AbortSignal,
): Promise<void> {
  const worker = new Worker(new URL("./check.worker.ts", import.meta.url), { type: "module" });
  signal.addEventListener("abort", () => worker.terminate());
  try {
    for (const [id, file] of files.entries()) {
      signal.throwIfAborted();
      const geometry = await imageGeometry(
        cases.find((item) => item.task === file.task && item.case === file.case),
        signal,
      );
      const job: CheckJob = {
        id,
        file: file.dropped.file,
        expected: {
          case: file.case,
          file: file.dropped.path,
          knownLabels: Object.values(tasks.find((task) => task.id === file.task)?.labels ?? {}),
          geometry,
          maxVoxelBytes: 2 * 1024 ** 3,
        },
      };
      const reply = await new Promise<CheckReply>((resolve, reject) => {
        worker.onmessage = (event: MessageEvent<CheckReply>) => resolve(event.data);
        worker.onerror = (event) => reject(new Error(`the check of ${file.dropped.path} stopped: ${event.message}`));
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        worker.postMessage(job);
      });
      onChecked({ file, problem: reply.problem, gridCompared: geometry !== null });
    }
  } finally {
    worker.terminate();
  }
}
