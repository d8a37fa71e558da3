/** How often one address or account may ask: counted in memory by one process, in the database by a fleet. */
import { SegathlonError } from "@segathlon/errors";
import { type Kysely, sql } from "kysely";
import type { Database } from "../database/schema.ts";

export interface RateLimiter {
  /** @throws SegathlonError `SEG412` above `limit` calls in the window; its `where.field` is the number of seconds to wait. */
  take(key: string, limit: number, seconds: number): Promise<void>;
}

function tooMany(wait: number): SegathlonError {
  return new SegathlonError("SEG412", `too many requests; wait ${wait} s`, { where: { field: String(wait) } });
}

export const unlimited: RateLimiter = { take: async () => {} };

export function memoryRateLimiter(): RateLimiter {
  const windows = new Map<string, { start: number; hits: number }>();
  return {
    async take(key, limit, seconds) {
      const now = Date.now();
      if (windows.size > 100_000) windows.clear();
      const window = windows.get(key);
      if (window === undefined || now - window.start >= seconds * 1000) {
        windows.set(key, { start: now, hits: 1 });
        return;
      }
      window.hits += 1;
      if (window.hits > limit) throw tooMany(Math.ceil((window.start + seconds * 1000 - now) / 1000));
    },
  };
}

export function databaseRateLimiter(database: Kysely<Database>): RateLimiter {
  return {
    async take(key, limit, seconds) {
      const old = sql<boolean>`rate_window.window_start < now() - make_interval(secs => ${seconds})`;
      const row = await database
        .insertInto("rate_window")
        .values({ key, window_start: sql<Date>`now()`, hits: 1 })
        .onConflict((conflict) =>
          conflict.column("key").doUpdateSet({
            hits: sql<number>`case when ${old} then 1 else rate_window.hits + 1 end`,
            window_start: sql<Date>`case when ${old} then now() else rate_window.window_start end`,
          }),
        )
        .returning([
          "hits",
          sql<number>`ceil(extract(epoch from window_start + make_interval(secs => ${seconds}) - now()))::int`.as(
            "wait",
          ),
        ])
        .executeTakeFirstOrThrow();
      if (row.hits > limit) throw tooMany(Math.max(1, row.wait));
    },
  };
}
