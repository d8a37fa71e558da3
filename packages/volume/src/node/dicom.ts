/**
 * DICOM image series (a folder of slices) and DICOM segmentation objects (SEG), through ITK (`@itk-wasm/dicom`, an optional peer).
 *
 * ITK makes a box of slices whatever their positions are, so a missing slice, a tilted gantry or two series in one folder would give
 * a wrong volume without a word. Positions are therefore checked here first.
 */
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type LabelArray, toLabelMap } from "../label-map.ts";
import { defaultMaxVoxelBytes } from "../limits.ts";
import type { LabelMap, Volume, VoxelArray } from "../volume.ts";
import { byteText, volumeError } from "../volume-error.ts";
import { voxelTypeOf } from "../voxel-type.ts";
import { type DicomTags, looksLikeDicom, readDicomTags, segmentationClass } from "./dicom-tags.ts";
import { readBeginning, withFile } from "./file-bytes.ts";
import { itkGeometry, runItk } from "./itk.ts";

export interface DicomOptions {
  readonly maxVoxelBytes?: number;
  /** Time limit of ITK. Default 300 s. */
  readonly maxSeconds?: number;
}

/** One segment of a DICOM SEG. */
export interface DicomSegment {
  /** Its label in the label map. */
  readonly label: number;
  readonly name: string;
  readonly description: string;
  /** Which of the label maps holds it. */
  readonly labelMap: number;
}

/** Segments that overlap cannot share a label map, so there may be several. */
export interface DicomSegmentation {
  readonly labelMaps: readonly LabelMap[];
  readonly segments: readonly DicomSegment[];
}

const mostSlices = 20_000;
const dicomDirectory = "1.2.840.10008.1.3.10";

/** The attributes of a DICOM file; null when it is not one. */
export async function dicomTagsOf(path: string): Promise<DicomTags | null> {
  return withFile(path, async (handle, size) => {
    for (let length = 16_384; ; length *= 8) {
      const bytes = await readBeginning(handle, Math.min(size, length));
      if (!looksLikeDicom(bytes)) return null;
      const tags = readDicomTags(bytes, path);
      if (tags !== null) return tags;
      if (length >= size) throw volumeError("SEG003", path, "the DICOM file ends before its image attributes");
      if (length > 64 * 1024 * 1024) throw volumeError("SEG009", path, "the DICOM header is larger than 64 MB");
    }
  });
}

/**
 * Reads a DICOM image series from a folder (or a single slice from a file) as one volume, rescaled to the modality's units.
 *
 * @throws SegathlonError SEG001 no DICOM files, SEG002 ITK cannot read them, SEG006 slices that do not make one regular grid, SEG009
 * more than the limit, SEG016 the optional package is missing
 *
 * @example
 * ```ts
 * const ct = await readDicomSeries("CT_series/");
 * ```
 */
export async function readDicomSeries(path: string, options: DicomOptions = {}): Promise<Volume> {
  const files = await seriesFiles(path);
  const slices: DicomTags[] = [];
  const paths: string[] = [];
  for (const file of files) {
    const tags = await dicomTagsOf(file);
    if (tags === null || tags.sopClass === dicomDirectory) continue;
    slices.push(tags);
    paths.push(resolve(file));
  }
  const [first] = slices;
  if (first === undefined) throw volumeError("SEG001", path, "holds no DICOM files");
  checkSlices(slices, path);
  const bytes = slices.length * first.rows * first.columns * Math.max(2, first.bitsAllocated / 8);
  checkSize(bytes, options.maxVoxelBytes, path);
  const { image } = await runItk({ kind: "dicom-series", paths }, path, { maxSeconds: options.maxSeconds });
  const geometry = itkGeometry(image, path);
  const [nx, ny, nz] = geometry.shape;
  if (nx !== first.columns || ny !== first.rows || nz !== slices.length) {
    throw volumeError(
      "SEG006",
      path,
      `ITK made ${geometry.shape.join("x")} of ${slices.length} slices of ${first.columns}x${first.rows}`,
    );
  }
  const data = image.data as VoxelArray;
  return {
    format: "dicom",
    geometry,
    channels: image.components,
    voxelType: voxelTypeOf(data),
    slope: 1,
    intercept: 0,
    details: { dimensions: geometry.shape, steps: geometry.spacingMm, byteOrder: "little", encoding: "dicom" },
    data,
  };
}

async function seriesFiles(path: string): Promise<string[]> {
  let names: string[];
  try {
    const entries = await readdir(path, { withFileTypes: true });
    names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith(".")).map((entry) => entry.name);
  } catch {
    return [path];
  }
  if (names.length > mostSlices)
    throw volumeError("SEG009", path, `holds ${names.length} files; ${mostSlices} is the limit`);
  return names.sort().map((name) => join(path, name));
}

function dot(first: readonly number[], second: readonly number[]): number {
  return first.reduce((sum, value, index) => sum + value * (second[index] as number), 0);
}

