/**
 * MetaImage headers (.mha, .mhd; MetaIO of ITK).
 *
 * `Key = value` lines up to `ElementDataFile`; LOCAL means that the voxels follow. World positions are LPS, as ITK takes them;
 * row i of TransformMatrix is the direction of axis i; AnatomicalOrientation is not evaluated (ITK ignores it, too). Voxels may be
 * plain, zlib-compressed or text. Several data files (LIST, patterns) are refused.
 */
import type { Affine, Shape, SpacingMm } from "./geometry.ts";
import { checkedGeometry, checkedVoxelCount } from "./header-checks.ts";
import type { ByteOrder, VoxelType } from "./volume.ts";
import { byteText, volumeError } from "./volume-error.ts";
import type { HeaderBytes, HeaderParse, VoxelLayout } from "./voxel-layout.ts";

const maxMetaHeaderBytes = 64 * 1024;

/** Sizes as MetaIO defines them: LONG has four bytes, LONG_LONG eight. */
const voxelTypes: Readonly<Record<string, VoxelType>> = {
  MET_CHAR: "int8",
  MET_UCHAR: "uint8",
  MET_SHORT: "int16",
  MET_USHORT: "uint16",
  MET_INT: "int32",
  MET_UINT: "uint32",
  MET_LONG: "int32",
  MET_ULONG: "uint32",
  MET_LONG_LONG: "int64",
  MET_ULONG_LONG: "uint64",
  MET_FLOAT: "float32",
  MET_DOUBLE: "float64",
};

/** True for bytes that begin as a MetaImage header. */
export function looksLikeMetaImage(bytes: Uint8Array): boolean {
  const start = new TextDecoder("latin1").decode(bytes.subarray(0, 64));
  return /^\s*(ObjectType|NDims|Comment|ObjectSubType|TransformType)\s*=/.test(start);
}

interface HeaderText {
  readonly fields: ReadonlyMap<string, string>;
  /** First byte after the ElementDataFile line. */
  readonly end: number;
}

function readHeaderText({ bytes, complete, file }: HeaderBytes): HeaderText | null {
  const fields = new Map<string, string>();
  for (let start = 0; ; ) {
    const newline = bytes.indexOf(10, start);
    if (start > maxMetaHeaderBytes || (newline < 0 && bytes.length - start > maxMetaHeaderBytes)) {
      throw volumeError("SEG006", file, `no ElementDataFile within the first ${byteText(maxMetaHeaderBytes)}`);
    }
    if (newline < 0 && !complete) return null;
    const stop = newline < 0 ? bytes.length : newline;
    const line = new TextDecoder("latin1").decode(bytes.subarray(start, stop)).trim();
    start = newline < 0 ? bytes.length : newline + 1;
    if (line !== "") {
      const equals = line.indexOf("=");
      if (equals < 1)
        throw volumeError("SEG006", file, `the MetaImage header has a line without "=": "${line.slice(0, 40)}"`);
      const key = line.slice(0, equals).trim();
      // Only comments may be repeated.
      if (fields.has(key) && key !== "Comment") {
        throw volumeError("SEG006", file, `the MetaImage header has the field ${key} twice`);
      }
      fields.set(key, line.slice(equals + 1).trim());
      if (key === "ElementDataFile") return { fields, end: start };
    }
    if (newline < 0) throw volumeError("SEG003", file, "the MetaImage header ends before ElementDataFile");
  }
}

/**
 * Parses a MetaImage header.
 *
 * @throws SegathlonError SEG002 for several data files, SEG003 for a header that is cut off, SEG006 for an impossible field, SEG007
 * for an unknown type, SEG015 for an unusable transform
 */
