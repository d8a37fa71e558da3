/** Every page in a browser: nothing for axe to find, no sideways scrolling, no fault, in light and dark, on desk and phone. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { fakeSite, usualSite } from "../../../test-support/fake-site.ts";
import {
  axeFindings,
  keepPicture,
  openPage,
  type SizeName,
  settled,
  sizes,
  startWebTest,
  type WebTest,
} from "../../../test-support/web-pages.ts";

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

let web: WebTest | null;
beforeAll(async () => {
  web = await startWebTest("every page in a browser: axe, layout, screenshots");
});
afterAll(async () => {
  await web?.close();
});

const pages: readonly (readonly [name: string, path: string, heading: string])[] = [
  ["home", "/", "Benchmarks"],
  ["benchmark", "/benchmarks/amos-like", "AMOS-like: abdominal organs in CT and MR"],
  ["leaderboard", "/benchmarks/amos-like/leaderboard/live", "Leaderboard: Live"],
  ["leaderboard-stability", "/benchmarks/amos-like/leaderboard/live?view=stability", "Leaderboard: Live"],
  ["leaderboard-significance", "/benchmarks/amos-like/leaderboard/live?view=significance", "Leaderboard: Live"],
  ["leaderboard-schemes", "/benchmarks/amos-like/leaderboard/live?view=schemes", "Leaderboard: Live"],
  ["leaderboard-slices", "/benchmarks/amos-like/leaderboard/live?view=slices", "Leaderboard: Live"],
  ["leaderboard-cases", "/benchmarks/amos-like/leaderboard/live?view=cases", "Leaderboard: Live"],
  ["leaderboard-intervals", "/benchmarks/amos-like/leaderboard/live?view=intervals", "Leaderboard: Live"],
  ["data", "/benchmarks/amos-like/data/task1", "Data: Abdominal organs in CT"],
  ["submit", "/benchmarks/amos-like/submit/live", "Submit to Live"],
  ["submissions", "/benchmarks/amos-like/submissions", "My submissions"],
  ["submission-refused", "/submissions/105", "Submission 105: nnU-Net 3d_fullres"],
  ["definitions", "/definitions", "How every number is computed"],
  ["evaluate", "/evaluate", "Evaluate here"],
  ["sign-in", "/sign-in", "Sign in"],
  ["sign-up", "/sign-in?mode=sign-up", "Make an account"],
  ["account", "/account", "Ada Example"],
  ["not-found", "/there/is/nothing", "There is no such page"],
];

describe.each(Object.keys(sizes) as SizeName[])("%s", (size) => {
  test.each(["light", "dark"] as const)("%s", async (colorScheme) => {
    if (web === null) return;
    const server = await web.serve(fakeSite());
    const { page, context, faults } = await openPage(web.browser, { size, colorScheme });
    const findings: string[] = [];
    for (const [name, path, heading] of pages) {
      // The views of the leaderboard differ in figures only, and these were seen in both themes with the reports.
      if (colorScheme === "dark" && size === "phone" && path.includes("view=")) continue;
      await page.goto(server.url + path);
      await page.getByRole("heading", { name: heading, exact: true, level: 1 }).waitFor();
      if (path.includes("leaderboard")) await page.getByText(/Shaded: not separable/).waitFor({ timeout: 60_000 });
      await settled(page);
      findings.push(...(await axeFindings(page)).map((finding) => `${name}: ${finding}`));
      const width = await page.evaluate(() => document.documentElement.scrollWidth);
      if (width > sizes[size].width) findings.push(`${name}: ${width} pixels wide`);
      await keepPicture(page, `${name}-${size}-${colorScheme}`);
    }
    expect(findings).toEqual([]);
    expect(faults).toEqual([]);
    await context.close();
  });
});

test("the viewer draws the image and the labels, hides a label, and keeps its place in the link", async () => {
  if (web === null) return;
  const server = await web.serve(fakeSite());
  const { page, context, faults } = await openPage(web.browser);
  await page.goto(`${server.url}/benchmarks/amos-like/view/task1/amos_0001?layout=axial&at=-15,8,-21`);
  const stage = page.locator('[data-ready="true"]');
  await stage.waitFor({ timeout: 120_000 });
  /** Share of pixels of the canvas that are grey, coloured, black. */
  const pixels = async (): Promise<{ grey: number; coloured: number }> => {
    await page.waitForTimeout(500);
    const png = (await stage.screenshot()).toString("base64");
    return await page.evaluate(async (data) => {
      const image = new Image();
      image.src = `data:image/png;base64,${data}`;
      await image.decode();
      const canvas = document.createElement("canvas");
      canvas.width = image.width;
      canvas.height = image.height;
      const context2d = canvas.getContext("2d");
      if (context2d === null) throw new Error("no 2D canvas");
      context2d.drawImage(image, 0, 0);
      const { data: rgba } = context2d.getImageData(0, 0, image.width, image.height);
      let grey = 0;
      let coloured = 0;
      for (let i = 0; i < rgba.length; i += 4) {
        const [r = 0, g = 0, b = 0] = [rgba[i], rgba[i + 1], rgba[i + 2]];
        const spread = Math.max(r, g, b) - Math.min(r, g, b);
        if (spread > 30) coloured += 1;
        else if (Math.max(r, g, b) > 40) grey += 1;
      }
      return { grey: (grey * 4) / rgba.length, coloured: (coloured * 4) / rgba.length };
    }, png);
  };
  const both = await pixels();
  expect(both.grey).toBeGreaterThan(0.05);
  expect(both.coloured).toBeGreaterThan(0.003);
  await keepPicture(page, "viewer-desktop-light");
  expect(await axeFindings(page)).toEqual([]);
  await page.getByRole("button", { name: "none", exact: true }).click();
  const imageOnly = await pixels();
  // The crosshair stays coloured; the labels are gone.
  expect(imageOnly.coloured).toBeLessThan(both.coloured * 0.75);
  await page.getByRole("button", { name: "all", exact: true }).click();
  await page.getByRole("button", { name: "all", exact: true }).press("5");
  await page.waitForURL(/layout=render/);
  await page.goto(`${server.url}/benchmarks/amos-like/view/task1/amos_0001?submission=103&show=error`);
  await stage.waitFor({ timeout: 120_000 });
  await page.getByRole("button", { name: "Go to the worst slice" }).click();
  await page.waitForURL(/at=/);
  await keepPicture(page, "viewer-error-desktop-light");
  expect(faults).toEqual([]);
  await context.close();
});

