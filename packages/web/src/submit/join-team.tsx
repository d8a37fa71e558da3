/** Registering a team for a benchmark. */
import type { Benchmark } from "@segathlon/server/api";
import { useMutation } from "@tanstack/react-query";
import type { FormEvent, ReactNode } from "react";
import { api, forget } from "../api.ts";
import { ProblemNote } from "../frame/problem-note.tsx";

export function JoinTeam({ benchmark }: { readonly benchmark: Benchmark }): ReactNode {
  const register = useMutation({
    mutationFn: (form: FormData) =>
      api.call("registerTeam", {
        params: { benchmark: benchmark.id },
        body: {
          name: String(form.get("name") ?? ""),
          institution: String(form.get("institution") ?? "").trim() || null,
        },
      }),
    onSuccess: () => forget("getSession", "listPhases", "listTeams"),
  });
  if (benchmark.registration === "closed")
    return (
      <p className="empty">
        Registration for this benchmark is closed. You can still look at its leaderboards and data.
      </p>
    );
  return (
    <section className="block" aria-labelledby="team">
      <h2 id="team">Your team</h2>
      <p>
        Submissions belong to a team, also if it is you alone.{" "}
        {benchmark.registration === "approval"
          ? "The organisers approve teams before they can submit."
          : "You can submit at once."}{" "}
        Were you invited to a team? Open the link of the invitation instead.
      </p>
      <form
        className="stack"
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          register.mutate(new FormData(event.currentTarget));
        }}
      >
        <label className="field">
          Name of the team, as the leaderboard shows it
          <input name="name" required maxLength={120} />
        </label>
        <label className="field">
          Institution, if any
          <input name="institution" maxLength={200} />
        </label>
        <button type="submit" className="primary" disabled={register.isPending}>
          {register.isPending ? "Registering …" : "Register the team"}
        </button>
        {register.isError && <ProblemNote error={register.error} />}
      </form>
    </section>
  );
}
