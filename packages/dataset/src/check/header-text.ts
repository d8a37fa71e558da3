/** Free text in the headers of volumes, where names and dates hide; and the second transform of NIfTI files. */
import type { Affine, HeaderDetails, NiftiDetails } from "@segathlon/volume";

export interface HeaderText {
  readonly field: string;
  readonly text: string;
}

/** Byte ranges of the text fields of NIfTI-1 (and Analyze) and NIfTI-2 headers, by the standards' nifti1.h and nifti2.h. */
const nifti1Fields = [
  ["data_type", 4, 10],
  ["db_name", 14, 18],
  ["descrip", 148, 80],
  ["aux_file", 228, 24],
  ["intent_name", 328, 16],
] as const;
const nifti2Fields = [
  ["descrip", 240, 80],
  ["aux_file", 320, 24],
  ["intent_name", 508, 16],
] as const;

/** The text fields of a NIfTI header block with their places. */
export function niftiTextFields(block: Uint8Array): readonly (readonly [string, number, number])[] {
  return block.length >= 540 ? nifti2Fields : nifti1Fields;
}

function latin(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte === 0) break;
    text += byte >= 32 && byte < 127 ? String.fromCharCode(byte) : " ";
  }
  return text.trim();
}

/** Longest text that is kept of one extension. */
const maxExtensionText = 4000;

/** Non-empty texts of a header: NIfTI text fields, extensions, NRRD key/value pairs. */
export function headerTexts(details: HeaderDetails | undefined): HeaderText[] {
  const texts: HeaderText[] = [];
  const { nifti } = details ?? {};
  if (nifti !== undefined) {
    for (const [field, start, length] of niftiTextFields(nifti.block)) {
      const text = latin(nifti.block.subarray(start, start + length));
      if (text !== "") texts.push({ field, text });
    }
    nifti.extensions.forEach(({ code, content }, n) => {
      const text = new TextDecoder().decode(content.subarray(0, maxExtensionText)).replaceAll("\0", " ").trim();
      if (text !== "") texts.push({ field: `extension ${n} (code ${code})`, text });
    });
  }
  for (const [field, text] of Object.entries(details?.keyValues ?? {})) if (text !== "") texts.push({ field, text });
  return texts;
}

/** The affine of the qform, when both transforms of a NIfTI-1 or NIfTI-2 header are set (nifti1.h, method 2). */
export function otherTransform(nifti: NiftiDetails, byteOrder: "little" | "big"): Affine | undefined {
  if (nifti.qformCode <= 0 || nifti.sformCode <= 0) return undefined;
  const view = new DataView(nifti.block.buffer, nifti.block.byteOffset, nifti.block.byteLength);
  const little = byteOrder === "little";
  const second = nifti.block.length >= 540;
  const read = (first: number, at2: number, index: number): number =>
    second ? view.getFloat64(at2 + 8 * index, little) : view.getFloat32(first + 4 * index, little);
  const [b, c, d] = [read(256, 352, 0), read(256, 352, 1), read(256, 352, 2)];
  const [x, y, z] = [read(268, 376, 0), read(268, 376, 1), read(268, 376, 2)];
  const [sign, dx, dy, dz] = [read(76, 104, 0), read(76, 104, 1), read(76, 104, 2), read(76, 104, 3)];
  const a = Math.sqrt(Math.max(0, 1 - (b * b + c * c + d * d)));
  const q = sign < 0 ? -1 : 1;
  return [
    (a * a + b * b - c * c - d * d) * dx,
    2 * (b * c - a * d) * dy,
    2 * (b * d + a * c) * dz * q,
    x,
    2 * (b * c + a * d) * dx,
    (a * a + c * c - b * b - d * d) * dy,
    2 * (c * d - a * b) * dz * q,
    y,
    2 * (b * d - a * c) * dx,
    2 * (c * d + a * b) * dy,
    (a * a + d * d - c * c - b * b) * dz * q,
    z,
  ];
}
