/** A whole challenge over HTTP, the same on both databases: organiser, teams, good, bad and broken submissions, quota, boards, errata. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { ApiError } from "../api/index.ts";
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
  submit,
  type TestServer,
  tarOf,
} from "./challenge-fixture.ts";

/** Declares the tests of the journey against servers that `start` makes. */
export function describeJourney(start: () => Promise<TestServer>): void {
  let fixture: TestServer;
  let url: string;
  let admin: Person;
  let good: Person;
  let bad: Person;
  const live = { benchmark: "balls", phase: "live" };

  beforeAll(async () => {
    fixture = await start();
    url = fixture.server.url;
    admin = await becomeAdministrator(fixture.server);
    good = await signUp(url, "Gina");
    bad = await signUp(url, "Bob");
    await registerTeam(good, "balls", "Good");
    await registerTeam(bad, "balls", "Bad");
  });
  afterAll(() => fixture?.[Symbol.asyncDispose]());

  const problem = async (promise: Promise<unknown>) =>
    promise.then(
      () => {
        throw new Error("expected a refusal");
      },
      (error: unknown) => (error as ApiError).problem,
    );

  test("the administrator link works once", async () => {
    expect(admin.session.user?.administrator).toBe(true);
    const again = await fetch(`${url}/enter`, {
      method: "POST",
      body: new URLSearchParams({
        token: new URL(fixture.server.adminLink ?? "").searchParams.get("token") ?? "",
        name: "Mallory",
        email: "m@example.org",
        password: "a long password",
      }),
      redirect: "manual",
    });
    expect(again.status).toBe(404);
    // In a browser the reason stands above the form, and what was sent is not markup there.
    const inBrowser = await fetch(`${url}/enter`, {
      method: "POST",
      headers: { accept: "text/html" },
      body: new URLSearchParams({ token: "<b>", name: "Mallory", email: "m@example.org", password: "a long password" }),
      redirect: "manual",
    });
    expect(inBrowser.status).toBe(404);
    expect(inBrowser.headers.get("content-type")).toContain("text/html");
    const text = await inBrowser.text();
    expect(text).toContain("the link is used up or too old");
    expect(text).not.toContain("<b>");
  });

  test("submissions are scored and ranked; a perfect one has Dice 1 and the shifted one less", async () => {
    const first = await submit(good, live, predictions(0), "perfect");
    const second = await submit(bad, live, predictions(2), "shifted");
    expect((await ended(good, first.id)).state).toBe("scored");
    expect(await ended(bad, second.id)).toMatchObject({
      state: "scored",
      quotaUsed: true,
      progress: { done: 4, total: 4 },
    });
    const board = await anonymous(url).client.call("getLeaderboard", { params: live });
    expect(board.entries.map((entry) => [entry.team, entry.rank])).toEqual([
      ["Good", 1],
      ["Bad", 2],
    ]);
    expect(board.entries[0]?.values["Balls/whole/dice"]).toMatchObject({ mean: 1, n: 4, failed: 0 });
    const shifted = board.entries[1]?.values["Balls/whole/dice"]?.mean ?? 1;
    expect(shifted).toBeLessThan(0.8);
    // Three decimals and nothing about single cases.
    expect(shifted).toBe(Math.round(shifted * 1000) / 1000);
    expect(board.scoreTable).toBeNull();
    expect(board.ranking).toBeNull();
    const view = await bad.client.call("getEvaluation", { params: { submission: second.id } });
    expect(view.tasks.Balls?.document).toBeNull();
    expect(view.tasks.Balls?.aggregate.whole?.dice).toMatchObject({ median: null, sd: null, mean: shifted });
    const full = await admin.client.call("getEvaluation", { params: { submission: second.id } });
    expect(full.tasks.Balls?.document).not.toBeNull();
    expect(JSON.stringify(full)).not.toContain('"reference":"');
    const csv = await anonymous(url).fetch("/api/v1/benchmarks/balls/phases/live/leaderboard.csv");
    expect((await csv.text()).split("\n")[1]).toContain("perfect");
  });

  test("the leaderboard has an ETag", async () => {
    const first = await anonymous(url).fetch("/api/v1/benchmarks/balls/phases/live/leaderboard");
    const second = await anonymous(url).fetch("/api/v1/benchmarks/balls/phases/live/leaderboard", {
      headers: { "if-none-match": first.headers.get("etag") ?? "" },
    });
    expect(second.status).toBe(304);
  });

  test("faults of a submission are found before quota is touched, each with case, rule and hint", async () => {
    const before = (await bad.client.call("getPhase", { params: live })).remaining;
    const wrongLabel = ballLabels(0, 0);
    wrongLabel[0] = 9;
    const archive = tarOf({
      "p/ball_001.nii.gz": labelFile(wrongLabel),
      "p/ball_002.nii.gz": labelFile(ballLabels(1, 0)).subarray(0, 60),
      "p/ball_999.nii.gz": labelFile(ballLabels(2, 0)),
      "p/notes.txt": Buffer.from("hello"),
    });
    const result = await ended(bad, (await submit(bad, live, archive, "broken")).id);
    expect(result).toMatchObject({ state: "refused", quotaUsed: false, failure: { kind: "participant" } });
    const codes = result.findings.map((finding) => `${finding.code} ${finding.case ?? finding.file}`);
    expect(codes).toContain("SEG104 ball_001");
    expect(codes.some((code) => /^SEG00\d ball_002$/.test(code))).toBe(true);
    expect(codes).toContain("SEG413 p/ball_999.nii.gz");
    expect((await bad.client.call("getPhase", { params: live })).remaining).toEqual(before);
    const hostile = await ended(
      bad,
      (await submit(bad, live, tarOf({ "../../etc/passwd": Buffer.from("x") }), "hostile")).id,
    );
    expect(hostile).toMatchObject({ state: "refused", quotaUsed: false });
    const noArchive = await ended(bad, (await submit(bad, live, Buffer.from("not an archive at all"), "nothing")).id);
    expect(noArchive).toMatchObject({ state: "refused", failure: { code: "SEG413" } });
  });

  test("missing cases count with the worst scores and are told", async () => {
    const result = await ended(
      good,
      (await submit(good, { benchmark: "balls", phase: "sanity" }, predictions(0, ["ball_001", "ball_002"]), "half"))
        .id,
    );
    expect(result.state).toBe("scored");
    expect(result.findings.filter((finding) => finding.code === "SEG106").map((finding) => finding.case)).toEqual([
      "ball_003",
      "ball_004",
    ]);
    const view = await good.client.call("getEvaluation", { params: { submission: result.id } });
    expect(view.tasks.Balls).toMatchObject({ cases: 4, missing: 2 });
    expect(view.tasks.Balls?.aggregate.whole?.dice).toMatchObject({ mean: 0.5, n: 4 });
  });

  test("a wrong checksum and a wrong length are refused and the upload can begin again", async () => {
    const archive = predictions(1);
    const made = await good.client.call("createSubmission", {
      params: { benchmark: "balls", phase: "sanity" },
      body: {
        method: { name: "sum" },
        upload: { kind: "archive", name: "a.tar", bytes: archive.length, sha256: "0".repeat(64) },
      },
    });
    expect(
      (
        await problem(
          good.client.call("putSubmissionArchive", {
            params: { submission: made.id },
            upload: new Uint8Array(archive),
          }),
        )
      ).code,
    ).toBe("SEG409");
    expect(
      (
        await problem(
          good.client.call("putSubmissionArchive", {
            params: { submission: made.id },
            upload: new Uint8Array(archive.subarray(1)),
          }),
        )
      ).code,
    ).toBe("SEG411");
    const cancelled = await good.client.call("cancelSubmission", { params: { submission: made.id } });
    expect(cancelled).toMatchObject({ state: "cancelled", quotaUsed: false });
    expect((await problem(good.client.call("cancelSubmission", { params: { submission: made.id } }))).code).toBe(
      "SEG405",
    );
  });

  test("an upload by tus can be continued; a wrong offset is refused", async () => {
    const archive = predictions(1);
    const made = await good.client.call("createSubmission", {
      params: { benchmark: "balls", phase: "sanity" },
      body: { method: { name: "tus" }, upload: { kind: "archive", name: "a.tar", bytes: archive.length } },
    });
    const path = new URL(made.upload.tusUrl ?? "").pathname;
    const patch = (offset: number, bytes: Buffer) =>
      good.fetch(path, {
        method: "PATCH",
        headers: {
          "tus-resumable": "1.0.0",
          "upload-offset": String(offset),
          "content-type": "application/offset+octet-stream",
        },
        body: new Uint8Array(bytes),
      });
    expect((await patch(0, archive.subarray(0, 1000))).headers.get("upload-offset")).toBe("1000");
    expect((await patch(0, archive.subarray(0, 1000))).status).toBe(409);
    const head = await good.fetch(path, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } });
    expect([head.headers.get("upload-offset"), head.headers.get("upload-length")]).toEqual([
      "1000",
      String(archive.length),
    ]);
    expect((await bad.fetch(path, { method: "HEAD", headers: { "tus-resumable": "1.0.0" } })).status).toBe(404);
    const two = await Promise.all([patch(1000, archive.subarray(1000)), patch(1000, archive.subarray(1000))]);
    expect(two.map((response) => response.status).sort()).toEqual([204, 409]);
    expect((await ended(good, made.id)).state).toBe("scored");
  });

  test("files can be sent one by one", async () => {
    const files = ["ball_001", "ball_002", "ball_003", "ball_004"].map((name, index) => ({
      name: `${name}.nii.gz`,
      bytes: labelFile(ballLabels(index, 1)),
    }));
    const made = await good.client.call("createSubmission", {
      params: { benchmark: "balls", phase: "sanity" },
      body: {
        method: { name: "single files" },
        upload: {
          kind: "files",
          files: files.map((file) => ({ task: "Balls", name: file.name, bytes: file.bytes.length })),
        },
      },
    });
    expect((await problem(good.client.call("completeUpload", { params: { submission: made.id } }))).code).toBe(
      "SEG405",
    );
    for (const file of files)
      await good.client.call("putSubmissionFile", {
        params: { submission: made.id, task: "Balls", name: file.name },
        upload: new Uint8Array(file.bytes),
      });
    await good.client.call("completeUpload", { params: { submission: made.id } });
    expect((await ended(good, made.id)).state).toBe("scored");
  });

  test("progress comes as events and the stream ends with the submission", async () => {
    const made = await submit(good, { benchmark: "balls", phase: "sanity" }, predictions(3), "watched");
    const response = await good.fetch(`/api/v1/submissions/${made.id}/events`);
    const text = await response.text();
    const states = [...text.matchAll(/^data: (.*)$/gm)].map(
      (match) => (JSON.parse(match[1] ?? "{}") as { submission: { state: string } }).submission.state,
    );
    expect(states.at(-1)).toBe("scored");
  });

  test("a board that is hidden until the close shows nothing, and everything afterwards", async () => {
    const final = { benchmark: "balls", phase: "final" };
    const made = await submit(good, final, predictions(0), "final");
    await ended(good, made.id);
    const hidden = await good.client.call("getLeaderboard", { params: final });
    expect([hidden.entries, hidden.hiddenBecause === null]).toEqual([[], false]);
    expect((await problem(good.client.call("getEvaluation", { params: { submission: made.id } }))).code).toBe("SEG403");
    await admin.client.call("patchPhase", {
      params: final,
      body: { closes: new Date(Date.now() - 1000).toISOString(), reason: "end" },
    });
    expect((await problem(submit(bad, final, predictions(1)))).code).toBe("SEG406");
    expect((await good.client.call("getLeaderboard", { params: final })).entries).toHaveLength(1);
    expect(
      (await good.client.call("getEvaluation", { params: { submission: made.id } })).tasks.Balls?.aggregate.whole?.dice
        ?.mean,
    ).toBe(1);
  });

  test("an erratum is re-scored aside, shown as a difference of ranks, and applied at once", async () => {
    // In the corrected reference of every case the balls lie where the shifted predictions are.
    const other = await signUp(url, "Olga");
    expect((await problem(other.client.call("startRescore", { params: live, body: { reason: "x" } }))).code).toBe(
      "SEG402",
    );
    for (const [index, name] of ["ball_001", "ball_002", "ball_003", "ball_004"].entries())
      await admin.client.call("replaceReference", {
        params: { benchmark: "balls", task: "Balls", case: name },
        query: { reason: "shifted by two voxels" },
        upload: new Uint8Array(labelFile(ballLabels(index, 2))),
      });
    const before = await anonymous(url).client.call("getLeaderboard", { params: live });
    expect(before.entries[0]?.team).toBe("Good");
    let rescore = await admin.client.call("startRescore", { params: live, body: { reason: "corrected references" } });
    for (let wait = 0; rescore.state === "running" && wait < 300; wait += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      rescore = await admin.client.call("getRescore", { params: { rescore: rescore.id } });
    }
    expect(rescore.state).toBe("ready");
    expect((rescore.difference ?? []).map((entry) => [entry.rankBefore, entry.rankAfter])).toEqual([
      [1, 2],
      [2, 1],
    ]);
    expect((await anonymous(url).client.call("getLeaderboard", { params: live })).entries[0]?.team).toBe("Good");
    await admin.client.call("applyRescore", { params: { rescore: rescore.id } });
    const after = await anonymous(url).client.call("getLeaderboard", { params: live });
    expect([after.entries[0]?.team, after.referencesRevision]).toEqual(["Bad", 5]);
    const errata = await anonymous(url).client.call("listErrata", { params: { benchmark: "balls" } });
    expect(errata).toHaveLength(4);
  });

  test("API keys act with their scopes and end when they are deleted", async () => {
    const key = await good.client.call("createApiKey", { body: { name: "script", scopes: ["read"] } });
    const withKey = (path: string, init: RequestInit = {}) =>
      fetch(`${url}/api/v1${path}`, {
        ...init,
        headers: { authorization: `Bearer ${key.key}`, "content-type": "application/json" },
      });
    expect((await withKey("/session")).status).toBe(200);
    expect((await withKey("/benchmarks/balls/phases/live/submissions", { method: "POST", body: "{}" })).status).toBe(
      403,
    );
    expect((await withKey("/api-keys")).status).toBe(403);
    await good.client.call("deleteApiKey", { params: { key: key.id } });
    expect((await withKey("/session")).status).toBe(401);
  });

  test("a request from a page of another site is refused", async () => {
    const response = await good.fetch("/api/v1/api-keys", {
      method: "POST",
      headers: { origin: "https://evil.example", "content-type": "application/json" },
      body: JSON.stringify({ name: "k" }),
    });
    expect(response.status).toBe(403);
  });

  test("an account can be deleted; its results stay without its name", async () => {
    const leaver = await signUp(url, "Lea");
    await registerTeam(leaver, "balls", "Leavers");
    const made = await submit(leaver, { benchmark: "balls", phase: "sanity" }, predictions(1), "left behind");
    await ended(leaver, made.id);
    expect((await leaver.client.call("exportAccount", {})).submissions).toHaveLength(1);
    await leaver.client.call("deleteAccount", { body: { confirm: "delete my account" } });
    expect((await leaver.client.call("getSession", {})).user).toBeNull();
    const board = await admin.client.call("getLeaderboard", { params: { benchmark: "balls", phase: "sanity" } });
    expect(board.entries.some((entry) => entry.method === "left behind")).toBe(true);
    expect((await admin.client.call("getSubmission", { params: { submission: made.id } })).submittedBy).toBe(
      "deleted account",
    );
  });
}
