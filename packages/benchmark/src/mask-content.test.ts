/** Masks that are cut down to their content give the result of the whole grid. */
import { compareCase, findProfile } from "@segathlon/metrics";
import type { LabelMap } from "@segathlon/volume";
import fc from "fast-check";
import { expect, test } from "vitest";
import { compareMaskParts } from "./evaluate-case.ts";
import { cutPart, maskContent, wholePart, withMargin } from "./mask-content.ts";
import { protocolFromOptions } from "./scoring-protocol.ts";

const shape = [23, 17, 19] as const;
const geometry = { shape, spacingMm: [0.7, 1, 2.5], affine: [0.7, 0, 0, 0, 0, 1, 0, 0, 0, 0, 2.5, 0] } as const;

type Box = readonly [number, number, number, number, number, number];
const box = fc.tuple(
  fc.nat(22),
  fc.nat(16),
  fc.nat(18),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 6 }),
  fc.integer({ min: 1, max: 6 }),
);

function mask(boxes: readonly Box[], value: number): LabelMap {
  const labels = new Uint8Array(shape[0] * shape[1] * shape[2]);
  for (const [x, y, z, a, b, c] of boxes) {
    for (let k = z; k < Math.min(shape[2], z + c); k += 1) {
      for (let j = y; j < Math.min(shape[1], y + b); j += 1) {
        for (let i = x; i < Math.min(shape[0], x + a); i += 1) labels[i + shape[0] * (j + shape[1] * k)] = value;
      }
    }
  }
  return { geometry, labels };
}

const profiles = ["deepmind", "medpy-0.5", "monai-1.5", "metrics-reloaded", "flare22"];

test("any two masks, every profile: the same statuses, counts and metrics", () => {
  fc.assert(
    fc.property(
      fc.array(box, { maxLength: 3 }),
      fc.array(box, { maxLength: 3 }),
      fc.constantFrom(...profiles),
      (a, b, id) => {
        const profile = findProfile(id);
        const tokens = profile.metrics.map((kind) => (kind === "hd" ? "hd95" : kind));
        const protocol = protocolFromOptions({ profile: id, metrics: tokens, tolerances: [1, 2] });
        const [reference, prediction] = [mask(a, 1), mask(b, 255)];
        const whole = compareCase(
          { data: reference.labels, ...geometry },
          { data: prediction.labels, ...geometry },
          { regions: [{ name: "organ", labels: [1, 255] }], metrics: protocol.metrics, profile },
        ).regions.organ;
        const part = (labelMap: LabelMap) =>
          cutPart(wholePart(labelMap), maskContent(labelMap).box ?? withMargin(null, shape));
        const { regions } = compareMaskParts(
          {
            region: "organ",
            grid: geometry,
            reference: part(reference),
            prediction: part(prediction),
            labels: [1, 255],
          },
          { protocol },
        );
        const { status, counts, metrics } = regions.organ ?? {};
        expect({ status, counts, metrics }).toEqual({
          status: whole?.status,
          counts: whole?.counts,
          metrics: whole?.metrics,
        });
      },
    ),
    { numRuns: 60 },
  );
});

test("labels and extent, also where voxels do not begin on a word boundary or are 16 bits wide", () => {
  const full = mask([[3, 4, 5, 2, 3, 4]], 7);
  const expected = { labels: [7], box: { from: [3, 4, 5], to: [5, 7, 9] } };
  const shifted = new Uint8Array(full.labels.length + 1);
  shifted.set(full.labels, 1);
  expect(maskContent(full)).toEqual(expected);
  expect(maskContent({ geometry, labels: shifted.subarray(1) })).toEqual(expected);
  expect(maskContent({ geometry, labels: Uint16Array.from(full.labels) })).toEqual(expected);
  expect(maskContent(mask([], 1))).toEqual({ labels: [], box: null });
});
