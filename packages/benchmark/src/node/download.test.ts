/** Downloads against a server that drops connections, changes files and lies. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type DownloadProgress, downloadFile } from "./download.ts";

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff));
const md5 = createHash("md5").update(content).digest("hex");
const sha256 = createHash("sha256").update(content).digest("hex");

let folder = "";
let server: Server;
let requests: { range: string | undefined; ifRange: string | undefined }[] = [];
let answer: (request: IncomingMessage, response: ServerResponse, count: number) => void;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "segathlon-download-"));
  requests = [];
  server = createServer((request, response) => {
    requests.push({ range: request.headers.range, ifRange: request.headers["if-range"] as string | undefined });
    answer(request, response, requests.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const url = (name = "file.tar"): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
const source = (more: object = {}) => ({ urls: [url()], bytes: content.length, md5, ...more });
const quick = { pauseMs: 1, idleMs: 5000 };

/** Answers as a good server does, but sends at most `most` bytes and then breaks the line. */
function serve(
  request: IncomingMessage,
  response: ServerResponse,
  most = Number.POSITIVE_INFINITY,
  tag = '"v1"',
): void {
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? "") ?? [];
  const sameFile = request.headers["if-range"] === undefined || request.headers["if-range"] === tag;
  const start = from !== undefined && sameFile ? Number(from) : 0;
  const headers: Record<string, string | number> = { etag: tag, "content-length": content.length - start };
  if (start > 0) headers["content-range"] = `bytes ${start}-${content.length - 1}/${content.length}`;
  response.writeHead(start > 0 ? 206 : 200, headers);
  const part = content.subarray(start, Math.min(content.length, start + most));
  if (part.length === content.length - start) response.end(part);
  else response.write(part, () => response.socket?.end());
}

test("a line that breaks again and again is picked up where it stopped", async () => {
  answer = (request, response) => serve(request, response, 70_000);
  const seen: DownloadProgress[] = [];
  const target = path.join(folder, "file.tar");
  const { verified } = await downloadFile(source({ sha256 }), target, {
    ...quick,
    onProgress: (progress) => seen.push(progress),
  });
  expect(verified).toBe(true);
  expect(readFileSync(target).equals(content)).toBe(true);
  expect(readdirSync(folder)).toEqual(["file.tar"]);
  expect(requests.length).toBeGreaterThan(3);
  expect(requests[0]).toEqual({ range: undefined, ifRange: undefined });
  expect(
    requests.slice(1).every(({ range, ifRange }) => /^bytes=[1-9]\d*-$/.test(range ?? "") && ifRange === '"v1"'),
  ).toBe(true);
  const bytes = seen.filter(({ step }) => step === "downloading").map((progress) => progress.bytes);
  expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
  expect(bytes.at(-1)).toBe(content.length);
  expect(seen.at(-1)).toEqual({ step: "verifying", bytes: content.length, totalBytes: content.length });
});

test("a later run goes on with the part of an earlier one", async () => {
  const target = path.join(folder, "file.tar");
  const stop = new AbortController();
  answer = (request, response) => serve(request, response, 100_000);
  const first = downloadFile(source(), target, {
    ...quick,
    signal: stop.signal,
    onProgress: ({ bytes }) => bytes >= 100_000 && stop.abort(new Error("stopped")),
  });
  await expect(first).rejects.toThrow(/stopped|abort/i);
  const before = requests.length;
  answer = (request, response) => serve(request, response);
  await downloadFile(source(), target, quick);
  expect(requests[before]?.range).toMatch(/^bytes=1\d{5}-$/);
  expect(readFileSync(target).equals(content)).toBe(true);
});

test("a file that changed at the source is fetched from its start", async () => {
  const target = path.join(folder, "file.tar");
  answer = (request, response, count) =>
    count === 1
      ? serve(request, response, 50_000, '"old"')
      : serve(request, response, Number.POSITIVE_INFINITY, '"new"');
  await downloadFile(source(), target, quick);
  expect(requests[1]).toEqual({ range: "bytes=50000-", ifRange: '"old"' });
  expect(readFileSync(target).equals(content)).toBe(true);
});

test("a server that cannot resume is begun again", async () => {
  answer = (request, response, count) => {
    delete request.headers.range;
    serve(request, response, count < 3 ? 40_000 : Number.POSITIVE_INFINITY);
  };
  await downloadFile(source(), path.join(folder, "file.tar"), quick);
  expect(readFileSync(path.join(folder, "file.tar")).equals(content)).toBe(true);
});

test("a mirror takes over", async () => {
  answer = (request, response) =>
    request.url === "/mirror.tar" ? serve(request, response) : void response.writeHead(503).end();
  await downloadFile(source({ urls: [url(), url("mirror.tar")] }), path.join(folder, "file.tar"), quick);
  expect(requests).toHaveLength(2);
});

test("wrong bytes are named and deleted; nothing gets the file's name", async () => {
  answer = (request, response) => serve(request, response);
  const wrong = downloadFile(source({ md5: "0".repeat(32) }), path.join(folder, "file.tar"), quick);
  await expect(wrong).rejects.toMatchObject({ code: "SEG116", message: expect.stringContaining(`found ${md5}`) });
  expect(readdirSync(folder)).toEqual([]);
});

test("a part that is not a part of this file does not stop anything", async () => {
  writeFileSync(path.join(folder, "file.tar.part"), Buffer.alloc(content.length + 5));
  answer = (request, response) => {
    if (request.headers.range === undefined) return serve(request, response);
    response.writeHead(416, { "content-range": `bytes */${content.length}` }).end();
  };
  await downloadFile({ ...source(), bytes: null }, path.join(folder, "file.tar"), quick);
  expect(readFileSync(path.join(folder, "file.tar")).equals(content)).toBe(true);
});

test.each([
  ["404", (_: IncomingMessage, response: ServerResponse) => void response.writeHead(404).end(), /answered 404/],
  [
    "another size",
    (_: IncomingMessage, response: ServerResponse) =>
      void response.writeHead(200, { "content-length": 5 }).end("short"),
    /expected 300000 bytes, the server has 5/,
  ],
  [
    "a wrong part",
    (request: IncomingMessage, response: ServerResponse) => {
      if (request.headers.range === undefined) serve(request, response, 10_000);
      else response.writeHead(206, { "content-range": "bytes 0-9/300000", "content-length": 10 }).end("0123456789");
    },
    /another part/,
  ],
  ["silence", () => {}, /nothing came/],
])("gives up in the end: %s", async (_name, how, message) => {
  answer = how;
  const options = { ...quick, attempts: 2, idleMs: 200 };
  await expect(downloadFile(source(), path.join(folder, "file.tar"), options)).rejects.toMatchObject({
    code: "SEG115",
    message: expect.stringMatching(message),
  });
  expect(readdirSync(folder).includes("file.tar")).toBe(false);
});

test("a file that is there already is verified, not fetched", async () => {
  answer = (request, response) => serve(request, response);
  writeFileSync(path.join(folder, "file.tar"), content);
  await downloadFile(source(), path.join(folder, "file.tar"), quick);
  expect(requests).toHaveLength(0);
  writeFileSync(path.join(folder, "file.tar"), "other");
  await expect(downloadFile(source(), path.join(folder, "file.tar"), quick)).rejects.toMatchObject({ code: "SEG116" });
});
