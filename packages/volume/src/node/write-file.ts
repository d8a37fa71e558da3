/** Writing volumes by path: whole files only, through a temporary file beside the target. */
import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { gzip as gzipCallback } from "node:zlib";
import { encodeNifti, labelMapVolume, type NiftiWriteOptions } from "../nifti-write.ts";
import { encodeNrrd } from "../nrrd-write.ts";
import type { LabelMap, Volume } from "../volume.ts";
import { volumeError } from "../volume-error.ts";

const gzip = promisify(gzipCallback);

export interface WriteFileOptions extends NiftiWriteOptions {
  /** zlib level of compressed files, 1 to 9. Default 6. */
  readonly compressionLevel?: number;
}

/**
 * Writes a volume. The name decides the format: `.nii`, `.nii.gz` or `.nrrd` (gzip inside).
 *
 * The file appears under its name only when it is complete: a temporary file in the same folder is renamed.
 *
 * @throws SegathlonError SEG002 for another name, SEG001 when the folder cannot be written
 *
 * @example
 * ```ts
 * await writeVolumeFile("ct.nii.gz", volume);
 * ```
 */
export async function writeVolumeFile(path: string, volume: Volume, options: WriteFileOptions = {}): Promise<void> {
  const level = options.compressionLevel ?? 6;
  if (/\.nrrd$/i.test(path)) {
    const { header, voxels } = encodeNrrd(volume);
    await writeWhole(path, Buffer.concat([header, await gzip(voxels, { level })]));
  } else if (/\.nii\.gz$/i.test(path)) {
    await writeWhole(path, await gzip(encodeNifti(volume, options), { level }));
  } else if (/\.nii$/i.test(path)) {
    await writeWhole(path, encodeNifti(volume, options));
  } else {
    throw volumeError("SEG002", path, "the name does not say a format that can be written", {
      hint: "Use a name that ends in .nii.gz, .nii or .nrrd.",
    });
  }
}

/**
 * Writes a label map with its labels as they are (uint8, uint16 or uint32).
 *
 * @example
 * ```ts
 * await writeLabelMapFile("prediction.nii.gz", { geometry: image.geometry, labels });
 * ```
 */
export async function writeLabelMapFile(
  path: string,
  labelMap: LabelMap,
  options: WriteFileOptions = {},
): Promise<void> {
  await writeVolumeFile(path, labelMapVolume(labelMap), options);
}

async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}.tmp`);
  try {
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    const code = error instanceof Error && "code" in error ? ` (${String(error.code)})` : "";
    throw volumeError("SEG001", path, `cannot be written${code}`, {
      hint: "Check that the folder exists, may be written and has room.",
      cause: error,
    });
  }
}
