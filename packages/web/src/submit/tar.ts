/**
 * A tar archive (POSIX ustar) of dropped files as a Blob. The browser keeps the parts as references to the files on disk, so an
 * archive of any size costs no memory and can be uploaded resumably.
 */

const blockBytes = 512;
const encoder = new TextEncoder();

export interface TarEntry {
  /** At most 100 bytes for the last part and 155 for the folders. */
  readonly path: string;
  readonly file: Blob;
}

function header(path: string, bytes: number): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(blockBytes);
  const put = (text: string, at: number, length: number): void => {
    const encoded = encoder.encode(text);
    if (encoded.length > length) throw new RangeError(`tar: ${path} is too long for an archive; rename the file`);
    block.set(encoded, at);
  };
  const slash = path.lastIndexOf("/");
  put(slash < 0 ? path : path.slice(slash + 1), 0, 100);
  put("0000644\0", 100, 8);
  put("0000000\0", 108, 8);
  put("0000000\0", 116, 8);
  // Sizes of 8 GiB and more do not fit eleven octal digits.
  if (bytes >= 8 ** 11) throw new RangeError(`tar: ${path} has ${bytes} bytes, too many for one file`);
  put(`${bytes.toString(8).padStart(11, "0")}\0`, 124, 12);
  put("00000000000\0", 136, 12);
  put("        ", 148, 8);
  put("0", 156, 1);
  put("ustar\x0000", 257, 8);
  if (slash > 0) put(path.slice(0, slash), 345, 155);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148, 8);
  return block;
}

/** Builds the archive. The same files give the same bytes. */
export function tarBlob(entries: readonly TarEntry[]): Blob {
  const parts: BlobPart[] = [];
  for (const { path, file } of entries) {
    parts.push(header(path, file.size), file);
    const rest = file.size % blockBytes;
    if (rest > 0) parts.push(new Uint8Array(blockBytes - rest));
  }
  parts.push(new Uint8Array(2 * blockBytes));
  return new Blob(parts, { type: "application/x-tar" });
}
