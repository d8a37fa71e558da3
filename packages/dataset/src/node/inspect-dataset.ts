/** The facts of all cases of a dataset, read by several threads; the result does not depend on their number. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { SegathlonError } from "@segathlon/errors";
import type { CaseFacts } from "../check/case-facts.ts";
import type { InspectOptions } from "../check/inspect-case.ts";
import { caseFiles, type Dataset } from "../dataset.ts";
import type { FolderSource } from "./folder-source.ts";
import { type CaseTask, inspectCaseFiles } from "./read-case.ts";

export interface InspectDatasetOptions extends InspectOptions {
  /** Threads; as many as there are processors when absent. 1 works in this thread. */
  readonly workers?: number;
  readonly onCase?: (done: number, total: number) => void;
}

/** Below this many bytes starting a thread costs more than it brings. */
const smallBytes = 4 * 1024 * 1024;

/** Facts in the order of the dataset's cases. */
export async function inspectDataset(
  source: FolderSource,
  dataset: Dataset,
  options: InspectDatasetOptions = {},
): Promise<CaseFacts[]> {
  const { workers = availableParallelism(), onCase, ...inspect } = options;
  const sizes = new Map(source.files.map(({ path, bytes }) => [path, bytes]));
  const weight = dataset.cases.map((one) => caseFiles(one).reduce((sum, file) => sum + (sizes.get(file) ?? 0), 0));
  const tasks = dataset.cases.map(
    (one): CaseTask => ({ folder: source.folder, one, labels: dataset.labels, options: inspect }),
  );
  const total = weight.reduce((sum, bytes) => sum + bytes, 0);
  const threads = total < smallBytes ? 1 : Math.max(1, Math.min(workers, tasks.length));
  const results = new Array<CaseFacts>(tasks.length);
  let done = 0;
  const finish = (index: number, facts: CaseFacts): void => {
    results[index] = facts;
    done += 1;
    onCase?.(done, tasks.length);
  };
  if (threads === 1) {
    for (const [index, task] of tasks.entries()) finish(index, await inspectCaseFiles(task));
    return results;
  }
  // Large cases first, so that no thread is left with the largest at the end.
  const queue = tasks.map((_, index) => index).sort((a, b) => (weight[b] ?? 0) - (weight[a] ?? 0) || a - b);
  const worker = new URL(import.meta.resolve("@segathlon/dataset/node/inspect-worker"));
  await Promise.all(
    Array.from({ length: threads }, async () => {
      let thread = new Worker(worker);
      try {
        for (let index = queue.shift(); index !== undefined; index = queue.shift()) {
          const task = tasks[index] as CaseTask;
          try {
            finish(index, await ask(thread, task));
          } catch (error) {
            // A case that takes its thread down (memory) is a problem of that case; the others go on.
            finish(index, lostCase(task, error));
            await thread.terminate();
            thread = new Worker(worker);
          }
        }
      } finally {
        await thread.terminate();
      }
    }),
  );
  return results;
}

function lostCase({ one }: CaseTask, error: unknown): CaseFacts {
  const reason =
    error instanceof SegathlonError ? error : new SegathlonError("SEG001", String(error), { where: { case: one.id } });
  return {
    id: one.id,
    split: one.split,
    images: [],
    overlaps: [],
    problems: [{ ...reason.toProblem(), role: "image" }],
  };
}

function ask(thread: Worker, task: CaseTask): Promise<CaseFacts> {
  return new Promise((resolve, reject) => {
    const clean = (): void => {
      thread.removeAllListeners("message");
      thread.removeAllListeners("error");
      thread.removeAllListeners("exit");
    };
    const fail = (cause: unknown): void => {
      clean();
      const reason = cause instanceof Error ? cause.message : String(cause);
      reject(
        new SegathlonError("SEG001", `case ${task.one.id} could not be inspected: ${reason}`, {
          where: { case: task.one.id },
          cause,
          failure: "infrastructure",
        }),
      );
    };
    thread.once("message", (facts: CaseFacts) => {
      clean();
      resolve(facts);
    });
    thread.once("error", fail);
    thread.once("exit", (code) => fail(new Error(`the worker ended with code ${code}`)));
    thread.postMessage(task);
  });
}
