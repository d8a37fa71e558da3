/** A phantom as a dataset on disk, in any format of the dataset package. */
import type { DatasetFormat } from "@segathlon/dataset";
import { createDatasetWriter } from "@segathlon/dataset/node";
import { type Geometry, type Volume, voxelTypeOf } from "@segathlon/volume";
import { generatePhantomCase, type PhantomOptions } from "./phantom-case.ts";
import type { PhantomDocument } from "./phantom-document.ts";

export interface WritePhantomOptions extends PhantomOptions {
  /** `msd` when absent; phantoms with a validation split are written in AMOS's variant of it. */
  readonly format?: DatasetFormat;
  /** Called after every case. */
  readonly onCase?: (done: number, total: number, id: string) => void;
}

/**
 * Writes all cases of a phantom, test labels included (`labelsTs` in MSD's layout: keep them from participants, or package the
 * dataset, which seals them).
 *
 * @throws SegathlonError SEG205 when the folder is not empty, SEG602 for options out of range
 *
 * @example
 * ```ts
 * await writePhantomDataset(phantoms.liver, "Phantom03_Liver", { cases: 8, size: 64, seed: 1 });
 * ```
 */
export async function writePhantomDataset(
  document: PhantomDocument,
  folder: string,
  options: WritePhantomOptions = {},
): Promise<void> {
  const total = options.cases ?? document.cases;
  const writer = await createDatasetWriter(folder, options.format ?? "msd", {
    name: document.title,
    description: document.description,
    reference: "Made by Segathlon's phantom generator; no patient was scanned",
    release: `segathlon phantom ${document.name}, seed ${options.seed ?? 1}, size ${options.size ?? document.size}`,
    licences: [{ source: "phantom", value: "CC0-1.0" }],
    channels: document.channels,
    labels: document.labels.map(({ value, name }) => ({ value, name })),
    regions: [],
    folds: [],
    otherKeys: {},
  });
  try {
    for (let index = 0; index < total; index += 1) {
      const one = generatePhantomCase(document, index, options);
      await writer.addCase({
        id: one.id,
        split: one.split,
        images: one.channels.map(({ data }) => ({ kind: "volume", volume: volumeOf(one.geometry, data) })),
        label: { kind: "volume", volume: volumeOf(one.geometry, one.labels) },
        attributes: one.attributes,
      });
      options.onCase?.(index + 1, total, one.id);
    }
    await writer.finish();
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function volumeOf(geometry: Geometry, data: Int16Array | Uint8Array): Volume {
  return { format: "nifti1", geometry, channels: 1, voxelType: voxelTypeOf(data), slope: 1, intercept: 0, data };
}
