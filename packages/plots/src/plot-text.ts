/** Labels of axes and rows: how long they may be and how much room they need. */

/** Cuts a label to `length` characters, marking the cut. */
export function shortLabel(text: string, length: number): string {
  const characters = [...text];
  return characters.length <= length ? text : `${characters.slice(0, length - 1).join("")}…`;
}

/** Longest row label that fits a drawing of `width`. */
export function labelLength(width: number): number {
  return width < 480 ? 14 : 30;
}

/** Pixels that the longest of `labels` needs at 12 px, with a gap. East Asian characters count double. */
export function labelMargin(labels: readonly string[], width: number): number {
  const limit = labelLength(width);
  const longest = Math.max(
    0,
    ...labels.map((label) =>
      [...shortLabel(label, limit)].reduce((sum, c) => sum + ((c.codePointAt(0) ?? 0) > 0x2e80 ? 2 : 1), 0),
    ),
  );
  return Math.ceil(longest * 6.8) + 14;
}

/**
 * A number between 0 and 1 that depends on `text` only, for jitter that is the same in every drawing (FNV-1a).
 */
export function steadyFraction(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return ((hash ^ (hash >>> 13)) >>> 0) / 2 ** 32;
}
