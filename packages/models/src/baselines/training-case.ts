/** What a baseline learns from and predicts: images and labels on one grid, x fastest. */
import type { Grid3, Triple } from "../grid3.ts";

export interface BaselineImage {
  readonly channels: readonly Grid3[];
  readonly spacingMm: Triple;
}

export interface TrainingCase extends BaselineImage {
  readonly case: string;
  readonly labels: Uint8Array | Uint16Array;
}

/** A baseline after learning: predicts one image at a time, on the image's own grid. */
export interface FittedBaseline {
  readonly name: string;
  /** What was learned, in a sentence a reader of a leaderboard understands. */
  readonly description: string;
  predict(image: BaselineImage): Uint8Array | Uint16Array;
}

/** Labels are background or one of these; the array type fits the largest. */
export function emptyLabels(count: number, labels: readonly number[]): Uint8Array | Uint16Array {
  return Math.max(0, ...labels) > 255 ? new Uint16Array(count) : new Uint8Array(count);
}

/** Every label above 0 that occurs, ascending. */
export function labelsOf(cases: readonly TrainingCase[]): number[] {
  const seen = new Uint8Array(65_536);
  for (const { labels } of cases) for (const label of labels) seen[label] = 1;
  const found: number[] = [];
  for (let label = 1; label < seen.length; label++) if (seen[label] === 1) found.push(label);
  return found;
}
