/** The import table of ARCHITECTURE.md is enforced by dependency-cruiser; here it is shown that the rules can fail. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = path.resolve(import.meta.dirname, "..");
const cruiser = path.join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
let folder: string;

function cruise(): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [cruiser, "--config", ".dependency-cruiser.cjs", "packages"],
    { cwd: folder, encoding: "utf8" },
  );
  return { status, output: stdout + stderr };
}

function source(file: string, text: string): void {
  mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  writeFileSync(path.join(folder, file), text);
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-import-table-"));
  for (const file of [".dependency-cruiser.cjs", "tsconfig.base.json", "package.json"])
    cpSync(path.join(root, file), path.join(folder, file));
  symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a clean tree passes", () => {
  source("packages/volume/src/index.ts", "export const shape = 3;\n");
  source("packages/metrics/src/index.ts", "export const dice = 1;\n");
  expect(cruise().status).toBe(0);
});

test("a forbidden import between rooms is reported", () => {
  source(
    "packages/metrics/src/index.ts",
    'import { shape } from "../../volume/src/index.ts";\nexport const dice = shape;\n',
  );
  const { status, output } = cruise();
  expect(output).toContain("import-table-metrics");
  expect(status).not.toBe(0);
});

test("a type-only import counts too", () => {
  source(
    "packages/metrics/src/index.ts",
    'import type { shape } from "../../volume/src/index.ts";\nexport type Dice = typeof shape;\n',
  );
  expect(cruise().output).toContain("import-table-metrics");
});

test("a Node built-in in a pure core is reported", () => {
  source(
    "packages/metrics/src/index.ts",
    'import { readFileSync } from "node:fs";\nexport const dice = readFileSync;\n',
  );
  expect(cruise().output).toContain("pure-core");
});

test("the table in ARCHITECTURE.md names the same rooms as the rules", () => {
  const table = readFileSync(path.join(root, "ARCHITECTURE.md"), "utf8");
  const rules = execFileSync(
    process.execPath,
    ["-p", "JSON.stringify(require('./.dependency-cruiser.cjs').forbidden.map(r => r.name))"],
    { cwd: root, encoding: "utf8" },
  );
  const rooms = (JSON.parse(rules) as string[])
    .filter((name) => name.startsWith("import-table-"))
    .map((name) => name.slice("import-table-".length));
  for (const room of rooms) expect(table).toMatch(new RegExp(`^ {2}${room}/`, "m"));
});
