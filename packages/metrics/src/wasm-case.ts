/**
 * One case on the compiled kernel: label maps block by block into its memory, then one region after the other.
 *
 * Order of use of the memory: labels and tables, runs of both sides, and above them the work space of one region, which is zero
 * before and after the region. Views are taken by `bytesAt` right before they are used, because any call may grow the memory.
 */
import { type AreaClasses, areaClasses } from "./area-classes.ts";
import type { DistanceHistogram, SurfaceHistogram } from "./case-comparison.ts";
import type { KernelRegion, KernelRequest } from "./kernel.ts";
import type { LabelVolume, Region } from "./label-volume.ts";
import type { PreparedLabels } from "./prepared-labels.ts";
import type { KernelExports } from "./wasm-exports.ts";
import { gatheredClasses, nearShells, rowSteps } from "./wasm-tables.ts";

const BLOCK_BYTES = 1 << 18;
/** Offsets that are tried for 64 points at once before points are searched one by one. */
const MOST_SHELLS = 32;
const REFERENCE = 0;
const PREDICTION = 1;
type Side = typeof REFERENCE | typeof PREDICTION;

export interface CaseRequest {
  readonly reference: LabelVolume | PreparedLabels;
  readonly prediction: LabelVolume | PreparedLabels;
  readonly regions: readonly Region[];
  readonly boundary: KernelRequest["boundary"];
}

/** How many runs are kept for one side, 16 bytes each. Label maps with more (salt and pepper) are drawn from their voxels. */
export interface CaseLimits {
  readonly mostRuns: number;
}

/** A case whose labels are known to the kernel. */
interface OpenCase {
  readonly kernel: KernelExports;
  readonly shape: LabelVolume["shape"];
  /** Distinct labels of all regions, ascending; label n has id n + 1. */
  readonly labels: Uint32Array;
  readonly idOf: ReadonlyMap<number, number>;
  readonly block: number;
  readonly blockBytes: number;
}

function bytesAt(kernel: KernelExports, address: number, length: number): Uint8Array {
  return new Uint8Array(kernel.memory.buffer, address, length);
}

function wordsAt(kernel: KernelExports, address: number, length: number): Uint32Array {
  return new Uint32Array(kernel.memory.buffer, address, length);
}

function put(kernel: KernelExports, bytes: Uint8Array): number {
  const address = kernel.allocate(BigInt(bytes.byteLength));
  bytesAt(kernel, address, bytes.byteLength).set(bytes);
  return address;
}

function putWords(kernel: KernelExports, words: Uint32Array): number {
  return put(kernel, new Uint8Array(words.buffer, words.byteOffset, words.byteLength));
}

/** Distinct labels of regions, ascending. */
export function distinctLabels(regions: readonly Region[]): Uint32Array {
  const labels = new Set<number>();
  for (const region of regions) for (const label of region.labels) labels.add(label);
  return Uint32Array.from(labels).sort();
}

function openCase(
  kernel: KernelExports,
  shape: LabelVolume["shape"],
  labels: Uint32Array,
  { mostRuns }: CaseLimits,
): OpenCase {
  kernel.forgetAll();
  const largest = labels.at(-1) ?? 0;
  kernel.setLabels(putWords(kernel, labels), labels.length, Math.min(2 ** 16, largest + 1));
  kernel.setRows(shape[0], shape[1], mostRuns);
  // Whole rows, so that a block can also be drawn row by row.
  const blockBytes = Math.max(BLOCK_BYTES, shape[0] * 4);
  const block = kernel.allocate(BigInt(blockBytes));
  const idOf = new Map(Array.from(labels, (label, n) => [label, n + 1]));
  return { kernel, shape, labels, idOf, block, blockBytes };
}

/** Copies a label map into the block, whole rows at a time. */
function eachBlock(
  open: OpenCase,
  { data, shape }: LabelVolume,
  use: (firstRow: number, rows: number) => boolean,
): boolean {
  const { kernel, block, blockBytes } = open;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const rowBytes = shape[0] * data.BYTES_PER_ELEMENT;
  const rowsPerBlock = Math.floor(blockBytes / rowBytes);
  const rows = shape[1] * shape[2];
  for (let row = 0; row < rows; row += rowsPerBlock) {
    const count = Math.min(rowsPerBlock, rows - row);
    const from = row * rowBytes;
    bytesAt(kernel, block, count * rowBytes).set(bytes.subarray(from, from + count * rowBytes));
    if (!use(row, count)) return false;
  }
  return true;
}

