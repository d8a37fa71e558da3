/** Everything an operator can set, from the environment and from the caller; checked once at the start. */
import { hostname } from "node:os";
import { SegathlonError } from "@segathlon/errors";
import type { S3Settings } from "./storage/s3-blob-store.ts";

export interface OidcProvider {
  readonly id: string;
  readonly name: string;
  readonly discoveryUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface Settings {
  readonly name: string;
  /** null in the fleet form. */
  readonly dataFolder: string | null;
  readonly databaseUrl: string | null;
  readonly s3: S3Settings | null;
  readonly host: string;
  readonly port: number;
  /** Origin under which people reach the server; null: the address it listens on. */
  readonly publicUrl: string | null;
  /** Number of proxies in front whose `x-forwarded-*` headers are believed. */
  readonly trustedProxies: number;
  readonly signUp: "open" | "invitation";
  /** Signs sessions. null: made and kept in the database (one-process form). */
  readonly secret: string | null;
  readonly sealingKey: string | undefined;
  readonly sealingKeyFile: string | undefined;
  readonly smtpUrl: string | null;
  readonly mailFrom: string;
  readonly oidc: readonly OidcProvider[];
  readonly maxUploadBytes: number;
  readonly maxFileBytes: number;
  /** Refuse uploads when less is free. */
  readonly minFreeBytes: number;
  /** Scoring threads in this process; 0: this process does not score. */
  readonly threads: number;
  /** Seconds that one case may take. */
  readonly caseSeconds: number;
  /** Seconds after which a silent worker loses its job. */
  readonly leaseSeconds: number;
  /** Hours after which an unfinished upload is removed. */
  readonly uploadHours: number;
  readonly rateLimits: "on" | "off";
  /** Folder of the built pages; null: the API only. */
  readonly webRoot: string | null;
  readonly workerName: string;
  readonly logLevel: string;
}

/** What a caller of `startServer` may set; the rest comes from the environment. */
export type SettingsInput = Partial<Omit<Settings, "dataFolder">> & { readonly dataDir?: string };

/** A variable that is set to nothing (as compose files do) is not set. */
function withoutEmpty(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ""));
}

function number(environment: NodeJS.ProcessEnv, name: string, fallback: number): number {
  const text = environment[name];
  if (text === undefined || text === "") return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw new SegathlonError("SEG419", `${name} is "${text}", expected a number from 0`, { where: { field: name } });
  return value;
}

function s3From(environment: NodeJS.ProcessEnv): S3Settings | null {
  const endpoint = environment.S3_ENDPOINT;
  if (endpoint === undefined || endpoint === "") return null;
  const need = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === "")
      throw new SegathlonError("SEG419", `${name} is not set, but S3_ENDPOINT is`, { where: { field: name } });
    return value;
  };
  return {
    endpoint,
    bucket: need("S3_BUCKET"),
    accessKey: need("S3_ACCESS_KEY_ID"),
    secretKey: need("S3_SECRET_ACCESS_KEY"),
    region: environment.S3_REGION ?? "auto",
  };
}

function oidcFrom(environment: NodeJS.ProcessEnv): OidcProvider[] {
  const id = environment.OIDC_ID;
  if (id === undefined || id === "") return [];
  const need = (name: string): string => {
    const value = environment[name];
    if (value === undefined || value === "")
      throw new SegathlonError("SEG419", `${name} is not set, but OIDC_ID is`, { where: { field: name } });
    return value;
  };
  return [
    {
      id,
      name: environment.OIDC_NAME ?? id,
      discoveryUrl: need("OIDC_DISCOVERY_URL"),
      clientId: need("OIDC_CLIENT_ID"),
      clientSecret: need("OIDC_CLIENT_SECRET"),
    },
  ];
}

/**
 * The settings of a server or worker.
 *
 * Throws `SEG419 invalid-settings` naming the variable.
 */
