/** How much an archive may ask of us. Checked while reading, never after. */
import { SegathlonError } from "@segathlon/errors";

export interface ArchiveLimits {
  /** Files and folders. */
  readonly maxEntries: number;
  /** Bytes of one expanded entry. */
  readonly maxEntryBytes: number;
  /** Bytes of all expanded entries together. */
  readonly maxExpandedBytes: number;
  /**
   * Most that an archive may expand, as a multiple of its own size, once it has given `ratioFromBytes`. Honest label maps compress
   * a thousandfold, so small archives are not judged by it.
   */
  readonly maxRatio: number;
  readonly ratioFromBytes: number;
}

export const defaultArchiveLimits: ArchiveLimits = {
  maxEntries: 20_000,
  maxEntryBytes: 4 * 1024 ** 3,
  maxExpandedBytes: 64 * 1024 ** 3,
  maxRatio: 250,
  ratioFromBytes: 1024 ** 3,
};

/** Counts expanded bytes of one archive against its limits. */
export class ExpansionMeter {
  readonly #archive: string;
  readonly #limits: ArchiveLimits;
  readonly #packedBytes: number;
  #total = 0;
  #entry = 0;
  #name = "";

  constructor(archive: string, packedBytes: number, limits: ArchiveLimits) {
    this.#archive = archive;
    this.#packedBytes = packedBytes;
    this.#limits = limits;
  }

  /** A new entry begins. */
  start(name: string): void {
    this.#entry = 0;
    this.#name = name;
  }

  /**
   * More bytes have come out.
   *
   * @throws SegathlonError `SEG113` above a limit.
   */
  add(bytes: number): void {
    this.#entry += bytes;
    this.#total += bytes;
    const { maxEntryBytes, maxExpandedBytes, maxRatio, ratioFromBytes } = this.#limits;
    if (this.#entry > maxEntryBytes)
      throw this.#tooLarge(`entry ${this.#name} expands to more than ${maxEntryBytes} bytes`);
    if (this.#total > maxExpandedBytes) throw this.#tooLarge(`it expands to more than ${maxExpandedBytes} bytes`);
    if (this.#total > ratioFromBytes && this.#total > maxRatio * this.#packedBytes) {
      throw this.#tooLarge(`it expands to more than ${maxRatio} times its size`);
    }
  }

  #tooLarge(what: string): SegathlonError {
    return new SegathlonError("SEG113", `${this.#archive}: ${what}`, { where: { file: this.#archive } });
  }
}
