/**
 * The kernels of the 3D network, in AssemblyScript for WASM SIMD (128 bit, multiply and add kept apart, so results are the same on every
 * machine). The memory is imported and shared, so that several workers can work on one step.
 *
 * Layout. A tensor is channels-last with a halo of one voxel, zero once and never written: element (d, h, w, c) of the interior lies at
 * ((d + 1) * (H + 2) + (h + 1)) * (W + 2) * C + (w + 1) * C + c floats. Channel counts are multiples of 8. Weights of a 3x3x3
 * convolution are [output block of 8][kd][kh][kw][input channel][8 outputs].
 */

// @ts-nocheck: AssemblyScript, compiled by asc (scripts/build-network-kernels.ts).

const SLOPE: f32 = 0.01;

/** dst (+)= src * weights, 3x3x3, zero padding 1, stride 1. */
export function conv3(src: usize, dst: usize, weights: usize, D: i32, H: i32, W: i32, Ci: i32, Co: i32, accumulate: i32): void {
  const rowS: usize = <usize>((W + 2) * Ci) << 2;
  const planeS: usize = <usize>(H + 2) * rowS;
  const rowD: usize = <usize>((W + 2) * Co) << 2;
  const planeD: usize = <usize>(H + 2) * rowD;
  const step: usize = <usize>Ci << 2;
  const stepD: usize = <usize>Co << 2;
  const taps: i32 = 3 * Ci;
  const block: usize = <usize>(27 * Ci) << 5;
  const blocks: i32 = Co >> 3;
  for (let d: i32 = 0; d < D; d++) {
    for (let b: i32 = 0; b < blocks; b++) {
      const wb: usize = weights + <usize>b * block;
      for (let h: i32 = 0; h < H; h++) {
        const out: usize = dst + <usize>(d + 1) * planeD + <usize>(h + 1) * rowD + stepD + (<usize>b << 5);
        const base: usize = src + <usize>d * planeS + <usize>h * rowS;
        let w: i32 = 0;
        for (; w + 5 <= W; w += 5) {
          let a0 = f32x4.splat(0), a1 = f32x4.splat(0), a2 = f32x4.splat(0), a3 = f32x4.splat(0), a4 = f32x4.splat(0);
          let b0 = f32x4.splat(0), b1 = f32x4.splat(0), b2 = f32x4.splat(0), b3 = f32x4.splat(0), b4 = f32x4.splat(0);
          let pw: usize = wb;
          for (let kd: i32 = 0; kd < 3; kd++) {
            for (let kh: i32 = 0; kh < 3; kh++) {
              let px: usize = base + <usize>kd * planeS + <usize>kh * rowS + <usize>w * step;
              let p1: usize = px + step;
              let p2: usize = p1 + step;
              let p3: usize = p2 + step;
              let p4: usize = p3 + step;
              for (let t: i32 = 0; t < taps; t++) {
                const w0 = v128.load(pw);
                const w1 = v128.load(pw, 16);
                let x = v128.load32_splat(px);
                a0 = f32x4.add(a0, f32x4.mul(x, w0));
                b0 = f32x4.add(b0, f32x4.mul(x, w1));
                x = v128.load32_splat(p1);
                a1 = f32x4.add(a1, f32x4.mul(x, w0));
                b1 = f32x4.add(b1, f32x4.mul(x, w1));
                x = v128.load32_splat(p2);
                a2 = f32x4.add(a2, f32x4.mul(x, w0));
                b2 = f32x4.add(b2, f32x4.mul(x, w1));
                x = v128.load32_splat(p3);
                a3 = f32x4.add(a3, f32x4.mul(x, w0));
                b3 = f32x4.add(b3, f32x4.mul(x, w1));
                x = v128.load32_splat(p4);
                a4 = f32x4.add(a4, f32x4.mul(x, w0));
                b4 = f32x4.add(b4, f32x4.mul(x, w1));
                px += 4; p1 += 4; p2 += 4; p3 += 4; p4 += 4;
                pw += 32;
              }
            }
          }
          let o: usize = out + <usize>w * stepD;
          if (accumulate) {
            a0 = f32x4.add(a0, v128.load(o)); b0 = f32x4.add(b0, v128.load(o, 16));
            a1 = f32x4.add(a1, v128.load(o + stepD)); b1 = f32x4.add(b1, v128.load(o + stepD, 16));
            a2 = f32x4.add(a2, v128.load(o + 2 * stepD)); b2 = f32x4.add(b2, v128.load(o + 2 * stepD, 16));
            a3 = f32x4.add(a3, v128.load(o + 3 * stepD)); b3 = f32x4.add(b3, v128.load(o + 3 * stepD, 16));
            a4 = f32x4.add(a4, v128.load(o + 4 * stepD)); b4 = f32x4.add(b4, v128.load(o + 4 * stepD, 16));
          }
          v128.store(o, a0); v128.store(o, b0, 16); o += stepD;
          v128.store(o, a1); v128.store(o, b1, 16); o += stepD;
          v128.store(o, a2); v128.store(o, b2, 16); o += stepD;
          v128.store(o, a3); v128.store(o, b3, 16); o += stepD;
          v128.store(o, a4); v128.store(o, b4, 16);
        }
        for (; w < W; w++) {
          let a = f32x4.splat(0), c = f32x4.splat(0);
          let pw: usize = wb;
          for (let kd: i32 = 0; kd < 3; kd++) {
            for (let kh: i32 = 0; kh < 3; kh++) {
              let px: usize = base + <usize>kd * planeS + <usize>kh * rowS + <usize>w * step;
              for (let t: i32 = 0; t < taps; t++) {
                const x = v128.load32_splat(px);
                a = f32x4.add(a, f32x4.mul(x, v128.load(pw)));
                c = f32x4.add(c, f32x4.mul(x, v128.load(pw, 16)));
                px += 4;
                pw += 32;
              }
            }
          }
          const o: usize = out + <usize>w * stepD;
          if (accumulate) {
            a = f32x4.add(a, v128.load(o));
            c = f32x4.add(c, v128.load(o, 16));
          }
          v128.store(o, a);
          v128.store(o, c, 16);
        }
      }
    }
  }
}

