/**
 * The quick way for a pair of plain label maps, in Node and in browsers: each gzip file is inflated, checked and scanned in one
 * pass, and the volumes never lie in memory. Whatever is not plain - another grid, scaled or floating-point voxels, metrics that
 * look at voxels, anything wrong with a file - is left to the general way, which says what is the matter.
 */
import { SegathlonError } from "@segathlon/errors";
import { findProfile, type Kernel, runsAreEnough, type WasmKernel } from "@segathlon/metrics";
import { locateGzipLabels } from "@segathlon/volume";
import { type ComparedPair, comparePreparedPair, type PairOptions, type PreparedSide } from "./evaluate-case.ts";

/** A file in memory, and the name that people know it by. */
interface FileBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export type PlainFileOptions = PairOptions & { readonly kernel: Kernel; readonly maxVoxelBytes?: number };

function preparesRuns(kernel: Kernel): kernel is WasmKernel {
  return "prepareGzip" in kernel;
}

/** Whether it is worth a try: before files are read. */
export function mayComparePlainFiles({ protocol, kernel }: PlainFileOptions): boolean {
  return preparesRuns(kernel) && runsAreEnough(protocol.metrics, findProfile(protocol.profile));
}

function readRuns(
  { name, bytes }: FileBytes,
  { maxVoxelBytes }: PlainFileOptions,
  kernel: WasmKernel,
): PreparedSide | null {
  const options = { fileName: name, ...(maxVoxelBytes === undefined ? {} : { maxVoxelBytes }) };
  const found = locateGzipLabels(bytes, options);
  if (found === null) return null;
  const { geometry, headerBytes, voxelType } = found;
  const { shape, spacingMm } = geometry;
  const prepared = kernel.prepareGzip({ bytes: found.bytes, headerBytes, voxelType, shape, spacingMm });
  return prepared && { geometry, prepared, file: name };
}

/** The compared pair, or null where it takes the general way. */
export function comparePlainFiles(
  reference: FileBytes,
  prediction: FileBytes,
  options: PlainFileOptions,
): ComparedPair | null {
  const { kernel } = options;
  if (!mayComparePlainFiles(options) || !preparesRuns(kernel)) return null;
  try {
    const referenceRuns = readRuns(reference, options, kernel);
    const predictionRuns = referenceRuns && readRuns(prediction, options, kernel);
    return predictionRuns && comparePreparedPair(referenceRuns, predictionRuns, { ...options, kernel });
  } catch (error) {
    // The general way finds the same fault and says whose it is.
    if (error instanceof SegathlonError) return null;
    throw error;
  }
}
