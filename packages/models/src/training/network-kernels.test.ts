/**
 * Every kernel against a plain float64 computation of its definition; gradients against central differences of that plain forward
 * computation (so that a wrong formula in both places would show).
 */
import { describe, expect, test } from "vitest";
import { seededRandom } from "../seeded-random.ts";
import { instantiateNetworkKernels, sharedNetworkMemory } from "./network-kernels.ts";

const D = 3;
const H = 4;
const W = 7;
const memory = sharedNetworkMemory(8 << 20);
const kernels = instantiateNetworkKernels(memory);
let top = 65_536;
const random = seededRandom(11);
const noise = (): number => random.uniform() * 2 - 1;

/** A block of floats in the kernel's memory. */
function floats(count: number, fill: () => number = () => 0): { at: number; values: Float32Array } {
  const at = top;
  top += Math.ceil((count * 4) / 64) * 64;
  const values = new Float32Array(memory.buffer, at, count);
  for (let i = 0; i < count; i++) values[i] = fill();
  return { at, values };
}

interface Tensor {
  at: number;
  values: Float32Array;
  d: number;
  h: number;
  w: number;
  c: number;
}

function index(t: { h: number; w: number; c: number }, d: number, h: number, w: number, c: number): number {
  return (((d + 1) * (t.h + 2) + h + 1) * (t.w + 2) + w + 1) * t.c + c;
}

function tensor(d: number, h: number, w: number, c: number, fill?: () => number): Tensor {
  const t = { ...floats((d + 2) * (h + 2) * (w + 2) * c), d, h, w, c };
  if (fill !== undefined)
    forEach(t, (at) => {
      t.values[at] = fill();
    });
  return t;
}

function forEach(t: Tensor, visit: (at: number, d: number, h: number, w: number, c: number) => void): void {
  for (let d = 0; d < t.d; d++)
    for (let h = 0; h < t.h; h++)
      for (let w = 0; w < t.w; w++) for (let c = 0; c < t.c; c++) visit(index(t, d, h, w, c), d, h, w, c);
}

/** Relative L2 difference. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let up = 0;
  let down = 0;
  for (let i = 0; i < expected.length; i++) {
    up += ((actual[i] ?? Number.NaN) - (expected[i] ?? 0)) ** 2;
    down += (expected[i] ?? 0) ** 2;
  }
  return Math.sqrt(up / Math.max(down, 1e-30));
}

/** Gradient of sum(forward(values) * weightsOfOutput) with respect to `values`, by central differences in float64. */
function numerical(
  values: Float64Array,
  forward: (values: Float64Array) => Float64Array,
  outputGradient: ArrayLike<number>,
): Float64Array {
  const eps = 1e-5;
  return values.map((value, i) => {
    const at = (v: number): number => {
      const changed = values.slice();
      changed[i] = v;
      return forward(changed).reduce((sum, out, k) => sum + out * (outputGradient[k] ?? 0), 0);
    };
    return (at(value + eps) - at(value - eps)) / (2 * eps);
  });
}

const weight3 = (ci: number, k: number, i: number, o: number): number => (((o >> 3) * 27 + k) * ci + i) * 8 + (o & 7);

function plainConv3(x: ArrayLike<number>, xs: Tensor, w: ArrayLike<number>, co: number): Float64Array {
  const out = new Float64Array((xs.d + 2) * (xs.h + 2) * (xs.w + 2) * co);
  const shape = { h: xs.h, w: xs.w, c: co };
  for (let d = 0; d < xs.d; d++)
    for (let h = 0; h < xs.h; h++)
      for (let v = 0; v < xs.w; v++)
        for (let o = 0; o < co; o++) {
          let sum = 0;
          for (let k = 0; k < 27; k++)
            for (let i = 0; i < xs.c; i++)
              sum +=
                (x[index(xs, d + Math.floor(k / 9) - 1, h + (Math.floor(k / 3) % 3) - 1, v + (k % 3) - 1, i)] ?? 0) *
                (w[weight3(xs.c, k, i, o)] ?? 0);
          out[index(shape, d, h, v, o)] = sum;
        }
  return out;
}

