/** Looks a server over: settings, key, database, files, work that stands still. Reads only. */
import { existsSync, statSync } from "node:fs";
import { sql } from "kysely";
import type { ServerContext } from "../server-context.ts";
import { unseal } from "../storage/sealing.ts";

export interface Diagnosis {
  readonly check: string;
  readonly state: "ok" | "warning" | "error";
  readonly message: string;
  /** What to do; empty when nothing is. */
  readonly hint: string;
}

const ok = (check: string, message: string): Diagnosis => ({ check, state: "ok", message, hint: "" });

async function checkKey(context: ServerContext): Promise<Diagnosis> {
  const sealed = await context.database
    .selectFrom("case_reference")
    .selectAll()
    .where("sealed", "=", true)
    .where("blob", "is not", null)
    .limit(1)
    .executeTakeFirst();
  if (context.sealingKey === null)
    return {
      check: "sealing key",
      state: sealed === undefined ? "warning" : "error",
      message: "there is no sealing key",
      hint: "Set SEGATHLON_SEALING_KEY or SEGATHLON_SEALING_KEY_FILE.",
    };
  if (sealed === undefined || sealed.blob === null)
    return ok("sealing key", `${context.sealingKey.source} (${context.sealingKey.fingerprint}); nothing is sealed yet`);
  try {
    unseal(
      context.sealingKey,
      `${sealed.benchmark}/${sealed.task}/${sealed.case_id}/${sealed.revision}`,
      await context.store.get(sealed.blob),
    );
    return ok("sealing key", `${context.sealingKey.source} (${context.sealingKey.fingerprint}) opens the references`);
  } catch (error) {
    return {
      check: "sealing key",
      state: "error",
      message: (error as Error).message,
      hint: "Give the key that the references were sealed with; without it they are lost.",
    };
  }
}

async function checkBlobs(context: ServerContext): Promise<Diagnosis> {
  const { rows } = await sql<{ blob: string; bytes: number; sealed: boolean }>`
    select blob, bytes, false as sealed from case_image
    union all select blob, bytes, sealed from case_reference where blob is not null
    union all select blob, bytes, false from prediction
    union all select blob, bytes, false from upload_part`.execute(context.database);
  const stored = new Map<string, number>();
  for (const prefix of ["images", "references", "predictions", "uploads"])
    for (const { key, bytes } of await context.store.list(prefix)) stored.set(key, bytes);
  const sealOverhead = 40;
  const missing = rows.filter((row) => stored.get(row.blob) !== row.bytes + (row.sealed ? sealOverhead : 0));
  const known = new Set(rows.map((row) => row.blob));
  const orphans = [...stored].filter(([key]) => !known.has(key));
  const [first] = missing;
  if (first !== undefined)
    return {
      check: "files",
      state: "error",
      message: `${missing.length} of ${rows.length} files are missing or have another size, such as ${first.blob}`,
      hint: "Restore them from a backup.",
    };
  const megabytes = Math.round(orphans.reduce((sum, [, bytes]) => sum + bytes, 0) / 1e6);
  if (orphans.length > 0)
    return {
      check: "files",
      state: "warning",
      message: `${rows.length} files are whole; ${orphans.length} files (${megabytes} MB) belong to nothing`,
      hint: "They come from interrupted work; `segathlon doctor --remove-orphans` removes them while the server is stopped.",
    };
  return ok("files", `${rows.length} files are whole`);
}

