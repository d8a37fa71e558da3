/** What a scoring thread is asked and what it answers: plain data and transferred bytes. */
import type { CaseDraft, ScoringProtocol } from "@segathlon/benchmark";
import type { Problem } from "@segathlon/errors";
import type { RankingDocument, ScoreTable } from "@segathlon/ranking";
import type { Geometry } from "@segathlon/volume";

/** Score one case. Both files are whole and in memory; the reference has been unsealed by the caller. */
export interface ScoreTask {
  readonly kind: "score";
  readonly case: string;
  readonly protocol: ScoringProtocol;
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly reference: { readonly name: string; readonly bytes: Uint8Array; readonly sha256: string };
  /** null: the case has no prediction. */
  readonly prediction: { readonly name: string; readonly bytes: Uint8Array; readonly sha256: string } | null;
}

export interface ScoreAnswer {
  readonly draft: CaseDraft;
  readonly kernel: "wasm-simd" | "typescript";
  /** What {@link ScoreAgainTask} needs; null where the files were not compared. */
  readonly artefact: string | null;
}

/** Score a case again from what was stored of it. */
export interface ScoreAgainTask {
  readonly kind: "score-again";
  readonly draft: CaseDraft;
  readonly artefact: string;
  readonly protocol: ScoringProtocol;
}

/** Look at one prediction before it costs quota: readable, whole labels of the task, on the grid of the case. */
export interface ValidateTask {
  readonly kind: "validate";
  readonly case: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly knownLabels: readonly number[] | null;
  readonly geometry: Geometry | null;
  readonly maxVoxelBytes: number;
}

export interface ValidateAnswer {
  readonly problem: Problem | null;
}

/** Read the grid of a file, and its middle slice where asked. */
export interface InspectTask {
  readonly kind: "inspect";
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly as: "image" | "label-map";
}

export interface InspectAnswer {
  readonly geometry: Geometry | null;
  /** 8-bit gray middle slice of an image, rows from top to bottom. */
  readonly thumbnail: { readonly width: number; readonly height: number; readonly gray: Uint8Array } | null;
  readonly problem: Problem | null;
}

export interface RankTask {
  readonly kind: "rank";
  readonly table: ScoreTable;
  readonly scheme: string;
  readonly alpha: number | null;
  readonly bootstrap: number;
  readonly seed: number;
}

export type ThreadTask = ScoreTask | ScoreAgainTask | ValidateTask | InspectTask | RankTask;

export interface ThreadAnswers {
  readonly score: ScoreAnswer;
  /** null: the files are needed. */
  readonly "score-again": CaseDraft | null;
  readonly validate: ValidateAnswer;
  readonly inspect: InspectAnswer;
  readonly rank: RankingDocument;
}
