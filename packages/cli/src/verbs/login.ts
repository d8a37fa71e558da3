/** `segathlon login`: an API key for this account, kept in the user's configuration folder. */
import { hostname } from "node:os";
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { SegathlonError } from "@segathlon/errors";
import { createClient } from "@segathlon/server/api";
import { Command } from "commander";
import { plainErrors, saveKey, serverError, serverOrigin } from "./credentials.ts";

interface Options {
  readonly email?: string;
  readonly key?: string;
  readonly signUp?: string;
  readonly organise?: true;
}

/** Asks on the terminal; what is typed for a secret is not shown. */
async function ask(question: string, kind: "shown" | "secret"): Promise<string> {
  let hidden = false;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!hidden) process.stderr.write(chunk);
      done();
    },
  });
  const reader = createInterface({ input: process.stdin, output, terminal: process.stdin.isTTY });
  try {
    const answer = reader.question(question);
    hidden = kind === "secret";
    return (await answer).trim();
  } finally {
    if (hidden) process.stderr.write("\n");
    reader.close();
  }
}

async function login(address: string, options: Options): Promise<void> {
  const server = serverOrigin(address);
  if (options.key !== undefined) {
    const client = plainErrors(createClient({ baseUrl: server, apiKey: options.key }));
    const { user } = await client.call("getSession", {});
    if (user === null) throw new SegathlonError("SEG421", "the key is not valid");
    process.stdout.write(`signed in to ${server} as ${user.name}; the key is in ${saveKey(server, options.key)}\n`);
    return;
  }
  const email = options.email ?? (await ask("e-mail: ", "shown"));
  const password = process.env.SEGATHLON_PASSWORD ?? (await ask("password: ", "secret"));
  let cookie = "";
  const send: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    if (cookie !== "") headers.set("cookie", cookie);
    const response = await fetch(input, { ...init, headers });
    const set = response.headers.getSetCookie().map((line) => line.split(";")[0]);
    if (set.length > 0) cookie = set.join("; ");
    return response;
  };
  const client = plainErrors(createClient({ baseUrl: server, fetch: send }));
  const session =
    options.signUp === undefined
      ? await client.call("signIn", { body: { email, password } })
      : await client.call("signUp", { body: { name: options.signUp, email, password } });
  const made = await client.call("createApiKey", {
    body: {
      name: `command line on ${hostname().replace(/[^\w.-]/g, "")}`.slice(0, 100),
      scopes: options.organise ? ["read", "submit", "organise"] : ["read", "submit"],
    },
  });
  await client.call("signOut", {}).catch((error: unknown) => {
    throw serverError(error);
  });
  process.stdout.write(
    `signed in to ${server} as ${session.user?.name ?? email}; the key is in ${saveKey(server, made.key)}\n`,
  );
}

export function loginCommand(): Command {
  return new Command("login")
    .description("sign in to a server and keep an API key")
    .argument("<server>", "address, such as https://host")
    .option("--email <address>", "e-mail address (asked for otherwise)")
    .option("--sign-up <name>", "make a new account with this name")
    .option("--organise", "the key may also do what organisers do")
    .option("--key <key>", "keep this API key instead of asking for the password")
    .addHelpText(
      "after",
      "\nExample:\n  segathlon login https://host\n\nThe password is read from the terminal, or from SEGATHLON_PASSWORD.",
    )
    .action(login);
}