export function parseMetaImage(input: HeaderBytes): HeaderParse {
  const { file } = input;
  const text = readHeaderText(input);
  if (text === null) return { kind: "incomplete", needBytes: Math.max(1024, input.bytes.length * 4) };
  const { fields } = text;
  const bad = (message: string): Error => volumeError("SEG006", file, message);
  const numbers = (...names: string[]): number[] | null => {
    const value = names.map((name) => fields.get(name)).find((found) => found !== undefined);
    return value === undefined ? null : value.split(/\s+/).map(Number);
  };

  if ((fields.get("ObjectType") ?? "Image") !== "Image")
    throw bad(`ObjectType is ${fields.get("ObjectType")}, not Image`);
  const rank = Number(fields.get("NDims"));
  if (!Number.isInteger(rank) || rank < 1 || rank > 7)
    throw bad(`NDims is ${fields.get("NDims") ?? "missing"}; 1 to 7 are possible`);
  const sizes = numbers("DimSize") ?? [];
  if (sizes.length !== rank) throw bad(`DimSize has ${sizes.length} numbers for ${rank} dimensions`);
  const components = Number(fields.get("ElementNumberOfChannels") ?? 1);
  const voxelCount = checkedVoxelCount([...sizes, components], "DimSize", file);
  const typeName = fields.get("ElementType") ?? "missing";
  const voxelType = Object.hasOwn(voxelTypes, typeName) ? voxelTypes[typeName] : undefined;
  if (voxelType === undefined) throw volumeError("SEG007", file, `ElementType is ${typeName}`);
  if (components > 1 && rank > 3) throw bad("several channels in more than three dimensions cannot be read");

  const shape: Shape = [sizes[0] ?? 1, sizes[1] ?? 1, sizes[2] ?? 1];
  const steps = numbers("ElementSpacing", "ElementSize") ?? sizes.map(() => 1);
  if (steps.length !== rank) throw bad(`ElementSpacing has ${steps.length} numbers for ${rank} dimensions`);
  const offset = numbers("Offset", "Position", "Origin") ?? sizes.map(() => 0);
  const matrix = numbers("TransformMatrix", "Rotation", "Orientation");
  const spacingMm: SpacingMm = [steps[0] ?? 1, steps[1] ?? 1, steps[2] ?? 1];
  const affine = affineOf({ rank, matrix, offset, spacingMm }, file);
  const byteOrder = isTrue(fields.get("BinaryDataByteOrderMSB") ?? fields.get("ElementByteOrderMSB"))
    ? "big"
    : "little";
  const layout = layoutOf(text, { voxelCount, byteOrder, channelsFirst: components > 1 }, file);
  return {
    kind: "parsed",
    header: {
      format: "metaimage",
      geometry: checkedGeometry({ shape, spacingMm, affine }, file),
      channels: voxelCount / (shape[0] * shape[1] * shape[2]),
      voxelType,
      slope: 1,
      intercept: 0,
      details: {
        dimensions: components > 1 ? [components, ...sizes] : sizes,
        steps: components > 1 ? [1, ...steps] : steps,
        byteOrder,
        encoding: layout.encoding,
      },
    },
    layout,
  };
}

function isTrue(value: string | undefined): boolean {
  return /^(true|t|1|yes)$/i.test(value ?? "");
}

function affineOf(
  place: { rank: number; matrix: readonly number[] | null; offset: readonly number[]; spacingMm: SpacingMm },
  file: string | undefined,
): Affine {
  const { rank, matrix, offset, spacingMm } = place;
  if (matrix !== null && matrix.length !== rank * rank) {
    throw volumeError("SEG006", file, `TransformMatrix has ${matrix.length} numbers for ${rank} dimensions`);
  }
  if (offset.length !== rank)
    throw volumeError("SEG006", file, `Offset has ${offset.length} numbers for ${rank} dimensions`);
  // Row `axis` of the matrix is that axis's direction; missing axes of flat images are those of the identity.
  const direction = (axis: number, world: number): number =>
    matrix !== null && axis < rank && world < rank ? (matrix[axis * rank + world] as number) : axis === world ? 1 : 0;
  const rows = [0, 1, 2].flatMap((world) => {
    const row = [0, 1, 2].map((axis) => direction(axis, world) * (spacingMm[axis] as number));
    row.push(offset[world] ?? 0);
    // LPS to RAS; a plain product would turn 0 into -0.
    return row.map((value) => (world === 2 || value === 0 ? value : -value));
  });
  return rows as unknown as Affine;
}

function layoutOf(
  { fields, end }: HeaderText,
  known: { voxelCount: number; byteOrder: ByteOrder; channelsFirst: boolean },
  file: string | undefined,
): VoxelLayout {
  const dataFile = fields.get("ElementDataFile") ?? "";
  if (dataFile === "" || /^LIST\b/.test(dataFile) || /%\d*d/.test(dataFile)) {
    throw volumeError("SEG002", file, "the MetaImage header spreads its voxels over several data files", {
      hint: "Save the volume as one .mha file.",
    });
  }
  const local = /^local$/i.test(dataFile);
  const skip = Number(fields.get("HeaderSize") ?? 0);
  const compressed = isTrue(fields.get("CompressedData"));
  const text = fields.has("BinaryData") && !isTrue(fields.get("BinaryData"));
  if (!Number.isSafeInteger(skip) || skip < -1 || (skip === -1 && (compressed || text))) {
    throw volumeError("SEG006", file, `HeaderSize is ${fields.get("HeaderSize")}`);
  }
  const place = local
    ? ({ place: "same-file" } as const)
    : ({ place: "separate-file", dataFileName: dataFile } as const);
  const encoding = text ? "ascii" : compressed ? "zlib" : "raw";
  return { ...known, ...place, encoding, blockStart: local ? end : 0, lineSkip: 0, byteSkip: local ? 0 : skip };
}