async function checkWork(context: ServerContext): Promise<Diagnosis> {
  const { rows } = await sql<{ waiting: number; oldest: number; dead: number }>`
    select (select count(*)::int from submission where state in ('received', 'checking', 'queued', 'scoring')) as waiting,
           (select coalesce(extract(epoch from now() - min(created_at)), 0)::float8 from submission where state in ('received', 'checking', 'queued', 'scoring')) as oldest,
           (select count(*)::int from evaluation_chunk where state = 'dead') as dead`.execute(context.database);
  const [row] = rows;
  if (row === undefined) return { check: "work", state: "error", message: "the queue cannot be read", hint: "" };
  if (row.oldest > 3600)
    return {
      check: "work",
      state: "warning",
      message: `${row.waiting} submissions wait, the oldest for ${Math.round(row.oldest / 60)} minutes`,
      hint: "Start workers, or look at the faults in the organisers' view.",
    };
  if (row.dead > 0)
    return {
      check: "work",
      state: "warning",
      message: `${row.dead} chunks of work were given up`,
      hint: "The organisers' view has their faults; retry them there.",
    };
  return ok("work", `${row.waiting} submissions are waiting or being scored`);
}

async function checkRoom(context: ServerContext): Promise<Diagnosis> {
  const free = await context.store.freeBytes();
  if (free === null) return ok("room", "the object storage does not tell how much is free");
  const gigabytes = (free / 1e9).toFixed(1);
  if (free < context.settings.minFreeBytes)
    return {
      check: "room",
      state: "error",
      message: `${gigabytes} GB are free; uploads are refused`,
      hint: "Make room.",
    };
  return ok("room", `${gigabytes} GB are free`);
}

function checkFolder(context: ServerContext): Diagnosis {
  const folder = context.settings.dataFolder;
  if (folder === null || !existsSync(folder)) return ok("data directory", "not used");
  const open = process.platform !== "win32" && (statSync(folder).mode & 0o077) !== 0;
  return open
    ? {
        check: "data directory",
        state: "warning",
        message: `${folder} can be read by other users of the machine`,
        hint: `chmod 700 ${folder}`,
      }
    : ok("data directory", folder);
}

async function checkPhases(context: ServerContext): Promise<Diagnosis> {
  const { rows } = await sql<{ name: string }>`
    select p.benchmark || '/' || p.id as name from phase p
    where not exists (select 1 from case_reference r where r.benchmark = p.benchmark and r.task in (select jsonb_array_elements_text(p.document -> 'tasks')))`.execute(
    context.database,
  );
  const [first] = rows;
  return first === undefined
    ? ok("phases", "every phase has references")
    : {
        check: "phases",
        state: "warning",
        message: `${rows.length} phases have no reference to score against, such as ${first.name}`,
        hint: "Add references for the test cases.",
      };
}

/** Every check; one that cannot be made is an error of its own. */
export async function diagnose(context: ServerContext): Promise<Diagnosis[]> {
  const checks: (() => Promise<Diagnosis> | Diagnosis)[] = [
    () => ok("Node", process.version),
    () => checkFolder(context),
    async () => {
      const { rows } = await sql<{ version: string }>`select version() as version`.execute(context.database);
      return ok("database", `${context.connection.kind}: ${rows[0]?.version.split(" on ")[0] ?? ""}`);
    },
    () => checkKey(context),
    () => checkBlobs(context),
    () => checkRoom(context),
    () => checkWork(context),
    () => checkPhases(context),
  ];
  const found: Diagnosis[] = [];
  for (const check of checks) {
    try {
      found.push(await check());
    } catch (error) {
      found.push({ check: "server", state: "error", message: (error as Error).message, hint: "Read the message." });
    }
  }
  return found;
}

/** Removes files that no row names. Only while nothing else uses the storage. Returns how many. */
export async function removeOrphans(context: ServerContext): Promise<number> {
  const { rows } = await sql<{ blob: string }>`
    select blob from case_image union all select blob from case_reference where blob is not null
    union all select blob from prediction union all select blob from upload_part`.execute(context.database);
  const known = new Set(rows.map((row) => row.blob));
  let removed = 0;
  for (const prefix of ["images", "references", "predictions", "uploads"]) {
    for (const { key } of await context.store.list(prefix)) {
      if (known.has(key)) continue;
      await context.store.remove(key);
      removed += 1;
    }
  }
  return removed;
}
