/** `segathlon info FILE`: what a volume is: header, geometry, orientation, labels or values. */
import { SegathlonError } from "@segathlon/errors";
import {
  countLabels,
  type Geometry,
  type LabelArray,
  labelMapVolume,
  labelNames,
  orientationCodes,
  scaledValues,
  toLabelMap,
  transformDisagreementMm,
  type Volume,
  type VolumeFormat,
  type VolumeHeader,
  voxelVolumeMm3,
} from "@segathlon/volume";
import { readDicomSegmentation, readHeaderFile, readVolumeFile } from "@segathlon/volume/node";
import { Command } from "commander";
import pc from "picocolors";

interface LabelRow {
  readonly label: number;
  readonly name?: string;
  readonly voxels: number;
  /** Voxels times the volume of a voxel by the spacing, in millilitres. */
  readonly ml: number;
}

interface ValueSummary {
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
  readonly nonFinite: number;
}

interface Information {
  readonly file: string;
  readonly header: VolumeHeader;
  readonly orientation: string;
  readonly labels: readonly LabelRow[] | null;
  readonly values: ValueSummary | null;
  readonly notes: readonly string[];
}

interface Options {
  readonly json?: boolean;
  readonly headerOnly?: boolean;
  readonly labels?: boolean;
}

const formatNames: Readonly<Record<VolumeFormat, string>> = {
  nifti1: "NIfTI-1",
  nifti2: "NIfTI-2",
  analyze: "Analyze 7.5",
  nrrd: "NRRD",
  metaimage: "MetaImage",
  dicom: "DICOM series",
  "dicom-seg": "DICOM SEG",
};

/** The command; loaded when `segathlon info` is called. */
export function infoCommand(): Command {
  return new Command("info")
    .description("header, geometry and labels of a volume (NIfTI, Analyze, NRRD, MetaImage, DICOM)")
    .argument("<file>", "volume file, or folder of a DICOM series")
    .option("--json", "print JSON")
    .option("--header-only", "read only the header, not the voxels")
    .option("--labels", "count labels even if the voxels look like an image (fails if they are not labels)")
    .option("--no-labels", "do not count labels")
    .addHelpText("after", "\nExample:\n  $ segathlon info labelsTr/liver_0.nii.gz")
    .action(async (file: string, options: Options) => {
      const information = await gather(file, options);
      process.stdout.write(
        options.json === true ? `${JSON.stringify(plain(information), null, 2)}\n` : text(information),
      );
    });
}

async function gather(file: string, options: Options): Promise<Information> {
  if (options.headerOnly === true) return describe(file, await readHeaderFile(file), null, null);
  let volume: Volume;
  try {
    volume = await readVolumeFile(file);
  } catch (error) {
    if (!(error instanceof SegathlonError) || error.code !== "SEG017") throw error;
    return gatherSegments(file);
  }
  if (volume.format === "dicom-seg") return gatherSegments(file);
  const labels = labelsOf(volume, file, options.labels);
  const rows = labels === null ? null : labelRows(labels, volume.geometry, labelNames(volume));
  return describe(file, volume, rows, rows === null ? summarise(volume) : null);
}

/** A DICOM SEG names its segments, and they may overlap. */
async function gatherSegments(file: string): Promise<Information> {
  const { labelMaps, segments } = await readDicomSegmentation(file);
  const rows = labelMaps.flatMap(({ labels, geometry }, index) => {
    const own = segments.filter((segment) => segment.labelMap === index);
    return labelRows(labels, geometry, new Map(own.map(({ label, name }) => [label, name]))).filter(
      (row) => row.label !== 0,
    );
  });
  const [first] = labelMaps;
  if (first === undefined) throw new SegathlonError("SEG002", `${file}: the DICOM SEG holds no segments`);
  const { data: _data, ...header } = { ...labelMapVolume(first), format: "dicom-seg" as const };
  const sorted = rows.sort((one, other) => one.label - other.label);
  const information = describe(file, header, sorted, null);
  if (labelMaps.length === 1) return information;
  return {
    ...information,
    notes: [...information.notes, `segments overlap: ${labelMaps.length} label maps are needed`],
  };
}

