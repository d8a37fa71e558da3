/** The benchmark's document and its settings on the server. */
import type { Benchmark } from "@segathlon/server/api";
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { api, forget } from "../api.ts";
import { ProblemNote } from "../frame/problem-note.tsx";

function Settings({ benchmark }: { readonly benchmark: Benchmark }): ReactNode {
  const save = useMutation({
    mutationFn: (form: FormData) => {
      const registration = String(form.get("registration"));
      const dataAccess = String(form.get("dataAccess"));
      const agreement = String(form.get("agreement") ?? "").trim();
      return api.call("patchBenchmarkSettings", {
        params: { benchmark: benchmark.id },
        body: {
          listed: form.get("listed") === "on",
          registration: registration === "approval" || registration === "closed" ? registration : "open",
          dataAccess:
            dataAccess === "registered" || dataAccess === "on-request" || dataAccess === "closed" ? dataAccess : "open",
          maxTeamSize: Number(form.get("maxTeamSize")),
          dataUseAgreement: agreement === "" ? null : agreement,
        },
      });
    },
    onSuccess: () => forget("getBenchmark", "listBenchmarks"),
  });
  return (
    <form
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        save.mutate(new FormData(event.currentTarget));
      }}
    >
      <h3>Settings of the server</h3>
      <div className="form-grid">
        <label className="field">
          Registration of teams
          <select name="registration" defaultValue={benchmark.registration}>
            <option value="open">open: approved at once</option>
            <option value="approval">on approval</option>
            <option value="closed">closed</option>
          </select>
        </label>
        <label className="field">
          Who may have the data
          <select name="dataAccess" defaultValue={benchmark.dataAccess}>
            <option value="open">anyone</option>
            <option value="registered">any account</option>
            <option value="on-request">on request</option>
            <option value="closed">nobody</option>
          </select>
        </label>
        <label className="field">
          Largest team
          <input name="maxTeamSize" type="number" min="1" max="100" defaultValue={benchmark.maxTeamSize} required />
        </label>
        <label className="check">
          <input name="listed" type="checkbox" defaultChecked={benchmark.listed} /> listed on the home page
        </label>
        <label className="field wide">
          Data-use agreement, shown before data are asked for
          <textarea name="agreement" rows={4} maxLength={50_000} defaultValue={benchmark.dataUseAgreement ?? ""} />
        </label>
      </div>
      <p className="row" style={{ marginTop: "0.75rem" }}>
        <button type="submit" className="primary" disabled={save.isPending}>
          {save.isPending ? "Saving …" : "Save the settings"}
        </button>
        {save.isSuccess && <span role="status">Saved.</span>}
      </p>
      {save.isError && <ProblemNote error={save.error} />}
    </form>
  );
}

export function DocumentPart({ benchmark }: { readonly benchmark: Benchmark }): ReactNode {
  const [text, setText] = useState(() => JSON.stringify(benchmark.document, null, 2));
  const save = useMutation({
    mutationFn: () => api.call("updateBenchmark", { params: { benchmark: benchmark.id }, body: { document: text } }),
    onSuccess: () => forget("getBenchmark", "listBenchmarks", "listPhases"),
  });
  return (
    <>
      <Settings benchmark={benchmark} />
      <h3>benchmark.yaml</h3>
      <p className="muted">
        YAML or JSON. A change of what is scored changes the protocol's hash and asks for a re-score; the page says so
        before anything moves.
      </p>
      <form
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          save.mutate();
        }}
      >
        <label className="field">
          Document
          <textarea
            className="mono"
            rows={24}
            value={text}
            spellCheck={false}
            onChange={(event) => setText(event.target.value)}
          />
        </label>
        <p className="row" style={{ marginTop: "0.75rem" }}>
          <button type="submit" className="primary" disabled={save.isPending}>
            {save.isPending ? "Saving …" : "Save the document"}
          </button>
          {save.isSuccess && <span role="status">Saved. Protocol {save.data.protocolHash.slice(0, 19)}…</span>}
        </p>
        {save.isError && <ProblemNote error={save.error} />}
      </form>
    </>
  );
}
