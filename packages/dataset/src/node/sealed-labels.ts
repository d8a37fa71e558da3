/**
 * Test labels, sealed: a tar archive under AES-256-GCM (NIST SP 800-38D), with the key outside of the release.
 *
 * File: 8 bytes `SEGSEAL1`, 12 bytes nonce, ciphertext, 16 bytes tag; the name of the release is authenticated with it. The nonce is
 * the beginning of HMAC-SHA-256(key, SHA-256 of the archive): the same labels under the same key give the same file, different labels
 * never share a nonce.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { SegathlonError } from "@segathlon/errors";
import { extract } from "tar-stream";
import { hasControlCharacter } from "../file-name.ts";
import { type TarEntry, tarStream, type WrittenFile, writeHashed } from "./reproducible-tar.ts";

const magic = Buffer.from("SEGSEAL1", "latin1");
const nonceBytes = 12;
const tagBytes = 16;

/** A new key file (64 hexadecimal digits, readable by its owner only), or the key of an existing one. */
export async function sealingKey(path: string): Promise<Buffer> {
  const present = await readFile(path, "utf8").catch(() => undefined);
  if (present !== undefined) return parseKey(present, path);
  const key = randomBytes(32);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${key.toString("hex")}\n`, { mode: 0o600, flag: "wx" });
  return key;
}

/** The key in a file. @throws SegathlonError SEG208 */
export async function readSealingKey(path: string): Promise<Buffer> {
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new SegathlonError("SEG208", `the key file ${path} cannot be read`, { where: { file: path }, cause });
  });
  return parseKey(text, path);
}

function parseKey(text: string, path: string): Buffer {
  const hex = text.trim();
  if (!/^[0-9a-f]{64}$/i.test(hex))
    throw new SegathlonError("SEG208", `${path} holds no key of 64 hexadecimal digits`, { where: { file: path } });
  return Buffer.from(hex, "hex");
}

/** Two keys out of one, so that cipher and nonce never share one (HKDF, RFC 5869). */
function derived(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, Buffer.alloc(0), `segathlon/sealed-labels/${purpose}`, 32));
}

/** Seals the entries into a file. */
export async function sealLabels(
  path: string,
  entries: readonly TarEntry[],
  key: Buffer,
  release: string,
): Promise<WrittenFile> {
  const digest = createHash("sha256");
  for await (const chunk of tarStream(entries)) digest.update(chunk as Buffer);
  const nonce = createHmac("sha256", derived(key, "nonce"))
    .update(release)
    .update(digest.digest())
    .digest()
    .subarray(0, nonceBytes);
  const cipher = createCipheriv("aes-256-gcm", derived(key, "cipher"), nonce);
  cipher.setAAD(Buffer.from(release, "utf8"));
  const frame = new Transform({
    construct(done) {
      this.push(Buffer.concat([magic, nonce]));
      done();
    },
    transform(chunk: Buffer, _encoding, done) {
      done(null, cipher.update(chunk));
    },
    flush(done) {
      this.push(cipher.final());
      this.push(cipher.getAuthTag());
      done();
    },
  });
  return writeHashed(path, tarStream(entries), frame);
}

/**
 * Opens sealed labels into a folder. Nothing is left there unless the whole file proves authentic.
 *
 * @throws SegathlonError SEG208 for a wrong key, another release or a damaged file
 */
export async function openSealedLabels(path: string, key: Buffer, release: string, folder: string): Promise<string[]> {
  const refuse = (why: string, cause?: unknown): SegathlonError =>
    new SegathlonError("SEG208", `${path}: ${why}`, {
      where: { file: path },
      ...(cause === undefined ? {} : { cause }),
    });
  const { size } = await stat(path).catch((cause: unknown) => {
    throw refuse("cannot be read", cause);
  });
  if (size < magic.length + nonceBytes + tagBytes) throw refuse("is too short to be sealed labels");
  const file = await open(path, "r");
  const head = Buffer.alloc(magic.length + nonceBytes);
  const tag = Buffer.alloc(tagBytes);
  try {
    await file.read(head, 0, head.length, 0);
    await file.read(tag, 0, tagBytes, size - tagBytes);
  } finally {
    await file.close();
  }
  if (!head.subarray(0, magic.length).equals(magic)) throw refuse("is no file of sealed labels");
  const decipher = createDecipheriv("aes-256-gcm", derived(key, "cipher"), head.subarray(magic.length));
  decipher.setAAD(Buffer.from(release, "utf8"));
  decipher.setAuthTag(tag);
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(join(dirname(folder), ".unsealing-"));
  const names: string[] = [];
  try {
    // The archive is authenticated as a whole before a byte of it is unpacked.
    const archive = join(work, "archive.tar");
    await writeHashed(
      archive,
      createReadStream(path, { start: head.length, end: size - tagBytes - 1 }),
      decipher as unknown as Transform,
    );
    const reading = extract();
    const feeding = pipeline(createReadStream(archive), reading);
    feeding.catch(() => undefined);
    for await (const entry of reading) {
      const { name } = entry.header;
      if (
        entry.header.type !== "file" ||
        name.split("/").includes("..") ||
        name.startsWith("/") ||
        hasControlCharacter(name)
      )
        throw refuse("holds an entry that is not accepted");
      const target = join(work, "content", ...name.split("/"));
      await mkdir(dirname(target), { recursive: true });
      await writeHashed(target, Readable.from(entry));
      names.push(name);
    }
    await feeding;
    await mkdir(join(work, "content"), { recursive: true });
    await rename(join(work, "content"), folder);
    return names;
  } catch (error) {
    if (error instanceof SegathlonError) throw error;
    throw refuse("cannot be opened: wrong key, another release, or damaged", error);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
