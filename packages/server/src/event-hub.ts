/**
 * Who wants to know what happened. In one process events go from hand to hand; in the fleet they also travel through PostgreSQL
 * (LISTEN/NOTIFY). An event names what changed and carries no content: the listener reads it with its own rights.
 */
import type { Pool, PoolClient } from "pg";
import type { Logger } from "pino";

export type ChangeEvent =
  | { readonly type: "submission"; readonly benchmark: string; readonly submission: number }
  | { readonly type: "leaderboard"; readonly benchmark: string; readonly phase: string; readonly revision: string }
  | { readonly type: "phase"; readonly benchmark: string; readonly phase: string }
  | { readonly type: "announcement"; readonly benchmark: string; readonly id: string }
  | { readonly type: "rescore"; readonly benchmark: string; readonly id: string; readonly state: string }
  /** Wakes workers; never sent to a page. */
  | { readonly type: "work"; readonly benchmark: string };

export interface EventHub {
  publish(event: ChangeEvent): void;
  /** Returns the function that ends the subscription. */
  subscribe(listener: (event: ChangeEvent) => void): () => void;
  readonly listeners: number;
  close(): Promise<void>;
}

const channel = "segathlon_events";

export function localEventHub(): EventHub {
  const listeners = new Set<(event: ChangeEvent) => void>();
  return {
    publish(event) {
      // Not in the caller's stack: a slow or failing listener must not disturb the transaction that published.
      setImmediate(() => {
        for (const listener of listeners) listener(event);
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    get listeners() {
      return listeners.size;
    },
    async close() {
      listeners.clear();
    },
  };
}

/** Events of all processes on one PostgreSQL. A lost connection is opened again; clients of pages ask anew anyway. */
export async function postgresEventHub(pool: Pool, log: Logger): Promise<EventHub> {
  const local = localEventHub();
  let client: PoolClient | null = null;
  let closed = false;
  const connect = async (): Promise<void> => {
    const next = await pool.connect();
    client = next;
    next.on("notification", (message) => {
      if (message.payload !== undefined) local.publish(JSON.parse(message.payload) as ChangeEvent);
    });
    next.on("error", () => {
      next.release(true);
      if (client === next) client = null;
      if (!closed) retry();
    });
    await next.query(`listen ${channel}`);
  };
  const retry = (): void => {
    setTimeout(() => {
      if (closed || client !== null) return;
      connect().catch((error: unknown) => {
        log.warn({ error: String(error) }, "events: no connection to the database, trying again");
        retry();
      });
    }, 1000).unref();
  };
  await connect();
  return {
    publish(event) {
      pool.query("select pg_notify($1, $2)", [channel, JSON.stringify(event)]).catch((error: unknown) => {
        log.warn({ error: String(error) }, "events: not sent");
      });
    },
    subscribe: local.subscribe,
    get listeners() {
      return local.listeners;
    },
    async close() {
      closed = true;
      client?.release(true);
      client = null;
      await local.close();
    },
  };
}
