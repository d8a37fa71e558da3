/** A small picture of a case: the slice through the middle of the labels, labels in colour. */
import type { LabelMap, Volume } from "@segathlon/volume";
import type { Thumbnail } from "./case-facts.ts";
import type { IntensitySummary } from "./intensity-summary.ts";

const largestSide = 128;

/** Colours after Okabe and Ito, who chose them for colour-blind readers. */
const palette: readonly (readonly [number, number, number])[] = [
  [230, 159, 0],
  [86, 180, 233],
  [0, 158, 115],
  [240, 228, 66],
  [0, 114, 178],
  [213, 94, 0],
  [204, 121, 167],
];

/** Seen from the feet with the patient's right on the left, as radiologists look; only first-channel voxels count. */
export function makeThumbnail(
  image: Volume,
  summary: IntensitySummary,
  label: LabelMap | undefined,
  slice: number,
): Thumbnail {
  const [nx, ny] = image.geometry.shape;
  const [sx, sy] = image.geometry.spacingMm;
  const scale = largestSide / Math.max(nx * sx, ny * sy);
  const width = Math.max(1, Math.round(nx * sx * scale));
  const height = Math.max(1, Math.round(ny * sy * scale));
  const rgb = new Uint8Array(width * height * 3);
  const low = summary.p005;
  const range = Math.max(1e-12, summary.p995 - low);
  // The affine's first column points to the patient's right when positive: then the picture is mirrored.
  const mirrored = image.geometry.affine[0] > 0;
  const upsideDown = image.geometry.affine[5] >= 0;
  for (let row = 0; row < height; row += 1) {
    const y = Math.min(ny - 1, Math.floor(((row + 0.5) * ny) / height));
    const j = upsideDown ? ny - 1 - y : y;
    for (let column = 0; column < width; column += 1) {
      const x = Math.min(nx - 1, Math.floor(((column + 0.5) * nx) / width));
      const i = mirrored ? nx - 1 - x : x;
      const p = i + nx * (j + ny * slice);
      const value = Number(image.data[p]) * image.slope + image.intercept;
      const grey = Math.max(0, Math.min(255, (255 * (value - low)) / range || 0));
      const colour = palette[((label?.labels[p] ?? 0) - 1) % palette.length];
      for (const c of [0, 1, 2] as const) {
        rgb[3 * (row * width + column) + c] = Math.round(colour === undefined ? grey : 0.55 * grey + 0.45 * colour[c]);
      }
    }
  }
  let text = "";
  for (let i = 0; i < rgb.length; i += 8192) text += String.fromCharCode(...rgb.subarray(i, i + 8192));
  return { width, height, rgb: btoa(text) };
}
