/** When a phase is open, which cases it scores, what it shows. Times are the server's, in UTC. */
import { createHash } from "node:crypto";
import type { Phase as PhaseDocument } from "@segathlon/benchmark";
import { compareNames } from "@segathlon/benchmark";
import type { Kysely } from "kysely";
import type { FeedbackView, PhaseState } from "../api/index.ts";
import type { Database } from "../database/schema.ts";
import { type PhaseRow, phaseDocumentOf } from "./benchmark-store.ts";

export function phaseState(phase: Pick<PhaseRow, "opens" | "closes" | "frozen_at">, now: Date): PhaseState {
  if (phase.frozen_at !== null) return "frozen";
  if (phase.opens !== null && now < phase.opens) return "upcoming";
  if (phase.closes !== null && now >= phase.closes) return "closed";
  return "open";
}

/** Aggregate feedback shows 3 digits unless the document says otherwise: with 4, single cases can be worked out by probing. */
const defaultDecimals = 3;

export function feedbackOf(phase: PhaseDocument): FeedbackView {
  if (phase.feedback === "per-case") return { level: "per-case", decimals: null };
  if (phase.feedback === "none-until-close") return { level: "none-until-close", decimals: defaultDecimals };
  if (phase.feedback === "aggregate") return { level: "aggregate", decimals: defaultDecimals };
  return { level: "aggregate", decimals: phase.feedback.decimals ?? defaultDecimals };
}

/** UTC day of a moment, YYYY-MM-DD. */
export function utcDay(moment: Date): string {
  return moment.toISOString().slice(0, 10);
}

/** The next 00:00 UTC. */
export function nextUtcDay(moment: Date): Date {
  return new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate() + 1));
}

/**
 * Divides test cases that no file assigns into a public and a private part: the 30 % with the smallest hash of their name are
 * public. The hash makes the choice the same on every machine and independent of the order of cases.
 */
export function dividedPart(benchmark: string, task: string, caseId: string): "public" | "private" {
  const digest = createHash("sha256").update(`${benchmark}/${task}/${caseId}`).digest();
  return digest.readUInt32BE(0) < 0.3 * 2 ** 32 ? "public" : "private";
}

export interface PhaseCase {
  readonly task: string;
  readonly case: string;
}

/** Cases that a phase scores at a revision of the references: test cases of its tasks with a reference, in natural order of names. */
export async function casesOfPhase(
  database: Kysely<Database>,
  phase: PhaseRow,
  revision: number = phase.references_revision,
): Promise<PhaseCase[]> {
  const document = phaseDocumentOf(phase);
  const rows = await database
    .selectFrom("benchmark_case")
    .innerJoin("case_reference", (join) =>
      join
        .onRef("case_reference.benchmark", "=", "benchmark_case.benchmark")
        .onRef("case_reference.task", "=", "benchmark_case.task")
        .onRef("case_reference.case_id", "=", "benchmark_case.case_id"),
    )
    .select([
      "benchmark_case.task",
      "benchmark_case.case_id",
      "benchmark_case.part",
      "case_reference.revision",
      "case_reference.blob",
    ])
    .where("benchmark_case.benchmark", "=", phase.benchmark)
    .where("benchmark_case.task", "in", document.tasks)
    .where("benchmark_case.split", "=", "test")
    .where("case_reference.revision", "<=", revision)
    .orderBy("case_reference.revision")
    .execute();
  // The newest revision up to the asked one decides; a null blob takes the case out.
  const newest = new Map<string, (typeof rows)[number]>();
  for (const row of rows) newest.set(`${row.task}\n${row.case_id}`, row);
  const cases = [...newest.values()]
    .filter((row) => row.blob !== null)
    .filter(
      (row) =>
        document.split === undefined ||
        (row.part ?? dividedPart(phase.benchmark, row.task, row.case_id)) === document.split,
    )
    .map((row) => ({ task: row.task, case: row.case_id }));
  return document.tasks.flatMap((task) => {
    const ofTask = cases.filter((entry) => entry.task === task).sort((a, b) => compareNames(a.case, b.case));
    if (typeof document.cases === "number") return ofTask.slice(0, document.cases);
    if (document.cases !== undefined) {
      const wanted = new Set(document.cases);
      return ofTask.filter((entry) => wanted.has(entry.case));
    }
    return ofTask;
  });
}
