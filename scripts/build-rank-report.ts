/**
 * Bundles the script of the ranking report (`segathlon rank --html`) into packages/cli/build/rank-report-page.js: the ranking and the
 * plots, so that the report computes in the reader's browser without any other file. Skipped when nothing that it reads has changed.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { rolldown } from "rolldown";

const root = path.resolve(import.meta.dirname, "..");

function stateOfSources(): string {
  const files = globSync(
    [
      "packages/{ranking,plots}/src/**/*.ts",
      "packages/cli/src/verbs/rank-report-*.ts",
      "package-lock.json",
      "scripts/build-rank-report.ts",
    ],
    { cwd: root },
  )
    .filter((file) => !file.endsWith(".test.ts") && !file.includes(`${path.sep}node${path.sep}`))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(`${file}\0`).update(readFileSync(path.join(root, file)));
  return hash.digest("hex");
}

/** Builds when needed; returns the file. */
export async function buildRankReport(): Promise<string> {
  const folder = path.join(root, "packages/cli/build");
  const file = path.join(folder, "rank-report-page.js");
  const stamp = path.join(folder, ".rank-report-built-from");
  const state = stateOfSources();
  if (existsSync(file) && existsSync(stamp) && readFileSync(stamp, "utf8") === state) return file;
  const bundle = await rolldown({
    input: path.join(root, "packages/cli/src/verbs/rank-report-page.ts"),
    resolve: { conditionNames: ["@segathlon/source", "import", "browser", "default"] },
    platform: "browser",
    treeshake: true,
    logLevel: "warn",
  });
  const { output } = await bundle.generate({ format: "iife", minify: true });
  await bundle.close();
  const code = output[0].code;
  mkdirSync(folder, { recursive: true });
  const temporary = `${file}.${process.pid}.part`;
  writeFileSync(temporary, code);
  renameSync(temporary, file);
  writeFileSync(stamp, state);
  return file;
}

if (process.argv[1] === import.meta.filename) {
  const started = performance.now();
  const file = await buildRankReport();
  console.log(
    `build-rank-report: ${path.relative(root, file)}, ${Math.round(readFileSync(file).length / 1000)} kB (${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
}
