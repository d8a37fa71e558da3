/** The browser-safe entry imports no Node module, also not through another file, and reads without one. */
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { encodeNifti, labelMapVolume, readLabelMap } from "./index.ts";

/** Every file that `file` imports or re-exports, itself included. */
function closure(file: URL, seen = new Map<string, string>()): Map<string, string> {
  const text = readFileSync(file, "utf8");
  seen.set(file.pathname, text);
  for (const [, name = ""] of text.matchAll(/from "(\.[^"]+)"/g)) {
    const next = new URL(name, file);
    if (!seen.has(next.pathname)) closure(next, seen);
  }
  return seen;
}

test("no Node module, no Buffer, no process", () => {
  const files = closure(new URL("index.ts", import.meta.url));
  expect(files.size).toBeGreaterThan(20);
  for (const [path, text] of files) {
    const code = text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    expect([path, /"node:|\bBuffer\b|\bprocess\.|\brequire\(/.exec(code)?.[0]]).toEqual([path, undefined]);
    expect(path).not.toContain("/node/");
  }
});

test("without a platform decoder our own reads the same", async () => {
  const labelMap = {
    geometry: { shape: [40, 30, 20], spacingMm: [1, 1, 1], affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0] },
    labels: Uint8Array.from({ length: 24_000 }, (_, index) => (index * index) >> 5),
  } as const;
  const packed = new Uint8Array(gzipSync(encodeNifti(labelMapVolume(labelMap))));
  expect(await readLabelMap(packed)).toEqual(labelMap);
  const platform = globalThis.DecompressionStream;
  try {
    Reflect.deleteProperty(globalThis, "DecompressionStream");
    expect(typeof DecompressionStream).toBe("undefined");
    expect(await readLabelMap(packed)).toEqual(labelMap);
  } finally {
    globalThis.DecompressionStream = platform;
  }
});
