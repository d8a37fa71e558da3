/**
 * A release of a dataset: one public archive, the test labels sealed apart, checksums, a frozen split, licence and attribution, a
 * datasheet, Croissant metadata. Same input, same bytes: no clock, no file times, sorted names.
 */
import { createHash } from "node:crypto";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { Readable } from "node:stream";
import { SegathlonError } from "@segathlon/errors";
import type { CaseFacts } from "../check/case-facts.ts";
import { normalisedLicence } from "../check/check-document.ts";
import { makeCheckReport } from "../check/check-report.ts";
import type { Dataset, DatasetCase } from "../dataset.ts";
import { csvText } from "../formats/sidecar.ts";
import { type CroissantFile, makeCroissant } from "../release/croissant.ts";
import { makeDatasheet } from "../release/datasheet.ts";
import { type FrozenSplit, freezeSplit } from "../release/frozen-split.ts";
import { makeStatistics } from "../statistics/dataset-statistics.ts";
import type { FolderSource } from "./folder-source.ts";
import { inspectDataset } from "./inspect-dataset.ts";
import { type TarEntry, tarStream, type WrittenFile, writeHashed } from "./reproducible-tar.ts";
import { sealingKey, sealLabels } from "./sealed-labels.ts";

export interface PackageOptions {
  /** ISO date of publication; part of the input. */
  readonly date: string;
  readonly version: string;
  readonly creator: string;
  readonly url: string;
  /** Where the key of the sealed labels is, or will be made. Must lie outside of the release. */
  readonly keyFile: string;
  /** `refuse` stops when the checker finds errors. */
  readonly errors: "refuse" | "accept";
  readonly workers?: number;
  readonly onCase?: (done: number, total: number) => void;
}

/** `release.json`. */
export interface ReleaseManifest {
  readonly schema: "segathlon/release@1";
  readonly name: string;
  readonly version: string;
  readonly datePublished: string;
  readonly cases: Readonly<Record<string, number>>;
  readonly splitSha256: string;
  readonly licences: Dataset["licences"];
  /** What the checker found; the messages stand in the report of the check. */
  readonly findings: { readonly errors: number; readonly warnings: number; readonly notes: number };
  /** Public files with size and SHA-256. */
  readonly files: Readonly<Record<string, WrittenFile>>;
  /** The sealed labels: how many cases, nothing about what is in them. */
  readonly sealed: {
    readonly file: string;
    readonly cases: number;
    readonly bytes: number;
    readonly sha256: string;
  } | null;
}

/**
 * Writes a release into `folder`, which must not exist or be empty.
 *
 * @throws SegathlonError SEG210 when the checker finds errors and they are refused, SEG205 when the folder holds something, SEG211 for a key
 * inside the release or a bad date
 */
export async function packageDataset(
  source: FolderSource,
  dataset: Dataset,
  folder: string,
  options: PackageOptions,
): Promise<ReleaseManifest> {
  const target = resolve(folder);
  requireOptions(target, options);
  const present = await readdir(target).catch(() => []);
  if (present.length > 0)
    throw new SegathlonError("SEG205", `${folder} already holds ${present.length} entries`, {
      where: { file: folder },
    });
  const facts = await inspectDataset(source, dataset, {
    statistics: true,
    ...(options.workers === undefined ? {} : { workers: options.workers }),
    ...(options.onCase === undefined ? {} : { onCase: options.onCase }),
  });
  const report = makeCheckReport(dataset, facts);
  if (report.summary.errors > 0 && options.errors === "refuse") {
    const first = report.findings[0];
    throw new SegathlonError(
      "SEG210",
      `${dataset.name} has ${report.summary.errors} errors; the first: ${first?.message ?? ""}`,
      { where: { file: source.name } },
    );
  }
  const split = freezeSplit(dataset, (text) => createHash("sha256").update(text, "utf8").digest("hex"));
  // Everything that is published is made without the labels of test cases.
  const publicDataset: Dataset = { ...dataset, cases: dataset.cases.map(withoutTestLabel), notes: [] };
  const publicFacts = facts.map((one) => (one.split === "test" ? withoutLabelFacts(one) : one));
  const name = safeName(dataset.name);
  await mkdir(target, { recursive: true });
  try {
    return await writeRelease(source, { dataset, publicDataset, publicFacts, split, report, name, target, options });
  } catch (error) {
    await rm(target, { recursive: true, force: true });
    throw error;
  }
}

