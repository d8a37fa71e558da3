/** A scoring thread: one kernel instance, one task at a time. It sees bytes and documents only: no file, no database, no key. */
import { parentPort } from "node:worker_threads";
import { SegathlonError } from "@segathlon/errors";
import { loadKernel } from "@segathlon/metrics";
import { inspectFile } from "./inspect-file.ts";
import { rankScores } from "./rank-scores.ts";
import { scoreCase } from "./score-case.ts";
import { scoreAgain } from "./stored-surfaces.ts";
import type { ThreadTask } from "./thread-task.ts";
import { validatePrediction } from "./validate-prediction.ts";

const kernel = loadKernel();

async function run(task: ThreadTask): Promise<unknown> {
  switch (task.kind) {
    case "score":
      return scoreCase(task, await kernel);
    case "score-again":
      return scoreAgain(task.draft, task.artefact, task.protocol);
    case "validate":
      return { problem: validatePrediction(task) };
    case "inspect":
      return inspectFile(task);
    case "rank":
      return rankScores(task);
  }
}

parentPort?.on("message", async ({ id, task }: { id: number; task: ThreadTask }) => {
  try {
    parentPort?.postMessage({ id, answer: await run(task) });
  } catch (error) {
    const known = error instanceof SegathlonError;
    parentPort?.postMessage({
      id,
      error: known
        ? { code: error.code, message: error.message, hint: error.hint, where: error.where, failure: error.failure }
        : { code: null, message: error instanceof Error ? (error.stack ?? error.message) : String(error) },
    });
  }
});
