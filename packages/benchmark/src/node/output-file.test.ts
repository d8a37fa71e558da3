import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { checkOutputFiles, writeOutputFile } from "./output-file.ts";

const folder = mkdtempSync(path.join(tmpdir(), "segathlon-output-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (...parts: string[]): string => path.join(folder, ...parts);

test("a file is replaced whole, folders are made, nothing else stays", async () => {
  await writeOutputFile(at("new", "deep", "a.json"), "1");
  await writeOutputFile(at("new", "deep", "a.json"), "2");
  expect(readFileSync(at("new", "deep", "a.json"), "utf8")).toBe("2");
  expect(readdirSync(at("new", "deep"))).toEqual(["a.json"]);
});

test("a symbolic link stays one; the file it names gets the result", async () => {
  mkdirSync(at("real"));
  writeFileSync(at("real", "b.json"), "old");
  symlinkSync(at("real", "b.json"), at("link.json"));
  await writeOutputFile(at("link.json"), "new");
  expect(lstatSync(at("link.json")).isSymbolicLink()).toBe(true);
  expect(readFileSync(at("real", "b.json"), "utf8")).toBe("new");
  expect(readdirSync(at("real"))).toEqual(["b.json"]);
});

test("a named pipe is written to and stays a pipe", async () => {
  const pipe = at("pipe");
  execFileSync("mkfifo", [pipe]);
  const reader = spawn("cat", [pipe]);
  let read = "";
  reader.stdout.on("data", (chunk) => {
    read += chunk;
  });
  await writeOutputFile(pipe, "through the pipe");
  await once(reader, "close");
  expect(read).toBe("through the pipe");
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

test("a device is never replaced by a file; that it is full is an error", async () => {
  if (!existsSync("/dev/full") || !lstatSync("/dev/full").isCharacterDevice()) {
    console.warn("no /dev/full here: writing to a device is not tested");
    return;
  }
  await expect(writeOutputFile("/dev/full", "x")).rejects.toMatchObject({ code: "SEG117" });
  expect(lstatSync("/dev/full").isCharacterDevice()).toBe(true);
});

test("two results in one file, a result over an input, a folder, a file as folder: refused before the work", async () => {
  writeFileSync(at("in.json"), "input");
  symlinkSync(folder, at("again"));
  const refused = (outputs: Record<string, string>, inputs: string[] = []) =>
    expect(checkOutputFiles(outputs, inputs)).rejects;
  await refused({ "--out": at("o.json"), "--csv": at("again", "o.json") }).toMatchObject({
    code: "SEG107",
    message: `--csv: expected a file of its own, found ${at("again", "o.json")}, which is the file of --out`,
  });
  await refused({ "--out": at("again", "in.json") }, [at("in.json")]).toMatchObject({
    code: "SEG107",
    message: expect.stringContaining("which is an input"),
  });
  await refused({ "--out": folder }).toMatchObject({ code: "SEG117", message: expect.stringContaining("is a folder") });
  await refused({ "--out": at("in.json", "o.json") }).toMatchObject({ code: "SEG117" });
  expect(readFileSync(at("in.json"), "utf8")).toBe("input");
  await checkOutputFiles({ "--out": "/dev/stdout", "--csv": "/dev/stdout", "--html": undefined }, [at("in.json")]);
});
