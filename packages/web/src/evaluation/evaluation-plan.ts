/**
 * From what a reader dropped and chose to a plan: the same matching, the same protocol and the same notes as `segathlon evaluate`
 * makes of two folders, so that the report is the same file.
 */
import {
  catalogueTask,
  isJunkName,
  isVolumeName,
  matchLabelMaps,
  type Policy,
  type ProtocolOptions,
  protocolFromOptions,
  protocolOfTask,
  type ScoringProtocol,
} from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import { parseTolerances } from "@segathlon/metrics";
import type { EvaluationChoices, EvaluationPlan } from "./evaluation-job.ts";

export interface DroppedFolder {
  readonly folder: string;
  /** Paths below the folder. */
  readonly files: readonly string[];
}

function emptyRule(text: string, field: string): Policy["both_empty"] {
  if (text === "best" || text === "worst" || text === "exclude") return text;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value))
    throw new SegathlonError("SEG107", `${field}: expected best, worst, exclude or a number, found ${text}`);
  return value;
}

/** `tumour=2+3,liver=1` or `1,2`. */
function namedRegions(text: string): Readonly<Record<string, readonly number[]>> {
  const regions: Record<string, number[]> = {};
  for (const part of text.split(",")) {
    const [name = "", labels = name] = part.split("=").map((piece) => piece.trim());
    const values = labels.split("+").map(Number);
    if (name === "" || values.some((value) => !Number.isInteger(value) || value < 1))
      throw new SegathlonError("SEG107", `regions: expected a list such as tumour=2+3,liver=1, found ${part.trim()}`);
    regions[name] = values;
  }
  return regions;
}

export function protocolOf(choices: EvaluationChoices): ScoringProtocol {
  const given = (text: string): boolean => text.trim() !== "";
  const options: ProtocolOptions = {
    ...(given(choices.profile) ? { profile: choices.profile } : {}),
    ...(given(choices.metrics) ? { metrics: choices.metrics } : {}),
    ...(given(choices.tolerance) ? { tolerances: parseTolerances(choices.tolerance) } : {}),
    ...(given(choices.regions) && choices.task === "" ? { regions: namedRegions(choices.regions) } : {}),
    policy: {
      ...(given(choices.bothEmpty) ? { both_empty: emptyRule(choices.bothEmpty, "both empty") } : {}),
      ...(given(choices.oneEmpty) ? { one_empty: emptyRule(choices.oneEmpty, "one empty") } : {}),
    },
  };
  return choices.task === "" ? protocolFromOptions(options) : protocolOfTask(catalogueTask(choices.task), options);
}

interface ListedFolder {
  readonly files: readonly string[];
  readonly notes: readonly string[];
}

/** The volumes of a folder and what is said about the rest, as the command line lists it. */
function listFolder({ folder, files }: DroppedFolder): ListedFolder {
  const kept = files
    .filter((file) => !file.split("/").some((part) => isJunkName(part)))
    .sort((a, b) => (a < b ? -1 : 1));
  const nameOf = (file: string): string => file.split("/").at(-1) ?? "";
  const others = kept.filter((file) => !isVolumeName(nameOf(file)));
  const volumes = kept.filter((file) => isVolumeName(nameOf(file)));
  const direct = volumes.filter((file) => !file.includes("/"));
  const notes =
    others.length === 0
      ? []
      : [`${others.length} files in ${folder} are not volumes: ${others.slice(0, 3).join(", ")}`];
  if (direct.length > 0) {
    const nested = volumes.length - direct.length;
    if (nested > 0) notes.push(`${nested} volumes in folders inside ${folder} are not looked at`);
    return { files: direct, notes };
  }
  if (volumes.length > 0)
    throw new SegathlonError(
      "SEG109",
      `${folder} holds a folder per case; this page scores label maps side by side in one folder`,
      {
        hint: "Use `segathlon evaluate` in a terminal for one mask per structure, or drop the inner folder.",
      },
    );
  throw new SegathlonError(
    "SEG108",
    `${folder}: expected volumes (.nii, .nii.gz, .nrrd, .mha), found ${others.length === 0 ? "nothing" : others.slice(0, 3).join(", ")}`,
  );
}

/**
 * @throws SegathlonError for choices that cannot be used, folders without volumes, and folders without a common case.
 */
export function planEvaluation(
  choices: EvaluationChoices,
  reference: DroppedFolder,
  prediction: DroppedFolder,
): EvaluationPlan {
  const protocol = protocolOf(choices);
  const sides = { reference: listFolder(reference), prediction: listFolder(prediction) };
  // Two single files are a pair, whatever their names.
  const single = reference.files.length === 1 && prediction.files.length === 1;
  const [referenceFile = "", predictionFile = ""] = [sides.reference.files[0], sides.prediction.files[0]];
  const { cases, notes } = single
    ? { cases: [{ name: caseName(referenceFile), reference: referenceFile, prediction: predictionFile }], notes: [] }
    : matchLabelMaps(sides.reference.files, sides.prediction.files);
  return {
    protocol,
    cases: cases.map(({ name, ...rest }) => ({ case: name, ...rest })),
    notes: [...sides.reference.notes, ...sides.prediction.notes, ...notes],
  };
}

function caseName(file: string): string {
  return matchLabelMaps([file], [file]).cases[0]?.name ?? file;
}
