/**
 * Masks cut down to what they hold. A structure covers a small part of its scan; keeping only that part bounds memory where every
 * structure is a file of its own, and spares the metrics the empty rest.
 */
import type { LabelMap } from "@segathlon/volume";

/** Voxel bounds, upper ones exclusive. */
export interface VoxelBox {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
}

export interface MaskContent {
  /** Distinct labels other than 0, ascending. */
  readonly labels: readonly number[];
  /** Around all voxels that are not 0; null when there are none. */
  readonly box: VoxelBox | null;
}

/**
 * Voxels kept around the content: more than any dilation of a metric (at most 3), so that nothing that is computed inside depends
 * on the cut.
 */
const margin = 8;

const blockWords = 8;

/** The next block of eight words, at or after `from`, that is not all background. Most of a mask is; this loop is all it costs. */
function nextFilledBlock(words: Uint32Array, from: number, end: number): number {
  let at = from;
  while (at < end) {
    const union =
      (words[at] as number) |
      (words[at + 1] as number) |
      (words[at + 2] as number) |
      (words[at + 3] as number) |
      (words[at + 4] as number) |
      (words[at + 5] as number) |
      (words[at + 6] as number) |
      (words[at + 7] as number);
    if (union !== 0) return at;
    at += blockWords;
  }
  return end;
}

/** Labels and extent of a mask, in one pass. */
export function maskContent(mask: LabelMap): MaskContent {
  const { labels } = mask;
  const [nx, ny] = mask.geometry.shape;
  const found = new Set<number>();
  const from: [number, number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const to: [number, number, number] = [0, 0, 0];
  let row = -1;
  let last = 0;
  const see = (voxel: number): void => {
    const label = labels[voxel] as number;
    if (label === 0) return;
    if (label !== last) {
      found.add(label);
      last = label;
    }
    const own = Math.floor(voxel / nx);
    const x = voxel - own * nx;
    if (x < from[0]) from[0] = x;
    if (x >= to[0]) to[0] = x + 1;
    if (own === row) return;
    row = own;
    const z = Math.floor(row / ny);
    const y = row - z * ny;
    if (y < from[1]) from[1] = y;
    if (y >= to[1]) to[1] = y + 1;
    if (z < from[2]) from[2] = z;
    if (z >= to[2]) to[2] = z + 1;
  };
  let voxel = 0;
  if (labels instanceof Uint8Array && labels.byteOffset % 4 === 0) {
    const words = new Uint32Array(labels.buffer, labels.byteOffset, labels.length >>> 2);
    const end = words.length - (words.length % blockWords);
    for (
      let block = nextFilledBlock(words, 0, end);
      block < end;
      block = nextFilledBlock(words, block + blockWords, end)
    ) {
      for (let at = block * 4; at < (block + blockWords) * 4; at += 1) see(at);
    }
    voxel = end * 4;
  }
  for (; voxel < labels.length; voxel += 1) see(voxel);
  return { labels: [...found].sort((a, b) => a - b), box: found.size === 0 ? null : { from, to } };
}

/** The smallest box around both. */
export function jointBox(first: VoxelBox | null, second: VoxelBox | null): VoxelBox | null {
  if (first === null || second === null) return first ?? second;
  const pick = (choose: (a: number, b: number) => number, key: keyof VoxelBox): [number, number, number] => [
    choose(first[key][0], second[key][0]),
    choose(first[key][1], second[key][1]),
    choose(first[key][2], second[key][2]),
  ];
  return { from: pick(Math.min, "from"), to: pick(Math.max, "to") };
}

/** The box with its margin, inside the grid; a few voxels for a mask without content. */
export function withMargin(box: VoxelBox | null, shape: readonly [number, number, number]): VoxelBox {
  if (box === null)
    return { from: [0, 0, 0], to: [Math.min(3, shape[0]), Math.min(3, shape[1]), Math.min(3, shape[2])] };
  const { from, to } = box;
  return {
    from: [Math.max(0, from[0] - margin), Math.max(0, from[1] - margin), Math.max(0, from[2] - margin)],
    to: [Math.min(shape[0], to[0] + margin), Math.min(shape[1], to[1] + margin), Math.min(shape[2], to[2] + margin)],
  };
}

/** A part of a mask in an array of its own. */
export interface MaskPart {
  readonly box: VoxelBox;
  /** Size of the whole grid. */
  readonly shape: readonly [number, number, number];
  readonly data: LabelMap["labels"];
}

/** Cuts `box` out of a part that lies in it or around it; what the part does not cover is background. */
export function cutPart(source: MaskPart, box: VoxelBox): MaskPart {
  const size = [box.to[0] - box.from[0], box.to[1] - box.from[1], box.to[2] - box.from[2]] as const;
  const LabelArray = source.data.constructor as new (length: number) => LabelMap["labels"];
  const data = new LabelArray(size[0] * size[1] * size[2]);
  const [sx, sy] = [source.box.to[0] - source.box.from[0], source.box.to[1] - source.box.from[1]];
  const low = (axis: 0 | 1 | 2): number => Math.max(box.from[axis], source.box.from[axis]);
  const high = (axis: 0 | 1 | 2): number => Math.min(box.to[axis], source.box.to[axis]);
  if (high(0) > low(0)) {
    for (let z = low(2); z < high(2); z += 1) {
      for (let y = low(1); y < high(1); y += 1) {
        const at = low(0) - source.box.from[0] + sx * (y - source.box.from[1] + sy * (z - source.box.from[2]));
        const to = low(0) - box.from[0] + size[0] * (y - box.from[1] + size[1] * (z - box.from[2]));
        data.set(source.data.subarray(at, at + high(0) - low(0)), to);
      }
    }
  }
  return { box, shape: source.shape, data };
}

/** A whole mask as a part of itself. */
export function wholePart(mask: LabelMap): MaskPart {
  return { box: { from: [0, 0, 0], to: mask.geometry.shape }, shape: mask.geometry.shape, data: mask.labels };
}
