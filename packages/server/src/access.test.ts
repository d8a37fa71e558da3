/**
 * Walks every route of the table as every role, with real ids: who is refused is refused before anything happens, and no answer holds
 * a byte of a hidden reference, its checksum, or where it lies.
 */
import { createHash } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Access, type Route, type RouteName, routePaths, routes, routeUrl } from "./api/index.ts";
import {
  anonymous,
  ballLabels,
  becomeAdministrator,
  ended,
  labelFile,
  type Person,
  predictions,
  registerTeam,
  signUp,
  startTestServer,
  submit,
  type TestServer,
} from "./testing/challenge-fixture.ts";

let fixture: TestServer;
const people = new Map<string, Person>();
let params: Record<string, string>;
let secrets: string[];

beforeAll(async () => {
  fixture = await startTestServer();
  const { url } = fixture.server;
  const admin = await becomeAdministrator(fixture.server);
  people.set("administrator", admin);
  people.set("anonymous", anonymous(url));
  for (const name of ["outsider", "participant", "other team", "organiser", "organiser of another"])
    people.set(name, await signUp(url, name));
  const participant = people.get("participant") as Person;
  const team = await registerTeam(participant, "balls", "Team");
  await registerTeam(people.get("other team") as Person, "balls", "Other");
  const other =
    "benchmark: other\ntitle: Other\ntasks:\n  - { id: T, channels: [CT], labels: { background: 0, a: 1 }, regions: { a: [1] } }\nprotocol: { metrics: [dice] }\nphases: []\n";
  await admin.client.call("createBenchmark", { body: { document: other } });
  const email = (name: string) => `${name.replace(/\W/g, "")}@example.org`;
  await admin.client.call("addOrganiser", { params: { benchmark: "balls" }, body: { email: email("organiser") } });
  await admin.client.call("addOrganiser", {
    params: { benchmark: "other" },
    body: { email: email("organiserofanother") },
  });
  const made = await submit(participant, { benchmark: "balls", phase: "live" }, predictions(1), "mine");
  await ended(participant, made.id);
  const rescore = await admin.client.call("startRescore", {
    params: { benchmark: "balls", phase: "final" },
    body: { reason: "try" },
  });
  params = {
    benchmark: "balls",
    phase: "live",
    task: "Balls",
    case: "ball_001",
    channel: "CT",
    submission: String(made.id),
    team,
    rescore: rescore.id,
    key: "00000000-0000-4000-8000-000000000000",
    request: "00000000-0000-4000-8000-000000000000",
    announcement: "00000000-0000-4000-8000-000000000000",
    user: "nobody",
    name: "ball_001.nii.gz",
  };
  const rows = await fixture.server.context.database
    .selectFrom("case_reference")
    .selectAll()
    .where("sealed", "=", true)
    .execute();
  expect(rows).toHaveLength(4);
  secrets = rows.flatMap((row) => [row.sha256, row.blob as string]);
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

/** What a role may do, in the words of the route table. */
const may: Record<string, readonly Access[]> = {
  anonymous: ["anyone"],
  outsider: ["anyone", "user", "data"],
  participant: ["anyone", "user", "data", "participant", "team"],
  "other team": ["anyone", "user", "data", "participant"],
  "organiser of another": ["anyone", "user", "data"],
  organiser: ["anyone", "user", "data", "team", "organiser"],
  administrator: ["anyone", "user", "data", "team", "organiser", "administrator"],
};

async function ask(person: Person, name: RouteName): Promise<{ status: number; body: Buffer; headers: string }> {
  const { method, kind } = routePaths[name];
  const controller = new AbortController();
  const response = await person.fetch(routeUrl(name, params), {
    method,
    signal: controller.signal,
    // A body that no schema takes: who is let in gets 400, nothing changes.
    ...(method === "GET" ? {} : { headers: { "content-type": "application/json" }, body: '{"nonsense":1}' }),
  });
  const headers = JSON.stringify([...response.headers]);
  if (kind === "events" && response.ok) {
    const reader = response.body?.getReader();
    const first = await reader?.read();
    controller.abort();
    return { status: response.status, body: Buffer.from(first?.value ?? []), headers };
  }
  return { status: response.status, body: Buffer.from(await response.arrayBuffer()), headers };
}

/** Routes without a body whose effect would disturb the walk; their refusals are walked, their successes have tests of their own. */
const effects: ReadonlySet<RouteName> = new Set([
  "signOut",
  "deleteAccount",
  "cancelSubmission",
  "retrySubmission",
  "applyRescore",
  "discardRescore",
  "removeOrganiser",
  "deleteAnnouncement",
  "leaveTeam",
  "putCaseImage",
  "putCaseReference",
  "replaceReference",
  "completeUpload",
  "putSubmissionArchive",
  "putSubmissionFile",
]);

test.each(Object.keys(may))("%s meets exactly the doors of the route table", async (role) => {
  const person = people.get(role) as Person;
  for (const name of Object.keys(routePaths) as RouteName[]) {
    const route: Route = routes[name];
    // Inviting is for the members of that team, which the other team's are not.
    const foreign = role === "other team" && name === "inviteToTeam";
    const allowed = !foreign && may[role]?.includes(route.access) === true;
    if (allowed && effects.has(name)) continue;
    const { status } = await ask(person, name);
    const label = `${role} ${name} ${status}`;
    expect(status, label).toBeLessThan(500);
    if (!allowed) expect([401, 403, 404], label).toContain(status);
    else if (role !== "anonymous" && route.access !== "anyone") expect([401, 402], label).not.toContain(status);
  }
});

test("no answer to anybody but organisers holds a hidden reference, its checksum or its place", async () => {
  const hidden = ["ball_001", "ball_002", "ball_003", "ball_004"].map((_, index) => labelFile(ballLabels(index, 0)));
  const plain = hidden.map((file) => gunzipSync(file).subarray(352));
  const hashes = hidden.map((file) => createHash("sha256").update(file).digest("hex"));
  for (const role of ["anonymous", "outsider", "participant", "other team", "organiser of another"]) {
    const person = people.get(role) as Person;
    for (const name of Object.keys(routePaths) as RouteName[]) {
      // The images of this fixture are label maps on purpose stored as public images, so their own route is left out.
      if (
        routePaths[name].method !== "GET" ||
        name === "getCaseImage" ||
        name === "getPrediction" ||
        name === "listCases" ||
        name === "listDownloads"
      )
        continue;
      const { body, headers } = await ask(person, name);
      const text = body.toString("latin1") + headers;
      for (const secret of [...secrets, ...hashes])
        expect(text.includes(secret), `${role} ${name} tells ${secret}`).toBe(false);
      for (const bytes of plain) expect(body.includes(bytes), `${role} ${name} sends a reference`).toBe(false);
    }
    for (const path of ["labelsTs", "blobs", "data", "benchmark.yaml", "../data/blobs", "%2e%2e/data"]) {
      const response = await person.fetch(`/${path}`);
      expect([404], `${role} /${path}`).toContain(response.status);
    }
    const cases = await person.fetch(routeUrl("listCases", params));
    const list = (await cases.json()) as { reference: unknown }[];
    expect(
      list.every(
        (entry, index) => index < 0 || (entry as { split?: string }).split === "training" || entry.reference === null,
      ),
    ).toBe(true);
  }
});

test("blobs of hidden references are sealed on the disk", async () => {
  const { store } = fixture.server.context;
  const rows = await fixture.server.context.database
    .selectFrom("case_reference")
    .selectAll()
    .where("sealed", "=", true)
    .execute();
  for (const row of rows) {
    const stored = Buffer.from(await store.get(row.blob as string));
    expect(stored.subarray(0, 4).toString()).toBe("SGS1");
    expect(createHash("sha256").update(stored).digest("hex")).not.toBe(row.sha256);
  }
});

test("an image of a training case is given with ranges and a name that cannot break the header", async () => {
  const person = people.get("outsider") as Person;
  const path = routeUrl("getCaseImage", { ...params, case: "ball_100" });
  const whole = Buffer.from(await (await person.fetch(path)).arrayBuffer());
  const part = await person.fetch(path, { headers: { range: "bytes=2-9" } });
  expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes 2-9/${whole.length}`]);
  expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(2, 10));
  expect((await person.fetch(path, { headers: { range: `bytes=${whole.length}-` } })).status).toBe(416);
  const thumbnail = await person.fetch(routeUrl("getCaseThumbnail", { ...params, case: "ball_100" }));
  expect([thumbnail.status, thumbnail.headers.get("content-type")]).toEqual([200, "image/png"]);
  const reference = await person.fetch(routeUrl("getCaseReference", { ...params, case: "ball_100" }));
  expect(reference.status).toBe(200);
});
