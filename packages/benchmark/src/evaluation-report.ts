/** From the results of single pairs to `evaluation.json`: statuses, columns, summaries, notes. */
import { SegathlonError } from "@segathlon/errors";
import { aggregateCases } from "./aggregate.ts";
import { bothEmptyRegion, failedRegion } from "./evaluate-case.ts";
import { type CaseResult, type EvaluationDocument, evaluationDocumentSchema } from "./evaluation-document.ts";
import { evaluatorVersion } from "./evaluator-version.ts";
import type { GridSize } from "./scoring-policy.ts";
import { metricColumns, protocolHash, type ScoringProtocol } from "./scoring-protocol.ts";
import { compareNames } from "./volume-file-name.ts";

/** A case before the regions of the whole run are known. */
export interface CaseDraft extends CaseResult {
  /** Grid of the reference; null where it could not be read. */
  readonly grid: GridSize | null;
}

export interface ReportOptions {
  readonly protocol: ScoringProtocol;
  readonly method: string;
  readonly kernel: EvaluationDocument["evaluator"]["kernel"];
  /** Names of structures, for one-mask-per-structure inputs; then the regions of the protocol have no labels here. */
  readonly structures?: readonly string[];
  readonly notes?: readonly string[];
}

/** Names and labels of what was scored. */
function scoredRegions(drafts: readonly CaseDraft[], options: ReportOptions): Record<string, number[] | null> {
  if (options.structures) return Object.fromEntries(options.structures.map((name) => [name, null] as const));
  const { regions } = options.protocol;
  if (regions) return Object.fromEntries(regions.map(({ name, labels }) => [name, [...labels]] as const));
  const found = new Set(drafts.flatMap((draft) => Object.keys(draft.regions)));
  return Object.fromEntries([...found].sort(compareNames).map((name) => [name, [Number(name)]] as const));
}

/** Every region of the run, in order: one that this case does not have is empty there on both sides, or could not be measured. */
function completeCase(draft: CaseDraft, names: readonly string[], protocol: ScoringProtocol): CaseResult {
  const { grid, ...rest } = draft;
  const regions = names.map((name) => {
    const own = Object.hasOwn(draft.regions, name) ? draft.regions[name] : undefined;
    if (own) return [name, own] as const;
    if (draft.status === "ok" && grid) return [name, bothEmptyRegion(protocol, name, grid)] as const;
    const status = draft.status === "missing-prediction" ? "missing-file" : "invalid";
    return [name, failedRegion(protocol, name, { status, side: draft.failed_side ?? "both", grid })] as const;
  });
  return { ...rest, regions: Object.fromEntries(regions) };
}

/** A region that occurs nowhere scores perfectly under the usual policy: a mistyped label must not pass for a good result. */
function emptyRegionNotes(cases: readonly CaseResult[], names: readonly string[]): string[] {
  const scored = cases.filter(({ status }) => status === "ok");
  if (names.length === 0) {
    return [
      scored.length === 0
        ? "no case could be scored and no region is named, so there is none to list"
        : "no label other than background was found, so there is no region to score",
    ];
  }
  const nowhere = names.filter((name) => scored.every(({ regions }) => regions[name]?.status === "both-empty"));
  if (scored.length === 0 || nowhere.length === 0) return [];
  const shown = nowhere.slice(0, 5).join(", ") + (nowhere.length > 5 ? ` and ${nowhere.length - 5} more` : "");
  return [`in no reference and no prediction: ${shown}; the scores there are those of the rule for empty regions`];
}

/**
 * The report of a run. Cases come out in natural order of their names, whatever the order in which they were scored.
 *
 * @throws SegathlonError `SEG102` when not one region could be found in any case (nothing was readable, or all is background and
 * no region is named).
 */
export function assembleEvaluation(drafts: readonly CaseDraft[], options: ReportOptions): EvaluationDocument {
  const { protocol } = options;
  const regions = scoredRegions(drafts, options);
  const names = Object.keys(regions);
  const cases = drafts
    .map((draft) => completeCase(draft, names, protocol))
    .sort((a, b) => compareNames(a.case, b.case));
  const notes = [...(options.notes ?? [])];
  notes.push(...emptyRegionNotes(cases, names));
  const unscored = cases
    .filter((result) => result.status !== "ok" && result.failed_side !== "reference")
    .map((result) => result.case);
  const rejected = protocol.policy.missing_prediction === "reject" && unscored.length > 0;
  return {
    schema: "segathlon/evaluation@1",
    evaluator: { version: evaluatorVersion, kernel: options.kernel },
    method: options.method,
    task: protocol.task,
    profile: protocol.profile,
    policy: protocol.policy,
    protocol_hash: protocolHash(protocol, regions),
    regions,
    metrics: metricColumns(protocol, names),
    cases,
    aggregate: rejected ? {} : aggregateCases(cases, names),
    notes,
    ...(rejected
      ? {
          rejected: {
            reason: "the protocol rejects a set of predictions in which a case is missing or unusable",
            cases: unscored,
          },
        }
      : {}),
  };
}

/**
 * Reads `evaluation.json`.
 *
 * @throws SegathlonError `SEG100` when the text is not JSON or does not follow the schema.
 */
export function parseEvaluation(text: string, file = "evaluation.json"): EvaluationDocument {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SegathlonError("SEG100", `${file}: is not JSON: ${reason}`, { where: { file }, cause });
  }
  const result = evaluationDocumentSchema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const field = issue?.path.map(String).join(".") ?? "";
  throw new SegathlonError(
    "SEG100",
    `${file}: ${field || "document"}: ${issue?.message ?? "does not follow its schema"}`,
    {
      hint: "Give a file that `segathlon evaluate --out` wrote.",
      where: { file, field },
    },
  );
}
