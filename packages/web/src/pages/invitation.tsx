/** Accepting an invitation to a team or to organise. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { api, queryClient, sessionQuery } from "../api.ts";
import { Page } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { QueryView } from "../frame/query-view.tsx";

const route = getRouteApi("/invitation");

export function InvitationPage(): ReactNode {
  const { token = "" } = route.useSearch();
  const navigate = useNavigate();
  const session = useQuery(sessionQuery);
  const accept = useMutation({
    mutationFn: () => api.call("acceptInvitation", { body: { token } }),
    onSuccess: async (next) => {
      queryClient.clear();
      queryClient.setQueryData(sessionQuery.queryKey, next);
      await navigate({ to: "/account" });
    },
  });
  const next = `/invitation?token=${encodeURIComponent(token)}`;
  return (
    <Page title="Invitation">
      <QueryView query={session} what="your session">
        {({ user }) =>
          user === null ? (
            <p>
              You were invited.{" "}
              <Link to="/sign-in" search={{ next }}>
                Sign in
              </Link>{" "}
              or{" "}
              <Link to="/sign-in" search={{ next, mode: "sign-up" }}>
                make an account
              </Link>{" "}
              to accept; you come back here afterwards.
            </p>
          ) : (
            <>
              <p>You are signed in as {user.name}.</p>
              <p>
                <button type="button" className="primary" disabled={accept.isPending} onClick={() => accept.mutate()}>
                  {accept.isPending ? "Accepting …" : "Accept the invitation"}
                </button>
              </p>
              {accept.isError && <ProblemNote error={accept.error} />}
            </>
          )
        }
      </QueryView>
    </Page>
  );
}
