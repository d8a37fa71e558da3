/** Teams, organisers, requests for the data. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { api, forget, teamsQuery } from "../api.ts";
import { Day } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { QueryView } from "../frame/query-view.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";

type Status = "approved" | "rejected";

function Decide({
  name,
  onDecide,
  busy,
}: {
  readonly name: string;
  readonly onDecide: (status: Status) => void;
  readonly busy: boolean;
}): ReactNode {
  return (
    <span className="row">
      <button type="button" disabled={busy} onClick={() => onDecide("approved")}>
        Approve<span className="visually-hidden"> {name}</span>
      </button>
      <button type="button" disabled={busy} onClick={() => onDecide("rejected")}>
        Reject<span className="visually-hidden"> {name}</span>
      </button>
    </span>
  );
}

function Teams({ benchmark }: { readonly benchmark: string }): ReactNode {
  const teams = useQuery(teamsQuery(benchmark));
  const decide = useMutation({
    mutationFn: ({ team, status }: { team: string; status: Status }) =>
      api.call("decideTeam", { params: { benchmark, team }, body: { status } }),
    onSuccess: () => forget("listTeams", "listAuditLog"),
  });
  return (
    <QueryView query={teams} what="the teams">
      {(list) =>
        list.length === 0 ? (
          <p className="empty">No team has registered yet. Give people the address of this benchmark.</p>
        ) : (
          <>
            <ScrollBox label="Teams">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Team</th>
                    <th scope="col">Institution</th>
                    <th scope="col">Members</th>
                    <th scope="col">Registered</th>
                    <th scope="col">Status</th>
                    <th scope="col">Decision</th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((team) => (
                    <tr key={team.id}>
                      <th scope="row">{team.name}</th>
                      <td>{team.institution ?? "–"}</td>
                      <td className="wrap">
                        {team.members
                          .map((member) => (member.email === null ? member.name : `${member.name} (${member.email})`))
                          .join(", ")}
                      </td>
                      <td>
                        <Day at={team.createdAt} />
                      </td>
                      <td>
                        <span
                          className={
                            team.status === "approved"
                              ? "badge good"
                              : team.status === "pending"
                                ? "badge warn"
                                : "badge bad"
                          }
                        >
                          {team.status}
                        </span>
                      </td>
                      <td>
                        {team.status === "pending" ? (
                          <Decide
                            name={team.name}
                            busy={decide.isPending}
                            onDecide={(status) => decide.mutate({ team: team.id, status })}
                          />
                        ) : (
                          "–"
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollBox>
            {decide.isError && <ProblemNote error={decide.error} />}
          </>
        )
      }
    </QueryView>
  );
}

function Organisers({ benchmark }: { readonly benchmark: string }): ReactNode {
  const [link, setLink] = useState<string | null>(null);
  const organisers = useQuery({
    queryKey: ["listOrganisers", benchmark],
    queryFn: ({ signal }) => api.call("listOrganisers", { params: { benchmark }, signal }),
  });
  const invite = useMutation({
    mutationFn: (email: string) =>
      api.call("inviteOrganiser", { params: { benchmark }, body: { email: email === "" ? null : email } }),
    onSuccess: (invitation) => setLink(invitation.url ?? "The invitation was mailed."),
  });
  const remove = useMutation({
    mutationFn: (user: string) => api.call("removeOrganiser", { params: { benchmark, user } }),
    onSuccess: () => forget("listOrganisers"),
  });
  return (
    <>
      <h3>Organisers</h3>
      <QueryView query={organisers} what="the organisers">
        {(list) => (
          <ul>
            {list.organisers.map((person) => (
              <li key={person.id}>
                {person.name} ({person.email}){" "}
                <button type="button" disabled={remove.isPending} onClick={() => remove.mutate(person.id)}>
                  Take the role back<span className="visually-hidden"> from {person.name}</span>
                </button>
              </li>
            ))}
            {list.organisers.length === 0 && <li className="muted">Only administrators organise this benchmark.</li>}
          </ul>
        )}
      </QueryView>
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
          Invite an organiser
        </button>
      </form>
      {link !== null && (
        <p className="note good" role="status">
          <code>{link}</code>
        </p>
      )}
      {invite.isError && <ProblemNote error={invite.error} />}
      {remove.isError && <ProblemNote error={remove.error} />}
    </>
  );
}

function DataRequests({ benchmark }: { readonly benchmark: string }): ReactNode {
  const requests = useQuery({
    queryKey: ["listDataAccess", benchmark],
    queryFn: ({ signal }) => api.call("listDataAccess", { params: { benchmark }, signal }),
  });
  const decide = useMutation({
    mutationFn: ({ request, status }: { request: string; status: Status }) =>
      api.call("decideDataAccess", { params: { benchmark, request }, body: { status } }),
    onSuccess: () => forget("listDataAccess", "listAuditLog"),
  });
  return (
    <>
      <h3>Requests for the data</h3>
      <QueryView query={requests} what="the requests">
        {(list) =>
          list.length === 0 ? (
            <p className="muted">Nobody has asked for the data.</p>
          ) : (
            <ScrollBox label="Requests for the data">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Who</th>
                    <th scope="col">Institution</th>
                    <th scope="col">Purpose</th>
                    <th scope="col">Status</th>
                    <th scope="col" className="end">
                      Downloads
                    </th>
                    <th scope="col">Decision</th>
                  </tr>
                </thead>
                <tbody>
                  {list.map((request) => (
                    <tr key={request.id}>
                      <th scope="row">
                        {request.user.name} ({request.user.email})
                      </th>
                      <td>{request.institution}</td>
                      <td className="wrap">{request.purpose}</td>
                      <td>{request.status}</td>
                      <td className="end">{request.downloads}</td>
                      <td>
                        {request.status === "pending" ? (
                          <Decide
                            name={request.user.name}
                            busy={decide.isPending}
                            onDecide={(status) => decide.mutate({ request: request.id, status })}
                          />
                        ) : (
                          "–"
                        )}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </ScrollBox>
          )
        }
      </QueryView>
      {decide.isError && <ProblemNote error={decide.error} />}
    </>
  );
}

export function TeamsPart({ benchmark }: { readonly benchmark: string }): ReactNode {
  return (
    <>
      <Teams benchmark={benchmark} />
      <DataRequests benchmark={benchmark} />
      <Organisers benchmark={benchmark} />
    </>
  );
}
