/** `segathlon submit`: predictions of a folder or an archive to a phase. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdtemp, open, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { isJunkName, isVolumeName } from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import { type TarFile, tarBytes } from "@segathlon/server";
import type { Submission } from "@segathlon/server/api";
import { Command } from "commander";
import { progressLine } from "../progress-line.ts";
import { type Connection, connect } from "./credentials.ts";
import { watchSubmission } from "./status.ts";

interface Options {
  readonly benchmark?: string;
  readonly phase?: string;
  readonly method: string;
  readonly description?: string;
  readonly link?: string[];
  readonly runtime?: string;
  readonly server?: string;
  readonly wait: boolean;
  readonly json?: true;
  readonly quiet?: true;
}

interface Archive {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

async function volumesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && isVolumeName(entry.name) && !isJunkName(entry.name))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

/** Writes a folder of predictions as one tar file (label maps are compressed already). */
async function packFolder(
  folder: string,
  target: string,
  onFile: (done: number, total: number, name: string) => void,
): Promise<void> {
  const names = await volumesBelow(folder);
  if (names.length === 0) throw new SegathlonError("SEG108", `${folder} holds no volume`, { where: { file: folder } });
  const files = async function* (): AsyncGenerator<TarFile> {
    for (const [done, name] of names.entries()) {
      onFile(done, names.length, name);
      const path = join(folder, name);
      yield { name, bytes: (await stat(path)).size, content: () => createReadStream(path) as AsyncIterable<Buffer> };
    }
  };
  await pipeline(tarBytes(files()), createWriteStream(target));
}

async function describe(path: string, name: string): Promise<Archive> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return { path, name, bytes: (await stat(path)).size, sha256: hash.digest("hex") };
}

const pieceBytes = 64 * 1024 * 1024;
const maxFailures = 8;

/** Sends by tus in pieces; after a broken connection it asks how far the server has come and goes on there. */
async function upload(
  connection: Connection,
  submission: Submission,
  archive: Archive,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const url = submission.upload.tusUrl;
  if (url === null) throw new SegathlonError("SEG424", "the server gave no upload address");
  const target = `${connection.server}${new URL(url).pathname}`;
  const headers = { authorization: `Bearer ${connection.key}`, "tus-resumable": "1.0.0" };
  const file = await open(archive.path, "r");
  let offset = 0;
  let failures = 0;
  try {
    while (offset < archive.bytes) {
      const piece = Buffer.alloc(Math.min(pieceBytes, archive.bytes - offset));
      await file.read(piece, 0, piece.length, offset);
      try {
        const response = await fetch(target, {
          method: "PATCH",
          headers: { ...headers, "content-type": "application/offset+octet-stream", "upload-offset": String(offset) },
          body: piece,
        });
        if (response.status !== 204 && response.status !== 409 && response.status < 500) {
          const problem = (await response.json()) as { code: string; detail: string; hint: string };
          throw new SegathlonError("SEG424", `${problem.code}: ${problem.detail}`, { hint: problem.hint });
        }
        if (response.status !== 204) throw new Error(`answer ${response.status}`);
        offset = Number(response.headers.get("upload-offset"));
        failures = 0;
      } catch (error) {
        if (error instanceof SegathlonError) throw error;
        failures += 1;
        if (failures > maxFailures)
          throw new SegathlonError("SEG424", `the upload broke off ${failures} times: ${String(error)}`, {
            failure: "infrastructure",
          });
        await new Promise((resolve) => setTimeout(resolve, Math.min(30_000, 500 * 2 ** failures)));
        const head = await fetch(target, { method: "HEAD", headers }).catch(() => null);
        const at = Number(head?.headers.get("upload-offset") ?? Number.NaN);
        if (Number.isFinite(at)) offset = at;
      }
      onBytes(offset);
    }
  } finally {
    await file.close();
  }
}

async function onlyBenchmark(connection: Connection, named: string | undefined): Promise<string> {
  if (named !== undefined) return named;
  const benchmarks = await connection.client.call("listBenchmarks", {});
  const [first] = benchmarks;
  if (first !== undefined && benchmarks.length === 1) return first.id;
  throw new SegathlonError(
    "SEG700",
    `the server has ${benchmarks.length} benchmarks: ${benchmarks.map((entry) => entry.id).join(", ")}`,
    { hint: "Name one with --benchmark." },
  );
}

