/**
 * A label map as the bytes of an uncompressed NIfTI-1 file, for the viewer. What the viewer draws is what our own reader read, so
 * labels and affine on the screen are those that were scored (NIfTI-1 header, 2007; sform only).
 */
import type { Geometry } from "@segathlon/volume";

const headerBytes = 352;

/**
 * @param labels One value per voxel, x fastest; at most 65,535.
 * @throws RangeError when there are not as many labels as voxels.
 */
export function labelNifti(geometry: Geometry, labels: Uint8Array | Uint16Array): ArrayBuffer {
  const [nx, ny, nz] = geometry.shape;
  if (labels.length !== nx * ny * nz)
    throw new RangeError(`labelNifti: ${labels.length} labels for ${nx} x ${ny} x ${nz} voxels`);
  const buffer = new ArrayBuffer(headerBytes + labels.byteLength);
  const view = new DataView(buffer);
  view.setInt32(0, 348, true);
  view.setInt16(40, 3, true);
  for (const [axis, size] of geometry.shape.entries()) view.setInt16(42 + 2 * axis, size, true);
  for (let axis = 3; axis < 7; axis++) view.setInt16(42 + 2 * axis, 1, true);
  const bytes = labels.BYTES_PER_ELEMENT;
  view.setInt16(70, bytes === 1 ? 2 : 512, true);
  view.setInt16(72, 8 * bytes, true);
  view.setFloat32(76, 1, true);
  for (const [axis, size] of geometry.spacingMm.entries()) view.setFloat32(80 + 4 * axis, size, true);
  view.setFloat32(108, headerBytes, true);
  view.setFloat32(112, 1, true);
  // Millimetres; a world that is neither scanner nor template.
  view.setUint8(123, 2);
  view.setInt16(254, 2, true);
  for (const [place, value] of geometry.affine.entries()) view.setFloat32(280 + 4 * place, value, true);
  for (const [place, letter] of [..."n+1\0"].entries()) view.setUint8(344 + place, letter.charCodeAt(0));
  new Uint8Array(buffer, headerBytes).set(new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
  return buffer;
}

/** The labels in at most 16 bits, as the viewer takes them. */
export function narrowLabels(labels: Uint8Array | Uint16Array | Uint32Array): Uint8Array | Uint16Array {
  if (!(labels instanceof Uint32Array)) return labels;
  const narrow = new Uint16Array(labels.length);
  for (const [voxel, label] of labels.entries()) {
    if (label > 65_535)
      throw new RangeError(`narrowLabels: label ${label} at voxel ${voxel}; the viewer shows labels up to 65,535`);
    narrow[voxel] = label;
  }
  return narrow;
}
