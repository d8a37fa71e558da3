/**
 * `prepare` of the checkout: what has to be built once after `npm ci`. Each builder is a script `scripts/build-*.ts` that stands
 * alone; published packages carry the built files and have no install scripts.
 */
import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import path from "node:path";

const here = import.meta.dirname;
for (const file of globSync("build-*.ts", { cwd: here }).sort()) {
  if (file === "build-package.ts") continue;
  const { status } = spawnSync(process.execPath, ["--conditions=@segathlon/source", path.join(here, file)], {
    stdio: "inherit",
    cwd: path.dirname(here),
  });
  if (status !== 0) {
    console.error(`prepare: ${file} failed`);
    process.exit(1);
  }
}
