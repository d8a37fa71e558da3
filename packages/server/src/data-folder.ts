/**
 * The data directory of the one-process form and its exclusive lock.
 *
 * Two processes on one PGlite directory lose rows silently, so the lock comes before anything is opened. It is a lock of the
 * operating system (taken through SQLite's file locking on an otherwise empty file): it ends with the process however the process
 * ends, so there is no stale lock file to clean up after `kill -9` and no process id that can be reused.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SegathlonError } from "@segathlon/errors";

export interface DataFolder {
  readonly path: string;
  readonly database: string;
  readonly blobs: string;
  /** Files that are only needed while a job runs. */
  readonly scratch: string;
  /** Releases the lock. */
  release(): void;
}

interface SqliteModule {
  DatabaseSync: new (path: string) => { exec(sql: string): void; close(): void };
}

/** `node:sqlite` prints that it is experimental; only its file lock is used here, so that line would tell people nothing. */
async function sqlite(): Promise<SqliteModule> {
  const emitWarning = process.emitWarning;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    if (String(warning).includes("SQLite is an experimental feature")) return;
    Reflect.apply(emitWarning, process, [warning, ...rest]);
  }) as typeof process.emitWarning;
  try {
    return (await import("node:sqlite")) as unknown as SqliteModule;
  } finally {
    process.emitWarning = emitWarning;
  }
}

function holder(infoFile: string): string {
  if (!existsSync(infoFile)) return "another process";
  try {
    const info = JSON.parse(readFileSync(infoFile, "utf8")) as { pid: number; host: string; since: string };
    return `process ${info.pid} on ${info.host}, running since ${info.since}`;
  } catch {
    return "another process";
  }
}

/**
 * Opens (and creates) a data directory and takes its lock.
 *
 * Throws `SEG416 data-directory-in-use` when another process, or another server in this process, has it.
 */
export async function openDataFolder(path: string, host: string): Promise<DataFolder> {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  for (const folder of ["blobs", "scratch"]) mkdirSync(join(path, folder), { recursive: true, mode: 0o700 });
  const infoFile = join(path, "in-use.json");
  const { DatabaseSync } = await sqlite();
  const lock = new DatabaseSync(join(path, "lock"));
  try {
    lock.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
  } catch (cause) {
    lock.close();
    throw new SegathlonError("SEG416", `the data directory ${path} is in use by ${holder(infoFile)}`, {
      where: { file: path },
      cause,
    });
  }
  writeFileSync(infoFile, JSON.stringify({ pid: process.pid, host, since: new Date().toISOString() }), { mode: 0o600 });
  let released = false;
  return {
    path,
    database: join(path, "database"),
    blobs: join(path, "blobs"),
    scratch: join(path, "scratch"),
    release() {
      if (released) return;
      released = true;
      rmSync(infoFile, { force: true });
      lock.close();
    },
  };
}