/** Finds the runs of one side. Returns false where there are too many to keep. */
function scan(open: OpenCase, side: Side, volume: LabelVolume): boolean {
  const { kernel, block } = open;
  kernel.beginSide(side);
  const bytesPerVoxel = volume.data.BYTES_PER_ELEMENT;
  const whole = eachBlock(
    open,
    volume,
    (_, rows) => kernel.scanBlock(block, rows * volume.shape[0], bytesPerVoxel) !== 0,
  );
  return whole && kernel.endSide() !== 0;
}

/** Puts prepared runs in place of a scan. */
function adopt({ kernel, idOf }: OpenCase, side: Side, prepared: PreparedLabels): void {
  kernel.beginSide(side);
  const kept = putWords(kernel, prepared.runs);
  prepared.labels.forEach((label, n) => {
    const id = idOf.get(label);
    const from = prepared.starts[n] ?? 0;
    const count = (prepared.starts[n + 1] ?? 0) - from;
    if (id !== undefined && count > 0) kernel.adoptRuns(side, id, kept + from * 12, count);
  });
}

/** Finds the runs of these labels; null where there are too many to keep. */
export function prepareVolume(
  kernel: KernelExports,
  volume: LabelVolume,
  labels: Uint32Array,
  limits: CaseLimits,
): PreparedLabels | null {
  const open = openCase(kernel, volume.shape, labels, limits);
  const { shape, spacingMm } = volume;
  const found = scan(open, REFERENCE, volume) ? packedRuns(kernel, labels) : null;
  kernel.clearWorkSpace();
  return found && { shape, spacingMm, scope: "labels-asked", ...found };
}

/** Runs of labels whose ids are 1, 2 ..., label after label in ascending order. */
function packedRuns(kernel: KernelExports, labels: Uint32Array): Pick<PreparedLabels, "labels" | "starts" | "runs"> {
  const order = Array.from(labels.keys()).sort((a, b) => (labels[a] ?? 0) - (labels[b] ?? 0));
  const starts = new Uint32Array(labels.length + 1);
  order.forEach((index, n) => {
    starts[n + 1] = (starts[n] ?? 0) + kernel.runsOf(REFERENCE, index + 1);
  });
  const count = starts[labels.length] ?? 0;
  const packed = kernel.allocate(BigInt(12 * count));
  order.forEach((index, n) => {
    kernel.packRuns(REFERENCE, index + 1, packed + 12 * (starts[n] ?? 0));
  });
  return {
    labels: Uint32Array.from(order, (index) => labels[index] ?? 0),
    starts,
    runs: wordsAt(kernel, packed, 3 * count).slice(),
  };
}

/** A gzip file that holds a header, then unscaled little-endian voxels, x fastest, and nothing more. */
export interface GzipLabelMap {
  readonly bytes: Uint8Array;
  /** Inflated bytes before the voxels. */
  readonly headerBytes: number;
  readonly voxelType: "uint8" | "int8" | "uint16" | "int16" | "uint32" | "int32";
  readonly shape: LabelVolume["shape"];
  readonly spacingMm: LabelVolume["spacingMm"];
}

const MOST_FOUND_LABELS = 4096;
/** Larger files are read the general way, which does not hold them in the kernel's memory. */
const MOST_GZIP_BYTES = 2 ** 28;
const MOST_VOXELS = 2 ** 32 - 1;
const LARGEST_LABEL = {
  uint8: 0xff,
  int8: 0x7f,
  uint16: 0xffff,
  int16: 0x7fff,
  uint32: 0xffff,
  int32: 0xffff,
} as const;
const VOXEL_BYTES = { uint8: 1, int8: 1, uint16: 2, int16: 2, uint32: 4, int32: 4 } as const;

