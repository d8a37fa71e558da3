/** One file in an archive, whatever the archive's format. */
import { SegathlonError } from "@segathlon/errors";

export interface ArchiveEntry {
  /** Checked relative name with `/`. */
  readonly name: string;
  /** Expanded size as stated; the content is checked against it. */
  readonly bytes: number;
  /** The content, once, in order; an entry that is not read is passed over. */
  readonly content: () => AsyncIterable<Uint8Array>;
}

/** `SEG111`: the archive is not what it should be. */
export function brokenArchive(archive: string, what: string, cause?: unknown): SegathlonError {
  return new SegathlonError("SEG111", `${archive}: ${what}`, { where: { file: archive }, cause });
}
