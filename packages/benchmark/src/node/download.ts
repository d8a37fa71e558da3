/**
 * Downloads that survive broken lines: HTTP Range (RFC 9110 section 14) picks up where the last attempt stopped, in this run or a
 * later one; mirrors take over; checksums are verified before the file gets its name.
 */
import { createHash } from "node:crypto";
import { closeSync, createReadStream, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { SegathlonError } from "@segathlon/errors";
import { httpGet, receiveBody } from "./http-get.ts";

/** What is known about a file before it is fetched; null: not known, so not checked. */
export interface DownloadSource {
  /** Tried in order; all give the same bytes. */
  readonly urls: readonly string[];
  readonly bytes: number | null;
  readonly md5: string | null;
  readonly sha256?: string | null;
}

export interface DownloadProgress {
  readonly step: "downloading" | "verifying";
  readonly bytes: number;
  /** null until the server says how large the file is. */
  readonly totalBytes: number | null;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Attempts in a row that may fail without a single new byte. Default 6. */
  readonly attempts?: number;
  /** A line without a byte for this long is given up. Default 60 s. */
  readonly idleMs?: number;
  /** First pause between attempts, doubled each time up to 30 s. Default 500 ms. */
  readonly pauseMs?: number;
  /** Largest file that is accepted. Default 256 GiB. */
  readonly maxBytes?: number;
}

/** What the server said about the file that the part belongs to. */
interface PartState {
  readonly url: string;
  readonly validator: string | null;
}

async function sizeOf(file: string): Promise<number> {
  return stat(file).then(
    (found) => found.size,
    () => 0,
  );
}

async function readState(file: string): Promise<PartState | null> {
  try {
    const { url, validator } = JSON.parse(await readFile(file, "utf8"));
    return typeof url === "string" ? { url, validator: typeof validator === "string" ? validator : null } : null;
  } catch {
    // No state or a damaged one: the part is then resumed without a validator, and the checksum decides.
    return null;
  }
}

/** A strong validator for If-Range; weak ones do not promise equal bytes. */
function validatorOf(headers: IncomingMessage["headers"]): string | null {
  const { etag } = headers;
  if (etag !== undefined && !etag.startsWith("W/")) return etag;
  return headers["last-modified"] ?? null;
}

function downloadError(url: string, what: string, cause?: unknown): SegathlonError {
  return new SegathlonError("SEG115", `${url}: ${what}`, { where: { file: url }, cause });
}

/** Aborts when nothing has come for a while. */
class IdleWatch {
  readonly controller = new AbortController();
  readonly #milliseconds: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
    this.alive();
  }

  alive(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.controller.abort(new Error(`nothing came for ${this.#milliseconds} ms`)),
      this.#milliseconds,
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}

interface Job {
  readonly part: string;
  readonly state: string;
  readonly source: DownloadSource;
  readonly options: DownloadOptions;
}

/** One request. Returns true when the file is complete; throws when the line broke or the server refused. */
async function fetchOnce(url: string, job: Job): Promise<boolean> {
  const { part, options, source } = job;
  const have = await sizeOf(part);
  if (source.bytes !== null && have === source.bytes) return true;
  const known = await readState(job.state);
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (have > 0) {
    headers.range = `bytes=${have}-`;
    if (known?.url === url && known.validator !== null) headers["if-range"] = known.validator;
  }
  const watch = new IdleWatch(options.idleMs ?? 60_000);
  const signals = options.signal ? [watch.controller.signal, options.signal] : [watch.controller.signal];
  try {
    const response = await httpGet(url, headers, AbortSignal.any(signals));
    try {
      return await receive(url, response, have, job, watch);
    } finally {
      response.destroy();
    }
  } finally {
    watch.stop();
  }
}

/** First byte and total size of a partial answer. */
function contentRange(response: IncomingMessage): { start: number; total: number | null } | null {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(response.headers["content-range"] ?? "") ?? [];
  if (start === undefined) return null;
  return { start: Number(start), total: total === "*" || total === undefined ? null : Number(total) };
}

async function receive(
  url: string,
  response: IncomingMessage,
  have: number,
  job: Job,
  watch: IdleWatch,
): Promise<boolean> {
  const { part, options, source } = job;
  if (response.statusCode === 416) {
    const [, total] = /^bytes \*\/(\d+)$/.exec(response.headers["content-range"] ?? "") ?? [];
    if (total !== undefined && Number(total) === have) return true;
    rmSync(part, { force: true });
    throw downloadError(url, "the part on disk does not belong to this file; starting again");
  }
  if (response.statusCode !== 200 && response.statusCode !== 206) {
    throw downloadError(url, `the server answered ${response.statusCode} ${response.statusMessage ?? ""}`.trim());
  }
  const range = response.statusCode === 206 ? contentRange(response) : null;
  if (response.statusCode === 206 && range?.start !== have) {
    throw downloadError(url, "the server sent another part than the one asked for");
  }
  // 200 after a range request: the server cannot resume, or the file has changed. Begin again.
  const start = range ? have : 0;
  const length = response.headers["content-length"];
  const total = range?.total ?? (length === undefined ? null : start + Number(length));
  const limit = source.bytes ?? options.maxBytes ?? 256 * 1024 ** 3;
  if (total !== null && source.bytes !== null && total !== source.bytes) {
    throw downloadError(url, `expected ${source.bytes} bytes, the server has ${total}`);
  }
  if (total !== null && total > limit) {
    throw downloadError(url, `the file has ${total} bytes; the limit is ${limit}`);
  }
  // Nothing may be awaited before the body is listened to: what comes in between, and the end of a broken line, would be lost.
  writeFileSync(job.state, JSON.stringify({ url, validator: validatorOf(response.headers) }));
  const file = openSync(part, start === 0 ? "w" : "a");
  let bytes = start;
  try {
    await receiveBody(response, (chunk) => {
      watch.alive();
      bytes += chunk.length;
      if (bytes > limit) throw downloadError(url, `more than ${limit} bytes came`);
      writeSync(file, chunk);
      options.onProgress?.({ step: "downloading", bytes, totalBytes: total ?? source.bytes });
    });
  } finally {
    closeSync(file);
  }
  if (total !== null && bytes < total) throw downloadError(url, `the line broke after ${bytes} of ${total} bytes`);
  return true;
}

async function verify(file: string, job: Job): Promise<void> {
  const { source, options } = job;
  const totalBytes = await sizeOf(file);
  if (source.bytes !== null && totalBytes !== source.bytes) {
    throw new SegathlonError("SEG116", `${file}: expected ${source.bytes} bytes, found ${totalBytes}`, {
      where: { file },
    });
  }
  const wanted = [
    ["md5", source.md5],
    ["sha256", source.sha256 ?? null],
  ] as const;
  const hashes = wanted.flatMap(([name, expected]) =>
    expected === null ? [] : [{ name, expected, hash: createHash(name) }],
  );
  if (hashes.length === 0) return;
  let bytes = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    options.signal?.throwIfAborted();
    for (const { hash } of hashes) hash.update(chunk);
    bytes += chunk.length;
    options.onProgress?.({ step: "verifying", bytes, totalBytes });
  }
  for (const { name, expected, hash } of hashes) {
    const found = hash.digest("hex");
    if (found === expected) continue;
    throw new SegathlonError(
      "SEG116",
      `${path.basename(file, ".part")}: expected ${name} ${expected}, found ${found}`,
      {
        hint: "The part was deleted. Run the command again; if it happens twice, the file at the source is another one.",
        where: { file },
      },
    );
  }
}

