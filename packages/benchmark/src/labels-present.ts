/** Which labels occur in a label map. */
import type { LabelMap } from "@segathlon/volume";

/** Distinct labels in ascending order, background included where it occurs. One pass; runs of one label cost a comparison each. */
export function labelsPresent(labels: LabelMap["labels"]): number[] {
  if (labels instanceof Uint32Array) {
    const found = new Set<number>();
    let last = -1;
    for (let voxel = 0; voxel < labels.length; voxel += 1) {
      const label = labels[voxel] as number;
      if (label !== last) {
        found.add(label);
        last = label;
      }
    }
    return [...found].sort((a, b) => a - b);
  }
  const seen = new Uint8Array(labels instanceof Uint8Array ? 256 : 65_536);
  if (labels instanceof Uint8Array && labels.byteOffset % 4 === 0) markBytes(labels, seen);
  else for (let voxel = 0; voxel < labels.length; voxel += 1) seen[labels[voxel] as number] = 1;
  const found: number[] = [];
  for (let label = 0; label < seen.length; label += 1) if (seen[label] === 1) found.push(label);
  return found;
}

/** Four bytes at a time: most of a label map is background, and equal words need no second look. */
function markBytes(labels: Uint8Array, seen: Uint8Array): void {
  const words = new Uint32Array(labels.buffer, labels.byteOffset, labels.length >>> 2);
  let last = -1;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] as number;
    if (word === last) continue;
    last = word;
    seen[word & 0xff] = 1;
    seen[(word >>> 8) & 0xff] = 1;
    seen[(word >>> 16) & 0xff] = 1;
    seen[word >>> 24] = 1;
  }
  for (let voxel = words.length * 4; voxel < labels.length; voxel += 1) seen[labels[voxel] as number] = 1;
}
