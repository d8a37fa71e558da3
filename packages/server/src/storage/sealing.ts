/**
 * References sealed at rest: AES-256-GCM (NIST SP 800-38D) with a fresh random 96-bit nonce per file.
 *
 * Layout: `SGS1`, 8 bytes of the key's fingerprint, 12 bytes nonce, ciphertext, 16 bytes tag. The place of the reference
 * (benchmark/task/case/revision) is authenticated with it, so that a sealed file cannot be put in another's place. The key lives
 * in the environment or in a file outside the data directory; losing it loses the references.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import { dirname, resolve, sep } from "node:path";
import { SegathlonError } from "@segathlon/errors";

const magic = Buffer.from("SGS1");
const headerBytes = 24;
const tagBytes = 16;

export interface SealingKey {
  readonly bytes: Buffer;
  /** 16 hex digits that name the key without telling it. */
  readonly fingerprint: string;
  /** Where it comes from, for `doctor`. */
  readonly source: string;
}

function keyOf(text: string, source: string): SealingKey {
  const trimmed = text.trim();
  const bytes = /^[0-9a-fA-F]{64}$/.test(trimmed) ? Buffer.from(trimmed, "hex") : Buffer.from(trimmed, "base64");
  if (bytes.length !== 32)
    throw new SegathlonError("SEG417", `the sealing key from ${source} has ${bytes.length} bytes, expected 32`, {
      hint: "Give 64 hexadecimal digits: `openssl rand -hex 32`.",
    });
  const fingerprint = createHash("sha256").update("segathlon-sealing-key").update(bytes).digest("hex").slice(0, 16);
  return { bytes, fingerprint, source };
}

export interface SealingKeyPlace {
  /** SEGATHLON_SEALING_KEY: the key itself. */
  readonly key?: string | undefined;
  /** SEGATHLON_SEALING_KEY_FILE: a file with the key, outside the data directory. */
  readonly file?: string | undefined;
  readonly dataFolder: string | null;
  /** What to do when the file beside the data directory is not there: make one, or do without. */
  readonly absent: "make" | "none";
}

/**
 * Finds the key: environment, named file, else (one-process form) a file beside the data directory, which is made at the first
 * start and never again once something is sealed. null in the fleet form when none is given: such a process can neither seal nor open references.
 */
export function findSealingKey(place: SealingKeyPlace): SealingKey | null {
  if (place.key !== undefined) return keyOf(place.key, "SEGATHLON_SEALING_KEY");
  const file = place.file ?? (place.dataFolder === null ? null : `${resolve(place.dataFolder)}.sealing-key`);
  if (file === null) return null;
  if (place.dataFolder !== null && resolve(file).startsWith(resolve(place.dataFolder) + sep))
    throw new SegathlonError("SEG417", `the sealing key ${file} lies inside the data directory`, {
      hint: "Keep it elsewhere: whoever copies the data directory must not get the key with it.",
    });
  if (!existsSync(file)) {
    if (place.file !== undefined) throw new SegathlonError("SEG417", `there is no sealing key file ${file}`);
    if (place.absent === "none") return null;
    mkdirSync(dirname(file), { recursive: true });
    const descriptor = openSync(file, "wx", 0o600);
    writeSync(descriptor, `${randomBytes(32).toString("hex")}\n`);
    fsyncSync(descriptor);
    closeSync(descriptor);
  }
  if (process.platform !== "win32" && (statSync(file).mode & 0o077) !== 0)
    throw new SegathlonError("SEG417", `the sealing key ${file} can be read by other users`, {
      hint: `chmod 600 ${file}`,
    });
  return keyOf(readFileSync(file, "utf8"), file);
}

/** Seals bytes for one place. */
export function seal(key: SealingKey, place: string, plain: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key.bytes, nonce);
  cipher.setAAD(Buffer.from(place, "utf8"));
  const body = Buffer.concat([cipher.update(plain), cipher.final()]);
  return Buffer.concat([magic, Buffer.from(key.fingerprint, "hex"), nonce, body, cipher.getAuthTag()]);
}

/** Opens what {@link seal} made. Throws `SEG417` for another key, `SEG418` for damaged bytes or another place. */
export function unseal(key: SealingKey, place: string, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
  if (bytes.length < headerBytes + tagBytes || !bytes.subarray(0, 4).equals(magic))
    throw new SegathlonError("SEG418", "a sealed reference is damaged: it does not begin as one");
  const fingerprint = bytes.subarray(4, 12).toString("hex");
  if (fingerprint !== key.fingerprint)
    throw new SegathlonError(
      "SEG417",
      `a reference was sealed with key ${fingerprint}, the key from ${key.source} is ${key.fingerprint}`,
    );
  const decipher = createDecipheriv("aes-256-gcm", key.bytes, bytes.subarray(12, headerBytes));
  decipher.setAAD(Buffer.from(place, "utf8"));
  decipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(headerBytes, bytes.length - tagBytes)), decipher.final()]);
  } catch (cause) {
    throw new SegathlonError("SEG418", "a sealed reference is damaged: its authentication tag does not agree", {
      cause,
    });
  }
}
