/** Blobs in an S3 bucket (AWS Signature Version 4 through s3mini). Large streams go up in parts, so that memory stays flat. */
import { Readable } from "node:stream";
import { SegathlonError } from "@segathlon/errors";
import { S3mini } from "s3mini";
import { type BlobStore, checkKey } from "./blob-store.ts";

export interface S3Settings {
  readonly endpoint: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
}

/** The smallest part that S3 takes except for the last one is 5 MiB. */
const partBytes = 8 * 1024 * 1024;
const attempts = 4;

function storageError(error: unknown, key: string): SegathlonError {
  return new SegathlonError("SEG418", `the object storage failed for ${key}: ${(error as Error).message}`, {
    cause: error,
  });
}

/** Tries again with growing pauses: object storage answers 503 now and then. */
async function persistently<Result>(key: string, action: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (attempt === attempts) throw error instanceof SegathlonError ? error : storageError(error, key);
      await new Promise((resolve) => setTimeout(resolve, 100 * 4 ** (attempt - 1)));
    }
  }
}

async function* partsOf(source: Readable): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source as AsyncIterable<Buffer>) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes < partBytes) continue;
    yield Buffer.concat(held);
    held = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(held);
}

export function s3BlobStore(settings: S3Settings): BlobStore {
  const s3 = new S3mini({
    accessKeyId: settings.accessKey,
    secretAccessKey: settings.secretKey,
    endpoint: `${settings.endpoint.replace(/\/$/, "")}/${settings.bucket}`,
    region: settings.region,
  });
  const type = "application/octet-stream";
  const put = async (key: string, bytes: Uint8Array): Promise<void> => {
    const response = await s3.putObject(
      checkKey(key),
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
      type,
    );
    if (!response.ok) throw new Error(`answer ${response.status}`);
  };

  async function putStream(key: string, source: Readable): Promise<void> {
    const parts = partsOf(source);
    const first = await parts.next();
    const second = first.done ? first : await parts.next();
    if (first.done || second.done) {
      await persistently(key, () => put(key, first.done ? Buffer.alloc(0) : first.value));
      return;
    }
    const upload = await persistently(key, () => s3.getMultipartUploadId(checkKey(key), type));
    try {
      const done = [
        await persistently(key, () => s3.uploadPart(key, upload, first.value, 1)),
        await persistently(key, () => s3.uploadPart(key, upload, second.value, 2)),
      ];
      for await (const part of parts) {
        const number = done.length + 1;
        done.push(await persistently(key, () => s3.uploadPart(key, upload, part, number)));
      }
      await persistently(key, () => s3.completeMultipartUpload(key, upload, done));
    } catch (error) {
      await s3.abortMultipartUpload(key, upload).catch(() => {});
      throw error;
    }
  }

  return {
    kind: "s3",
    put: (key, bytes) => persistently(key, () => put(key, bytes)),
    putStream,
    get: (key) =>
      persistently(key, async () => {
        const bytes = await s3.getObjectArrayBuffer(checkKey(key));
        if (bytes === null) throw new SegathlonError("SEG418", `the object storage has no ${key}`);
        return new Uint8Array(bytes);
      }),
    stream: (key, range) =>
      persistently(key, async () => {
        const response =
          range === undefined
            ? await s3.getObjectResponse(checkKey(key))
            : await s3.getObjectRaw(checkKey(key), false, range.start, range.end);
        if (response?.body == null) throw new SegathlonError("SEG418", `the object storage has no ${key}`);
        return Readable.fromWeb(response.body as never);
      }),
    size: (key) =>
      persistently(key, async () => {
        const there = await s3.objectExists(checkKey(key));
        return there === true ? await s3.getContentLength(key) : null;
      }),
    remove: (key) =>
      persistently(key, async () => {
        await s3.deleteObject(checkKey(key));
      }),
    list: (prefix) =>
      persistently(prefix, async () => {
        const objects = (await s3.listObjects("/", `${prefix}/`)) ?? [];
        return objects.map((object) => ({ key: object.Key, bytes: Number(object.Size) }));
      }),
    freeBytes: async () => null,
  };
}
