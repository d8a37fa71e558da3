/** Loads the WASM kernels of the network (packages/models/assembly/network.ts) over a memory that workers may share. */
import { networkKernelsBase64 } from "./network-kernels-wasm.ts";

type Pointer = number;

export interface NetworkKernels {
  conv3(
    src: Pointer,
    dst: Pointer,
    weights: Pointer,
    d: number,
    h: number,
    w: number,
    ci: number,
    co: number,
    accumulate: number,
  ): void;
  conv3WeightGradient(
    x: Pointer,
    g: Pointer,
    dw: Pointer,
    d: number,
    h: number,
    w: number,
    ci: number,
    co: number,
  ): void;
  conv3Flip(weights: Pointer, flipped: Pointer, ci: number, co: number): void;
  conv1(
    src: Pointer,
    dst: Pointer,
    weights: Pointer,
    bias: Pointer,
    d: number,
    h: number,
    w: number,
    ci: number,
    co: number,
    accumulate: number,
  ): void;
  conv1WeightGradient(
    x: Pointer,
    g: Pointer,
    dw: Pointer,
    db: Pointer,
    d: number,
    h: number,
    w: number,
    ci: number,
    co: number,
  ): void;
  conv1Transpose(weights: Pointer, transposed: Pointer, ci: number, co: number): void;
  normStatistics(x: Pointer, stats: Pointer, d: number, h: number, w: number, c: number, eps: number): void;
  normApply(
    x: Pointer,
    y: Pointer,
    residual: Pointer,
    stats: Pointer,
    gain: Pointer,
    shift: Pointer,
    d: number,
    h: number,
    w: number,
    c: number,
  ): void;
  normBackward(
    x: Pointer,
    y: Pointer,
    dy: Pointer,
    dx: Pointer,
    stats: Pointer,
    gain: Pointer,
    dgain: Pointer,
    dshift: Pointer,
    d: number,
    h: number,
    w: number,
    c: number,
  ): void;
  maxPool(src: Pointer, dst: Pointer, d: number, h: number, w: number, c: number): void;
  maxPoolBackward(
    src: Pointer,
    pooled: Pointer,
    g: Pointer,
    dsrc: Pointer,
    d: number,
    h: number,
    w: number,
    c: number,
  ): void;
  upAdd(src: Pointer, skip: Pointer, dst: Pointer, d: number, h: number, w: number, c: number): void;
  upBackward(g: Pointer, dsrc: Pointer, d: number, h: number, w: number, c: number): void;
  softmaxSums(logits: Pointer, labels: Pointer, sums: Pointer, d: number, h: number, w: number, classes: number): void;
  lossGradient(
    probabilities: Pointer,
    labels: Pointer,
    sums: Pointer,
    g: Pointer,
    d: number,
    h: number,
    w: number,
    classes: number,
    weight: number,
  ): void;
  adamW(
    p: Pointer,
    m: Pointer,
    v: Pointer,
    g: Pointer,
    slotBytes: number,
    slots: number,
    n: number,
    scale: number,
    lr: number,
    beta1: number,
    beta2: number,
    correction1: number,
    correction2: number,
    eps: number,
    decay: number,
  ): void;
}

let compiled: WebAssembly.Module | undefined;

/**
 * A shared memory of at least `bytes`; every byte starts as 0. Pages without cross-origin isolation can make one too; they cannot hand
 * it to another thread, which prediction does not need.
 */
export function sharedNetworkMemory(bytes: number): WebAssembly.Memory {
  const pages = Math.ceil(bytes / 65_536);
  if (pages > 65_536)
    throw new RangeError(
      `the network needs ${Math.round(bytes / 2 ** 20)} MiB; WASM has 4096 MiB: choose a smaller patch, width or batch`,
    );
  return new WebAssembly.Memory({ initial: pages, maximum: 65_536, shared: true });
}

/** Kernels over a memory. */
export function instantiateNetworkKernels(memory: WebAssembly.Memory): NetworkKernels {
  compiled ??= new WebAssembly.Module(
    Uint8Array.from(atob(networkKernelsBase64), (character) => character.charCodeAt(0)),
  );
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as unknown as NetworkKernels;
}
