/** What all pages of one benchmark have in common: its name and the way between them. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { benchmarkQuery, sessionQuery } from "../api.ts";
import { leadingPhase } from "../frame/phase-badge.tsx";
import { QueryView } from "../frame/query-view.tsx";

const route = getRouteApi("/benchmarks/$benchmark");

export function BenchmarkFrame(): ReactNode {
  const { benchmark } = route.useParams();
  const query = useQuery(benchmarkQuery(benchmark));
  const session = useQuery(sessionQuery);
  const membership = session.data?.memberships.find((item) => item.benchmark === benchmark);
  const organiser = membership?.organiser === true || session.data?.user?.administrator === true;
  return (
    <QueryView query={query} what="the benchmark">
      {(data) => {
        const phase = leadingPhase(data.phases);
        const task = data.taskList[0];
        return (
          <>
            <p className="crumbs">
              <Link to="/">Benchmarks</Link> / {data.title}
            </p>
            <nav className="tabs" aria-label={data.title}>
              <Link to="/benchmarks/$benchmark" params={{ benchmark }} activeOptions={{ exact: true }}>
                Overview
              </Link>
              {phase !== null && (
                <Link to="/benchmarks/$benchmark/leaderboard/$phase" params={{ benchmark, phase: phase.id }}>
                  Leaderboard
                </Link>
              )}
              {task !== undefined && (
                <Link to="/benchmarks/$benchmark/data/$task" params={{ benchmark, task: task.id }}>
                  Data
                </Link>
              )}
              {phase !== null && (
                <Link to="/benchmarks/$benchmark/submit/$phase" params={{ benchmark, phase: phase.id }}>
                  Submit
                </Link>
              )}
              {session.data?.user != null && (
                <Link to="/benchmarks/$benchmark/submissions" params={{ benchmark }}>
                  My submissions
                </Link>
              )}
              {organiser && (
                <Link to="/benchmarks/$benchmark/organise" params={{ benchmark }}>
                  Organise
                </Link>
              )}
            </nav>
            <Outlet />
          </>
        );
      }}
    </QueryView>
  );
}
