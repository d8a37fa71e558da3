/** One thread of a bootstrap: computes its ranges of draws and sends them home. */
import { parentPort, workerData } from "node:worker_threads";
import { planBootstrap, runBootstrap } from "@segathlon/ranking";
import type { WorkerTask } from "./rank-workers.ts";

const { table, scheme, options, ranges } = workerData as WorkerTask;
const plan = planBootstrap(table, scheme, options);
for (const [from, to] of ranges) parentPort?.postMessage(runBootstrap(plan, from, to));
