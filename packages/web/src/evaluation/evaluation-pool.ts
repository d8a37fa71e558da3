/** Workers of local evaluation, one case each at a time. */
import type { EvaluationDocument } from "@segathlon/benchmark";
import type { DroppedFile } from "../frame/dropped-file.ts";
import type {
  EvaluationAnswer,
  EvaluationChoices,
  EvaluationMessage,
  EvaluationReply,
  EvaluationRequest,
  PlannedCase,
} from "./evaluation-job.ts";

/** A problem that a worker reported, as an error that the pages know how to show. */
export class EvaluationProblem extends Error {
  override readonly name = "SegathlonError";
  readonly code: string;
  readonly hint: string;
  constructor({ code, message, hint }: { readonly code: string; readonly message: string; readonly hint: string }) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

class EvaluationWorker {
  private readonly worker = new Worker(new URL("./evaluate.worker.ts", import.meta.url), { type: "module" });
  private nextId = 0;

  ask<K extends EvaluationRequest["kind"]>(
    request: Extract<EvaluationRequest, { kind: K }>,
  ): Promise<Extract<EvaluationAnswer, { kind: K }>> {
    this.nextId += 1;
    const id = this.nextId;
    return new Promise((resolve, reject) => {
      const stop = new AbortController();
      const { signal } = stop;
      this.worker.addEventListener(
        "message",
        (event: MessageEvent<EvaluationReply>) => {
          if (event.data.id !== id) return;
          stop.abort();
          if ("problem" in event.data) reject(new EvaluationProblem(event.data.problem));
          else resolve(event.data.answer as Extract<EvaluationAnswer, { kind: K }>);
        },
        { signal },
      );
      this.worker.addEventListener(
        "error",
        (event) => {
          stop.abort();
          reject(
            new EvaluationProblem({
              code: "",
              message: `a worker stopped: ${event.message || "it ran out of memory or could not be loaded"}`,
              hint: "Close other tabs or evaluate fewer or smaller cases at a time; the command line has no such limit.",
            }),
          );
        },
        { signal },
      );
      this.worker.postMessage({ id, request } satisfies EvaluationMessage);
    });
  }

  stop(): void {
    this.worker.terminate();
  }
}

/** What can be chosen: tasks of the catalogue and profiles. */
export async function loadCatalogue(): Promise<Extract<EvaluationAnswer, { kind: "catalogue" }>> {
  const worker = new EvaluationWorker();
  try {
    return await worker.ask({ kind: "catalogue" });
  } finally {
    worker.stop();
  }
}

export interface Side {
  readonly folder: string;
  readonly files: ReadonlyMap<string, File>;
}

/** The folder that all files were dropped in, and their paths below it. */
export function sideOf(dropped: readonly DroppedFile[]): Side {
  const roots = new Set(dropped.map(({ path }) => (path.includes("/") ? path.slice(0, path.indexOf("/")) : "")));
  const [root = ""] = roots;
  const inOneFolder = roots.size === 1 && root !== "";
  return {
    folder: inOneFolder ? root : "the dropped files",
    files: new Map(dropped.map(({ path, file }) => [inOneFolder ? path.slice(root.length + 1) : path, file])),
  };
}

export interface EvaluationRun {
  readonly document: EvaluationDocument;
  readonly csv: string;
}

export interface EvaluationProgress {
  readonly done: number;
  readonly total: number;
  readonly case: string;
}

function unmatchedDraft(planned: PlannedCase): unknown {
  return {
    case: planned.case,
    status: "invalid",
    ...(planned.problem === undefined ? {} : { problem: planned.problem }),
    failed_side: planned.failedSide ?? "both",
    attributes: {},
    hashes: { reference: null, prediction: null },
    geometry: null,
    regions: {},
    grid: null,
  };
}

/** Scores everything and assembles the report. Rejects with an {@link EvaluationProblem} when nothing can be scored at all. */
export async function evaluateHere(
  choices: EvaluationChoices,
  method: string,
  reference: Side,
  prediction: Side,
  onProgress: (progress: EvaluationProgress) => void,
  signal: AbortSignal,
): Promise<EvaluationRun> {
  const count = Math.max(1, Math.min(4, (navigator.hardwareConcurrency ?? 2) - 1));
  const workers = Array.from({ length: count }, () => new EvaluationWorker());
  const stop = (): void => {
    for (const worker of workers) worker.stop();
  };
  const stopped = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => {
      stop();
      reject(signal.reason);
    });
  });
  const [first] = workers;
  if (first === undefined) throw new RangeError("evaluateHere: no worker");
  const run = async (): Promise<EvaluationRun> => {
    const { plan } = await first.ask({
      kind: "plan",
      choices,
      reference: { folder: reference.folder, files: [...reference.files.keys()] },
      prediction: { folder: prediction.folder, files: [...prediction.files.keys()] },
    });
    const drafts: unknown[] = new Array(plan.cases.length);
    const kernels: EvaluationDocument["evaluator"]["kernel"][] = [];
    let next = 0;
    let done = 0;
    const work = async (worker: EvaluationWorker): Promise<void> => {
      for (;;) {
        const place = next;
        next += 1;
        const planned = plan.cases[place];
        if (planned === undefined) return;
        const referenceFile = planned.reference === null ? undefined : reference.files.get(planned.reference);
        const predictionFile = planned.prediction === null ? undefined : prediction.files.get(planned.prediction);
        if (planned.problem !== undefined || planned.reference === null || referenceFile === undefined) {
          drafts[place] = unmatchedDraft(planned);
        } else {
          const answer = await worker.ask({
            kind: "case",
            case: planned.case,
            protocol: plan.protocol,
            geometry: choices.geometry,
            reference: { name: planned.reference, file: referenceFile },
            prediction:
              planned.prediction === null || predictionFile === undefined
                ? null
                : { name: planned.prediction, file: predictionFile },
          });
          drafts[place] = answer.draft;
          kernels.push(answer.kernel);
        }
        done += 1;
        onProgress({ done, total: plan.cases.length, case: planned.case });
      }
    };
    onProgress({ done: 0, total: plan.cases.length, case: "" });
    await Promise.all(workers.map(work));
    const { document, csv } = await first.ask({
      kind: "report",
      plan,
      drafts,
      method,
      kernel: kernels[0] ?? "typescript",
    });
    return { document, csv };
  };
  try {
    return await Promise.race([run(), stopped]);
  } finally {
    stop();
  }
}
