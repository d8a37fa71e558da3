/** The built pages in a browser, for tests: build once, serve, open, look for what must never happen. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { buildWeb } from "../scripts/build-web.ts";
import { artifactsFolder, launchChromium } from "./chromium.ts";
import { type Answer, type FakeServer, startFakeServer } from "./fake-server.ts";
import type { FakeSite } from "./fake-site.ts";

export const sizes = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } } as const;
export type SizeName = keyof typeof sizes;

export interface OpenedPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Errors of the page's scripts and of its console. */
  readonly faults: string[];
}

export async function openPage(
  browser: Browser,
  { size = "desktop", colorScheme = "light" }: { size?: SizeName; colorScheme?: "light" | "dark" } = {},
): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: sizes[size], colorScheme, acceptDownloads: true });
  const page = await context.newPage();
  page.setDefaultTimeout(25_000);
  const faults: string[] = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => {
    // A refused request is told on the page; the browser's own line about it is not a fault of the page.
    if (message.type() === "error" && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
  });
  return { page, context, faults };
}

/** Findings of axe, as `rule: element`; none is what a page must have. */
export async function axeFindings(page: Page): Promise<string[]> {
  const result = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  return result.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html}`));
}

/** Waits until the page says nothing of loading any more and has drawn what it has. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(
    () => document.querySelector("main h1") !== null && document.querySelector(".working") === null,
  );
  await page.evaluate(async () => {
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

/** Keeps a screenshot to look at. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${artifactsFolder}/web/${name}.png`, fullPage: true });
}

export interface WebTest {
  readonly browser: Browser;
  serve(site: FakeSite, answers?: Partial<Record<string, Answer>>): Promise<FakeServer>;
  close(): Promise<void>;
}

/** Builds the pages and starts a browser; null, with a warning, where there is none. */
export async function startWebTest(leftOut: string): Promise<WebTest | null> {
  const browser = await launchChromium(leftOut);
  if (browser === null) return null;
  const dist = await buildWeb();
  const servers: FakeServer[] = [];
  return {
    browser,
    serve: async (site, answers = {}) => {
      const server = await startFakeServer(dist, site, answers);
      servers.push(server);
      return server;
    },
    close: async () => {
      await browser.close();
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}
