/** kill -9 at every stage of a submission: what was acknowledged is there, is scored exactly once, and quota is right. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Client, createClient } from "./api/index.ts";
import { type Person, predictions, submit, writeChallenge } from "./testing/challenge-fixture.ts";

const folder = mkdtempSync(join(tmpdir(), "segathlon-crash-"));
const challenge = writeChallenge(folder, { quota: "{ total: 50 }" });
let child: ChildProcess | null = null;
afterAll(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Started {
  readonly url: string;
  readonly apiKey: string;
}

function start(): Promise<Started> {
  const script = new URL("./testing/crash-server.ts", import.meta.url).pathname;
  const server = spawn(process.execPath, ["--conditions=@segathlon/source", script, join(folder, "data"), challenge], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  child = server;
  return new Promise((resolve, reject) => {
    let text = "";
    server.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes("\n")) resolve(JSON.parse(text) as Started);
    });
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

async function kill(): Promise<void> {
  const server = child;
  if (server === null || server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill("SIGKILL");
  await gone;
}

const place = { benchmark: "balls", phase: "live" };

function personOf({ url, apiKey }: Started): Person {
  const client: Client = createClient({ baseUrl: url, apiKey });
  const send = (path: string, init: RequestInit = {}) =>
    fetch(`${url}${path}`, { ...init, headers: { ...init.headers, authorization: `Bearer ${apiKey}` } });
  return { client, cookie: "", session: { user: null, memberships: [] }, fetch: send };
}

test("every acknowledged submission survives kill -9 and is scored once", async () => {
  const archive = predictions(1);
  const acknowledged: number[] = [];
  let started = await start();
  let person = personOf(started);
  await person.client.call("registerTeam", { params: { benchmark: "balls" }, body: { name: "Crashers" } });
  // Milliseconds after the upload was acknowledged: intake, scoring, commit, and in the middle of the next upload.
  for (const delay of [0, 60, 150, 300, 600]) {
    acknowledged.push((await submit(person, place, archive, `delay ${delay}`)).id);
    const next = submit(person, place, archive, `during ${delay}`).then(
      ({ id }) => acknowledged.push(id),
      () => 0,
    );
    await new Promise((resolve) => setTimeout(resolve, delay));
    await kill();
    await next;
    started = await start();
    person = personOf(started);
  }
  const until = Date.now() + 90_000;
  for (;;) {
    const states = await Promise.all(
      acknowledged.map(async (id) => (await person.client.call("getSubmission", { params: { submission: id } })).state),
    );
    if (states.every((state) => state === "scored")) break;
    if (Date.now() > until) throw new Error(`states: ${states.join(", ")}`);
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
  for (const id of acknowledged) {
    const view = await person.client.call("getEvaluation", { params: { submission: id } });
    expect(view.version).toBe(1);
    expect(view.tasks.Balls?.cases).toBe(4);
  }
  // Submissions whose upload was cut off wait for their bytes and use nothing.
  const { submissions } = await person.client.call("listSubmissions", {
    params: { benchmark: "balls" },
    query: { limit: 200 },
  });
  for (const submission of submissions) expect(["scored", "uploading"]).toContain(submission.state);
  const scored = submissions.filter((submission) => submission.state === "scored").length;
  expect((await person.client.call("getPhase", { params: place })).remaining).toMatchObject({
    total: 50 - scored,
    reserved: 0,
  });
}, 240_000);
