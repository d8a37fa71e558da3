/**
 * Builds the pages into packages/web/dist. The build is skipped when nothing that it reads has changed since the last one: every
 * source of a browser-safe room, the page's own files, the lock file.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build } from "vite";

const root = path.resolve(import.meta.dirname, "..");
const rooms = "{errors,volume,metrics,ranking,dataset,benchmark,models,plots}";

function stateOfSources(): string {
  const files = globSync(
    [
      "packages/web/{index.html,vite.config.ts,package.json}",
      "packages/web/{src,public}/**/*",
      `packages/${rooms}/src/**/*`,
      "packages/server/src/api/**/*.ts",
      "package-lock.json",
      "scripts/build-web.ts",
    ],
    { cwd: root, withFileTypes: true },
  )
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.includes(`${path.sep}node${path.sep}`) && !file.includes("goldens"))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${path.relative(root, file)}\0`).update(readFileSync(file));
  return hash.digest("hex");
}

/** Builds when needed; returns the folder of the built pages. */
export async function buildWeb(): Promise<string> {
  const dist = path.join(root, "packages/web/dist");
  const stamp = path.join(dist, ".built-from");
  const state = stateOfSources();
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === state) return dist;
  // Inside a test run NODE_ENV is `test`, and the build would be React's development one.
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    await build({ configFile: path.join(root, "packages/web/vite.config.ts"), mode: "production", logLevel: "warn" });
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = environment;
  }
  writeFileSync(stamp, state);
  return dist;
}

if (process.argv[1] === import.meta.filename) {
  const started = performance.now();
  const dist = await buildWeb();
  console.log(`build-web: ${path.relative(root, dist)} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
}
