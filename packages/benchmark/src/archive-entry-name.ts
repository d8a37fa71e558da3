/**
 * Names inside archives. An archive is never unpacked by its names, but names become case names, messages and cells, and what
 * is read here may be written elsewhere by others: a name that means something else on some system is refused, not cleaned.
 */
import { SegathlonError } from "@segathlon/errors";

const maxNameBytes = 1024;
const maxPartBytes = 255;
const maxDepth = 12;

/** Device names that Windows opens whatever the folder and the ending. */
const reserved = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;

/** Characters that are not printed or that turn the direction of what follows. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const hidden = /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/;

/** Why a name is not accepted, or null. Directories end with `/`. */
export function entryNameFault(name: string): string | null {
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  if (name === "") return "the name is empty";
  if (bytes(name) > maxNameBytes) return `the name is longer than ${maxNameBytes} bytes`;
  if (hidden.test(name)) return "the name holds control or direction characters";
  if (name.includes("\ufffd")) return "the name is not valid UTF-8";
  if (name.includes("\\")) return "the name holds a backslash";
  if (name.startsWith("/")) return "the name is absolute";
  if (/^[A-Za-z]:/.test(name)) return "the name starts with a drive letter";
  const parts = (name.endsWith("/") ? name.slice(0, -1) : name).split("/");
  if (parts.length > maxDepth) return `the name is deeper than ${maxDepth} folders`;
  for (const part of parts) {
    if (part === "..") return "the name leads out of the archive (..)";
    if (part === "" || part === ".") return "the name has an empty part";
    if (bytes(part) > maxPartBytes) return `a part of the name is longer than ${maxPartBytes} bytes`;
    if (/[. ]$/.test(part)) return "a part of the name ends with a dot or a space";
    if (part.includes(":")) return "the name holds a colon";
    if (reserved.test(part)) return `${part} is a device name on some systems`;
  }
  return null;
}

/** A name as it can be shown: hidden characters as their code, long ones cut. */
export function printableName(name: string): string {
  const shown = name.length > 120 ? `${name.slice(0, 117)}...` : name;
  return shown.replace(
    new RegExp(hidden.source, "g"),
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** Leaves `./` at the start out, as tar writes it. */
export function withoutDotSlash(name: string): string {
  return name.replace(/^(\.\/)+/, "");
}

/** Two names with one key are one file on some systems: they differ only in case or in Unicode composition. */
function collisionKey(name: string): string {
  return name.normalize("NFC").toLowerCase().normalize("NFC");
}

/** Collects the names of one archive and refuses what cannot live side by side. */
export class EntryNames {
  readonly #seen = new Map<string, string>();
  readonly #archive: string;
  readonly #maxEntries: number;
  #count = 0;

  constructor(archive: string, maxEntries: number) {
    this.#archive = archive;
    this.#maxEntries = maxEntries;
  }

  /**
   * Takes the next name.
   *
   * @throws SegathlonError `SEG112` for an unsafe or colliding name, `SEG113` above the number of entries.
   */
  add(name: string): void {
    this.#count += 1;
    if (this.#count > this.#maxEntries) {
      throw new SegathlonError("SEG113", `${this.#archive}: more than ${this.#maxEntries} entries`, {
        where: { file: this.#archive },
      });
    }
    const fault = entryNameFault(name);
    if (fault !== null) throw unsafeEntry(this.#archive, name, fault);
    if (name.endsWith("/")) return;
    const key = collisionKey(name);
    const other = this.#seen.get(key);
    if (other === name) throw unsafeEntry(this.#archive, name, "the name comes twice");
    if (other !== undefined) {
      throw unsafeEntry(
        this.#archive,
        name,
        `the same file as ${printableName(other)} on systems that ignore case or composition`,
      );
    }
    this.#seen.set(key, name);
  }
}

/** `SEG112` about one entry. */
export function unsafeEntry(archive: string, name: string, fault: string): SegathlonError {
  return new SegathlonError("SEG112", `${archive}: entry ${printableName(name)}: ${fault}`, {
    where: { file: archive },
  });
}
