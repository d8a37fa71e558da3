import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  compareCase,
  decodeSurface,
  encodeSurface,
  findProfile,
  type LabelVolume,
  metricsFromSurface,
  PROFILES,
  parseMetrics,
} from "./index.ts";

const TOKENS = ["dice", "iou", "nsd", "overlap", "hd", "hd95", "hd50", "asd", "assd", "masd", "volume"];

/** Two random masks on one small grid. */
const pair = fc
  .record({
    shape: fc.tuple(fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 }), fc.integer({ min: 1, max: 7 })),
    spacingMm: fc.tuple(...[0, 1, 2].map(() => fc.double({ min: 0.2, max: 6, noNaN: true }))),
    seed: fc.integer(),
    share: fc.integer({ min: 1, max: 9 }),
  })
  .map(({ shape, spacingMm, seed, share }) => {
    let state = seed | 1;
    const random = (): number => {
      state = Math.imul(state, 1664525) + 1013904223;
      return (state >>> 8) % 10;
    };
    const make = (): LabelVolume => ({
      data: Uint8Array.from({ length: shape[0] * shape[1] * shape[2] }, () => (random() < share ? 1 : 0)),
      shape,
      spacingMm: spacingMm as [number, number, number],
    });
    return { reference: make(), prediction: make() };
  });

describe("the stored histogram", () => {
  test("gives the metrics of every profile as the voxels do, bit for bit, after a round trip through bytes", () => {
    let compared = 0;
    fc.assert(
      fc.property(pair, fc.constantFrom(...PROFILES), ({ reference, prediction }, profile) => {
        if (profile.boundary === "contours-2d" && !reference.shape.includes(1)) return;
        const known = TOKENS.filter((token) => profile.metrics.some((kind) => token.startsWith(kind)));
        const metrics = parseMetrics(known, { tolerances: [0, 0.5, 1, 3] });
        const { regions } = compareCase(reference, prediction, {
          regions: [{ name: "a", labels: [1] }],
          metrics,
          profile,
        });
        const region = regions.a!;
        const stored = region.surface === undefined ? null : decodeSurface(encodeSurface(region.surface));
        if (stored !== null) {
          expect(stored).toEqual(region.surface);
          compared += 1;
        }
        const again = metricsFromSurface(stored, region.counts, {
          region: "a",
          metrics,
          profile,
          spacingMm: reference.spacingMm,
        });
        expect(again).toEqual(region.metrics);
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(compared).toBeGreaterThan(100);
  });

  test("a metric that needs voxels is refused by name", () => {
    expect(() =>
      metricsFromSurface(
        null,
        { tp: 0, fp: 0, fn: 0, tn: 1 },
        { region: "a", metrics: parseMetrics("cldice"), profile: findProfile("deepmind"), spacingMm: [1, 1, 1] },
      ),
    ).toThrow(/cldice cannot be computed from a stored histogram/);
  });

  test("foreign, short and overlong bytes are refused", () => {
    const histogram = {
      distancesMm: Float64Array.of(0, 1),
      areas: Float64Array.of(0.5, 1),
      counts: Uint32Array.of(300, 0, 0, 4),
    };
    const bytes = encodeSurface({ referenceToPrediction: histogram, predictionToReference: histogram });
    expect(decodeSurface(bytes).referenceToPrediction).toEqual(histogram);
    expect(() => decodeSurface(Uint8Array.of(1, 2, 3, 4))).toThrow(/SGH1/);
    for (let length = 4; length < bytes.length; length += 1) {
      expect(() => decodeSurface(bytes.subarray(0, length))).toThrow(RangeError);
    }
    expect(() => decodeSurface(Uint8Array.of(...bytes, 0))).toThrow(/1 bytes too many/);
    // A header that claims 2^32 distances.
    expect(() => decodeSurface(Uint8Array.of(0x53, 0x47, 0x48, 0x31, 2, 255, 255, 255, 255, 15))).toThrow(RangeError);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (tail) => {
        try {
          decodeSurface(Uint8Array.of(0x53, 0x47, 0x48, 0x31, ...tail));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
