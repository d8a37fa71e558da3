/** Submitting: drop a folder, see it checked here, send it, see it scored. */
import { bytesText, durationText } from "@segathlon/plots";
import type { Benchmark, Case, Phase, Session, Submission } from "@segathlon/server/api";
import { useQueries, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { api, benchmarkQuery, casesQuery, forget, phasesQuery, sessionQuery } from "../api.ts";
import { DropArea } from "../frame/drop-area.tsx";
import type { DroppedFile } from "../frame/dropped-file.ts";
import { Page } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { QueryView } from "../frame/query-view.tsx";
import { QuotaLine } from "../frame/quota-line.tsx";
import { type CheckedFile, checkFiles } from "../submit/check-files.ts";
import { JoinTeam } from "../submit/join-team.tsx";
import { matchFiles } from "../submit/match-files.ts";
import { tarBlob } from "../submit/tar.ts";
import { type UploadProgress, uploadArchive } from "../submit/upload.ts";

const route = getRouteApi("/benchmarks/$benchmark/submit/$phase");

const archiveEnding = /\.(zip|tar|tar\.gz|tgz)$/i;

type Stage =
  | { readonly kind: "choose" }
  | { readonly kind: "archive"; readonly file: File }
  | { readonly kind: "folder"; readonly files: readonly DroppedFile[] };

function CheckTable({
  checked,
  total,
  working,
}: {
  readonly checked: readonly CheckedFile[];
  readonly total: number;
  readonly working: boolean;
}): ReactNode {
  const faults = checked.filter(({ problem }) => problem !== null);
  const notCompared = checked.filter(({ gridCompared }) => !gridCompared).length;
  return (
    <>
      {working && (
        <div role="status">
          <progress max={total} value={checked.length} aria-label="Files checked" />
          <p className="muted">
            Checking in this browser: {checked.length} of {total} files. Nothing has been sent.
          </p>
        </div>
      )}
      {!working && faults.length === 0 && (
        <p className="note good">
          {total} {total === 1 ? "file" : "files"} checked in this browser: readable, labels of the task
          {notCompared === total ? "" : ", on the image's grid"}.
          {notCompared > 0 &&
            ` The grid of ${notCompared === total ? "all" : notCompared} will be compared by the server.`}
        </p>
      )}
      {faults.length > 0 && (
        <div className="note bad" role="alert">
          <p>
            <strong>
              {faults.length} of {total} {total === 1 ? "file" : "files"} cannot be scored as they are. Nothing has been
              sent.
            </strong>
          </p>
          <ul>
            {faults.slice(0, 50).map(({ file, problem }) => (
              <li key={file.dropped.path}>
                <code>{problem?.code}</code> {problem?.message} <span className="muted">{problem?.hint}</span>
              </li>
            ))}
          </ul>
          {faults.length > 50 && <p>and {faults.length - 50} more</p>}
        </div>
      )}
    </>
  );
}

function UploadBar({ progress }: { readonly progress: UploadProgress }): ReactNode {
  const { sent, total, bytesPerSecond, waiting } = progress;
  const left = bytesPerSecond === null || bytesPerSecond <= 0 ? null : (total - sent) / bytesPerSecond;
  return (
    <div role="status">
      <progress max={total} value={sent} aria-label="Bytes sent" />
      <p className="muted">
        {waiting
          ? "The connection is lost; trying again. What was sent is kept."
          : `Sending: ${bytesText(sent)} of ${bytesText(total)}${left === null ? "" : `, about ${durationText(left)} left`}. If the connection is lost, the upload goes on where it stopped.`}
      </p>
    </div>
  );
}

interface FormProps {
  readonly benchmark: Benchmark;
  readonly phase: Phase;
  readonly cases: readonly Case[];
}

function SubmitForm({ benchmark, phase, cases }: FormProps): ReactNode {
  const navigate = useNavigate();
  const [stage, setStage] = useState<Stage>({ kind: "choose" });
  const [checked, setChecked] = useState<readonly CheckedFile[]>([]);
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState<unknown>(null);
  const [progress, setProgress] = useState<UploadProgress | null>(null);
  const open = useRef<Submission | null>(null);
  const [sending, setSending] = useState(false);
  const matching = useMemo(() => (stage.kind === "folder" ? matchFiles(phase, stage.files) : null), [stage, phase]);

  useEffect(() => {
    if (matching === null || matching.matched.length === 0) return;
    const controller = new AbortController();
    setChecked([]);
    setWorking(true);
    checkFiles(
      matching.matched,
      benchmark.taskList,
      cases,
      (item) => setChecked((before) => [...before, item]),
      controller.signal,
    )
      .catch((error: unknown) => {
        if (!controller.signal.aborted) setProblem(error);
      })
      .finally(() => {
        if (!controller.signal.aborted) setWorking(false);
      });
    return () => controller.abort();
  }, [matching, benchmark, cases]);

  const take = (files: readonly DroppedFile[]): void => {
    setProblem(null);
    setChecked([]);
    open.current = null;
    const [only] = files;
    if (files.length === 1 && only !== undefined && archiveEnding.test(only.path))
      setStage({ kind: "archive", file: only.file });
    else setStage({ kind: "folder", files });
  };

  const complete =
    matching === null ||
    (matching.matched.length > 0 &&
      matching.faults.length === 0 &&
      checked.length === matching.matched.length &&
      checked.every((item) => item.problem === null));
  const ready = stage.kind === "archive" || (stage.kind === "folder" && complete && !working);

  const send = async (form: FormData): Promise<void> => {
    const archive =
      stage.kind === "archive"
        ? stage.file
        : tarBlob(
            (matching?.matched ?? []).map((item) => ({
              path: `${item.task}/${item.dropped.path.split("/").at(-1) ?? item.case}`,
              file: item.dropped.file,
            })),
          );
    const name = stage.kind === "archive" ? stage.file.name : "predictions.tar";
    const value = (key: string): string => String(form.get(key) ?? "").trim();
    const link = value("link");
    const runtime = Number(value("runtime"));
    open.current ??= await api.call("createSubmission", {
      params: { benchmark: benchmark.id, phase: phase.id },
      body: {
        method: {
          name: value("method"),
          description: value("description"),
          links: link === "" ? [] : [link],
          runtimeSeconds: runtime > 0 ? runtime : null,
        },
        upload: { kind: "archive", name, bytes: archive.size },
      },
    });
    const submission = open.current;
    setProgress({ sent: 0, total: archive.size, bytesPerSecond: null, waiting: false });
    await uploadArchive(submission, archive, setProgress, new AbortController().signal);
    const state = await api.call("getSubmission", { params: { submission: submission.id } });
    if (state.state === "uploading") await api.call("completeUpload", { params: { submission: submission.id } });
    await forget("listSubmissions", "listPhases");
    await navigate({ to: "/submissions/$submission", params: { submission: String(submission.id) } });
  };

  return (
    <form
      className="submit-form"
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault();
        setProblem(null);
        setSending(true);
        send(new FormData(event.currentTarget))
          .catch(setProblem)
          .finally(() => setSending(false));
      }}
    >
      <section className="block" aria-labelledby="predictions">
        <h2 id="predictions">1. Predictions</h2>
        <DropArea what="predictions" onFiles={take} onProblem={setProblem} disabled={sending}>
          <p>
            Drop the folder of your predictions here, or one zip or tar archive.
            <br />
            <span className="tiny">
              {Object.entries(phase.expectedFiles).map(([task, names]) => (
                <span key={task}>
                  {task}: {names.length} files such as <code>{names[0]}</code>.{" "}
                </span>
              ))}
            </span>
          </p>
        </DropArea>
        {stage.kind === "archive" && (
          <p className="note">
            {stage.file.name}, {bytesText(stage.file.size)}. The server checks an archive after the upload and before
            any quota is used; drop the folder itself to have every file checked here first.
          </p>
        )}
        {matching !== null && (
          <>
            {matching.faults.length > 0 && (
              <div className="note bad" role="alert">
                <p>
                  <strong>Some files belong to no case.</strong> A misspelt name would cost the case its score.
                </p>
                <ul>
                  {matching.faults.slice(0, 20).map((fault) => (
                    <li key={fault}>{fault}</li>
                  ))}
                </ul>
                {matching.faults.length > 20 && <p>and {matching.faults.length - 20} more</p>}
              </div>
            )}
            {matching.matched.length === 0 && matching.faults.length === 0 && (
              <p className="note bad">
                There is no volume in what you dropped: {matching.ignored} other files were passed over.
              </p>
            )}
            {matching.matched.length > 0 && (
              <CheckTable checked={checked} total={matching.matched.length} working={working} />
            )}
            {matching.missing.length > 0 && matching.matched.length > 0 && (
              <p className="note warn">
                {matching.missing.length} {matching.missing.length === 1 ? "case has" : "cases have"} no file:{" "}
                {matching.missing
                  .slice(0, 8)
                  .map((item) => item.case)
                  .join(", ")}
                {matching.missing.length > 8 && ` and ${matching.missing.length - 8} more`}. The protocol says what a
                missing prediction gets.
              </p>
            )}
            {matching.ignored > 0 && (
              <p className="muted tiny">{matching.ignored} files that are not volumes are left out.</p>
            )}
          </>
        )}
      </section>
      <section className="block" aria-labelledby="method-title">
        <h2 id="method-title">2. Method</h2>
        <div className="form-grid">
          <label className="field">
            Name, as the leaderboard shows it
            <input name="method" required maxLength={120} />
          </label>
          <label className="field">
            Link to paper or code, if any
            <input name="link" type="url" pattern="https?://.*" maxLength={500} />
          </label>
          <label className="field">
            Seconds per case, if measured
            <input name="runtime" type="number" min="0" step="any" />
          </label>
          <label className="field wide">
            What it is, in a few sentences
            <textarea name="description" rows={3} maxLength={10_000} />
          </label>
        </div>
      </section>
      <section className="block" aria-labelledby="send">
        <h2 id="send">3. Send</h2>
        {progress !== null && sending && <UploadBar progress={progress} />}
        {problem !== null && <ProblemNote error={problem} />}
        <p className="row">
          <button type="submit" className="primary" disabled={!ready || sending}>
            {sending ? "Sending …" : open.current === null ? "Send" : "Go on sending"}
          </button>
          {!ready && (
            <span className="muted">
              {stage.kind === "choose"
                ? "Choose the predictions first."
                : working
                  ? "The check is still running."
                  : "Mend what is named above, then drop the folder again."}
            </span>
          )}
        </p>
      </section>
    </form>
  );
}

