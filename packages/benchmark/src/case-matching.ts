/**
 * Which prediction belongs to which reference, by name. Names are equal when they are the same, or when they differ only in `-`
 * and `_` and nothing else claims them; the second kind is said in the notes. Nothing is dropped: a reference without a
 * prediction is a case of its own, a prediction without a reference is a note, and two files for one name are a refused case.
 */
import { type Problem, SegathlonError } from "@segathlon/errors";
import { baseName, caseNameOf, compareNames, isVolumeName, looseName, withoutVoxelHalves } from "./volume-file-name.ts";

/** Files of one case, or of one structure of a case. null: there is none. */
export interface MatchedFiles {
  readonly name: string;
  readonly reference: string | null;
  readonly prediction: string | null;
  /** Two files for one name: nothing of it is scored. */
  readonly problem?: Problem;
  /** Which side has the two files. */
  readonly failedSide?: "reference" | "prediction";
}

/** A case of two trees with one mask per structure. */
export interface MatchedStructures {
  readonly case: string;
  readonly structures: readonly MatchedFiles[];
}

export interface Matching<T> {
  readonly cases: readonly T[];
  readonly notes: readonly string[];
}

/** What a name stands for in messages. */
type Noun = "case" | "structure";

function few(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}

function groupByName(files: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const file of withoutVoxelHalves(files)) {
    const name = caseNameOf(file);
    const group = groups.get(name);
    if (group) group.push(file);
    else groups.set(name, [file]);
  }
  return groups;
}

function twoFiles(noun: Noun, name: string, files: readonly string[]): Problem {
  return new SegathlonError(
    "SEG103",
    `${noun} ${name}: expected one file, found ${files.length}: ${files.join(", ")}`,
    {
      where: { case: name, ...(files[0] === undefined ? {} : { file: files[0] }) },
    },
  ).toProblem();
}

/** The names of a side under one loose name that have no exact partner on the other side. */
function byLooseName(names: Iterable<string>): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(looseName(name), [...(groups.get(looseName(name)) ?? []), name]);
  return groups;
}

type FilesByName = ReadonlyMap<string, readonly string[]>;

interface NameMatching {
  readonly cases: readonly MatchedFiles[];
  /** `reference = prediction` for names that differ in `-` and `_`. */
  readonly loose: readonly string[];
  /** Prediction names that no reference claims. */
  readonly extra: readonly string[];
  /** `reference and prediction` that look the same but are not. */
  readonly alike: readonly string[];
}

function matchNames(references: FilesByName, predictions: FilesByName, noun: Noun): NameMatching {
  const loosePredictions = byLooseName([...predictions.keys()].filter((name) => !references.has(name)));
  const looseReferences = byLooseName(references.keys());
  const loose: string[] = [];
  const used = new Set<string>();
  const cases: MatchedFiles[] = [];
  for (const [name, own] of [...references].sort(([a], [b]) => compareNames(a, b))) {
    const exact = predictions.get(name);
    const rivals = looseReferences.get(looseName(name)) ?? [];
    // A loose partner is taken only where this reference is the only one that could claim it.
    const partners = rivals.length === 1 ? (loosePredictions.get(looseName(name)) ?? []) : [];
    const files = [...(exact ?? []), ...partners.flatMap((partner) => predictions.get(partner) ?? [])];
    if (exact) used.add(name);
    for (const partner of partners) {
      used.add(partner);
      loose.push(`${name} = ${partner}`);
    }
    const [reference = null] = own;
    const [prediction = null] = files;
    if (own.length > 1) {
      cases.push({
        name,
        reference: null,
        prediction: null,
        problem: twoFiles(noun, name, own),
        failedSide: "reference",
      });
    } else if (files.length > 1) {
      cases.push({ name, reference, prediction: null, problem: twoFiles(noun, name, files), failedSide: "prediction" });
    } else cases.push({ name, reference, prediction });
  }
  const extra = [...predictions.keys()].filter((name) => !used.has(name)).sort(compareNames);
  return { cases, loose, extra, alike: alikeNames(cases, extra) };
}

/** Pairs that look the same to a person: macOS stores accents as characters of their own, and some disks ignore capital letters. */
function alikeNames(cases: readonly MatchedFiles[], extra: readonly string[]): string[] {
  const plain = (name: string): string => name.normalize("NFC").toLowerCase();
  const alone = new Map(cases.filter(({ prediction }) => prediction === null).map(({ name }) => [plain(name), name]));
  return extra.flatMap((name) => {
    const reference = alone.get(plain(name));
    return reference === undefined ? [] : [`${reference} and ${name}`];
  });
}

function alikeNote(noun: Noun, alike: readonly string[]): string[] {
  if (alike.length === 0) return [];
  return [`${noun} names differ only in capital letters or in how accents are stored, rename one side: ${few(alike)}`];
}

function looseNote(noun: Noun, loose: readonly string[]): string[] {
  return loose.length === 0 ? [] : [`${noun} names matched with - and _ taken as equal: ${few(loose)}`];
}

function extraNote(noun: Noun, extra: readonly string[]): string[] {
  if (extra.length === 0) return [];
  const nouns = extra.length === 1 ? noun : `${noun}s`;
  return [`${extra.length} prediction ${nouns} without a reference, not scored: ${few(extra)}`];
}

