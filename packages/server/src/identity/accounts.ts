/**
 * Accounts, sessions and sign-in, carried by better-auth on our database. Passwords, session tokens and OpenID Connect are its
 * business; roles inside a benchmark, API keys and invitations are ours.
 */
import { createHash, randomBytes } from "node:crypto";
import { SegathlonError } from "@segathlon/errors";
import { betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { genericOAuth } from "better-auth/plugins";
import { type Kysely, sql } from "kysely";
import type { Logger } from "pino";
import type { Database } from "../database/schema.ts";
import type { Settings } from "../settings.ts";
import type { Mailer } from "./mailer.ts";

export interface SignedIn {
  /** `set-cookie` headers for the answer. */
  readonly cookies: readonly string[];
  readonly userId: string;
}

export interface Accounts {
  signUp(input: { name: string; email: string; password: string }, headers: Headers): Promise<SignedIn>;
  signIn(input: { email: string; password: string }, headers: Headers): Promise<SignedIn>;
  signOut(headers: Headers): Promise<readonly string[]>;
  requestReset(email: string): Promise<void>;
  reset(token: string, password: string): Promise<void>;
  /** User id of a session cookie; null without a valid one. */
  sessionUser(headers: Headers): Promise<string | null>;
  /** Removes the account, its sessions and its credentials. */
  remove(transaction: Kysely<Database>, userId: string): Promise<void>;
  /** better-auth's own routes, for OpenID Connect sign-in. */
  handle(request: Request): Promise<Response>;
}

interface AccountParts {
  readonly database: Kysely<Database>;
  readonly settings: Settings;
  readonly secret: string;
  readonly publicUrl: () => string;
  readonly mailer: Mailer;
  readonly log: Logger;
}

/** A random token and the hash under which it is stored. */
export function newToken(prefix: string): { readonly token: string; readonly hash: string } {
  const token = `${prefix}${randomBytes(32).toString("base64url")}`;
  return { token, hash: tokenHash(token) };
}

export function tokenHash(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** Opens the accounts and brings better-auth's tables up to date (it must run before our migrations). */
export async function openAccounts(parts: AccountParts): Promise<Accounts> {
  const { settings, mailer } = parts;
  const secure = settings.publicUrl?.startsWith("https://") ?? false;
  const auth = betterAuth({
    appName: settings.name,
    database: { db: parts.database as unknown as Kysely<never>, type: "postgres" },
    secret: parts.secret,
    baseURL: settings.publicUrl ?? `http://${settings.host}:${settings.port}`,
    basePath: "/api/auth",
    telemetry: { enabled: false },
    logger: { log: (level, message) => parts.log[level === "error" ? "error" : "debug"]({ auth: true }, message) },
    // Every sign-in goes through our routes, which check the origin and limit the rate.
    trustedOrigins: async () => [parts.publicUrl()],
    emailAndPassword: {
      enabled: true,
      minPasswordLength: 10,
      maxPasswordLength: 128,
      autoSignIn: true,
      sendResetPassword: async ({ user, token }) => {
        await mailer.send({
          to: user.email,
          subject: `${settings.name}: set a new password`,
          body: `Open ${parts.publicUrl()}/reset-password?token=${token} to set a new password. The link works once, for one hour.`,
        });
      },
    },
    user: {
      modelName: "auth_user",
      additionalFields: { administrator: { type: "boolean", defaultValue: false, input: false } },
    },
    session: { modelName: "auth_session", expiresIn: 7 * 86_400, updateAge: 86_400 },
    account: { modelName: "auth_account" },
    verification: { modelName: "auth_verification" },
    advanced: {
      cookiePrefix: "segathlon",
      useSecureCookies: secure,
      defaultCookieAttributes: { httpOnly: true, sameSite: "lax", secure },
    },
    rateLimit: { enabled: false },
    plugins: [
      genericOAuth({
        config: settings.oidc.map((provider) => ({
          providerId: provider.id,
          clientId: provider.clientId,
          clientSecret: provider.clientSecret,
          discoveryUrl: provider.discoveryUrl,
          scopes: ["openid", "profile", "email"],
          disableSignUp: settings.signUp === "invitation",
        })),
      }),
    ],
  });
  await (await getMigrations(auth.options)).runMigrations();

  const signedIn = async (response: Response): Promise<SignedIn> => {
    const body = (await response.json()) as { user?: { id: string }; code?: string; message?: string };
    if (!response.ok || body.user === undefined) throw authProblem(response.status, body);
    return { cookies: response.headers.getSetCookie(), userId: body.user.id };
  };
  return {
    signUp: async (body, headers) => signedIn(await auth.api.signUpEmail({ body, headers, asResponse: true })),
    signIn: async (body, headers) => signedIn(await auth.api.signInEmail({ body, headers, asResponse: true })),
    async signOut(headers) {
      const response = await auth.api.signOut({ headers, asResponse: true });
      return response.headers.getSetCookie();
    },
    async requestReset(email) {
      await auth.api.requestPasswordReset({ body: { email } });
    },
    async reset(token, newPassword) {
      const response = await auth.api.resetPassword({ body: { token, newPassword }, asResponse: true });
      if (!response.ok)
        throw new SegathlonError("SEG421", "the link is used up or too old", { hint: "Ask for a new one." });
    },
    async sessionUser(headers) {
      const session = await auth.api.getSession({ headers });
      return session?.user.id ?? null;
    },
    async remove(transaction, userId) {
      await sql`delete from auth_session where "userId" = ${userId}`.execute(transaction);
      await sql`delete from auth_account where "userId" = ${userId}`.execute(transaction);
      await sql`delete from auth_user where id = ${userId}`.execute(transaction);
    },
    handle: (request) => auth.handler(request),
  };
}

function authProblem(status: number, body: { code?: string; message?: string }): SegathlonError {
  if (body.code === "USER_ALREADY_EXISTS" || body.code === "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL")
    return new SegathlonError("SEG405", "there is an account with this e-mail address", {
      hint: "Sign in, or reset the password.",
    });
  if (status === 401 || status === 403)
    return new SegathlonError("SEG421", "e-mail address and password do not belong together");
  return new SegathlonError("SEG404", body.message ?? "the request was refused");
}
