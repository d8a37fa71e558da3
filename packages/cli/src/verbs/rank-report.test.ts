/** The ranking report in a real browser: it opens without a request, switches scheme, metric, regions and cases, and computes as Node does. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import {
  addBootstrap,
  counterStream,
  planBootstrap,
  prepareScoreTable,
  type RankingScheme,
  rankTable,
  runBootstrap,
  type ScoreRow,
  schemePreset,
} from "@segathlon/ranking";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { buildRankReport } from "../../../../scripts/build-rank-report.ts";
import { launchChromium } from "../../../../test-support/chromium.ts";
import { rankReport } from "./rank-report.ts";
import { tableFromJson, tableToJson } from "./rank-report-model.ts";

const hostile = `Net </script><img src=x onerror="document.title='attacked'">`;
const algorithms = ["Alpha", "Beta", "Gamma", "Delta", hostile];
const bootstrap = { draws: 120, seed: 7 };

function tableOf() {
  const { uniform } = counterStream(11, 0, 0);
  const rows: ScoreRow[] = [];
  const attributes: Record<string, Record<string, Record<string, string | number>>> = {};
  for (const task of ["Task01_One", "Task02_Two"]) {
    const own: Record<string, Record<string, string | number>> = {};
    for (let c = 0; c < 24; c++) {
      const name = `case_${String(c).padStart(2, "0")}`;
      own[name] = { centre: c % 2 === 0 ? "A" : "B", age: 20 + 3 * c };
      for (const region of ["liver", "tumour"])
        for (const [a, algorithm] of algorithms.entries())
          for (const metric of ["dice", "hd95"]) {
            const isFailed = a === 3 && c === 5;
            const good = Math.max(0, 0.95 - 0.02 * a - 0.2 * uniform());
            const value = metric === "dice" ? good : 50 * (1 - good);
            rows.push({
              task,
              case: name,
              algorithm,
              region,
              metric,
              value: isFailed ? null : value,
              status: isFailed ? "prediction-failed" : "ok",
            });
          }
    }
    attributes[task] = own;
  }
  return prepareScoreTable({
    metrics: [
      { key: "dice", direction: "higher-is-better", worst: 0 },
      { key: "hd95", direction: "lower-is-better", worst: 300 },
    ],
    rows,
    attributes,
  });
}

const table = tableOf();
const preset = (id: string): RankingScheme => schemePreset(id) as RankingScheme;
// A browser, and a bootstrap in it, on a machine that may be busy.
vi.setConfig({ testTimeout: 240_000 });
let folder: string;
let file: string;
let browser: Browser | null = null;

beforeAll(async () => {
  await buildRankReport();
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-rank-report-"));
  const scheme = preset("brats");
  const plan = planBootstrap(table, scheme, bootstrap);
  const draws = runBootstrap(plan, 0, bootstrap.draws);
  const document = addBootstrap(rankTable(table, scheme, { seed: 7 }), plan, draws);
  file = path.join(folder, "ranking.html");
  writeFileSync(file, rankReport({ table, document, draws, bootstrap }));
  browser = await launchChromium("the ranking report in a browser");
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a table survives the way into the file and back", () => {
  const back = tableFromJson(JSON.parse(JSON.stringify(tableToJson(table))));
  expect(rankTable(back, preset("brats"))).toEqual(rankTable(table, preset("brats")));
});

async function open(
  run: Browser,
  options: Parameters<Browser["newPage"]>[0] = {},
): Promise<{ page: Page; faults: string[] }> {
  const page = await run.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(message.text());
  });
  page.on("request", (request) => {
    if (!/^(file|blob|data):/.test(request.url())) faults.push(`request to ${request.url()}`);
  });
  await page.goto(pathToFileURL(file).href);
  await page.waitForFunction(() => document.documentElement.dataset.state === "ready");
  return { page, faults };
}

const shownOrder = (page: Page): Promise<string[]> =>
  page.$$eval("#ranking-table tbody tr", (rows) =>
    rows.map(
      (row) => `${row.children[0]?.textContent?.trim()} ${row.querySelectorAll("td")[0]?.getAttribute("data-value")}`,
    ),
  );
const expectedOrder = (scheme: RankingScheme, selection = {}): string[] =>
  rankTable(table, scheme, { selection, seed: 7 }).overall.ranking.map(
    (entry) => `${entry.display} ${entry.algorithm}`,
  );

async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.documentElement.dataset.state === "complete", null, { timeout: 200_000 });
}

test("opens complete, without a request, and switches scheme", async () => {
  if (browser === null) return;
  const { page, faults } = await open(browser);
  expect(await page.title()).not.toBe("attacked");
  expect(await shownOrder(page)).toEqual(expectedOrder(preset("brats")));
  expect(await page.locator("[data-certainty]").count()).toBe(1);
  for (const name of [
    "ranking-intervals",
    "scores-by-algorithm",
    "podium",
    "rank-heat-map",
    "bootstrap-ranks",
    "bootstrap-tau",
    "significance-holm",
    "schemes",
    "regions",
    "tasks-dendrogram",
  ])
    expect(await page.locator(`figure[data-name="${name}"] .drawing.wide svg`).count(), name).toBe(1);
  for (const id of ["test-then-rank", "rank-then-mean", "mean-then-rank"]) {
    await page.selectOption("#choose-scheme", id);
    await settled(page);
    expect(await shownOrder(page)).toEqual(expectedOrder(preset(id)));
    expect(await page.locator("[data-methods]").textContent()).toContain(preset(id).title);
    expect(await page.locator("[data-bootstrap-state]").textContent()).toContain("120 of 120 draws");
    expect(await page.locator("[data-certainty]").count()).toBe(0);
  }
  expect(faults).toEqual([]);
  await page.close();
});

test("the page's bootstrap is Node's, draw by draw", async () => {
  if (browser === null) return;
  const { page, faults } = await open(browser);
  await page.selectOption("#choose-scheme", "mean-then-rank");
  await settled(page);
  const scheme = preset("mean-then-rank");
  const plan = planBootstrap(table, scheme, bootstrap);
  const document = addBootstrap(rankTable(table, scheme, { seed: 7 }), plan, runBootstrap(plan, 0, bootstrap.draws));
  const shown = await page.$$eval("#ranking-table tbody tr", (rows) =>
    rows.map((row) => [...row.querySelectorAll("td")].slice(1, 3).map((cell) => cell.getAttribute("data-value"))),
  );
  const wanted = document.overall.ranking.map(({ rank_interval: interval, p_first }) => {
    const [low = 0, high = 0] = interval ?? [];
    const text = (rank: number) => (Number.isInteger(rank) ? String(rank) : rank.toFixed(1));
    return [low === high ? text(low) : `${text(low)}–${text(high)}`, String(p_first)];
  });
  expect(shown).toEqual(wanted);
  expect(faults).toEqual([]);
  await page.close();
});

test("metrics, regions, cases, tasks, adjustment and attribute can be chosen", async () => {
  if (browser === null) return;
  const { page, faults } = await open(browser);
  await page.selectOption("#choose-scheme", "mean-then-rank");
  await page.uncheck('[data-checks="metrics"] input[value="hd95"]');
  await page.uncheck('[data-checks="regions"] input[value="liver"]');
  await page.selectOption("#choose-slice", JSON.stringify(["centre", "B"]));
  await settled(page);
  const selection = { metrics: ["dice"], regions: ["tumour"], attributes: { centre: "B" } };
  expect(await shownOrder(page)).toEqual(expectedOrder(preset("mean-then-rank"), selection));
  expect(await page.locator("[data-methods]").textContent()).toContain("cases with centre B");
  // The last metric cannot be taken away.
  await page.locator('[data-checks="metrics"] input[value="dice"]').click();
  expect(await page.isChecked('[data-checks="metrics"] input[value="dice"]')).toBe(true);
  await page.selectOption("#choose-scope", "task:Task02_Two");
  await settled(page);
  expect(await page.locator("#ranking-table-caption").textContent()).toContain("Task02_Two");
  await page.click("button[data-adjustment=none]");
  expect(await page.locator('figure[data-name="significance-none"]').count()).toBe(1);
  await page.click("button[data-attribute=centre]");
  expect(await page.locator('figure[data-name="slices-centre"]').count()).toBe(1);
  expect(faults).toEqual([]);
  await page.close();
});

test("tables sort and figures save after a switch, too", async () => {
  if (browser === null) return;
  const { page, faults } = await open(browser, { acceptDownloads: true });
  await page.selectOption("#choose-scheme", "rank-then-mean");
  await settled(page);
  const before = await shownOrder(page);
  await page.click('#ranking-table th button[aria-label="Sort by Rank"]');
  expect(await shownOrder(page)).toEqual([...before].reverse());
  for (const kind of ["SVG", "PNG", "CSV"]) {
    const download = page.waitForEvent("download");
    await page.locator('figure[data-name="podium"] .tools').getByText(kind, { exact: true }).click();
    expect((await download).suggestedFilename()).toBe(`podium.${kind.toLowerCase()}`);
  }
  expect(faults).toEqual([]);
  await page.close();
});

test("fits a phone, in light and dark", async () => {
  if (browser === null) return;
  for (const colorScheme of ["light", "dark"] as const) {
    const { page, faults } = await open(browser, { viewport: { width: 360, height: 740 }, colorScheme });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    expect(faults).toEqual([]);
    await page.close();
  }
});

test("without a bootstrap and with one algorithm the report says so", () => {
  const one = prepareScoreTable({
    metrics: [{ key: "dice", direction: "higher-is-better", worst: 0 }],
    rows: [{ task: "t", case: "c", algorithm: "Only", region: "r", metric: "dice", value: 0.5, status: "ok" }],
  });
  const document = rankTable(one, preset("mean-then-rank"));
  const text = rankReport({ table: one, document, draws: null, bootstrap: null });
  expect(text).toContain("No bootstrap was asked for");
  expect(text).toContain("There is one algorithm");
});
