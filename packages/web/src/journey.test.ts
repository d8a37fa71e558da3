/**
 * The pages against the real server: a participant makes an account and a team, drops predictions, sees them checked, sent and
 * scored; a reader sees the leaderboard; nobody sees what is not theirs.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { buildWeb } from "../../../scripts/build-web.ts";
import {
  axeFindings,
  keepPicture,
  openPage,
  settled,
  startWebTest,
  type WebTest,
} from "../../../test-support/web-pages.ts";
import {
  ballLabels,
  becomeAdministrator,
  caseNames,
  ended,
  labelFile,
  predictions,
  registerTeam,
  signUp,
  startTestServer,
  submit,
  type TestServer,
} from "../../server/src/testing/challenge-fixture.ts";

// A browser and a server share the machine with other tests; a step that hangs is told by its own timeout.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let web: WebTest | null;
let host: TestServer;
let folder: string;

beforeAll(async () => {
  web = await startWebTest("the journeys of a participant and a reader in a browser");
  if (web === null) return;
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-journey-"));
  host = await startTestServer({}, { webRoot: await buildWeb() });
});
afterAll(async () => {
  await web?.close();
  if (web !== null) {
    await host[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  }
});

function writePredictions(
  name: string,
  shift: number,
  change?: (file: string, bytes: Uint8Array) => Uint8Array | null,
): string {
  const target = path.join(folder, name);
  mkdirSync(target, { recursive: true });
  for (const [index, caseName] of caseNames.entries()) {
    const bytes = labelFile(ballLabels(index, shift));
    const kept = change === undefined ? bytes : change(caseName, bytes);
    if (kept !== null) writeFileSync(path.join(target, `${caseName}.nii.gz`), kept);
  }
  return target;
}

async function makeAccount(page: Page, url: string, name: string): Promise<void> {
  await page.goto(`${url}/sign-in?mode=sign-up`);
  await page.getByLabel("Name, as others see it").fill(name);
  await page.getByLabel("E-mail").fill(`${name.toLowerCase().replaceAll(" ", ".")}@pages.example.org`);
  await page.getByLabel("Password, 10 characters or more").fill("a long password");
  await page.getByRole("button", { name: "Make the account" }).click();
  await page.getByRole("link", { name }).waitFor();
}

test("a participant submits by dropping a folder and reads the scores", async () => {
  if (web === null) return;
  const { url } = host.server;
  const { page, context, faults } = await openPage(web.browser);
  await makeAccount(page, url, "Paula Page");
  await page.goto(`${url}/benchmarks/balls/submit/sanity`);
  await page.getByLabel("Name of the team").fill("Page team");
  await page.getByRole("button", { name: "Register the team" }).click();
  await page.getByRole("heading", { name: "1. Predictions" }).waitFor();
  expect(await axeFindings(page)).toEqual([]);

  // A label that the task does not know, and a file of another case: told before anything is sent.
  const bad = writePredictions("bad", 0, (name, bytes) =>
    name === "ball_002" ? labelFile(ballLabels(1, 0).map((label) => (label === 2 ? 9 : label))) : bytes,
  );
  writeFileSync(path.join(bad, "ball_999.nii.gz"), labelFile(ballLabels(0, 0)));
  await page.locator('input[aria-label="Folder of predictions"]').setInputFiles(bad);
  await page.getByText("ball_999.nii.gz belongs to no case").waitFor();
  await page.getByText(/labels outside the task: expected 0, 1, 2, found 9/).waitFor();
  expect(await page.getByRole("button", { name: "Send" }).isDisabled()).toBe(true);
  await keepPicture(page, "journey-submit-faults");

  const good = writePredictions("good", 1);
  await page.locator('input[aria-label="Folder of predictions"]').setInputFiles(good);
  await page.getByText(/4 files checked in this browser: readable, labels of the task, on the image's grid/).waitFor();
  await page.getByLabel("Name, as the leaderboard shows it").fill("Balls by hand <b>bold</b>".replace(/[<>]/g, ""));
  await page.getByRole("button", { name: "Send" }).click();
  await page.waitForURL(/\/submissions\/\d+$/);
  await page.getByRole("heading", { name: "Balls", exact: true }).waitFor({ timeout: 60_000 });
  await page.getByRole("button", { name: "evaluation.json" }).waitFor();
  expect(await page.locator("main").textContent()).toContain("Scored");
  await page.getByRole("button", { name: /by region as SVG/ }).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await keepPicture(page, "journey-submission");

  // From the worst case straight into the viewer, with the prediction over the image.
  await page.getByRole("link", { name: "ball_001" }).click();
  await page.getByRole("heading", { name: "ball_001" }).waitFor();
  await page.locator('[data-ready="true"]').first().waitFor({ timeout: 60_000 });
  await keepPicture(page, "journey-viewer");
  expect(faults).toEqual([]);
  await context.close();
});

test("a reader without account finds who leads and whether the lead is real", async () => {
  if (web === null) return;
  const { url } = host.server;
  const good = await signUp(url, "Good Team");
  await registerTeam(good, "balls", "Good");
  await ended(good, (await submit(good, { benchmark: "balls", phase: "sanity" }, predictions(0), "exact")).id);
  const poor = await signUp(url, "Poor Team");
  await registerTeam(poor, "balls", "Poor");
  await ended(poor, (await submit(poor, { benchmark: "balls", phase: "sanity" }, predictions(3), "far off")).id);
  const { page, context, faults } = await openPage(web.browser);
  await page.goto(url);
  await page.getByRole("link", { name: "Balls" }).first().click();
  await page.getByRole("heading", { name: "Balls", exact: true, level: 1 }).waitFor();
  await page.goto(`${url}/benchmarks/balls/leaderboard/sanity`);
  await page.getByText(/exact leads/).waitFor();
  const ranks = await page.locator(".board tbody tr").allTextContents();
  expect(ranks[0]).toContain("exact");
  expect(ranks.at(-1)).toContain("far off");
  await page.getByText(/Shaded: not separable/).waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await keepPicture(page, "journey-leaderboard");
  // Slices, in the page.
  await page.getByRole("link", { name: "Slices" }).click();
  await page.getByRole("button", { name: /by centre, first \d entries as SVG/ }).waitFor();
  expect(faults).toEqual([]);
  await context.close();
});

test("aggregate phases disclose no case, and a stranger's submission does not exist", async () => {
  if (web === null) return;
  const { url } = host.server;
  const owner = await signUp(url, "Owner Team");
  await registerTeam(owner, "balls", "Owner");
  const made = await ended(
    owner,
    (await submit(owner, { benchmark: "balls", phase: "live" }, predictions(1), "mine")).id,
  );
  const { page, context } = await openPage(web.browser);
  const bodies: string[] = [];
  page.on("response", async (response) => {
    if (response.url().includes("/api/v1/")) bodies.push(await response.text().catch(() => ""));
  });
  await makeAccount(page, url, "Stan Stranger");
  await page.goto(`${url}/submissions/${made.id}`);
  await page.getByRole("alert").waitFor();
  await page.goto(`${url}/benchmarks/balls/leaderboard/live?view=cases`);
  await page.getByText(/need the score of every case/).waitFor();
  expect(bodies.length).toBeGreaterThan(5);
  // Names of hidden cases may be known (they are needed to submit); their scores may not.
  expect(bodies.filter((body) => body.includes('"prediction_hash"') || /"scoreTable":\{/.test(body))).toEqual([]);
  await context.close();
});

test("an organiser sees every submission and the audit log", async () => {
  if (web === null) return;
  const { url } = host.server;
  const admin = await becomeAdministrator(host.server);
  const { page, context, faults } = await openPage(web.browser);
  await context.addCookies(
    admin.cookie.split("; ").map((cookie) => {
      const at = cookie.indexOf("=");
      return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url };
    }),
  );
  await page.goto(`${url}/benchmarks/balls/organise`);
  await page.getByRole("heading", { name: "Organise" }).waitFor();
  await page.getByRole("table").first().waitFor();
  expect(await axeFindings(page)).toEqual([]);
  await keepPicture(page, "journey-organise");
  for (const part of ["Document", "Phases", "Teams", "Corrections", "Leak budget", "Audit log"]) {
    await page.getByRole("link", { name: part, exact: true }).click();
    await page.getByRole("heading", { name: part, level: 2 }).waitFor();
    await settled(page);
    expect(await axeFindings(page), part).toEqual([]);
    await keepPicture(page, `journey-organise-${part.toLowerCase().replace(" ", "-")}`);
  }
  expect(faults).toEqual([]);
  await context.close();
});
