/** The README's example runs and prints what the README says. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { PROFILES } from "./index.ts";

const folder = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${folder}README.md`, "utf8");

test("the example prints what is shown", () => {
  const code = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const shown = /```\n(\{[\s\S]*?\n\})\n```/.exec(readme)![1]!;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--conditions=@segathlon/source", "--input-type=module-typescript", "--eval", code],
    { cwd: folder, encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain(shown);
});

test("the table of profiles names every profile and says which are unverified", () => {
  const rows = readme.split("\n").filter((line) => line.startsWith("| `"));
  for (const { id, verified } of PROFILES) {
    const track = /^brats2023-(.*)$/.exec(id)?.[1];
    const name = track === undefined || track === "gli" ? `\`${id}\`` : `\`-${track}\``;
    const row = rows.find((line) => line.includes(name));
    expect(row, id).toBeDefined();
    expect(row!.includes("**unverified**"), id).toBe(verified === "unverified");
  }
});
