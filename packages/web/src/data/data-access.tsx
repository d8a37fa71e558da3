/** Who may have the data, and asking for it. */
import type { Benchmark } from "@segathlon/server/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { FormEvent, ReactNode } from "react";
import { api, dataAccessQuery, forget, sessionQuery } from "../api.ts";
import { PlainText } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";

const policies = {
  open: "Anyone may look at the images and download them.",
  registered: "Anyone with an account may look at the images and download them.",
  "on-request": "The data are given on request, under a data-use agreement.",
  closed: "The data of this benchmark are not given out here.",
} as const;

export function DataAccess({ benchmark }: { readonly benchmark: Benchmark }): ReactNode {
  const session = useQuery(sessionQuery);
  const signedIn = session.data?.user != null;
  const access = useQuery({
    ...dataAccessQuery(benchmark.id),
    enabled: signedIn && benchmark.dataAccess === "on-request",
  });
  const ask = useMutation({
    mutationFn: (form: FormData) =>
      api.call("requestDataAccess", {
        params: { benchmark: benchmark.id },
        body: {
          institution: String(form.get("institution") ?? ""),
          purpose: String(form.get("purpose") ?? ""),
          acceptAgreement: true,
        },
      }),
    onSuccess: () => forget("getDataAccess", "listCases", "listDownloads"),
  });
  if (benchmark.dataAccess === "open") return null;
  const request = access.data?.request ?? null;
  return (
    <section className="block" aria-labelledby="access">
      <h2 id="access">Access</h2>
      <p>{policies[benchmark.dataAccess]}</p>
      {!signedIn && benchmark.dataAccess !== "closed" && (
        <p>
          <Link to="/sign-in" search={{ next: location.pathname }}>
            Sign in
          </Link>{" "}
          to get them.
        </p>
      )}
      {request !== null && (
        <p className={request.status === "approved" ? "note good" : "note"}>
          Your request of {request.requestedAt.slice(0, 10)} is {request.status}.
        </p>
      )}
      {signedIn && benchmark.dataAccess === "on-request" && access.data?.allowed === false && request === null && (
        <form
          className="stack"
          onSubmit={(event: FormEvent<HTMLFormElement>) => {
            event.preventDefault();
            ask.mutate(new FormData(event.currentTarget));
          }}
        >
          {benchmark.dataUseAgreement !== null && (
            <details open>
              <summary>Data-use agreement</summary>
              <PlainText>{benchmark.dataUseAgreement}</PlainText>
            </details>
          )}
          <label className="field">
            Institution
            <input name="institution" required maxLength={200} />
          </label>
          <label className="field">
            What you want to do with the data
            <textarea name="purpose" required minLength={10} maxLength={5000} rows={4} />
          </label>
          <label className="check">
            <input type="checkbox" required /> I accept the data-use agreement.
          </label>
          <button type="submit" className="primary" disabled={ask.isPending}>
            {ask.isPending ? "Asking …" : "Ask for the data"}
          </button>
          {ask.isError && <ProblemNote error={ask.error} />}
        </form>
      )}
    </section>
  );
}
