/** From gzip bytes straight to runs: the same runs as of the inflated voxels, and nothing at all for anything that is not whole. */
import { createHash } from "node:crypto";
import { constants, deflateRawSync, gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { compareCase } from "./compare-case.ts";
import { comparePreparedCase, runsAreEnough } from "./compare-prepared.ts";
import type { LabelVolume } from "./label-volume.ts";
import { loadWasmKernel } from "./load-kernel.ts";
import { parseMetrics } from "./metric.ts";
import type { PreparedLabels } from "./prepared-labels.ts";
import { findProfile } from "./profiles/index.ts";
import type { GzipLabelMap } from "./wasm-case.ts";
import type { WasmKernel } from "./wasm-kernel.ts";

let kernel: WasmKernel;
beforeAll(async () => {
  kernel = await loadWasmKernel();
});

type Shape = readonly [number, number, number];
const STORES = { uint8: Uint8Array, uint16: Uint16Array, uint32: Uint32Array } as const;

/** Stretches of random length of random labels, and now and then noise. */
function labels(seed: number, length: number, largest: number, noise: number): Uint32Array {
  let state = seed | 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const data = new Uint32Array(length);
  for (let at = 0; at < length; ) {
    const value = random() < 0.5 ? 0 : Math.floor(random() * (largest + 1));
    const end = Math.min(length, at + 1 + Math.floor(random() ** 4 * 9000));
    const noisy = random() < noise;
    for (; at < end; at += 1) data[at] = noisy ? Math.floor(random() * (largest + 1)) : value;
  }
  return data;
}

function bytesOf(header: number, data: ArrayBufferView): Uint8Array {
  const bytes = new Uint8Array(header + data.byteLength);
  for (let at = 0; at < header; at += 1) bytes[at] = at * 7;
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), header);
  return bytes;
}

/** The runs of the inflated voxels, with every label that occurs. */
function expected(volume: LabelVolume): PreparedLabels | null {
  const found = [...new Set(volume.data)].filter((label) => label !== 0);
  const all = kernel.prepareReference(volume, found.length > 0 ? [{ name: "all", labels: found }] : []);
  return all && { ...all, scope: "every-label" };
}

function plain(prepared: PreparedLabels | null) {
  if (prepared === null) return null;
  const { scope, shape, spacingMm, labels: all, starts, runs } = prepared;
  return {
    scope,
    shape,
    spacingMm,
    labels: [...all],
    starts: [...starts],
    runs: createHash("sha256").update(runs).digest("hex"),
  };
}

const small: Shape = [40, 30, 20];

function fileOf(data: Uint8Array | Uint16Array | Uint32Array, voxelType: keyof typeof STORES, compressed?: Uint8Array) {
  const bytes = compressed ?? gzipSync(bytesOf(352, data));
  return { bytes, headerBytes: 352, voxelType, shape: small, spacingMm: [1, 1, 2] } satisfies GzipLabelMap;
}

describe("a gzip file and its inflated voxels", () => {
  test("give the same runs, however they were compressed", () => {
    fc.assert(
      fc.property(
        fc.record({
          seed: fc.nat(),
          shape: fc.constantFrom<Shape>([1, 1, 1], [7, 5, 3], [40, 30, 20], [130, 60, 50]),
          type: fc.constantFrom("uint8", "uint16", "uint32"),
          largest: fc.constantFrom(1, 3, 255, 1605, 60_000),
          noise: fc.constantFrom(0, 0.05, 1),
          header: fc.constantFrom(0, 352, 353, 5000, 200_000),
          level: fc.constantFrom(0, 1, 6, 9),
          strategy: fc.constantFrom(
            constants.Z_DEFAULT_STRATEGY,
            constants.Z_FIXED,
            constants.Z_RLE,
            constants.Z_HUFFMAN_ONLY,
            constants.Z_FILTERED,
          ),
        }),
        ({ seed, shape, type, largest, noise, header, level, strategy }) => {
          const length = shape[0] * shape[1] * shape[2];
          const data = STORES[type].from(
            labels(seed, length, type === "uint8" ? Math.min(255, largest) : largest, noise),
          );
          const bytes = gzipSync(bytesOf(header, data), { level, strategy });
          const spacingMm = [0.7, 0.7, 5] as const;
          const file: GzipLabelMap = { bytes, headerBytes: header, voxelType: type, shape, spacingMm };
          const found = kernel.prepareGzip(file);
          const distinct = new Set(data).size;
          if (distinct > 4096) expect(found).toBeNull();
          else expect(plain(found)).toEqual(plain(expected({ data, shape, spacingMm })));
        },
      ),
      { numRuns: 40 },
    );
  });

  test("a header with a name, a comment, extra fields and a checksum is passed over", () => {
    const data = Uint8Array.from(labels(5, 24_000, 9, 0.1));
    const body = gzipSync(bytesOf(352, data)).subarray(10);
    const fields = [
      ...[0x1f, 0x8b, 8, 4 | 8 | 16 | 2, 0, 0, 0, 0, 0, 3],
      ...[3, 0, 1, 2, 3],
      ...[..."label map.nii", "\0", ..."a comment", "\0"].map((character) => character.charCodeAt(0)),
      ...[9, 9],
    ];
    const file = fileOf(data, "uint8", Uint8Array.from([...fields, ...body]));
    expect(plain(kernel.prepareGzip(file))).toEqual(plain(expected({ data, shape: small, spacingMm: [1, 1, 2] })));
  });
});

