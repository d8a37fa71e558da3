import { expect, test } from "vitest";
import { colourChannels, regionColour, regionColours, regionColourTable } from "./index.ts";

const linear = (channel: number): number => {
  const share = channel / 255;
  return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
};

type Triple = readonly [number, number, number];

/** Machado, Oliveira, Fernandes 2009, severity 1, for linear RGB. */
const views: Readonly<Record<string, readonly number[]>> = {
  normal: [1, 0, 0, 0, 1, 0, 0, 0, 1],
  protanopia: [0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998],
  deuteranopia: [0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.01182, 0.04294, 0.968881],
  tritanopia: [1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.3039],
};

function oklab([r, g, b]: Triple): Triple {
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function seen(colour: string, matrix: readonly number[]): Triple {
  const rgb = colourChannels(colour).map(linear);
  const row = (k: number): number =>
    Math.min(
      1,
      Math.max(
        0,
        [0, 1, 2].reduce((sum, j) => sum + (matrix[3 * k + j] ?? 0) * (rgb[j] ?? 0), 0),
      ),
    );
  return oklab([row(0), row(1), row(2)]);
}

/** The smallest distance between any two of the first `count` colours, over all ways of seeing. */
function smallestDistance(count: number): number {
  let smallest = Number.POSITIVE_INFINITY;
  for (const matrix of Object.values(views)) {
    const places = regionColourTable.slice(0, count).map((colour) => seen(colour, matrix));
    for (const [i, a] of places.entries())
      for (const b of places.slice(0, i))
        smallest = Math.min(smallest, Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]));
  }
  return smallest;
}

test("colours stay apart for every kind of colour vision, as the file says", () => {
  expect(regionColourTable).toHaveLength(60);
  expect(new Set(regionColourTable).size).toBe(60);
  expect(smallestDistance(8)).toBeGreaterThan(0.1);
  expect(smallestDistance(16)).toBeGreaterThan(0.07);
  expect(smallestDistance(60)).toBeGreaterThan(0.03);
});

test("a list of regions always gets the same colours, and two names never share one below sixty", () => {
  const names = Array.from({ length: 60 }, (_, i) => `region ${i}`);
  const colours = regionColours([...names, "region 3"]);
  expect(new Set(colours.values()).size).toBe(60);
  expect(colours.get("region 3")).toBe(regionColour(3));
  expect(regionColour(61)).toBe(regionColour(1));
  expect(() => regionColour(-1)).toThrow(RangeError);
  expect(() => regionColour(0.5)).toThrow(RangeError);
});
