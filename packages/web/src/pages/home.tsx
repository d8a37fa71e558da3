/** Every benchmark of this server: what it is, its state, who leads. */
import type { BenchmarkSummary, PhaseSummary } from "@segathlon/server/api";
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { benchmarkQuery, benchmarksQuery, leaderboardQuery, sessionQuery } from "../api.ts";
import { Page } from "../frame/page.tsx";
import { leadingPhase, PhaseBadge } from "../frame/phase-badge.tsx";
import { QueryView } from "../frame/query-view.tsx";

function Leaders({ benchmark, phase }: { readonly benchmark: string; readonly phase: PhaseSummary }): ReactNode {
  const board = useQuery(leaderboardQuery(benchmark, phase.id, {}));
  if (board.data === undefined)
    return <p className="muted tiny">{board.isError ? "No leaderboard to show." : "Loading the leaders …"}</p>;
  if (board.data.hiddenBecause !== null) return <p className="muted tiny">{board.data.hiddenBecause}</p>;
  const first = board.data.entries.filter((entry) => entry.rank !== null && entry.rank <= 3).slice(0, 3);
  if (first.length === 0) return <p className="muted tiny">No ranked submission yet.</p>;
  return (
    <ol className="facts-row" aria-label="Leading entries">
      {first.map((entry) => (
        <li key={entry.submission}>
          <b>{entry.rank}</b> {entry.method}
          {entry.rankInterval !== null && entry.rankInterval[0] !== entry.rankInterval[1] && (
            <span className="muted">
              {" "}
              (rank {entry.rankInterval[0]}–{entry.rankInterval[1]})
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function Card({ benchmark }: { readonly benchmark: BenchmarkSummary }): ReactNode {
  const phase = leadingPhase(benchmark.phases);
  const details = useQuery(benchmarkQuery(benchmark.id));
  const tasks = details.data?.taskList ?? [];
  const modalities = [...new Set(tasks.flatMap((task) => (task.modality === null ? [] : [task.modality])))];
  const cases = tasks.reduce((sum, task) => sum + task.hosted.training + task.hosted.validation + task.hosted.test, 0);
  return (
    <li className="card">
      <div className="row">
        <h2>
          <Link to="/benchmarks/$benchmark" params={{ benchmark: benchmark.id }}>
            {benchmark.title}
          </Link>
        </h2>
        {phase !== null && <PhaseBadge phase={phase} />}
      </div>
      {benchmark.description !== null && <p className="muted clamp">{benchmark.description}</p>}
      <ul className="facts-row">
        <li>
          <b>{benchmark.tasks}</b> {benchmark.tasks === 1 ? "task" : "tasks"}
        </li>
        {modalities.length > 0 && <li>{modalities.join(", ")}</li>}
        {cases > 0 && (
          <li>
            <b>{cases}</b> cases here
          </li>
        )}
        <li>
          <b>{benchmark.teams}</b> {benchmark.teams === 1 ? "team" : "teams"}
        </li>
        <li>
          <b>{benchmark.submissions}</b> {benchmark.submissions === 1 ? "submission" : "submissions"}
        </li>
      </ul>
      {phase === null ? (
        <p className="muted tiny">No phase yet: nothing can be submitted.</p>
      ) : (
        <>
          <Leaders benchmark={benchmark.id} phase={phase} />
          <p>
            <Link to="/benchmarks/$benchmark/leaderboard/$phase" params={{ benchmark: benchmark.id, phase: phase.id }}>
              Leaderboard
            </Link>
          </p>
        </>
      )}
    </li>
  );
}

export function HomePage(): ReactNode {
  const benchmarks = useQuery(benchmarksQuery);
  const [session] = useQueries({ queries: [sessionQuery] });
  const administrator = session.data?.user?.administrator === true;
  return (
    <Page
      title="Benchmarks"
      lead={<p>Medical image segmentation: annotated data, exact scores, rankings that say how sure they are.</p>}
    >
      <QueryView query={benchmarks} what="the benchmarks">
        {(list) =>
          list.length === 0 ? (
            <div className="empty">
              <p>There is no benchmark on this server yet.</p>
              <p>
                {administrator ? (
                  <Link to="/new-benchmark">Create the first one from a benchmark.yaml</Link>
                ) : (
                  <>
                    An administrator can create one here, or from a terminal: <code>segathlon init</code>, then{" "}
                    <code>segathlon serve</code>.
                  </>
                )}{" "}
                Meanwhile you can <Link to="/evaluate">evaluate your own predictions</Link> in this browser; nothing
                leaves your computer.
              </p>
            </div>
          ) : (
            <>
              <ul className="cards">
                {list.map((benchmark) => (
                  <Card key={benchmark.id} benchmark={benchmark} />
                ))}
              </ul>
              {administrator && (
                <p>
                  <Link to="/new-benchmark">Create a benchmark</Link>
                </p>
              )}
            </>
          )
        }
      </QueryView>
    </Page>
  );
}