/** One series, one size, one orientation, equal distances, no shear. */
function checkSlices(slices: readonly DicomTags[], path: string): void {
  const bad = (message: string, hint?: string): Error =>
    volumeError("SEG006", path, message, hint === undefined ? {} : { hint });
  const series = new Set(slices.map((slice) => slice.seriesUid));
  if (series.size > 1) throw bad(`holds ${series.size} DICOM series`, "Put one series into a folder of its own.");
  const sizes = new Set(slices.map((slice) => `${slice.columns}x${slice.rows}`));
  if (sizes.size > 1) throw bad(`the slices have different sizes: ${[...sizes].join(", ")}`);
  if (slices.some((slice) => slice.frames > 1)) {
    throw bad("holds enhanced (multi-frame) DICOM images, which are not supported", "Convert them to NIfTI.");
  }
  const orientation = slices[0]?.imageOrientation ?? null;
  if (slices.some(({ imagePosition }) => imagePosition === null) || orientation === null) {
    throw bad("a slice has no Image Position or Image Orientation (Patient)");
  }
  for (const slice of slices) {
    const other = slice.imageOrientation;
    if (other === null || other.some((value, index) => Math.abs(value - (orientation[index] as number)) > 1e-3)) {
      throw bad("the slices have different orientations");
    }
  }
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = orientation;
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  const places = slices
    .map(({ imagePosition }) => imagePosition as readonly number[])
    .map((position) => ({ position, height: dot(position, normal) }))
    .sort((one, other) => one.height - other.height);
  const gaps = places.slice(1).map((place, index) => place.height - (places[index] as { height: number }).height);
  const usual = gaps.toSorted((one, other) => one - other)[gaps.length >> 1] ?? 1;
  for (const [index, gap] of gaps.entries()) {
    if (gap < 1e-3) throw bad(`two slices lie at the same place (${places[index]?.position.join(", ")})`);
    if (Math.abs(gap - usual) > Math.max(0.01, 0.01 * usual)) {
      throw bad(
        `the slices are not evenly spaced: ${gap.toFixed(3)} mm after slice ${index + 1}, ${usual.toFixed(3)} mm elsewhere`,
        "A slice may be missing; export the series again.",
      );
    }
  }
  const start = places[0];
  for (const place of places) {
    const rise = place.height - (start?.height ?? 0);
    const drift = place.position.map(
      (value, axis) => value - (start?.position[axis] as number) - rise * (normal[axis] as number),
    );
    if (Math.sqrt(dot(drift, drift)) > 0.1)
      throw bad("the slices are sheared (tilted gantry), which a volume cannot say");
  }
}

function checkSize(bytes: number, limit = defaultMaxVoxelBytes, path: string): void {
  if (bytes <= limit) return;
  throw volumeError("SEG009", path, `needs ${byteText(bytes)} for its voxels; the limit is ${byteText(limit)}`);
}

/**
 * Reads a DICOM SEG: label maps and what their labels mean. Segments that do not overlap share a label map; those that do are spread
 * over as few as possible.
 *
 * @throws SegathlonError as {@link readDicomSeries}, and SEG002 when the file is DICOM but no segmentation
 *
 * @example
 * ```ts
 * const { labelMaps, segments } = await readDicomSegmentation("liver.dcm");
 * ```
 */
export async function readDicomSegmentation(path: string, options: DicomOptions = {}): Promise<DicomSegmentation> {
  const tags = await dicomTagsOf(path);
  if (tags?.sopClass !== segmentationClass) throw volumeError("SEG002", path, "is not a DICOM segmentation object");
  checkSize(tags.frames * tags.rows * tags.columns * 2, options.maxVoxelBytes, path);
  const { image, information } = await runItk({ kind: "dicom-seg", path: resolve(path) }, path, {
    maxSeconds: options.maxSeconds,
  });
  const geometry = itkGeometry(image, path);
  const data = image.data as VoxelArray;
  const count = image.components;
  const labelMaps = Array.from({ length: count }, (_, group): LabelMap => {
    const labels = count === 1 ? data : everyNth(data, group, count);
    const { labels: narrow } = toLabelMap(
      {
        format: "dicom-seg",
        geometry,
        channels: 1,
        voxelType: voxelTypeOf(labels),
        slope: 1,
        intercept: 0,
        data: labels,
      },
      path,
    );
    return { geometry, labels: narrow };
  });
  return {
    labelMaps,
    segments: segmentsOf(
      information,
      labelMaps.map(({ labels }) => labels),
    ),
  };
}

function everyNth(data: VoxelArray, first: number, step: number): VoxelArray {
  const picked = new Int32Array(data.length / step);
  for (let voxel = 0; voxel < picked.length; voxel += 1) picked[voxel] = Number(data[voxel * step + first]);
  return picked;
}

function segmentsOf(information: unknown, labels: readonly LabelArray[]): DicomSegment[] {
  const groups =
    isRecord(information) && Array.isArray(information.segmentAttributes) ? information.segmentAttributes : [];
  return groups.slice(0, labels.length).flatMap((group: unknown, labelMap) =>
    (Array.isArray(group) ? group : []).filter(isRecord).map((segment) => ({
      label: Number(segment.labelID),
      name: text(segment.SegmentLabel),
      description: text(segment.SegmentDescription),
      labelMap,
    })),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}
