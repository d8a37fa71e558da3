/** Images and labels of a case from files: channels as float32 grids, labels on the same grid. */
import { atPlace, SegathlonError } from "@segathlon/errors";
import {
  compareGeometry,
  describeComparison,
  type Geometry,
  type LabelMap,
  reorientLabelMap,
  scaledValues,
  type Volume,
} from "@segathlon/volume";
import { readLabelMapFile, readVolumeFile } from "@segathlon/volume/node";
import type { Grid3 } from "../grid3.ts";

export interface LoadedImage {
  readonly channels: readonly Grid3[];
  readonly geometry: Geometry;
}

function channelsOf(volume: Volume): Grid3[] {
  const { shape } = volume.geometry;
  const size = shape[0] * shape[1] * shape[2];
  const values = scaledValues(volume);
  return Array.from({ length: volume.channels }, (_, c) => ({
    shape,
    values: Float32Array.from(values.subarray(c * size, (c + 1) * size)),
  }));
}

/**
 * Reads the channels of a case: one file with all of them, or one file each.
 *
 * @throws SegathlonError SEG014 when the channels do not lie on one grid, and what the readers throw
 */
export async function readCaseImage(files: readonly string[]): Promise<LoadedImage> {
  const channels: Grid3[] = [];
  let geometry: Geometry | undefined;
  for (const file of files) {
    const volume = await readVolumeFile(file);
    if (geometry !== undefined) {
      const comparison = compareGeometry(geometry, volume.geometry);
      if (comparison.kind !== "exact" && comparison.kind !== "noise") {
        throw new SegathlonError(
          "SEG014",
          `${file}: not on the grid of ${files[0]}: ${describeComparison(comparison)}`,
          { where: { file } },
        );
      }
    }
    geometry ??= volume.geometry;
    channels.push(...channelsOf(volume));
  }
  if (geometry === undefined) throw new SegathlonError("SEG501", "a case needs at least one image file");
  return { channels, geometry };
}

/**
 * Reads a label map and brings it onto the image's axes.
 *
 * @throws SegathlonError SEG014 when it lies on another grid
 */
export async function readCaseLabels(file: string, geometry: Geometry): Promise<LabelMap> {
  const labels = await readLabelMapFile(file).catch((error: unknown) => {
    throw atPlace(error, { file });
  });
  const comparison = compareGeometry(geometry, labels.geometry);
  if (comparison.kind === "exact" || comparison.kind === "noise") return labels;
  if (comparison.kind === "reoriented") return reorientLabelMap(labels, comparison.transform);
  throw new SegathlonError("SEG014", `${file}: not on the grid of its image: ${describeComparison(comparison)}`, {
    where: { file },
  });
}