/** From a gzip file to its runs; null for whatever is not plain and whole. */
export function prepareGzip(kernel: KernelExports, file: GzipLabelMap, limits: CaseLimits): PreparedLabels | null {
  const { bytes, headerBytes, voxelType, shape, spacingMm } = file;
  const voxels = shape[0] * shape[1] * shape[2];
  if (bytes.length > MOST_GZIP_BYTES || !(voxels >= 1 && voxels <= MOST_VOXELS)) return null;
  kernel.forgetAll();
  kernel.findLabels(MOST_FOUND_LABELS);
  kernel.setRows(shape[0], shape[1], limits.mostRuns);
  kernel.beginSide(REFERENCE);
  const address = kernel.allocate(BigInt(bytes.length + 16));
  bytesAt(kernel, address, bytes.length).set(bytes);
  bytesAt(kernel, address + bytes.length, 16).fill(0);
  const whole = kernel.scanGzip(address, bytes.length, headerBytes, voxels, VOXEL_BYTES[voxelType]) !== 0;
  let found: ReturnType<typeof packedRuns> | null = null;
  if (whole) {
    const labels = wordsAt(kernel, kernel.foundLabels(), kernel.foundLabelCount()).slice();
    if (labels.every((label) => label <= LARGEST_LABEL[voxelType])) found = packedRuns(kernel, labels);
  }
  kernel.clearWorkSpace();
  return found && { shape, spacingMm, scope: "every-label", ...found };
}

/** How a side is drawn: from its runs, or again from its voxels. */
type Source = { readonly from: "runs" } | { readonly from: "voxels"; readonly volume: LabelVolume };

function readSide(open: OpenCase, side: Side, labels: LabelVolume | PreparedLabels): Source {
  if ("data" in labels) return scan(open, side, labels) ? { from: "runs" } : { from: "voxels", volume: labels };
  adopt(open, side, labels);
  return { from: "runs" };
}

/** Compares two label maps that are known to fit together. */
export function compareLabelMaps(
  kernel: KernelExports,
  request: CaseRequest,
  limits: CaseLimits,
): readonly KernelRegion[] {
  const { reference, prediction, regions, boundary } = request;
  const open = openCase(kernel, prediction.shape, distinctLabels(regions), limits);
  const classes = areaClasses(reference.spacingMm);
  if (boundary === "surfels") {
    const steps = rowSteps(reference.spacingMm);
    kernel.setSpacing(...reference.spacingMm);
    kernel.setSteps(put(kernel, steps.bytes), steps.count, steps.reach);
    const shells = nearShells(reference.spacingMm, MOST_SHELLS);
    kernel.setShells(put(kernel, shells.bytes), shells.count, shells.reachY, shells.reachZ);
    kernel.setClasses(put(kernel, gatheredClasses(classes)));
  }
  const ids = kernel.allocate(BigInt(4 * open.labels.length));
  const member = kernel.allocate(BigInt(open.labels.length + 1));
  const sources = [readSide(open, REFERENCE, reference), readSide(open, PREDICTION, prediction)] as const;
  kernel.clearWorkSpace();
  return regions.map((region) => {
    const regionIds = Uint32Array.from(new Set(region.labels), (label) => open.idOf.get(label) ?? 0);
    wordsAt(kernel, ids, regionIds.length).set(regionIds);
    const members = bytesAt(kernel, member, open.labels.length + 1).fill(0);
    for (const id of regionIds) members[id] = 1;
    const drawn: DrawnRegion = { ids, count: regionIds.length, member, single: singleLabel(region) };
    return compareRegion(open, drawn, sources, boundary === "surfels" ? classes : null);
  });
}

/** The one label of a region, or 0 where there are several. */
function singleLabel({ labels }: Region): number {
  const [first = 0] = labels;
  return labels.every((label) => label === first) ? first : 0;
}

interface DrawnRegion {
  readonly ids: number;
  readonly count: number;
  readonly member: number;
  readonly single: number;
}

function drawSide(open: OpenCase, side: Side, source: Source, region: DrawnRegion): void {
  const { kernel, block, shape } = open;
  if (source.from === "runs") {
    kernel.drawRuns(side, shape[1], region.ids, region.count);
    return;
  }
  const bytesPerVoxel = source.volume.data.BYTES_PER_ELEMENT;
  // A label that the voxel type cannot hold must not be cut down to one that it can.
  const single = region.single < 2 ** (8 * bytesPerVoxel) ? region.single : 0;
  eachBlock(open, source.volume, (firstRow, rows) => {
    kernel.drawVoxels(side, block, bytesPerVoxel, firstRow, rows, region.member, single);
    return true;
  });
}

