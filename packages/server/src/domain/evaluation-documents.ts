/** Stored cases put together to `segathlon/evaluation@1` documents, and what of them a caller may see. */
import { assembleEvaluation, type EvaluationDocument } from "@segathlon/benchmark";
import type { Kysely } from "kysely";
import type { EvaluationView, FeedbackView } from "../api/index.ts";
import type { Database } from "../database/schema.ts";
import type { EvaluationRow, StoredCase } from "../queue/score-chunk.ts";
import { type BenchmarkRow, documentOf, scoringProtocol } from "./benchmark-store.ts";

/** One document per task of an evaluation. `method` is the name it gets in rankings. */
export async function evaluationDocuments(
  database: Kysely<Database>,
  benchmark: BenchmarkRow,
  evaluation: number,
  method: string,
): Promise<Record<string, EvaluationDocument>> {
  const rows = await database
    .selectFrom("evaluation_case")
    .select(["task", "result"])
    .where("evaluation", "=", evaluation)
    .execute();
  const document = documentOf(benchmark);
  const documents: Record<string, EvaluationDocument> = {};
  for (const task of document.tasks.map((entry) => entry.id)) {
    const cases = rows.filter((row) => row.task === task).map((row) => row.result as StoredCase);
    if (cases.length === 0) continue;
    const kernel = cases.some((entry) => entry.kernel === "typescript") ? "typescript" : "wasm-simd";
    documents[task] = assembleEvaluation(
      cases.map((entry) => entry.draft),
      { protocol: scoringProtocol(document, task), method, kernel },
    );
  }
  return documents;
}

/** Rounds half away from zero at a number of decimals; null decimals: unchanged. */
export function shown(value: number | null, decimals: number | null): number | null {
  if (value === null || decimals === null) return value;
  const rounded = Math.round(Math.abs(value) * 10 ** decimals) / 10 ** decimals;
  return value < 0 ? -rounded : rounded;
}

function shownPair(pair: readonly [number, number] | null, decimals: number | null): [number, number] | null {
  if (pair === null) return null;
  return [shown(pair[0], decimals) as number, shown(pair[1], decimals) as number];
}

/** The document without what would tell about hidden files. */
function withoutReferenceHashes(document: EvaluationDocument): EvaluationDocument {
  return {
    ...document,
    cases: document.cases.map((entry) => ({ ...entry, hashes: { ...entry.hashes, reference: null } })),
  };
}

/**
 * What a caller sees of an evaluation. `full`: organisers, and phases that show single cases. Otherwise means and their intervals,
 * rounded; medians, standard deviations and everything about single cases stay here.
 */
export function evaluationView(
  evaluation: EvaluationRow,
  documents: Readonly<Record<string, EvaluationDocument>>,
  feedback: FeedbackView,
  detail: "full" | "aggregate",
): EvaluationView {
  const decimals = detail === "full" ? null : feedback.decimals;
  const tasks: EvaluationView["tasks"] = {};
  for (const [task, document] of Object.entries(documents)) {
    const aggregate: EvaluationView["tasks"][string]["aggregate"] = {};
    for (const [region, metrics] of Object.entries(document.aggregate)) {
      aggregate[region] = Object.fromEntries(
        Object.entries(metrics).map(([metric, value]) => [
          metric,
          {
            mean: shown(value.mean, decimals),
            median: detail === "full" ? value.median : null,
            sd: detail === "full" ? value.sd : null,
            n: value.n,
            excluded: value.excluded,
            ci95: shownPair(value.ci95, decimals),
          },
        ]),
      );
    }
    tasks[task] = {
      cases: document.cases.length,
      missing: document.cases.filter((entry) => entry.status === "missing-prediction").length,
      invalid: document.cases.filter((entry) => entry.status === "invalid").length,
      aggregate,
      document: detail === "full" ? withoutReferenceHashes(document) : null,
    };
  }
  return {
    submission: evaluation.submission,
    evaluation: evaluation.id,
    version: evaluation.version,
    evaluator: evaluation.evaluator,
    protocolHash: evaluation.protocol_hash,
    referencesRevision: evaluation.references_revision,
    computedAt: (evaluation.finished_at ?? evaluation.created_at).toISOString(),
    feedback,
    tasks,
  };
}
