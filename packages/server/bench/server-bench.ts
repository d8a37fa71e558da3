/**
 * Measures the server against itself and against a bare Fastify stream, in one run: upload with checksum, leaderboard under load,
 * draining of a queue by worker processes on PostgreSQL. Ratios travel between machines; seconds do not.
 *
 *   node --conditions=@segathlon/source packages/server/bench/server-bench.ts [MiB] [chunks] [workers] [entries]
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { loadavg } from "node:os";
import fastify from "fastify";
import { sql } from "kysely";
import { type RunningServer, startServer } from "../src/start-server.ts";
import {
  becomeAdministrator,
  ended,
  type Person,
  predictions,
  registerTeam,
  signUp,
  startTestServer,
  submit,
  writeChallenge,
} from "../src/testing/challenge-fixture.ts";
import { startFleet } from "../src/testing/fleet-fixture.ts";

const [mebibytes = 256, chunkCount = 1000, workerCount = 4, entryCount = 500] = process.argv.slice(2).map(Number);
const seconds = (from: number): number => (performance.now() - from) / 1000;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function body(bytes: number): ReadableStream<Uint8Array> {
  const piece = Buffer.alloc(1024 * 1024, 7);
  let left = bytes;
  return new ReadableStream({
    pull(controller) {
      if (left === 0) return controller.close();
      const size = Math.min(left, piece.length);
      controller.enqueue(piece.subarray(0, size));
      left -= size;
    },
  });
}

async function put(url: string, bytes: number, headers: Record<string, string>): Promise<void> {
  const init: RequestInit & { duplex: "half" } = {
    method: "PUT",
    headers: { ...headers, "content-type": "application/octet-stream", "content-length": String(bytes) },
    body: body(bytes),
    duplex: "half",
  };
  const response = await fetch(url, init);
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
}

async function upload(person: Person): Promise<void> {
  const bytes = mebibytes * 1024 * 1024;
  const bare = fastify();
  bare.addContentTypeParser("application/octet-stream", (_request, _payload, done) => done(null));
  bare.put("/", async (request) => {
    const hash = createHash("sha256");
    for await (const chunk of request.raw) hash.update(chunk as Buffer);
    return hash.digest("hex");
  });
  const address = await bare.listen({ port: 0 });
  const startBare = performance.now();
  await put(address, bytes, {});
  const bareSeconds = seconds(startBare);
  await bare.close();
  const made = await person.client.call("createSubmission", {
    params: { benchmark: "balls", phase: "sanity" },
    body: { method: { name: "large" }, upload: { kind: "archive", name: "a.tar", bytes } },
  });
  const start = performance.now();
  await put(made.upload.putUrl ?? "", bytes, { cookie: person.cookie });
  const own = seconds(start);
  const memory = Math.round(process.memoryUsage().rss / 1e6);
  say(
    `upload of ${mebibytes} MiB: ${(mebibytes / own).toFixed(0)} MiB/s, stored, flushed and hashed; bare stream with hash ${(mebibytes / bareSeconds).toFixed(0)} MiB/s; ratio ${(bareSeconds / own).toFixed(2)}; resident ${memory} MB`,
  );
}

/** Copies the newest scored submission as entries of teams of their own: rows as 500 uploads would leave them. */
async function fillBoard(server: RunningServer, phase: string, entries: number): Promise<void> {
  const { database } = server.context;
  const template = await database
    .selectFrom("evaluation")
    .select(["id", "submission"])
    .where("is_current", "=", true)
    .orderBy("id", "desc")
    .executeTakeFirstOrThrow();
  for (let number = 0; number < entries; number += 1) {
    const { rows: teams } = await sql<{ id: string }>`
      insert into team (id, benchmark, name, name_key, status)
      values (gen_random_uuid(), 'balls', ${`Team ${phase} ${number}`}, ${`team ${phase} ${number}`}, 'approved')
      returning id`.execute(database);
    const { rows: submissions } = await sql<{ id: number }>`
      insert into submission (benchmark, phase, team, method, state, finished_at, upload_kind, quota, quota_day, case_total)
      select benchmark, ${phase}, ${teams[0]?.id}::uuid, method, state, finished_at, upload_kind, quota, quota_day, case_total
      from submission where id = ${template.submission} returning id`.execute(database);
    const { rows: evaluations } = await sql<{ id: number }>`
      insert into evaluation
        (submission, version, references_revision, protocol_hash, evaluator, state, is_current, finished_at, summary)
      select ${submissions[0]?.id}, version, references_revision, protocol_hash, evaluator, state, is_current, finished_at, summary
      from evaluation where id = ${template.id} returning id`.execute(database);
    await sql`
      insert into evaluation_case (evaluation, task, case_id, result, artefact, seconds)
      select ${evaluations[0]?.id}, task, case_id, result, artefact, seconds
      from evaluation_case where evaluation = ${template.id}`.execute(database);
  }
  await database.updateTable("phase").set({ board_revision: sql`board_revision + 1` }).execute();
}

async function leaderboard(url: string, phase: string, entries: number): Promise<void> {
  const path = `${url}/api/v1/benchmarks/balls/phases/${phase}/leaderboard`;
  const first = performance.now();
  const plain = (await (await fetch(path)).arrayBuffer()).byteLength;
  const cold = performance.now() - first;
  const before = process.cpuUsage();
  const readers = spawn(
    process.execPath,
    ["--conditions=@segathlon/source", new URL("leaderboard-readers.ts", import.meta.url).pathname, path],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  let text = "";
  readers.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString();
  });
  await once(readers, "close");
  const { user, system } = process.cpuUsage(before);
  const { requests, bytes, p50, p95, slowest } = JSON.parse(text) as Record<
    "requests" | "bytes" | "p50" | "p95" | "slowest",
    number
  >;
  say(
    `leaderboard ${phase} of ${entries} entries (${(plain / 1e3).toFixed(0)} kB, ${(bytes / 1e3).toFixed(0)} kB compressed), 100 readers at one request a second: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, slowest ${slowest.toFixed(0)} ms; server ${((user + system) / 1000 / requests).toFixed(2)} ms of CPU a request; first computation ${cold.toFixed(0)} ms; load average ${loadavg()[0]?.toFixed(1)}`,
  );
}

