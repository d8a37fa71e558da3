/**
 * Uploads that can be continued. The stream is cut into segments; each is stored as a blob of its own and then recorded, if and
 * only if the upload is still where the segment begins. So any server process can take any part of an upload, what was
 * acknowledged survives every crash, and of two writers at one place one is refused.
 */
import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SegathlonError } from "@segathlon/errors";
import type { Selectable } from "kysely";
import type { UploadTable } from "../database/schema.ts";
import type { ServerContext } from "../server-context.ts";

export type UploadRow = Selectable<UploadTable>;

/** What is kept in memory for one upload, and the most that a crash takes back. */
const segmentBytes = 8 * 1024 * 1024;

export async function findUpload(context: ServerContext, id: string): Promise<UploadRow> {
  const row = await context.database.selectFrom("upload").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new SegathlonError("SEG403", "there is no such upload");
  return row;
}

/** Refuses bytes when the storage would run full. */
export async function checkRoom(context: ServerContext, bytes: number): Promise<void> {
  const free = await context.store.freeBytes();
  if (free !== null && free - bytes < context.settings.minFreeBytes)
    throw new SegathlonError("SEG425", "the server has no room for an upload of this size");
}

async function storeSegment(context: ServerContext, upload: UploadRow, start: number, bytes: Buffer): Promise<void> {
  const blob = `uploads/${upload.id}/${start}-${randomUUID()}`;
  await context.store.put(blob, bytes);
  const advanced = await context.database.transaction().execute(async (transaction) => {
    const { numUpdatedRows } = await transaction
      .updateTable("upload")
      .set({ received: start + bytes.length, touched_at: new Date() })
      .where("id", "=", upload.id)
      .where("received", "=", start)
      .where("complete", "=", false)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) return false;
    await transaction
      .insertInto("upload_part")
      .values({ upload: upload.id, start, bytes: bytes.length, blob })
      .execute();
    return true;
  });
  if (advanced) return;
  await context.store.remove(blob);
  throw new SegathlonError("SEG410", `the upload is no longer at byte ${start}: another writer continued it`);
}

/**
 * Appends a stream at `offset`. What arrived before a broken connection is kept. Returns the new offset.
 *
 * @throws SegathlonError `SEG410` for another offset than the upload's, `SEG411` for more bytes than announced.
 */
export async function appendToUpload(
  context: ServerContext,
  upload: UploadRow,
  offset: number,
  source: AsyncIterable<Buffer>,
): Promise<number> {
  if (offset !== upload.received)
    throw new SegathlonError("SEG410", `the upload is at byte ${upload.received}, the request continues at ${offset}`);
  let position = offset;
  let held: Buffer[] = [];
  let heldBytes = 0;
  const flush = async (): Promise<void> => {
    if (heldBytes === 0) return;
    const segment = Buffer.concat(held, heldBytes);
    held = [];
    heldBytes = 0;
    await storeSegment(context, upload, position, segment);
    position += segment.length;
  };
  let broken: unknown;
  try {
    for await (const chunk of source) {
      if (position + heldBytes + chunk.length > upload.bytes)
        throw new SegathlonError("SEG411", `the upload was announced with ${upload.bytes} bytes and has more`);
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes >= segmentBytes) await flush();
    }
  } catch (error) {
    broken = error;
  }
  if (broken instanceof SegathlonError) throw broken;
  await flush();
  if (broken !== undefined) throw broken;
  return position;
}

async function* segments(context: ServerContext, upload: string): AsyncGenerator<Buffer> {
  const parts = await context.database
    .selectFrom("upload_part")
    .selectAll()
    .where("upload", "=", upload)
    .orderBy("start")
    .execute();
  let position = 0;
  for (const part of parts) {
    if (part.start !== position) throw new SegathlonError("SEG418", "an upload has a gap");
    const bytes = await context.store.get(part.blob);
    if (bytes.length !== part.bytes)
      throw new SegathlonError("SEG418", "a part of an upload has another length than recorded");
    position += bytes.length;
    yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
}

/** Puts an upload together in a file and returns its sha256 (hex). */
export async function assembleUpload(context: ServerContext, upload: string, file: string): Promise<string> {
  const hash = createHash("sha256");
  const hashed = async function* (): AsyncGenerator<Buffer> {
    for await (const segment of segments(context, upload)) {
      hash.update(segment);
      yield segment;
    }
  };
  await pipeline(Readable.from(hashed()), createWriteStream(file, { mode: 0o600 }));
  return hash.digest("hex");
}

/** Removes the bytes of an upload; the row stays as a record. */
export async function removeUploadParts(context: ServerContext, upload: string): Promise<void> {
  const parts = await context.database
    .selectFrom("upload_part")
    .select(["start", "blob"])
    .where("upload", "=", upload)
    .execute();
  for (const part of parts) {
    await context.store.remove(part.blob);
    await context.database
      .deleteFrom("upload_part")
      .where("upload", "=", upload)
      .where("start", "=", part.start)
      .execute();
  }
}
