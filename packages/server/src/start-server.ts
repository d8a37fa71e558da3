/** Starts a server or a worker and stops it in order. */
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { SegathlonError } from "@segathlon/errors";
import { sql } from "kysely";
import { type Logger, pino } from "pino";
import { type DataFolder, openDataFolder } from "./data-folder.ts";
import { migrate, type OpenDatabase, openPGlite, openPostgres } from "./database/open-database.ts";
import { audit } from "./domain/audit.ts";
import { type FolderImport, importBenchmarkFolder } from "./domain/import-folder.ts";
import { localEventHub, postgresEventHub } from "./event-hub.ts";
import { buildApp } from "./http/app.ts";
import { boardCache } from "./http/board-cache.ts";
import type { HttpContext } from "./http/http-context.ts";
import { databaseRateLimiter, memoryRateLimiter, unlimited } from "./http/rate-limit.ts";
import { unchangedReads } from "./http/unchanged-reads.ts";
import { type Accounts, newToken, openAccounts } from "./identity/accounts.ts";
import { invite } from "./identity/invitations.ts";
import { openMailer } from "./identity/mailer.ts";
import { type Diagnosis, diagnose, removeOrphans } from "./operations/doctor.ts";
import { type JobQueue, openJobQueue } from "./queue/job-queue.ts";
import { startWorkLoop } from "./queue/work-loop.ts";
import { type ThreadPool, threadPool } from "./scoring/thread-pool.ts";
import type { ServerContext } from "./server-context.ts";
import { resolveSettings, type Settings, type SettingsInput } from "./settings.ts";
import { fileBlobStore } from "./storage/file-blob-store.ts";
import { s3BlobStore } from "./storage/s3-blob-store.ts";
import { findSealingKey, type SealingKey } from "./storage/sealing.ts";

/** Everything that is opened, in the order in which it is closed again from the end. */
interface Opened {
  readonly context: ServerContext;
  readonly accounts: Accounts;
  readonly mailer: ReturnType<typeof openMailer>;
  readonly queue: JobQueue;
  readonly pool: ThreadPool;
  close(): Promise<void>;
}

/** Kept in the database in the one-process form, so that sessions outlive a restart. */
async function storedSecret(context: OpenDatabase, settings: Settings): Promise<string> {
  if (settings.secret !== null) return settings.secret;
  const { token } = newToken("");
  await sql`create table if not exists segathlon_secret (one boolean primary key default true check (one), value text not null)`.execute(
    context.kysely,
  );
  await sql`insert into segathlon_secret (value) values (${token}) on conflict do nothing`.execute(context.kysely);
  const { rows } = await sql<{ value: string }>`select value from segathlon_secret`.execute(context.kysely);
  const [row] = rows;
  if (row === undefined) throw new SegathlonError("SEG419", "the secret that signs sessions cannot be read");
  return row.value;
}