describe("refused", () => {
  const data = Uint8Array.from(labels(3, 24_000, 12, 0.2));
  const whole = gzipSync(bytesOf(352, data));

  test("a stream that is cut, anywhere", () => {
    for (let length = 0; length < whole.length; length += 1 + (length >> 4)) {
      expect(kernel.prepareGzip(fileOf(data, "uint8", whole.subarray(0, length)))).toBeNull();
    }
    expect(kernel.prepareGzip(fileOf(data, "uint8", whole.subarray(0, whole.length - 1)))).toBeNull();
  });

  test("any damaged byte: whatever is accepted is what was written", () => {
    const right = plain(kernel.prepareGzip(fileOf(data, "uint8", whole)));
    expect(right).not.toBeNull();
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = whole.slice();
        damaged[at] = (damaged[at] ?? 0) ^ flip;
        const found = kernel.prepareGzip(fileOf(data, "uint8", damaged));
        // Time stamp and system of the gzip header mean nothing.
        if (found !== null) expect(at >= 4 && at < 10 && plain(found)).toEqual(right);
      }),
      { numRuns: 300 },
    );
  });

  test("noise in place of a stream", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 0, maxLength: 400 }), (noise) => {
        const bytes = Uint8Array.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, ...noise]);
        expect(kernel.prepareGzip(fileOf(data, "uint8", bytes))).toBeNull();
      }),
      { numRuns: 300 },
    );
  });

  test("more or fewer voxels than announced, several members, bytes behind the end", async () => {
    const fresh = await loadWasmKernel();
    const more = gzipSync(bytesOf(353, data));
    const fewer = gzipSync(bytesOf(351, data));
    const bomb = gzipSync(new Uint8Array(50_000_000));
    const members = Uint8Array.from([
      ...gzipSync(bytesOf(352, data.subarray(0, 100))),
      ...gzipSync(data.subarray(100)),
    ]);
    for (const bytes of [more, fewer, bomb, members, Uint8Array.from([...whole, 0])]) {
      expect(fresh.prepareGzip(fileOf(data, "uint8", bytes))).toBeNull();
    }
    expect(fresh.memoryBytes()).toBeLessThan(2 ** 23);
  });

  test("a stream that is not gzip, and a wrong checksum", () => {
    expect(kernel.prepareGzip(fileOf(data, "uint8", deflateRawSync(bytesOf(352, data))))).toBeNull();
    const wrong = whole.slice();
    wrong[wrong.length - 8] = (wrong[wrong.length - 8] ?? 0) ^ 1;
    expect(kernel.prepareGzip(fileOf(data, "uint8", wrong))).toBeNull();
  });

  test("labels that only a closer look can judge: negative, and above 65,535", () => {
    const negative = Uint16Array.from({ length: 24_000 }, (_, n) => (n === 17 ? 0xffff : 3));
    const large = Uint32Array.from({ length: 24_000 }, (_, n) => (n === 17 ? 70_000 : 3));
    const asInt16 = { ...fileOf(negative, "uint16"), voxelType: "int16" } as const;
    expect(kernel.prepareGzip(asInt16)).toBeNull();
    expect(kernel.prepareGzip(fileOf(negative, "uint16"))).not.toBeNull();
    expect(kernel.prepareGzip(fileOf(large, "uint32"))).toBeNull();
  });
});

test("prepared predictions are compared as their voxels are", () => {
  const voxels = (seed: number): LabelVolume => ({
    data: Uint8Array.from(labels(seed, 24_000, 4, 0.05)),
    shape: small,
    spacingMm: [1, 1, 2],
  });
  const [reference, prediction] = [voxels(21), voxels(22)];
  const prepared = (volume: LabelVolume) => {
    const found = kernel.prepareGzip(fileOf(volume.data, "uint8"));
    if (found === null) throw new Error("a whole file was refused");
    return found;
  };
  const regions = [
    { name: "one", labels: [1] },
    { name: "some", labels: [1, 2, 3] },
    { name: "absent", labels: [200] },
  ];
  for (const boundary of ["surfels", "none"] as const) {
    const all = { regions, boundary } as const;
    const right = kernel.compare({ reference, prediction, ...all });
    const [a, b] = [prepared(reference), prepared(prediction)];
    expect(kernel.comparePrepared({ reference: a, prediction: b, ...all })).toEqual(right);
    expect(kernel.comparePrepared({ reference, prediction: b, ...all })).toEqual(right);
    expect(kernel.comparePrepared({ reference: a, prediction, ...all })).toEqual(right);
  }

  const profile = findProfile("deepmind");
  for (const metrics of [parseMetrics("dice,volume"), parseMetrics("dice,hd95,asd,nsd,overlap", { tolerances: [1] })]) {
    const asked = { regions, metrics, profile, kernel };
    expect(runsAreEnough(metrics, profile)).toBe(true);
    expect(comparePreparedCase(prepared(reference), prepared(prediction), asked)).toEqual(
      compareCase(reference, prediction, asked),
    );
  }
  const lesions = { regions, metrics: parseMetrics("lesions"), profile, kernel };
  expect(() => comparePreparedCase(reference, prediction, lesions)).toThrow(/needs voxels/);
});
