/**
 * The second half of the demo: a living site. Two benchmarks made from phantoms are taken in by a server of this process; every entry's
 * team registers and submits over the API as anybody would; all are scored and ranked.
 */
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import path from "node:path";
import { Worker } from "node:worker_threads";
import { SegathlonError } from "@segathlon/errors";
import { type RunningServer, startServer } from "@segathlon/server";
import { createClient } from "@segathlon/server/api";
import { webRoot } from "../verbs/serve.ts";
import { sendPredictions } from "../verbs/submit.ts";
import type { DemoDataJob, DemoDataMessage } from "./demo-data-worker.ts";
import { demoEntries } from "./demo-entries.ts";
import { demoBenchmarks, demoDocument } from "./demo-tasks.ts";

export interface DemoSiteOptions {
  readonly folder: string;
  readonly port: number;
  readonly onStep: (text: string, share: number) => void;
  readonly signal: AbortSignal;
}

export interface DemoSite {
  readonly server: RunningServer;
  readonly submissions: number;
}

/** Runs a share of the data jobs in a thread. */
function dataThread(
  job: DemoDataJob,
  signal: AbortSignal,
  onMessage: (message: DemoDataMessage) => void,
): Promise<void> {
  const file = import.meta.url.endsWith(".ts") ? "./demo-data-worker.ts" : "./demo-data-worker.js";
  const worker = new Worker(new URL(file, import.meta.url), { workerData: job });
  const stop = (): void => void worker.terminate();
  signal.addEventListener("abort", stop);
  return new Promise((resolve, reject) => {
    worker.on("message", onMessage);
    worker.on("error", reject);
    worker.on("exit", (code) => {
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(new SegathlonError("SEG702", "the demo was interrupted"));
      else if (code === 0) resolve();
      else reject(new SegathlonError("SEG703", `a thread of the demo ended with code ${code}`));
    });
  });
}

async function makeData(
  folder: string,
  predictions: string,
  signal: AbortSignal,
  onStep: (text: string, share: number) => void,
): Promise<void> {
  const jobs = demoBenchmarks.flatMap((benchmark) => benchmark.tasks.map((task) => ({ benchmark, task })));
  const threads = Math.max(1, Math.min(availableParallelism(), 4));
  // The largest tasks first, each to the thread with the least so far.
  const shares: { load: number; jobs: typeof jobs }[] = Array.from({ length: threads }, () => ({ load: 0, jobs: [] }));
  const cost = ({ task }: (typeof jobs)[number]): number => task.cases * task.size ** 3;
  for (const job of [...jobs].sort((a, b) => cost(b) - cost(a))) {
    const least = shares.reduce((best, share) => (share.load < best.load ? share : best));
    least.jobs.push(job);
    least.load += cost(job);
  }
  const progress = shares.map(() => 0);
  const total = shares.reduce((sum, share) => sum + share.load, 0);
  await Promise.all(
    shares.map((share, s) => {
      const items = share.jobs.map(({ benchmark, task }) => ({
        task,
        folder: path.join(folder, benchmark.id),
        predictions: path.join(predictions, benchmark.id),
      }));
      return dataThread({ items }, signal, ({ text, item, share: part }) => {
        const before = share.jobs.slice(0, item).reduce((sum, job) => sum + cost(job), 0);
        const current = share.jobs[item];
        progress[s] = before + (current === undefined ? 0 : part * cost(current));
        onStep(text, progress.reduce((sum, value) => sum + value, 0) / total);
      });
    }),
  );
}

