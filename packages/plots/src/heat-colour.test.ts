import { expect, test } from "vitest";
import { colourChannels, goodness, heatColour } from "./index.ts";

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = colourChannels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

test("text on every heat colour has a contrast of 4.5, and better is lighter", () => {
  let before = -1;
  for (let share = 0; share <= 1.0001; share += 0.002) {
    const { background, ink } = heatColour(share);
    const [low = 0, high = 0] = [luminance(background), luminance(ink)].sort((a, b) => a - b);
    expect((high + 0.05) / (low + 0.05), background).toBeGreaterThanOrEqual(4.5);
    expect(luminance(background)).toBeGreaterThanOrEqual(before - 0.005);
    before = luminance(background);
  }
  expect(() => heatColour(Number.NaN)).toThrow(RangeError);
});

test("goodness turns the direction and does not divide by zero", () => {
  expect(goodness(2, [0, 8], "lower-is-better")).toBe(0.75);
  expect(goodness(2, [0, 8], "higher-is-better")).toBe(0.25);
  expect(goodness(5, [5, 5], "higher-is-better")).toBe(1);
});
