/**
 * Type-checks every package with the native TypeScript compiler, one `tsconfig*.json` at a time, and reports every failure.
 * Browser-safe sources are checked without Node's types, so that a Node API in a pure core is an error.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";

const compiler = "node_modules/typescript-native/bin/tsc";
const only = process.argv.slice(2);
const projects = ["tsconfig.json", ...globSync("packages/*/tsconfig*.json")].filter(
  (project) => only.length === 0 || only.some((name) => project.startsWith(`packages/${name}/`)),
);
let failed = 0;
for (const project of projects) {
  const { status } = spawnSync(process.execPath, [compiler, "--noEmit", "-p", project], { stdio: "inherit" });
  if (status !== 0) {
    failed += 1;
    console.error(`types: ${project} has errors`);
  }
}
console.log(`types: ${projects.length - failed} of ${projects.length} projects clean`);
process.exitCode = failed === 0 ? 0 : 1;
