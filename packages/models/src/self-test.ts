/**
 * The self-test of a model package: a seeded input, a few logits that the trainer's engine gave, and how far another engine may differ.
 * Engines are chosen by it, so that a wrong or broken engine never scores anybody's predictions.
 */
import { SegathlonError } from "@segathlon/errors";
import type { LoadedModel } from "./engine.ts";
import { voxelCount } from "./grid3.ts";
import type { ModelDocument } from "./model-document.ts";
import type { WindowNetwork } from "./sliding-window.ts";

/** Seeded input of one window: roughly normal values from a 32-bit generator (mulberry32), the same on every machine. */
export function selfTestWindow(model: Pick<ModelDocument, "channels" | "patch">, seed: number): Float32Array {
  const window = new Float32Array(model.channels.length * voxelCount(model.patch));
  let state = seed >>> 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  // A sum of four uniforms needs no transcendental function, so it is the same to the last bit everywhere.
  for (let i = 0; i < window.length; i++) window[i] = (uniform() + uniform() + uniform() + uniform() - 2) * 1.7;
  return window;
}

/** Records a self-test: logits at evenly spread places, as `network` gives them. */
export async function recordSelfTest(
  model: Pick<ModelDocument, "channels" | "patch">,
  network: WindowNetwork,
  seed: number,
  tolerance: number,
): Promise<NonNullable<ModelDocument["self_test"]>> {
  const logits = await network(selfTestWindow(model, seed));
  const count = Math.min(64, logits.length);
  const places = Array.from({ length: count }, (_, k) => Math.floor(((k + 0.5) * logits.length) / count));
  return { seed, tolerance, logits: places.map((index) => ({ index, value: logits[index] ?? Number.NaN })) };
}

/**
 * Runs the self-test.
 *
 * @returns the largest difference found; 0 when the model has no self-test
 * @throws SegathlonError SEG504 when a logit differs by more than the tolerance
 */
export async function runSelfTest(model: ModelDocument, loaded: LoadedModel): Promise<number> {
  const test = model.self_test;
  if (test === null) return 0;
  const logits = await loaded.network(selfTestWindow(model, test.seed));
  let worst = 0;
  for (const { index, value } of test.logits) {
    const found = logits[index];
    const difference = found === undefined ? Number.POSITIVE_INFINITY : Math.abs(found - value);
    if (!(difference <= test.tolerance)) {
      throw new SegathlonError(
        "SEG504",
        `${model.name}: ${loaded.engine} ${loaded.version} gives ${found} at logit ${index}; expected ${value} within ${test.tolerance}`,
      );
    }
    worst = Math.max(worst, difference);
  }
  return worst;
}