/** dw = gradient of a 3x3x3 convolution's weights, from its input x and the gradient g of its output. */
export function conv3WeightGradient(x: usize, g: usize, dw: usize, D: i32, H: i32, W: i32, Ci: i32, Co: i32): void {
  const rowS: usize = <usize>((W + 2) * Ci) << 2;
  const planeS: usize = <usize>(H + 2) * rowS;
  const rowD: usize = <usize>((W + 2) * Co) << 2;
  const planeD: usize = <usize>(H + 2) * rowD;
  const step: usize = <usize>Ci << 2;
  const stepD: usize = <usize>Co << 2;
  const taps: i32 = 3 * Ci;
  const blocks: i32 = Co >> 3;
  memory.fill(dw, 0, <usize>(27 * Ci * Co) << 2);
  for (let d: i32 = 0; d < D; d++) {
    for (let b: i32 = 0; b < blocks; b++) {
      for (let kd: i32 = 0; kd < 3; kd++) {
        for (let kh: i32 = 0; kh < 3; kh++) {
          const target: usize = dw + (<usize>(((b * 3 + kd) * 3 + kh) * taps) << 5);
          // 3 * Ci is a multiple of 24, so tiles of six taps fit.
          for (let t: i32 = 0; t < taps; t += 6) {
            const q: usize = target + (<usize>t << 5);
            let a0 = v128.load(q), b0 = v128.load(q, 16), a1 = v128.load(q, 32), b1 = v128.load(q, 48);
            let a2 = v128.load(q, 64), b2 = v128.load(q, 80), a3 = v128.load(q, 96), b3 = v128.load(q, 112);
            let a4 = v128.load(q, 128), b4 = v128.load(q, 144), a5 = v128.load(q, 160), b5 = v128.load(q, 176);
            for (let h: i32 = 0; h < H; h++) {
              let px: usize = x + <usize>(d + kd) * planeS + <usize>(h + kh) * rowS + (<usize>t << 2);
              let pg: usize = g + <usize>(d + 1) * planeD + <usize>(h + 1) * rowD + stepD + (<usize>b << 5);
              for (let w: i32 = 0; w < W; w++) {
                const g0 = v128.load(pg);
                const g1 = v128.load(pg, 16);
                let v = v128.load32_splat(px);
                a0 = f32x4.add(a0, f32x4.mul(v, g0));
                b0 = f32x4.add(b0, f32x4.mul(v, g1));
                v = v128.load32_splat(px, 4);
                a1 = f32x4.add(a1, f32x4.mul(v, g0));
                b1 = f32x4.add(b1, f32x4.mul(v, g1));
                v = v128.load32_splat(px, 8);
                a2 = f32x4.add(a2, f32x4.mul(v, g0));
                b2 = f32x4.add(b2, f32x4.mul(v, g1));
                v = v128.load32_splat(px, 12);
                a3 = f32x4.add(a3, f32x4.mul(v, g0));
                b3 = f32x4.add(b3, f32x4.mul(v, g1));
                v = v128.load32_splat(px, 16);
                a4 = f32x4.add(a4, f32x4.mul(v, g0));
                b4 = f32x4.add(b4, f32x4.mul(v, g1));
                v = v128.load32_splat(px, 20);
                a5 = f32x4.add(a5, f32x4.mul(v, g0));
                b5 = f32x4.add(b5, f32x4.mul(v, g1));
                px += step;
                pg += stepD;
              }
            }
            v128.store(q, a0); v128.store(q, b0, 16); v128.store(q, a1, 32); v128.store(q, b1, 48);
            v128.store(q, a2, 64); v128.store(q, b2, 80); v128.store(q, a3, 96); v128.store(q, b3, 112);
            v128.store(q, a4, 128); v128.store(q, b4, 144); v128.store(q, a5, 160); v128.store(q, b5, 176);
          }
        }
      }
    }
  }
}

