/** One's own account: teams, invitations, API keys, what is stored, leaving. */
import type { Membership } from "@segathlon/server/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { api, apiKeysQuery, forget, queryClient, sessionQuery, teamsQuery } from "../api.ts";
import { Day, Page } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { QueryView } from "../frame/query-view.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";
import { saveJson } from "../save-file.ts";

function Keys(): ReactNode {
  const keys = useQuery(apiKeysQuery);
  const make = useMutation({
    mutationFn: (name: string) => api.call("createApiKey", { body: { name } }),
    onSuccess: () => forget("listApiKeys"),
  });
  const end = useMutation({
    mutationFn: (key: string) => api.call("deleteApiKey", { params: { key } }),
    onSuccess: () => forget("listApiKeys"),
  });
  return (
    <section className="block" aria-labelledby="keys">
      <h2 id="keys">API keys</h2>
      <p className="muted">
        For the command line and scripts: <code>segathlon login {location.origin}</code>
      </p>
      <QueryView query={keys} what="your keys">
        {(list) =>
          list.length === 0 ? (
            <p className="empty">You have no API key. Make one below when you want to submit from a terminal.</p>
          ) : (
            <ScrollBox label="API keys">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Name</th>
                    <th scope="col">May</th>
                    <th scope="col">Made</th>
                    <th scope="col">Ends</th>
                    <th scope="col">Last used</th>
                    <th scope="col">
                      <span className="visually-hidden">Action</span>
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((key) => (
                    <tr key={key.id}>
                      <th scope="row">{key.name}</th>
                      <td>{key.scopes.join(", ")}</td>
                      <td>
                        <Day at={key.createdAt} />
                      </td>
                      <td>{key.expiresAt === null ? "never" : <Day at={key.expiresAt} />}</td>
                      <td>{key.lastUsedAt === null ? "never" : <Day at={key.lastUsedAt} />}</td>
                      <td>
                        <button type="button" disabled={end.isPending} onClick={() => end.mutate(key.id)}>
                          End<span className="visually-hidden"> the key {key.name}</span>
                        </button>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollBox>
          )
        }
      </QueryView>
      {make.data !== undefined && (
        <div className="note good" role="status">
          <p>
            <strong>Copy the key now: it is shown once.</strong>
          </p>
          <pre>{make.data.key}</pre>
        </div>
      )}
      <form
        className="row"
        style={{ marginTop: "0.75rem" }}
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get("name") ?? "");
          event.currentTarget.reset();
          make.mutate(name);
        }}
      >
        <label className="field">
          Name of a new key
          <input name="name" required maxLength={120} />
        </label>
        <button type="submit" disabled={make.isPending} style={{ alignSelf: "end" }}>
          Make a key
        </button>
      </form>
      {make.isError && <ProblemNote error={make.error} />}
      {end.isError && <ProblemNote error={end.error} />}
    </section>
  );
}

