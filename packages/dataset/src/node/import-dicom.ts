/**
 * DICOM in: folders of slices become images, segmentation objects (SEG) become label maps on the grid of their image.
 *
 * A folder that holds slices of one series is a case. A SEG belongs to the case whose folder is nearest to it. Segments are labels by
 * name, over all cases, in natural order.
 */
import { constants } from "node:fs";
import { copyFile, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atPlace, SegathlonError } from "@segathlon/errors";
import {
  applyAffine,
  compareGeometry,
  describeComparison,
  type Geometry,
  invertAffine,
  type LabelMap,
  reorientLabelMap,
  type Volume,
  voxelTypeOf,
} from "@segathlon/volume";
import { readDicomSegmentation, readDicomSeries } from "@segathlon/volume/node";
import type { DatasetFormat, DatasetLabel } from "../dataset.ts";
import { baseName, folderName, isHiddenFile, isJunkFile, naturalOrder } from "../file-name.ts";
import { createDatasetWriter } from "./dataset-writer.ts";
import type { FolderSource } from "./folder-source.ts";

export interface ImportDicomOptions {
  /** `accept` keeps the first of overlapping segments and says so. */
  readonly losses?: "refuse" | "accept";
  readonly onCase?: (done: number, total: number) => void;
}

export interface ImportedDicom {
  readonly cases: number;
  readonly labels: readonly DatasetLabel[];
  readonly lost: readonly string[];
}

interface DicomCase {
  readonly id: string;
  readonly folder: string;
  readonly slices: readonly string[];
  readonly segmentations: string[];
}

/** UID of a Segmentation Storage object, as the file meta information states it. */
const segmentationClass = "1.2.840.10008.5.1.4.1.1.66.4";

/**
 * Reads every DICOM series below the source and writes a dataset. Cases with a segmentation are training cases, the others test cases.
 *
 * @throws SegathlonError SEG202 without any series; SEG014 for a segmentation off the grid of its image; SEG206 for overlapping segments when
 * losses are refused; the errors of `readDicomSeries` with the case named. Nothing is left behind then.
 */
