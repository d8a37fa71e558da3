/** Setting a new password with the link that was mailed. */
import { useMutation } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { FormEvent, ReactNode } from "react";
import { api } from "../api.ts";
import { Page } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";

const route = getRouteApi("/reset-password");

export function ResetPasswordPage(): ReactNode {
  const { token } = route.useSearch();
  const reset = useMutation({
    mutationFn: (password: string) => api.call("resetPassword", { body: { token: token ?? "", password } }),
  });
  if (token === undefined)
    return (
      <Page title="New password">
        <p className="empty">
          This address lacks the code of the mailed link. Open the link again, or{" "}
          <Link to="/sign-in" search={{ mode: "reset" }}>
            ask for a new one
          </Link>
          .
        </p>
      </Page>
    );
  return (
    <Page title="New password">
      {reset.isSuccess ? (
        <p className="note good" role="status">
          Your password is changed. <Link to="/sign-in">Sign in</Link>
        </p>
      ) : (
        <form
          className="stack"
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            reset.mutate(String(new FormData(event.currentTarget).get("password") ?? ""));
          }}
        >
          <label className="field">
            New password, 10 characters or more
            <input
              name="password"
              type="password"
              autoComplete="new-password"
              required
              minLength={10}
              maxLength={128}
            />
          </label>
          <button type="submit" className="primary" disabled={reset.isPending}>
            {reset.isPending ? "Saving …" : "Set the password"}
          </button>
          {reset.isError && <ProblemNote error={reset.error} />}
        </form>
      )}
    </Page>
  );
}