interface ReleaseParts {
  readonly dataset: Dataset;
  readonly publicDataset: Dataset;
  readonly publicFacts: readonly CaseFacts[];
  readonly split: FrozenSplit;
  readonly report: ReturnType<typeof makeCheckReport>;
  readonly name: string;
  readonly target: string;
  readonly options: PackageOptions;
}

async function writeRelease(source: FolderSource, parts: ReleaseParts): Promise<ReleaseManifest> {
  const { dataset, publicDataset, publicFacts, split, report, name, target, options } = parts;
  const statistics = makeStatistics(publicDataset, publicFacts);
  const files: Record<string, WrittenFile> = {};
  const put = async (file: string, text: string): Promise<void> => {
    files[file] = await writeHashed(join(target, file), Readable.from([Buffer.from(text, "utf8")]));
  };
  const licence = await licenceText(source, dataset);
  const datasheet = makeDatasheet(publicDataset, statistics, split.sha256);
  const attribution = attributionText(dataset);
  const splitText = `${JSON.stringify(split, null, 2)}\n`;
  const entries = await publicEntries(
    source,
    publicDataset,
    { LICENSE: licence, "ATTRIBUTION.md": attribution, "DATASHEET.md": datasheet, "split.json": splitText },
    name,
  );
  const archiveName = `${name}-${safeName(options.version)}.tar`;
  files[archiveName] = await writeHashed(join(target, archiveName), tarStream(entries));
  const casesTable = casesCsv(publicFacts, publicDataset);
  await put("cases.csv", casesTable.text);
  await put("split.json", splitText);
  await put("LICENSE", licence);
  await put("ATTRIBUTION.md", attribution);
  await put("DATASHEET.md", datasheet);
  const described = (file: string, encodingFormat: string, description: string): CroissantFile => ({
    name: file,
    encodingFormat,
    description,
    bytes: files[file]?.bytes ?? 0,
    sha256: files[file]?.sha256 ?? "",
  });
  const croissant = makeCroissant({
    dataset: publicDataset,
    statistics,
    version: options.version,
    datePublished: options.date,
    creator: options.creator,
    url: options.url,
    archive: described(archiveName, "application/x-tar", "All public files"),
    casesTable: described("cases.csv", "text/csv", "One row per case"),
    caseColumns: casesTable.columns,
    others: [
      described("split.json", "application/json", "The frozen split"),
      described("DATASHEET.md", "text/markdown", "Datasheet"),
    ],
  });
  await put("croissant.json", `${JSON.stringify(croissant, null, 2)}\n`);
  const sealed = await seal(source, dataset, target, options, `${dataset.name}/${split.sha256}`);
  const manifest: ReleaseManifest = {
    schema: "segathlon/release@1",
    name: dataset.name,
    version: options.version,
    datePublished: options.date,
    cases: report.dataset.bySplit,
    splitSha256: split.sha256,
    licences: dataset.licences,
    findings: report.summary,
    files: Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))),
    sealed,
  };
  await writeFile(join(target, "release.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  const sums = [...Object.entries(files), ...(sealed === null ? [] : [[sealed.file, sealed] as const])]
    .map(([file, { sha256 }]) => `${sha256}  ${file}\n`)
    .sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1));
  await writeFile(join(target, "SHA256SUMS"), sums.join(""));
  return manifest;
}

function requireOptions(target: string, { date, keyFile }: PackageOptions): void {
  if (!/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/.test(date)) {
    throw new SegathlonError("SEG211", `the date must be written as 2026-01-31, got "${date}"`, {
      where: { field: "date" },
    });
  }
  if (`${resolve(keyFile)}/`.startsWith(`${target}/`)) {
    throw new SegathlonError("SEG211", `the key ${keyFile} would lie inside the release`, {
      where: { field: "key" },
      hint: "Name a key file outside of the release folder.",
    });
  }
}

function withoutTestLabel(one: DatasetCase): DatasetCase {
  if (one.split !== "test") return one;
  const { label: _label, ...rest } = one;
  return rest;
}

