import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openDataFolder } from "./data-folder.ts";

const root = mkdtempSync(join(tmpdir(), "segathlon-lock-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a second opener in this process is refused until the first lets go", async () => {
  const path = join(root, "a");
  const folder = await openDataFolder(path, "host");
  await expect(openDataFolder(path, "host")).rejects.toMatchObject({
    code: "SEG416",
    message: expect.stringContaining(`process ${process.pid} on host`),
  });
  folder.release();
  (await openDataFolder(path, "host")).release();
});

test("a lock ends with its process, however it ends", async () => {
  const path = join(root, "b");
  const module = new URL("./data-folder.ts", import.meta.url).href;
  const script = `const { openDataFolder } = await import(${JSON.stringify(module)}); await openDataFolder(${JSON.stringify(path)}, "child"); console.log("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--conditions=@segathlon/source", "--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve) => child.stdout.once("data", resolve));
  await expect(openDataFolder(path, "host")).rejects.toMatchObject({ code: "SEG416" });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
  (await openDataFolder(path, "host")).release();
});