function Gate({
  benchmark,
  phase,
  session,
}: {
  readonly benchmark: Benchmark;
  readonly phase: Phase;
  readonly session: Session;
}): ReactNode {
  const cases = useQueries({ queries: phase.tasks.map((task) => casesQuery(benchmark.id, task)) });
  const membership = session.memberships.find((item) => item.benchmark === benchmark.id);
  if (session.user === null)
    return (
      <p className="empty">
        Submitting needs an account and a team.{" "}
        <Link to="/sign-in" search={{ next: `/benchmarks/${benchmark.id}/submit/${phase.id}` }}>
          Sign in or make an account
        </Link>
        . Without one you can <Link to="/evaluate">evaluate predictions in this browser</Link>.
      </p>
    );
  if (membership?.team == null) return <JoinTeam benchmark={benchmark} />;
  if (membership.team.status !== "approved")
    return (
      <p className="empty">
        Your team {membership.team.name} is{" "}
        {membership.team.status === "pending"
          ? "waiting for the organisers' approval; you get a message when they decide"
          : "not admitted to this benchmark; ask its organisers why"}
        .
      </p>
    );
  return (
    <>
      <QuotaLine phase={phase} />
      {phase.notOpenBecause.length > 0 ? (
        <div className="note warn">
          {phase.notOpenBecause.map((reason) => (
            <p key={reason.code}>
              <strong>{reason.message}</strong> {reason.hint}
            </p>
          ))}
        </div>
      ) : (
        <SubmitForm benchmark={benchmark} phase={phase} cases={cases.flatMap((query) => query.data ?? [])} />
      )}
    </>
  );
}