function withoutLabelFacts(one: CaseFacts): CaseFacts {
  const { label: _label, grid: _grid, thumbnail: _thumbnail, statistics, ...rest } = one;
  return {
    ...rest,
    overlaps: [],
    problems: rest.problems.filter((problem) => problem.role === "image"),
    ...(statistics === undefined ? {} : { statistics: { ...statistics, labelIntensities: [], foreground: [] } }),
  };
}

function safeName(text: string): string {
  return (
    text
      .normalize("NFKD")
      .replace(/[^A-Za-z0-9._-]+/g, "-")
      .replace(/^[-.]+|[-.]+$/g, "") || "dataset"
  );
}

function labelFiles(one: DatasetCase): string[] {
  if (one.label === undefined) return [];
  return one.label.kind === "label-map" ? [one.label.file] : Object.values(one.label.files);
}

/** Every file of the public part: images, public labels, documents, tables, and the given texts; names start with the release's folder. */
async function publicEntries(
  source: FolderSource,
  dataset: Dataset,
  texts: Readonly<Record<string, string>>,
  folder: string,
): Promise<TarEntry[]> {
  const entries = new Map<string, TarEntry>();
  const add = (entry: TarEntry): void => {
    entries.set(entry.name, entry);
  };
  const onDisk = (file: string): TarEntry => ({
    name: `${folder}/${file}`,
    path: join(source.folder, ...file.split("/")),
  });
  for (const one of dataset.cases) {
    const images = one.image === undefined ? [] : one.image.kind === "one-file" ? [one.image.file] : one.image.files;
    for (const file of [...images, ...labelFiles(one)]) {
      add(onDisk(file));
      // A pair has its voxels in a second file.
      const pair = file.replace(/\.hdr(\.gz)?$/i, ".img$1");
      if (pair !== file && source.files.some(({ path }) => path === pair)) add(onDisk(pair));
    }
  }
  const known = new Set(source.files.map(({ path }) => path));
  for (const file of [
    "splits_final.json",
    "dataset_description.json",
    "derivatives/labels/dataset_description.json",
    "derivatives/labels/dseg.tsv",
    "labels.csv",
    "channels.csv",
    "cases.csv",
    ...dataset.tables.map((table) => table.file),
  ]) {
    if (known.has(file)) add(onDisk(file));
  }
  if (dataset.documentFile !== undefined && dataset.documentFile !== "dataset_description.json") {
    const bytes = await source.read(dataset.documentFile);
    add({ name: `${folder}/${dataset.documentFile}`, bytes: withoutTestEntries(bytes) });
  } else if (!known.has("dataset.json")) {
    add({ name: `${folder}/dataset.json`, bytes: Buffer.from(`${JSON.stringify(plainDocument(dataset), null, 2)}\n`) });
  }
  for (const [file, text] of Object.entries(texts))
    add({ name: `${folder}/${file}`, bytes: Buffer.from(text, "utf8") });
  return [...entries.values()];
}

/** The document without the names of test labels, byte for byte as it was when it names none. */
function withoutTestEntries(bytes: Uint8Array): Uint8Array {
  const json: unknown = JSON.parse(
    Buffer.from(bytes)
      .toString("utf8")
      .replace(/^\uFEFF/, ""),
  );
  if (typeof json !== "object" || json === null) return bytes;
  let changed = false;
  const record = json as Record<string, unknown>;
  for (const key of ["test", "testing"]) {
    const list = record[key];
    if (!Array.isArray(list)) continue;
    record[key] = list.map((entry: unknown) => {
      if (typeof entry !== "object" || entry === null || !("label" in entry)) return entry;
      changed = true;
      const { label: _label, ...rest } = entry as Record<string, unknown>;
      return rest;
    });
  }
  return changed ? Buffer.from(`${JSON.stringify(record, null, 2)}\n`) : bytes;
}