/** Weights for the gradient of the input: taps reversed, input and output channels exchanged. */
export function conv3Flip(weights: usize, flipped: usize, Ci: i32, Co: i32): void {
  for (let o: i32 = 0; o < Co; o++) {
    for (let k: i32 = 0; k < 27; k++) {
      for (let i: i32 = 0; i < Ci; i++) {
        const from: i32 = (((o >> 3) * 27 + k) * Ci + i) * 8 + (o & 7);
        const to: i32 = (((i >> 3) * 27 + (26 - k)) * Co + o) * 8 + (i & 7);
        store<f32>(flipped + (<usize>to << 2), load<f32>(weights + (<usize>from << 2)));
      }
    }
  }
}

/** dst = src * weights (+ bias), 1x1x1; weights [output block of 8][input channel][8]; bias 0 means none. */
export function conv1(src: usize, dst: usize, weights: usize, bias: usize, D: i32, H: i32, W: i32, Ci: i32, Co: i32, accumulate: i32): void {
  const step: usize = <usize>Ci << 2;
  const stepD: usize = <usize>Co << 2;
  const blocks: i32 = Co >> 3;
  for (let d: i32 = 0; d < D; d++) {
    for (let h: i32 = 0; h < H; h++) {
      const row: i32 = ((d + 1) * (H + 2) + h + 1) * (W + 2) + 1;
      for (let b: i32 = 0; b < blocks; b++) {
        const wb: usize = weights + (<usize>(b * Ci) << 5);
        const bias0 = bias ? v128.load(bias + (<usize>b << 5)) : f32x4.splat(0);
        const bias1 = bias ? v128.load(bias + (<usize>b << 5), 16) : f32x4.splat(0);
        for (let w: i32 = 0; w < W; w++) {
          let px: usize = src + <usize>(row + w) * step;
          let pw: usize = wb;
          let a0 = bias0, a1 = bias1, c0 = f32x4.splat(0), c1 = f32x4.splat(0);
          for (let t: i32 = 0; t < Ci; t += 2) {
            let x = v128.load32_splat(px);
            a0 = f32x4.add(a0, f32x4.mul(x, v128.load(pw)));
            a1 = f32x4.add(a1, f32x4.mul(x, v128.load(pw, 16)));
            x = v128.load32_splat(px, 4);
            c0 = f32x4.add(c0, f32x4.mul(x, v128.load(pw, 32)));
            c1 = f32x4.add(c1, f32x4.mul(x, v128.load(pw, 48)));
            px += 8;
            pw += 64;
          }
          const o: usize = dst + <usize>(row + w) * stepD + (<usize>b << 5);
          a0 = f32x4.add(a0, c0);
          a1 = f32x4.add(a1, c1);
          if (accumulate) {
            a0 = f32x4.add(a0, v128.load(o));
            a1 = f32x4.add(a1, v128.load(o, 16));
          }
          v128.store(o, a0);
          v128.store(o, a1, 16);
        }
      }
    }
  }
}

