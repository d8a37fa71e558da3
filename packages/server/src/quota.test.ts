import { afterAll, beforeAll, expect, test } from "vitest";
import {
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
let admin: Person;
beforeAll(async () => {
  fixture = await startTestServer({ quota: "{ total: 1 }" });
  admin = await becomeAdministrator(fixture.server);
});
afterAll(() => fixture?.[Symbol.asyncDispose]());

const live = { benchmark: "balls", phase: "live" };

test("of 50 submissions at once against one that is left, exactly one is scored", async () => {
  const racer = await signUp(fixture.server.url, "Rita");
  await registerTeam(racer, "balls", "Racers");
  const archive = predictions(1);
  const made = await Promise.all(
    Array.from({ length: 50 }, (_, index) => submit(racer, live, archive, `try ${index}`)),
  );
  // One after the other: fifty readers at once would measure the readers.
  const results = [];
  for (const { id } of made) results.push(await ended(racer, id, 200));
  const scored = results.filter((result) => result.state === "scored");
  expect(scored).toHaveLength(1);
  for (const result of results.filter((entry) => entry.state !== "scored")) {
    expect(result).toMatchObject({
      state: "refused",
      quotaUsed: false,
      failure: { code: "SEG407", kind: "participant" },
    });
  }
  expect((await racer.client.call("getPhase", { params: live })).remaining).toMatchObject({ total: 0, reserved: 0 });
  await expect(submit(racer, live, archive)).rejects.toMatchObject({ problem: { code: "SEG407" } });
}, 240_000);

test("neither withdrawing nor cancelling gives quota back", async () => {
  const person = await signUp(fixture.server.url, "Will");
  await registerTeam(person, "balls", "Withdrawers");
  const made = await submit(person, live, predictions(0), "one");
  await ended(person, made.id);
  await person.client.call("withdrawSubmission", { params: { submission: made.id }, body: { reason: "a mistake" } });
  expect((await person.client.call("getPhase", { params: live })).remaining?.total).toBe(0);
  const board = await admin.client.call("getLeaderboard", { params: live });
  expect(board.entries.some((entry) => entry.submission === made.id)).toBe(false);
  await expect(person.client.call("cancelSubmission", { params: { submission: made.id } })).rejects.toMatchObject({
    problem: { code: "SEG405" },
  });
  // The stub of the withdrawn entry stays.
  const log = await admin.client.call("listAuditLog", { params: { benchmark: "balls" } });
  expect(log.entries.find((entry) => entry.action === "submission.withdraw")).toMatchObject({
    subject: String(made.id),
    detail: { reason: "a mistake" },
  });
});

test("leaving and founding another team does not hide the names that were used", async () => {
  const person = await signUp(fixture.server.url, "Ivan");
  for (const name of ["racers", "RACERS", "Ｒacers", "Rac\u200bers", "Withdrawers "])
    await expect(
      person.client.call("registerTeam", { params: { benchmark: "balls" }, body: { name } }),
      name,
    ).rejects.toMatchObject({ status: expect.toBeOneOf([400, 409]) });
});
