import { expect, test } from "vitest";
import { type ColourToken, colourChannels, themes, tokensCss } from "./index.ts";

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = colourChannels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

const textOn: readonly (readonly [ColourToken, ColourToken])[] = [
  ...(["--ink", "--ink-2", "--ink-3", "--accent", "--good", "--warn", "--bad"] as const).flatMap((ink) =>
    (["--bg", "--surface", "--raised"] as const).map((ground) => [ink, ground] as const),
  ),
  ["--accent-ink", "--accent"],
  ["--accent", "--accent-soft"],
  ["--good", "--good-soft"],
  ["--warn", "--warn-soft"],
  ["--bad", "--bad-soft"],
];

test.each(Object.keys(themes) as (keyof typeof themes)[])("text of the %s theme has a contrast of 4.5", (theme) => {
  for (const [ink, ground] of textOn)
    expect(contrast(themes[theme][ink], themes[theme][ground]), `${ink} on ${ground}`).toBeGreaterThanOrEqual(4.5);
  // Borders of controls: WCAG 2.2, 1.4.11.
  expect(contrast(themes[theme]["--line-strong"], themes[theme]["--bg"])).toBeGreaterThanOrEqual(3);
});

test("both themes declare the same properties, and the style sheet holds them all", () => {
  expect(Object.keys(themes.dark)).toEqual(Object.keys(themes.light));
  for (const property of Object.keys(themes.light)) expect(tokensCss.split(`${property}:`)).toHaveLength(4);
});
