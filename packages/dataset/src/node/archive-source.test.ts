/** Archives as sources: what is accepted, and every attack that is not. */
import { createWriteStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { gzipSync } from "node:zlib";
import { phantoms, writePhantomDataset } from "@segathlon/phantom";
import { type Header, pack } from "tar-stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ZipFile } from "yazl";
import { readDataset } from "../index.ts";
import { folderSource, openSource } from "./index.ts";

const scratch = mkdtempSync(join(tmpdir(), "segathlon-archive-test-"));
const data = join(scratch, "data");
beforeAll(() => writePhantomDataset(phantoms.hippocampus, data, { size: 10, cases: 3 }));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

async function tar(
  name: string,
  entries: readonly (Partial<Header> & { name: string; content?: Buffer })[],
): Promise<string> {
  const path = join(scratch, name);
  const archive = pack();
  for (const { content = Buffer.from("x"), ...header } of entries) {
    if (header.type === undefined || header.type === "file") archive.entry(header, content);
    else archive.entry(header);
  }
  archive.finalize();
  await pipeline(archive, createWriteStream(path));
  return path;
}

async function zip(
  name: string,
  entries: readonly { name: string; content?: Buffer; mode?: number }[],
): Promise<string> {
  const path = join(scratch, name);
  const archive = new ZipFile();
  for (const { name: entry, content = Buffer.from("x"), mode } of entries)
    archive.addBuffer(content, entry, mode === undefined ? {} : { mode });
  archive.end();
  await pipeline(archive.outputStream, createWriteStream(path));
  return path;
}

async function allFiles(): Promise<{ name: string; content: Buffer }[]> {
  const source = await folderSource(data);
  return source.files.map(({ path }) => ({ name: path, content: readFileSync(join(data, path)) }));
}

test("a dataset from .zip, .tar and .tar.gz, with and without a common folder, and with a Mac's leftovers", async () => {
  const files = await allFiles();
  const inside = files.map((file) => ({ ...file, name: `Task04/${file.name}` }));
  const plain = await tar("plain.tar", files);
  const nested = await tar("nested.tar", [...inside, { name: "._Task04" }]);
  writeFileSync(join(scratch, "packed.tar.gz"), gzipSync(readFileSync(nested)));
  const zipped = await zip("zipped.zip", [...inside, { name: "__MACOSX/._Task04" }]);
  for (const path of [plain, nested, join(scratch, "packed.tar.gz"), zipped]) {
    const source = await openSource(path);
    const dataset = await readDataset(source);
    expect(dataset.cases.map((one) => [one.id, one.split])).toEqual([
      ["hippocampus_001", "train"],
      ["hippocampus_002", "train"],
      ["hippocampus_003", "test"],
    ]);
    await source.close();
    expect(existsSync(source.folder)).toBe(false);
  }
});

const leftovers = (): string[] =>
  readdirSync(tmpdir()).filter((name) => name.startsWith("segathlon-archive-") && !name.includes("test"));

test.each<[string, () => Promise<string>]>([
  ["tar with ..", () => tar("a.tar", [{ name: "../evil" }])],
  ["tar with absolute name", () => tar("b.tar", [{ name: "/etc/evil" }])],
  ["tar with backslashes", () => tar("c.tar", [{ name: "..\\evil" }])],
  ["tar with a drive", () => tar("d.tar", [{ name: "C:/evil" }])],
  ["tar with a symbolic link", () => tar("e.tar", [{ name: "link", type: "symlink", linkname: "/etc/passwd" }])],
  ["tar with a hard link", () => tar("f.tar", [{ name: "link", type: "link", linkname: "/etc/passwd" }])],
  ["tar with a device", () => tar("g.tar", [{ name: "null", type: "character-device" }])],
  ["tar with a fifo", () => tar("h.tar", [{ name: "pipe", type: "fifo" }])],
  ["tar with one name twice", () => tar("i.tar", [{ name: "a" }, { name: "a" }])],
  ["tar with names that differ in case", () => tar("j.tar", [{ name: "Case" }, { name: "case" }])],
  ["tar with control characters", () => tar("k.tar", [{ name: "a\u0007b" }])],
  ["zip with a link", () => zip("l.zip", [{ name: "link", mode: 0o120777 }])],
  ["zip with names that differ in case", () => zip("m.zip", [{ name: "Case" }, { name: "case" }])],
])("%s is refused and leaves nothing", async (_, make) => {
  const path = await make();
  const before = leftovers();
  await expect(openSource(path)).rejects.toMatchObject({ code: "SEG204" });
  expect(leftovers()).toEqual(before);
});

test("a zip whose name leads outside is refused", async () => {
  const good = readFileSync(await zip("n.zip", [{ name: "aa/evil.nii" }]));
  const bad = Buffer.from(good.toString("latin1").replaceAll("aa/evil.nii", "../evil.nii"), "latin1");
  writeFileSync(join(scratch, "o.zip"), bad);
  await expect(openSource(join(scratch, "o.zip"))).rejects.toMatchObject({ name: "SegathlonError" });
});

test("limits of size and number hold while unpacking, whatever is declared", async () => {
  const bomb = await zip("bomb.zip", [{ name: "zeros", content: Buffer.alloc(4_000_000) }]);
  await expect(openSource(bomb, { maxEntries: 10, maxTotalBytes: 1_000_000 })).rejects.toMatchObject({
    code: "SEG204",
  });
  const many = await tar(
    "many.tar",
    Array.from({ length: 30 }, (_, n) => ({ name: `f${n}` })),
  );
  await expect(openSource(many, { maxEntries: 10, maxTotalBytes: 1_000_000 })).rejects.toMatchObject({
    code: "SEG204",
  });
});

test("damaged archives and other files", async () => {
  const files = await allFiles();
  const whole = readFileSync(await tar("whole.tar", files));
  for (const [name, bytes] of [
    ["cut.tar", whole.subarray(0, Math.floor(whole.length / 2) - 100)],
    ["cut.tar.gz", gzipSync(whole).subarray(0, 500)],
    ["noise.zip", Buffer.alloc(3000, 65)],
    ["picture.png", Buffer.from("x")],
  ] as const) {
    writeFileSync(join(scratch, name), bytes);
    await expect(openSource(join(scratch, name)), name).rejects.toMatchObject({ code: "SEG203" });
  }
  await expect(openSource(join(scratch, "nowhere.zip"))).rejects.toMatchObject({ code: "SEG001" });
});