/** dw and db of a 1x1x1 convolution; db 0 means no bias. */
export function conv1WeightGradient(x: usize, g: usize, dw: usize, db: usize, D: i32, H: i32, W: i32, Ci: i32, Co: i32): void {
  const step: usize = <usize>Ci << 2;
  const stepD: usize = <usize>Co << 2;
  const blocks: i32 = Co >> 3;
  memory.fill(dw, 0, <usize>(Ci * Co) << 2);
  if (db) memory.fill(db, 0, <usize>Co << 2);
  for (let d: i32 = 0; d < D; d++) {
    for (let h: i32 = 0; h < H; h++) {
      const row: i32 = ((d + 1) * (H + 2) + h + 1) * (W + 2) + 1;
      for (let b: i32 = 0; b < blocks; b++) {
        if (db) {
          let s0 = v128.load(db + (<usize>b << 5)), s1 = v128.load(db + (<usize>b << 5), 16);
          for (let w: i32 = 0; w < W; w++) {
            const pg: usize = g + <usize>(row + w) * stepD + (<usize>b << 5);
            s0 = f32x4.add(s0, v128.load(pg));
            s1 = f32x4.add(s1, v128.load(pg, 16));
          }
          v128.store(db + (<usize>b << 5), s0);
          v128.store(db + (<usize>b << 5), s1, 16);
        }
        for (let t: i32 = 0; t < Ci; t += 4) {
          const q: usize = dw + (<usize>(b * Ci + t) << 5);
          let a0 = v128.load(q), b0 = v128.load(q, 16), a1 = v128.load(q, 32), b1 = v128.load(q, 48);
          let a2 = v128.load(q, 64), b2 = v128.load(q, 80), a3 = v128.load(q, 96), b3 = v128.load(q, 112);
          let px: usize = x + <usize>row * step + (<usize>t << 2);
          let pg: usize = g + <usize>row * stepD + (<usize>b << 5);
          for (let w: i32 = 0; w < W; w++) {
            const g0 = v128.load(pg);
            const g1 = v128.load(pg, 16);
            let v = v128.load32_splat(px);
            a0 = f32x4.add(a0, f32x4.mul(v, g0));
            b0 = f32x4.add(b0, f32x4.mul(v, g1));
            v = v128.load32_splat(px, 4);
            a1 = f32x4.add(a1, f32x4.mul(v, g0));
            b1 = f32x4.add(b1, f32x4.mul(v, g1));
            v = v128.load32_splat(px, 8);
            a2 = f32x4.add(a2, f32x4.mul(v, g0));
            b2 = f32x4.add(b2, f32x4.mul(v, g1));
            v = v128.load32_splat(px, 12);
            a3 = f32x4.add(a3, f32x4.mul(v, g0));
            b3 = f32x4.add(b3, f32x4.mul(v, g1));
            px += step;
            pg += stepD;
          }
          v128.store(q, a0); v128.store(q, b0, 16); v128.store(q, a1, 32); v128.store(q, b1, 48);
          v128.store(q, a2, 64); v128.store(q, b2, 80); v128.store(q, a3, 96); v128.store(q, b3, 112);
        }
      }
    }
  }
}

/** Weights for the gradient of the input of a 1x1x1 convolution. */
export function conv1Transpose(weights: usize, transposed: usize, Ci: i32, Co: i32): void {
  for (let o: i32 = 0; o < Co; o++) {
    for (let i: i32 = 0; i < Ci; i++) {
      const from: i32 = ((o >> 3) * Ci + i) * 8 + (o & 7);
      const to: i32 = ((i >> 3) * Co + o) * 8 + (i & 7);
      store<f32>(transposed + (<usize>to << 2), load<f32>(weights + (<usize>from << 2)));
    }
  }
}

