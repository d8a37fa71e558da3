/** Running a server: health, metrics, pages, a full disk, abandoned uploads, backup, restore, doctor. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { examineServer, startServer } from "../index.ts";
import { careRound } from "../queue/caretaker.ts";
import {
  anonymous,
  becomeAdministrator,
  ended,
  predictions,
  registerTeam,
  signUp,
  submit,
  writeChallenge,
} from "../testing/challenge-fixture.ts";
import { backupDataFolder, checkBackup, restoreDataFolder } from "./backup.ts";

const folder = mkdtempSync(join(tmpdir(), "segathlon-operations-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const data = join(folder, "data");
const web = join(folder, "web");
mkdirSync(join(web, "assets"), { recursive: true });
writeFileSync(join(web, "index.html"), "<!doctype html><title>pages</title>");
writeFileSync(join(web, "assets", "main-AbCdEf12.js"), "1");
const settings = { dataDir: data, port: 0, rateLimits: "off", logLevel: "silent", webRoot: web } as const;

test("health, metrics, pages and abandoned uploads; then backup, restore and doctor", async () => {
  const server = await startServer({ ...settings, minFreeBytes: 0 });
  await server.importFolder({ folder: writeChallenge(folder) });
  expect(await (await fetch(`${server.url}/readyz`)).json()).toMatchObject({
    status: "ok",
    checks: { database: { ok: true }, storage: { ok: true } },
  });
  const page = await fetch(`${server.url}/benchmarks/balls`, { headers: { accept: "text/html" } });
  expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("pages")]);
  expect((await fetch(`${server.url}/assets/main-AbCdEf12.js`)).headers.get("cache-control")).toContain("immutable");
  expect((await fetch(`${server.url}/assets/none.js`)).status).toBe(404);

  const admin = await becomeAdministrator(server);
  const person = await signUp(server.url, "Olaf");
  await registerTeam(person, "balls", "Team");
  const place = { benchmark: "balls", phase: "live" };
  const scored = await submit(person, place, predictions(0), "kept");
  await ended(person, scored.id);
  const metrics = await (await fetch(`${server.url}/metrics`)).text();
  expect(metrics).toMatch(/segathlon_submissions\{state="scored"\} 1/);

  const left = await person.client.call("createSubmission", {
    params: place,
    body: { method: { name: "left" }, upload: { kind: "archive", name: "a.tar", bytes: 5000 } },
  });
  const path = new URL(left.upload.tusUrl ?? "").pathname;
  await person.fetch(path, {
    method: "PATCH",
    headers: { "tus-resumable": "1.0.0", "upload-offset": "0", "content-type": "application/offset+octet-stream" },
    body: new Uint8Array(1000),
  });
  expect(await server.context.store.list("uploads")).toHaveLength(1);
  await server.context.database
    .updateTable("upload")
    .set({ touched_at: new Date(Date.now() - 25 * 3_600_000) })
    .where("submission", "=", left.id)
    .execute();
  await careRound(server.context, server.context.queue, server.context.pool);
  expect(await person.client.call("getSubmission", { params: { submission: left.id } })).toMatchObject({
    state: "cancelled",
    quotaUsed: false,
  });
  expect(await server.context.store.list("uploads")).toHaveLength(0);

  const file = join(folder, "backup.tar");
  await expect(backupDataFolder(data, file)).rejects.toMatchObject({ code: "SEG416" });
  await server.close();
  const made = await backupDataFolder(data, file);
  expect(made.sealingKey).toBe(`${data}.sealing-key`);
  expect(readFileSync(file).includes(readFileSync(made.sealingKey).subarray(0, 64))).toBe(false);
  const restored = join(folder, "restored");
  await expect(restoreDataFolder(file, data)).rejects.toMatchObject({ code: "SEG405" });
  await restoreDataFolder(file, restored);
  // Without its key a restored server does not start, and makes no new key.
  await expect(startServer({ ...settings, dataDir: restored })).rejects.toMatchObject({ code: "SEG417" });
  const sealingKey = readFileSync(made.sealingKey, "utf8");
  const found = await examineServer({ dataDir: restored, sealingKey, minFreeBytes: 0 });
  expect(found.filter((entry) => entry.state !== "ok")).toEqual([]);
  const again = await startServer({ ...settings, dataDir: restored, sealingKey, minFreeBytes: 0 });
  expect(
    (await anonymous(again.url).client.call("getLeaderboard", { params: place })).entries.map((entry) => entry.method),
  ).toEqual(["kept"]);
  // The session of before the backup still holds.
  expect((await fetch(`${again.url}/api/v1/session`, { headers: { cookie: admin.cookie } })).status).toBe(200);
  await again.close();

  const bytes = readFileSync(file);
  bytes[300_000] = (bytes[300_000] ?? 0) ^ 1;
  writeFileSync(file, bytes);
  await expect(checkBackup(file)).rejects.toMatchObject({ code: "SEG423" });
  const wrong = await examineServer({ dataDir: restored, sealingKey: "ab".repeat(32), minFreeBytes: 0 });
  expect(wrong.find((entry) => entry.check === "sealing key")).toMatchObject({ state: "error" });
}, 180_000);

test("a server without room refuses uploads before a byte is sent, and says that it is not ready", async () => {
  const server = await startServer({
    ...settings,
    dataDir: join(folder, "full"),
    minFreeBytes: Number.MAX_SAFE_INTEGER,
  });
  await server.importFolder({ folder: writeChallenge(folder, { folderName: "second" }) });
  const person = await signUp(server.url, "Fay");
  await registerTeam(person, "second", "Team");
  const body = { method: { name: "m" }, upload: { kind: "archive", name: "a.tar", bytes: 10 } } as const;
  await expect(
    person.client.call("createSubmission", { params: { benchmark: "second", phase: "live" }, body }),
  ).rejects.toMatchObject({ status: 507, problem: { code: "SEG425", failure: "infrastructure" } });
  expect((await fetch(`${server.url}/readyz`)).status).toBe(503);
  await server.close();
});
