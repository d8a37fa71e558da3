/**
 * Two stateless servers, three worker processes, PostgreSQL and S3. A worker is killed, the database restarts, the object storage is
 * away for a while: every acknowledged submission is scored exactly once and quota is right.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createClient } from "./api/index.ts";
import { type RunningServer, startServer, startWorker } from "./start-server.ts";
import {
  becomeAdministrator,
  ended,
  type Person,
  predictions,
  registerTeam,
  signUp,
  submit,
  writeChallenge,
} from "./testing/challenge-fixture.ts";
import { type Fleet, startFleet } from "./testing/fleet-fixture.ts";

let fleet: Fleet;
let first: RunningServer;
let second: RunningServer;
const workers: ChildProcess[] = [];
const place = { benchmark: "balls", phase: "live" };

function startWorkerProcess(): Promise<ChildProcess> {
  const script = new URL("./testing/fleet-worker.ts", import.meta.url).pathname;
  const child = spawn(process.execPath, ["--conditions=@segathlon/source", script], {
    env: { ...process.env, ...fleet.environment },
    stdio: ["ignore", "pipe", "inherit"],
  });
  workers.push(child);
  return new Promise((resolve, reject) => {
    child.stdout.once("data", () => resolve(child));
    child.once("exit", (code) => reject(new Error(`the worker ended with ${code}`)));
  });
}

beforeAll(async () => {
  fleet = await startFleet();
  const settings = {
    ...fleet.settings,
    port: 0,
    rateLimits: "off",
    logLevel: "silent",
    threads: 0,
    leaseSeconds: 3,
  } as const;
  first = await startServer({ ...settings, workerName: "web-1" });
  await first.importFolder({ folder: writeChallenge(fleet.folder, { quota: "{ total: 30 }" }) });
  second = await startServer({ ...settings, workerName: "web-2" });
  for (let count = 0; count < 3; count += 1) await startWorkerProcess();
});
afterAll(async () => {
  for (const worker of workers) worker.kill("SIGKILL");
  await second?.close();
  await first?.close();
  await fleet?.[Symbol.asyncDispose]();
});

test("a killed worker, a restarted database and an absent object storage lose nothing", async () => {
  await becomeAdministrator(first);
  const person = await signUp(first.url, "Frida");
  await registerTeam(person, "balls", "Fleet");
  // The same session at the other server: nothing is kept in a process.
  const elsewhere: Person = {
    ...person,
    client: createClient({
      baseUrl: second.url,
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          headers: { ...Object.fromEntries(new Headers(init?.headers)), cookie: person.cookie },
        }),
    }),
  };
  const archive = predictions(1);
  const acknowledged: number[] = [];
  for (let round = 0; round < 4; round += 1) {
    acknowledged.push((await submit(person, place, archive, `first ${round}`)).id);
    acknowledged.push((await submit(elsewhere, place, archive, `second ${round}`)).id);
    if (round === 0) workers[0]?.kill("SIGKILL");
    if (round === 1) await fleet.restartPostgres();
    if (round === 2) {
      await fleet.stopS3();
      await new Promise((resolve) => setTimeout(resolve, 500));
      await fleet.startS3();
    }
  }
  for (const id of acknowledged) {
    const result = await ended(elsewhere, id, 150);
    expect(result, result.stateText).toMatchObject({ state: "scored", quotaUsed: true });
  }
  const rows = await first.context.database
    .selectFrom("evaluation")
    .select(["submission", "version", "is_current"])
    .execute();
  expect(rows.filter((row) => acknowledged.includes(row.submission) && row.is_current)).toHaveLength(
    acknowledged.length,
  );
  const phase = await person.client.call("getPhase", { params: place });
  expect(phase.remaining).toMatchObject({ total: 30 - acknowledged.length, reserved: 0 });
}, 300_000);

test("a worker without the sealing key is refused at its start", async () => {
  const { sealingKey: _, ...settings } = fleet.settings;
  await expect(startWorker({ ...settings, logLevel: "silent" })).rejects.toMatchObject({ code: "SEG417" });
});