describe("3x3x3 convolution", () => {
  const x = tensor(D, H, W, 8, noise);
  const w = floats(27 * 8 * 16, noise);
  const y = tensor(D, H, W, 16);
  const g = tensor(D, H, W, 16, noise);

  test("forward, and accumulating", () => {
    kernels.conv3(x.at, y.at, w.at, D, H, W, 8, 16, 0);
    const plain = plainConv3(x.values, x, w.values, 16);
    expect(difference(y.values, plain)).toBeLessThan(1e-6);
    kernels.conv3(x.at, y.at, w.at, D, H, W, 8, 16, 1);
    expect(
      difference(
        y.values,
        plain.map((value) => 2 * value),
      ),
    ).toBeLessThan(1e-6);
  });

  test("gradient of the weights", () => {
    const dw = floats(w.values.length, () => 7);
    kernels.conv3WeightGradient(x.at, g.at, dw.at, D, H, W, 8, 16);
    // The convolution is linear in its weights: the gradient is exact, entry by entry.
    const expected = new Float64Array(w.values.length);
    for (let k = 0; k < 27; k++)
      for (let i = 0; i < 8; i++)
        for (let o = 0; o < 16; o++) {
          let sum = 0;
          forEach(g, (at, d, h, v, c) => {
            if (c === o)
              sum +=
                (g.values[at] ?? 0) *
                (x.values[index(x, d + Math.floor(k / 9) - 1, h + (Math.floor(k / 3) % 3) - 1, v + (k % 3) - 1, i)] ??
                  0);
          });
          expected[weight3(8, k, i, o)] = sum;
        }
    expect(difference(dw.values, expected)).toBeLessThan(1e-6);
  });

  test("gradient of the input", () => {
    const flipped = floats(w.values.length);
    const dx = tensor(D, H, W, 8);
    kernels.conv3Flip(w.at, flipped.at, 8, 16);
    kernels.conv3(g.at, dx.at, flipped.at, D, H, W, 16, 8, 0);
    const entries = Float64Array.from(x.values);
    const inner: number[] = [];
    forEach(x, (at) => inner.push(at));
    const sampled = inner.filter((_, i) => i % 13 === 0);
    const expected = sampled.map((at) => {
      const changed = (delta: number): number => {
        const copy = entries.slice();
        copy[at] = (copy[at] ?? 0) + delta;
        return plainConv3(copy, x, w.values, 16).reduce((sum, out, k) => sum + out * (g.values[k] ?? 0), 0);
      };
      return (changed(1e-3) - changed(-1e-3)) / 2e-3;
    });
    expect(
      difference(
        sampled.map((at) => dx.values[at] ?? 0),
        expected,
      ),
    ).toBeLessThan(1e-6);
  });
});

test("1x1x1 convolution and its gradients", () => {
  const x = tensor(2, 2, 3, 16, noise);
  const g = tensor(2, 2, 3, 8, noise);
  const y = tensor(2, 2, 3, 8);
  const w = floats(16 * 8, noise);
  const b = floats(8, noise);
  const at = (i: number, o: number): number => ((o >> 3) * 16 + i) * 8 + (o & 7);
  kernels.conv1(x.at, y.at, w.at, b.at, 2, 2, 3, 16, 8, 0);
  const plain = new Float64Array(y.values.length);
  const dw = new Float64Array(128);
  const db = new Float64Array(8);
  const dx = new Float64Array(x.values.length);
  forEach(y, (place, d, h, v, o) => {
    let sum = b.values[o] ?? 0;
    const gradient = g.values[place] ?? 0;
    db[o] = (db[o] ?? 0) + gradient;
    for (let i = 0; i < 16; i++) {
      const from = index(x, d, h, v, i);
      sum += (x.values[from] ?? 0) * (w.values[at(i, o)] ?? 0);
      dw[at(i, o)] = (dw[at(i, o)] ?? 0) + (x.values[from] ?? 0) * gradient;
      dx[from] = (dx[from] ?? 0) + (w.values[at(i, o)] ?? 0) * gradient;
    }
    plain[place] = sum;
  });
  expect(difference(y.values, plain)).toBeLessThan(1e-6);
  const [gw, gb, transposed, gx] = [floats(128), floats(8), floats(128), tensor(2, 2, 3, 16)];
  kernels.conv1WeightGradient(x.at, g.at, gw.at, gb.at, 2, 2, 3, 16, 8);
  kernels.conv1Transpose(w.at, transposed.at, 16, 8);
  kernels.conv1(g.at, gx.at, transposed.at, 0, 2, 2, 3, 8, 16, 0);
  expect(difference(gw.values, dw)).toBeLessThan(1e-6);
  expect(difference(gb.values, db)).toBeLessThan(1e-6);
  expect(difference(gx.values, dx)).toBeLessThan(1e-6);
});