async function drain(): Promise<void> {
  await using fleet = await startFleet();
  const server = await startServer({ ...fleet.settings, port: 0, rateLimits: "off", logLevel: "silent", threads: 1 });
  await server.importFolder({ folder: writeChallenge(fleet.folder) });
  await becomeAdministrator(server);
  const person = await signUp(server.url, "Bench");
  await registerTeam(person, "balls", "Bench");
  const template = await submit(person, { benchmark: "balls", phase: "sanity" }, predictions(1), "template");
  await ended(person, template.id);
  await server.close();
  const web = await startServer({ ...fleet.settings, port: 0, rateLimits: "off", logLevel: "silent", threads: 0 });
  const { database, queue } = web.context;
  // One evaluation of many one-case chunks: the queue's work without waiting for uploads. Every chunk's case is a name of its own.
  const { id: evaluation } = await database
    .insertInto("evaluation")
    .values({
      submission: template.id,
      version: 2,
      rescore: "00000000-0000-4000-8000-000000000001",
      references_revision: 1,
      protocol_hash: "bench",
      evaluator: "bench",
      state: "queued",
    })
    .returning("id")
    .executeTakeFirstOrThrow();
  for (let number = 0; number < chunkCount; number += 1) {
    const name = `bench_${number}`;
    await database
      .insertInto("benchmark_case")
      .values({ benchmark: "balls", task: "Balls", case_id: name, split: "training", part: null, attributes: "{}" })
      .execute();
    const reference = await database
      .selectFrom("case_reference")
      .selectAll()
      .where("case_id", "=", "ball_100")
      .executeTakeFirstOrThrow();
    await database
      .insertInto("case_reference")
      .values({ ...reference, case_id: name })
      .execute();
    const prediction = await database
      .selectFrom("prediction")
      .selectAll()
      .where("case_id", "=", "ball_001")
      .limit(1)
      .executeTakeFirstOrThrow();
    await database
      .insertInto("prediction")
      .values({ ...prediction, case_id: name })
      .execute();
    await database
      .insertInto("evaluation_chunk")
      .values({ evaluation, number, task: "Balls", cases: JSON.stringify([name]), state: "queued" })
      .execute();
  }
  const script = new URL("../src/testing/fleet-worker.ts", import.meta.url).pathname;
  const workers: ChildProcess[] = [];
  for (let count = 0; count < workerCount; count += 1) {
    const worker = spawn(process.execPath, ["--conditions=@segathlon/source", script], {
      env: { ...process.env, ...fleet.environment },
      stdio: ["ignore", "pipe", "inherit"],
    });
    await new Promise((resolve) => worker.stdout?.once("data", resolve));
    workers.push(worker);
  }
  const start = performance.now();
  await queue.sendScore(Array.from({ length: chunkCount }, (_, chunk) => ({ evaluation, chunk, fence: 0 })));
  web.context.events.publish({ type: "work", benchmark: "balls" });
  for (;;) {
    const open = await database
      .selectFrom("evaluation_chunk")
      .select("number")
      .where("evaluation", "=", evaluation)
      .where("state", "<>", "done")
      .execute();
    if (open.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const taken = seconds(start);
  const rows = await database
    .selectFrom("evaluation_case")
    .select("case_id")
    .where("evaluation", "=", evaluation)
    .execute();
  const claims = await database
    .selectFrom("evaluation_chunk")
    .select(["worker", "attempts"])
    .where("evaluation", "=", evaluation)
    .execute();
  const shares = new Map<string, number>();
  for (const { worker } of claims) shares.set(worker ?? "", (shares.get(worker ?? "") ?? 0) + 1);
  const once =
    rows.length === chunkCount &&
    new Set(rows.map((row) => row.case_id)).size === chunkCount &&
    claims.every((claim) => claim.attempts === 1);
  say(
    `${chunkCount} chunks by ${workerCount} worker processes: ${taken.toFixed(1)} s, ${(chunkCount / taken).toFixed(0)} a second; ${once ? "each exactly once" : "NOT each exactly once"}; shares ${[...shares.values()].join(", ")}`,
  );
  for (const worker of workers) worker.kill("SIGKILL");
  await web.close();
}

{
  await using fixture = await startTestServer();
  await becomeAdministrator(fixture.server);
  const person = await signUp(fixture.server.url, "Bench");
  await registerTeam(person, "balls", "Bench");
  for (let shift = 0; shift < 3; shift += 1)
    await ended(
      person,
      (await submit(person, { benchmark: "balls", phase: "sanity" }, predictions(shift), `m${shift}`)).id,
    );
  await leaderboard(fixture.server.url, "sanity", 1);
  // A phase that shows rounded means, and one that shows every case: the second sends the whole score table and ranking.
  await fillBoard(fixture.server, "live", entryCount);
  await leaderboard(fixture.server.url, "live", entryCount);
  await fillBoard(fixture.server, "sanity", entryCount - 1);
  await leaderboard(fixture.server.url, "sanity", entryCount);
  if (mebibytes > 0) await upload(person);
}
if (chunkCount > 0) await drain();
