/** Bootstrap draws on several threads. Draws depend on the seed and their number alone, so the result is that of one thread. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import { SegathlonError } from "@segathlon/errors";
import {
  addBootstrap,
  type BootstrapDraws,
  type BootstrapPlan,
  joinDraws,
  type PreparedTable,
  type RankingDocument,
  type RankingScheme,
  runBootstrap,
} from "@segathlon/ranking";

export interface WorkerTask {
  readonly table: PreparedTable;
  readonly scheme: RankingScheme;
  readonly options: BootstrapPlan["options"];
  readonly ranges: readonly (readonly [from: number, to: number])[];
}

/** Draws of one message: often enough for a progress line, rarely enough to cost nothing. */
const drawsPerMessage = 25;

/** Starting a thread costs about as much as this many elementary steps. */
const stepsWorthAThread = 50_000_000;

/** How many threads pay for this bootstrap: one when it is done in a moment. */
export function sensibleWorkers(plan: BootstrapPlan): number {
  const algorithms = plan.evaluator.units.ranked.length;
  const perCase =
    plan.evaluator.scheme.method.kind === "test-then-rank" ? (algorithms * (algorithms - 1)) / 2 : algorithms;
  const cases = plan.evaluator.units.units.reduce((total, unit) => total + unit.cases.length, 0);
  const steps = plan.options.draws * cases * perCase;
  return Math.max(1, Math.min(availableParallelism(), Math.floor(steps / stepsWorthAThread) + 1));
}

/** Runs the bootstrap on `workers` threads and adds it to the document. */
export async function bootstrapOnThreads(
  document: RankingDocument,
  plan: BootstrapPlan,
  table: PreparedTable,
  workers: number,
  onDraws: (done: number, total: number) => void,
): Promise<{ document: RankingDocument; draws: BootstrapDraws }> {
  const { draws } = plan.options;
  const parts: BootstrapDraws[] = [];
  let done = 0;
  const add = (part: BootstrapDraws): void => {
    parts.push(part);
    done += part.to - part.from;
    onDraws(done, draws);
  };
  const ranges: [number, number][] = [];
  for (let from = 0; from < draws; from += drawsPerMessage)
    ranges.push([from, Math.min(draws, from + drawsPerMessage)]);
  if (workers <= 1) {
    for (const [from, to] of ranges) {
      add(runBootstrap(plan, from, to));
      // Signals and the progress line need a turn of the loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
  } else {
    const threads: Promise<void>[] = [];
    for (let w = 0; w < workers; w++) {
      // Contiguous shares: a replay of R's sequential generator then skips forward once.
      const own = ranges.slice(
        Math.floor((w * ranges.length) / workers),
        Math.floor(((w + 1) * ranges.length) / workers),
      );
      if (own.length > 0)
        threads.push(runThread({ table, scheme: plan.evaluator.scheme, options: plan.options, ranges: own }, add));
    }
    await Promise.all(threads);
  }
  const joined = joinDraws(parts);
  return { document: addBootstrap(document, plan, joined), draws: joined };
}

function runThread(workerData: WorkerTask, add: (part: BootstrapDraws) => void): Promise<void> {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const worker = new Worker(new URL(`./rank-worker.${extension}`, import.meta.url), { workerData });
  return new Promise((resolve, reject) => {
    worker.on("message", add);
    worker.on("error", reject);
    worker.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(new SegathlonError("SEG701", `a bootstrap thread ended with code ${code}`));
    });
  });
}
