/**
 * The quick way for a pair of plain label maps: each gzip file is inflated, checked and scanned in one pass and the volumes never
 * lie in memory. Whatever is not plain - another grid, scaled or floating-point voxels, metrics that look at voxels, anything
 * wrong with a file - is left to the general way, which reads the files again and says what is the matter.
 */
import { createHash } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import { findProfile, type Kernel, type PreparedLabels, runsAreEnough, type WasmKernel } from "@segathlon/metrics";
import { type Geometry, locateGzipLabels } from "@segathlon/volume";
import { readFileBytes } from "@segathlon/volume/node";
import type { PairResult } from "../case-outcome.ts";
import { comparePreparedPair, type PairOptions } from "../evaluate-case.ts";

/** A file, and the name that people know it by. */
interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/** What a run says about all of its pairs. */
type Context = Pick<PairOptions, "protocol"> & { readonly maxVoxelBytes?: number };

function preparesRuns(kernel: Kernel): kernel is WasmKernel {
  return "prepareGzip" in kernel;
}

interface FileRuns {
  readonly geometry: Geometry;
  readonly prepared: PreparedLabels;
  readonly sha256: string;
}

async function readRuns(file: NamedFile, context: Context, kernel: WasmKernel): Promise<FileRuns | null> {
  if (!/\.(nii|nrrd)(\.gz)?$/i.test(file.path)) return null;
  const { maxVoxelBytes } = context;
  const options = { fileName: file.name, ...(maxVoxelBytes === undefined ? {} : { maxVoxelBytes }) };
  const bytes = await readFileBytes(file.path);
  const found = locateGzipLabels(bytes, options);
  if (found === null) return null;
  const { geometry, headerBytes, voxelType } = found;
  const { shape, spacingMm } = geometry;
  const prepared = kernel.prepareGzip({ bytes: found.bytes, headerBytes, voxelType, shape, spacingMm });
  return prepared && { geometry, prepared, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** The result of the pair, or null where it takes the general way. */
export async function evaluateFromRuns(
  pair: { readonly case: string; readonly reference: NamedFile; readonly prediction: NamedFile },
  context: Context,
  kernel: Kernel,
): Promise<PairResult | null> {
  const { protocol } = context;
  if (!preparesRuns(kernel) || !runsAreEnough(protocol.metrics, findProfile(protocol.profile))) return null;
  try {
    const reference = await readRuns(pair.reference, context, kernel);
    if (reference === null) return null;
    const prediction = await readRuns(pair.prediction, context, kernel);
    if (prediction === null) return null;
    const outcome = comparePreparedPair(
      { ...reference, file: pair.reference.name },
      { ...prediction, file: pair.prediction.name },
      { ...context, case: pair.case, kernel },
    );
    return outcome && { outcome, hashes: { reference: reference.sha256, prediction: prediction.sha256 } };
  } catch (error) {
    // The general way finds the same fault and says whose it is.
    if (error instanceof SegathlonError) return null;
    throw error;
  }
}