test("without WebGL 2 the viewer says so and what to do", async () => {
  if (web === null) return;
  const server = await web.serve(fakeSite());
  const { page, context } = await openPage(web.browser);
  await page.addInitScript(() => {
    const original = HTMLCanvasElement.prototype.getContext;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
      return kind === "webgl2" ? null : (original as (...args: unknown[]) => unknown).call(this, kind, ...rest);
    } as typeof original;
  });
  await page.goto(`${server.url}/benchmarks/amos-like/view/task1/amos_0001`);
  await page.getByText(/This browser has no WebGL 2/).waitFor();
  await context.close();
});

test("five hundred entries: few rows in the document, sorting works, pairwise statistics are limited and say so", async () => {
  if (web === null) return;
  const methods = Array.from({ length: 500 }, (_, i) => `method ${i + 1}`);
  const server = await web.serve(fakeSite({ ...usualSite, methods, regions: ["liver"], cases: 8 }));
  const { page, context, faults } = await openPage(web.browser);
  await page.goto(`${server.url}/benchmarks/amos-like/leaderboard/live`);
  await page.locator(".board tbody tr").first().waitFor();
  expect(await page.locator(".board tbody tr").count()).toBeLessThan(120);
  expect(await page.locator(".board table").getAttribute("aria-rowcount")).toBe("501");
  await page.getByTitle("Sort by Method").click();
  await page.getByTitle("Sort by Method").click();
  expect(await page.locator(".board tbody th").first().textContent()).toContain("method 500");
  await page.goto(`${server.url}/benchmarks/amos-like/leaderboard/live?view=significance`);
  await page.getByText(/first 50 of \d+ entries/).waitFor({ timeout: 120_000 });
  expect(faults).toEqual([]);
  await context.close();
});

test("sixty regions and hostile names are shown as text", async () => {
  if (web === null) return;
  const hostile = [
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(1)</script>",
    "肝臓チーム",
    "a".repeat(120),
    "ok",
  ];
  const regions = Array.from({ length: 60 }, (_, i) => (i === 0 ? "<b>liver</b>" : `region ${i}`));
  const server = await web.serve(fakeSite({ ...usualSite, methods: hostile, regions, cases: 12 }));
  for (const size of ["desktop", "phone"] as const) {
    const { page, context, faults } = await openPage(web.browser, { size });
    let dialogs = 0;
    page.on("dialog", (dialog) => {
      dialogs += 1;
      void dialog.dismiss();
    });
    for (const path of [
      "/",
      "/benchmarks/amos-like",
      "/benchmarks/amos-like/leaderboard/live",
      "/benchmarks/amos-like/leaderboard/live?view=cases",
    ]) {
      await page.goto(server.url + path);
      await settled(page);
      expect(await page.locator("img[src=x]").count()).toBe(0);
      expect(await page.evaluate(() => document.documentElement.scrollWidth), path).toBeLessThanOrEqual(
        sizes[size].width,
      );
    }
    await page.getByText("<img src=x onerror=alert(1)>").first().waitFor();
    await keepPicture(page, `hostile-${size}`);
    expect(dialogs).toBe(0);
    expect(faults).toEqual([]);
    await context.close();
  }
});

