/** Corrections of references. A correction is a new revision beside the old one; it counts when a re-scoring is applied. */
import { randomUUID } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import { sql } from "kysely";
import type { ThreadPool } from "../scoring/thread-pool.ts";
import type { ServerContext } from "../server-context.ts";
import { audit } from "./audit.ts";
import { type ReferenceRow, storeReference } from "./reference-store.ts";

export interface NewErratum {
  readonly benchmark: string;
  readonly task: string;
  readonly case: string;
  readonly action: "replace" | "exclude";
  readonly reason: string;
  readonly author: string;
  /** null: the case is taken out. */
  readonly file: { readonly bytes: Uint8Array; readonly name: string } | null;
}

async function newReference(
  context: ServerContext,
  pool: ThreadPool,
  erratum: NewErratum,
  revision: number,
  hidden: boolean,
): Promise<ReferenceRow> {
  const place = { benchmark: erratum.benchmark, task: erratum.task, case_id: erratum.case, revision };
  if (erratum.file === null) return { ...place, file_name: "", blob: null, bytes: 0, sha256: "", sealed: false };
  const { bytes, name } = erratum.file;
  const row = await storeReference(context, {
    benchmark: erratum.benchmark,
    task: erratum.task,
    case: erratum.case,
    revision,
    fileName: name,
    bytes: Uint8Array.from(bytes),
    hidden,
  });
  const { geometry, problem } = await pool.run({ kind: "inspect", name, bytes, as: "label-map" }, { seconds: 120 });
  if (geometry !== null) return row;
  if (row.blob !== null) await context.store.remove(row.blob);
  throw new SegathlonError("SEG415", `case ${erratum.case}: ${problem?.message ?? "the reference cannot be read"}`);
}

/** Adds a correction as the next revision of the benchmark's references. Returns its id. */
export async function addErratum(context: ServerContext, pool: ThreadPool, erratum: NewErratum): Promise<string> {
  const { database } = context;
  const entry = await database
    .selectFrom("benchmark_case")
    .select("split")
    .where("benchmark", "=", erratum.benchmark)
    .where("task", "=", erratum.task)
    .where("case_id", "=", erratum.case)
    .executeTakeFirst();
  if (entry === undefined) throw new SegathlonError("SEG403", `there is no case ${erratum.case} in ${erratum.task}`);
  const taken = await database
    .updateTable("benchmark")
    .set({ references_revision: sql`references_revision + 1`, updated_at: new Date() })
    .where("id", "=", erratum.benchmark)
    .returning("references_revision")
    .executeTakeFirstOrThrow();
  const revision = taken.references_revision;
  const row = await newReference(context, pool, erratum, revision, entry.split !== "training");
  const id = randomUUID();
  await database.transaction().execute(async (transaction) => {
    await transaction.insertInto("case_reference").values(row).execute();
    await transaction
      .insertInto("erratum")
      .values({
        id,
        benchmark: erratum.benchmark,
        task: erratum.task,
        case_id: erratum.case,
        revision,
        action: erratum.action,
        reason: erratum.reason,
        author: erratum.author,
      })
      .execute();
    await audit(transaction, {
      benchmark: erratum.benchmark,
      actor: erratum.author,
      action: `erratum.${erratum.action}`,
      subject: `${erratum.task}/${erratum.case}`,
      detail: { revision, reason: erratum.reason },
    });
  });
  return id;
}
