/**
 * One case from the bytes of its two files, without a file system: for web pages, and for whoever holds files in memory. The same
 * comparison as on the command line and on the server, so the numbers are equal to the last bit.
 */
import { type Kernel, loadKernel } from "@segathlon/metrics";
import { type LabelMap, readLabelMap } from "@segathlon/volume";
import type { CaseAttributes } from "./case-attributes.ts";
import { failedPair, labelMapDraft, type PairResult } from "./case-outcome.ts";
import { comparePlainFiles } from "./compare-plain-files.ts";
import { blame, comparePair } from "./evaluate-case.ts";
import type { EvaluationDocument } from "./evaluation-document.ts";
import { assembleEvaluation, type CaseDraft, type ReportOptions } from "./evaluation-report.ts";
import type { GeometryRule } from "./geometry-rule.ts";
import type { ScoringProtocol } from "./scoring-protocol.ts";
import { sha256Hex } from "./sha256.ts";

/** A file in memory. */
export interface NamedBytes {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface CaseBytes {
  readonly case: string;
  readonly reference: NamedBytes;
  /** null: there is no prediction; the case is reported as such. */
  readonly prediction: NamedBytes | null;
  readonly attributes?: CaseAttributes;
}

export interface CaseBytesOptions {
  readonly protocol: ScoringProtocol;
  readonly geometry?: GeometryRule;
  /** Default: the fastest that runs here, loaded once. */
  readonly kernel?: Kernel;
}

let loaded: Promise<Kernel> | undefined;

/** SHA-256 by the platform where it has one (not on pages that are served without https), otherwise by ours. */
async function sha256(bytes: Uint8Array): Promise<string> {
  if (globalThis.crypto?.subtle === undefined) return sha256Hex(bytes);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Scores one case. A broken file becomes an `invalid` case with its problem; the promise is not rejected.
 *
 * @returns a case for {@link evaluationFromCases}.
 *
 * @example
 * ```ts
 * const protocol = protocolOfTask(catalogueTask("msd/Task09_Spleen"));
 * const scored = await evaluateCaseFromBytes({ case: "spleen_2", reference, prediction }, { protocol });
 * const report = evaluationFromCases([scored], { protocol, method: "mine", kernel: "wasm-simd" });
 * ```
 */
export async function evaluateCaseFromBytes(input: CaseBytes, options: CaseBytesOptions): Promise<CaseDraft> {
  return labelMapDraft(input.case, await comparedBytes(input, options), input.attributes ?? {});
}

async function comparedBytes(input: CaseBytes, options: CaseBytesOptions): Promise<PairResult> {
  const { case: name, reference, prediction } = input;
  let hashes: PairResult["hashes"] = { reference: null, prediction: null };
  let known: LabelMap | null = null;
  const grid = (): { shape: LabelMap["geometry"]["shape"]; spacingMm: LabelMap["geometry"]["spacingMm"] } | null =>
    known && { shape: known.geometry.shape, spacingMm: known.geometry.spacingMm };
  try {
    hashes = { reference: await sha256(reference.bytes), prediction: prediction && (await sha256(prediction.bytes)) };
    loaded ??= loadKernel();
    const kernel = options.kernel ?? (await loaded);
    const all = { ...options, case: name, kernel };
    const quick = prediction && comparePlainFiles(reference, prediction, all);
    if (quick) return { outcome: quick, hashes };
    const read = ({ bytes, name: fileName }: NamedBytes): Promise<LabelMap> => readLabelMap(bytes, { fileName });
    known = await blame("reference", () => read(reference));
    if (prediction === null) return { outcome: { status: "missing", side: "prediction", grid: grid() }, hashes };
    const predicted = await blame("prediction", () => read(prediction));
    const pair = {
      reference: known,
      prediction: predicted,
      referenceFile: reference.name,
      predictionFile: prediction.name,
    };
    return { outcome: comparePair(pair, all), hashes };
  } catch (error) {
    return { outcome: failedPair(error, name, grid()), hashes };
  }
}

/** The report of cases scored with {@link evaluateCaseFromBytes}: as `segathlon evaluate --out` writes it. */
export function evaluationFromCases(cases: readonly CaseDraft[], options: ReportOptions): EvaluationDocument {
  return assembleEvaluation(cases, options);
}
