/**
 * Where bytes live: files in the data directory, or an S3 bucket. A blob is written once under a new key and never changed, so
 * a reader never sees half of one.
 */
import type { Readable } from "node:stream";

export interface BlobStore {
  readonly kind: "files" | "s3";
  /** Stores a whole buffer. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** Stores a stream; resolves after the bytes are durable. */
  putStream(key: string, source: Readable): Promise<void>;
  /** Throws `SEG418` when there is no such blob. */
  get(key: string): Promise<Uint8Array>;
  /** `end` is inclusive, as in HTTP. */
  stream(key: string, range?: { readonly start: number; readonly end: number }): Promise<Readable>;
  /** Bytes, or null when there is no such blob. */
  size(key: string): Promise<number | null>;
  remove(key: string): Promise<void>;
  list(prefix: string): Promise<{ key: string; bytes: number }[]>;
  /** Free bytes; null where the storage does not tell. */
  freeBytes(): Promise<number | null>;
}

/** Keys are made by us only: lower-case words, digits and dashes between slashes. */
export function checkKey(key: string): string {
  if (!/^[a-z0-9-]+(\/[a-z0-9._-]+)*$/.test(key) || key.includes("..")) throw new TypeError(`not a blob key: ${key}`);
  return key;
}