function compareRegion(
  open: OpenCase,
  region: DrawnRegion,
  sources: readonly [Source, Source],
  classes: AreaClasses | null,
): KernelRegion {
  const { kernel, shape } = open;
  const fromRuns = sources.every(({ from }) => from === "runs");
  const sizeOf = (side: Side) =>
    sources[side].from === "runs" ? kernel.voxelsOfLabels(side, region.ids, region.count) : kernel.countPlane(side);
  const counted = (overlap: number, referenceSize: number, predictionSize: number) => ({
    tp: overlap,
    fp: predictionSize - overlap,
    fn: referenceSize - overlap,
    tn: shape[0] * shape[1] * shape[2] - referenceSize - predictionSize + overlap,
  });

  if (fromRuns) {
    const boxed = kernel.setBoxOfLabels(region.ids, region.count) !== 0;
    const sizes = [sizeOf(REFERENCE), sizeOf(PREDICTION)] as const;
    if (!boxed || sizes[0] === 0 || sizes[1] === 0) return { counts: counted(0, ...sizes), surface: null };
  } else {
    kernel.setBox(0, shape[0], 0, shape[1], 0, shape[2]);
  }
  const base = kernel.mark();
  kernel.allocatePlanes();
  drawSide(open, REFERENCE, sources[REFERENCE], region);
  drawSide(open, PREDICTION, sources[PREDICTION], region);
  const sizes = [sizeOf(REFERENCE), sizeOf(PREDICTION)] as const;
  const counts = counted(kernel.countOverlap(), ...sizes);
  const surface = classes !== null && sizes[0] > 0 && sizes[1] > 0 ? compareSurfaces(kernel, classes) : null;
  kernel.clearPlanes();
  kernel.releaseClean(base);
  return { counts, surface };
}

function compareSurfaces(kernel: KernelExports, classes: AreaClasses): SurfaceHistogram {
  kernel.allocateSurfaces();
  kernel.drawSurface(REFERENCE);
  kernel.drawSurface(PREDICTION);
  const base = kernel.mark();
  kernel.allocateTables();
  kernel.allocateShells();
  const referenceToPrediction = directedHistogram(kernel, classes, REFERENCE, PREDICTION);
  const predictionToReference = directedHistogram(kernel, classes, PREDICTION, REFERENCE);
  kernel.releaseUsed(base);
  kernel.clearSurfaces();
  return { referenceToPrediction, predictionToReference };
}

function directedHistogram(kernel: KernelExports, { areas }: AreaClasses, from: Side, to: Side): DistanceHistogram {
  const base = kernel.mark();
  kernel.setTarget(to);
  kernel.resetShells();
  kernel.beginHistogram(areas.length);
  kernel.measure(from);
  const histogram = readHistogram(kernel, areas);
  kernel.releaseUsed(base);
  return histogram;
}

/** Rows of the kernel's histogram in ascending order; squared distances with the same square root become one row. */
function readHistogram(kernel: KernelExports, areas: Float64Array): DistanceHistogram {
  const count = kernel.distinctDistances();
  const list = kernel.listRows();
  const doubles = new Float64Array(kernel.memory.buffer);
  const words = new Uint32Array(kernel.memory.buffer);
  const rows = Array.from(words.subarray(list / 4, list / 4 + count)).sort(
    (a, b) => (doubles[a / 8] ?? 0) - (doubles[b / 8] ?? 0),
  );
  const distancesMm = new Float64Array(count);
  const counts = new Uint32Array(count * areas.length);
  let distinct = 0;
  for (const row of rows) {
    const distance = Math.sqrt(doubles[row / 8] ?? 0);
    if (distinct === 0 || distancesMm[distinct - 1] !== distance) {
      distancesMm[distinct] = distance;
      distinct += 1;
    }
    const at = (distinct - 1) * areas.length;
    for (let c = 0; c < areas.length; c += 1) counts[at + c] = (counts[at + c] ?? 0) + (words[row / 4 + 2 + c] ?? 0);
  }
  return {
    distancesMm: distancesMm.slice(0, distinct),
    areas: areas.slice(),
    counts: counts.slice(0, distinct * areas.length),
  };
}
