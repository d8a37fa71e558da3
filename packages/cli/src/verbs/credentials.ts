/** API keys of the servers that this account has signed in to, in the user's configuration folder, readable by the user only. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { SegathlonError } from "@segathlon/errors";
import { ApiError, type Client, createClient } from "@segathlon/server/api";

interface Credentials {
  /** Server that verbs talk to when none is named. */
  readonly current: string | null;
  readonly keys: Readonly<Record<string, string>>;
}

function credentialsFile(): string {
  const base = process.env.XDG_CONFIG_HOME ?? join(homedir(), ".config");
  return join(base, "segathlon", "credentials.json");
}

function readCredentials(): Credentials {
  const file = credentialsFile();
  if (!existsSync(file)) return { current: null, keys: {} };
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Credentials;
  } catch (cause) {
    throw new SegathlonError("SEG001", `${file} cannot be read`, { hint: "Remove it and sign in again.", cause });
  }
}

/** Keeps the key of a server and makes it the current one. */
export function saveKey(server: string, key: string): string {
  const file = credentialsFile();
  mkdirSync(join(file, ".."), { recursive: true, mode: 0o700 });
  const { keys } = readCredentials();
  const text = JSON.stringify({ current: server, keys: { ...keys, [server]: key } }, null, 2);
  writeFileSync(`${file}.part`, text, { mode: 0o600 });
  renameSync(`${file}.part`, file);
  return file;
}

/** Origin of a server address; anything behind it is cut off. */
export function serverOrigin(text: string): string {
  try {
    const url = new URL(/^https?:\/\//.test(text) ? text : `https://${text}`);
    return url.origin;
  } catch {
    throw new SegathlonError("SEG700", `"${text}" is not the address of a server`, { hint: "Such as https://host." });
  }
}

export interface Connection {
  readonly server: string;
  readonly key: string;
  readonly client: Client;
}

/**
 * The server that a verb talks to: `--server`, else SEGATHLON_SERVER, else the one that was signed in to last. The key is
 * SEGATHLON_API_KEY or the stored one.
 *
 * @throws SegathlonError `SEG401` when there is none.
 */
export function connect(named: string | undefined): Connection {
  const stored = readCredentials();
  const address = named ?? process.env.SEGATHLON_SERVER ?? stored.current;
  if (address === null || address === undefined)
    throw new SegathlonError("SEG401", "no server is named and none was signed in to", {
      hint: "segathlon login https://host",
    });
  const server = serverOrigin(address);
  const key = process.env.SEGATHLON_API_KEY ?? stored.keys[server];
  if (key === undefined)
    throw new SegathlonError("SEG401", `not signed in to ${server}`, { hint: `segathlon login ${server}` });
  return { server, key, client: plainErrors(createClient({ baseUrl: server, apiKey: key })) };
}

/** A server's refusal as an error of the terminal: the server's message and hint. */
export function serverError(error: unknown): unknown {
  if (error instanceof ApiError)
    return new SegathlonError("SEG424", `${error.problem.code} ${error.problem.title}: ${error.problem.detail}`, {
      hint: error.problem.hint,
    });
  if (error instanceof TypeError && /fetch failed/.test(error.message)) {
    const cause = error.cause as { code?: string; message?: string } | undefined;
    return new SegathlonError(
      "SEG424",
      `the server does not answer: ${cause?.code ?? cause?.message ?? error.message}`,
      {
        hint: "Check the address and that the server runs.",
        failure: "infrastructure",
      },
    );
  }
  return error;
}

export function plainErrors(client: Client): Client {
  return {
    call: (name, input) =>
      client.call(name, input).catch((error: unknown) => {
        throw serverError(error);
      }),
    open: (name, input) =>
      client.open(name, input).catch((error: unknown) => {
        throw serverError(error);
      }),
  };
}