/**
 * Downloads a file to `target`. A part of an earlier run beside it (`.part`) is taken up again.
 *
 * @returns whether the file was verified against a checksum (null checksums cannot be).
 * @throws SegathlonError `SEG115` when no mirror gives the file (the part stays for the next run), `SEG116` when what came is
 * not what was announced (the part is deleted).
 */
export async function downloadFile(
  source: DownloadSource,
  target: string,
  options: DownloadOptions = {},
): Promise<{ readonly verified: boolean }> {
  await mkdir(path.dirname(target), { recursive: true });
  const job: Job = { part: `${target}.part`, state: `${target}.part.json`, source, options };
  const verified = source.md5 !== null || (source.sha256 ?? null) !== null;
  if ((await sizeOf(target)) > 0) {
    await verify(target, job);
    return { verified };
  }
  const attempts = options.attempts ?? 6;
  let pause = options.pauseMs ?? 500;
  let failures = 0;
  for (let turn = 0; ; turn += 1) {
    const url = source.urls[turn % source.urls.length];
    if (url === undefined) throw new SegathlonError("SEG115", `${target}: no address to download from is known`);
    const before = await sizeOf(job.part);
    try {
      if (await fetchOnce(url, job)) break;
    } catch (error) {
      options.signal?.throwIfAborted();
      const grew = (await sizeOf(job.part)) > before;
      failures = grew ? 0 : failures + 1;
      if (grew) pause = options.pauseMs ?? 500;
      if (failures >= attempts) {
        const reason = error instanceof Error ? error.message : String(error);
        if (error instanceof SegathlonError) throw error;
        const inner = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
        throw downloadError(url, `${reason}${inner}`, error);
      }
      await wait(pause, undefined, options.signal ? { signal: options.signal } : {});
      pause = Math.min(30_000, pause * 2);
    }
  }
  try {
    await verify(job.part, job);
  } catch (error) {
    if (error instanceof SegathlonError) {
      await rm(job.part, { force: true });
      await rm(job.state, { force: true });
    }
    throw error;
  }
  await rename(job.part, target);
  await rm(job.state, { force: true });
  return { verified };
}
