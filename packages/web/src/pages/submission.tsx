/** One submission: what is happening to it, what was found, what it scored. */
import type { EvaluationDocument } from "@segathlon/benchmark";
import { bytesText, durationText, intervalText, numberText, regionColours } from "@segathlon/plots";
import type { EvaluationView, Submission } from "@segathlon/server/api";
import { useMutation, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense } from "react";
import { api, benchmarkQuery, evaluationQuery, forget } from "../api.ts";
import { Moment, Page, PlainText } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { QueryView, Working } from "../frame/query-view.tsx";
import { ScrollBox } from "../frame/scroll-box.tsx";
import { StateBadge } from "../frame/state-badge.tsx";
import { metricDecimals, metricLabel } from "../metric-definitions.ts";
import { saveJson } from "../save-file.ts";
import { isSettled, useLiveSubmission } from "../submit/use-live-submission.ts";

const route = getRouteApi("/submissions/$submission");
const CaseResults = lazy(async () => ({ default: (await import("../evaluation/case-results.tsx")).CaseResults }));

function Status({ submission }: { readonly submission: Submission }): ReactNode {
  const { progress, position, etaSeconds, state } = submission;
  const cancel = useMutation({
    mutationFn: () => api.call("cancelSubmission", { params: { submission: submission.id } }),
    onSuccess: () => forget("getSubmission", "listSubmissions", "listPhases"),
  });
  return (
    <section className="block" aria-labelledby="state" aria-live="polite">
      <h2 id="state" className="visually-hidden">
        State
      </h2>
      <p>
        <StateBadge state={state} /> {submission.stateText}
      </p>
      {state === "scoring" && progress.total > 0 && (
        <progress
          max={progress.total}
          value={progress.done}
          aria-label={`Case ${progress.done} of ${progress.total}`}
        />
      )}
      {!isSettled(submission) && (
        <ul className="facts-row">
          {position !== null && (
            <li>
              position <b>{position}</b>
            </li>
          )}
          {state === "scoring" && (
            <li>
              case <b>{progress.done}</b> of {progress.total}
            </li>
          )}
          {etaSeconds !== null && <li>about {durationText(etaSeconds)} left</li>}
          <li>
            <button type="button" disabled={cancel.isPending} onClick={() => cancel.mutate()}>
              Cancel this submission
            </button>
          </li>
        </ul>
      )}
      {cancel.isError && <ProblemNote error={cancel.error} />}
      {submission.failure !== null && (
        <div className="note bad">
          <p>
            <code>{submission.failure.code}</code> <strong>{submission.failure.message}</strong>
          </p>
          <p>{submission.failure.hint}</p>
          {submission.failure.kind !== "participant" && <p>This is not your fault and used none of your quota.</p>}
        </div>
      )}
      {submission.findings.length > 0 && (
        <ScrollBox label="What the check found">
          <table>
            <thead>
              <tr>
                <th scope="col">Case</th>
                <th scope="col">What is wrong</th>
                <th scope="col">What to do</th>
              </tr>
            </thead>
            <tbody>
              {submission.findings.map((finding) => (
                <tr key={`${finding.code}${finding.file}${finding.message}`}>
                  <th scope="row">{finding.case ?? finding.file ?? "–"}</th>
                  <td className="wrap">
                    <code>{finding.code}</code> {finding.message}
                  </td>
                  <td className="wrap">{finding.hint}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </ScrollBox>
      )}
    </section>
  );
}

function TaskScores({
  submission,
  task,
  view,
}: {
  readonly submission: Submission;
  readonly task: string;
  readonly view: EvaluationView["tasks"][string];
}): ReactNode {
  const benchmark = useQuery(benchmarkQuery(submission.benchmark));
  const summary = benchmark.data?.taskList.find(({ id }) => id === task);
  const regions = Object.keys(view.aggregate);
  const metrics = [...new Set(regions.flatMap((region) => Object.keys(view.aggregate[region] ?? {})))];
  const colours = regionColours(Object.keys(summary?.regions ?? {}));
  const unitOf = (key: string): "" | "mm" | "ml" | "count" =>
    summary?.metrics.find((metric) => metric.key === key)?.unit ?? "";
  const document = view.document as EvaluationDocument | null;
  return (
    <section className="block" aria-labelledby={`task-${task}`}>
      <h2 id={`task-${task}`}>{summary?.title ?? task}</h2>
      <ul className="facts-row">
        <li>
          <b>{view.cases}</b> cases
        </li>
        <li>
          <b>{view.missing}</b> missing
        </li>
        <li>
          <b>{view.invalid}</b> invalid
        </li>
        {document !== null && (
          <li>
            <button type="button" onClick={() => saveJson(document, `evaluation-${submission.id}-${task}`)}>
              evaluation.json
            </button>
          </li>
        )}
      </ul>
      <ScrollBox label={`Scores of ${task}`}>
        <table>
          <thead>
            <tr>
              <th scope="col">Region</th>
              {metrics.map((key) => (
                <th scope="col" className="end" key={key}>
                  {metricLabel(key, unitOf(key))}
                </th>
              ))}
              <th scope="col" className="end">
                n
              </th>
            </tr>
          </thead>
          <tbody>
            {regions.map((region) => (
              <tr key={region}>
                <th scope="row">
                  <span className="swatch" style={{ background: colours.get(region) }} /> {region}
                </th>
                {metrics.map((key) => {
                  const value = view.aggregate[region]?.[key];
                  const decimals = metricDecimals(unitOf(key));
                  return (
                    <td className="end board" key={key}>
                      {numberText(value?.mean ?? null, decimals)}
                      {value?.ci95 != null && <span className="ci">{intervalText(value.ci95, decimals)}</span>}
                    </td>
                  );
                })}
                <td className="end">{Math.max(0, ...Object.values(view.aggregate[region] ?? {}).map(({ n }) => n))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollBox>
      {document === null ? (
        <p className="muted">This phase shows no scores of single cases.</p>
      ) : (
        <Suspense fallback={<Working>Loading the plots …</Working>}>
          <CaseResults
            document={document}
            viewer={(caseId) => (
              <Link
                to="/benchmarks/$benchmark/view/$task/$case"
                params={{ benchmark: submission.benchmark, task, case: caseId }}
                search={{ submission: String(submission.id) }}
              >
                {caseId}
              </Link>
            )}
          />
        </Suspense>
      )}
    </section>
  );
}

function Scores({ submission }: { readonly submission: Submission }): ReactNode {
  const query = useQuery(evaluationQuery(submission.id));
  return (
    <QueryView query={query} what="the scores">
      {(view) => (
        <>
          <p className="muted tiny">
            {view.evaluator}, protocol <code>{view.protocolHash.slice(0, 19)}…</code>, references r
            {view.referencesRevision}, computed <Moment at={view.computedAt} />.{" "}
            <Link to="/definitions">How every number is computed</Link>
          </p>
          {Object.entries(view.tasks).map(([task, scores]) => (
            <TaskScores key={task} submission={submission} task={task} view={scores} />
          ))}
        </>
      )}
    </QueryView>
  );
}

export function SubmissionPage(): ReactNode {
  const { submission: id } = route.useParams();
  const query = useLiveSubmission(Number(id));
  return (
    <QueryView query={query} what={`submission ${id}`}>
      {(submission) => (
        <Page
          title={`Submission ${submission.id}: ${submission.method.name}`}
          above={
            <p className="crumbs">
              <Link to="/benchmarks/$benchmark" params={{ benchmark: submission.benchmark }}>
                {submission.benchmark}
              </Link>{" "}
              /{" "}
              <Link to="/benchmarks/$benchmark/submissions" params={{ benchmark: submission.benchmark }}>
                My submissions
              </Link>
            </p>
          }
          lead={
            submission.method.description === "" ? undefined : <PlainText>{submission.method.description}</PlainText>
          }
        >
          <ul className="facts-row">
            <li>
              team <b>{submission.team.name}</b>
            </li>
            <li>
              phase{" "}
              <Link
                to="/benchmarks/$benchmark/leaderboard/$phase"
                params={{ benchmark: submission.benchmark, phase: submission.phase }}
              >
                {submission.phase}
              </Link>
            </li>
            <li>
              submitted <Moment at={submission.createdAt} />
            </li>
            <li>{bytesText(submission.upload.bytes)}</li>
            <li>{submission.quotaUsed ? "counts towards the quota" : "no quota used"}</li>
          </ul>
          <Status submission={submission} />
          {submission.state === "scored" &&
            (submission.evaluationVisible ? (
              <Scores submission={submission} />
            ) : (
              <p className="empty">
                Scored. The phase shows scores when it closes; until then you can{" "}
                <Link
                  to="/benchmarks/$benchmark/leaderboard/$phase"
                  params={{ benchmark: submission.benchmark, phase: submission.phase }}
                >
                  see its leaderboard
                </Link>{" "}
                as far as it is public.
              </p>
            ))}
        </Page>
      )}
    </QueryView>
  );
}
