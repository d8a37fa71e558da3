/**
 * The compiled kernel (AssemblyScript, WebAssembly SIMD) behind the `Kernel` interface. One kernel has one instance with one memory,
 * which is used again for every case; a kernel belongs to one thread.
 *
 * Limits: 2^32 - 1 voxels and 65,535 distinct labels. Memory: the runs of the labels asked for (16 bytes each, at most 64 MiB a
 * side) and the bit planes of the largest region (4 bits a voxel of its box, rows rounded up to whole words, and 12 bytes a row).
 * Label maps with more runs (salt and pepper) are drawn from their voxels, region by region: 512 x 512 x 512 takes about 220 MiB.
 * What does not fit the 4 GiB of WebAssembly is a RangeError that says how much it needs.
 */
import type { Kernel, KernelRegion } from "./kernel.ts";
import { type LabelVolume, type Region, requireComparable, requireRegions } from "./label-volume.ts";
import { type PreparedLabels, requirePrepared } from "./prepared-labels.ts";
import {
  type CaseRequest,
  compareLabelMaps,
  distinctLabels,
  type GzipLabelMap,
  prepareGzip,
  prepareVolume,
} from "./wasm-case.ts";
import type { KernelExports } from "./wasm-exports.ts";

const MOST_LABELS = 65_535;
/** Beyond this the memory is given back after a case. */
const KEPT_BYTES = 256 * 2 ** 20;

/** 64 MiB of runs a side. */
const MOST_RUNS = 1 << 22;

/** A `Kernel` that can also keep what it found in a label map. */
export interface WasmKernel extends Kernel {
  readonly name: "wasm-simd";
  /**
   * Scans a reference once for many predictions.
   *
   * @param reference the label map.
   * @param regions the regions that later comparisons may ask for.
   * @returns null where the label map has too many runs to be worth keeping (salt and pepper).
   * @throws as `compare`.
   */
  prepareReference(reference: LabelVolume, regions: readonly Region[]): PreparedLabels | null;
  /**
   * Inflates and scans a label map in one go: a few megabytes of memory whatever its size, and several times as fast as
   * inflating, then scanning. The checksum is verified.
   *
   * @returns every label with its runs; null for anything unusual (several gzip members, a damaged stream, more or fewer bytes
   *   than announced, more than 256 MiB of file, negative labels, labels above 65,535, more than 4,096 of them, too many runs): read the file the plain way,
   *   which also says what is wrong with it.
   * @throws RangeError where memory cannot be had.
   */
  prepareGzip(file: GzipLabelMap): PreparedLabels | null;
  /**
   * The same result as `compare`, from prepared labels on one side or on both. Distances use the reference's spacing.
   *
   * @throws RangeError also where prepared labels are not whole or were not prepared for a label of the regions.
   */
  comparePrepared(request: CaseRequest): readonly KernelRegion[];
  /** Bytes of WebAssembly memory that are held now. */
  memoryBytes(): number;
  /** Gives the memory back; the next comparison takes new memory. */
  release(): void;
}

function requireFewLabels(regions: readonly Region[]): void {
  const { length } = distinctLabels(regions);
  if (length > MOST_LABELS) throw new RangeError(`${length} distinct labels asked for; at most ${MOST_LABELS}`);
}

/**
 * A kernel over the compiled module of `packages/metrics/assembly`.
 *
 * @param module compile it once; it can be shared between workers.
 * @param options.mostRuns runs kept for one side, 16 bytes each; label maps with more are read again for each region. Default 2^22.
 */
export function createWasmKernel(
  module: WebAssembly.Module,
  options?: { readonly mostRuns?: number | undefined },
): WasmKernel {
  const limits = { mostRuns: options?.mostRuns ?? MOST_RUNS };
  let instance: KernelExports | undefined;

  /** Keeps the instance only where the work ended in order and its memory is small. */
  function run<T>(work: (kernel: KernelExports) => T): T {
    const kernel = instance ?? (new WebAssembly.Instance(module).exports as unknown as KernelExports);
    instance = undefined;
    try {
      const result = work(kernel);
      if (kernel.memory.buffer.byteLength <= KEPT_BYTES) instance = kernel;
      return result;
    } catch (error) {
      const needed = error instanceof WebAssembly.RuntimeError ? kernel.outOfMemoryBytes() : 0;
      if (needed === 0) throw error;
      throw new RangeError(
        `comparing these label maps needs ${Math.ceil(needed / 2 ** 20)} MiB of WebAssembly memory, which cannot be had`,
        { cause: error },
      );
    }
  }

  return {
    name: "wasm-simd",
    compare(request) {
      requireComparable(request.reference, request.prediction);
      requireRegions(request.regions);
      requireFewLabels(request.regions);
      return run((kernel) => compareLabelMaps(kernel, request, limits));
    },
    prepareReference(reference, regions) {
      requireComparable(reference, reference);
      requireRegions(regions);
      requireFewLabels(regions);
      return run((kernel) => prepareVolume(kernel, reference, distinctLabels(regions), limits));
    },
    prepareGzip(file) {
      return run((kernel) => prepareGzip(kernel, file, limits));
    },
    comparePrepared(request) {
      const { reference, prediction, regions } = request;
      requireRegions(regions);
      requireFewLabels(regions);
      for (const side of [reference, prediction]) {
        if ("data" in side) requireComparable(side, side);
        else requirePrepared(side, regions);
      }
      if (reference.shape.some((extent, axis) => extent !== prediction.shape[axis])) {
        throw new RangeError(
          `shapes differ: reference [${reference.shape.join(", ")}], prediction [${prediction.shape.join(", ")}]`,
        );
      }
      return run((kernel) => compareLabelMaps(kernel, request, limits));
    },
    memoryBytes: () => instance?.memory.buffer.byteLength ?? 0,
    release() {
      instance = undefined;
    },
  };
}