/** Mean and 1 / sqrt(variance + eps) of each channel (biased variance): stats = C means, then C factors. Two passes, float64 totals. */
export function normStatistics(x: usize, stats: usize, D: i32, H: i32, W: i32, C: i32, eps: f32): void {
  const n: f64 = <f64>(D * H * W);
  const step: usize = <usize>C << 2;
  for (let c: i32 = 0; c < C; c += 4) {
    let m0: f64 = 0, m1: f64 = 0, m2: f64 = 0, m3: f64 = 0;
    for (let d: i32 = 0; d < D; d++) {
      for (let h: i32 = 0; h < H; h++) {
        let p: usize = x + <usize>(((d + 1) * (H + 2) + h + 1) * (W + 2) + 1) * step + (<usize>c << 2);
        let s = f32x4.splat(0);
        for (let w: i32 = 0; w < W; w++, p += step) s = f32x4.add(s, v128.load(p));
        m0 += <f64>f32x4.extract_lane(s, 0);
        m1 += <f64>f32x4.extract_lane(s, 1);
        m2 += <f64>f32x4.extract_lane(s, 2);
        m3 += <f64>f32x4.extract_lane(s, 3);
      }
    }
    const k0 = <f32>(m0 / n), k1 = <f32>(m1 / n), k2 = <f32>(m2 / n), k3 = <f32>(m3 / n);
    let mean = f32x4.splat(k0);
    mean = f32x4.replace_lane(mean, 1, k1);
    mean = f32x4.replace_lane(mean, 2, k2);
    mean = f32x4.replace_lane(mean, 3, k3);
    m0 = 0; m1 = 0; m2 = 0; m3 = 0;
    for (let d: i32 = 0; d < D; d++) {
      for (let h: i32 = 0; h < H; h++) {
        let p: usize = x + <usize>(((d + 1) * (H + 2) + h + 1) * (W + 2) + 1) * step + (<usize>c << 2);
        let s = f32x4.splat(0);
        for (let w: i32 = 0; w < W; w++, p += step) {
          const v = f32x4.sub(v128.load(p), mean);
          s = f32x4.add(s, f32x4.mul(v, v));
        }
        m0 += <f64>f32x4.extract_lane(s, 0);
        m1 += <f64>f32x4.extract_lane(s, 1);
        m2 += <f64>f32x4.extract_lane(s, 2);
        m3 += <f64>f32x4.extract_lane(s, 3);
      }
    }
    const out: usize = stats + (<usize>c << 2);
    v128.store(out, mean);
    const factors: usize = out + (<usize>C << 2);
    store<f32>(factors, <f32>(1.0 / Math.sqrt(m0 / n + <f64>eps)));
    store<f32>(factors, <f32>(1.0 / Math.sqrt(m1 / n + <f64>eps)), 4);
    store<f32>(factors, <f32>(1.0 / Math.sqrt(m2 / n + <f64>eps)), 8);
    store<f32>(factors, <f32>(1.0 / Math.sqrt(m3 / n + <f64>eps)), 12);
  }
}

/** y = leaky ReLU (gamma * (x - mean) * factor + beta + residual); residual 0 means none. */
export function normApply(x: usize, y: usize, residual: usize, stats: usize, gamma: usize, beta: usize, D: i32, H: i32, W: i32, C: i32): void {
  const step: usize = <usize>C << 2;
  const slope = f32x4.splat(SLOPE);
  const zero = f32x4.splat(0);
  for (let c: i32 = 0; c < C; c += 4) {
    const at: usize = <usize>c << 2;
    const mean = v128.load(stats + at);
    const scale = f32x4.mul(v128.load(stats + at + step), v128.load(gamma + at));
    const shift = v128.load(beta + at);
    for (let d: i32 = 0; d < D; d++) {
      for (let h: i32 = 0; h < H; h++) {
        let p: usize = <usize>(((d + 1) * (H + 2) + h + 1) * (W + 2) + 1) * step + at;
        for (let w: i32 = 0; w < W; w++, p += step) {
          let v = f32x4.add(f32x4.mul(f32x4.sub(v128.load(x + p), mean), scale), shift);
          if (residual) v = f32x4.add(v, v128.load(residual + p));
          v128.store(y + p, v128.bitselect(v, f32x4.mul(v, slope), f32x4.gt(v, zero)));
        }
      }
    }
  }
}

/**
 * Backward of normApply. dy becomes the gradient before the activation (which is the residual's gradient) in place; dx gets the
 * gradient of x; dgamma and dbeta are set.
 */
