/** Errors of this package: always with the name of the file, so that one line says what is wrong where. */
import { type ErrorCode, SegathlonError } from "@segathlon/errors";

const longestMessage = 600;

/**
 * The error `message` about a file; bytes without a name are called "volume". Messages quote headers, which anyone may have written:
 * control characters (a terminal would obey them) are replaced, and the length is bounded.
 */
export function volumeError(
  code: ErrorCode,
  file: string | undefined,
  message: string,
  options: { readonly hint?: string; readonly cause?: unknown } = {},
): SegathlonError {
  const text = `${file ?? "volume"}: ${message.slice(0, longestMessage)}`.replaceAll(/\p{Cc}/gu, "?");
  return new SegathlonError(code, text, {
    ...options,
    ...(file === undefined ? {} : { where: { file } }),
  });
}

/** Bytes as people read them: `10.0 GB`. */
export function byteText(bytes: number): string {
  if (!Number.isFinite(bytes)) return "an unlimited number of bytes";
  if (bytes < 10_000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB", "TB", "PB", "EB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}