test("instance norm with residual and leaky ReLU, and its gradients", () => {
  const C = 8;
  const x = tensor(2, 3, 3, C, noise);
  const r = tensor(2, 3, 3, C, noise);
  const y = tensor(2, 3, 3, C);
  const [gain, shift, stats] = [floats(C, () => 1 + 0.3 * noise()), floats(C, noise), floats(2 * C)];
  const plain = (xv: ArrayLike<number>, gv: ArrayLike<number>, sv: ArrayLike<number>): Float64Array => {
    const out = new Float64Array(x.values.length);
    for (let c = 0; c < C; c++) {
      const places: number[] = [];
      forEach(x, (at, _d, _h, _w, channel) => {
        if (channel === c) places.push(at);
      });
      const mean = places.reduce((sum, at) => sum + (xv[at] ?? 0), 0) / places.length;
      const variance = places.reduce((sum, at) => sum + ((xv[at] ?? 0) - mean) ** 2, 0) / places.length;
      for (const at of places) {
        const v =
          (((xv[at] ?? 0) - mean) / Math.sqrt(variance + 1e-5)) * (gv[c] ?? 0) + (sv[c] ?? 0) + (r.values[at] ?? 0);
        out[at] = v > 0 ? v : 0.01 * v;
      }
    }
    return out;
  };
  kernels.normStatistics(x.at, stats.at, 2, 3, 3, C, 1e-5);
  kernels.normApply(x.at, y.at, r.at, stats.at, gain.at, shift.at, 2, 3, 3, C);
  expect(difference(y.values, plain(x.values, gain.values, shift.values))).toBeLessThan(1e-6);
  const g = tensor(2, 3, 3, C, noise);
  const outputGradient = Float64Array.from(g.values);
  const [dx, dgain, dshift] = [tensor(2, 3, 3, C), floats(C), floats(C)];
  kernels.normBackward(x.at, y.at, g.at, dx.at, stats.at, gain.at, dgain.at, dshift.at, 2, 3, 3, C);
  expect(
    difference(
      dgain.values,
      numerical(Float64Array.from(gain.values), (v) => plain(x.values, v, shift.values), outputGradient),
    ),
  ).toBeLessThan(1e-5);
  expect(
    difference(
      dshift.values,
      numerical(Float64Array.from(shift.values), (v) => plain(x.values, gain.values, v), outputGradient),
    ),
  ).toBeLessThan(1e-5);
  const expected = numerical(Float64Array.from(x.values), (v) => plain(v, gain.values, shift.values), outputGradient);
  expect(difference(dx.values, expected)).toBeLessThan(1e-5);
});

test("maximum pooling, repetition and their gradients", () => {
  const C = 8;
  const x = tensor(4, 4, 6, C, noise);
  const y = tensor(2, 2, 3, C);
  kernels.maxPool(x.at, y.at, 2, 2, 3, C);
  forEach(y, (at, d, h, w, c) => {
    let top = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < 8; k++)
      top = Math.max(top, x.values[index(x, 2 * d + (k >> 2), 2 * h + ((k >> 1) & 1), 2 * w + (k & 1), c)] ?? 0);
    expect(y.values[at]).toBe(top);
  });
  const g = tensor(2, 2, 3, C, noise);
  const dx = tensor(4, 4, 6, C, () => 1);
  kernels.maxPoolBackward(x.at, y.at, g.at, dx.at, 2, 2, 3, C);
  forEach(x, (at, d, h, w, c) => {
    const pooled = index(y, d >> 1, h >> 1, w >> 1, c);
    expect(dx.values[at]).toBeCloseTo(1 + (x.values[at] === y.values[pooled] ? (g.values[pooled] ?? 0) : 0), 6);
  });
  const up = tensor(4, 4, 6, C);
  kernels.upAdd(y.at, x.at, up.at, 2, 2, 3, C);
  forEach(up, (at, d, h, w, c) =>
    expect(up.values[at]).toBe(Math.fround((x.values[at] ?? 0) + (y.values[index(y, d >> 1, h >> 1, w >> 1, c)] ?? 0))),
  );
  const back = tensor(2, 2, 3, C);
  kernels.upBackward(up.at, back.at, 2, 2, 3, C);
  forEach(back, (at, d, h, w, c) => {
    let sum = 0;
    for (let k = 0; k < 8; k++)
      sum += up.values[index(up, 2 * d + (k >> 2), 2 * h + ((k >> 1) & 1), 2 * w + (k & 1), c)] ?? 0;
    expect(back.values[at]).toBeCloseTo(sum, 4);
  });
});

