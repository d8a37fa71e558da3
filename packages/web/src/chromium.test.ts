/** The shared launcher gives a browser that can do what the pages need. */
import { expect, test } from "vitest";
import { launchChromium } from "../../../test-support/chromium.ts";

test("Chromium starts, runs modules and workers, and draws with WebGL 2", async () => {
  const browser = await launchChromium("that the test browser has WebGL 2");
  if (browser === null) return;
  try {
    const page = await (await browser.newContext()).newPage();
    await page.setContent("<canvas></canvas>");
    const can = await page.evaluate(() => {
      const gl = document.querySelector("canvas")?.getContext("webgl2");
      return { webgl2: gl?.getParameter(gl.VERSION) as string, worker: typeof Worker, wasm: typeof WebAssembly };
    });
    expect(can.webgl2).toContain("WebGL 2.0");
    expect(can).toMatchObject({ worker: "function", wasm: "object" });
  } finally {
    await browser.close();
  }
});

test("a browser that is named but absent is an error, not a silent skip", async () => {
  const before = process.env.CHROMIUM;
  process.env.CHROMIUM = "/nowhere/chromium";
  try {
    await expect(launchChromium("nothing")).rejects.toThrow("/nowhere/chromium");
  } finally {
    if (before === undefined) delete process.env.CHROMIUM;
    else process.env.CHROMIUM = before;
  }
});
