/** One benchmark: its tasks, its rules, its dates, where its data come from. */

import { regionColours } from "@segathlon/plots";
import type { Benchmark, Phase, TaskSummary } from "@segathlon/server/api";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { announcementsQuery, benchmarkQuery, errataQuery, phasesQuery } from "../api.ts";
import { Day, Moment, Page, PlainText } from "../frame/page.tsx";
import { PhaseBadge } from "../frame/phase-badge.tsx";
import { QueryView } from "../frame/query-view.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";
import { ProtocolView } from "./protocol-view.tsx";

const route = getRouteApi("/benchmarks/$benchmark/");

function quotaText(phase: Phase): string {
  const { perDay, total } = phase.quota;
  if (perDay === null && total === null) return "no limit";
  return [perDay === null ? null : `${perDay} a day`, total === null ? null : `${total} in all`]
    .filter((text) => text !== null)
    .join(", ");
}

function feedbackText(phase: Phase): string {
  const { level, decimals } = phase.feedback;
  const digits = decimals === null ? "" : `, ${decimals} decimals`;
  if (level === "per-case") return `every case${digits}`;
  if (level === "aggregate") return `means only${digits}`;
  return "nothing until the phase closes";
}

function Phases({ benchmark, phases }: { readonly benchmark: string; readonly phases: readonly Phase[] }): ReactNode {
  if (phases.length === 0)
    return (
      <p className="empty">
        This benchmark has no phase yet, so nothing can be submitted. Its organisers add one in the document.
      </p>
    );
  return (
    <ScrollBox label="Phases">
      <table>
        <thead>
          <tr>
            <th scope="col">Phase</th>
            <th scope="col">State</th>
            <th scope="col">Opens</th>
            <th scope="col">Closes</th>
            <th scope="col" className="end">
              Tasks
            </th>
            <th scope="col" className="end">
              Cases
            </th>
            <th scope="col">Submissions</th>
            <th scope="col">Shown to teams</th>
            <th scope="col">Pages</th>
          </tr>
        </thead>
        <tbody>
          {phases.map((phase) => (
            <tr key={phase.id}>
              <th scope="row">{phase.title === "" ? phase.id : phase.title}</th>
              <td>
                <PhaseBadge phase={{ ...phase, title: phase.id }} />
              </td>
              <td>{phase.opens === null ? "–" : <Moment at={phase.opens} />}</td>
              <td>{phase.closes === null ? "–" : <Moment at={phase.closes} />}</td>
              <td className="end">{phase.tasks.length}</td>
              <td className="end">{Object.values(phase.cases).reduce((sum, n) => sum + n, 0)}</td>
              <td>{quotaText(phase)}</td>
              <td>{feedbackText(phase)}</td>
              <td>
                <Link to="/benchmarks/$benchmark/leaderboard/$phase" params={{ benchmark, phase: phase.id }}>
                  Leaderboard
                </Link>{" "}
                <Link to="/benchmarks/$benchmark/submit/$phase" params={{ benchmark, phase: phase.id }}>
                  Submit
                </Link>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}

function Task({ benchmark, task }: { readonly benchmark: string; readonly task: TaskSummary }): ReactNode {
  const colours = regionColours(Object.keys(task.regions));
  const count = (n: number | null): string => (n === null ? "–" : String(n));
  return (
    <li className="card">
      <h3>
        <Link to="/benchmarks/$benchmark/data/$task" params={{ benchmark, task: task.id }}>
          {task.title}
        </Link>{" "}
        {task.title !== task.id && <code className="muted">{task.id}</code>}
      </h3>
      {task.description !== null && <p className="muted clamp">{task.description}</p>}
      <ul className="facts-row">
        <li>{task.modality ?? task.channels.join(", ")}</li>
        <li>
          <b>{count(task.counts.training)}</b> training
        </li>
        <li>
          <b>{count(task.counts.validation)}</b> validation
        </li>
        <li>
          <b>{count(task.counts.test)}</b> test
        </li>
        <li>
          <b>{task.hosted.training + task.hosted.validation + task.hosted.test}</b> here
        </li>
        {task.licence !== null && <li>{task.licence}</li>}
      </ul>
      <ul className="legend" aria-label="Regions">
        {Object.entries(task.regions).map(([name, labels]) => (
          <li key={name} title={`labels ${labels.join(" + ")}`}>
            <span className="swatch" style={{ background: colours.get(name) }} />
            {name}
          </li>
        ))}
      </ul>
    </li>
  );
}

function Licence({ benchmark }: { readonly benchmark: Benchmark }): ReactNode {
  return (
    <section className="block" aria-labelledby="licence">
      <h2 id="licence">Licence and citation</h2>
      <p>{benchmark.licence ?? "The organisers state no licence: ask them before you use the data."}</p>
      {benchmark.licenceConflicts.length > 0 && (
        <div className="note warn">
          <p>Statements about the licence contradict each other:</p>
          <ul>
            {benchmark.licenceConflicts.map((conflict) => (
              <li key={conflict.source}>
                “{conflict.says}” <span className="muted">({conflict.source})</span>
              </li>
            ))}
          </ul>
        </div>
      )}
      {benchmark.citation === null ? (
        <p className="muted">The organisers give no citation.</p>
      ) : (
        <pre>{benchmark.citation}</pre>
      )}
      {benchmark.homepage !== null && /^https?:/.test(benchmark.homepage) && (
        <p>
          <a href={benchmark.homepage} rel="noreferrer">
            {benchmark.homepage}
          </a>
        </p>
      )}
    </section>
  );
}

function News({ benchmark }: { readonly benchmark: string }): ReactNode {
  const announcements = useQuery(announcementsQuery(benchmark));
  const errata = useQuery(errataQuery(benchmark));
  const list = announcements.data ?? [];
  const corrections = errata.data ?? [];
  return (
    <section className="block" aria-labelledby="news">
      <h2 id="news">Announcements</h2>
      {list.length === 0 && <p className="muted">Nothing has been announced.</p>}
      {list.map((item) => (
        <article className="announcement" key={item.id}>
          <h3>{item.title}</h3>
          <p className="muted tiny">
            <Day at={item.createdAt} />, {item.by}
          </p>
          <PlainText>{item.body}</PlainText>
        </article>
      ))}
      {corrections.length > 0 && (
        <details>
          <summary>
            {corrections.length} {corrections.length === 1 ? "correction" : "corrections"} of references
          </summary>
          <ul>
            {corrections.map((erratum) => (
              <li key={erratum.id}>
                <Day at={erratum.createdAt} />: {erratum.task}, {erratum.case}{" "}
                {erratum.action === "exclude" ? "taken out" : "replaced"}: {erratum.reason}
                {erratum.revision === null && <span className="muted"> (not used for scoring yet)</span>}
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

export function BenchmarkPage(): ReactNode {
  const { benchmark } = route.useParams();
  const query = useQuery(benchmarkQuery(benchmark));
  const phases = useQuery(phasesQuery(benchmark));
  return (
    <QueryView query={query} what="the benchmark">
      {(data) => (
        <Page
          title={data.title}
          lead={data.description === null ? undefined : <PlainText>{data.description}</PlainText>}
        >
          <section className="block" aria-labelledby="phases">
            <h2 id="phases">Phases</h2>
            <QueryView query={phases} what="the phases">
              {(list) => <Phases benchmark={benchmark} phases={list} />}
            </QueryView>
          </section>
          <section className="block" aria-labelledby="tasks">
            <h2 id="tasks">Tasks</h2>
            <ul className="cards">
              {data.taskList.map((task) => (
                <Task key={task.id} benchmark={benchmark} task={task} />
              ))}
            </ul>
          </section>
          <ProtocolView benchmark={data} />
          <div className="grid-2">
            <News benchmark={benchmark} />
            <Licence benchmark={data} />
          </div>
        </Page>
      )}
    </QueryView>
  );
}
