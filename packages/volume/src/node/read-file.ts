/** Reading volumes by path: NIfTI (one file or a pair), Analyze, NRRD and MetaImage (attached or detached), DICOM. */
import { access, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { toLabelMap } from "../label-map.ts";
import type { ReadOptions } from "../limits.ts";
import { labelMapVolume } from "../nifti-write.ts";
import type { LabelMap, Volume, VolumeHeader } from "../volume.ts";
import { volumeError } from "../volume-error.ts";
import { checkHeaderSize, openHeader, openVolume } from "../volume-file.ts";
import { decodeLabelMap, decodeVolume } from "./decode.ts";
import { dicomTagsOf, readDicomSegmentation, readDicomSeries } from "./dicom.ts";
import { segmentationClass } from "./dicom-tags.ts";
import { readBeginning, readFileBytes, withFile } from "./file-bytes.ts";

export interface ReadFileOptions extends Omit<ReadOptions, "voxelFile"> {
  /** Largest file that is read. Default 4 GiB. */
  readonly maxFileBytes?: number;
}

/** Bytes that are read first for a header. */
const firstRead = 4096;

/**
 * Reads the header of a volume; only as much of the file as that needs.
 *
 * @throws SegathlonError as `readHeader`, and SEG001 when the file cannot be read
 *
 * @example
 * ```ts
 * const { geometry, voxelType } = await readHeaderFile("ct.nii.gz");
 * ```
 */
export async function readHeaderFile(path: string, options: ReadFileOptions = {}): Promise<VolumeHeader> {
  const fileName = options.fileName ?? path;
  if ((await dicomKind(path)) !== "none") {
    // The geometry of a series is known only when all its slices are.
    const { data: _voxels, ...header } = await readVolumeFile(path, options);
    return header;
  }
  return withFile(await headerPath(path), async (handle, size) => {
    for (let length = Math.min(firstRead, size); ; ) {
      const bytes = await readBeginning(handle, length);
      const parse = openHeader(bytes, length >= size ? "whole" : "beginning", fileName);
      if (parse.kind === "parsed") return parse.header;
      if (length >= size) return openVolume(bytes, fileName).header;
      length = Math.min(size, Math.max(parse.needBytes, length * 4));
      checkHeaderSize(length, fileName);
    }
  });
}

/**
 * Reads a volume with its stored (unscaled) voxels.
 *
 * @throws SegathlonError as `readVolume`, and SEG001 when a file cannot be read
 */
export async function readVolumeFile(path: string, options: ReadFileOptions = {}): Promise<Volume> {
  const kind = await dicomKind(path);
  if (kind === "image") return readDicomSeries(path, options);
  if (kind === "segmentation") return { ...labelMapVolume(await onlyLabelMap(path, options)), format: "dicom-seg" };
  const files = await readFiles(path, options);
  return decodeVolume(files.bytes, files.options);
}

/**
 * Reads a label map: labels rounded after scaling, in the narrowest unsigned type.
 *
 * @throws SegathlonError as `readLabelMap`, and SEG001 when a file cannot be read
 *
 * @example
 * ```ts
 * const { labels, geometry } = await readLabelMapFile("labelsTr/liver_0.nii.gz");
 * ```
 */
export async function readLabelMapFile(path: string, options: ReadFileOptions = {}): Promise<LabelMap> {
  const kind = await dicomKind(path);
  if (kind === "image") return toLabelMap(await readDicomSeries(path, options), path);
  if (kind === "segmentation") return onlyLabelMap(path, options);
  const files = await readFiles(path, options);
  return decodeLabelMap(files.bytes, files.options);
}

/** DICOM: a folder (of slices), or a file with its prefix. */
async function dicomKind(path: string): Promise<"none" | "image" | "segmentation"> {
  const status = await stat(path).catch(() => null);
  if (status?.isDirectory() === true) return "image";
  if (status?.isFile() !== true) return "none";
  const tags = await dicomTagsOf(path);
  if (tags === null) return "none";
  return tags.sopClass === segmentationClass ? "segmentation" : "image";
}

async function onlyLabelMap(path: string, options: ReadFileOptions): Promise<LabelMap> {
  const { labelMaps, segments } = await readDicomSegmentation(path, options);
  const [labelMap] = labelMaps;
  if (labelMap === undefined || labelMaps.length > 1) {
    throw volumeError(
      "SEG017",
      path,
      `its ${segments.length} segments overlap, so one label map cannot hold them (${labelMaps.length} would be needed)`,
    );
  }
  return labelMap;
}

async function readFiles(path: string, options: ReadFileOptions): Promise<{ bytes: Uint8Array; options: ReadOptions }> {
  const { maxFileBytes, ...rest } = options;
  const fileName = options.fileName ?? path;
  const header = await headerPath(path);
  const bytes = await readFileBytes(header, maxFileBytes);
  const { layout } = openVolume(bytes, fileName);
  if (layout.place === "same-file") return { bytes, options: { ...rest, fileName } };
  const voxelPath = await voxelFilePath(header, layout.dataFileName, fileName);
  const voxelFile = await readFileBytes(voxelPath, maxFileBytes);
  return { bytes, options: { ...rest, fileName, voxelFile } };
}

const pairNames = /\.(hdr|img)(\.gz)?$/i;

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** `a.img` and `a.img.gz` stand for the pair whose header is `a.hdr` or `a.hdr.gz`. */
async function headerPath(path: string): Promise<string> {
  if (!/\.img(\.gz)?$/i.test(path)) return path;
  return (await otherHalf(path, "hdr")) ?? path;
}

async function otherHalf(path: string, half: "hdr" | "img"): Promise<string | null> {
  const [suffix = "", extension = ""] = pairNames.exec(path) ?? [];
  const stem = path.slice(0, path.length - suffix.length);
  const name = extension === extension.toUpperCase() ? half.toUpperCase() : half;
  const compressed = suffix.toLowerCase().endsWith(".gz") ? [".gz", ""] : ["", ".gz"];
  for (const end of compressed) if (await exists(`${stem}.${name}${end}`)) return `${stem}.${name}${end}`;
  return null;
}

async function voxelFilePath(header: string, named: string | undefined, fileName: string): Promise<string> {
  if (named !== undefined) {
    // A header from outside must not name files elsewhere.
    if (named !== basename(named) || /[\\/\0]/.test(named) || named === "." || named === "..") {
      throw volumeError("SEG006", fileName, `the data file "${named}" lies outside the folder of its header`);
    }
    return join(dirname(header), named);
  }
  if (!pairNames.test(header)) {
    throw volumeError("SEG006", fileName, "the header is that of a .hdr/.img pair, but the file is not named so");
  }
  const voxels = await otherHalf(header, "img");
  if (voxels !== null) return voxels;
  throw volumeError("SEG001", fileName, `the .img file of the pair is missing beside ${basename(header)}`);
}
