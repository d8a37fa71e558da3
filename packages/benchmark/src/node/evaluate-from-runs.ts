/** The quick way of `compare-plain-files.ts` for files by path; hashes are those of the file bytes. */
import { createHash } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import type { Kernel } from "@segathlon/metrics";
import { readFileBytes } from "@segathlon/volume/node";
import type { PairResult } from "../case-outcome.ts";
import { comparePlainFiles, mayComparePlainFiles } from "../compare-plain-files.ts";
import type { PairOptions } from "../evaluate-case.ts";

/** A file, and the name that people know it by. */
interface NamedFile {
  readonly path: string;
  readonly name: string;
}

/** What a run says about all of its pairs. */
type Context = Pick<PairOptions, "protocol" | "geometry"> & { readonly maxVoxelBytes?: number };

/** The result of the pair, or null where it takes the general way. */
export async function evaluateFromRuns(
  pair: { readonly case: string; readonly reference: NamedFile; readonly prediction: NamedFile },
  context: Context,
  kernel: Kernel,
): Promise<PairResult | null> {
  const options = { ...context, case: pair.case, kernel };
  const files = [pair.reference, pair.prediction];
  if (!mayComparePlainFiles(options) || !files.every(({ path }) => /\.(nii|nrrd)(\.gz)?$/i.test(path))) return null;
  try {
    const [reference, prediction] = [
      await readFileBytes(pair.reference.path),
      await readFileBytes(pair.prediction.path),
    ];
    const outcome = comparePlainFiles(
      { name: pair.reference.name, bytes: reference },
      { name: pair.prediction.name, bytes: prediction },
      options,
    );
    const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
    return outcome && { outcome, hashes: { reference: sha256(reference), prediction: sha256(prediction) } };
  } catch (error) {
    // A file that cannot be read: the general way says which.
    if (error instanceof SegathlonError) return null;
    throw error;
  }
}