async function open(settings: Settings, log: Logger): Promise<Opened> {
  const closing: (() => Promise<unknown> | unknown)[] = [];
  const close = async (): Promise<void> => {
    for (const action of closing.splice(0).reverse())
      await Promise.resolve(action()).catch((error: unknown) => log.warn({ error: String(error) }, "close"));
  };
  try {
    let folder: DataFolder | null = null;
    const embedded = settings.databaseUrl === null;
    if (embedded && settings.dataFolder !== null) {
      folder = await openDataFolder(settings.dataFolder, hostname());
      closing.push(() => folder?.release());
    }
    const connection =
      settings.databaseUrl === null
        ? await openPGlite(folder?.database ?? "")
        : await openPostgres(settings.databaseUrl, Math.max(10, settings.threads * 4));
    closing.push(() => connection.close());
    const database = connection.kysely;
    const secret = await storedSecret(connection, settings);
    const store =
      settings.s3 !== null
        ? s3BlobStore(settings.s3)
        : fileBlobStore(folder?.blobs ?? join(settings.dataFolder ?? "", "blobs"));
    const events = connection.pool === null ? localEventHub() : await postgresEventHub(connection.pool, log);
    closing.push(() => events.close());
    const scratch = folder?.scratch ?? join(tmpdir(), `segathlon-${settings.workerName.replace(/[^\w.-]/g, "_")}`);
    // What a killed process left here belongs to nobody.
    rmSync(scratch, { recursive: true, force: true });
    mkdirSync(scratch, { recursive: true, mode: 0o700 });
    closing.push(() => rmSync(scratch, { recursive: true, force: true }));
    const context: { -readonly [K in keyof ServerContext]: ServerContext[K] } = {
      settings,
      connection,
      database,
      store,
      sealingKey: null,
      events,
      log,
      scratch,
      publicUrl: settings.publicUrl ?? `http://${settings.host}:${settings.port}`,
    };
    const mailer = openMailer(database, settings, log);
    const accounts = await withMigrationLock(connection, async () => {
      const made = await openAccounts({ database, settings, secret, publicUrl: () => context.publicUrl, mailer, log });
      await migrate(database);
      return made;
    });
    context.sealingKey = await sealingKeyFor(context);
    const queue = await openJobQueue(connection, log);
    closing.push(() => queue.close());
    const pool = threadPool(Math.max(1, settings.threads));
    closing.push(() => pool.close());
    return { context, accounts, mailer, queue, pool, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The key, made only while nothing is sealed: a new key beside old references would open none of them. */
async function sealingKeyFor({ settings, database }: ServerContext): Promise<SealingKey | null> {
  const sealed = await database
    .selectFrom("case_reference")
    .select("revision")
    .where("sealed", "=", true)
    .limit(1)
    .executeTakeFirst();
  return findSealingKey({
    key: settings.sealingKey,
    file: settings.sealingKeyFile,
    dataFolder: settings.dataFolder,
    absent: sealed === undefined && settings.databaseUrl === null ? "make" : "none",
  });
}

/** better-auth's migrations take no lock of their own; processes that start together wait for each other. */
async function withMigrationLock<Result>(connection: OpenDatabase, action: () => Promise<Result>): Promise<Result> {
  if (connection.pool === null) return action();
  const client = await connection.pool.connect();
  try {
    await client.query("select pg_advisory_lock(7420)");
    return await action();
  } finally {
    await client.query("select pg_advisory_unlock(7420)").catch(() => {});
    client.release();
  }
}

export interface RunningServer {
  /** Address that it listens on, such as `http://127.0.0.1:7420`. */
  readonly url: string;
  /** One-time link that makes an account administrator; null when there is an administrator already. */
  readonly adminLink: string | null;
  /** Creates or updates the benchmark of a folder; returns its id. */
  importFolder(request: FolderImport): Promise<string>;
  /**
   * Makes an account without asking anybody, and an API key of it with every scope: for whoever runs the process (scripts, the demo,
   * tests). An existing address gets a new key.
   */
  createAccount(account: {
    name: string;
    email: string;
    administrator?: boolean;
  }): Promise<{ userId: string; apiKey: string }>;
  /** Makes a new one-time administrator link. */
  newAdminLink(): Promise<string>;
  /** For tests and the command line. */
  readonly context: HttpContext;
  /** Takes no new requests and jobs, lets running ones end, closes everything. */
  close(): Promise<void>;
}

/** Seconds that running jobs get at shutdown; what does not end in time is taken over at the next start. */
const shutdownSeconds = 10;

/**
 * Starts a server: one process with an embedded database in `dataDir`, or, with `databaseUrl` (or DATABASE_URL) and S3, one of any
 * number of processes.
 *
 * @throws SegathlonError `SEG416` when another process has the data directory, `SEG419` for settings that cannot be used, `SEG417`
 *   for a missing or unsafe sealing key.
 *
 * @example
 * ```ts
 * const server = await startServer({ dataDir: "./data", port: 0 });
 * console.log(server.url, server.adminLink);
 * await server.importFolder({ folder: "./spleen" });
 * await server.close();
 * ```
 */
export async function startServer(input: SettingsInput): Promise<RunningServer> {
  const settings = resolveSettings(input);
  const log = pino(
    { level: settings.logLevel, redact: ["req.headers.authorization", "req.headers.cookie"] },
    pino.destination({ fd: 2, sync: false }),
  );
  const opened = await open(settings, log);
  const context: HttpContext = Object.assign(opened.context, {
    accounts: opened.accounts,
    mailer: opened.mailer,
    queue: opened.queue,
    pool: opened.pool,
    boards: boardCache(),
    rows: unchangedReads(opened.context.connection.changes),
    rates:
      settings.rateLimits === "off"
        ? unlimited
        : opened.context.connection.pool === null
          ? memoryRateLimiter()
          : databaseRateLimiter(opened.context.database),
  });
  try {
    if (context.sealingKey === null && settings.databaseUrl === null)
      throw new SegathlonError(
        "SEG417",
        `the references in ${settings.dataFolder} are sealed and their key is not there`,
        {
          hint: `Put it at ${settings.dataFolder}.sealing-key, or set SEGATHLON_SEALING_KEY.`,
        },
      );
    const app = await buildApp(context);
    const url = await app.listen({ port: settings.port, host: settings.host }).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EADDRINUSE" && cause.code !== "EACCES" && cause.code !== "EADDRNOTAVAIL") throw cause;
      throw new SegathlonError("SEG419", `cannot listen on ${settings.host} port ${settings.port} (${cause.code})`, {
        hint: "Choose another port: --port 0 takes a free one.",
        cause,
      });
    });
    if (settings.publicUrl === null) context.publicUrl = url;
    const loop = settings.threads > 0 ? startWorkLoop(context, opened.queue, opened.pool) : null;
    const newAdminLink = async (): Promise<string> => {
      const made = await invite(context, opened.mailer, {
        kind: "administrator",
        benchmark: null,
        team: null,
        email: null,
        by: null,
        days: 1,
      });
      return made.url ?? "";
    };
    const administrator = await context.database
      .selectFrom("auth_user")
      .select("id")
      .where("administrator", "=", true)
      .limit(1)
      .executeTakeFirst();
    let closing: Promise<void> | null = null;
    return {
      url,
      adminLink: administrator === undefined ? await newAdminLink() : null,
      newAdminLink,
      createAccount: (account) => createAccount(context, account),
      context,
      importFolder: (request) => importBenchmarkFolder(context, opened.pool, request),
      close() {
        closing ??= (async () => {
          await app.close();
          await loop?.stop(shutdownSeconds);
          await opened.close();
        })();
        return closing;
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function createAccount(
  context: HttpContext,
  account: { name: string; email: string; administrator?: boolean },
): Promise<{ userId: string; apiKey: string }> {
  const email = account.email.toLowerCase();
  const known = await context.database
    .selectFrom("auth_user")
    .select("id")
    .where("email", "=", email)
    .executeTakeFirst();
  // The password is thrown away: the account is used through its key, or after a password reset.
  const userId =
    known?.id ??
    (await context.accounts.signUp({ name: account.name, email, password: newToken("").token }, new Headers())).userId;
  if (account.administrator === true)
    await context.database.updateTable("auth_user").set({ administrator: true }).where("id", "=", userId).execute();
  const { token, hash } = newToken("sgk_");
  const id = randomUUID();
  await context.database
    .insertInto("api_key")
    .values({
      id,
      user_id: userId,
      name: "local",
      key_hash: hash,
      scopes: JSON.stringify(["read", "submit", "organise"]),
      expires_at: null,
    })
    .execute();
  await audit(context.database, {
    benchmark: null,
    actor: "system",
    action: "account.create",
    subject: userId,
    detail: { administrator: account.administrator === true },
  });
  return { userId, apiKey: token };
}

/**
 * Opens database and storage without serving, looks them over (see `diagnose`), and closes them.
 *
 * @throws SegathlonError as {@link startServer}.
 */
export async function examineServer(input: SettingsInput, orphans: "keep" | "remove" = "keep"): Promise<Diagnosis[]> {
  const settings = resolveSettings({ ...input, logLevel: "silent" });
  const opened = await open(settings, pino({ level: "silent" }));
  try {
    const removed = orphans === "remove" ? await removeOrphans(opened.context) : 0;
    const found = await diagnose(opened.context);
    return removed === 0
      ? found
      : [
          ...found,
          { check: "files", state: "ok", message: `${removed} files that belonged to nothing were removed`, hint: "" },
        ];
  } finally {
    await opened.close();
  }
}

export interface RunningWorker {
  readonly name: string;
  close(): Promise<void>;
}

/** Starts a worker process of the fleet form: more threads for the same database and storage. */
export async function startWorker(input: SettingsInput): Promise<RunningWorker> {
  const settings = resolveSettings(input);
  if (settings.databaseUrl === null)
    throw new SegathlonError(
      "SEG419",
      "a worker needs DATABASE_URL; the one-process form scores in threads of its own",
      {
        hint: "Set DATABASE_URL and S3_*, or raise SEGATHLON_THREADS of the server.",
      },
    );
  const log = pino({ level: settings.logLevel }, pino.destination({ fd: 2, sync: false }));
  const opened = await open(settings, log);
  if (opened.context.sealingKey === null) {
    await opened.close();
    throw new SegathlonError("SEG417", "a worker needs the sealing key to open references");
  }
  const loop = startWorkLoop(opened.context, opened.queue, opened.pool);
  return {
    name: settings.workerName,
    async close() {
      await loop.stop(shutdownSeconds);
      await opened.close();
    },
  };
}
