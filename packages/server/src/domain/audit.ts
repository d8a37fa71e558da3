/** The audit log: who did what when. Entries are only ever added. */
import type { Kysely } from "kysely";
import type { Database } from "../database/schema.ts";

export interface AuditFact {
  readonly benchmark: string | null;
  /** User id, `system`, or a worker's name. */
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly detail?: Readonly<Record<string, unknown>>;
}

export async function audit(database: Kysely<Database>, fact: AuditFact): Promise<void> {
  await database
    .insertInto("audit_log")
    .values({ ...fact, detail: JSON.stringify(fact.detail ?? {}) })
    .execute();
}
