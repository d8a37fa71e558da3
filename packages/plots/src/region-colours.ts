/**
 * One table of region colours, used by plots, legends and the viewer alike.
 *
 * The colours keep their distance for people with protanopia, deuteranopia and tritanopia too (simulated with the matrices of
 * Machado, Oliveira and Fernandes 2009 at severity 1, compared in OKLab): the first eight are at least 0.10 apart in every view,
 * the first sixteen 0.07, all sixty 0.03. `region-colours.test.ts` recomputes these figures. Nobody tells sixty colours apart:
 * a region is always named in text as well.
 */

/** Sixty colours, most distinct first, as `#rrggbb`. */
export const regionColourTable: readonly string[] = [
  "#4682fa",
  "#e68c14",
  "#328264",
  "#aa82b4",
  "#e6dc64",
  "#78dcfa",
  "#dc3214",
  "#6432a0",
  "#82be96",
  "#961e1e",
  "#7864b4",
  "#325a6e",
  "#c896fa",
  "#b4e6be",
  "#789678",
  "#f0b414",
  "#6450dc",
  "#14c8c8",
  "#5ab464",
  "#be3296",
  "#bec878",
  "#507814",
  "#823c50",
  "#be5adc",
  "#aa1478",
  "#96d2b4",
  "#7846b4",
  "#c87832",
  "#c878dc",
  "#c83c50",
  "#a06e82",
  "#46fa8c",
  "#968cfa",
  "#fa96dc",
  "#d28296",
  "#8278b4",
  "#96e6e6",
  "#beb4fa",
  "#3c6e3c",
  "#1ea050",
  "#f09682",
  "#46b4be",
  "#fac814",
  "#506e96",
  "#82148c",
  "#1ea0c8",
  "#96aa3c",
  "#b47896",
  "#5a64f0",
  "#beb450",
  "#aa50c8",
  "#78e696",
  "#3c3cc8",
  "#823c8c",
  "#c8506e",
  "#dc82dc",
  "#d2d26e",
  "#aac896",
  "#faaadc",
  "#465a32",
];

/**
 * The colour of the region at place `index` of a task. Beyond the table the colours repeat.
 *
 * @param index Zero-based place of the region in its task.
 * @throws RangeError when `index` is negative or not an integer.
 * @example
 * ```ts
 * regionColour(0); // "#4682fa"
 * ```
 */
export function regionColour(index: number): string {
  if (!Number.isInteger(index) || index < 0) throw new RangeError(`regionColour: index ${index} is not a place`);
  return regionColourTable[index % regionColourTable.length] ?? "#808080";
}

/**
 * Colours for the regions of one task, by name, in the order of the task document. The same list always gives the same colours.
 *
 * @param names Region names in task order; a repeated name keeps its first colour.
 * @example
 * ```ts
 * regionColours(["liver", "tumour"]).get("tumour"); // "#e68c14"
 * ```
 */
export function regionColours(names: readonly string[]): ReadonlyMap<string, string> {
  const colours = new Map<string, string>();
  for (const name of names) if (!colours.has(name)) colours.set(name, regionColour(colours.size));
  return colours;
}

/** Red, green and blue, 0 to 255, of a `#rrggbb` colour: what viewers take. */
export function colourChannels(colour: string): readonly [number, number, number] {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour);
  if (match === null) throw new RangeError(`colourChannels: ${colour} is not #rrggbb`);
  const [, red = "", green = "", blue = ""] = match;
  return [Number.parseInt(red, 16), Number.parseInt(green, 16), Number.parseInt(blue, 16)];
}
