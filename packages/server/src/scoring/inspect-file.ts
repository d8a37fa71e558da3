/** The grid of a stored file and a small picture of an image. */
import { SegathlonError } from "@segathlon/errors";
import { scaledValues, type Volume, volumeToRas } from "@segathlon/volume";
import { decodeLabelMap, decodeVolume } from "@segathlon/volume/node";
import type { InspectAnswer, InspectTask } from "./thread-task.ts";

/** Longest side of a thumbnail in pixels. */
const thumbnailSide = 160;

/** Middle axial slice in radiological view (patient's right on the left), 1st to 99th percentile to 0..255. */
function middleSlice(volume: Volume): NonNullable<InspectAnswer["thumbnail"]> {
  const { volume: turned } = volumeToRas(volume);
  const [nx, ny, nz] = turned.geometry.shape;
  const [sx, sy] = turned.geometry.spacingMm;
  const slice = nx * ny;
  const start = slice * (nz >> 1);
  const values = scaledValues({ ...turned, channels: 1, data: turned.data.slice(start, start + slice) } as Volume);
  const sorted = Float64Array.from(values).sort();
  const low = sorted[Math.floor(0.01 * (slice - 1))] ?? 0;
  const high = sorted[Math.ceil(0.99 * (slice - 1))] ?? 1;
  const scale = Math.max((nx * sx) / thumbnailSide, (ny * sy) / thumbnailSide);
  const width = Math.max(1, Math.round((nx * sx) / scale));
  const height = Math.max(1, Math.round((ny * sy) / scale));
  const gray = new Uint8Array(width * height);
  for (let row = 0; row < height; row += 1) {
    const y = Math.min(ny - 1, Math.floor(((height - 1 - row + 0.5) / height) * ny));
    for (let column = 0; column < width; column += 1) {
      const x = Math.min(nx - 1, Math.floor(((width - 1 - column + 0.5) / width) * nx));
      const value = values[x + nx * y] ?? 0;
      const share = high > low ? (value - low) / (high - low) : 0;
      gray[row * width + column] = Math.round(255 * Math.min(1, Math.max(0, share)));
    }
  }
  return { width, height, gray };
}

/** Never throws for what the file holds. */
export function inspectFile(task: InspectTask): InspectAnswer {
  try {
    if (task.as === "label-map") {
      const { geometry } = decodeLabelMap(task.bytes, { fileName: task.name });
      return { geometry, thumbnail: null, problem: null };
    }
    const volume = decodeVolume(task.bytes, { fileName: task.name });
    return { geometry: volume.geometry, thumbnail: middleSlice(volume), problem: null };
  } catch (error) {
    const problem =
      error instanceof SegathlonError
        ? error.toProblem()
        : new SegathlonError("SEG404", `${task.name} cannot be read: ${(error as Error).message}`).toProblem();
    return { geometry: null, thumbnail: null, problem };
  }
}
