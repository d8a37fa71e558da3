/**
 * NRRD headers, versions 1 to 5 (Teem, "Definition of NRRD File Format").
 *
 * Positions are brought to RAS+. `space` left-posterior-superior, right-anterior-superior and left-anterior-superior (also as LPS,
 * RAS, LAS) are honoured; a file that names no anatomical space is read as LPS, as ITK does. Axes without a direction
 * (`none`, kinds such as `list` or `vector`) are channels.
 */
import type { Affine, Shape, SpacingMm } from "./geometry.ts";
import { checkedGeometry, checkedVoxelCount } from "./header-checks.ts";
import type { ByteOrder, VoxelType } from "./volume.ts";
import { byteText, volumeError } from "./volume-error.ts";
import type { HeaderBytes, HeaderParse, VoxelLayout } from "./voxel-layout.ts";
import { voxelBytes } from "./voxel-type.ts";

const maxNrrdHeaderBytes = 1024 * 1024;

const typeNames: Readonly<Record<VoxelType, readonly string[]>> = {
  int8: ["signed char", "int8", "int8_t"],
  uint8: ["uchar", "unsigned char", "uint8", "uint8_t"],
  int16: ["short", "short int", "signed short", "signed short int", "int16", "int16_t"],
  uint16: ["ushort", "unsigned short", "unsigned short int", "uint16", "uint16_t"],
  int32: ["int", "signed int", "int32", "int32_t"],
  uint32: ["uint", "unsigned int", "uint32", "uint32_t"],
  int64: ["longlong", "long long", "long long int", "signed long long", "signed long long int", "int64", "int64_t"],
  uint64: ["ulonglong", "unsigned long long", "unsigned long long int", "uint64", "uint64_t"],
  float32: ["float"],
  float64: ["double"],
};

/** True for bytes that begin as an NRRD file. */
export function looksLikeNrrd(bytes: Uint8Array): boolean {
  return [0x4e, 0x52, 0x52, 0x44].every((byte, index) => bytes[index] === byte);
}

interface HeaderText {
  readonly fields: ReadonlyMap<string, string>;
  readonly keyValues: Readonly<Record<string, string>>;
  /** First byte after the blank line. */
  readonly end: number;
}

/** Splits the header into fields; null while its end is not in sight. */
function readHeaderText({ bytes, complete, file }: HeaderBytes): HeaderText | null {
  const fields = new Map<string, string>();
  const keyValues = new Map<string, string>();
  let start = 0;
  for (let line = 1; ; line += 1) {
    const newline = bytes.indexOf(10, start);
    if (newline < 0 && !complete) return null;
    const stop = newline < 0 ? bytes.length : newline;
    const text = new TextDecoder("latin1").decode(
      bytes.subarray(start, stop > start && bytes[stop - 1] === 13 ? stop - 1 : stop),
    );
    start = newline < 0 ? bytes.length : newline + 1;
    if (line === 1) {
      if (!/^NRRD000[1-5]$/.test(text.trim())) {
        throw volumeError("SEG002", file, `the first line is "${text.slice(0, 20)}"; NRRD0001 to NRRD0005 can be read`);
      }
    } else if (text === "") {
      return { fields, keyValues: Object.fromEntries(keyValues), end: start };
    } else if (!text.startsWith("#")) {
      addLine(text, { fields, keyValues, line, file });
    }
    // A detached header may end without a blank line.
    if (newline < 0) return { fields, keyValues: Object.fromEntries(keyValues), end: start };
  }
}

function addLine(
  text: string,
  {
    fields,
    keyValues,
    line,
    file,
  }: { fields: Map<string, string>; keyValues: Map<string, string>; line: number; file: string | undefined },
): void {
  const pair = /^([^:]+):=(.*)$/.exec(text);
  if (pair !== null) {
    keyValues.set(pair[1] as string, pair[2] as string);
    return;
  }
  const field = /^([^:]+): ?(.*)$/.exec(text);
  if (field === null) {
    throw volumeError("SEG006", file, `line ${line} of the NRRD header is neither "field: value" nor "key:=value"`);
  }
  const name = (field[1] as string).trim().toLowerCase().replaceAll(" ", "");
  if (fields.has(name)) throw volumeError("SEG006", file, `the NRRD header has the field "${field[1]}" twice`);
  fields.set(name, (field[2] as string).trim());
}

/**
 * Parses an NRRD header.
 *
 * @throws SegathlonError SEG002 for an encoding that cannot be read, SEG006 for an impossible field, SEG007 for a type that is not
 * a number, SEG015 for an unusable affine
 */