test.each([2, 3, 5])("loss of %i classes and its gradient; ignored voxels have none", (K) => {
  const logits = tensor(1, 2, 3, 8 * K, () => 2 * noise());
  const labels = new Uint8Array(memory.buffer, floats(12).at, 48);
  for (let i = 0; i < 48; i++) labels[i] = i % 11 === 0 ? 255 : random.integer(K);
  const loss = (values: ArrayLike<number>): number => {
    let entropy = 0;
    let n = 0;
    const [I, P, Y] = [new Float64Array(K), new Float64Array(K), new Float64Array(K)];
    for (let voxel = 0; voxel < 6; voxel++)
      for (let s = 0; s < 8; s++) {
        const label = labels[voxel * 8 + s] ?? 255;
        if (label === 255) continue;
        const at = (k: number): number => values[index(logits, 0, Math.floor(voxel / 3), voxel % 3, 8 * k + s)] ?? 0;
        const total = Array.from({ length: K }, (_, k) => Math.exp(at(k))).reduce((a, b) => a + b, 0);
        n += 1;
        entropy -= at(label) - Math.log(total);
        Y[label] = (Y[label] ?? 0) + 1;
        for (let k = 0; k < K; k++) {
          const p = Math.exp(at(k)) / total;
          P[k] = (P[k] ?? 0) + p;
          if (k === label) I[k] = (I[k] ?? 0) + p;
        }
      }
    let dice = 0;
    for (let k = 1; k < K; k++) dice += (2 * (I[k] ?? 0) + 1) / ((P[k] ?? 0) + (Y[k] ?? 0) + 1) / (K - 1);
    return entropy / n - dice;
  };
  const before = Float64Array.from(logits.values);
  const sums = { at: Math.ceil(top / 64) * 64 };
  top = sums.at + 1024;
  kernels.softmaxSums(logits.at, labels.byteOffset, sums.at, 1, 2, 3, K);
  const found = new Float64Array(memory.buffer, sums.at, 2 + 3 * K);
  let value = (found[0] ?? 0) / (found[1] ?? 1);
  for (let k = 1; k < K; k++)
    value -= (2 * (found[2 + 3 * k] ?? 0) + 1) / ((found[3 + 3 * k] ?? 0) + (found[4 + 3 * k] ?? 0) + 1) / (K - 1);
  expect(value).toBeCloseTo(loss(before), 5);
  kernels.lossGradient(logits.at, labels.byteOffset, sums.at, logits.at, 1, 2, 3, K, 1);
  const expected = numerical(before, (v) => Float64Array.of(loss(v)), [1]);
  // The halo of the probabilities was never written; compare the interior.
  const inner: number[] = [];
  forEach(logits, (at) => inner.push(at));
  expect(
    difference(
      inner.map((at) => logits.values[at] ?? 0),
      inner.map((at) => expected[at] ?? 0),
    ),
  ).toBeLessThan(1e-5);
});

test("AdamW sums its slots in order and follows the published update", () => {
  const n = 5;
  const [p, m, v] = [floats(n, noise), floats(n), floats(n)];
  const g = floats(2 * 16, noise);
  const start = Array.from(p.values);
  kernels.adamW(p.at, m.at, v.at, g.at, 64, 2, n, 0.5, 0.01, 0.9, 0.99, 1 - 0.9, 1 - 0.99, 1e-8, 0.01);
  for (let i = 0; i < n; i++) {
    const gradient = ((g.values[i] ?? 0) + (g.values[16 + i] ?? 0)) / 2;
    // After the first step the corrected moments are the gradient and its square.
    expect(p.values[i]).toBeCloseTo(
      (start[i] ?? 0) - 0.01 * (gradient / (Math.abs(gradient) + 1e-8) + 0.01 * (start[i] ?? 0)),
      5,
    );
  }
});
