/** The same evaluation in a real Chromium: numbers equal to the last bit, by the same code bundled for a page. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, defaultClientConditions } from "vite";
import { expect, test } from "vitest";
import { launchChromium } from "../../../../test-support/chromium.ts";
import type { EvaluationDocument } from "../evaluation-document.ts";
import { protocolFromOptions } from "../scoring-protocol.ts";
import { evaluateFolders } from "./evaluate-folders.ts";

const goldens = new URL("../goldens/", import.meta.url);

/** The browser-safe entry as one script that puts its exports on `globalThis.benchmark`. */
async function bundle(): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    resolve: { conditions: ["@segathlon/source", ...defaultClientConditions] },
    build: {
      write: false,
      minify: false,
      lib: { entry: fileURLToPath(new URL("../index.ts", import.meta.url)), formats: ["iife"], name: "benchmark" },
    },
  });
  const outputs = Array.isArray(result) ? result : [result];
  const chunk = outputs
    .flatMap((output) => ("output" in output ? output.output : []))
    .find((part) => part.type === "chunk");
  if (chunk?.type !== "chunk") throw new Error("the bundle has no script");
  return chunk.code;
}

test("Chromium gives the report of the command line, bit for bit", async () => {
  const browser = await launchChromium("the evaluation in a browser against the one in Node");
  if (browser === null) return;
  try {
    const folder = (name: string): string => fileURLToPath(new URL(name, goldens));
    const protocol = protocolFromOptions({ metrics: "dice,nsd,hd,hd95,asd,assd,volume", tolerances: [1, 2] });
    const inNode = await evaluateFolders(folder("reference"), folder("prediction"), {
      protocol,
      method: "m",
      workers: 0,
    });
    const names = readdirSync(new URL("reference/", goldens));
    const read = (side: string, name: string): string =>
      readFileSync(new URL(`${side}/${name}`, goldens)).toString("base64");
    const files = names.map((name) => ({
      name,
      reference: read("reference", name),
      prediction: read("prediction", name),
    }));
    const page = await browser.newPage();
    await page.addScriptTag({ content: await bundle() });
    const text = await page.evaluate(
      async ({ files, protocol }) => {
        // biome-ignore lint/suspicious/noExplicitAny: a global of the page, made by the script above
        const { evaluateCaseFromBytes, evaluationFromCases } = (globalThis as any).benchmark;
        const bytes = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
        const drafts = [];
        for (const { name, reference, prediction } of files) {
          const pair = { reference: { name, bytes: bytes(reference) }, prediction: { name, bytes: bytes(prediction) } };
          drafts.push(await evaluateCaseFromBytes({ case: name.replace(".nii.gz", ""), ...pair }, { protocol }));
        }
        return JSON.stringify(evaluationFromCases(drafts, { protocol, method: "m", kernel: "wasm-simd" }));
      },
      { files, protocol },
    );
    const inBrowser: EvaluationDocument = JSON.parse(text);
    expect(inBrowser.cases.map((result) => result.status)).toEqual(names.map(() => "ok"));
    expect(inBrowser).toEqual(JSON.parse(JSON.stringify({ ...inNode, evaluator: inBrowser.evaluator })));
  } finally {
    await browser.close();
  }
});
