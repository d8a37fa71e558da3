/** The README's example, run as it stands. */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

test("the first example prints what its comments say", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
  const folder = mkdtempSync(join(tmpdir(), "segathlon-readme-"));
  try {
    const code = `${example}\n`.replace(
      "// A small pair",
      `process.chdir(${JSON.stringify(folder)});\n// A small pair`,
    );
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      ["--conditions=@segathlon/source", "--input-type=module-typescript", "--eval", code],
      {
        cwd: fileURLToPath(new URL("..", import.meta.url)),
        encoding: "utf8",
        env: { ...process.env, NODE_OPTIONS: "" },
      },
    );
    expect([status, stderr.replaceAll(/.*Warning.*\n/g, "")]).toEqual([0, expect.not.stringContaining("Error")]);
    expect(stdout).toContain("LPS ASL");
    expect(stdout).toContain(
      "same grid stored along other axes: the reference's i, j, k are the prediction's k, -i, j",
    );
    expect(stdout).toMatch(/0 => 22200, 1 => 1800/);
    expect(readdirSync(folder).toSorted()).toEqual(["prediction.nrrd", "reference.nii.gz"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
