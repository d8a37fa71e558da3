/** What names of files say: volume extensions, case names, junk, and the order in which people number things. */

const extensions = [".nii.gz", ".nii", ".nrrd", ".seg.nrrd", ".mha", ".mhd", ".hdr", ".img", ".hdr.gz", ".img.gz"];

/** The extension of a volume file in lower case (`.nii.gz`), or undefined when it is none. */
export function volumeExtension(path: string): string | undefined {
  const lower = path.toLowerCase();
  return extensions.filter((extension) => lower.endsWith(extension)).sort((a, b) => b.length - a.length)[0];
}

/** Last part of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** All but the last part of a path; empty at the root. */
export function folderName(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf("/")));
}

/** The file's name without its volume extension. */
export function stem(path: string): string {
  const name = baseName(path);
  return name.slice(0, name.length - (volumeExtension(name)?.length ?? 0));
}

/** Files that operating systems leave behind. */
export function isJunkFile(path: string): boolean {
  const parts = path.split("/");
  const name = parts.at(-1) ?? "";
  return (
    name.startsWith("._") ||
    parts.includes("__MACOSX") ||
    /^(\.DS_Store|Thumbs\.db|desktop\.ini|\.localized)$/i.test(name) ||
    /(~|\.tmp|\.bak|\.swp|\.part|\.crdownload)$/i.test(name)
  );
}

/** Hidden files are passed over in silence (`.gitattributes`). */
export function isHiddenFile(path: string): boolean {
  return path.split("/").some((part) => part.startsWith(".") && part !== "." && part !== "..");
}

/** Control characters have no place in names: they forge log lines and hide endings. */
export function hasControlCharacter(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (text.charCodeAt(i) < 32 || text.charCodeAt(i) === 127) return true;
  return false;
}

/** Order in which `case_2` stands before `case_10`; equal numbers by length, so that the order is total. */
export function naturalOrder(a: string, b: string): number {
  const left = a.match(/\d+|\D+/g) ?? [];
  const right = b.match(/\d+|\D+/g) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const p = left[i] as string;
    const q = right[i] as string;
    if (p === q) continue;
    if (/^\d/.test(p) && /^\d/.test(q)) {
      const x = p.replace(/^0+(?=\d)/, "");
      const y = q.replace(/^0+(?=\d)/, "");
      if (x.length !== y.length) return x.length - y.length;
      if (x !== y) return x < y ? -1 : 1;
      return p.length - q.length;
    }
    return p < q ? -1 : 1;
  }
  return left.length - right.length || (a < b ? -1 : a > b ? 1 : 0);
}

/**
 * A path of a document as a path of the source: no leading `./` or `/`, `/` between parts. Undefined when it leads outside.
 */
export function documentPath(path: string): string | undefined {
  if (hasControlCharacter(path)) return undefined;
  const parts: string[] = [];
  for (const part of path.replaceAll("\\", "/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." || /^[A-Za-z]:$/.test(part)) return undefined;
    parts.push(part);
  }
  return parts.length === 0 ? undefined : parts.join("/");
}
