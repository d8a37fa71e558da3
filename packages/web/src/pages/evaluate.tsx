/** Evaluate here: drop references and predictions, read the scores. Nothing leaves the computer. */
import { durationText } from "@segathlon/plots";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, lazy, type ReactNode, Suspense, useRef, useState } from "react";
import type { EvaluationChoices } from "../evaluation/evaluation-job.ts";
import {
  type EvaluationProgress,
  type EvaluationRun,
  evaluateHere,
  loadCatalogue,
  type Side,
  sideOf,
} from "../evaluation/evaluation-pool.ts";
import { DropArea } from "../frame/drop-area.tsx";
import { Page } from "../frame/page.tsx";
import { ProblemNote } from "../frame/problem-note.tsx";
import { Working } from "../frame/query-view.tsx";
import { saveJson, saveText } from "../save-file.ts";

const EvaluationView = lazy(async () => ({
  default: (await import("../evaluation/evaluation-view.tsx")).EvaluationView,
}));

function SideDrop(props: {
  readonly what: string;
  readonly side: Side | null;
  readonly onSide: (side: Side) => void;
  readonly onProblem: (error: unknown) => void;
  readonly disabled: boolean;
}): ReactNode {
  return (
    <DropArea
      what={props.what}
      disabled={props.disabled}
      onFiles={(files) => props.onSide(sideOf(files))}
      onProblem={props.onProblem}
    >
      <p>
        <strong>{props.what === "references" ? "References" : "Predictions"}</strong>
        <br />
        {props.side === null ? (
          "Drop a folder of label maps here (NIfTI, NRRD or MetaImage), or one file."
        ) : (
          <>
            {props.side.folder}: {props.side.files.size} {props.side.files.size === 1 ? "file" : "files"}
          </>
        )}
      </p>
    </DropArea>
  );
}

function choicesOf(form: FormData): EvaluationChoices {
  const value = (key: string): string => String(form.get(key) ?? "").trim();
  const geometry = value("geometry");
  return {
    task: value("task"),
    regions: value("regions"),
    metrics: value("metrics"),
    tolerance: value("tolerance"),
    profile: value("profile"),
    bothEmpty: value("bothEmpty"),
    oneEmpty: value("oneEmpty"),
    geometry: geometry === "strict" || geometry === "copy" || geometry === "resample" ? geometry : "standard",
  };
}

function Progress({
  progress,
  since,
  onStop,
}: {
  readonly progress: EvaluationProgress;
  readonly since: number;
  readonly onStop: () => void;
}): ReactNode {
  const { done, total } = progress;
  const seconds = (performance.now() - since) / 1000;
  const left = done === 0 ? null : (seconds / done) * (total - done);
  return (
    <div role="status">
      <progress max={Math.max(1, total)} value={done} aria-label="Cases scored" />
      <p className="row muted">
        <span>
          Scored {done} of {total}
          {progress.case === "" ? "" : `, last ${progress.case}`}
          {left === null ? "" : `; about ${durationText(left)} left`}. Everything happens in this browser.
        </span>
        <button type="button" onClick={onStop}>
          Stop
        </button>
      </p>
    </div>
  );
}