test("empty, hidden and broken: every state says what to do next", async () => {
  if (web === null) return;
  const { page, context } = await openPage(web.browser);
  const empty = fakeSite({ ...usualSite, methods: [] });
  const nothing = await web.serve({ ...empty, benchmarks: [] });
  await page.goto(nothing.url);
  await page.getByText("There is no benchmark on this server yet.").waitFor();
  await keepPicture(page, "home-empty");
  const noEntries = await web.serve(empty);
  await page.goto(`${noEntries.url}/benchmarks/amos-like/leaderboard/live`);
  await page.getByRole("link", { name: "Submit the first one" }).waitFor();
  const hidden = await web.serve(fakeSite({ ...usualSite, feedback: "none-until-close" }));
  await page.goto(`${hidden.url}/benchmarks/amos-like/leaderboard/live`);
  await page.getByText(/shows its leaderboard when it closes/).waitFor();
  const single = await web.serve(fakeSite({ ...usualSite, methods: ["alone"], cases: 6 }));
  await page.goto(`${single.url}/benchmarks/amos-like/leaderboard/live?view=significance`);
  await page.getByText(/as the only ranked entry/).waitFor();
  await page.getByText("Pairwise tests need two ranked entries.").waitFor();
  const aggregate = await web.serve(fakeSite({ ...usualSite, feedback: "aggregate" }));
  await page.goto(`${aggregate.url}/benchmarks/amos-like/leaderboard/live?view=slices`);
  await page.getByText(/this phase publishes means only/).waitFor();
  const broken = await web.serve(fakeSite(), {
    listBenchmarks: () => {
      throw new Error("the database is away");
    },
  });
  await page.goto(broken.url);
  await page.getByRole("alert").waitFor({ timeout: 30_000 });
  expect(await page.getByRole("alert").textContent()).toContain("Try again");
  const reader = await web.serve(fakeSite({ ...usualSite, signedIn: false }));
  await page.goto(`${reader.url}/benchmarks/amos-like/submit/live`);
  await page.getByRole("link", { name: "Sign in or make an account" }).waitFor();
  await context.close();
});

/** Rows of the board once the page has stopped computing: the same three times in a row, with nothing under way. */
async function rankedRows(page: Page): Promise<string[]> {
  await page.getByText(/Shaded: not separable/).waitFor();
  let rows: string[] = [];
  for (let same = 0; same < 3; ) {
    await page.waitForTimeout(400);
    const now = await page.locator(".board tbody tr").allTextContents();
    const computing = await page.getByText(/Computing intervals|bootstrap draws …/).count();
    same = computing === 0 && now.length > 0 && now.join("\n") === rows.join("\n") ? same + 1 : 0;
    rows = now;
  }
  return rows;
}

test("a reader's choices are in the link and are computed in the page", async () => {
  if (web === null) return;
  const server = await web.serve(fakeSite());
  const { page, context, faults } = await openPage(web.browser);
  await page.goto(`${server.url}/benchmarks/amos-like/leaderboard/live`);
  await page.getByText(/Shaded: not separable/).waitFor();
  const before = server.calls.filter((call) => call.includes("leaderboard")).length;
  await page.getByLabel("Slice of the cases").selectOption({ label: "phase: out of distribution (n = 8)" });
  await page.waitForURL(/slice=/);
  await page.getByText(/This is the reader's choice/).waitFor();
  await page.getByLabel("Ranking scheme").selectOption("median-then-rank");
  await page.waitForURL(/scheme=/);
  const shown = await rankedRows(page);
  expect(server.calls.filter((call) => call.includes("leaderboard")).length).toBe(before);
  const link = page.url();
  await page.goto("about:blank");
  await page.goto(link);
  expect(await rankedRows(page)).toEqual(shown);
  expect(await page.locator(".board tbody tr").first().locator("td").nth(7).textContent()).toBe("8");
  expect(faults).toEqual([]);
  await context.close();
});
