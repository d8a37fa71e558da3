/**
 * The one-time administrator link. Opening it shows a small form (a link checker of a mail program that opens it uses nothing up);
 * sending the form makes or signs in the account and gives it the role. OpenID Connect sign-in also lives here.
 */
import { SegathlonError } from "@segathlon/errors";
import type { FastifyInstance } from "fastify";
import { signUpSchema } from "../api/index.ts";
import { findUser } from "../identity/caller.ts";
import { acceptInvitation } from "../identity/invitations.ts";
import type { HttpContext } from "./http-context.ts";
import { sendProblem, statusOf } from "./problem.ts";
import { checkOrigin } from "./request-caller.ts";
import { webHeaders } from "./web-headers.ts";

function page(name: string, token: string, problem: SegathlonError | null): string {
  const safe = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${safe(name)}: administrator</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:26rem;margin:4rem auto;padding:0 1rem}label{display:block;margin:.8rem 0}
input{display:block;width:100%;font:inherit;padding:.4rem;box-sizing:border-box}button{font:inherit;padding:.5rem 1rem}</style>
<h1>${safe(name)}</h1>
${problem === null ? "" : `<p role="alert"><strong>${safe(problem.message)}</strong> ${safe(problem.hint)}</p>`}
<p>This link makes an account the administrator of this server. It works once.</p>
<form method="post" action="/enter">
<input type="hidden" name="token" value="${safe(token)}">
<label>Name <input name="name" required maxlength="120" autocomplete="name"></label>
<label>E-mail <input name="email" type="email" required autocomplete="email"></label>
<label>Password (10 characters or more; for an existing account its password)
<input name="password" type="password" required minlength="10" autocomplete="new-password"></label>
<button>Become administrator</button>
</form></html>`;
}

export async function registerEntrance(app: FastifyInstance, context: HttpContext): Promise<void> {
  app.get("/enter", (request, reply) => {
    const { token } = request.query as { token?: unknown };
    return reply
      .type("text/html; charset=utf-8")
      .header("cache-control", "no-store")
      .send(page(context.settings.name, typeof token === "string" ? token.slice(0, 200) : "", null));
  });
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: 10_000 },
      (_request, body, done) => {
        done(null, Object.fromEntries(new URLSearchParams(String(body))));
      },
    );
    scope.post("/enter", async (request, reply) => {
      try {
        checkOrigin(context, request);
        await context.rates.take(`enter ${request.ip}`, 20, 300);
        const { token, ...account } = request.body as Record<string, string>;
        const parsed = signUpSchema.safeParse(account);
        if (!parsed.success)
          throw new SegathlonError(
            "SEG404",
            `${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}`,
          );
        const headers = webHeaders(request);
        const signedIn = await context.accounts.signUp(parsed.data, headers).catch((error: unknown) => {
          if (error instanceof SegathlonError && error.code === "SEG405")
            return context.accounts.signIn(parsed.data, headers);
          throw error;
        });
        const user = await findUser(context.database, signedIn.userId);
        if (user === null) throw new SegathlonError("SEG401", "sign in first");
        await acceptInvitation(context, token ?? "", user);
        return reply.header("set-cookie", [...signedIn.cookies]).redirect("/", 303);
      } catch (error) {
        const readsPages = (request.headers.accept ?? "").includes("text/html");
        if (!readsPages || !(error instanceof SegathlonError) || error.failure === "infrastructure")
          return sendProblem(error, request, reply);
        // A person in a browser gets the form again, with the reason above it.
        const { token } = (request.body ?? {}) as { token?: unknown };
        return reply
          .code(statusOf(error))
          .type("text/html; charset=utf-8")
          .header("cache-control", "no-store")
          .send(page(context.settings.name, typeof token === "string" ? token.slice(0, 200) : "", error));
      }
    });
  });
  if (context.settings.oidc.length > 0) {
    // Only the OpenID Connect routes: everything else has a route of ours, with its checks.
    for (const path of ["/api/auth/sign-in/oauth2", "/api/auth/oauth2/callback/:provider"] as const)
      app.route({
        method: ["GET", "POST"],
        url: path,
        handler: async (request, reply) => {
          const url = new URL(request.url, context.publicUrl);
          const body = request.method === "POST" ? JSON.stringify(request.body) : null;
          const answer = await context.accounts.handle(
            new Request(url, { method: request.method, headers: webHeaders(request), body }),
          );
          reply.code(answer.status);
          answer.headers.forEach((value, name) => {
            if (name !== "set-cookie") reply.header(name, value);
          });
          const cookies = answer.headers.getSetCookie();
          if (cookies.length > 0) reply.header("set-cookie", cookies);
          return reply.send(await answer.text());
        },
      });
  }
}
