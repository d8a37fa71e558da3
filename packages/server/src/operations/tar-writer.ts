/** Writing plain ustar archives (POSIX.1-2001) as a stream. */
import { SegathlonError } from "@segathlon/errors";

/** Header block of a regular file. Names have room for 100 bytes; longer ones are told instead of cut. */
export function tarHeader(name: string, bytes: number): Buffer {
  const header = Buffer.alloc(512);
  if (Buffer.byteLength(name) > 100)
    throw new SegathlonError("SEG107", `${name}: the name is longer than 100 bytes`, {
      hint: "Shorten the names of the folders, or pack a .zip.",
    });
  header.write(name, 0, "utf8");
  header.write("0000644\u00000000000\u00000000000\u0000", 100, "latin1");
  header.write(`${bytes < 8 ** 11 ? `${bytes.toString(8).padStart(11, "0")}\u0000` : ""}`, 124, "latin1");
  // Above 8 GiB the size is written in base 256 (GNU and star).
  if (bytes >= 8 ** 11) {
    header[124] = 0x80;
    header.writeBigUInt64BE(BigInt(bytes), 128);
  }
  header.write("00000000000\u0000        0", 136, "latin1");
  header.write("ustar\u000000", 257, "latin1");
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
  return header;
}

export interface TarFile {
  readonly name: string;
  readonly bytes: number;
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** The bytes of an archive of files. Throws when a file has another length than announced. */
export async function* tarBytes(files: AsyncIterable<TarFile> | Iterable<TarFile>): AsyncGenerator<Uint8Array> {
  for await (const file of files) {
    yield tarHeader(file.name, file.bytes);
    let bytes = 0;
    for await (const chunk of file.content()) {
      bytes += chunk.length;
      yield chunk;
    }
    if (bytes !== file.bytes)
      throw new SegathlonError("SEG001", `${file.name} changed while it was read`, { where: { file: file.name } });
    yield Buffer.alloc((512 - (bytes % 512)) % 512);
  }
  yield Buffer.alloc(1024);
}