export function parseNrrd(input: HeaderBytes): HeaderParse {
  const { file } = input;
  const text = readHeaderText(input);
  if (text === null) {
    if (input.bytes.length >= maxNrrdHeaderBytes) {
      throw volumeError("SEG006", file, `no blank line ends the NRRD header within ${byteText(maxNrrdHeaderBytes)}`);
    }
    return { kind: "incomplete", needBytes: Math.max(1024, input.bytes.length * 4) };
  }
  const { fields } = text;
  const bad = (message: string): Error => volumeError("SEG006", file, message);
  const need = (name: string): string => {
    const value = fields.get(name);
    if (value === undefined) throw bad(`the NRRD header has no field "${name}"`);
    return value;
  };

  const rank = Number(need("dimension"));
  if (!Number.isInteger(rank) || rank < 1 || rank > 16)
    throw bad(`dimension is ${fields.get("dimension")}; 1 to 16 are possible`);
  const sizes = numbers(need("sizes"));
  if (sizes.length !== rank) throw bad(`sizes has ${sizes.length} numbers for ${rank} dimensions`);
  const voxelCount = checkedVoxelCount(sizes, "sizes", file);

  const typeName = need("type").toLowerCase();
  const voxelType = (Object.keys(typeNames) as VoxelType[]).find((type) => typeNames[type].includes(typeName));
  if (voxelType === undefined) throw volumeError("SEG007", file, `voxels are of type "${typeName}"`);

  const encoding = encodingOf(need("encoding"), file);
  const byteOrder = byteOrderOf(
    fields.get("endian"),
    voxelBytes[voxelType] > 1 && (encoding === "raw" || encoding === "gzip"),
    file,
  );
  const axes = axesOf(fields, rank, file);
  const shape = [0, 1, 2].map((axis) => {
    const index = axes.spatial[axis];
    return index === undefined ? 1 : (sizes[index] as number);
  }) as unknown as Shape;
  const { affine, spacingMm } = placeOf(fields, axes, file);

  const dataFile = fields.get("datafile");
  if (dataFile !== undefined && (/^LIST\b/.test(dataFile) || /%\d*d/.test(dataFile))) {
    throw volumeError("SEG002", file, "the NRRD header spreads its voxels over several data files", {
      hint: "Save the volume as one .nrrd file.",
    });
  }
  const skip = (name: string, least: number): number => {
    const value = Number(fields.get(name) ?? 0);
    if (!Number.isSafeInteger(value) || value < least) throw bad(`${name} is ${fields.get(name)}`);
    return value;
  };
  const layout: VoxelLayout = {
    byteOrder,
    encoding,
    place: dataFile === undefined ? "same-file" : "separate-file",
    blockStart: dataFile === undefined ? text.end : 0,
    lineSkip: skip("lineskip", 0),
    byteSkip: skip("byteskip", encoding === "raw" ? -1 : 0),
    ...(dataFile === undefined ? {} : { dataFileName: dataFile }),
    voxelCount,
    channelsFirst: axes.channelsFirst,
  };
  return {
    kind: "parsed",
    header: {
      format: "nrrd",
      geometry: checkedGeometry({ shape, spacingMm, affine }, file),
      channels: voxelCount / (shape[0] * shape[1] * shape[2]),
      voxelType,
      slope: 1,
      intercept: 0,
      details: {
        dimensions: sizes,
        steps: stepsOf(rank, axes, spacingMm),
        byteOrder,
        encoding,
        keyValues: text.keyValues,
      },
    },
    layout,
  };
}

function numbers(text: string): number[] {
  return text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map(Number);
}

function encodingOf(name: string, file: string | undefined): VoxelLayout["encoding"] {
  const encodings: Readonly<Record<string, VoxelLayout["encoding"]>> = {
    raw: "raw",
    gz: "gzip",
    gzip: "gzip",
    txt: "ascii",
    text: "ascii",
    ascii: "ascii",
    hex: "hex",
  };
  const encoding = Object.hasOwn(encodings, name.toLowerCase()) ? encodings[name.toLowerCase()] : undefined;
  if (encoding === undefined) {
    throw volumeError("SEG002", file, `the NRRD encoding "${name}" cannot be read; raw, gzip, ascii and hex can`, {
      hint: "Save the volume with gzip encoding.",
    });
  }
  return encoding;
}

function byteOrderOf(name: string | undefined, needed: boolean, file: string | undefined): ByteOrder {
  if (name === "little" || name === "big") return name;
  if (name === undefined && !needed) return "little";
  throw volumeError("SEG006", file, `endian is ${name ?? "missing"}; little or big is needed`);
}

interface Axes {
  /** Indices of the (at most three) spatial axes among the file's. */
  readonly spatial: readonly number[];
  readonly channelsFirst: boolean;
  /** Direction vectors of the spatial axes, where the header has them. */
  readonly directions: readonly (readonly number[])[] | null;
}

const spatialKinds = new Set(["domain", "space", "???", "none", ""]);