function TeamOf({ membership, user }: { readonly membership: Membership; readonly user: string }): ReactNode {
  const teams = useQuery(teamsQuery(membership.benchmark));
  const team = teams.data?.find(({ id }) => id === membership.team?.id);
  const [invited, setInvited] = useState<string | null>(null);
  const invite = useMutation({
    mutationFn: (email: string) =>
      api.call("inviteToTeam", {
        params: { benchmark: membership.benchmark, team: membership.team?.id ?? "" },
        body: { email: email === "" ? null : email },
      }),
    onSuccess: (invitation) => setInvited(invitation.url ?? "The invitation was mailed."),
  });
  const leave = useMutation({
    mutationFn: () =>
      api.call("leaveTeam", { params: { benchmark: membership.benchmark, team: membership.team?.id ?? "", user } }),
    onSuccess: () => forget("getSession", "listTeams"),
  });
  return (
    <li className="card">
      <h3>
        {membership.team === null ? "Organiser" : membership.team.name}{" "}
        <Link to="/benchmarks/$benchmark" params={{ benchmark: membership.benchmark }}>
          {membership.benchmark}
        </Link>
      </h3>
      {membership.organiser && (
        <p>
          You organise this benchmark.{" "}
          <Link to="/benchmarks/$benchmark/organise" params={{ benchmark: membership.benchmark }}>
            Organise
          </Link>
        </p>
      )}
      {membership.team !== null && (
        <>
          <p>
            <span className={membership.team.status === "approved" ? "badge good" : "badge warn"}>
              {membership.team.status}
            </span>{" "}
            {team?.members.map((member) => `${member.name}${member.leader ? " (leader)" : ""}`).join(", ")}
          </p>
          <form
            className="row"
            onSubmit={(event: FormEvent<HTMLFormElement>) => {
              event.preventDefault();
              invite.mutate(String(new FormData(event.currentTarget).get("email") ?? ""));
            }}
          >
            <label className="field">
              Invite by e-mail, or leave empty for a link
              <input name="email" type="email" maxLength={200} />
            </label>
            <button type="submit" disabled={invite.isPending} style={{ alignSelf: "end" }}>
              Invite
            </button>
            <button
              type="button"
              disabled={leave.isPending}
              style={{ alignSelf: "end" }}
              onClick={() => leave.mutate()}
            >
              Leave the team
            </button>
          </form>
          {invited !== null && (
            <p className="note good" role="status">
              {invited.startsWith("http") ? (
                <>
                  Pass this link on: <code>{invited}</code>
                </>
              ) : (
                invited
              )}
            </p>
          )}
          {invite.isError && <ProblemNote error={invite.error} />}
          {leave.isError && <ProblemNote error={leave.error} />}
        </>
      )}
    </li>
  );
}

function Leaving(): ReactNode {
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const out = useMutation({
    mutationFn: () => api.call("signOut", {}),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ to: "/" });
    },
  });
  const save = useMutation({
    mutationFn: () => api.call("exportAccount", {}),
    onSuccess: (data) => saveJson(data, "segathlon-account"),
  });
  const remove = useMutation({
    mutationFn: () => api.call("deleteAccount", { body: { confirm: "delete my account" } }),
    onSuccess: async () => {
      queryClient.clear();
      await navigate({ to: "/" });
    },
  });
  return (
    <section className="block" aria-labelledby="leaving">
      <h2 id="leaving">Session and data</h2>
      <p className="row">
        <button type="button" disabled={out.isPending} onClick={() => out.mutate()}>
          Sign out
        </button>
        <button type="button" disabled={save.isPending} onClick={() => save.mutate()}>
          Save everything stored about me
        </button>
      </p>
      <details>
        <summary>Delete my account</summary>
        <p>Results stay on the leaderboards, without your name. This cannot be undone.</p>
        <div className="row">
          <label className="field">
            Type: delete my account
            <input value={text} onChange={(event) => setText(event.target.value)} />
          </label>
          <button
            type="button"
            disabled={text !== "delete my account" || remove.isPending}
            style={{ alignSelf: "end" }}
            onClick={() => remove.mutate()}
          >
            Delete my account
          </button>
        </div>
      </details>
      {[out, save, remove].map((mutation, index) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: three fixed mutations
        mutation.isError ? <ProblemNote key={index} error={mutation.error} /> : null,
      )}
    </section>
  );
}

export function AccountPage(): ReactNode {
  const session = useQuery(sessionQuery);
  return (
    <QueryView query={session} what="your account">
      {({ user, memberships }) =>
        user === null ? (
          <Page title="Account">
            <p className="empty">
              You are not signed in.{" "}
              <Link to="/sign-in" search={{ next: "/account" }}>
                Sign in
              </Link>
            </p>
          </Page>
        ) : (
          <Page title={user.name} lead={<p>{user.email}</p>}>
            {user.administrator && (
              <p>
                You are an administrator. <Link to="/new-benchmark">Create a benchmark</Link>
              </p>
            )}
            <section className="block" aria-labelledby="teams">
              <h2 id="teams">Teams and roles</h2>
              {memberships.length === 0 ? (
                <p className="empty">
                  You are in no team yet. Open a benchmark and choose Submit to register one.{" "}
                  <Link to="/">All benchmarks</Link>
                </p>
              ) : (
                <ul className="cards">
                  {memberships.map((membership) => (
                    <TeamOf key={membership.benchmark} membership={membership} user={user.id} />
                  ))}
                </ul>
              )}
            </section>
            <Keys />
            <Leaving />
          </Page>
        )
      }
    </QueryView>
  );
}