export async function importDicom(
  source: FolderSource,
  folder: string,
  format: DatasetFormat,
  options: ImportDicomOptions = {},
): Promise<ImportedDicom> {
  const cases = await findCases(source);
  const read = new Map<
    string,
    { labelMaps: readonly LabelMap[]; segments: readonly { label: number; name: string; labelMap: number }[] }[]
  >();
  const names = new Set<string>();
  for (const one of cases) {
    const list = [];
    for (const file of one.segmentations) {
      const segmentation = await readDicomSegmentation(join(source.folder, ...file.split("/")));
      for (const segment of segmentation.segments) names.add(segment.name || `segment ${segment.label}`);
      list.push(segmentation);
    }
    read.set(one.id, list);
  }
  const labels = [...names].sort(naturalOrder).map((name, n): DatasetLabel => ({ value: n + 1, name }));
  const valueByName = new Map(labels.map((label) => [label.name, label.value]));
  const lost: string[] = [];
  const writer = await createDatasetWriter(folder, format, {
    name: source.name,
    description: "",
    reference: "",
    release: "",
    licences: [],
    channels: ["image"],
    labels,
    regions: [],
    folds: [],
    otherKeys: {},
  });
  try {
    for (const [n, one] of cases.entries()) {
      const image = await readSlices(source, one);
      const segmentations = read.get(one.id) ?? [];
      const label = segmentations.length === 0 ? undefined : new Uint16Array(image.data.length);
      for (const { labelMaps, segments } of segmentations) {
        labelMaps.forEach((labelMap, group) => {
          const values = new Map(
            segments
              .filter((segment) => segment.labelMap === group)
              .map((segment) => [segment.label, valueByName.get(segment.name || `segment ${segment.label}`) ?? 0]),
          );
          const overlap = label === undefined ? 0 : layOnto(label, image.geometry, labelMap, values, one.id);
          if (overlap > 0)
            lost.push(`${one.id}: ${overlap} voxels of overlapping segments; a label map keeps the first`);
        });
      }
      if (lost.length > 0 && options.losses !== "accept")
        throw new SegathlonError("SEG206", lost[0] ?? "", { where: { case: one.id } });
      await writer.addCase({
        id: one.id,
        split: label === undefined ? "test" : "train",
        images: [{ kind: "volume", volume: image }],
        ...(label === undefined ? {} : { label: { kind: "volume", volume: labelVolume(label, image.geometry) } }),
        attributes: {},
      });
      options.onCase?.(n + 1, cases.length);
    }
    await writer.finish();
    return { cases: cases.length, labels, lost };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function labelVolume(values: Uint16Array, geometry: Geometry): Volume {
  const data = values.some((value) => value > 255) ? values : Uint8Array.from(values);
  return { format: "nifti1", geometry, channels: 1, voxelType: voxelTypeOf(data), slope: 1, intercept: 0, data };
}

async function findCases(source: FolderSource): Promise<DicomCase[]> {
  const slices = new Map<string, string[]>();
  const segmentations: string[] = [];
  for (const { path } of source.files) {
    if (isJunkFile(path) || isHiddenFile(path) || !/(\.dcm|\.ima|(^|\/)[^./]+)$/i.test(path)) continue;
    const kind = await dicomKind(source, path);
    if (kind === "segmentation") segmentations.push(path);
    else if (kind === "image") slices.set(folderName(path), [...(slices.get(folderName(path)) ?? []), path]);
  }
  if (slices.size === 0)
    throw new SegathlonError("SEG202", `${source.name} holds no DICOM images`, { where: { file: source.name } });
  const folders = [...slices.keys()].sort(naturalOrder);
  const short = folders.map(baseName);
  const unique = new Set(short).size === short.length;
  const cases = folders.map(
    (folder, n): DicomCase => ({
      id: ((unique ? short[n] : folder.replaceAll("/", "_")) || source.name).replace(/\s+/g, "_"),
      folder,
      slices: slices.get(folder) ?? [],
      segmentations: [],
    }),
  );
  for (const file of segmentations) nearestCase(cases, file).segmentations.push(file);
  return cases;
}

async function dicomKind(source: FolderSource, path: string): Promise<"image" | "segmentation" | "other"> {
  // The preamble and the file meta information lie in the first bytes; the directory record of a medium is no image.
  const bytes = Buffer.alloc(1024);
  const file = await open(join(source.folder, ...path.split("/")));
  try {
    await file.read(bytes, 0, bytes.length, 0);
  } finally {
    await file.close();
  }
  const head = bytes.toString("latin1");
  if (head.slice(128, 132) !== "DICM") return "other";
  if (head.includes("1.2.840.10008.1.3.10")) return "other";
  return new RegExp(`${segmentationClass.replaceAll(".", "\\.")}(?![.0-9])`).test(head) ? "segmentation" : "image";
}

/** The case that shares the longest path with a segmentation. @throws SegathlonError SEG209 when two are equally near */
function nearestCase(cases: readonly DicomCase[], file: string): DicomCase {
  const parts = folderName(file).split("/");
  const shared = cases.map((one) => {
    const other = one.folder.split("/");
    let n = 0;
    while (n < parts.length && n < other.length && parts[n] === other[n]) n += 1;
    return n;
  });
  const most = Math.max(...shared);
  const near = cases.filter((_, n) => shared[n] === most);
  const [first] = near;
  if (first !== undefined && near.length === 1) return first;
  throw new SegathlonError(
    "SEG209",
    `${file} could belong to ${near
      .map((one) => one.folder)
      .slice(0, 4)
      .join(", ")}`,
    {
      where: { file },
      hint: "Put every segmentation beside the folder of its images, one folder for each patient.",
    },
  );
}

/** The slices alone: segmentations that lie in the same folder are left out of what the reader sees. */
async function readSlices(source: FolderSource, one: DicomCase): Promise<Volume> {
  const folder = join(source.folder, ...one.folder.split("/"));
  try {
    if (one.segmentations.every((file) => folderName(file) !== one.folder)) return await readDicomSeries(folder);
    const work = await mkdtemp(join(tmpdir(), "segathlon-slices-"));
    try {
      for (const [n, file] of one.slices.entries()) {
        await copyFile(
          join(source.folder, ...file.split("/")),
          join(work, `${String(n).padStart(6, "0")}.dcm`),
          constants.COPYFILE_FICLONE,
        );
      }
      return await readDicomSeries(work);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  } catch (error) {
    throw atPlace(error, { case: one.id });
  }
}

/**
 * Writes the labels of a segmentation into the label map of an image. A SEG may cover a part of the image only, but its voxels must be
 * voxels of the image.
 *
 * @returns The number of voxels that another segment already has; they keep it.
 */
function layOnto(
  target: Uint16Array,
  geometry: Geometry,
  source: LabelMap,
  values: ReadonlyMap<number, number>,
  id: string,
): number {
  const comparison = compareGeometry(geometry, source.geometry);
  const direct = comparison.kind === "reoriented" ? reorientLabelMap(source, comparison.transform) : source;
  const [nx, ny, nz] = direct.geometry.shape;
  const inverse = invertAffine(geometry.affine);
  const refuse = (): SegathlonError =>
    new SegathlonError(
      "SEG014",
      `case ${id}: the segmentation does not lie on the grid of the image: ${describeComparison(comparison)}`,
      { where: { case: id } },
    );
  if (inverse === null) throw refuse();
  let overlap = 0;
  for (let k = 0, p = 0; k < nz; k += 1) {
    for (let j = 0; j < ny; j += 1) {
      for (let i = 0; i < nx; i += 1, p += 1) {
        const value = values.get(direct.labels[p] as number) ?? 0;
        if (value === 0) continue;
        let at = p;
        if (comparison.kind === "mismatch") {
          const [x, y, z] = applyAffine(inverse, applyAffine(direct.geometry.affine, [i, j, k]));
          const [u, v, w] = [Math.round(x), Math.round(y), Math.round(z)];
          const off = Math.max(Math.abs(x - u), Math.abs(y - v), Math.abs(z - w));
          if (
            off > 0.01 ||
            u < 0 ||
            v < 0 ||
            w < 0 ||
            u >= geometry.shape[0] ||
            v >= geometry.shape[1] ||
            w >= geometry.shape[2]
          )
            throw refuse();
          at = u + geometry.shape[0] * (v + geometry.shape[1] * w);
        }
        if (target[at] === 0) target[at] = value;
        else if (target[at] !== value) overlap += 1;
      }
    }
  }
  return overlap;
}
