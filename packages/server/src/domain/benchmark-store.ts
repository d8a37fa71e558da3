/** Benchmarks in the database: created from their document, read with their phases. */

import { createHash } from "node:crypto";
import {
  type BenchmarkDocument,
  canonicalJson,
  type EvaluationDocument,
  metricColumns,
  type Phase as PhaseDocument,
  parseBenchmark,
  protocolOfTask,
  type ScoringProtocol,
  taskOf,
} from "@segathlon/benchmark";
import { SegathlonError } from "@segathlon/errors";
import type { Kysely, Selectable } from "kysely";
import type { BenchmarkTable, Database, PhaseTable, StoredSettings } from "../database/schema.ts";
import { audit } from "./audit.ts";

export type BenchmarkRow = Selectable<BenchmarkTable>;
export type PhaseRow = Selectable<PhaseTable>;

export const defaultSettings: StoredSettings = {
  registration: "open",
  maxTeamSize: 10,
  dataAccess: "registered",
  dataUseAgreement: null,
};

export function documentOf(row: Pick<BenchmarkRow, "document">): BenchmarkDocument {
  return row.document as BenchmarkDocument;
}

export function phaseDocumentOf(row: Pick<PhaseRow, "document">): PhaseDocument {
  return row.document as PhaseDocument;
}

/** Scoring protocol of one task of a benchmark. */
export function scoringProtocol(document: BenchmarkDocument, task: string): ScoringProtocol {
  return protocolOfTask(taskOf(document, task, "benchmark.yaml"));
}

/** Columns that a task's leaderboard has. */
export function taskColumns(document: BenchmarkDocument, task: string): EvaluationDocument["metrics"] {
  const protocol = scoringProtocol(document, task);
  return metricColumns(
    protocol,
    (protocol.regions ?? []).map((region) => region.name),
  );
}

/** Identity of everything that a score of any task depends on. */
export function benchmarkProtocolHash(document: BenchmarkDocument): string {
  const protocols = document.tasks.map((task) => scoringProtocol(document, task.id));
  return `sha256:${createHash("sha256").update(canonicalJson(protocols)).digest("hex")}`;
}

function quotaOf(phase: PhaseDocument): { quota_per_day: number | null; quota_total: number | null } {
  if (phase.quota === "unlimited") return { quota_per_day: null, quota_total: null };
  return { quota_per_day: phase.quota.per_day ?? null, quota_total: phase.quota.total ?? null };
}

export interface BenchmarkInput {
  readonly text: string;
  readonly settings: Partial<StoredSettings> & { readonly listed?: boolean };
  readonly actor: string;
  /** `any`: create or replace. `refuse`: there must be none of this id. Else: the id that the document must have. */
  readonly existing?: "any" | "refuse" | (string & {});
}

/**
 * Creates a benchmark, or replaces the document of an existing one. Dates, quota and freeze of a phase that organisers changed
 * through the API stay; everything else follows the document.
 *
 * @throws SegathlonError `SEG100` for a document that does not follow its schema.
 */
export async function putBenchmark(database: Kysely<Database>, input: BenchmarkInput): Promise<string> {
  const document = parseBenchmark(input.text);
  const id = document.benchmark;
  const existing = input.existing ?? "any";
  if (existing !== "any" && existing !== "refuse" && existing !== id)
    throw new SegathlonError("SEG405", `the document is of ${id}, not of ${existing}`);
  const protocolHash = benchmarkProtocolHash(document);
  const { listed, ...settings } = input.settings;
  await database.transaction().execute(async (transaction) => {
    const before = await transaction
      .selectFrom("benchmark")
      .selectAll()
      .where("id", "=", id)
      .forUpdate()
      .executeTakeFirst();
    if (before !== undefined && existing === "refuse")
      throw new SegathlonError("SEG405", `there is a benchmark ${id} already`);
    const stored = { ...defaultSettings, ...before?.settings, ...settings };
    const values = {
      document: JSON.stringify(document),
      document_text: input.text,
      protocol_hash: protocolHash,
      settings: JSON.stringify(stored),
      listed: listed ?? before?.listed ?? true,
      updated_at: new Date(),
    };
    if (before === undefined)
      await transaction
        .insertInto("benchmark")
        .values({ id, ...values, references_revision: 1 })
        .execute();
    else await transaction.updateTable("benchmark").set(values).where("id", "=", id).execute();
    for (const [position, phase] of document.phases.entries()) {
      const content = { position, document: JSON.stringify(phase) };
      await transaction
        .insertInto("phase")
        .values({
          benchmark: id,
          id: phase.id,
          ...content,
          ...quotaOf(phase),
          opens: phase.opens ?? null,
          closes: phase.closes ?? null,
          leaderboard: phase.feedback === "none-until-close" ? "hidden-until-close" : "public",
          references_revision: before?.references_revision ?? 1,
          board_revision: 1,
        })
        .onConflict((conflict) => conflict.columns(["benchmark", "id"]).doUpdateSet(content))
        .execute();
    }
    await audit(transaction, {
      benchmark: id,
      actor: input.actor,
      action: before === undefined ? "benchmark.create" : "benchmark.update",
      subject: id,
      detail: {
        protocolHash,
        ...(before === undefined || before.protocol_hash === protocolHash
          ? {}
          : { protocolHashBefore: before.protocol_hash }),
      },
    });
  });
  return id;
}

export async function findBenchmark(database: Kysely<Database>, id: string): Promise<BenchmarkRow> {
  const row = await database.selectFrom("benchmark").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw new SegathlonError("SEG403", `there is no benchmark ${id}`);
  return row;
}

export async function phasesOf(database: Kysely<Database>, benchmark: string): Promise<PhaseRow[]> {
  const { id } = await findBenchmark(database, benchmark);
  return database.selectFrom("phase").selectAll().where("benchmark", "=", id).orderBy("position").execute();
}

export async function findPhase(database: Kysely<Database>, benchmark: string, phase: string): Promise<PhaseRow> {
  const row = await database
    .selectFrom("phase")
    .selectAll()
    .where("benchmark", "=", benchmark)
    .where("id", "=", phase)
    .executeTakeFirst();
  if (row === undefined) throw new SegathlonError("SEG403", `there is no phase ${phase} in ${benchmark}`);
  return row;
}