function describe(
  file: string,
  volume: VolumeHeader & { readonly data?: unknown },
  labels: readonly LabelRow[] | null,
  values: ValueSummary | null,
): Information {
  const { data: _data, ...header } = volume;
  return {
    file,
    header,
    orientation: orientationCodes(header.geometry.affine),
    labels,
    values,
    notes: notesOn(header),
  };
}

function notesOn(header: VolumeHeader): string[] {
  const { details, geometry } = header;
  const notes: string[] = [];
  const apart = transformDisagreementMm(header);
  if (apart !== null && apart > 0.1 * Math.min(...geometry.spacingMm)) {
    notes.push(`sform and qform place corner voxels ${short(apart)} mm apart; the sform is used`);
  }
  const nifti = details?.nifti;
  if (nifti?.spatialUnit === "m" || nifti?.spatialUnit === "um") {
    notes.push(
      `the header says that its unit is ${nifti.spatialUnit}; like nibabel, Segathlon takes the numbers as mm`,
    );
  }
  if (nifti?.affineSource === "voxel-sizes")
    notes.push("no orientation is stored: the affine is made from the voxel sizes");
  const { affine, spacingMm } = geometry;
  const differs = [0, 1, 2].some((axis) => {
    const length = Math.hypot(affine[axis] as number, affine[axis + 4] as number, affine[axis + 8] as number);
    return Math.abs(length - (spacingMm[axis] as number)) > 1e-3 * (spacingMm[axis] as number);
  });
  if (differs) notes.push("the spacing (pixdim) and the affine disagree; distances are measured with the spacing");
  return notes;
}

/** The labels, if the voxels are (or are asked to be) labels. */
function labelsOf(volume: Volume, file: string, asked: boolean | undefined): LabelArray | null {
  if (asked === false || (asked === undefined && volume.channels !== 1)) return null;
  if (asked === true) return toLabelMap(volume, file).labels;
  try {
    const { labels } = toLabelMap(volume);
    return looksLikeLabels(labels) ? labels : null;
  } catch (error) {
    if (error instanceof SegathlonError && error.code === "SEG008") return null;
    throw error;
  }
}

/** Labels come in long runs; the grey values of an image change from voxel to voxel. */
function looksLikeLabels(labels: LabelArray): boolean {
  let changes = 0;
  for (let voxel = 1; voxel < labels.length; voxel += 1) if (labels[voxel] !== labels[voxel - 1]) changes += 1;
  return changes <= Math.max(64, 0.2 * labels.length);
}

function labelRows(labels: LabelArray, geometry: Geometry, names: ReadonlyMap<number, string>): LabelRow[] {
  const voxelMl = voxelVolumeMm3(geometry.spacingMm) / 1000;
  return [...countLabels(labels)].map(([label, voxels]) => {
    const name = names.get(label);
    return { label, ...(name === undefined ? {} : { name }), voxels, ml: voxels * voxelMl };
  });
}

function summarise(volume: Volume): ValueSummary {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let sum = 0;
  let nonFinite = 0;
  const values = scaledValues(volume);
  for (const value of values) {
    if (!Number.isFinite(value)) {
      nonFinite += 1;
      continue;
    }
    if (value < min) min = value;
    if (value > max) max = value;
    sum += value;
  }
  const count = values.length - nonFinite;
  return count === 0 ? { min: null, max: null, mean: null, nonFinite } : { min, max, mean: sum / count, nonFinite };
}

/** Without raw bytes, which have no place in JSON. */
function plain(information: Information): unknown {
  const { details, ...header } = information.header;
  if (details === undefined) return information;
  const { nifti, ...rest } = details;
  if (nifti === undefined) return { ...information, header: { ...header, details: rest } };
  const { block: _block, extensions, ...fields } = nifti;
  const listed = extensions.map(({ code, content }) => ({ code, bytes: content.length }));
  return { ...information, header: { ...header, details: { ...rest, nifti: { ...fields, extensions: listed } } } };
}

function short(value: number): string {
  return String(Number(value.toPrecision(7)));
}