/** What is sent with predictions. */
export interface Sending {
  readonly benchmark: string;
  readonly phase: string;
  readonly method: {
    readonly name: string;
    readonly description: string;
    readonly links: string[];
    readonly runtimeSeconds: number | null;
  };
}

/**
 * Packs a folder (an archive goes as it is), announces it and uploads it.
 *
 * @throws SegathlonError SEG001 when there is nothing at `path`, SEG108 for a folder without volumes, SEG424 for what the server refuses
 */
export async function sendPredictions(
  connection: Connection,
  path: string,
  { benchmark, phase, method }: Sending,
  onStep: (text: string, share: number) => void,
): Promise<Submission> {
  const kind = await stat(path).catch(() => null);
  if (kind === null) throw new SegathlonError("SEG001", `${path} does not exist`, { where: { file: path } });
  const folder = await mkdtemp(join(tmpdir(), "segathlon-submit-"));
  try {
    let file = path;
    let name = basename(path);
    if (kind.isDirectory()) {
      file = join(folder, "predictions.tar");
      name = "predictions.tar";
      await packFolder(path, file, (done, total, entry) => onStep(`packing ${entry}`, 0.1 * (done / total)));
    }
    const archive = await describe(file, name);
    const submission = await connection.client.call("createSubmission", {
      params: { benchmark, phase },
      body: { method, upload: { kind: "archive", name: archive.name, bytes: archive.bytes, sha256: archive.sha256 } },
    });
    await upload(connection, submission, archive, (bytes) =>
      onStep(
        `uploading ${(bytes / 1e6).toFixed(1)} of ${(archive.bytes / 1e6).toFixed(1)} MB`,
        0.1 + 0.9 * (bytes / archive.bytes),
      ),
    );
    return submission;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function submit(path: string, options: Options): Promise<void> {
  const connection = connect(options.server);
  const benchmark = await onlyBenchmark(connection, options.benchmark);
  const phases = await connection.client.call("listPhases", { params: { benchmark } });
  const phase =
    options.phase === undefined
      ? phases.find((entry) => entry.state === "open")
      : phases.find((entry) => entry.id === options.phase);
  if (phase === undefined)
    throw new SegathlonError(
      "SEG700",
      `${benchmark} has no ${options.phase === undefined ? "open phase" : `phase ${options.phase}`}`,
      { hint: `It has: ${phases.map((entry) => `${entry.id} (${entry.state})`).join(", ")}.` },
    );
  const [reason] = phase.notOpenBecause;
  if (reason !== undefined) throw new SegathlonError("SEG424", reason.message, { hint: reason.hint });
  const line = progressLine("submit", options.quiet ? { mode: "quiet" } : {});
  let submission: Submission;
  try {
    const method = {
      name: options.method,
      description: options.description ?? "",
      links: options.link ?? [],
      runtimeSeconds: options.runtime === undefined ? null : Number(options.runtime),
    };
    submission = await sendPredictions(connection, path, { benchmark, phase: phase.id, method }, (text, share) =>
      line.update({ share, text }),
    );
  } finally {
    line.end();
  }
  process.stderr.write(`submission ${submission.id}: ${connection.server}/submissions/${submission.id}\n`);
  if (options.wait)
    await watchSubmission(connection, submission.id, {
      ...(options.json ? { json: true } : {}),
      ...(options.quiet ? { quiet: true } : {}),
    });
  else process.stdout.write(options.json ? `${JSON.stringify({ submission: submission.id })}\n` : `${submission.id}\n`);
}

export function submitCommand(): Command {
  return new Command("submit")
    .description("send predictions (a folder, a .zip, .tar or .tar.gz) to a phase and follow them to their score")
    .argument("<predictions>", "folder or archive")
    .requiredOption("--method <name>", "name of the method on the leaderboard")
    .option("--benchmark <id>", "benchmark (default: the only one)")
    .option("--phase <id>", "phase (default: the first open one)")
    .option("--description <text>", "what the method is")
    .option("--link <url...>", "paper, code")
    .option("--runtime <seconds>", "seconds per case on your machine")
    .option("--server <address>", "server (default: the one of the last login)")
    .option("--no-wait", "print the number and do not wait for the score")
    .option("--json", "the submission as JSON")
    .option("--quiet", "no progress")
    .addHelpText("after", '\nExample:\n  segathlon submit ./predictions --phase live --method "nnU-Net 3d_fullres"')
    .action(submit);
}