function axesOf(fields: ReadonlyMap<string, string>, rank: number, file: string | undefined): Axes {
  const bad = (message: string): Error => volumeError("SEG006", file, message);
  const text = fields.get("spacedirections");
  let spatial: number[];
  let directions: number[][] | null = null;
  if (text === undefined) {
    const kinds = (fields.get("kinds") ?? "").split(/\s+/).filter((word) => word !== "");
    const all = Array.from({ length: rank }, (_, axis) => axis);
    spatial = all.filter((axis) => spatialKinds.has((kinds[axis] ?? "").toLowerCase())).slice(0, 3);
  } else {
    const words = text.match(/none|\([^)]*\)/g) ?? [];
    if (words.length !== rank) throw bad(`space directions has ${words.length} entries for ${rank} dimensions`);
    spatial = words.flatMap((word, axis) => (word === "none" ? [] : [axis]));
    directions = spatial.map((axis) => vector(words[axis] as string));
  }
  if (spatial.length === 0 || spatial.length > 3) {
    throw volumeError("SEG010", file, `the NRRD header has ${spatial.length} spatial axes; 1 to 3 can be read`);
  }
  const first = spatial[0] as number;
  const contiguous = spatial.every((axis, index) => axis === first + index);
  if (!contiguous || (first > 0 && first + spatial.length < rank)) {
    throw bad("channel axes of an NRRD file have to lie all before or all after the spatial axes");
  }
  return { spatial, channelsFirst: first > 0, directions };
}

function vector(text: string): number[] {
  return text
    .replace(/[()]/g, "")
    .split(",")
    .map((word) => (word.trim() === "" ? Number.NaN : Number(word)));
}

/** Signs that bring the file's world axes to RAS+. */
function spaceSigns(name: string | undefined, file: string | undefined): readonly [number, number, number] {
  switch (name?.toLowerCase().replace(/-time$|t$/, "")) {
    case "right-anterior-superior":
    case "ras":
      return [1, 1, 1];
    case "left-anterior-superior":
    case "las":
      return [-1, 1, 1];
    case undefined:
    case "left-posterior-superior":
    case "lps":
    case "scanner-xyz":
    case "3d-right-handed":
    case "3d-left-handed":
      return [-1, -1, 1];
    default:
      throw volumeError("SEG006", file, `the NRRD space "${name}" is not known`);
  }
}

function placeOf(
  fields: ReadonlyMap<string, string>,
  { spatial, directions }: Axes,
  file: string | undefined,
): { affine: Affine; spacingMm: SpacingMm } {
  const signs = spaceSigns(fields.get("space"), file);
  const spacings = numbers((fields.get("spacings") ?? "").replaceAll(/\bnan\b/gi, "NaN"));
  const columns: number[][] = [];
  for (const [index, axis] of spatial.entries()) {
    if (directions !== null) {
      const direction = directions[index] as readonly number[];
      if (direction.length > 3)
        throw volumeError("SEG006", file, `a space direction has ${direction.length} components`);
      columns.push([direction[0] ?? 0, direction[1] ?? 0, direction[2] ?? 0]);
    } else {
      const spacing = spacings[axis];
      const column = [0, 0, 0];
      // Without any spacing the grid is a unit grid, as in ITK.
      column[index] = spacing === undefined || Number.isNaN(spacing) ? 1 : spacing;
      columns.push(column);
    }
  }
  const finite = columns.every((column) => column.every(Number.isFinite));
  if (!finite) throw volumeError("SEG015", file, "the space directions hold numbers that are not finite");
  if (columns.length === 1) columns.push([0, 1, 0]);
  if (columns.length === 2) columns.push(unitNormal(columns[0] as number[], columns[1] as number[]));
  const origin = fields.has("spaceorigin") ? vector(fields.get("spaceorigin") as string) : [0, 0, 0];
  const lengths = columns.map(([x = 0, y = 0, z = 0]) => Math.sqrt(x * x + y * y + z * z)) as [number, number, number];
  const rows = signs.flatMap((sign, row) =>
    [...columns.map((column) => column[row] as number), origin[row] ?? 0].map((value) =>
      // A plain product would turn 0 into -0.
      sign === 1 || value === 0 ? value : -value,
    ),
  );
  return { affine: rows as unknown as Affine, spacingMm: lengths };
}

/** The third axis of a two-dimensional image: one millimetre along the normal of its plane. */
function unitNormal([a = 0, b = 0, c = 0]: readonly number[], [d = 0, e = 0, f = 0]: readonly number[]): number[] {
  const normal = [b * f - c * e, c * d - a * f, a * e - b * d];
  const length = Math.hypot(...normal);
  return length > 0 ? normal.map((value) => value / length) : [0, 0, 1];
}

function stepsOf(rank: number, { spatial }: Axes, spacingMm: SpacingMm): number[] {
  return Array.from({ length: rank }, (_, axis) => {
    const index = spatial.indexOf(axis);
    return index < 0 ? 1 : (spacingMm[index] as number);
  });
}
