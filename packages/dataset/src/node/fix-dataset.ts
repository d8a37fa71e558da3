/**
 * Mends what can be mended without judgement. A plan says what would change; carrying it out writes a corrected copy of the dataset, or
 * changes it in place when asked.
 */
import { constants } from "node:fs";
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { SegathlonError } from "@segathlon/errors";
import { compareGeometry, reorientLabelMap, toLabelMap, type Volume, voxelTypeOf } from "@segathlon/volume";
import { readHeaderFile, readVolumeFile, writeVolumeFile } from "@segathlon/volume/node";
import { type Finding, type FindingName, findingKinds } from "../check/finding.ts";
import type { Dataset, DatasetCase } from "../dataset.ts";
import { volumeExtension } from "../file-name.ts";
import type { FolderSource } from "./folder-source.ts";

/** Names that `--fix` takes. */
export const fixNames = (Object.keys(findingKinds) as FindingName[]).filter((name) => "fixable" in findingKinds[name]);

export type FixAction =
  | {
      readonly kind: "rewrite-label";
      readonly file: string;
      readonly image?: string;
      readonly why: readonly FindingName[];
      readonly text: string;
    }
  | { readonly kind: "remove-file"; readonly file: string; readonly why: readonly FindingName[]; readonly text: string }
  | {
      readonly kind: "edit-document";
      readonly file: string;
      readonly why: readonly FindingName[];
      readonly text: string;
    };

export interface FixPlan {
  readonly actions: readonly FixAction[];
  /** Findings of the named kinds that cannot be mended without judgement, and why. */
  readonly left: readonly { readonly finding: Finding; readonly why: string }[];
}

/**
 * What the named fixes would change.
 *
 * @throws SegathlonError SEG207 for a name that is no fix
 */
export function planFixes(dataset: Dataset, findings: readonly Finding[], names: readonly string[]): FixPlan {
  for (const name of names) {
    if ((fixNames as string[]).includes(name)) continue;
    throw new SegathlonError("SEG207", `"${name}" is no fix`, { hint: `The fixes are: ${fixNames.join(", ")}.` });
  }
  const cases = new Map(dataset.cases.map((one) => [one.id, one]));
  const labels = new Map<string, { why: FindingName[]; image?: string }>();
  const documents = new Map<FindingName, Finding[]>();
  const actions: FixAction[] = [];
  const left: { finding: Finding; why: string }[] = [];
  for (const finding of findings) {
    if (!names.includes(finding.name)) continue;
    const one = cases.get(finding.case ?? "");
    switch (finding.name) {
      case "junk-file":
        actions.push({
          kind: "remove-file",
          file: finding.file ?? "",
          why: [finding.name],
          text: `remove ${finding.file}`,
        });
        break;
      case "label-type":
      case "geometry-noise":
      case "geometry-reoriented": {
        const file = one?.label?.kind === "label-map" ? one.label.file : undefined;
        if (file === undefined) {
          left.push({ finding, why: "the case has one file per structure" });
          break;
        }
        const entry = labels.get(file) ?? { why: [] };
        entry.why.push(finding.name);
        const image = one?.image?.kind === "one-file" ? one.image.file : one?.image?.files[0];
        if (finding.name !== "label-type" && image !== undefined) entry.image = image;
        labels.set(file, entry);
        break;
      }
      case "unlisted-case":
        if (one?.image === undefined || (one.split !== "test" && one.label === undefined)) {
          left.push({ finding, why: "image and label map are not both there: remove the file or add the other" });
          break;
        }
        documents.set(finding.name, [...(documents.get(finding.name) ?? []), finding]);
        break;
      default:
        documents.set(finding.name, [...(documents.get(finding.name) ?? []), finding]);
    }
  }
  for (const [file, { why, image }] of labels) {
    const what = why.map((name) =>
      name === "label-type"
        ? "store as whole numbers"
        : name === "geometry-noise"
          ? "take the image's geometry"
          : "store along the image's axes",
    );
    actions.push({
      kind: "rewrite-label",
      file,
      ...(image === undefined ? {} : { image }),
      why,
      text: `${file}: ${what.join(", ")}`,
    });
  }
  if (documents.size > 0 && dataset.documentFile !== undefined) {
    const texts = [...documents.values()]
      .flat()
      .map((finding) => (finding.name === "unlisted-case" ? `list ${finding.case}` : finding.message));
    actions.push({
      kind: "edit-document",
      file: dataset.documentFile,
      why: [...documents.keys()],
      text: `${dataset.documentFile}: mend: ${texts.slice(0, 6).join("; ")}${texts.length > 6 ? `; and ${texts.length - 6} more` : ""}`,
    });
  }
  return { actions, left };
}

