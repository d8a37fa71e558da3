/** What became of one pair of files, and the case that it makes in the report. Shared by Node and browsers. */
import { errorTable, SegathlonError } from "@segathlon/errors";
import type { CaseAttributes } from "./case-attributes.ts";
import { type ComparedPair, type FailedPair, failedSideOf } from "./evaluate-case.ts";
import type { FailedSide } from "./evaluation-document.ts";
import type { CaseDraft } from "./evaluation-report.ts";
import type { GridSize } from "./scoring-policy.ts";

/** A pair without a prediction, or a structure without a file. */
export interface MissingPair {
  readonly status: "missing";
  readonly side: FailedSide;
  /** Of the reference, where there is one. */
  readonly grid: GridSize | null;
}

export interface PairResult {
  readonly outcome: ComparedPair | FailedPair | MissingPair;
  /** sha256 of the file bytes; null where there is no single file. */
  readonly hashes: { readonly reference: string | null; readonly prediction: string | null };
}

/** A caught error as an outcome. Errors that are not ours keep their message, not their stack. */
export function failedPair(error: unknown, name: string, grid: GridSize | null): FailedPair {
  const side = failedSideOf(error) ?? "both";
  if (error instanceof SegathlonError) {
    const problem = error.toProblem();
    return { status: "failed", side, grid, problem: { ...problem, where: { case: name, ...problem.where } } };
  }
  return faultyPair(`the evaluation failed: ${error instanceof Error ? error.message : String(error)}`, name, grid);
}

/** An outcome for a fault of ours: neither side is to blame. */
export function faultyPair(
  what: string,
  name: string,
  grid: GridSize | null,
  hint: string = errorTable.SEG118.hint,
): FailedPair {
  const problem = {
    code: "SEG118",
    name: errorTable.SEG118.name,
    message: `case ${name}: ${what}`,
    hint,
    where: { case: name },
  };
  return { status: "failed", side: "both", grid, problem };
}

/** The case that a pair of label maps makes. `result` undefined: nothing was even tried. */
export function labelMapDraft(name: string, result: PairResult | undefined, attributes: CaseAttributes): CaseDraft {
  const outcome = result?.outcome;
  const hashes = result?.hashes ?? { reference: null, prediction: null };
  const base = { case: name, attributes, hashes, geometry: null, regions: {} };
  if (outcome?.status === "ok") {
    const { geometry, grid, regions } = outcome;
    return { ...base, status: "ok", geometry, grid, regions: { ...regions } };
  }
  const grid = outcome?.grid ?? null;
  if (outcome?.status === "missing") return { ...base, status: "missing-prediction", failed_side: outcome.side, grid };
  const problem = outcome ? { problem: outcome.problem } : {};
  return { ...base, status: "invalid", failed_side: outcome?.side ?? "both", ...problem, grid };
}