export function SubmitPage(): ReactNode {
  const { benchmark, phase } = route.useParams();
  const details = useQuery(benchmarkQuery(benchmark));
  const phases = useQuery(phasesQuery(benchmark));
  const session = useQuery(sessionQuery);
  const shown = phases.data?.find(({ id }) => id === phase);
  return (
    <Page
      title={`Submit to ${shown?.title || phase}`}
      lead={shown === undefined ? undefined : <p>{shown.deadlineRule}</p>}
    >
      {(phases.data?.length ?? 0) > 1 && (
        <nav className="row" aria-label="Phases" style={{ marginBottom: "0.75rem" }}>
          {phases.data?.map((item) => (
            <Link
              key={item.id}
              to="/benchmarks/$benchmark/submit/$phase"
              params={{ benchmark, phase: item.id }}
              className="button"
            >
              {item.title || item.id}
            </Link>
          ))}
        </nav>
      )}
      <QueryView query={phases} what="the phase">
        {() =>
          shown === undefined ? (
            <p className="empty">There is no phase {phase} in this benchmark.</p>
          ) : (
            <QueryView query={session} what="your session">
              {(known) => (
                <QueryView query={details} what="the benchmark">
                  {(data) => <Gate key={shown.id} benchmark={data} phase={shown} session={known} />}
                </QueryView>
              )}
            </QueryView>
          )
        }
      </QueryView>
    </Page>
  );
}
