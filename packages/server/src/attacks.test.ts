/** Attacks of the web and the leaderboard, and what participants are told when the fault is not theirs. The list is in docs/security.md. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RouteName, routePaths } from "./api/index.ts";
import { safeCell } from "./http/phase-handlers.ts";
import { memoryRateLimiter } from "./http/rate-limit.ts";
import { attachment, parseRange } from "./http/send-blob.ts";
import {
  anonymous,
  becomeAdministrator,
  ended,
  type Person,
  predictions,
  registerTeam,
  signUp,
  startTestServer,
  submit,
  type TestServer,
} from "./testing/challenge-fixture.ts";

let fixture: TestServer;
let url: string;
let admin: Person;
let person: Person;
beforeAll(async () => {
  fixture = await startTestServer({}, { rateLimits: "on" });
  url = fixture.server.url;
  admin = await becomeAdministrator(fixture.server);
  person = await signUp(url, "Pat");
  await registerTeam(person, "balls", "Pats");
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  person.fetch(`/api/v1${path}`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
const submitPath = "/benchmarks/balls/phases/live/submissions";

test("links that are programs, names that lie and unknown fields are refused", async () => {
  const upload = { kind: "archive", name: "a.tar", bytes: 10 };
  for (const method of [
    { name: "m", links: ["javascript:alert(1)"] },
    { name: "m", links: ["data:text/html,x"] },
    { name: "<script>alert(1)</script>" },
    { name: "a\u202eb" },
    { name: "a\u0000b" },
    { name: "m", administrator: true },
  ])
    expect((await post(submitPath, JSON.stringify({ method, upload }))).status, JSON.stringify(method)).toBe(400);
});

test("JSON with prototype keys, numbers beyond range and great depth is refused without harm", async () => {
  for (const body of [
    '{"__proto__":{"administrator":true}}',
    '{"constructor":{"prototype":{"x":1}}}',
    `${"[".repeat(100_000)}`,
    '{"method":{"name":"m","runtimeSeconds":1e999},"upload":{"kind":"archive","name":"a","bytes":1}}',
    '{"method":',
  ])
    expect((await post(submitPath, body)).status).toBe(400);
  expect((await post(submitPath, `"${"x".repeat(9_000_000)}"`)).status).toBe(413);
  expect(({} as { administrator?: boolean }).administrator).toBeUndefined();
});

test("query and path values never become SQL or files", async () => {
  for (const path of [
    "/benchmarks/balls'%3B%20drop%20table%20submission%3B--",
    "/benchmarks/..%2f..%2fetc",
    "/benchmarks/balls/phases/live/leaderboard?metric=dice'%20or%201=1--",
    "/benchmarks/balls/phases/live/leaderboard?snapshot=1'",
    "/benchmarks/balls/phases/live/leaderboard?scheme=constructor",
    "/benchmarks/balls/tasks/Balls/cases/..%2f..%2fx/thumbnail",
    "/submissions/1e9",
    "/submissions/99999999999",
    `/benchmarks/${"a".repeat(250)}`,
  ]) {
    const { status } = await person.fetch(`/api/v1${path}`);
    expect([200, 400, 404], path).toContain(status);
  }
  expect((await person.client.call("listBenchmarks", {})).length).toBe(1);
});

test("error answers carry a request id and neither stack nor path", async () => {
  const response = await post("/session", "{");
  const text = await response.text();
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  expect(JSON.parse(text)).toMatchObject({ code: "SEG404", requestId: expect.any(String) });
  expect(text).not.toMatch(/node_modules|\.ts:|\/tmp\//);
});

test("security headers are on every answer; cookies are out of reach of scripts", async () => {
  for (const path of ["/", "/api/v1/server", "/api/v1/nothing", "/enter"]) {
    const headers = (await fetch(`${url}${path}`)).headers;
    expect(headers.get("content-security-policy")).toContain("'wasm-unsafe-eval'");
    expect(headers.get("content-security-policy")).not.toContain("'unsafe-eval'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
    expect(headers.get("cross-origin-embedder-policy")).toBe("require-corp");
  }
  const signIn = await fetch(`${url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "pat@example.org", password: "a long password" }),
  });
  const [cookie] = signIn.headers.getSetCookie();
  expect(cookie).toMatch(/HttpOnly/i);
  expect(cookie).toMatch(/SameSite=Lax/i);
  // A new sign-in is a new session: nothing that was set before can be fixed on it.
  expect(cookie?.split(";")[0]).not.toBe(person.cookie.split(";")[0]);
});

test("guessing passwords is slowed down for an account, and an unknown account looks like a wrong password", async () => {
  const attempt = (email: string) =>
    fetch(`${url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ email, password: "wrong password" }),
    });
  const known = await attempt("pat@example.org");
  const unknown = await attempt("nobody@example.org");
  const shape = async (response: Response) => ({ ...((await response.json()) as object), requestId: "" });
  expect([known.status, unknown.status]).toEqual([401, 401]);
  expect(await shape(known)).toEqual(await shape(unknown));
  const statuses = [];
  for (let count = 0; count < 12; count += 1) statuses.push((await attempt("pat@example.org")).status);
  expect(statuses).toContain(429);
});

test("the rate limiter counts in its window and says how long to wait", async () => {
  const limiter = memoryRateLimiter();
  for (let count = 0; count < 3; count += 1) await limiter.take("k", 3, 60);
  await expect(limiter.take("k", 3, 60)).rejects.toMatchObject({ code: "SEG412" });
  await limiter.take("other", 3, 60);
});

test("names in headers and tables cannot break out of them", () => {
  expect(attachment('a"\r\nset-cookie: x=1;.nii')).not.toMatch(/[\r\n]|[^=]"[^;]*"[^;]*"/);
  for (const text of ["=cmd|' /C calc'!A0", "+1", "-1", "@x", "\tx"]) expect(safeCell(text)).toBe(`'${text}`);
  expect(safeCell("nnU-Net")).toBe("nnU-Net");
  expect([
    parseRange("bytes=0-0", 5),
    parseRange("bytes=-2", 5),
    parseRange("bytes=9-", 5),
    parseRange("bytes=3-1", 5),
    parseRange("bytes=0-1,3-4", 5),
    parseRange("lines=1-2", 5),
  ]).toEqual([{ start: 0, end: 0 }, { start: 3, end: 4 }, null, null, undefined, undefined]);
});

test("data on request: refused, asked for, approved, given, logged", async () => {
  await admin.client.call("patchBenchmarkSettings", {
    params: { benchmark: "balls" },
    body: { dataAccess: "on-request", dataUseAgreement: "Use it well." },
  });
  const image = "/api/v1/benchmarks/balls/tasks/Balls/cases/ball_100/images/CT";
  expect((await anonymous(url).fetch(image)).status).toBe(401);
  expect((await person.fetch(image)).status).toBe(403);
  const request = await person.client.call("requestDataAccess", {
    params: { benchmark: "balls" },
    body: { institution: "University", purpose: "training a method", acceptAgreement: true },
  });
  expect((await person.fetch(image)).status).toBe(403);
  await admin.client.call("decideDataAccess", {
    params: { benchmark: "balls", request: request.id },
    body: { status: "approved" },
  });
  expect((await person.fetch(image)).status).toBe(200);
  expect((await admin.client.call("listDataAccess", { params: { benchmark: "balls" } }))[0]).toMatchObject({
    status: "approved",
    downloads: 1,
  });
  await admin.client.call("patchBenchmarkSettings", {
    params: { benchmark: "balls" },
    body: { dataAccess: "registered" },
  });
});

test("a fault of the organiser is told in one constant sentence, uses no quota, and is told in full to the organiser", async () => {
  // The reference of one case is damaged in the storage.
  const row = await fixture.server.context.database
    .selectFrom("case_reference")
    .selectAll()
    .where("case_id", "=", "ball_002")
    .executeTakeFirstOrThrow();
  const whole = await fixture.server.context.store.get(row.blob as string);
  await fixture.server.context.store.put(row.blob as string, whole.subarray(0, whole.length - 3));
  const made = await submit(person, { benchmark: "balls", phase: "live" }, predictions(1), "unlucky");
  const result = await ended(person, made.id);
  expect(result).toMatchObject({
    state: "failed",
    quotaUsed: false,
    failure: { message: "scoring did not succeed; no quota was used", code: "SEG414" },
  });
  expect(JSON.stringify(result)).not.toMatch(/ball_002|tag|authent/);
  const all = await admin.client.call("listAllSubmissions", { params: { benchmark: "balls" } });
  expect(
    all.submissions
      .find((entry) => entry.id === made.id)
      ?.faults.map((fault) => fault.message)
      .join(),
  ).toMatch(/authentication tag/);
  // Mended, it is tried again without anything being sent anew.
  await fixture.server.context.store.put(row.blob as string, whole);
  await admin.client.call("retrySubmission", { params: { submission: made.id } });
  expect(await ended(person, made.id)).toMatchObject({ state: "scored", quotaUsed: true });
});

test("the leak budget says what was disclosed, and the same content sent twice is seen", async () => {
  const budget = await admin.client.call("getLeakBudget", { params: { benchmark: "balls", phase: "live" } });
  expect(budget).toMatchObject({ numbersPerSubmission: 18, levelsPerNumber: 1001 });
  expect(budget.teams[0]?.bitsDisclosed).toBeCloseTo(18 * Math.log2(1001), 6);
  const again = await submit(person, { benchmark: "balls", phase: "live" }, predictions(1), "again");
  await ended(person, again.id);
  const all = await admin.client.call("listAllSubmissions", { params: { benchmark: "balls" } });
  expect(all.submissions.find((entry) => entry.id === again.id)?.sameContentAs).toHaveLength(1);
});

test("no route of the table takes an address to fetch from", () => {
  for (const name of Object.keys(routePaths) as RouteName[])
    expect(routePaths[name].path).not.toMatch(/url|proxy|fetch|webhook/i);
});