export function normBackward(x: usize, y: usize, dy: usize, dx: usize, stats: usize, gamma: usize, dgamma: usize, dbeta: usize, D: i32, H: i32, W: i32, C: i32): void {
  const n: f64 = <f64>(D * H * W);
  const step: usize = <usize>C << 2;
  const slope = f32x4.splat(SLOPE);
  const zero = f32x4.splat(0);
  for (let c: i32 = 0; c < C; c += 4) {
    const at: usize = <usize>c << 2;
    const mean = v128.load(stats + at);
    const factor = v128.load(stats + at + step);
    let g0: f64 = 0, g1: f64 = 0, g2: f64 = 0, g3: f64 = 0, s0: f64 = 0, s1: f64 = 0, s2: f64 = 0, s3: f64 = 0;
    for (let d: i32 = 0; d < D; d++) {
      for (let h: i32 = 0; h < H; h++) {
        let p: usize = <usize>(((d + 1) * (H + 2) + h + 1) * (W + 2) + 1) * step + at;
        let gs = f32x4.splat(0), ss = f32x4.splat(0);
        for (let w: i32 = 0; w < W; w++, p += step) {
          let g = v128.load(dy + p);
          g = v128.bitselect(g, f32x4.mul(g, slope), f32x4.gt(v128.load(y + p), zero));
          v128.store(dy + p, g);
          const hat = f32x4.mul(f32x4.sub(v128.load(x + p), mean), factor);
          gs = f32x4.add(gs, f32x4.mul(g, hat));
          ss = f32x4.add(ss, g);
        }
        g0 += <f64>f32x4.extract_lane(gs, 0); g1 += <f64>f32x4.extract_lane(gs, 1);
        g2 += <f64>f32x4.extract_lane(gs, 2); g3 += <f64>f32x4.extract_lane(gs, 3);
        s0 += <f64>f32x4.extract_lane(ss, 0); s1 += <f64>f32x4.extract_lane(ss, 1);
        s2 += <f64>f32x4.extract_lane(ss, 2); s3 += <f64>f32x4.extract_lane(ss, 3);
      }
    }
    store<f32>(dgamma + at, <f32>g0); store<f32>(dgamma + at, <f32>g1, 4); store<f32>(dgamma + at, <f32>g2, 8); store<f32>(dgamma + at, <f32>g3, 12);
    store<f32>(dbeta + at, <f32>s0); store<f32>(dbeta + at, <f32>s1, 4); store<f32>(dbeta + at, <f32>s2, 8); store<f32>(dbeta + at, <f32>s3, 12);
    let mg = f32x4.splat(<f32>(g0 / n)), ms = f32x4.splat(<f32>(s0 / n));
    mg = f32x4.replace_lane(mg, 1, <f32>(g1 / n)); ms = f32x4.replace_lane(ms, 1, <f32>(s1 / n));
    mg = f32x4.replace_lane(mg, 2, <f32>(g2 / n)); ms = f32x4.replace_lane(ms, 2, <f32>(s2 / n));
    mg = f32x4.replace_lane(mg, 3, <f32>(g3 / n)); ms = f32x4.replace_lane(ms, 3, <f32>(s3 / n));
    const scale = f32x4.mul(v128.load(gamma + at), factor);
    for (let d: i32 = 0; d < D; d++) {
      for (let h: i32 = 0; h < H; h++) {
        let p: usize = <usize>(((d + 1) * (H + 2) + h + 1) * (W + 2) + 1) * step + at;
        for (let w: i32 = 0; w < W; w++, p += step) {
          const hat = f32x4.mul(f32x4.sub(v128.load(x + p), mean), factor);
          const v = f32x4.sub(f32x4.sub(v128.load(dy + p), ms), f32x4.mul(hat, mg));
          v128.store(dx + p, f32x4.mul(scale, v));
        }
      }
    }
  }
}

/** Maximum over blocks of 2x2x2; D, H, W are the small sizes. */
export function maxPool(src: usize, dst: usize, D: i32, H: i32, W: i32, C: i32): void {
  const step: usize = <usize>C << 2;
  const rowS: usize = <usize>(2 * W + 2) * step;
  const planeS: usize = <usize>(2 * H + 2) * rowS;
  for (let d: i32 = 0; d < D; d++) {
    for (let h: i32 = 0; h < H; h++) {
      for (let w: i32 = 0; w < W; w++) {
        const p: usize = src + <usize>(2 * d + 1) * planeS + <usize>(2 * h + 1) * rowS + <usize>(2 * w + 1) * step;
        const o: usize = dst + <usize>(((d + 1) * (H + 2) + h + 1) * (W + 2) + w + 1) * step;
        for (let c: usize = 0; c < step; c += 16) {
          let m = f32x4.max(v128.load(p + c), v128.load(p + c + step));
          m = f32x4.max(m, f32x4.max(v128.load(p + c + rowS), v128.load(p + c + rowS + step)));
          m = f32x4.max(m, f32x4.max(v128.load(p + c + planeS), v128.load(p + c + planeS + step)));
          m = f32x4.max(m, f32x4.max(v128.load(p + c + planeS + rowS), v128.load(p + c + planeS + rowS + step)));
          v128.store(o + c, m);
        }
      }
    }
  }
}

/** dsrc += gradient of maxPool; of equal maxima the first gets it. */
export function maxPoolBackward(src: usize, pooled: usize, g: usize, dsrc: usize, D: i32, H: i32, W: i32, C: i32): void {
  const step: usize = <usize>C << 2;
  const rowS: usize = <usize>(2 * W + 2) * step;
  const planeS: usize = <usize>(2 * H + 2) * rowS;
  for (let d: i32 = 0; d < D; d++) {
    for (let h: i32 = 0; h < H; h++) {
      for (let w: i32 = 0; w < W; w++) {
        const p: usize = <usize>(2 * d + 1) * planeS + <usize>(2 * h + 1) * rowS + <usize>(2 * w + 1) * step;
        const o: usize = <usize>(((d + 1) * (H + 2) + h + 1) * (W + 2) + w + 1) * step;
        for (let c: usize = 0; c < step; c += 16) {
          const m = v128.load(pooled + o + c);
          const gradient = v128.load(g + o + c);
          let open = i32x4.splat(-1);
          for (let k: usize = 0; k < 8; k++) {
            const q: usize = p + c + (k & 1) * step + ((k >> 1) & 1) * rowS + (k >> 2) * planeS;
            const take = v128.and(open, f32x4.eq(v128.load(src + q), m));
            v128.store(dsrc + q, f32x4.add(v128.load(dsrc + q), v128.and(gradient, take)));
            open = v128.andnot(open, take);
          }
        }
      }
    }
  }
}