/**
 * Carries a plan out. With `target` the whole dataset is copied there with the corrections; without it files change in place, each one
 * through a temporary file.
 *
 * @throws SegathlonError SEG205 when the target holds something
 */
export async function applyFixes(
  source: FolderSource,
  dataset: Dataset,
  plan: FixPlan,
  target?: string,
): Promise<void> {
  const folder = target === undefined ? source.folder : resolve(target);
  if (target !== undefined) {
    const present = await readdir(folder).catch(() => []);
    if (present.length > 0)
      throw new SegathlonError("SEG205", `${target} already holds ${present.length} entries`, {
        where: { file: target },
      });
    const removed = new Set(
      plan.actions.filter((action) => action.kind === "remove-file").map((action) => action.file),
    );
    for (const { path } of source.files) {
      if (removed.has(path)) continue;
      const to = join(folder, ...path.split("/"));
      await mkdir(dirname(to), { recursive: true });
      // Where the file system can share blocks, the copy costs nothing.
      await copyFile(join(source.folder, ...path.split("/")), to, constants.COPYFILE_FICLONE);
    }
  }
  for (const action of plan.actions) {
    const path = join(folder, ...action.file.split("/"));
    if (action.kind === "remove-file") await rm(path, { force: true });
    else if (action.kind === "rewrite-label")
      await rewriteLabel(path, action.image === undefined ? undefined : join(folder, ...action.image.split("/")));
    else await editDocument(path, dataset, action.why);
  }
}

async function rewriteLabel(path: string, imagePath: string | undefined): Promise<void> {
  const volume = await readVolumeFile(path);
  let labelMap = toLabelMap(volume, path);
  let geometry = volume.geometry;
  if (imagePath !== undefined) {
    const image = await readHeaderFile(imagePath);
    const comparison = compareGeometry(image.geometry, labelMap.geometry);
    if (comparison.kind === "reoriented") labelMap = reorientLabelMap(labelMap, comparison.transform);
    if (comparison.kind !== "mismatch") geometry = image.geometry;
  }
  const mended: Volume = {
    ...volume,
    geometry,
    data: labelMap.labels,
    voxelType: voxelTypeOf(labelMap.labels),
    slope: 1,
    intercept: 0,
  };
  const extension = volumeExtension(path);
  const writable = extension === ".nii" || extension === ".nii.gz" || extension === ".nrrd";
  if (!writable)
    throw new SegathlonError("SEG212", `${path}: label maps can be rewritten as .nii, .nii.gz and .nrrd only`, {
      where: { file: path },
    });
  await writeVolumeFile(path, mended);
}

/** Changes keys and values of the document and nothing else: order and indentation stay. */
async function editDocument(path: string, dataset: Dataset, why: readonly FindingName[]): Promise<void> {
  const text = await readFile(path, "utf8");
  const indent = /\n(\s+)"/.exec(text)?.[1] ?? "  ";
  let entries = Object.entries(JSON.parse(text) as Record<string, unknown>);
  if (why.includes("misspelt-key")) {
    entries = entries.map(([key, value]) => [
      key === "relase" ? "release" : key,
      key === "labels" ? withoutTypos(value) : value,
    ]);
  }
  const json = Object.fromEntries(entries);
  if (why.includes("unlisted-case")) {
    const list = (key: string): unknown[] => (Array.isArray(json[key]) ? (json[key] as unknown[]) : []);
    for (const one of dataset.cases.filter((other) => !other.listed)) {
      const entry = listEntry(one);
      if (entry === undefined) continue;
      const key = one.split === "train" ? "training" : one.split;
      json[key] = [...list(key), entry];
    }
  }
  if (why.includes("count-mismatch") || why.includes("unlisted-case")) {
    const length = (key: string): number =>
      Array.isArray(json[key])
        ? (json[key] as unknown[]).length
        : dataset.cases.filter((one) => one.split === "train").length;
    if ("numTraining" in json) json.numTraining = length("training");
    if ("numTest" in json) json.numTest = length("test");
  }
  const temporary = `${path}.partial`;
  await writeFile(temporary, `${JSON.stringify(json, null, indent)}\n`);
  await rename(temporary, path);
}

function withoutTypos(labels: unknown): unknown {
  if (typeof labels !== "object" || labels === null) return labels;
  return Object.fromEntries(Object.entries(labels).map(([key, name]) => [key, name === "arota" ? "aorta" : name]));
}

function listEntry(one: DatasetCase): unknown {
  if (one.image?.kind !== "one-file") return undefined;
  if (one.split === "test") return `./${one.image.file}`;
  if (one.label?.kind !== "label-map") return undefined;
  return { image: `./${one.image.file}`, label: `./${one.label.file}` };
}
