/** Stored files as answers: ranges (RFC 9110 section 14), a safe file name, never sniffed, never shown inline as a page. */
import { pipeline } from "node:stream/promises";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { BlobStore } from "../storage/blob-store.ts";

/** `attachment` with an ASCII fallback and the UTF-8 form (RFC 6266); nothing of the name can end the header. */
export function attachment(fileName: string): string {
  const plain = fileName.replace(/[^A-Za-z0-9._-]/g, "_").slice(-150);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName.slice(-150)).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)}`;
}

/** One range of `bytes=`; several are answered with the whole file. undefined: none; null: not satisfiable. */
export function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | null | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return undefined;
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(size - 1, Number(to));
  return start > end || start >= size ? null : { start, end };
}

export async function sendBlob(
  store: BlobStore,
  request: FastifyRequest,
  reply: FastifyReply,
  file: { readonly blob: string; readonly bytes: number; readonly fileName: string; readonly etag: string },
): Promise<void> {
  const etag = `"${file.etag}"`;
  reply.header("accept-ranges", "bytes").header("etag", etag).header("content-disposition", attachment(file.fileName));
  reply.header("cache-control", "private, no-cache");
  if (!reply.hasHeader("content-type")) reply.type("application/octet-stream");
  if (request.headers["if-none-match"] === etag) {
    await reply.code(304).send();
    return;
  }
  const range = parseRange(request.headers.range, file.bytes);
  if (range === null) {
    await reply.code(416).header("content-range", `bytes */${file.bytes}`).send();
    return;
  }
  if (range !== undefined) reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${file.bytes}`);
  reply.header("content-length", range === undefined ? file.bytes : range.end - range.start + 1);
  const source = await store.stream(file.blob, range);
  reply.hijack();
  reply.raw.writeHead(reply.statusCode, reply.getHeaders() as Record<string, string>);
  // The client may go away at any time; that is not our fault.
  await pipeline(source, reply.raw).catch((error: unknown) =>
    request.log.debug({ error: String(error) }, "download ended early"),
  );
}

/** The same for bytes that are not stored as they are (opened references, thumbnails). No ETag: it could be a hash of hidden bytes. */
export async function sendBytes(
  request: FastifyRequest,
  reply: FastifyReply,
  file: { readonly bytes: Uint8Array; readonly fileName: string | null },
): Promise<void> {
  if (file.fileName !== null) reply.header("content-disposition", attachment(file.fileName));
  if (!reply.hasHeader("content-type")) reply.type("application/octet-stream");
  if (!reply.hasHeader("cache-control")) reply.header("cache-control", "private, no-store");
  const range = parseRange(request.headers.range, file.bytes.length);
  if (range === null) {
    await reply.code(416).header("content-range", `bytes */${file.bytes.length}`).send();
    return;
  }
  if (range !== undefined)
    reply.code(206).header("content-range", `bytes ${range.start}-${range.end}/${file.bytes.length}`);
  const part = range === undefined ? file.bytes : file.bytes.subarray(range.start, range.end + 1);
  await reply.header("accept-ranges", "bytes").send(Buffer.from(part.buffer, part.byteOffset, part.byteLength));
}