/** dst = skip + src repeated over blocks of 2x2x2; D, H, W are the small sizes. */
export function upAdd(src: usize, skip: usize, dst: usize, D: i32, H: i32, W: i32, C: i32): void {
  const step: usize = <usize>C << 2;
  const rowD: usize = <usize>(2 * W + 2) * step;
  const planeD: usize = <usize>(2 * H + 2) * rowD;
  for (let d: i32 = 0; d < 2 * D; d++) {
    for (let h: i32 = 0; h < 2 * H; h++) {
      for (let w: i32 = 0; w < 2 * W; w++) {
        const p: usize = src + <usize>((((d >> 1) + 1) * (H + 2) + (h >> 1) + 1) * (W + 2) + (w >> 1) + 1) * step;
        const o: usize = <usize>(d + 1) * planeD + <usize>(h + 1) * rowD + <usize>(w + 1) * step;
        for (let c: usize = 0; c < step; c += 16) v128.store(dst + o + c, f32x4.add(v128.load(skip + o + c), v128.load(p + c)));
      }
    }
  }
}

/** dsrc = sums of g over blocks of 2x2x2. */
export function upBackward(g: usize, dsrc: usize, D: i32, H: i32, W: i32, C: i32): void {
  const step: usize = <usize>C << 2;
  const rowS: usize = <usize>(2 * W + 2) * step;
  const planeS: usize = <usize>(2 * H + 2) * rowS;
  for (let d: i32 = 0; d < D; d++) {
    for (let h: i32 = 0; h < H; h++) {
      for (let w: i32 = 0; w < W; w++) {
        const p: usize = g + <usize>(2 * d + 1) * planeS + <usize>(2 * h + 1) * rowS + <usize>(2 * w + 1) * step;
        const o: usize = dsrc + <usize>(((d + 1) * (H + 2) + h + 1) * (W + 2) + w + 1) * step;
        for (let c: usize = 0; c < step; c += 16) {
          let s = f32x4.add(v128.load(p + c), v128.load(p + c + step));
          s = f32x4.add(s, f32x4.add(v128.load(p + c + rowS), v128.load(p + c + rowS + step)));
          s = f32x4.add(s, f32x4.add(v128.load(p + c + planeS), v128.load(p + c + planeS + step)));
          s = f32x4.add(s, f32x4.add(v128.load(p + c + planeS + rowS), v128.load(p + c + planeS + rowS + step)));
          v128.store(o + c, s);
        }
      }
    }
  }
}

/**
 * Softmax over K classes in place of the logits (channel = class * 8 + subvoxel), and the sums that the loss needs. labels: one byte per
 * subvoxel, [voxel][8]; 255 is left out. sums (float64): cross entropy, counted voxels, then per class: sum p y, sum p, sum y.
 */
export function softmaxSums(logits: usize, labels: usize, sums: usize, D: i32, H: i32, W: i32, K: i32): void {
  const C: i32 = K * 8;
  memory.fill(sums, 0, <usize>(2 + 3 * K) << 3);
  let entropy: f64 = 0;
  let counted: f64 = 0;
  let voxel: i32 = 0;
  for (let d: i32 = 0; d < D; d++) {
    for (let h: i32 = 0; h < H; h++) {
      for (let w: i32 = 0; w < W; w++, voxel++) {
        const p: usize = logits + (<usize>((((d + 1) * (H + 2) + h + 1) * (W + 2) + w + 1) * C) << 2);
        for (let s: i32 = 0; s < 8; s++) {
          const q: usize = p + (<usize>s << 2);
          let top: f32 = load<f32>(q);
          for (let k: i32 = 1; k < K; k++) top = max<f32>(top, load<f32>(q + (<usize>k << 5)));
          let total: f32 = 0;
          for (let k: i32 = 0; k < K; k++) {
            const e: f32 = Mathf.exp(load<f32>(q + (<usize>k << 5)) - top);
            store<f32>(q + (<usize>k << 5), e);
            total += e;
          }
          const label: i32 = <i32>load<u8>(labels + <usize>(voxel * 8 + s));
          const use: bool = label != 255;
          for (let k: i32 = 0; k < K; k++) {
            const value: f32 = load<f32>(q + (<usize>k << 5)) / total;
            store<f32>(q + (<usize>k << 5), value);
            if (use) {
              const at: usize = sums + (<usize>(2 + 3 * k) << 3);
              store<f64>(at, load<f64>(at, 8) + <f64>value, 8);
              if (k == label) {
                store<f64>(at, load<f64>(at) + <f64>value);
                store<f64>(at, load<f64>(at, 16) + 1, 16);
                entropy -= <f64>Mathf.log(max<f32>(value, 1e-30));
              }
            }
          }
          if (use) counted += 1;
        }
      }
    }
  }
  store<f64>(sums, entropy);
  store<f64>(sums, counted, 8);
}