/** Makes data and entries, starts the server, submits everything and waits until all is scored. */
export async function demoSite({ folder, port, onStep, signal }: DemoSiteOptions): Promise<DemoSite> {
  const data = path.join(folder, "benchmarks");
  const predictions = path.join(folder, "predictions");
  for (const benchmark of demoBenchmarks) {
    await mkdir(path.join(data, benchmark.id), { recursive: true });
    await writeFile(path.join(data, benchmark.id, "benchmark.yaml"), demoDocument(benchmark));
  }
  await makeData(data, predictions, signal, (text, share) => onStep(text, 0.6 * share));
  onStep("starting the server", 0.6);
  const server = await startServer({
    dataDir: path.join(folder, "server"),
    port,
    webRoot: webRoot(),
    logLevel: "error",
    rateLimits: "off",
    threads: Math.max(1, availableParallelism()),
  });
  try {
    for (const [b, benchmark] of demoBenchmarks.entries()) {
      await server.importFolder({
        folder: path.join(data, benchmark.id),
        settings: { registration: "open", dataAccess: "open", listed: true },
        onProgress: ({ task, done, total }) =>
          onStep(`taking in ${task}`, 0.6 + (0.1 * (b + done / total)) / demoBenchmarks.length),
      });
    }
    let submitted = 0;
    const planned = demoBenchmarks.reduce((sum, benchmark) => sum + benchmark.phases.length * demoEntries.length, 0);
    const admin = await server.createAccount({ name: "Demo", email: "demo@example.org", administrator: true });
    const keys = new Map<string, string>();
    for (const benchmark of demoBenchmarks) {
      for (const entry of demoEntries) {
        const team = entry.kind === "baseline" ? `Baseline: ${entry.method}` : entry.team;
        let key = keys.get(team);
        if (key === undefined) {
          key = (await server.createAccount({ name: team, email: `${entry.id}@example.org` })).apiKey;
          keys.set(team, key);
        }
        const client = createClient({ baseUrl: server.url, apiKey: key });
        await client.call("registerTeam", {
          params: { benchmark: benchmark.id },
          body: { name: team },
        });
        for (const phase of benchmark.phases) {
          if (signal.aborted) throw new SegathlonError("SEG702", "the demo was interrupted");
          onStep(`${team} submits to ${benchmark.title}, ${phase.title}`, 0.7 + (0.1 * submitted) / planned);
          const source = path.join(predictions, benchmark.id, entry.id);
          await sendPredictions(
            { server: server.url, key, client },
            await phaseFolder(source, phase.tasks, folder),
            {
              benchmark: benchmark.id,
              phase: phase.id,
              method: { name: entry.method, description: "Made by the demo.", links: [], runtimeSeconds: null },
            },
            () => {},
          );
          submitted += 1;
        }
      }
    }
    await allScored(server, admin.apiKey, planned, signal, (done, text) => onStep(text, 0.8 + (0.2 * done) / planned));
    return { server, submissions: submitted };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** A folder with the tasks of one phase only, as a participant would submit it: one task's cases, or one folder per task. */
async function phaseFolder(source: string, tasks: readonly string[], folder: string): Promise<string> {
  const [only] = tasks;
  if (tasks.length === 1 && only !== undefined) return path.join(source, only);
  const target = path.join(folder, "submission");
  await rm(target, { recursive: true, force: true });
  for (const task of tasks) await cp(path.join(source, task), path.join(target, task), { recursive: true });
  return target;
}

async function allScored(
  server: RunningServer,
  key: string,
  planned: number,
  signal: AbortSignal,
  onDone: (done: number, text: string) => void,
): Promise<void> {
  const client = createClient({ baseUrl: server.url, apiKey: key });
  for (;;) {
    if (signal.aborted) throw new SegathlonError("SEG702", "the demo was interrupted");
    let scored = 0;
    let refused = 0;
    for (const benchmark of demoBenchmarks) {
      const { submissions } = await client.call("listAllSubmissions", { params: { benchmark: benchmark.id } });
      for (const { state } of submissions) {
        if (state === "scored") scored += 1;
        else if (state === "refused" || state === "failed" || state === "cancelled") refused += 1;
      }
    }
    onDone(scored + refused, `scored ${scored} of ${planned} submissions`);
    if (refused > 0)
      throw new SegathlonError("SEG703", `${refused} of ${planned} demo submissions were not scored`, {
        hint: "Keep the folder with --keep and look at the submissions on the site.",
      });
    if (scored >= planned) return;
    await new Promise((resolve) => setTimeout(resolve, 400));
  }
}
