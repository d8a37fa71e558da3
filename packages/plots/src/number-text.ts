/** Numbers as people read them: a fixed number of decimals with a real minus sign, an en dash where there is no value. */

/**
 * @param value A finite number, or null for "no value".
 * @param decimals Digits after the point.
 * @example
 * ```ts
 * numberText(0.93812, 3); // "0.938"
 * numberText(null, 3); // "–"
 * ```
 */
export function numberText(value: number | null, decimals: number): string {
  if (value === null) return "–";
  const text = value.toFixed(decimals);
  // toFixed gives "-0.000" for tiny negative values.
  return Number(text) === 0 ? (0).toFixed(decimals) : text.replace("-", "\u2212");
}

/** A 95 % interval as `0.912 – 0.951`; an en dash where there is none. */
export function intervalText(interval: readonly [number, number] | null, decimals: number): string {
  if (interval === null) return "–";
  return `${numberText(interval[0], decimals)} – ${numberText(interval[1], decimals)}`;
}

/** Share as per cent: 0.0034 -> "0.3 %"; never "0 %" or "100 %" for a share that is neither. */
export function percentText(share: number | null): string {
  if (share === null) return "–";
  if (share > 0 && share < 0.001) return "<0.1 %";
  if (share < 1 && share > 0.999) return ">99.9 %";
  return `${(share * 100).toFixed(share === 0 || share === 1 ? 0 : 1)} %`;
}

/** Bytes as `3.2 MB` (powers of ten). */
export function bytesText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 || value >= 99.95 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** Seconds as `8 s`, `4 min 10 s`, `2 h 5 min`. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** The text of a rank interval: `1–3`, or `2` when both ends are one. */
export function rankIntervalText(interval: readonly [number, number] | null): string {
  if (interval === null) return "–";
  // Quantiles of ranks may lie between two ranks.
  const [low, high] = interval.map((rank) => String(Number(rank.toFixed(1))));
  return low === high ? String(low) : `${low}–${high}`;
}

/** p as people write it: three decimals, `<0.001` below. */
export function pText(p: number | null): string {
  if (p === null) return "–";
  return p < 0.001 ? "<0.001" : numberText(p, 3);
}
