/**
 * The colour of a heat table: from dark (worst) to light (best), one ramp with steadily rising lightness, so that it reads the same
 * in grey and for every kind of colour vision. The text on it is dark or light, whichever has the higher contrast.
 */
import { colourChannels } from "./region-colours.ts";

const ramp = ["#33264f", "#39497f", "#326f92", "#3f9590", "#82b98a", "#c9d893", "#f1f0bd"] as const;

/** From worst to best. */
export const heatRamp: readonly string[] = ramp;

export interface HeatColour {
  readonly background: string;
  readonly ink: string;
}

function luminance(channels: readonly number[]): number {
  const [r = 0, g = 0, b = 0] = channels.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/**
 * @param goodness 0 (worst) to 1 (best); values outside are taken as the nearer end.
 * @throws RangeError when `goodness` is not a number.
 */
export function heatColour(goodness: number): HeatColour {
  if (Number.isNaN(goodness)) throw new RangeError("heatColour: not a number");
  const place = Math.min(1, Math.max(0, goodness)) * (ramp.length - 1);
  const below = Math.min(ramp.length - 2, Math.floor(place));
  const from = colourChannels(ramp[below] ?? ramp[0]);
  const to = colourChannels(ramp[below + 1] ?? ramp[0]);
  const channels = from.map((channel, i) => Math.round(channel + ((to[i] ?? 0) - channel) * (place - below)));
  const background = `#${channels.map((channel) => channel.toString(16).padStart(2, "0")).join("")}`;
  // 0.179 is where black and white text have equal contrast (WCAG contrast formula).
  return { background, ink: luminance(channels) > 0.179 ? "#000000" : "#ffffff" };
}

/**
 * Where `value` lies between the worst and the best value of a metric, 0 to 1. With one value everywhere it is 1.
 */
export function goodness(
  value: number,
  [low, high]: readonly [number, number],
  direction: "higher-is-better" | "lower-is-better" | "none",
): number {
  if (high <= low) return 1;
  const share = (value - low) / (high - low);
  return direction === "lower-is-better" ? 1 - share : share;
}
