/**
 * What lies in a folder of references or predictions: label maps side by side, or one folder per case with a mask per structure.
 * Names and sizes only; no volume is opened.
 */
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { SegathlonError } from "@segathlon/errors";
import { isJunkName, isVolumeName } from "../volume-file-name.ts";

/** How one side of an evaluation is laid out. */
export type LabelLayout = "file" | "label-maps" | "structures";

export interface LabelFiles {
  readonly layout: LabelLayout;
  /** Folder that `files` are relative to. */
  readonly root: string;
  /** Volume files with `/` between folders, sorted. */
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

/** Folders below a case that are looked into; deeper ones are no layout that we know, or a loop of links. */
const maxDepth = 8;
const maxEntries = 1_000_000;

/**
 * Lists one side of an evaluation.
 *
 * @throws SegathlonError `SEG001` when the path does not exist or cannot be read, `SEG108` when it holds no volume.
 */
export async function listLabelFiles(root: string): Promise<LabelFiles> {
  const kind = await stat(root).catch((cause: unknown) => {
    throw unreadable(root, cause);
  });
  if (!kind.isDirectory()) {
    return { layout: "file", root: path.dirname(root), files: [path.basename(root)], notes: [] };
  }
  const direct: string[] = [];
  const nested: string[] = [];
  const others: string[] = [];
  let entries = 0;
  const walk = async (folder: string, depth: number): Promise<void> => {
    const found = await readdir(path.join(root, folder), { withFileTypes: true }).catch((cause: unknown) => {
      throw unreadable(path.join(root, folder), cause);
    });
    for (const entry of found.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      entries += 1;
      if (entries > maxEntries)
        throw new SegathlonError("SEG108", `${root}: more than ${maxEntries} entries`, { where: { file: root } });
      if (isJunkName(entry.name)) continue;
      const relative = folder === "" ? entry.name : `${folder}/${entry.name}`;
      const isFolder = entry.isSymbolicLink()
        ? await stat(path.join(root, relative)).then(
            (target) => target.isDirectory(),
            () => false,
          )
        : entry.isDirectory();
      if (isFolder) {
        if (depth < maxDepth) await walk(relative, depth + 1);
      } else if (!isVolumeName(entry.name)) others.push(relative);
      else if (depth === 0) direct.push(relative);
      else nested.push(relative);
    }
  };
  await walk("", 0);
  const notes =
    others.length === 0 ? [] : [`${others.length} files in ${root} are not volumes: ${others.slice(0, 3).join(", ")}`];
  if (direct.length > 0) {
    if (nested.length > 0) notes.push(`${nested.length} volumes in folders inside ${root} are not looked at`);
    return { layout: "label-maps", root, files: direct, notes };
  }
  if (nested.length > 0) return { layout: "structures", root, files: nested, notes };
  const found = others.length === 0 ? "nothing" : others.slice(0, 3).join(", ");
  throw new SegathlonError("SEG108", `${root}: expected volumes (.nii, .nii.gz, .nrrd, .mha), found ${found}`, {
    where: { file: root },
  });
}

function unreadable(file: string, cause: unknown): SegathlonError {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const reason = code === "ENOENT" ? "does not exist" : cause instanceof Error ? cause.message : String(cause);
  return new SegathlonError("SEG001", `${file}: ${reason}`, { where: { file }, cause });
}
