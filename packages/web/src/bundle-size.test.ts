/**
 * Script that a page loads before the viewer, compressed: at most 200 kB on any page. The plotting library comes when a view with a
 * figure is opened; the largest page with all its views is held to a limit of its own.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { buildWeb } from "../../../scripts/build-web.ts";

interface ManifestEntry {
  readonly file: string;
  readonly isEntry?: boolean;
  readonly imports?: readonly string[];
}

const limit = 200_000;
const withEveryView = 210_000;

test("no page needs more than 200 kB of script before the viewer", { timeout: 240_000 }, async () => {
  const dist = await buildWeb();
  const manifest: Readonly<Record<string, ManifestEntry>> = JSON.parse(
    readFileSync(path.join(dist, ".vite/manifest.json"), "utf8"),
  );
  const bytesOf = (file: string): number => gzipSync(readFileSync(path.join(dist, file)), { level: 6 }).length;
  const filesOf = (key: string, into: Set<string> = new Set()): Set<string> => {
    const entry = manifest[key];
    if (entry === undefined) throw new Error(`${key} is not in the build`);
    if (into.has(entry.file)) return into;
    into.add(entry.file);
    for (const other of entry.imports ?? []) filesOf(other, into);
    return into;
  };
  const entry = Object.keys(manifest).find((key) => manifest[key]?.isEntry === true) ?? "";
  /** What opening every view of a page loads one after the other. */
  const later: Readonly<Record<string, readonly string[]>> = {
    "src/pages/leaderboard.tsx": ["src/leaderboard/board-views.tsx"],
    "src/pages/data.tsx": ["src/data/distributions.tsx"],
    "src/pages/submission.tsx": ["src/evaluation/case-results.tsx"],
    "src/pages/evaluate.tsx": ["src/evaluation/evaluation-view.tsx"],
  };
  const pages = Object.keys(manifest).filter((key) => key.startsWith("src/pages/"));
  expect(pages.length).toBeGreaterThanOrEqual(15);
  for (const page of pages) {
    const files = filesOf(entry);
    const total = (): number =>
      [...files].filter((file) => file.endsWith(".js")).reduce((sum, file) => sum + bytesOf(file), 0);
    filesOf(page, files);
    expect(total(), page).toBeLessThanOrEqual(limit);
    for (const key of later[page] ?? []) filesOf(key, files);
    expect(total(), `${page} with every view`).toBeLessThanOrEqual(withEveryView);
    expect([...files].join(" "), page).not.toMatch(/niivue/);
  }
});