/**
 * Gradient of cross entropy (mean over counted voxels) minus mean soft Dice over the foreground classes, with respect to the logits:
 * Dice of class k is (2 I + 1) / (P + Y + 1). probabilities are those of softmaxSums; g may be the same tensor.
 */
export function lossGradient(probabilities: usize, labels: usize, sums: usize, g: usize, D: i32, H: i32, W: i32, K: i32, weight: f32): void {
  const C: i32 = K * 8;
  const n: f64 = max<f64>(load<f64>(sums, 8), 1);
  let voxel: i32 = 0;
  for (let d: i32 = 0; d < D; d++) {
    for (let h: i32 = 0; h < H; h++) {
      for (let w: i32 = 0; w < W; w++, voxel++) {
        const at: usize = <usize>((((d + 1) * (H + 2) + h + 1) * (W + 2) + w + 1) * C) << 2;
        for (let s: i32 = 0; s < 8; s++) {
          const q: usize = at + (<usize>s << 2);
          const label: i32 = <i32>load<u8>(labels + <usize>(voxel * 8 + s));
          if (label == 255) {
            for (let k: i32 = 0; k < K; k++) store<f32>(g + q + (<usize>k << 5), 0);
            continue;
          }
          let mean: f64 = 0;
          for (let k: i32 = 1; k < K; k++) mean += diceSlope(sums, k, K, label == k) * <f64>load<f32>(probabilities + q + (<usize>k << 5));
          for (let k: i32 = 0; k < K; k++) {
            const p: f64 = <f64>load<f32>(probabilities + q + (<usize>k << 5));
            const slope: f64 = k == 0 ? 0 : diceSlope(sums, k, K, label == k);
            const value: f64 = (p - (label == k ? 1.0 : 0.0)) / n + p * (slope - mean);
            store<f32>(g + q + (<usize>k << 5), <f32>(<f64>weight * value));
          }
        }
      }
    }
  }
}

/** Derivative of minus the mean soft Dice with respect to one probability of class k. */
// @ts-ignore: decorator
@inline
function diceSlope(sums: usize, k: i32, K: i32, hit: bool): f64 {
  const at: usize = sums + (<usize>(2 + 3 * k) << 3);
  const q: f64 = load<f64>(at, 8) + load<f64>(at, 16) + 1;
  const i: f64 = 2 * load<f64>(at) + 1;
  return -((hit ? 2.0 : 0.0) / q - i / (q * q)) / <f64>(K - 1);
}

/** One AdamW step of n values: the gradient is the sum over slots in slot order, times scale. m and v are updated. */
export function adamW(p: usize, m: usize, v: usize, g: usize, slotBytes: usize, slots: i32, n: i32, scale: f32, lr: f32, beta1: f32, beta2: f32, correction1: f32, correction2: f32, eps: f32, decay: f32): void {
  for (let i: i32 = 0; i < n; i++) {
    const at: usize = <usize>i << 2;
    let gradient: f32 = 0;
    for (let s: i32 = 0; s < slots; s++) gradient += load<f32>(g + <usize>s * slotBytes + at);
    gradient *= scale;
    const first: f32 = beta1 * load<f32>(m + at) + (1 - beta1) * gradient;
    const second: f32 = beta2 * load<f32>(v + at) + (1 - beta2) * gradient * gradient;
    store<f32>(m + at, first);
    store<f32>(v + at, second);
    const value: f32 = load<f32>(p + at);
    store<f32>(p + at, value - lr * ((first / correction1) / (sqrt<f32>(second / correction2) + eps) + decay * value));
  }
}