function text(information: Information): string {
  const { header, file, orientation, labels, values, notes } = information;
  const { geometry, details } = header;
  const lines: [string, string][] = [
    [
      "format",
      [formatNames[header.format], details?.encoding, header.voxelType, `${details?.byteOrder ?? "little"}-endian`]
        .filter(Boolean)
        .join(", "),
    ],
    [
      "shape",
      `${geometry.shape.join(" x ")}${header.channels > 1 ? `, ${header.channels} channels (${details?.dimensions.join(" x ")})` : ""}`,
    ],
    [
      "spacing",
      `${geometry.spacingMm.map(short).join(" x ")} mm (voxel ${short(voxelVolumeMm3(geometry.spacingMm))} mm3)`,
    ],
    [
      "size",
      `${geometry.shape.map((size, axis) => short(size * (geometry.spacingMm[axis] as number))).join(" x ")} mm`,
    ],
    [
      "orientation",
      `${orientation}${details?.nifti === undefined ? "" : ` (from ${details.nifti.affineSource}; qform code ${details.nifti.qformCode}, sform code ${details.nifti.sformCode})`}`,
    ],
    ...affineLines(geometry),
  ];
  if (header.slope !== 1 || header.intercept !== 0) {
    lines.push(["scaling", `stored * ${short(header.slope)} + ${short(header.intercept)}`]);
  }
  const nifti = details?.nifti;
  if (nifti !== undefined && nifti.description !== "") lines.push(["description", nifti.description]);
  for (const { code, content } of nifti?.extensions ?? [])
    lines.push(["extension", `code ${code}, ${content.length} bytes`]);
  for (const [key, value] of Object.entries(details?.keyValues ?? {})) lines.push([safe(key), safe(value)]);
  if (values !== null) lines.push(...valueLines(values));
  for (const note of notes) lines.push(["note", pc.yellow(note)]);
  const width = Math.max(...lines.map(([name]) => name.length));
  const body = lines.map(([name, value]) => `  ${pc.dim(name.padEnd(width))}  ${value}`).join("\n");
  return `${pc.bold(safe(file))}\n${body}\n${labels === null ? "" : labelTable(labels)}`;
}

/** Text of a file as terminals may show it: no control characters. */
function safe(value: string): string {
  return value.replaceAll(/\p{Cc}/gu, "?").slice(0, 200);
}

function affineLines({ affine }: Geometry): [string, string][] {
  const cells = affine.map(short);
  const width = Math.max(...cells.map((cell) => cell.length));
  return [0, 4, 8].map((start) => [
    start === 0 ? "affine" : "",
    cells
      .slice(start, start + 4)
      .map((cell) => cell.padStart(width))
      .join("  "),
  ]);
}

function valueLines({ min, max, mean, nonFinite }: ValueSummary): [string, string][] {
  const lines: [string, string][] = [];
  if (min !== null && max !== null && mean !== null) {
    lines.push(["values", `${short(min)} to ${short(max)}, mean ${short(mean)}`]);
  }
  if (nonFinite > 0) lines.push(["not finite", `${nonFinite.toLocaleString("en-US")} of the voxels`]);
  return lines;
}

function labelTable(rows: readonly LabelRow[]): string {
  const named = rows.some((row) => row.name !== undefined);
  const head = ["label", ...(named ? ["name"] : []), "voxels", "ml"];
  const cells = rows.map((row) => [
    row.label === 0 ? "0 (background)" : String(row.label),
    ...(named ? [safe(row.name ?? "")] : []),
    row.voxels.toLocaleString("en-US"),
    row.ml < 0.01 ? String(Number(row.ml.toPrecision(3))) : row.ml.toFixed(2),
  ]);
  const widths = head.map((title, column) =>
    Math.max(title.length, ...cells.map((row) => (row[column] as string).length)),
  );
  const left = (column: number): boolean => column === 0 || (named && column === 1);
  const line = (row: readonly string[]): string =>
    `  ${row.map((cell, column) => (left(column) ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number))).join("  ")}`.trimEnd();
  return `\n${pc.dim(line(head))}\n${cells.map(line).join("\n")}\n`;
}
