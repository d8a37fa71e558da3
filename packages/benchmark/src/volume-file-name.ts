/**
 * Case names from file names: the name without the endings of volume formats. Pure text; whether a file really is a volume is
 * found out by reading it.
 */

/** Longest first, so that `.nii.gz` is not taken for `.gz`. A `.seg.nrrd` of 3D Slicer is a label map like any other. */
const endings = [
  ".seg.nrrd",
  ".nii.gz",
  ".hdr.gz",
  ".img.gz",
  ".nrrd",
  ".nhdr",
  ".nii",
  ".hdr",
  ".img",
  ".mha",
  ".mhd",
  ".dcm",
] as const;

/** Endings of files that belong to a header beside them (`.hdr` + `.img`). */
const voxelEndings = [".img", ".img.gz"];

/** Junk that archivers and file managers leave behind; never a case. */
export function isJunkName(fileName: string): boolean {
  return (
    fileName.startsWith(".") ||
    fileName === "__MACOSX" ||
    /^(desktop\.ini|thumbs\.db)$/i.test(fileName) ||
    fileName.endsWith("~")
  );
}

/** The file name without folders; `/` separates. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** The volume ending of a file name in lower case, or null where there is none. */
export function volumeEnding(fileName: string): string | null {
  const lower = fileName.toLowerCase();
  return endings.find((ending) => lower.endsWith(ending) && lower.length > ending.length) ?? null;
}

/** Whether a file name ends like a volume and is not junk. */
export function isVolumeName(fileName: string): boolean {
  return !isJunkName(fileName) && volumeEnding(fileName) !== null;
}

/**
 * Case (or structure) name of a file: its base name without the volume ending.
 *
 * @example
 * ```ts
 * caseNameOf("labelsTs/spleen_15.nii.gz"); // "spleen_15"
 * ```
 */
export function caseNameOf(path: string): string {
  const name = baseName(path);
  return name.slice(0, name.length - (volumeEnding(name)?.length ?? 0));
}

/** Leaves out the voxel half of `.hdr`/`.img` pairs: the pair is opened by its header. */
export function withoutVoxelHalves(paths: readonly string[]): string[] {
  const headers = new Set(
    paths.filter((path) => /\.hdr(\.gz)?$/i.test(path)).map((path) => path.replace(/\.hdr(\.gz)?$/i, "")),
  );
  return paths.filter((path) => {
    const ending = volumeEnding(baseName(path));
    if (ending === null || !voxelEndings.includes(ending)) return true;
    return !headers.has(path.slice(0, -ending.length));
  });
}

/** Names compare equal when they differ only in `-` and `_`. */
export function looseName(name: string): string {
  return name.replaceAll("-", "_");
}

/** Sorts `liver_2` before `liver_10`; the same on every machine and in every language. */
export function compareNames(a: string, b: string): number {
  const pattern = /(\d+)|(\D+)/g;
  const left = a.match(pattern) ?? [];
  const right = b.match(pattern) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const [x = "", y = ""] = [left[i], right[i]];
    if (x === y) continue;
    const numeric = /^\d/.test(x) && /^\d/.test(y);
    const [p, q] = [x.replace(/^0+(?=\d)/, ""), y.replace(/^0+(?=\d)/, "")];
    if (numeric && p.length !== q.length) return p.length - q.length;
    if (numeric && p !== q) return p < q ? -1 : 1;
    if (!numeric) return x < y ? -1 : 1;
  }
  if (left.length !== right.length) return left.length - right.length;
  return a < b ? -1 : a > b ? 1 : 0;
}