/**
 * Matches two folders of label maps.
 *
 * @throws SegathlonError `SEG102` when not one case name is common to both.
 */
export function matchLabelMaps(
  referenceFiles: readonly string[],
  predictionFiles: readonly string[],
): Matching<MatchedFiles> {
  const references = groupByName(referenceFiles.filter((file) => isVolumeName(baseName(file))));
  const predictions = groupByName(predictionFiles.filter((file) => isVolumeName(baseName(file))));
  const { cases, loose, extra, alike } = matchNames(references, predictions, "case");
  if (cases.every(({ prediction, problem }) => prediction === null && problem === undefined)) {
    throw noCommonCases([...references.keys()], [...predictions.keys()]);
  }
  return { cases, notes: [...looseNote("case", loose), ...extraNote("case", extra), ...alikeNote("case", alike)] };
}

function noCommonCases(references: readonly string[], predictions: readonly string[]): SegathlonError {
  const channelSuffix = predictions.some((name) => references.includes(name.replace(/_\d{4}$/, "")));
  return new SegathlonError(
    "SEG102",
    `no case name is common to both sides: the references are ${few(references)}; the predictions are ${few(predictions)}`,
    channelSuffix
      ? { hint: "Remove the channel suffix (_0000) from the names of the predictions: only images have it." }
      : {},
  );
}

/** `<case>/**\/<structure>.<ending>`, split. Where a case has a folder `segmentations`, only what lies in it is a structure. */
function byCase(files: readonly string[]): { cases: Map<string, string[]>; beside: string[] } {
  const cases = new Map<string, string[]>();
  for (const file of files) {
    const slash = file.indexOf("/");
    if (slash <= 0) continue;
    const name = file.slice(0, slash);
    cases.set(name, [...(cases.get(name) ?? []), file]);
  }
  const beside: string[] = [];
  for (const [name, own] of cases) {
    const inside = own.filter((file) => file.split("/").slice(1, -1).includes("segmentations"));
    if (inside.length === 0 || inside.length === own.length) continue;
    cases.set(name, inside);
    beside.push(...own.filter((file) => !inside.includes(file)));
  }
  return { cases, beside };
}

/**
 * Matches two trees with one mask per structure. The structures scored are those of the whole reference tree: one that a single
 * case lacks is reported there as missing, not left out.
 *
 * @throws SegathlonError `SEG102` when not one case name is common to both.
 */
export function matchStructureTrees(
  referenceFiles: readonly string[],
  predictionFiles: readonly string[],
): Matching<MatchedStructures> {
  const references = byCase(referenceFiles.filter((file) => isVolumeName(baseName(file))));
  const predictions = byCase(predictionFiles.filter((file) => isVolumeName(baseName(file))));
  const structures = distinctStructures([...references.cases.values()].flat());
  // A case folder takes part under its own name, as if it were its only file.
  const named = (cases: Map<string, string[]>): FilesByName => new Map([...cases.keys()].map((name) => [name, [name]]));
  const folders = matchNames(named(references.cases), named(predictions.cases), "case");
  if (folders.cases.every(({ prediction, problem }) => prediction === null && problem === undefined)) {
    throw noCommonCases([...references.cases.keys()], [...predictions.cases.keys()]);
  }
  const notes = new Set([...looseNote("case", folders.loose), ...extraNote("case", folders.extra)]);
  const beside = [...references.beside, ...predictions.beside];
  if (beside.length > 0) notes.add(`files beside the folder segmentations are not structures: ${few(beside)}`);
  const cases = folders.cases.map(({ name, prediction, problem, failedSide }): MatchedStructures => {
    if (problem) {
      const none = { reference: null, prediction: null, problem, ...(failedSide ? { failedSide } : {}) };
      return { case: name, structures: structures.map((structure) => ({ name: structure, ...none })) };
    }
    const own = groupByName(references.cases.get(name) ?? []);
    const theirs = groupByName(prediction === null ? [] : (predictions.cases.get(prediction) ?? []));
    const matched = matchNames(own, theirs, "structure");
    for (const note of looseNote("structure", matched.loose)) notes.add(note);
    for (const note of extraNote("structure", matched.extra)) notes.add(`case ${name}: ${note}`);
    const byName = new Map(matched.cases.map((files) => [looseName(files.name), files] as const));
    return {
      case: name,
      structures: structures.map((structure): MatchedFiles => {
        const files = byName.get(looseName(structure));
        if (files) return { ...files, name: structure };
        const orphan = matched.extra.find((extra) => looseName(extra) === looseName(structure));
        const file = orphan === undefined ? undefined : theirs.get(orphan)?.[0];
        return { name: structure, reference: null, prediction: file ?? null };
      }),
    };
  });
  return { cases, notes: [...notes] };
}

/** Every structure of a tree once, under the first of its spellings, in natural order. */
function distinctStructures(files: readonly string[]): string[] {
  const spellings = new Map<string, string>();
  for (const name of files.map(caseNameOf).sort(compareNames)) {
    if (!spellings.has(looseName(name))) spellings.set(looseName(name), name);
  }
  return [...spellings.values()];
}