export function EvaluatePage(): ReactNode {
  const catalogue = useQuery({ queryKey: ["catalogue"], queryFn: loadCatalogue, staleTime: Number.POSITIVE_INFINITY });
  const [reference, setReference] = useState<Side | null>(null);
  const [prediction, setPrediction] = useState<Side | null>(null);
  const [task, setTask] = useState("");
  const [progress, setProgress] = useState<EvaluationProgress | null>(null);
  const [run, setRun] = useState<EvaluationRun | null>(null);
  const [problem, setProblem] = useState<unknown>(null);
  const stopper = useRef<AbortController | null>(null);
  const since = useRef(0);
  const working = progress !== null;
  const ready = reference !== null && prediction !== null && !working;
  const start = (form: FormData): void => {
    if (reference === null || prediction === null) return;
    const controller = new AbortController();
    stopper.current = controller;
    since.current = performance.now();
    setProblem(null);
    setRun(null);
    setProgress({ done: 0, total: 0, case: "" });
    const named = String(form.get("method") ?? "").trim();
    const [onlyFile] = prediction.files.keys();
    const method =
      named !== ""
        ? named
        : prediction.files.size === 1 && onlyFile !== undefined
          ? onlyFile.replace(/\..*$/, "")
          : prediction.folder;
    evaluateHere(choicesOf(form), method, reference, prediction, setProgress, controller.signal)
      .then(setRun)
      .catch((error: unknown) => {
        if (!controller.signal.aborted) setProblem(error);
      })
      .finally(() => setProgress(null));
  };
  return (
    <Page
      title="Evaluate here"
      lead={
        <p>
          Score predictions against references in this browser. Nothing leaves your computer. The numbers are those of{" "}
          <code>segathlon evaluate</code>, to the last bit, and the report is the same file.
        </p>
      }
    >
      <form
        onSubmit={(event: FormEvent<HTMLFormElement>) => {
          event.preventDefault();
          start(new FormData(event.currentTarget));
        }}
      >
        <div className="grid-2">
          <SideDrop
            what="references"
            side={reference}
            onSide={setReference}
            onProblem={setProblem}
            disabled={working}
          />
          <SideDrop
            what="predictions"
            side={prediction}
            onSide={setPrediction}
            onProblem={setProblem}
            disabled={working}
          />
        </div>
        <fieldset className="choices">
          <legend>What is scored</legend>
          <div className="form-grid">
            <label className="field">
              Task
              <select name="task" value={task} onChange={(event) => setTask(event.target.value)}>
                <option value="">none: every label is a region</option>
                {catalogue.data?.tasks.map(({ id, title }) => (
                  <option key={id} value={id}>
                    {title}
                  </option>
                ))}
              </select>
            </label>
            {task === "" && (
              <label className="field">
                Regions, such as tumour=2+3,liver=1
                <input name="regions" placeholder="every label" />
              </label>
            )}
            <label className="field">
              Metrics
              <input name="metrics" placeholder={task === "" ? "dice,nsd,hd95" : "as the task says"} />
            </label>
            <label className="field">
              Tolerance of NSD in mm
              <input name="tolerance" placeholder={task === "" ? "1" : "as the task says"} />
            </label>
            <label className="field">
              Name of the method
              <input name="method" placeholder="name of the folder" maxLength={120} />
            </label>
          </div>
          <details>
            <summary>Conventions and policies</summary>
            <div className="form-grid">
              <label className="field">
                Metric conventions
                <select name="profile" defaultValue="">
                  <option value="">{task === "" ? "deepmind" : "as the task says"}</option>
                  {catalogue.data?.profiles.map((id) => (
                    <option key={id} value={id}>
                      {id}
                    </option>
                  ))}
                </select>
              </label>
              <label className="field">
                Score where a region is in neither
                <input name="bothEmpty" placeholder={task === "" ? "best" : "as the task says"} />
              </label>
              <label className="field">
                Score where it is on one side only
                <input name="oneEmpty" placeholder={task === "" ? "worst" : "as the task says"} />
              </label>
              <label className="field">
                Grids that differ
                <select name="geometry" defaultValue="standard">
                  <option value="standard">turn them without loss, refuse the rest</option>
                  <option value="strict">refuse turned grids too</option>
                  <option value="copy">ignore the prediction's affine</option>
                  <option value="resample">resample the prediction</option>
                </select>
              </label>
            </div>
          </details>
        </fieldset>
        <p className="row">
          <button type="submit" className="primary" disabled={!ready}>
            {working ? "Scoring …" : "Score"}
          </button>
          {!ready && !working && (
            <span className="muted">
              {reference === null
                ? "Drop the references first."
                : "Now drop the predictions; names must match those of the references."}
            </span>
          )}
        </p>
      </form>
      {progress !== null && (
        <Progress
          progress={progress}
          since={since.current}
          onStop={() => stopper.current?.abort(new Error("stopped"))}
        />
      )}
      {problem !== null && <ProblemNote error={problem} />}
      {run !== null && (
        <section className="block" aria-labelledby="result">
          <h2 id="result">Scores of {run.document.method}</h2>
          <p className="row">
            <button type="button" className="primary" onClick={() => saveJson(run.document, "evaluation")}>
              Save evaluation.json
            </button>
            <button type="button" onClick={() => saveText(run.csv, "evaluation.csv", "text/csv")}>
              Save CSV
            </button>
          </p>
          <Suspense fallback={<Working>Loading the plots …</Working>}>
            <EvaluationView document={run.document} />
          </Suspense>
        </section>
      )}
    </Page>
  );
}
