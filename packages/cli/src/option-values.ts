/** Values of command-line options that several verbs take. */
import { SegathlonError } from "@segathlon/errors";

/** An option with a value that cannot be used: what was expected, what was found. */
export function optionError(option: string, expected: string, found: string): SegathlonError {
  return new SegathlonError("SEG107", `${option}: expected ${expected}, found "${found}"`, {
    where: { field: option },
  });
}

/** A whole number of at least `least`. */
export function wholeNumber(option: string, text: string, least: number): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < least) throw optionError(option, `a whole number from ${least}`, text);
  return Number(text);
}

/** `1,2,5` as label values above 0. */
export function labelList(option: string, text: string): number[] {
  return text.split(",").map((part) => {
    const label = part.trim();
    if (!/^\d{1,10}$/.test(label) || Number(label) < 1 || Number(label) > 0xffff_ffff) {
      throw optionError(option, "labels above 0, such as 1,2", text);
    }
    return Number(label);
  });
}

/** `tumour=2+3,liver=1` as regions by name. */
export function regionList(option: string, text: string): Record<string, number[]> {
  const regions = new Map<string, number[]>();
  for (const part of text.split(",")) {
    const [name = "", labels = "", ...rest] = part.split("=").map((piece) => piece.trim());
    if (name === "" || labels === "" || rest.length > 0) throw optionError(option, "name=label+label,...", text);
    if (regions.has(name)) throw optionError(option, `each region once (${name} comes twice)`, text);
    regions.set(name, labelList(option, labels.replaceAll("+", ",")));
  }
  return Object.fromEntries(regions);
}
