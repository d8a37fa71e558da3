/**
 * Bundles the script of the ranking report (`segathlon rank --html`) into packages/cli/build/rank-report-page.js: the ranking and the
 * plots, so that the report computes in the reader's browser without any other file. Skipped when nothing that it reads has changed.
 */
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { build, defaultClientConditions } from "vite";

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

/** The one script of a library build. */
function codeOf(result: Awaited<ReturnType<typeof build>>): string {
  const outputs = Array.isArray(result) ? result : [result];
  for (const output of outputs)
    if ("output" in output) for (const part of output.output) if (part.type === "chunk") return part.code;
  throw new Error("build-rank-report: the bundler gave no script");
}

/** Builds when needed; returns the file. */
export async function buildRankReport(): Promise<string> {
  const folder = path.join(root, "packages/cli/build");
  const file = path.join(folder, "rank-report-page.js");
  const stamp = path.join(folder, ".rank-report-built-from");
  const state = stateOfSources();
  if (existsSync(file) && existsSync(stamp) && readFileSync(stamp, "utf8") === state) return file;
  const result = await build({
    configFile: false,
    logLevel: "warn",
    resolve: { conditions: ["@segathlon/source", ...defaultClientConditions] },
    build: {
      write: false,
      minify: true,
      target: "es2022",
      lib: {
        entry: path.join(root, "packages/cli/src/verbs/rank-report-page.ts"),
        name: "segathlonRankReport",
        formats: ["iife"],
      },
    },
  });
  const code = codeOf(result);
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
