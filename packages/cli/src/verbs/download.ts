/** `segathlon download`: the files of a benchmark, resumed and checked. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SegathlonError } from "@segathlon/errors";
import { Command } from "commander";
import { optionError } from "../option-values.ts";
import { progressLine } from "../progress-line.ts";
import { type Connection, connect } from "./credentials.ts";
import { datasetDocument, downloadedRelease } from "./download-document.ts";

interface Options {
  readonly split?: string;
  readonly out: string;
  readonly server?: string;
  readonly quiet?: true;
}

const splits = { train: "training", training: "training", validation: "validation", test: "test" } as const;

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest("hex");
}

const sizeOf = (path: string): Promise<number> =>
  stat(path).then(
    (found) => found.size,
    () => 0,
  );

async function fetchFile(
  connection: Connection,
  file: { url: string; bytes: number; sha256: string },
  target: string,
): Promise<void> {
  if ((await sizeOf(target)) === file.bytes && (await hashOf(target)) === file.sha256) return;
  const part = `${target}.part`;
  await mkdir(dirname(target), { recursive: true });
  const have = await sizeOf(part);
  const from = have < file.bytes ? have : 0;
  const headers: Record<string, string> = {
    authorization: `Bearer ${connection.key}`,
    ...(from > 0 ? { range: `bytes=${from}-` } : {}),
  };
  const response = await fetch(`${connection.server}${file.url}`, { headers });
  if (!response.ok || response.body === null)
    throw new SegathlonError("SEG424", `${file.url}: the server answered ${response.status}`);
  await pipeline(
    Readable.fromWeb(response.body as never),
    createWriteStream(part, { flags: response.status === 206 ? "a" : "w" }),
  );
  const found = await hashOf(part);
  if (found !== file.sha256) {
    await rm(part);
    throw new SegathlonError("SEG409", `${target}: expected sha256 ${file.sha256}, found ${found}`, {
      hint: "Run the command again.",
    });
  }
  await rename(part, target);
}

/** Whether a document is somebody's own: there, and not written by this verb. */
async function isForeign(file: string): Promise<boolean> {
  const text = await readFile(file, "utf8").catch(() => null);
  if (text === null) return false;
  try {
    return (JSON.parse(text) as { release?: unknown }).release !== downloadedRelease;
  } catch {
    return true;
  }
}

/** Writes `dataset.json` for each task, of every file of the benchmark that lies on the disk. Returns what to tell. */
async function writeDocuments({ client }: Connection, benchmark: string, root: string): Promise<string[]> {
  const { taskList, licence } = await client.call("getBenchmark", { params: { benchmark } });
  const { files } = await client.call("listDownloads", { params: { benchmark }, query: {} });
  const told: string[] = [];
  for (const task of taskList) {
    const paths: string[] = [];
    for (const { path, bytes } of files)
      if (path.startsWith(`${task.id}/`) && (await sizeOf(join(root, path))) === bytes)
        paths.push(path.slice(task.id.length + 1));
    if (paths.length === 0) continue;
    const target = join(root, task.id, "dataset.json");
    const document = datasetDocument({ ...task, licence: task.licence ?? licence }, paths.sort());
    if (document === null) told.push(`${target} was not written: the files are in no layout that it could describe`);
    else if (await isForeign(target)) told.push(`${target} was there already and was left as it is`);
    else {
      await writeFile(`${target}.part`, `${JSON.stringify(document, null, 2)}\n`);
      await rename(`${target}.part`, target);
    }
  }
  return told;
}

async function download(benchmark: string, options: Options): Promise<void> {
  const connection = connect(options.server);
  const split = options.split === undefined ? undefined : splits[options.split as keyof typeof splits];
  if (options.split !== undefined && split === undefined)
    throw optionError("--split", "train, validation or test", options.split);
  const list = await connection.client.call("listDownloads", {
    params: { benchmark },
    query: split === undefined ? {} : { split },
  });
  const root = resolve(options.out);
  const line = progressLine("download", options.quiet ? { mode: "quiet" } : {});
  let done = 0;
  for (const file of list.files) {
    line.update({ share: done / Math.max(1, list.totalBytes), text: file.path });
    const target = join(root, file.path);
    // The list comes from a server: nothing of it may lead out of the folder.
    if (!resolve(target).startsWith(root + sep))
      throw new SegathlonError("SEG424", `the server named the file ${file.path}`);
    await fetchFile(connection, file, target);
    done += file.bytes;
  }
  const told = await writeDocuments(connection, benchmark, root);
  line.end();
  for (const text of told) process.stderr.write(`${text}\n`);
  process.stdout.write(
    `${options.out}: ${list.files.length} files, ${(list.totalBytes / 1e6).toFixed(1)} MB, checksums agree\n`,
  );
}

export function downloadCommand(): Command {
  return new Command("download")
    .description("get the files of a benchmark; what is there already is checked and kept, what broke off is continued")
    .argument("<benchmark>", "benchmark")
    .option("--split <name>", "train, validation or test (default: all)")
    .option("--out <dir>", "folder", ".")
    .option("--server <address>", "server (default: the one of the last login)")
    .option("--quiet", "no progress")
    .addHelpText("after", "\nExample:\n  segathlon download spleen --split train --out ./spleen")
    .action(download);
}
