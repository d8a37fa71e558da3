/**
 * One database, two homes: PGlite in the data directory, or a PostgreSQL server. Three programs keep tables in it; their
 * migrations run in this order: better-auth (accounts), ours, pg-boss (queue).
 */
import { PGlite } from "@electric-sql/pglite";
import { SegathlonError } from "@segathlon/errors";
import { Kysely, PostgresDialect, sql } from "kysely";
import { type MigrationProvider, Migrator } from "kysely/migration";
import { Pool } from "pg";
import * as first from "./migrations/0001-first.ts";
import { pgliteAccess } from "./pglite-dialect.ts";
import type { Database } from "./schema.ts";

export interface OpenDatabase {
  readonly kind: "pglite" | "postgres";
  readonly kysely: Kysely<Database>;
  /** For pg-boss. */
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
  /** Set for PostgreSQL: connections for LISTEN. */
  readonly pool: Pool | null;
  /** Set for PGlite, where this process makes every change: a number that rises with each. */
  readonly changes: (() => number) | null;
  close(): Promise<void>;
}

/** Opens the embedded database below `path`; the caller holds the lock of the data directory. */
export async function openPGlite(path: string): Promise<OpenDatabase> {
  const pglite = await PGlite.create({ dataDir: path });
  const access = pgliteAccess(pglite);
  const kysely = new Kysely<Database>({ dialect: access.dialect });
  return {
    kind: "pglite",
    kysely,
    executeSql: access.executeSql,
    pool: null,
    changes: access.changes,
    close: () => kysely.destroy(),
  };
}

/** Connects to a PostgreSQL server and checks that it answers. */
export async function openPostgres(url: string, connections: number): Promise<OpenDatabase> {
  const pool = new Pool({ connectionString: url, max: connections, connectionTimeoutMillis: 10_000 });
  // An idle connection that the server closes (restart) is replaced by the next query; without a listener it would end the process.
  pool.on("error", () => {});
  const kysely = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  try {
    await sql`select 1`.execute(kysely);
  } catch (cause) {
    await kysely.destroy();
    throw new SegathlonError("SEG419", `the database at DATABASE_URL does not answer: ${(cause as Error).message}`, {
      hint: "Check DATABASE_URL and that the server runs.",
      cause,
    });
  }
  return {
    kind: "postgres",
    kysely,
    pool,
    changes: null,
    async executeSql(text, values) {
      const result: unknown = await pool.query(text, values);
      const results = (Array.isArray(result) ? result : [result]) as { rows: unknown[] }[];
      return { rows: results.flatMap(({ rows }) => rows ?? []) };
    },
    close: () => kysely.destroy(),
  };
}

const migrations: MigrationProvider = {
  getMigrations: async () => ({ "0001-first": { up: first.up } }),
};

/** Brings our tables to the newest schema. Safe to run from several processes at once (Kysely takes a lock). */
export async function migrate(database: Kysely<Database>): Promise<void> {
  const migrator = new Migrator({ db: database, provider: migrations });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}
