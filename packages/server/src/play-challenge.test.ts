/** The script that plays a whole challenge comes to its end, with the real cases where they are there. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("a challenge is played from its import to the static site", { timeout: 240_000 }, async () => {
  const script = fileURLToPath(new URL("../scripts/play-challenge.ts", import.meta.url));
  const real = fileURLToPath(new URL("../../../../shared/data/msd/Task04_Hippocampus", import.meta.url));
  if (!existsSync(real)) console.warn("play-challenge: without Task04_Hippocampus, which is not there; phantoms only");
  const { stdout } = await promisify(execFile)(process.execPath, [
    "--conditions=@segathlon/source",
    script,
    ...(existsSync(real) ? [real] : []),
  ]);
  expect(stdout).toContain("live board: 1 Good, 2 Bad, 3 Half; broken and hostile refused; quota held");
  expect(stdout).toContain("the challenge was played to its end");
});
