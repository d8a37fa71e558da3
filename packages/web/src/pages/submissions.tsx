/** A team's submissions to one benchmark. */

import { routeUrl } from "@segathlon/server/api";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { benchmarkQuery, phasesQuery, submissionsQuery } from "../api.ts";
import { Moment, Page } from "../frame/page.tsx";
import { leadingPhase } from "../frame/phase-badge.tsx";
import { QueryView } from "../frame/query-view.tsx";
import { QuotaLine } from "../frame/quota-line.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";
import { StateBadge } from "../frame/state-badge.tsx";

const route = getRouteApi("/benchmarks/$benchmark/submissions");

export function SubmissionsPage(): ReactNode {
  const { benchmark } = route.useParams();
  const query = useQuery({ ...submissionsQuery(benchmark), refetchInterval: 10_000 });
  const phases = useQuery(phasesQuery(benchmark));
  const details = useQuery(benchmarkQuery(benchmark));
  const phase = leadingPhase(details.data?.phases ?? []);
  return (
    <Page title="My submissions">
      {phases.data
        ?.filter((item) => item.remaining !== null && item.state === "open")
        .map((item) => (
          <div key={item.id}>
            <h2>{item.title || item.id}</h2>
            <QuotaLine phase={item} />
          </div>
        ))}
      <QueryView query={query} what="your submissions">
        {({ submissions }) =>
          submissions.length === 0 ? (
            <p className="empty">
              Your team has submitted nothing yet.{" "}
              {phase !== null && (
                <Link to="/benchmarks/$benchmark/submit/$phase" params={{ benchmark, phase: phase.id }}>
                  Submit predictions
                </Link>
              )}
            </p>
          ) : (
            <>
              <p className="row end">
                <a className="button" href={routeUrl("listSubmissionsCsv", { benchmark })} download>
                  CSV
                </a>
              </p>
              <ScrollBox label="My submissions">
                <table>
                  <thead>
                    <tr>
                      <th scope="col">Submission</th>
                      <th scope="col">Method</th>
                      <th scope="col">Phase</th>
                      <th scope="col">State</th>
                      <th scope="col">What is happening</th>
                      <th scope="col">Submitted</th>
                      <th scope="col">By</th>
                    </tr>
                  </thead>
                  <tbody>
                    {submissions.map((item) => (
                      <tr key={item.id}>
                        <th scope="row">
                          <Link to="/submissions/$submission" params={{ submission: String(item.id) }}>
                            {item.id}
                          </Link>
                        </th>
                        <td>{item.method.name}</td>
                        <td>{item.phase}</td>
                        <td>
                          <StateBadge state={item.state} />
                          {item.withdrawn && <span className="badge">withdrawn</span>}
                        </td>
                        <td>{item.stateText}</td>
                        <td>
                          <Moment at={item.createdAt} />
                        </td>
                        <td>{item.submittedBy}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </ScrollBox>
            </>
          )
        }
      </QueryView>
    </Page>
  );
}
