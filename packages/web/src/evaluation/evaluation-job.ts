/** What the page of local evaluation asks of its workers, and what comes back. */
import type { EvaluationDocument, GeometryRule, ScoringProtocol } from "@segathlon/benchmark";
import type { Problem } from "@segathlon/errors";

/** What a reader chooses; empty texts mean the default of the task or of the evaluator. */
export interface EvaluationChoices {
  /** Catalogue id such as `msd/Task09_Spleen`; empty: regions from `regions` or every label. */
  readonly task: string;
  /** `tumour=2+3,liver=1`; only without a task. */
  readonly regions: string;
  readonly metrics: string;
  readonly tolerance: string;
  readonly profile: string;
  readonly bothEmpty: string;
  readonly oneEmpty: string;
  readonly geometry: GeometryRule;
}

export interface CatalogueTask {
  readonly id: string;
  readonly title: string;
}

/** A case with the indices of its files in the lists that were given. */
export interface PlannedCase {
  readonly case: string;
  readonly reference: string | null;
  readonly prediction: string | null;
  readonly problem?: Problem;
  readonly failedSide?: "reference" | "prediction";
}

export interface EvaluationPlan {
  readonly protocol: ScoringProtocol;
  readonly cases: readonly PlannedCase[];
  readonly notes: readonly string[];
}

export type EvaluationRequest =
  | { readonly kind: "catalogue" }
  | {
      readonly kind: "plan";
      readonly choices: EvaluationChoices;
      readonly reference: { readonly folder: string; readonly files: readonly string[] };
      readonly prediction: { readonly folder: string; readonly files: readonly string[] };
    }
  | {
      readonly kind: "case";
      readonly case: string;
      readonly protocol: ScoringProtocol;
      readonly geometry: GeometryRule;
      readonly reference: { readonly name: string; readonly file: File };
      readonly prediction: { readonly name: string; readonly file: File } | null;
    }
  | {
      readonly kind: "report";
      readonly plan: EvaluationPlan;
      /** Drafts of the cases, as the case requests answered them. */
      readonly drafts: readonly unknown[];
      readonly method: string;
      readonly kernel: EvaluationDocument["evaluator"]["kernel"];
    };

export type EvaluationAnswer =
  | { readonly kind: "catalogue"; readonly tasks: readonly CatalogueTask[]; readonly profiles: readonly string[] }
  | { readonly kind: "plan"; readonly plan: EvaluationPlan }
  | { readonly kind: "case"; readonly draft: unknown; readonly kernel: EvaluationDocument["evaluator"]["kernel"] }
  | { readonly kind: "report"; readonly document: EvaluationDocument; readonly csv: string };

export interface EvaluationMessage {
  readonly id: number;
  readonly request: EvaluationRequest;
}

export type EvaluationReply =
  | { readonly id: number; readonly answer: EvaluationAnswer }
  | { readonly id: number; readonly problem: Pick<Problem, "code" | "message" | "hint"> };
