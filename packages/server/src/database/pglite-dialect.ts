/**
 * A Kysely dialect for PGlite with one queue for its one connection.
 *
 * Kysely's own PGlite driver keeps the open transaction in a field that every query looks at, so a query from elsewhere would run
 * inside somebody else's transaction. Here whoever holds the connection holds it alone; everybody (our queries, better-auth,
 * pg-boss) waits in one line.
 */
import type { PGlite } from "@electric-sql/pglite";
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from "kysely";

/** First come, first served. */
class Line {
  #tail: Promise<void> = Promise.resolve();

  /** Resolves with the function that lets the next one in. */
  async enter(): Promise<() => void> {
    const previous = this.#tail;
    let leave = () => {};
    this.#tail = new Promise((resolve) => {
      leave = resolve;
    });
    await previous;
    return leave;
  }
}

class PGliteConnection implements DatabaseConnection {
  readonly #database: PGlite;
  readonly #changed: () => void;
  readonly leave: () => void;

  constructor(database: PGlite, changed: () => void, leave: () => void) {
    this.#database = database;
    this.#changed = changed;
    this.leave = leave;
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const { rows, affectedRows } = await this.#database.query<R>(query.sql, [...query.parameters]);
    if (!/^\s*select\b/i.test(query.sql)) this.#changed();
    return affectedRows === undefined ? { rows } : { rows, numAffectedRows: BigInt(affectedRows) };
  }

  // biome-ignore lint/correctness/useYield: the interface asks for a generator; PGlite has no cursors to stream from
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error("PGlite does not stream");
  }
}

/** The dialect, and a door for SQL of several statements (pg-boss's migrations) that keeps to the same line. */
export interface PGliteAccess {
  readonly dialect: Dialect;
  /** Rises with every statement that is not a plain query. While it stands still, what was read is what is there. */
  changes(): number;
  executeSql(text: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

/** Makes the dialect of one PGlite instance. The instance is closed with the Kysely instance. */
export function pgliteAccess(database: PGlite): PGliteAccess {
  const line = new Line();
  let changes = 0;
  const changed = (): void => {
    changes += 1;
  };
  const driver: Driver = {
    async init() {
      await database.waitReady;
    },
    async acquireConnection() {
      return new PGliteConnection(database, changed, await line.enter());
    },
    async releaseConnection(connection) {
      (connection as PGliteConnection).leave();
    },
    async beginTransaction(connection, settings) {
      const level = settings.isolationLevel === undefined ? "" : ` isolation level ${settings.isolationLevel}`;
      await connection.executeQuery(CompiledQuery.raw(`begin${level}`));
    },
    async commitTransaction(connection) {
      await connection.executeQuery(CompiledQuery.raw("commit"));
    },
    async rollbackTransaction(connection) {
      await connection.executeQuery(CompiledQuery.raw("rollback"));
    },
    async destroy() {
      const leave = await line.enter();
      try {
        await database.close();
      } finally {
        leave();
      }
    },
  };
  return {
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => driver,
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (kysely: Kysely<never>) => new PostgresIntrospector(kysely),
    } as Dialect,
    changes: () => changes,
    async executeSql(text, values) {
      const leave = await line.enter();
      try {
        if (values !== undefined && values.length > 0) return { rows: (await database.query(text, values)).rows };
        // exec takes several statements; a transaction inside them that failed must not stay open for the next in line.
        try {
          const results = await database.exec(text);
          return { rows: results.flatMap((result) => result.rows) };
        } catch (error) {
          await database.exec("ROLLBACK").catch(() => {});
          throw error;
        }
      } finally {
        changed();
        leave();
      }
    },
  };
}
