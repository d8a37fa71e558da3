/** References: stored sealed where they are hidden, opened only to score. */
import { createHash, randomUUID } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import type { Kysely, Selectable } from "kysely";
import type { Database, ReferenceTable } from "../database/schema.ts";
import type { ServerContext } from "../server-context.ts";
import { seal, unseal } from "../storage/sealing.ts";

export type ReferenceRow = Selectable<ReferenceTable>;

function placeOf(row: Pick<ReferenceRow, "benchmark" | "task" | "case_id" | "revision">): string {
  return `${row.benchmark}/${row.task}/${row.case_id}/${row.revision}`;
}

export interface NewReference {
  readonly benchmark: string;
  readonly task: string;
  readonly case: string;
  readonly revision: number;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  readonly hidden: boolean;
}

/** Stores the bytes of a reference and gives the row to insert. */
export async function storeReference(context: ServerContext, reference: NewReference): Promise<ReferenceRow> {
  const row = {
    benchmark: reference.benchmark,
    task: reference.task,
    case_id: reference.case,
    revision: reference.revision,
    file_name: reference.fileName,
    blob: `references/${randomUUID()}`,
    bytes: reference.bytes.length,
    sha256: createHash("sha256").update(reference.bytes).digest("hex"),
    sealed: reference.hidden,
  };
  if (!reference.hidden) await context.store.put(row.blob, reference.bytes);
  else {
    if (context.sealingKey === null)
      throw new SegathlonError("SEG417", "this process has no sealing key, so it cannot take hidden references");
    await context.store.put(row.blob, seal(context.sealingKey, placeOf(row), reference.bytes));
  }
  return row;
}

/** The newest reference of a case up to a revision; undefined where there is none or the case is taken out. */
export async function referenceAt(
  database: Kysely<Database>,
  place: { readonly benchmark: string; readonly task: string; readonly case: string },
  revision: number,
): Promise<ReferenceRow | undefined> {
  const row = await database
    .selectFrom("case_reference")
    .selectAll()
    .where("benchmark", "=", place.benchmark)
    .where("task", "=", place.task)
    .where("case_id", "=", place.case)
    .where("revision", "<=", revision)
    .orderBy("revision", "desc")
    .limit(1)
    .executeTakeFirst();
  return row?.blob === null ? undefined : row;
}

/** The plain bytes of a reference. */
export async function readReference(context: ServerContext, row: ReferenceRow): Promise<Uint8Array> {
  if (row.blob === null) throw new SegathlonError("SEG415", `case ${row.case_id} has no reference`);
  const stored = await context.store.get(row.blob);
  if (!row.sealed) return stored;
  if (context.sealingKey === null) throw new SegathlonError("SEG417", "this process has no sealing key");
  return unseal(context.sealingKey, placeOf(row), stored);
}
