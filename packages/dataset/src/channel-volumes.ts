/** Channels stored together and apart: a 4D volume split into 3D ones, 3D volumes joined into a 4D one. */
import { SegathlonError } from "@segathlon/errors";
import {
  compareGeometry,
  describeComparison,
  makeVoxelArray,
  scaledValues,
  type Volume,
  voxelCount,
} from "@segathlon/volume";

/** Every channel of a volume as a volume of its own, stored values unchanged. */
export function splitChannels(volume: Volume): Volume[] {
  if (volume.channels === 1) return [volume];
  const voxels = voxelCount(volume.geometry.shape);
  return Array.from({ length: volume.channels }, (_, channel) => ({
    ...volume,
    channels: 1,
    data: volume.data.slice(channel * voxels, (channel + 1) * voxels),
  }));
}

/**
 * Volumes of one grid as the channels of one volume. Stored values are kept where type and scaling agree; otherwise the scaled values
 * are stored as float32, or float64 where a channel needs it.
 *
 * @throws SegathlonError SEG014 when the grids differ
 */
export function joinChannels(volumes: readonly Volume[], caseId: string): Volume {
  const [first] = volumes;
  if (first === undefined) throw new RangeError("no channel to join");
  if (volumes.length === 1) return first;
  for (const [n, other] of volumes.entries()) {
    const comparison = compareGeometry(first.geometry, other.geometry);
    if (comparison.kind === "exact" || comparison.kind === "noise") continue;
    throw new SegathlonError(
      "SEG014",
      `case ${caseId}: channel ${n} does not lie on the grid of channel 0: ${describeComparison(comparison)}`,
      {
        where: { case: caseId },
        hint: "Resample the channels to one grid before they are joined.",
      },
    );
  }
  const voxels = voxelCount(first.geometry.shape);
  const same = volumes.every(
    (one) =>
      one.voxelType === first.voxelType &&
      one.slope === first.slope &&
      one.intercept === first.intercept &&
      one.channels === 1,
  );
  if (same) {
    const data = makeVoxelArray(first.voxelType, voxels * volumes.length);
    volumes.forEach((one, n) => {
      data.set(one.data as never, n * voxels);
    });
    return { ...first, channels: volumes.length, data };
  }
  const wide = volumes.some((one) => /^(u?int(32|64)|float64)$/.test(one.voxelType));
  const data = wide ? new Float64Array(voxels * volumes.length) : new Float32Array(voxels * volumes.length);
  volumes.forEach((one, n) => {
    data.set(scaledValues(one), n * voxels);
  });
  return { ...first, channels: volumes.length, data, voxelType: wide ? "float64" : "float32", slope: 1, intercept: 0 };
}
