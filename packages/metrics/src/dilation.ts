/** Dilation with the 18-neighbour element (scipy's generate_binary_structure(3, 2)), within the box of the mask. */
import type { BitMask } from "./bit-mask.ts";

function dilateOnce(mask: BitMask): BitMask {
  const { width, height, depth, wordsPerRow, bits } = mask;
  const slice = (height + 2) * wordsPerRow;
  const grown = new Int32Array(bits.length);
  const lastWord = (width - 1) >>> 5;
  const insideLast = -1 >>> (31 - ((width - 1) & 31));
  for (let z = 1; z <= depth; z += 1) {
    for (let y = 1; y <= height; y += 1) {
      const row = z * slice + y * wordsPerRow;
      // Rows that share a face with this one may step along x as well; rows over an edge may not.
      const faces = [row, row - wordsPerRow, row + wordsPerRow, row - slice, row + slice];
      const edges = [-slice, slice].flatMap((step) => [row + step - wordsPerRow, row + step + wordsPerRow]);
      const union = (word: number): number =>
        word < 0 || word >= wordsPerRow ? 0 : faces.reduce((any, start) => any | (bits[start + word] as number), 0);
      for (let word = 0; word <= lastWord; word += 1) {
        const own = union(word);
        let any = own | (own << 1) | (own >>> 1) | (union(word - 1) >>> 31) | (union(word + 1) << 31);
        for (const start of edges) any |= bits[start + word] as number;
        grown[row + word] = word === lastWord ? any & insideLast : any;
      }
    }
  }
  return { width, height, depth, wordsPerRow, bits: grown };
}

/** Dilates a mask a number of times. Nothing grows over the edge of the box: give it room first. */
export function dilate(mask: BitMask, times: number): BitMask {
  let grown = mask;
  for (let n = 0; n < times; n += 1) grown = dilateOnce(grown);
  return grown;
}
