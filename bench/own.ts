/** Runs our side in processes or threads of its own. */
import { fork, spawnSync } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { Worker } from "node:worker_threads";
import type { OwnResult, OwnTask } from "./own-side.ts";

const script = path.join(import.meta.dirname, "own-side.ts");
const conditions = ["--conditions=@segathlon/source"];

/** One process, one task. */
export function runOwn(task: OwnTask): OwnResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...conditions, script, JSON.stringify(task)], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`bench: our side failed\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as OwnResult;
}

/** Seconds until two threads of one process have both done the task, after each has warmed up. */
export async function twoThreads(task: OwnTask): Promise<number> {
  const workers = [0, 1].map(() => new Worker(script, { workerData: task, execArgv: conditions }));
  await Promise.all(workers.map((worker) => once(worker, "message")));
  const start = performance.now();
  const done = workers.map((worker) => once(worker, "message"));
  for (const worker of workers) worker.postMessage("go");
  await Promise.all(done);
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return seconds;
}

/** As `twoThreads`, with two processes. */
export async function twoProcesses(task: OwnTask): Promise<number> {
  const children = [0, 1].map(() => fork(script, [JSON.stringify(task)], { execArgv: conditions }));
  await Promise.all(children.map((child) => once(child, "message")));
  const start = performance.now();
  const done = children.map((child) => once(child, "message"));
  for (const child of children) child.send("go");
  await Promise.all(done);
  const seconds = (performance.now() - start) / 1000;
  for (const child of children) child.kill();
  return seconds;
}