/** A `dataset.json` in the decathlon's words for layouts that have none, with the real paths. */
function plainDocument(dataset: Dataset): Record<string, unknown> {
  const entry = (one: DatasetCase): Record<string, unknown> => ({
    image:
      one.image === undefined
        ? []
        : one.image.kind === "one-file"
          ? `./${one.image.file}`
          : one.image.files.map((file) => `./${file}`),
    ...(one.label?.kind === "label-map" ? { label: `./${one.label.file}` } : {}),
  });
  const of = (split: DatasetCase["split"]): Record<string, unknown>[] =>
    dataset.cases.filter((one) => one.split === split).map(entry);
  return {
    name: dataset.name,
    description: dataset.description,
    reference: dataset.reference,
    licence: dataset.licences[0]?.value ?? "",
    release: dataset.release,
    modality: Object.fromEntries(dataset.channels.map((name, n) => [String(n), name])),
    labels: Object.fromEntries([
      ["0", "background"],
      ...dataset.labels.map(({ value, name }) => [String(value), name]),
    ]),
    numTraining: of("train").length,
    numTest: of("test").length,
    training: of("train"),
    validation: of("validation"),
    test: of("test"),
  };
}

function casesCsv(
  facts: readonly CaseFacts[],
  dataset: Dataset,
): { readonly text: string; readonly columns: string[] } {
  const labels = dataset.labels.map((label) => ({ ...label, column: `${label.name} ml` }));
  const columns = [
    "case",
    "split",
    "orientation",
    "voxels_i",
    "voxels_j",
    "voxels_k",
    "spacing_i_mm",
    "spacing_j_mm",
    "spacing_k_mm",
    ...labels.map((label) => label.column),
  ];
  const rows = facts.map((one) => {
    const file = one.images[0] ?? one.label;
    const volume = (value: number): number | null => {
      if (one.label === undefined) return null;
      return one.label.labels.find((label) => label.value === value)?.volumeMl ?? 0;
    };
    return [
      one.id,
      one.split,
      file?.orientation ?? null,
      ...(file?.geometry.shape ?? [null, null, null]),
      ...(file?.geometry.spacingMm ?? [null, null, null]),
      ...labels.map((label) => volume(label.value)),
    ];
  });
  return { text: csvText(columns, rows), columns };
}

async function licenceText(source: FolderSource, dataset: Dataset): Promise<string> {
  const file = source.files.find(({ path }) => /^(licen[cs]e|copying)(\.(txt|md))?$/i.test(path));
  if (file !== undefined) return Buffer.from(await source.read(file.path, 1024 * 1024)).toString("utf8");
  if (dataset.licences.length === 0)
    return "No licence was stated by the owner. Without one nobody may use the data.\n";
  const lines = dataset.licences.map((one) => `- ${one.value} (stated in ${one.source})`);
  const conflict = new Set(dataset.licences.map((one) => normalisedLicence(one.value))).size > 1;
  return `Licence of ${dataset.name}, as stated by its owner:\n\n${lines.join("\n")}\n${conflict ? "\nThe statements disagree. Ask the owner which one holds.\n" : ""}`;
}

function attributionText(dataset: Dataset): string {
  const shareAlike = dataset.licences.some((one) => /-SA(-|$)/.test(normalisedLicence(one.value)));
  const nonCommercial = dataset.licences.some((one) => /-NC(-|$)/.test(normalisedLicence(one.value)));
  return `# Attribution

Dataset: ${dataset.name}

Source: ${dataset.reference.trim() === "" ? "not stated by the owner" : dataset.reference.trim()}

Licence: ${dataset.licences.map((one) => one.value).join("; ") || "not stated by the owner"}
${shareAlike ? "\nShare alike: what is made from these data must be passed on under the same licence.\n" : ""}${nonCommercial ? "\nNot for commercial use.\n" : ""}`;
}

async function seal(
  source: FolderSource,
  dataset: Dataset,
  target: string,
  options: PackageOptions,
  release: string,
): Promise<ReleaseManifest["sealed"]> {
  const cases = dataset.cases.filter((one) => one.split === "test" && one.label !== undefined);
  if (cases.length === 0) return null;
  const entries = cases.flatMap((one) =>
    labelFiles(one).map((file): TarEntry => ({ name: file, path: join(source.folder, ...file.split("/")) })),
  );
  await mkdir(dirname(resolve(options.keyFile)), { recursive: true });
  const key = await sealingKey(options.keyFile);
  const file = "test-labels.sealed";
  const written = await sealLabels(join(target, basename(file)), entries, key, release);
  return { file, cases: cases.length, ...written };
}
