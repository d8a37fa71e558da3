/**
 * Threads that score. A thread that takes too long or dies is replaced; its task is refused with a typed fault, the others go on.
 */
import { createRequire } from "node:module";
import { Worker } from "node:worker_threads";
import { type ErrorCode, type ErrorPlace, type FailureKind, SegathlonError } from "@segathlon/errors";
import type { ThreadAnswers, ThreadTask } from "./thread-task.ts";

export interface ThreadPool {
  readonly size: number;
  /** Tasks that wait for a thread. */
  readonly waiting: number;
  run<T extends ThreadTask>(
    task: T,
    options?: { readonly seconds?: number; readonly signal?: AbortSignal },
  ): Promise<ThreadAnswers[T["kind"]]>;
  close(): Promise<void>;
}

interface Pending {
  readonly id: number;
  readonly task: ThreadTask;
  readonly seconds: number;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: unknown) => void;
}

interface ThreadError {
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint?: string;
  readonly where?: ErrorPlace;
  readonly failure?: FailureKind;
}

/** A built package has `.js` beside it, the checkout `.ts`; the package's own export knows which. */
const threadFile = createRequire(import.meta.url).resolve("@segathlon/server/scoring-thread");

function transferable(task: ThreadTask): ArrayBuffer[] {
  const arrays: Uint8Array[] = [];
  if (task.kind === "score")
    arrays.push(task.reference.bytes, ...(task.prediction === null ? [] : [task.prediction.bytes]));
  if (task.kind === "validate" || task.kind === "inspect") arrays.push(task.bytes);
  // Node's small Buffers share one pool; only a whole buffer of its own can be given away.
  return arrays
    .filter(
      (bytes) => bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength && bytes.byteLength > 65_536,
    )
    .map((bytes) => bytes.buffer as ArrayBuffer);
}

function errorOf({ code, message, hint, where, failure }: ThreadError): Error {
  if (code === null) return new SegathlonError("SEG414", message);
  return new SegathlonError(code, message, {
    ...(hint === undefined ? {} : { hint }),
    ...(where === undefined ? {} : { where }),
    ...(failure === undefined ? {} : { failure }),
  });
}

/** Starts `size` threads, each when it is first needed. `megabytes` bounds the heap of each. */
export function threadPool(size: number, megabytes = 4096): ThreadPool {
  const queue: Pending[] = [];
  const idle: Worker[] = [];
  const busy = new Map<Worker, { readonly pending: Pending; readonly timer: NodeJS.Timeout }>();
  let nextId = 1;
  let closed = false;

  function start(): Worker {
    const worker = new Worker(threadFile, { resourceLimits: { maxOldGenerationSizeMb: megabytes } });
    worker.on("message", ({ id, answer, error }: { id: number; answer?: never; error?: ThreadError }) => {
      const job = busy.get(worker);
      if (job === undefined || job.pending.id !== id) return;
      clearTimeout(job.timer);
      busy.delete(worker);
      idle.push(worker);
      worker.unref();
      if (error === undefined) job.pending.resolve(answer as never);
      else job.pending.reject(errorOf(error));
      next();
    });
    worker.on("error", (error) => lose(worker, `the scoring thread ended: ${error.message}`));
    worker.on("exit", () => lose(worker, "the scoring thread ended"));
    return worker;
  }

  function lose(worker: Worker, reason: string): void {
    const at = idle.indexOf(worker);
    if (at >= 0) idle.splice(at, 1);
    const job = busy.get(worker);
    if (job === undefined) return;
    clearTimeout(job.timer);
    busy.delete(worker);
    job.pending.reject(new SegathlonError("SEG414", reason));
    next();
  }

  function next(): void {
    while (!closed && queue.length > 0 && busy.size < size) {
      const pending = queue.shift();
      if (pending === undefined) return;
      const worker = idle.pop() ?? start();
      worker.ref();
      const timer = setTimeout(() => {
        lose(worker, `the task took longer than ${pending.seconds} s`);
        worker.terminate().catch(() => {});
      }, pending.seconds * 1000);
      busy.set(worker, { pending, timer });
      worker.postMessage({ id: pending.id, task: pending.task }, transferable(pending.task));
    }
  }

  return {
    size,
    get waiting() {
      return queue.length;
    },
    run(task, options = {}) {
      return new Promise((resolve, reject) => {
        if (closed) {
          reject(new SegathlonError("SEG414", "the server is stopping"));
          return;
        }
        const pending: Pending = {
          id: nextId,
          task,
          seconds: options.seconds ?? 300,
          resolve: resolve as never,
          reject,
        };
        nextId += 1;
        queue.push(pending);
        options.signal?.addEventListener("abort", () => {
          const at = queue.indexOf(pending);
          if (at >= 0) {
            queue.splice(at, 1);
            reject(new SegathlonError("SEG426", "cancelled"));
          }
        });
        next();
      });
    },
    async close() {
      closed = true;
      for (const pending of queue.splice(0)) pending.reject(new SegathlonError("SEG414", "the server is stopping"));
      await Promise.all([...busy.keys(), ...idle].map((worker) => worker.terminate()));
    },
  };
}
