/** Health, readiness, metrics. */

import type { FastifyInstance } from "fastify";
import { sql } from "kysely";
import { collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { HttpContext } from "./http-context.ts";

interface Check {
  readonly ok: boolean;
  readonly detail: string;
}

async function check(action: () => Promise<string>): Promise<Check> {
  try {
    return { ok: true, detail: await action() };
  } catch {
    // The detail is public; what failed exactly is in the log.
    return { ok: false, detail: "does not answer" };
  }
}

/** `/healthz`: the process runs. `/readyz`: it can serve. `/metrics`: Prometheus text, for the local network only. */
export function registerOperations(app: FastifyInstance, context: HttpContext): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: "segathlon_http_seconds",
    help: "Duration of requests",
    labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.5, 1, 5, 30],
    registers: [registry],
  });
  app.addHook("onResponse", async (request, reply) => {
    seconds.observe(
      { method: request.method, route: request.routeOptions.url ?? "none", status: reply.statusCode },
      reply.elapsedTime / 1000,
    );
  });
  const state = new Gauge({
    name: "segathlon_submissions",
    help: "Submissions by state",
    labelNames: ["state"],
    registers: [registry],
  });
  const chunks = new Gauge({
    name: "segathlon_chunks",
    help: "Chunks of work by state",
    labelNames: ["state"],
    registers: [registry],
  });
  const workers = new Gauge({ name: "segathlon_workers", help: "Workers seen within a minute", registers: [registry] });
  const oldest = new Gauge({
    name: "segathlon_oldest_waiting_seconds",
    help: "Age of the oldest waiting submission",
    registers: [registry],
  });

  app.get("/healthz", (_request, reply) => reply.send({ status: "ok" }));
  app.get("/readyz", async (_request, reply) => {
    const checks = {
      database: await check(async () => {
        await sql`select 1`.execute(context.database);
        return context.connection.kind;
      }),
      storage: await check(async () => {
        const free = await context.store.freeBytes();
        if (free !== null && free < context.settings.minFreeBytes) throw new Error("full");
        return context.store.kind;
      }),
    };
    const ok = Object.values(checks).every((entry) => entry.ok);
    return reply.code(ok ? 200 : 503).send({ status: ok ? "ok" : "down", checks });
  });
  app.get("/metrics", async (request, reply) => {
    const local = /^(127\.|::1$|::ffff:127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.)/.test(request.ip);
    if (!local) return reply.code(404).send();
    for (const [gauge, table] of [
      [state, "submission"],
      [chunks, "evaluation_chunk"],
    ] as const) {
      gauge.reset();
      const rows = await sql<{
        state: string;
        count: number;
      }>`select state, count(*)::int as count from ${sql.table(table)} group by state`.execute(context.database);
      for (const row of rows.rows) gauge.set({ state: row.state }, row.count);
    }
    const facts = await sql<{ workers: number; oldest: number }>`
      select (select count(*)::int from worker where seen_at > now() - interval '60 seconds') as workers,
             (select coalesce(extract(epoch from now() - min(queued_at)), 0)::float8 from submission where state in ('queued', 'scoring')) as oldest`.execute(
      context.database,
    );
    workers.set(facts.rows[0]?.workers ?? 0);
    oldest.set(facts.rows[0]?.oldest ?? 0);
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
