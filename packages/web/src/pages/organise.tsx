/** The organiser's page of one benchmark. */
import type { Benchmark } from "@segathlon/server/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { FormEvent, ReactNode } from "react";
import { api, benchmarkQuery, forget } from "../api.ts";
import { Page } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { QueryView } from "../frame/query-view.tsx";
import { AuditPart } from "../organise/audit-part.tsx";
import { CorrectionsPart } from "../organise/corrections-part.tsx";
import { DocumentPart } from "../organise/document-part.tsx";
import { LeakPart } from "../organise/leak-part.tsx";
import { type OrganisePart, organiseParts } from "../organise/parts.ts";
import { PhasesPart } from "../organise/phases-part.tsx";
import { SubmissionsPart } from "../organise/submissions-part.tsx";
import { TeamsPart } from "../organise/teams-part.tsx";

const route = getRouteApi("/benchmarks/$benchmark/organise");

function Announce({ benchmark }: { readonly benchmark: string }): ReactNode {
  const announce = useMutation({
    mutationFn: (form: FormData) =>
      api.call("createAnnouncement", {
        params: { benchmark },
        body: {
          title: String(form.get("title") ?? ""),
          body: String(form.get("body") ?? ""),
          mail: form.get("mail") === "on",
        },
      }),
    onSuccess: () => forget("listAnnouncements"),
  });
  return (
    <details>
      <summary>Announce something to all teams</summary>
      <form
        className="stack"
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          announce.mutate(new FormData(event.currentTarget));
        }}
      >
        <label className="field">
          Title
          <input name="title" required maxLength={200} />
        </label>
        <label className="field">
          Text, shown as you type it
          <textarea name="body" rows={5} maxLength={20_000} />
        </label>
        <label className="check">
          <input name="mail" type="checkbox" /> also by mail
        </label>
        <button type="submit" disabled={announce.isPending}>
          Announce
        </button>
        {announce.isSuccess && <span role="status">Announced.</span>}
        {announce.isError && <ProblemNote error={announce.error} />}
      </form>
    </details>
  );
}

function PartView({ part, benchmark }: { readonly part: OrganisePart; readonly benchmark: Benchmark }): ReactNode {
  switch (part) {
    case "submissions":
      return <SubmissionsPart benchmark={benchmark.id} />;
    case "document":
      return <DocumentPart key={benchmark.updatedAt} benchmark={benchmark} />;
    case "phases":
      return <PhasesPart benchmark={benchmark.id} />;
    case "teams":
      return <TeamsPart benchmark={benchmark.id} />;
    case "corrections":
      return <CorrectionsPart benchmark={benchmark.id} />;
    case "leak":
      return <LeakPart benchmark={benchmark.id} phases={benchmark.phases.map(({ id }) => id)} />;
    case "audit":
      return <AuditPart benchmark={benchmark.id} />;
  }
}

export function OrganisePage(): ReactNode {
  const { benchmark } = route.useParams();
  const search = route.useSearch();
  const query = useQuery(benchmarkQuery(benchmark));
  const [part, label] = organiseParts.find(([id]) => id === search.part) ?? organiseParts[0];
  return (
    <QueryView query={query} what="the benchmark">
      {(data) =>
        data.document === null ? (
          <Page title="Organise">
            <p className="empty">
              This page is for the organisers of {data.title}. If you are one,{" "}
              <Link to="/sign-in" search={{ next: `/benchmarks/${benchmark}/organise` }}>
                sign in
              </Link>
              .
            </p>
          </Page>
        ) : (
          <Page title="Organise">
            <Announce benchmark={benchmark} />
            <nav className="tabs" aria-label="Parts of the organiser's page" style={{ marginTop: "0.75rem" }}>
              {organiseParts.map(([id, text]) => (
                <Link
                  key={id}
                  from={route.id}
                  to="."
                  search={{ part: id }}
                  resetScroll={false}
                  className={id === part ? "active" : ""}
                  aria-current={id === part ? "true" : undefined}
                >
                  {text}
                </Link>
              ))}
            </nav>
            <section className="block" aria-labelledby="part">
              <h2 id="part">{label}</h2>
              <PartView part={part} benchmark={data} />
            </section>
          </Page>
        )
      }
    </QueryView>
  );
}