export function resolveSettings(input: SettingsInput, variables: NodeJS.ProcessEnv = process.env): Settings {
  const environment = withoutEmpty(variables);
  const databaseUrl = input.databaseUrl ?? environment.DATABASE_URL ?? null;
  const s3 = input.s3 ?? s3From(environment);
  if (databaseUrl === null && input.dataDir === undefined)
    throw new SegathlonError("SEG419", "neither a data directory nor DATABASE_URL is given");
  if (databaseUrl !== null && s3 === null && input.dataDir === undefined)
    throw new SegathlonError(
      "SEG419",
      "DATABASE_URL is set, but neither S3_ENDPOINT nor a data directory for the files",
      {
        hint: "Set S3_ENDPOINT, S3_BUCKET, S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY.",
      },
    );
  const publicUrl = input.publicUrl ?? environment.SEGATHLON_PUBLIC_URL ?? null;
  if (publicUrl !== null && !/^https?:\/\/[^/]+\/?$/.test(publicUrl))
    throw new SegathlonError(
      "SEG419",
      `SEGATHLON_PUBLIC_URL is "${publicUrl}", expected an origin such as https://host`,
    );
  const secret = input.secret ?? environment.SEGATHLON_SECRET ?? null;
  if (databaseUrl !== null && secret === null)
    throw new SegathlonError("SEG419", "SEGATHLON_SECRET is not set; processes that share a database share it", {
      hint: "openssl rand -hex 32",
    });
  if (secret !== null && secret.length < 32)
    throw new SegathlonError("SEG419", `SEGATHLON_SECRET has ${secret.length} characters, expected at least 32`);
  return {
    name: input.name ?? environment.SEGATHLON_NAME ?? "Segathlon",
    dataFolder: input.dataDir ?? null,
    databaseUrl,
    s3,
    host: input.host ?? environment.SEGATHLON_HOST ?? "127.0.0.1",
    port: input.port ?? number(environment, "SEGATHLON_PORT", 7420),
    publicUrl: publicUrl?.replace(/\/$/, "") ?? null,
    trustedProxies: input.trustedProxies ?? number(environment, "SEGATHLON_TRUSTED_PROXIES", 0),
    signUp: input.signUp ?? (environment.SEGATHLON_SIGN_UP === "invitation" ? "invitation" : "open"),
    secret,
    sealingKey: input.sealingKey ?? environment.SEGATHLON_SEALING_KEY,
    sealingKeyFile: input.sealingKeyFile ?? environment.SEGATHLON_SEALING_KEY_FILE,
    smtpUrl: input.smtpUrl ?? environment.SMTP_URL ?? null,
    mailFrom: input.mailFrom ?? environment.SEGATHLON_MAIL_FROM ?? "segathlon@localhost",
    oidc: input.oidc ?? oidcFrom(environment),
    maxUploadBytes: input.maxUploadBytes ?? number(environment, "SEGATHLON_MAX_UPLOAD_BYTES", 20 * 1024 ** 3),
    maxFileBytes: input.maxFileBytes ?? number(environment, "SEGATHLON_MAX_FILE_BYTES", 2 * 1024 ** 3),
    minFreeBytes: input.minFreeBytes ?? number(environment, "SEGATHLON_MIN_FREE_BYTES", 1024 ** 3),
    threads: input.threads ?? number(environment, "SEGATHLON_THREADS", 2),
    caseSeconds: input.caseSeconds ?? number(environment, "SEGATHLON_CASE_SECONDS", 300),
    leaseSeconds: input.leaseSeconds ?? number(environment, "SEGATHLON_LEASE_SECONDS", 60),
    uploadHours: input.uploadHours ?? number(environment, "SEGATHLON_UPLOAD_HOURS", 24),
    rateLimits: input.rateLimits ?? (environment.SEGATHLON_RATE_LIMITS === "off" ? "off" : "on"),
    webRoot: input.webRoot === undefined ? null : input.webRoot,
    workerName: input.workerName ?? `${hostname()}-${process.pid}`,
    logLevel: input.logLevel ?? environment.SEGATHLON_LOG ?? "info",
  };
}
