/** Validation of predictions on disk: a folder, an archive or one file. */
import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Geometry } from "@segathlon/volume";
import { readHeaderFile, readLabelMapFile } from "@segathlon/volume/node";
import { labelsPresent } from "../labels-present.ts";
import {
  imageCases,
  unreadablePrediction,
  type ValidationFinding,
  type ValidationTask,
  validateLabelUse,
  validateNames,
  validatePrediction,
} from "../validate-prediction.ts";
import { isJunkName, isVolumeName, looseName } from "../volume-file-name.ts";
import { receiveSubmission } from "./intake/submission-intake.ts";
import { listLabelFiles } from "./label-files.ts";

export interface ValidationReport {
  readonly schema: "segathlon/validation@1";
  readonly task: string;
  readonly predictions: number;
  readonly findings: readonly ValidationFinding[];
}

export interface ValidateOptions {
  /** Folder of images: case names that must be there, and their grids (headers only). */
  readonly images?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number, name: string) => void;
}

/** All files below a folder with `/` between names, at most `limit`. */
async function filesBelow(root: string, limit = 200_000): Promise<string[]> {
  const files: string[] = [];
  const walk = async (folder: string, depth: number): Promise<void> => {
    for (const entry of await readdir(path.join(root, folder), { withFileTypes: true })) {
      if (isJunkName(entry.name) || files.length >= limit) continue;
      const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) {
        if (depth < 8) await walk(name, depth + 1);
      } else files.push(name);
    }
  };
  await walk("", 0);
  return files.sort();
}

/** Names of a set of predictions, and where each lies. */
interface PredictionSet {
  readonly names: readonly string[];
  readonly pathOf: (name: string) => string;
  /** What archives report before any name is looked at: two files for one case. */
  readonly findings: readonly ValidationFinding[];
}

/** A folder or a file where it lies; an archive unpacked into `scratch`. */
async function predictionSet(source: string, task: ValidationTask, scratch: string): Promise<PredictionSet> {
  const found = await stat(source).catch(() => null);
  if (found?.isFile() && !isVolumeName(path.basename(source))) {
    const { predictions, ignored, problems } = await receiveSubmission(source, { tasks: [task], to: scratch });
    const paths = new Map(predictions.map((own) => [own.name, own.path] as const));
    return {
      names: [...paths.keys(), ...ignored.map(({ file }) => file)],
      pathOf: (name) => paths.get(name) ?? path.join(scratch, "absent"),
      findings: problems.map((problem) => ({ severity: "error", ...problem })),
    };
  }
  const { root, files } = await listLabelFiles(source);
  return {
    names: found?.isDirectory() ? await filesBelow(root) : files,
    pathOf: (name) => path.join(root, ...name.split("/")),
    findings: [],
  };
}

/**
 * Checks predictions against a task: a folder, an archive (.zip, .tar, .tar.gz) as it would be submitted, or one file.
 *
 * @throws SegathlonError `SEG001` for a path that does not exist, `SEG108` for a folder without volumes, `SEG111` to `SEG113` for
 * an archive that would be refused. Whatever is wrong with single predictions is a finding.
 */
export async function validateFolder(
  predictions: string,
  task: ValidationTask,
  options: ValidateOptions = {},
): Promise<ValidationReport> {
  const scratch = await mkdtemp(path.join(tmpdir(), "segathlon-validate-"));
  try {
    return await validateSet(await predictionSet(predictions, task, scratch), task, options);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function validateSet(
  set: PredictionSet,
  task: ValidationTask,
  options: ValidateOptions,
): Promise<ValidationReport> {
  const images = options.images === undefined ? null : await listLabelFiles(options.images);
  const cases = images === null ? null : imageCases(images.files);
  const names = validateNames(set.names, task, cases === null ? null : [...cases.keys()]);
  const findings = [...set.findings, ...names.findings];
  const looseImages = new Map([...(cases ?? [])].map(([name, file]) => [looseName(name), file] as const));
  const seen = new Set<number>();
  let done = 0;
  for (const placed of names.predictions) {
    options.signal?.throwIfAborted();
    options.onProgress?.(done, names.predictions.length, placed.case);
    try {
      const labelMap = await readLabelMapFile(set.pathOf(placed.file), { fileName: placed.file });
      for (const label of labelsPresent(labelMap.labels)) seen.add(label);
      const image = images === null ? undefined : looseImages.get(looseName(placed.case));
      const geometry: Geometry | undefined =
        images === null || image === undefined
          ? undefined
          : (await readHeaderFile(path.join(images.root, ...image.split("/")))).geometry;
      findings.push(...validatePrediction({ ...placed, labelMap, ...(geometry ? { image: geometry } : {}) }, task));
    } catch (error) {
      findings.push(unreadablePrediction(error, placed));
    }
    done += 1;
  }
  options.onProgress?.(done, names.predictions.length, "");
  findings.push(...validateLabelUse(seen, task, names.predictions.length));
  return { schema: "segathlon/validation@1", task: task.id, predictions: names.predictions.length, findings };
}
