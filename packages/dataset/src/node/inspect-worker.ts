/** A worker thread: takes cases, answers with their facts. */
import { parentPort } from "node:worker_threads";
import { type CaseTask, inspectCaseFiles } from "./read-case.ts";

parentPort?.on("message", async (task: CaseTask) => {
  parentPort?.postMessage(await inspectCaseFiles(task));
});
