/**
 * Packs every package, installs the tarballs into an empty folder and plays a small evaluation there, as a user would who has
 * only Node and npm. `--out DIR` keeps the tarballs; `--check` plays; both may be given.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const root = path.resolve(import.meta.dirname, "..");
const { values } = parseArgs({ options: { out: { type: "string" }, check: { type: "boolean", default: false } } });
const work = mkdtempSync(path.join(tmpdir(), "segathlon-pack-"));
const tarballs = path.resolve(values.out ?? path.join(work, "tarballs"));
mkdirSync(tarballs, { recursive: true });

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

try {
  for (const name of readdirSync(path.join(root, "packages"))) {
    const folder = path.join(root, "packages", name);
    const manifest: { private?: boolean; scripts?: Record<string, string> } = JSON.parse(
      readFileSync(path.join(folder, "package.json"), "utf8"),
    );
    const forbidden = ["preinstall", "install", "postinstall"].filter(
      (script) => manifest.scripts?.[script] !== undefined,
    );
    if (forbidden.length > 0) throw new Error(`packages/${name} has install scripts: ${forbidden.join(", ")}`);
    run("npm", ["pack", "--silent", "--pack-destination", tarballs], folder);
    // A checkout runs its sources; only the built pages stay, because the server of the checkout serves them.
    if (name !== "web") rmSync(path.join(folder, "dist"), { recursive: true, force: true });
    rmSync(path.join(folder, "LICENSE"), { force: true });
  }
  const files = readdirSync(tarballs).filter((file) => file.endsWith(".tgz"));
  for (const file of files)
    console.log(`${String(Math.ceil(statSync(path.join(tarballs, file)).size / 1000)).padStart(6)} kB  ${file}`);

  if (values.check) {
    // Entry points and their types, as bundlers and Node see them; the binary and the pages have no entry to import.
    const libraries = files.filter((file) => file.startsWith("segathlon-") && !/^segathlon-(\d|web-)/.test(file));
    for (const file of libraries) {
      run(
        process.execPath,
        [path.join(root, "node_modules/publint/src/cli.js"), path.join(tarballs, file), "--strict"],
        root,
      );
      run(
        process.execPath,
        [
          path.join(root, "node_modules/@arethetypeswrong/cli/dist/index.js"),
          path.join(tarballs, file),
          "--profile",
          "esm-only",
        ],
        root,
      );
    }
    console.log(`publint and are-the-types-wrong: ${libraries.length} packages clean`);
    const home = path.join(work, "user");
    mkdirSync(home);
    writeFileSync(path.join(home, "package.json"), '{ "name": "user", "version": "1.0.0", "private": true }\n');
    run(
      "npm",
      ["install", "--no-audit", "--no-fund", "--omit=optional", ...files.map((file) => path.join(tarballs, file))],
      home,
    );
    const binary = path.join(home, "node_modules/.bin/segathlon");
    const play = (...args: string[]): string =>
      execFileSync(process.execPath, [binary, ...args], { cwd: home, encoding: "utf8" });
    console.log(`installed: segathlon ${play("--version").trim()}`);
    play("demo", "--only", "evaluate", "--out", "demo");
    const report: { cases: { status: string }[] } = JSON.parse(
      readFileSync(path.join(home, "demo/evaluation.json"), "utf8"),
    );
    if (report.cases.length === 0) throw new Error("the installed program evaluated no case");
    console.log(`installed: evaluated ${report.cases.length} cases`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
