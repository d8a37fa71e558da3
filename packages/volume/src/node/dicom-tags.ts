/**
 * The few DICOM attributes that decide what a file is and where its slice lies (PS3.5, PS3.10). Little-endian transfer syntaxes
 * only; pixel data are left to ITK.
 */
import { volumeError } from "../volume-error.ts";

/** What is read of one file. Texts are trimmed; numbers are null where the attribute is absent. */
export interface DicomTags {
  readonly sopClass: string;
  readonly modality: string;
  readonly seriesUid: string;
  readonly imagePosition: readonly number[] | null;
  readonly imageOrientation: readonly number[] | null;
  readonly frames: number;
  readonly rows: number;
  readonly columns: number;
  readonly bitsAllocated: number;
}

export const segmentationClass = "1.2.840.10008.5.1.4.1.1.66.4";
const implicitLittle = "1.2.840.10008.1.2";
const unreadable: Readonly<Record<string, string>> = {
  "1.2.840.10008.1.2.2": "big-endian DICOM",
  "1.2.840.10008.1.2.1.99": "deflated DICOM",
};

/** True for bytes that begin as a DICOM file (preamble and prefix); 132 bytes are enough to tell. */
export function looksLikeDicom(bytes: Uint8Array): boolean {
  return [0x44, 0x49, 0x43, 0x4d].every((byte, index) => bytes[128 + index] === byte);
}

const longForms = new Set(["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]);
const undefinedLength = 0xffff_ffff;
const lastGroup = 0x0028;

interface Element {
  readonly tag: number;
  readonly start: number;
  readonly length: number;
}

/** One element header at `at`, or null where the bytes end. */
function elementAt(view: DataView, at: number, implicit: boolean): Element | null {
  if (at + 8 > view.byteLength) return null;
  const group = view.getUint16(at, true);
  const tag = group * 65_536 + view.getUint16(at + 2, true);
  // Item and delimiter elements have no value representation.
  if (implicit || group === 0xfffe) return { tag, start: at + 8, length: view.getUint32(at + 4, true) };
  const vr = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5));
  if (!longForms.has(vr)) return { tag, start: at + 8, length: view.getUint16(at + 6, true) };
  if (at + 12 > view.byteLength) return null;
  return { tag, start: at + 12, length: view.getUint32(at + 8, true) };
}

/** First byte after a sequence of undefined length that begins at `at`; null where the bytes end or nesting is too deep. */
function sequenceEnd(view: DataView, at: number, implicit: boolean, depth: number): number | null {
  if (depth > 32) return null;
  let position = at;
  for (;;) {
    const element = elementAt(view, position, implicit);
    if (element === null) return null;
    // Sequence delimitation and item delimitation end the level; items and nested sequences may be of undefined length.
    if (element.tag === 0xfffe_e0dd || element.tag === 0xfffe_e00d) return element.start;
    if (element.length !== undefinedLength) {
      position = element.start + element.length;
      continue;
    }
    const end = sequenceEnd(view, element.start, implicit, depth + 1);
    if (end === null) return null;
    position = end;
  }
}

/**
 * Reads the attributes from the beginning of a DICOM file.
 *
 * @param bytes the first bytes of the file
 * @returns null when more bytes are needed
 * @throws SegathlonError SEG002 for a transfer syntax that cannot be read
 */
export function readDicomTags(bytes: Uint8Array, file: string): DicomTags | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const texts = new Map<number, string>();
  const decoder = new TextDecoder("latin1");
  let implicit = false;
  let meta = true;
  let at = 132;
  for (;;) {
    if (meta && at + 2 <= view.byteLength && view.getUint16(at, true) !== 2) {
      meta = false;
      const syntax = texts.get(0x0002_0010) ?? implicitLittle;
      if (syntax in unreadable) {
        throw volumeError("SEG002", file, `is ${unreadable[syntax]}, which cannot be read`, {
          hint: "Convert it to explicit little-endian DICOM or to NIfTI.",
        });
      }
      implicit = syntax === implicitLittle;
    }
    const element = elementAt(view, at, implicit);
    if (element === null) return null;
    if (element.tag >= (lastGroup + 1) * 65_536) break;
    if (element.length === undefinedLength) {
      const end = sequenceEnd(view, element.start, implicit, 0);
      if (end === null) return null;
      at = end;
      continue;
    }
    const end = element.start + element.length;
    if (end > view.byteLength) return null;
    if (element.length <= 256) {
      const shortNumber = [0x0028_0010, 0x0028_0011, 0x0028_0100].includes(element.tag) && element.length === 2;
      const text = shortNumber
        ? String(view.getUint16(element.start, true))
        : decoder.decode(bytes.subarray(element.start, end));
      texts.set(element.tag, text.replaceAll(/[\0 ]+$/g, "").trim());
    }
    at = end;
  }
  return tagsOf(texts);
}

function tagsOf(texts: ReadonlyMap<number, string>): DicomTags {
  const text = (tag: number): string => texts.get(tag) ?? "";
  const numbers = (tag: number, count: number): readonly number[] | null => {
    const values = text(tag).split("\\").map(Number);
    return text(tag) !== "" && values.length === count && values.every(Number.isFinite) ? values : null;
  };
  return {
    sopClass: text(0x0008_0016) || text(0x0002_0002),
    modality: text(0x0008_0060),
    seriesUid: text(0x0020_000e),
    imagePosition: numbers(0x0020_0032, 3),
    imageOrientation: numbers(0x0020_0037, 6),
    frames: Number(text(0x0028_0008) || 1),
    rows: Number(text(0x0028_0010) || 0),
    columns: Number(text(0x0028_0011) || 0),
    bitsAllocated: Number(text(0x0028_0100) || 16),
  };
}
