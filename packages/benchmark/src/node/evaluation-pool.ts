/** Worker threads for evaluations: one unit at a time each, results in the order asked for. */
import { availableParallelism } from "node:os";
import { Piscina } from "piscina";
import { faultyPair } from "../case-outcome.ts";
import { type EvaluationUnit, evaluateUnit, type UnitContext, type UnitResult } from "./evaluation-unit.ts";

export interface PoolOptions {
  /** Threads; 0 evaluates in this thread. Default: one per core. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  /** Called after every unit, in the order in which they end. */
  readonly onUnit?: (unit: EvaluationUnit, result: UnitResult, done: number) => void;
}

/** The worker's file beside this one: `.ts` in a checkout, `.js` in a published package. */
function workerFile(): string {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  return new URL(`./evaluation-worker.${ending}`, import.meta.url).href;
}

/** A worker that died (out of memory, killed) fails its unit and no other. */
function crashed(unit: EvaluationUnit, error: unknown): UnitResult {
  const reason = error instanceof Error ? error.message : String(error);
  const hint = "Run again with fewer --workers, so that each has more memory.";
  return {
    outcome: faultyPair(`its worker ended: ${reason}`, unit.case, null, hint),
    hashes: { reference: null, prediction: null },
  };
}

/**
 * Evaluates units in worker threads. The result does not depend on the number of workers.
 *
 * @param sizes bytes to read for each unit: the largest start first, so that no worker is left with a long one at the end.
 * @returns one result per unit, in the order of `units`. Rejects only when `signal` aborts.
 */
export async function evaluateUnits(
  units: readonly EvaluationUnit[],
  sizes: readonly number[],
  context: UnitContext,
  options: PoolOptions = {},
): Promise<UnitResult[]> {
  const order = units.map((_, index) => index).sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0) || a - b);
  const results: UnitResult[] = new Array(units.length);
  let done = 0;
  const finish = (index: number, unit: EvaluationUnit, result: UnitResult): void => {
    results[index] = result;
    done += 1;
    options.onUnit?.(unit, result, done);
  };
  const workers = Math.min(options.workers ?? availableParallelism(), units.length);
  if (workers <= 0) {
    for (const [index, unit] of units.entries()) {
      options.signal?.throwIfAborted();
      finish(index, unit, await evaluateUnit(unit, context));
    }
    return results;
  }
  const pool = new Piscina({
    filename: workerFile(),
    name: "evaluateInWorker",
    minThreads: workers,
    maxThreads: workers,
    maxQueue: "auto",
  });
  try {
    const queue = order[Symbol.iterator]();
    const run = async (): Promise<void> => {
      for (const index of queue) {
        options.signal?.throwIfAborted();
        const unit = units[index];
        if (!unit) continue;
        const asked = pool.run({ unit, context }, options.signal ? { signal: options.signal } : {});
        const result = await (asked as Promise<UnitResult>).catch((error: unknown) => {
          options.signal?.throwIfAborted();
          return crashed(unit, error);
        });
        finish(index, unit, result);
      }
    };
    await Promise.all(Array.from({ length: workers }, run));
    return results;
  } finally {
    await pool.destroy();
  }
}
