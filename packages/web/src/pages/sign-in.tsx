/** Sign in, make an account, ask for a new password. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { FormEvent, ReactNode } from "react";
import { api, queryClient, serverQuery, sessionQuery } from "../api.ts";
import { Page } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";

const route = getRouteApi("/sign-in");

/** Only a path of this site: a link must not send people elsewhere after they signed in. */
function safeNext(next: string | undefined): string {
  return next !== undefined && /^\/(?![/\\])/.test(next) ? next : "/";
}

function text(form: FormData, key: string): string {
  const value = form.get(key);
  return typeof value === "string" ? value : "";
}

function PasswordReset(): ReactNode {
  const ask = useMutation({ mutationFn: (email: string) => api.call("requestPasswordReset", { body: { email } }) });
  const server = useQuery(serverQuery);
  return (
    <form
      className="stack"
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        ask.mutate(text(new FormData(event.currentTarget), "email"));
      }}
    >
      <label className="field">
        E-mail
        <input name="email" type="email" autoComplete="username" required />
      </label>
      <button type="submit" className="primary" disabled={ask.isPending}>
        {ask.isPending ? "Asking …" : "Send me a link"}
      </button>
      {ask.isError && <ProblemNote error={ask.error} />}
      {ask.isSuccess && (
        <p className="note good" role="status">
          If there is an account with this address, a link is on its way.
          {server.data?.mail === false &&
            " This server sends no mail: its administrator finds the link in the outbox and passes it on."}
        </p>
      )}
    </form>
  );
}

export function SignInPage(): ReactNode {
  const { next, mode = "sign-in" } = route.useSearch();
  const navigate = useNavigate();
  const server = useQuery(serverQuery);
  const enter = useMutation({
    mutationFn: async (form: FormData) => {
      const email = text(form, "email");
      const password = text(form, "password");
      return mode === "sign-up"
        ? await api.call("signUp", { body: { name: text(form, "name"), email, password } })
        : await api.call("signIn", { body: { email, password } });
    },
    onSuccess: async (session) => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: safeNext(next) });
    },
  });
  if (mode === "reset")
    return (
      <Page title="New password">
        <PasswordReset />
        <p>
          <Link to="/sign-in" search={next === undefined ? {} : { next }}>
            Back to sign in
          </Link>
        </p>
      </Page>
    );
  const signUp = mode === "sign-up";
  const keep = next === undefined ? {} : { next };
  return (
    <Page title={signUp ? "Make an account" : "Sign in"}>
      <form
        className="stack"
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          enter.mutate(new FormData(event.currentTarget));
        }}
      >
        {signUp && (
          <label className="field">
            Name, as others see it
            <input name="name" autoComplete="name" required maxLength={120} />
          </label>
        )}
        <label className="field">
          E-mail
          <input name="email" type="email" autoComplete="username" required maxLength={200} />
        </label>
        <label className="field">
          {signUp ? "Password, 10 characters or more" : "Password"}
          <input
            name="password"
            type="password"
            autoComplete={signUp ? "new-password" : "current-password"}
            required
            minLength={signUp ? 10 : 1}
            maxLength={128}
          />
        </label>
        <button type="submit" className="primary" disabled={enter.isPending}>
          {enter.isPending ? "One moment …" : signUp ? "Make the account" : "Sign in"}
        </button>
        {enter.isError && <ProblemNote error={enter.error} />}
      </form>
      {(server.data?.signInWith ?? []).map((provider) => (
        <p key={provider.id}>
          <button
            type="button"
            onClick={() => {
              void fetch("/api/auth/sign-in/oauth2", {
                method: "POST",
                headers: { "content-type": "application/json" },
                body: JSON.stringify({ providerId: provider.id, callbackURL: safeNext(next) }),
              })
                .then((response) => response.json())
                .then((answer: { url?: string }) => {
                  if (answer.url !== undefined) location.assign(answer.url);
                });
            }}
          >
            Sign in with {provider.name}
          </button>
        </p>
      ))}
      <p>
        {signUp ? (
          <Link to="/sign-in" search={keep}>
            I have an account
          </Link>
        ) : server.data?.signUp === "invitation" ? (
          <span className="muted">
            New accounts are by invitation: ask the organisers of your benchmark for a link.
          </span>
        ) : (
          <Link to="/sign-in" search={{ ...keep, mode: "sign-up" }}>
            Make an account
          </Link>
        )}{" "}
        ·{" "}
        <Link to="/sign-in" search={{ ...keep, mode: "reset" }}>
          I forgot my password
        </Link>
      </p>
    </Page>
  );
}
