/** Creating a benchmark from its document. */
import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { api, forget, sessionQuery } from "../api.ts";
import { Page } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { QueryView } from "../frame/query-view.tsx";

const example = `benchmark: spleen-2026
title: Spleen in portal venous CT
tasks:
  - id: Task09_Spleen
    channels: [CT]
    labels: { background: 0, spleen: 1 }
    regions: { spleen: [1] }
protocol:
  profile: deepmind
  metrics: [dice, { nsd: { tolerance_mm: 3 } }, hd95]
  policy: { both_empty: best, one_empty: worst, missing_prediction: worst }
  ranking: { scheme: msd-2018, alpha: 0.05, bootstrap: 1000, seed: 1 }
phases:
  - { id: live, tasks: [Task09_Spleen], split: public, feedback: aggregate, quota: { per_day: 1, total: 15 } }
`;

export function NewBenchmarkPage(): ReactNode {
  const session = useQuery(sessionQuery);
  const navigate = useNavigate();
  const [text, setText] = useState(example);
  const create = useMutation({
    mutationFn: () => api.call("createBenchmark", { body: { document: text } }),
    onSuccess: async (benchmark) => {
      await forget("listBenchmarks");
      await navigate({ to: "/benchmarks/$benchmark/organise", params: { benchmark: benchmark.id } });
    },
  });
  return (
    <Page
      title="Create a benchmark"
      lead={
        <p>
          A benchmark is a document: its tasks, how they are scored, and its phases. From a folder of data it is quicker
          in a terminal: <code>segathlon init spleen --from msd ./Task09_Spleen</code>, then{" "}
          <code>segathlon serve spleen</code>.
        </p>
      }
    >
      <QueryView query={session} what="your session">
        {({ user }) =>
          user?.administrator !== true ? (
            <p className="empty">
              Benchmarks are created by the administrator of this server. <Link to="/">All benchmarks</Link>
            </p>
          ) : (
            <form
              onSubmit={(event: FormEvent<HTMLFormElement>) => {
                event.preventDefault();
                create.mutate();
              }}
            >
              <label className="field">
                benchmark.yaml
                <textarea
                  className="mono"
                  rows={24}
                  value={text}
                  spellCheck={false}
                  onChange={(event) => setText(event.target.value)}
                />
              </label>
              {create.isError && <ProblemNote error={create.error} />}
              <p style={{ marginTop: "0.75rem" }}>
                <button type="submit" className="primary" disabled={create.isPending}>
                  {create.isPending ? "Creating …" : "Create the benchmark"}
                </button>
              </p>
            </form>
          )
        }
      </QueryView>
    </Page>
  );
}
